"""Pages of schedules, dependencies and feedback keep nobody out: axe finds nothing serious, in light and dark."""

import re

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import serious_in_both_schemes, window

HOME = "/o/fennmark/"


def first(page: Page, listed: str, link: str) -> str:
    """The address of the first row of a list."""
    page.goto(HOME + listed)
    path = page.locator(link).first.evaluate("(link) => link.pathname")
    return path.removeprefix(HOME).removesuffix("edit/")


@pytest.fixture(scope="module")
def addresses(browser, site, signed_in):
    with window(browser, site, storage_state=signed_in()) as page:
        program = first(page, "programs/?q=Atlas+EU+launch", "tbody a.t")
        project = first(page, "projects/?q=Tariff+data", "tbody a.t")
        activity = first(page, f"{project}activities/", "#outline tbody a.t")
        dependency = first(page, "dependencies/", "tbody a.t")
        calendar = first(page, "settings/calendars/", "tbody a.t")
        item = first(page, "feedback/", "#inbox-list a.t")
        account = first(page, "accounts/", "tbody a.t")
    number = dependency.strip("/").split("/")[-1]
    return [
        *("dependencies/", "dependencies/map/", "dependencies/new/", f"{dependency}edit/"),
        *(f"dependencies/bulk/{act}/?id={number}" for act in ("owner", "archive")),
        *(f"{program}{tab}/" for tab in ("timeline", "dependencies", "baselines", "baselines/take", "forecast")),
        *(f"{project}{tab}/" for tab in ("activities", "activities/paste", "timeline", "dependencies", "baselines")),
        *(f"{project}{tab}/" for tab in ("baselines/take", "forecast")),
        *("feedback/", "feedback/add/", "feedback/policy/", "accounts/", f"{account}edit/"),
        *(f"{item}{act}" for act in ("", "edit/", "link/", "merge/")),
        *(f"{activity}edit/", "settings/calendars/", "settings/calendars/new/", calendar, f"{calendar}edit/"),
    ]


def test_axe_finds_nothing_serious_on_the_pages_of_schedules_and_feedback(browser, site, signed_in, addresses):
    found = {}
    with window(browser, site, storage_state=signed_in(), reduced_motion="reduce") as page:
        for address in addresses:
            answer = page.goto(HOME + address)
            assert answer.ok, address
            if "/timeline/" in address:
                page.locator(".gantt_task_line").first.wait_for()
            if complaints := serious_in_both_schemes(page, re.sub("[^a-z]+", "-", address).strip("-")):
                found[address] = complaints

    assert not found


PALE = """
<html lang="en"><title>Pale</title><style>
  body { background: #fff; color: #000 }
  @media (prefers-color-scheme: dark) { body { background: #111; color: #222 } }
</style><main><h1>Hard to read at night</h1></main></html>
"""


def test_text_that_is_too_pale_in_the_dark_alone_is_found(browser):
    page = browser.new_page()
    page.set_content(PALE)

    found = serious_in_both_schemes(page, "pale-in-the-dark")

    page.close()
    assert [(scheme, rule) for scheme, rule, _ in found] == [("dark", "color-contrast")]
