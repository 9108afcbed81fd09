"""A story is drafted beside the item that is read: by key, in a pane, a drawer or from below; nothing typed is lost."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import window

HOME = "/o/fennmark/"


def test_a_story_is_drafted_edited_and_saved_beside_the_inbox_by_keyboard(browser, site, signed_in):
    with window(browser, site, storage_state=signed_in()) as page:
        page.goto(HOME + "feedback/")
        pane, badge = page.locator("#story-pane"), page.locator("#story-pane .badge")
        page.keyboard.press("j")
        expect(page.locator("#inbox-list a.t").nth(1)).to_have_attribute("aria-current", "true")
        expect(page.locator("#item")).to_have_attribute(
            "data-item", page.locator("#inbox-list a.t").nth(1).get_attribute("data-id")
        )

        page.keyboard.press("s")
        expect(badge).to_have_text("draft, not saved")
        expect(page.locator("#story-title")).to_be_focused()
        expect(pane.locator(".srcs li")).to_have_count(1)
        expect(pane.get_by_role("button", name="Save as story")).to_be_in_viewport()
        assert page.locator("#item").bounding_box()["x"] < pane.bounding_box()["x"]

        words = pane.locator("details.words")
        if words.get_attribute("open") is None:
            words.locator("summary").click()
        pane.get_by_label("I want").fill("to export the list")
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Keep").click()
        expect(pane.get_by_label("I want")).to_have_value("to export the list")
        pane.get_by_role("button", name="Save as story").click()
        expect(badge).to_have_text("saved")
        expect(page.locator(".toast").last).to_contain_text("Saved the story.")
        expect(pane.locator(".draft")).to_contain_text("I want to export the list")

        page.keyboard.press("Escape")
        expect(pane).to_be_hidden()
        focused = page.evaluate("document.activeElement.closest('#item, #inbox-list') !== null")
        assert focused
        expect(page).to_have_url(re.compile("/feedback/"))


def test_what_was_typed_is_discarded_only_after_a_question_and_a_discarded_draft_is_taken_back(
    browser, site, signed_in
):
    with window(browser, site, storage_state=signed_in()) as page:
        page.goto(HOME + "feedback/")
        page.keyboard.press("x")
        page.keyboard.press("j")
        expect(page.locator("#inbox-list a.t").nth(1)).to_have_attribute("aria-current", "true")
        page.keyboard.press("x")
        expect(page.locator("[data-chosen]")).to_contain_text("2 chosen")
        page.keyboard.press("s")
        pane = page.locator("#story-pane")
        expect(pane.locator(".srcs li")).to_have_count(2)

        words = pane.locator("details.words")
        if words.get_attribute("open") is None:
            words.locator("summary").click()
        pane.get_by_label("So that").fill("nobody waits")
        pane.get_by_role("button", name="Write again").click()
        page.get_by_role("button", name="Keep").click()
        expect(pane.get_by_label("So that")).to_have_value("nobody waits")
        pane.get_by_role("button", name="Write again").click()
        page.locator("#confirm-verb").click()
        expect(pane.get_by_label("So that")).to_have_value("")

        pane.get_by_role("button", name="Discard").click()
        expect(pane).to_be_hidden()
        page.keyboard.press("z")
        expect(page.get_by_role("heading", name="User story")).to_be_visible()
        expect(page.locator(".page-head .badge")).to_have_text("draft, not saved")


@pytest.mark.parametrize(("width", "side"), [(1000, "left"), (390, "top")])
def test_in_narrow_windows_the_story_is_a_drawer_that_esc_closes(browser, site, signed_in, width, side):
    with window(browser, site, storage_state=signed_in(), viewport={"width": width, "height": 844}) as page:
        page.goto(HOME + "feedback/")
        if width < 761:
            page.locator("#inbox-list a.t").first.click()
        page.locator("#item").get_by_role("button", name="Story").click()
        drawer = page.locator("#story-drawer")
        expect(drawer.get_by_role("button", name="Save as story")).to_be_in_viewport()
        box = drawer.bounding_box()
        assert box["x"] > 300 if side == "left" else box["y"] > 20
        assert page.evaluate("document.documentElement.scrollWidth") <= width

        page.keyboard.press("Escape")
        expect(drawer).to_be_hidden()
        expect(page.locator("#item").get_by_role("button", name="Story")).to_be_focused()


def test_a_window_that_grows_moves_the_drawer_into_the_page(browser, site, signed_in):
    with window(browser, site, storage_state=signed_in(), viewport={"width": 1000, "height": 844}) as page:
        page.goto(HOME + "feedback/")
        page.keyboard.press("s")
        expect(page.locator("#story-drawer #story-title")).to_be_visible()

        page.set_viewport_size({"width": 1440, "height": 844})

        expect(page.locator("#story-pane #story-title")).to_be_visible()
        expect(page.locator("#story-drawer")).to_be_hidden()


def test_without_script_a_story_opens_as_a_page(browser, site, signed_in):
    with window(browser, site, storage_state=signed_in(), java_script_enabled=False) as page:
        page.goto(HOME + "feedback/")
        page.locator("#item").get_by_role("button", name="Story").click()

        expect(page).to_have_url(re.compile("/feedback/stories/[0-9]+/$"))
        expect(page.get_by_role("heading", name="User story")).to_be_visible()
