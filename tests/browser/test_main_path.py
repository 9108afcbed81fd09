"""From sign-in to a portfolio of real data, as the people of a product organization walk it."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.browser.conftest import serious_in_both_schemes, shoot, sign_in, sign_in_by_form

HHS = Path(settings.BASE_DIR).parent / "shared" / "data" / "hhs-portfolio"
HOME = "/o/fennmark/"
PAGES = ["", "portfolios/", "programs/", "projects/", "products/", "risks/", "activities/", "imports/", "audit/"]


def open_dashboard(page: Page) -> None:
    page.goto(f"{HOME}portfolios/")
    page.get_by_role("link", name="Core portfolio", exact=True).first.click()
    expect(page.get_by_role("heading", level=1, name="Core portfolio")).to_be_visible()


def test_wrong_password_is_said_and_the_address_is_kept(page):
    page.goto("/sign-in/")
    page.get_by_label("Email").fill("ines.okafor@fennmark.example")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_text("do not belong together")).to_be_visible()
    expect(page.get_by_label("Email")).to_have_value("ines.okafor@fennmark.example")
    shoot(page, "sign-in")


def test_a_figure_on_the_dashboard_opens_the_rows_it_counts(page):
    sign_in(page)
    open_dashboard(page)
    shoot(page, "portfolio-dashboard")
    tile = page.locator(".tile", has_text="Off track").first
    count = int(re.sub(r"\D", "", tile.locator(".v a, a .v, a").first.inner_text().split()[0]))

    tile.locator("a").first.click()

    expect(page).to_have_url(re.compile("health=red"))
    expect(page.locator("tbody tr")).to_have_count(count)


def test_a_report_moves_the_dashboard_within_seconds_without_a_reload(page, browser, site):
    sign_in(page, "ines.okafor")
    open_dashboard(page)
    before = page.locator("#tiles, .tiles").first.inner_text()
    other = browser.new_context(base_url=site).new_page()
    sign_in(other, "leila.haddad")
    other.goto(f"{HOME}projects/?q=Carrier+directory")
    other.get_by_role("link", name="Carrier directory").first.click()
    other.get_by_role("link", name="Report").first.click()
    other.locator("input[name=reported_health][value=red]").check(force=True)
    other.get_by_label("Why").fill("The carrier left")
    other.get_by_role("button", name=re.compile("Save")).click()
    expect(other.locator(".toast")).to_contain_text("Reported on")
    other.context.close()

    expect(page.locator("#tiles, .tiles").first).not_to_have_text(before, timeout=20_000)


def test_a_cell_is_edited_in_place_by_keyboard(page):
    sign_in(page, "tomas.riva")
    page.goto(f"{HOME}projects/?q=Identity+rollout")
    row = page.locator("tbody tr").first
    cell = row.locator('a.cell-edit[href*="/cell/finish/"]').first
    cell.focus()
    page.keyboard.press("Enter")
    field = row.locator("td input:not([type=hidden])").first
    expect(field).to_be_visible()
    field.fill("2027-03-19")
    page.keyboard.press("Enter")

    expect(page.locator("tbody tr").first.get_by_text("19 Mar 2027")).to_be_visible()


@pytest.mark.skipif(not HHS.exists(), reason="the HHS portfolio is not beside this checkout")
def test_five_files_of_a_real_portfolio_are_imported_and_found_on_a_dashboard(page):
    sign_in(page)
    page.goto(f"{HOME}imports/new/")
    page.set_input_files("input[type=file]", sorted(HHS.glob("*.csv")))
    page.get_by_role("button", name="Upload and read").click()
    page.get_by_role("button", name="Check 1,851 rows").or_(page.get_by_role("link", name="Check 1,851 rows")).click()
    expect(page.get_by_text("94 projects have no name").first).to_be_visible(timeout=60_000)
    shoot(page, "import-check")
    page.get_by_role("button", name="Import 1,851 rows").click()

    expect(page.get_by_text("Undo").first).to_be_visible(timeout=240_000)
    shoot(page, "import-result")
    page.goto(f"{HOME}portfolios/")
    page.get_by_role("link", name="Food and Drug Administration").first.click()
    expect(page.get_by_role("heading", level=1, name="Food and Drug Administration")).to_be_visible()
    shoot(page, "portfolio-dashboard-hhs")
    page.goto(f"{HOME}parked/")
    name = page.get_by_role("textbox", name=re.compile("^Name of P-")).first
    expect(name).to_have_value(re.compile("^Unnamed project"))


def test_the_palette_goes_to_a_project_by_keyboard(page):
    sign_in(page)
    page.keyboard.press("Control+k")
    page.keyboard.type("Offline sync")
    expect(page.locator("dialog[open]").get_by_text("Offline sync").first).to_be_visible()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1, name="Offline sync")).to_be_visible()


def test_without_script_a_project_is_proposed(browser, site):
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    sign_in_by_form(page, "leila.haddad")
    page.goto(f"{HOME}projects/new/")
    page.get_by_label("Name").fill("Without script")
    page.get_by_label("Program", exact=False).first.select_option(label="Shared identity")
    page.get_by_role("button", name="Propose project").click()

    expect(page.get_by_role("heading", level=1, name="Without script")).to_be_visible()
    context.close()


def test_a_session_that_ended_elsewhere_keeps_what_was_typed(page):
    sign_in(page, "leila.haddad")
    page.goto(f"{HOME}projects/")
    page.context.clear_cookies()
    page.get_by_placeholder(re.compile("Find")).first.fill("sync")

    expect(page.get_by_text("signed out").first).to_be_visible()
    expect(page.get_by_placeholder(re.compile("Find")).first).to_have_value("sync")


@pytest.mark.parametrize("width", [390, 1024])
def test_no_page_scrolls_sideways(page, width):
    sign_in(page)
    page.set_viewport_size({"width": width, "height": 844})
    for path in PAGES:
        page.goto(HOME + path)
        shoot(page, f"{width}-{path.strip('/') or 'home'}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_axe_finds_nothing_serious(page):
    sign_in(page)
    page.emulate_media(reduced_motion="reduce")
    for path in [*PAGES, "projects/new/", "imports/new/"]:
        page.goto(HOME + path)
        assert serious_in_both_schemes(page, path.strip("/").replace("/", "-") or "home") == [], path
