"""A visitor without script asks, confirms by the mailed link and votes; members publish and ship; the visitor reads of
it in the changelog and in the mail."""

import datetime
import re
import time
from contextlib import closing

import psycopg2
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DATABASE, faults, serious_on, window
from tests.servers import servers

HOME = "/o/fennmark/"
PORTAL = "/portal/fennmark/atlas-connect/"
EMAIL = "nora.vik@halden.example"


def mailed(subject: str, seconds: int = 40) -> str:
    """The text of the mail to the visitor with a subject that begins so, once it is queued."""
    asked = 'SELECT text FROM events_outgoingmail WHERE "to" = %s AND subject LIKE %s ORDER BY id DESC LIMIT 1'
    for _ in range(seconds * 4):
        address = servers.postgres.url("portolan_owner", DATABASE)
        with closing(psycopg2.connect(address)) as connection, connection.cursor() as cursor:
            cursor.execute(asked, [EMAIL, f"{subject}%"])
            if row := cursor.fetchone():
                return row[0]
        time.sleep(0.25)
    raise AssertionError(f"nothing was queued that begins with {subject}")


def test_an_idea_goes_from_a_visitor_to_the_changelog(browser, site, signed_in):
    with (
        window(browser, site, java_script_enabled=False) as page,
        window(browser, site, storage_state=signed_in()) as staff,
    ):
        page.goto(PORTAL)
        expect(page.get_by_role("heading", name="What should Atlas Connect do next?")).to_be_visible()
        assert page.context.cookies() == []
        page.get_by_role("link", name="Submit an idea").first.click()
        page.get_by_label("In short").fill("Tell me which label was printed last")
        page.get_by_label("What would it let you do?").fill("After a jam I could go on where it stopped.")
        page.get_by_label("Your e-mail").fill(EMAIL)
        time.sleep(3)  # A form that comes back sooner was filled in by a program.
        page.get_by_role("button", name="Send the idea").click()
        expect(page.get_by_role("heading", name="Thank you. Look into your mail")).to_be_visible()

        link = re.search(r"http\S+/confirm/\S+/", mailed("Confirm your address"))[0]
        page.goto(link)
        page.get_by_role("button", name="Yes, it is my idea").click()
        expect(page.get_by_role("heading", name="Your address is confirmed")).to_be_visible()
        page.goto(PORTAL)
        page.get_by_role("link", name="Keep returns in step with the shop").click()
        page.get_by_role("button", name="Vote for this").click()
        expect(page.get_by_role("status")).to_contain_text("Your vote counts.")
        expect(page.locator(".votes b")).to_have_text("15")

        publish_and_ship(staff)

        assert "In release 8.3." in mailed("“Tell me which label was printed last” has shipped")
        page.goto(PORTAL)
        page.get_by_role("navigation", name="Portal").get_by_role("link", name="Changelog").click()
        told = page.get_by_role("article", name="8.3")
        expect(told).to_contain_text("The last label is remembered.")
        told.get_by_role("link", name="Tell me which label was printed last").click()
        expect(page.get_by_role("button", name="You voted: take it back")).to_be_visible()


def publish_and_ship(staff) -> None:
    """As members do: publish what waits, write the release, say what it brings, publish it."""
    staff.goto(HOME + "feedback/portals/")
    staff.get_by_role("link", name="Atlas Connect ideas").click()
    staff.get_by_role("button", name="Publish Tell me which label was printed last").click()
    expect(staff.locator(".toast").last).to_contain_text("Published “Tell me which label was printed last”.")
    staff.goto(HOME + "feedback/releases/add/")
    staff.get_by_label("Product").select_option(label="Atlas Connect")
    staff.get_by_label("Version or name").fill("8.3")
    staff.get_by_label("Available since").fill(datetime.datetime.now(datetime.UTC).date().isoformat())
    staff.get_by_label("Notes").fill("The last label is remembered.")
    staff.get_by_role("button", name="Save").click()
    staff.get_by_label("Tell me which label was printed last").check()
    staff.get_by_role("button", name="Save").click()
    expect(staff.get_by_text("1 idea has shipped with it")).to_be_visible()
    expect(staff.get_by_text("1 person is told by mail.")).to_be_visible()
    staff.get_by_role("button", name="Publish").click()
    expect(staff.locator(".toast").last).to_contain_text("Published “8.3”.")


@pytest.mark.parametrize("path", ["", "submit/", "changelog/", "mine/", "first idea"])
def test_public_pages_keep_nobody_out_in_either_scheme_and_fit_on_a_phone(browser, site, path):
    # Without motion, colors do not fade from one scheme to the other while they are measured.
    with window(browser, site, reduced_motion="reduce") as page:
        page.goto(PORTAL + ("" if path == "first idea" else path))
        if path == "first idea":
            page.locator(".ideas h2 a").first.click()
            expect(page.get_by_role("button", name="Vote for this")).to_be_visible()

        assert faults(page, f"portal-{path or 'ideas'}") == []


def test_a_portal_is_worked_by_keyboard_alone(page):
    page.goto(PORTAL)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Submit an idea")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("dock")
    page.keyboard.press("Enter")
    expect(page.locator(".ideas li")).to_have_count(1)
    expect(page.locator(".ideas h2")).to_have_text("Show each warehouse only its own dock")


def test_members_pages_of_portals_and_releases_keep_nobody_out_and_fit_on_a_phone(browser, site, signed_in):
    with window(browser, site, storage_state=signed_in(), reduced_motion="reduce") as page:

        def first(listed: str, table: str = "table") -> str:
            page.goto(HOME + listed)
            return page.locator(f"{table} th a.t").last.evaluate("(link) => link.pathname").removeprefix(HOME)

        portal, release = first("feedback/portals/"), first("feedback/releases/")
        idea = first(portal, "#idea-table")
        addresses = (
            "feedback/portals/", "feedback/portals/add/", portal, f"{portal}edit/", f"{portal}add-idea/", idea,
            f"{idea}voters/", f"{idea}merge/", "feedback/releases/", "feedback/releases/add/", release,
        )  # fmt: skip
        assert serious_on(page, [HOME + address for address in addresses]) == {}
