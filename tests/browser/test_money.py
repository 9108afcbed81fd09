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
    state = page.locator("[data-grid-changes]")

    new.locator("[name$=-line]").fill("Travel")
    cells = new.locator("td.c input")
    cells.nth(0).click()
    page.keyboard.type("1.234,50")
    page.keyboard.press("ArrowRight")
    expect(cells.nth(1)).to_be_focused()
    page.evaluate(PASTE, [cells.nth(1).element_handle(), "(500)\t7"])
    expect(state).to_contain_text("3 cells changed")
    expect(new.locator("[data-sum=row]")).to_have_text("741.50")

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


def test_months_of_a_benefit_are_typed_pasted_saved_and_taken_back(page):
    sign_in(page)
    page.goto("/o/fennmark/programs/")
    program = page.locator("tbody a.t", has_text="Atlas EU launch").first.get_attribute("href")
    page.goto(f"{program}benefits/")
    page.locator("main a[href*='/o/fennmark/benefits/']").first.click()
    planned = page.locator(".benefit-grid td:nth-child(2) input")
    notes = page.locator(".benefit-grid td:nth-child(4) input")
    before = [planned.nth(number).input_value() for number in range(2)]

    planned.nth(0).click()
    page.evaluate(PASTE, [planned.nth(0).element_handle(), "11\n12"])
    expect(page.locator("[data-grid-changes]")).to_have_text("2 cells changed")
    page.keyboard.press("Control+z")
    expect(planned.nth(1)).to_have_value(before[1])
    page.keyboard.press("Control+y")
    notes.nth(0).click()
    page.keyboard.type("Late")
    page.keyboard.press("ArrowLeft")
    expect(notes.nth(0)).to_be_focused()
    assert serious(page) == []
    page.keyboard.press("Control+Enter")

    expect(page.locator(".toast")).to_contain_text("Saved the months")
    expect(planned.nth(1)).to_have_value("12")
    page.keyboard.press("z")
    expect(page.locator(".toast").last).to_contain_text("Took the change")
    expect(planned.nth(1)).to_have_value(before[1])
    expect(notes.nth(0)).not_to_have_value("Late")
