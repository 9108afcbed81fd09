"""Themes are renamed and merged, an item gets one with T, and each is taken back; on a phone nothing is cut off."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import window

HOME = "/o/fennmark/"


def test_a_theme_is_renamed_and_two_are_merged_and_taken_back(browser, site, signed_in):
    with window(browser, site, storage_state=signed_in()) as page:
        page.goto(HOME + "feedback/themes/")
        names = page.locator("table.themes th a.t")
        count = names.count()
        assert count > 3
        names.first.click()
        page.wait_for_url(re.compile(r"/themes/\d+/$"))
        page.keyboard.press("e")
        page.get_by_role("textbox", name="Name").fill("What is said most")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", name="What is said most")).to_be_visible()

        page.goto(HOME + "feedback/themes/")
        ticks = page.locator("table.themes tbody .tickbox")
        ticks.nth(0).check()
        ticks.nth(1).check()
        expect(page.locator("[data-chosen]")).to_contain_text("2 chosen")
        page.get_by_role("button", name="Merge").click()
        expect(page.get_by_role("heading", name="Merge 2 themes?")).to_be_visible()
        page.get_by_role("button", name="Merge 2 themes").click()
        expect(page.locator(".toast").last).to_contain_text("items came here")
        page.goto(HOME + "feedback/themes/")
        expect(names).to_have_count(count - 1)
        names.first.click()
        page.get_by_role("button", name="Undo").first.click()
        page.goto(HOME + "feedback/themes/")
        expect(names).to_have_count(count)


def test_t_gives_the_item_that_is_read_another_theme_and_z_takes_it_back(browser, site, signed_in):
    with window(browser, site, storage_state=signed_in()) as page:
        page.goto(HOME + "feedback/")
        page.keyboard.press("t")
        expect(page).to_have_url(re.compile("themes/pick/"))
        page.locator("input[name=theme]").nth(1).check()
        chosen = page.locator("label.check", has=page.locator("input[name=theme]:checked")).locator("span").first
        name = chosen.evaluate("(span) => span.firstChild.textContent.trim()")
        page.get_by_role("button", name="Set theme").click()
        expect(page.locator("#item .tri")).to_contain_text("by a person")
        expect(page.locator("#item .tri")).to_contain_text(name)
        page.keyboard.press("z")
        expect(page.locator(".toast").last).to_contain_text("before")
        expect(page.locator("#item .tri")).not_to_contain_text("by a person")


def test_on_a_phone_the_pages_of_themes_fit(browser, site, signed_in):
    with window(browser, site, storage_state=signed_in(), viewport={"width": 390, "height": 844}) as page:
        page.goto(HOME + "feedback/themes/")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.locator("table.themes th a.t").first.click()
        expect(page.get_by_role("heading", name="Most typical")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
