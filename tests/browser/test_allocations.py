"""Allocations are typed as into a spreadsheet: keyboard, paste, fill, a warning while typing, undo before and after."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.browser.test_project_work import serious

HOME = "/o/fennmark/"


def open_grid(page: Page) -> None:
    sign_in(page)
    page.goto(f"{HOME}projects/?q=Ingest")
    page.locator("tbody a.t").first.click()
    page.get_by_role("link", name="People", exact=True).click()
    expect(page.locator("table[data-grid]")).to_be_visible()


def paste(page: Page, text: str) -> None:
    """As the browser does when a person pastes; the clipboard itself is closed to tests."""
    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData('text/plain', text);
            const event = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
            document.activeElement.dispatchEvent(event);
        }""",
        text,
    )


def test_cells_are_typed_pasted_filled_and_taken_back(page):
    open_grid(page)
    rows = page.locator("table[data-grid] tbody tr")
    cells = rows.nth(0).locator("input")
    before = [cells.nth(number).input_value() for number in range(3)]

    cells.nth(0).focus()
    page.keyboard.type("9")
    page.keyboard.press("ArrowDown")
    expect(rows.nth(0).locator("[data-over]")).to_have_text(re.compile("Over in"))
    expect(page.locator("[data-grid-changes]")).to_have_text("1 cell changed")
    page.keyboard.press("Control+z")
    expect(cells.nth(0)).to_have_value(before[0])

    cells.nth(0).focus()
    paste(page, "0,35\t45 %\n")
    expect(cells.nth(0)).to_have_value("0,35")
    expect(cells.nth(1)).to_have_value("45 %")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Control+r")
    expect(cells.nth(2)).to_have_value("0,35")
    assert serious(page) == []

    page.get_by_role("button", name="Save", exact=True).click()
    toast = page.locator(".toast")
    expect(toast.first).to_contain_text("Saved 3 cells.")
    expect(cells.nth(1)).to_have_value("0.35")
    toast.first.get_by_role("button", name="Undo").click()
    expect(cells.nth(1)).to_have_value(before[1])


def test_a_wrong_cell_gets_the_focus_and_the_others_keep_their_text(page):
    open_grid(page)
    cells = page.locator("table[data-grid] tbody tr").nth(0).locator("input")

    cells.nth(0).fill("half")
    cells.nth(1).fill("0,35")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.locator("td.bad .err")).to_have_text("“half” is no FTE. Write 0.5, 0,5 or 50 %.")
    expect(cells.nth(0)).to_be_focused()
    expect(cells.nth(1)).to_have_value("0,35")
