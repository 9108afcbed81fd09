"""Two people vote unseen by each other, with the keyboard; one reveals, both see it, and the medians become scores."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import serious, shoot, window

HOME = "/o/fennmark/"
PHONE = {"width": 390, "height": 844}


def vote_by_keys(page, reach, level, confidence, effort):
    """Reach is focused; digits choose the level of impact and go on to confidence."""
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(reach)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press(level)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(confidence)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(effort)


def test_two_people_vote_one_reveals_and_adopts(browser, site, signed_in):
    with (
        window(browser, site, storage_state=signed_in()) as ines,
        window(browser, site, storage_state=signed_in("tomas.riva")) as tomas,
    ):
        ines.goto(HOME + "scoring-sessions/new/")
        ines.get_by_label("Name").fill("First half")
        ines.get_by_label("Model", exact=True).select_option(label="RICE")
        boxes = ines.locator("[data-pick-list]").first.locator(".picks input")
        boxes.nth(0).check()
        boxes.nth(1).check()
        raters = ines.get_by_role("group", name=re.compile("Raters"))
        for name in ("Ines Okafor", "Tomás Riva"):
            raters.get_by_label(name).check()
        shoot(ines, "session-create")
        ines.get_by_role("button", name="Open session").click()
        expect(ines.locator("#live")).to_contain_text("0 of 2 finished")
        address = ines.url

        tomas.goto(HOME)
        expect(tomas.get_by_role("link", name="Score the items").first).to_be_visible()
        tomas.goto(address)
        expect(tomas.locator("#vote-progress")).to_have_text("0 of 8 votes")
        expect(tomas.locator("#voting .number input").first).to_be_focused()
        vote_by_keys(tomas, "1200", "3", "80", "4")
        expect(tomas.locator("#vote-progress")).to_have_text("3 of 8 votes")
        tomas.keyboard.press("Enter")
        expect(tomas.locator("#vote-progress")).to_have_text("4 of 8 votes")
        shoot(tomas, "session-voting")
        assert not serious(tomas)
        expect(ines.locator("#live li", has_text="Tomás Riva")).to_contain_text("is here")

        vote_by_keys(ines, "400", "5", "50", "8")
        ines.keyboard.press("Enter")
        expect(ines.locator("#vote-progress")).to_have_text("4 of 8 votes")
        ines.get_by_role("button", name="I am finished").click()
        expect(tomas.locator("#live")).to_contain_text("1 of 2 finished")

        # Tomás is in the middle of a comment when the votes are revealed: it stays.
        tomas.locator(".vote-comment summary").first.click()
        tomas.locator(".vote-comment textarea").first.type("Not yet")
        ines.get_by_role("button", name="Reveal").click()
        ines.get_by_role("button", name="Reveal now").click()
        expect(ines.locator(".result").first).to_contain_text("split")
        expect(tomas.locator("#session-notice")).to_contain_text("The votes are revealed.", timeout=5000)
        expect(tomas.locator(".vote-comment textarea").first).to_have_value("Not yet")
        tomas.get_by_role("button", name="Show it").click()
        expect(tomas.locator(".result").first).to_contain_text("split")
        for scheme in ("light", "dark"):
            ines.emulate_media(color_scheme=scheme)
            shoot(ines, f"session-results-{scheme}")
            assert not serious(ines)
        ines.emulate_media(color_scheme="light")

        ines.get_by_role("link", name="Adopt medians").click()
        shoot(ines, "session-adopt")
        ines.get_by_role("button", name="Adopt medians").click()
        expect(ines.locator("#toasts")).to_contain_text("Adopted")
        ines.locator("#toasts").get_by_role("button", name="Undo").click()
        expect(ines.locator("#toasts")).to_contain_text("Took back")

        # Another round begins on everybody's page, with the own votes as they were.
        ines.get_by_role("button", name="Another round").click()
        expect(tomas.locator("#vote-progress")).to_have_text("4 of 8 votes", timeout=5000)
        tomas.set_viewport_size(PHONE)
        tomas.emulate_media(color_scheme="dark")
        tomas.goto(address)
        shoot(tomas, "390-dark-session-voting")
        assert tomas.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        ines.goto(f"{address}?view=table")
        shoot(ines, "session-table")
        assert not serious(ines)
        ines.goto(HOME + "scoring-sessions/")
        shoot(ines, "session-list")
        assert not serious(ines)
