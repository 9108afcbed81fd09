"""Measures are judged and archived in their list."""

from playwright.sync_api import expect

from tests.browser.conftest import sign_in


def test_a_measure_is_archived_right_after_its_result_was_changed_in_place(page):
    sign_in(page)
    page.goto("/o/fennmark/measures/")
    row = page.locator("#measure-table tbody tr").first
    name = row.locator("th a").inner_text()
    was_met = row.locator(".badge.ok").count()

    row.locator("button.cell-edit").click()
    expect(row.locator("select")).to_be_focused()
    row.locator("select").select_option("not_met" if was_met else "met")
    expect(row.locator("button.cell-edit.saved")).to_be_visible()
    expect(row.locator("td")).to_have_count(4)
    row.get_by_role("button", name=f"Archive {name}"[:40]).click()

    expect(page.locator(".toast")).to_contain_text(f"Archived measure “{name}"[:40])
