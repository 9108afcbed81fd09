"""A ranking is tested and frozen by keyboard, and its pages keep nobody out."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import serious, shoot, window

HOME = "/o/fennmark/"


@pytest.fixture(scope="module")
def frozen(browser, site, signed_in):
    """The addresses of a run and of a scorecard that were made by keyboard alone."""
    with window(browser, site, storage_state=signed_in()) as page:
        page.goto(HOME + "scorecards/")
        page.get_by_role("link", name="Rank stability").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/rank-stability/")
        page.keyboard.press("c")
        page.locator("#choose-model").focus()
        page.keyboard.type("Strategic")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**model=*")
        page.get_by_label("How many fit").focus()
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("heading", name="What the order hangs on")).to_be_visible(timeout=60_000)
        run = page.url
        page.goto(HOME + "scorecards/")
        page.keyboard.press("c")
        page.wait_for_url("**/scorecards/new/")
        page.locator("#choose-model").focus()
        page.keyboard.type("Strategic")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**model=*")
        page.get_by_label("Name").focus()
        page.keyboard.press("Control+a")
        page.keyboard.type("Decided by keyboard")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("heading", name="Decided by keyboard")).to_be_visible(timeout=60_000)
        page.get_by_role("link", name="Counted again").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("The same, to the last digit.")).to_be_visible()
        card = page.url.removesuffix("rerun/")
    return run, card


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_what_was_tested_and_frozen_by_keyboard(browser, site, signed_in, frozen, scheme):
    run, card = frozen
    lists = [f"{HOME}{path}/" for path in ("scorecards", "scorecards/new", "rank-stability", "rank-stability/new")]
    found = {}
    options = {"color_scheme": scheme, "reduced_motion": "reduce", "storage_state": signed_in()}
    with window(browser, site, **options) as page:
        for place, address in enumerate([*lists, run, card, f"{card}compare/"]):
            assert page.goto(address).ok
            shoot(page, f"1440-{scheme}-scorecards-{place}")
            if complaints := serious(page):
                found[address] = complaints

    assert not found
