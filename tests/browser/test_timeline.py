"""The program timeline in a browser: bars, links, zoom, folding, groups."""

import pytest

from tests.browser.conftest import sign_in


@pytest.fixture
def timeline(page):
    """The timeline of the EU launch, as its portfolio manager sees it."""
    sign_in(page)
    page.goto("/o/fennmark/programs/")
    page.get_by_role("link", name="Atlas EU launch").first.click()
    page.get_by_role("navigation", name="Program").get_by_role("link", name="Timeline").click()
    page.locator(".gantt_task_line").first.wait_for()
    return page


def test_bars_links_and_the_table_of_the_same_facts_are_there(timeline):
    assert timeline.locator(".gantt_task_line").count() > 10
    assert timeline.locator(".gantt_task_link").count() > 3
    assert timeline.get_by_role("heading", name="As a table").is_visible()
    assert timeline.locator("table", has_text="Certification by partners").first.is_visible()


def test_it_zooms_and_folds(timeline):
    timeline.get_by_role("button", name="Quarter").click()
    assert timeline.get_by_role("button", name="Quarter").get_attribute("aria-pressed") == "true"
    many = timeline.locator(".gantt_row").count()
    timeline.get_by_role("button", name="Collapse all").click()
    timeline.get_by_role("button", name="Expand all").wait_for()
    assert timeline.locator(".gantt_row").count() < many


def test_it_groups_by_team(timeline):
    timeline.locator("select").filter(has_text="By project").select_option(label="By team")
    timeline.locator(".gantt_row", has_text="Platform team").first.wait_for()
