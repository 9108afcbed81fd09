"""Two people score blind in pages of their own, the facilitator reveals and adopts, and a reload loses nothing."""

import re
from contextlib import ExitStack

from playwright.sync_api import Page, expect

from tests.browser.conftest import model_id, serious_on, window

HOME = "/o/fennmark/"
ITEM = "Audit trail"


def opened(page: Page) -> str:
    """A session on one item that Leila and Tomás are asked to score, opened by keyboard; its address."""
    model = model_id(page, "RICE")
    page.goto(f"{HOME}scoring-sessions/new/?model={model}")
    page.get_by_label("Name").fill("Blind by two")
    for words, name in (("items", ITEM), ("raters", "Leila Haddad"), ("raters", "Tomás Riva")):
        find = page.get_by_label(f"Find {words}")
        find.fill(name)
        page.locator("[data-pick-list]").filter(has=find).get_by_label(name).check()
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_have_text("Blind by two")
    return page.url


def vote(page: Page, reach: str, impact: str) -> None:
    """Reach typed, impact by its number key; each is saved at once."""
    field = page.get_by_label("Reach", exact=True)
    field.fill(reach)
    field.press("Tab")
    expect(page.locator("#vote-progress")).to_have_text("1 of 4 votes")
    page.locator("fieldset", has_text="How much it helps").locator("input").first.focus()
    page.keyboard.press(impact)
    expect(page.locator("#vote-progress")).to_have_text("2 of 4 votes")


def test_two_vote_blind_the_facilitator_reveals_and_adopts_and_a_reload_loses_nothing(browser, site, signed_in):
    with ExitStack() as stack:
        ines, leila, tomas = (
            stack.enter_context(window(browser, site, storage_state=signed_in(name)))
            for name in ("ines.okafor", "leila.haddad", "tomas.riva")
        )
        address = opened(ines)
        leila.goto(address)
        vote(leila, "1850", "4")
        leila.get_by_role("button", name="I am finished").click()
        expect(leila.get_by_role("heading", name="You are finished with this round")).to_be_visible()

        tomas.goto(address)
        expect(tomas.locator("#live")).to_contain_text("1 of 2 finished")
        expect(tomas.locator("#session-body")).not_to_contain_text("1,850")
        vote(tomas, "150", "1")
        tomas.reload()
        expect(tomas.get_by_label("Reach", exact=True)).to_have_value("150")
        expect(tomas.get_by_label("Minimal")).to_be_checked()
        expect(ines.locator("#session-body")).not_to_contain_text("1,850")
        tomas.locator(".vote-comment summary").first.click()
        comment = tomas.locator(".vote-comment textarea").first
        comment.type("Not yet")

        ines.get_by_role("button", name="Reveal").click()
        ines.get_by_role("button", name="Reveal now").click()
        expect(ines.locator("#live")).to_contain_text("Round 1, revealed")
        expect(leila.get_by_role("heading", name="Raters are split on 1 of 1 items")).to_be_visible()
        expect(leila.locator(".result")).to_contain_text("Minimal (0.25)")
        expect(tomas.locator("#session-notice")).to_contain_text("The votes are revealed.")
        expect(comment).to_have_value("Not yet")
        tomas.get_by_role("button", name="Show it").click()
        expect(tomas.locator(".result")).to_contain_text("1,000")

        ines.get_by_role("link", name="Review medians").click()
        expect(ines.locator(".adoptions tbody tr")).to_contain_text(ITEM)
        ines.get_by_role("link", name="Cancel").click()
        ines.get_by_role("button", name="Adopt medians").click()
        expect(ines.locator(".toast")).to_contain_text(re.compile("Adopted [0-9] scores? as medians"))
        ines.reload()
        expect(ines.locator("#live")).to_contain_text("medians adopted")
        ines.goto(f"{HOME}prioritize/?model={model_id(ines, 'RICE')}&q={ITEM}")
        expect(ines.locator("a.cell-edit").first).to_have_text("1,000")


def test_what_happens_while_the_facilitator_is_asked_does_not_take_the_question_away(browser, site, signed_in):
    with ExitStack() as stack:
        ines, leila = (
            stack.enter_context(window(browser, site, storage_state=signed_in(name)))
            for name in ("ines.okafor", "leila.haddad")
        )
        address = opened(ines)
        leila.goto(address)
        vote(leila, "1850", "4")
        ines.get_by_role("button", name="Reveal").click()
        with ines.expect_response(lambda answer: "/live/" in answer.url and answer.status == 200):
            leila.get_by_role("button", name="I am finished").click()

        ines.get_by_role("button", name="Reveal now").click()

        expect(ines.locator("#live")).to_contain_text("Round 1, revealed")


def test_axe_finds_nothing_serious_on_the_pages_of_sessions(browser, site, signed_in):
    with window(browser, site, storage_state=signed_in(), reduced_motion="reduce") as page:
        page.goto(f"{HOME}scoring-sessions/")
        blind, revealed = (
            page.get_by_role("link", name=name, exact=True).evaluate("(link) => link.pathname")
            for name in ("Proposals of this month", "First half")
        )
        lists = [f"{HOME}scoring-sessions/", f"{HOME}scoring-sessions/new/"]
        found = serious_on(
            page, [*lists, blind, f"{blind}?view=table", f"{blind}raters/", revealed, f"{revealed}adopt/"]
        )

    assert not found
