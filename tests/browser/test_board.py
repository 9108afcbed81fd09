"""A score is changed by keyboard alone: the list is ranked anew around it, and Z takes it back."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import model_id, serious, sign_in, window


def test_a_score_is_typed_the_list_is_ranked_anew_and_z_takes_it_back(page):
    sign_in(page)
    page.goto(f"/o/fennmark/prioritize/?model={model_id(page, 'RICE')}")
    bars = page.locator("svg.robust")
    expect(bars.first).to_be_visible()
    assert serious(page) == []
    rows = page.locator("table[data-board] tbody tr[id]")
    first = rows.nth(0)
    name, row = first.locator("a.t").inner_text(), first.get_attribute("id")
    cells = first.locator("a.cell-edit")
    reach, impact = cells.nth(0), cells.nth(1)
    before, reach_id, impact_id = reach.inner_text(), reach.get_attribute("id"), impact.get_attribute("id")

    reach.focus()
    page.keyboard.press("ArrowRight")
    expect(impact).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("e")
    page.keyboard.type("many")
    page.keyboard.press("Enter")
    expect(page.locator("#score-error")).to_contain_text("no number")
    expect(page.locator("#score-value")).to_have_value("many")
    page.keyboard.press("Escape")
    expect(page.locator(f"#{reach_id}")).to_be_focused()

    page.keyboard.type("1")
    expect(page.locator("#score-value")).to_have_value("1")
    page.keyboard.press("Shift+F2")
    page.keyboard.type("Nobody asked.")
    page.keyboard.press("Tab")
    expect(page.locator(".toast")).to_contain_text(re.compile("Its rank moves 1 → [0-9]+"))
    expect(page.locator(f"#{impact_id}")).to_be_focused()
    expect(rows.nth(0).locator("a.t")).not_to_have_text(name)
    moved = page.locator(f"#{row}")
    expect(moved.locator(".mv.now")).to_have_text(re.compile("1 → [0-9]+"))
    expect(page.locator(f"#{reach_id}")).to_have_text("1")
    expect(page.locator(f"#{reach_id}")).to_have_attribute("title", re.compile("Nobody asked"))
    expect(bars.first).to_be_visible()

    page.keyboard.press("z")
    expect(page.locator(".toast").last).to_contain_text("Took back 1 score.")
    expect(rows.nth(0).locator("a.t")).to_have_text(name)
    expect(page.locator(f"#{reach_id}")).to_have_text(before)

    rows.nth(0).locator(".sc a.n").click()
    expect(page.locator("h1")).to_have_text(name)
    expect(page.get_by_text("Undone.").first).to_be_visible()
    assert serious(page) == []


def test_split_raters_are_reconciled_by_keyboard_and_a_wide_list_keeps_its_head(browser, site, signed_in):
    with window(browser, site, storage_state=signed_in()) as page:
        rice, wsjf = model_id(page, "RICE"), model_id(page, "WSJF")
        page.goto(f"/o/fennmark/prioritize/?model={rice}&q=Demand+forecast&with={wsjf}")
        impact = page.locator("a.cell-edit").nth(1)
        before = impact.inner_text()
        impact.focus()
        page.keyboard.press("r")
        pop = page.locator("#rater-pop")
        expect(pop.get_by_role("heading")).to_have_text("Impact, by rater")
        expect(pop).to_contain_text("Tomás Riva")
        assert serious(page) == []
        expect(page.locator("#reconciled-value")).to_be_focused()
        page.locator("#reconciled-value").select_option(label="Low")
        page.keyboard.press("Control+Enter")
        expect(pop.locator("#score-error")).to_contain_text("Say why")
        page.locator("#reconciled-comment").fill("Both pilots said so.")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".toast")).to_contain_text("Saved Impact")
        expect(pop).to_be_hidden()
        expect(impact).to_have_text("0.5")
        page.keyboard.press("z")
        expect(impact).to_have_text(before)

        page.goto(f"/o/fennmark/prioritize/?model={rice}&with={wsjf}")
        frame, head = page.locator(".board-wrap"), page.locator("table[data-board] thead th").nth(1)
        frame.evaluate("(frame) => { frame.scrollIntoView(); frame.scrollTo(0, frame.scrollHeight); }")
        expect(page.locator("table[data-board] tbody tr").last).to_be_in_viewport()
        expect(head).to_be_in_viewport()
        top, above = (box.bounding_box() for box in (head, page.locator("table[data-board] tbody tr").first))
        assert above["y"] < top["y"], "rows pass below the head"
