"""The budget grid by keyboard: typed, pasted, filled, taken back step by step, saved and undone."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import serious, sign_in

PASTE = """
([cell, text]) => {
    cell.focus();
    const data = new DataTransfer();
    data.setData("text/plain", text);
    cell.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}
"""


def test_a_forecast_is_typed_pasted_taken_back_and_saved(page):
    sign_in(page)
    page.goto("/o/fennmark/projects/?q=Ingest+v2")
    page.locator("tbody a.t").first.click()
    project = page.url.rstrip("/")
    page.goto(f"{project}/budget/grid/?kind=forecast")
    assert serious(page) == []
    new = page.locator("tr.new").first
    state = page.locator("[data-grid-state]")

    new.locator("[name$=-line]").fill("Travel")
    cells = new.locator("td.c input")
    cells.nth(0).click()
    page.keyboard.type("1.234,50")
    page.keyboard.press("ArrowRight")
    expect(cells.nth(1)).to_be_focused()
    page.evaluate(PASTE, [cells.nth(1).element_handle(), "(500)\t7"])
    expect(state).to_contain_text("3 cells changed")
    expect(new.locator("[data-row-sum]")).to_have_text("741.50")

    page.keyboard.press("Control+z")
    expect(state).to_contain_text("1 cell changed")
    page.keyboard.press("Control+z")
    expect(state).to_have_text("Nothing changed")
    page.keyboard.press("Control+y")
    expect(cells.nth(0)).to_have_value("1.234,50")

    cells.nth(0).click()
    page.keyboard.press("Control+r")
    expect(state).to_contain_text("12 cells changed")
    page.keyboard.press("Control+Enter")
    toast = page.locator(".toast")
    expect(toast).to_contain_text(re.compile("Saved 12 cells"))
    toast.get_by_role("button", name=re.compile("Undo")).click()
    expect(page.locator(".toast").last).to_contain_text("Took the change of “Ingest v2” back")
    expect(page.locator("th.ln", has_text="Travel")).to_have_count(0)
