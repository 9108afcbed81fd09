"""Pages on which feedback is set up, drafted from and summed up keep nobody out: axe finds nothing serious in light and
in dark, and a phone cuts nothing off."""

from contextlib import closing
from typing import Any

import psycopg2
from playwright.sync_api import Page, expect

from tests.browser.conftest import DATABASE, cut_off, faults, serious_on, sign_in, window
from tests.servers import servers

HOME = "/o/fennmark/"
UNREADABLE = """
WITH box AS (
    UPDATE feedback_mailbox SET failure = 'The server refuses the password.', failed_polls = 3, last_polled_at = now(),
    is_active = true, next_poll_at = now() + interval '1 day' WHERE name = %s RETURNING id, organization_id
)
INSERT INTO feedback_mailboxfailure (organization_id, mailbox_id, created_at, updated_at, version, uid_validity, uid,
    sender, subject, arrived_at, size_bytes, reason, state)
SELECT organization_id, id, now(), now(), 1, 7, number, 'a.very.long.sender@' || repeat('sub.', 20) || 'halden.example',
    'Labels are shifted since the update of August', now(), 40000000, 'It is larger than 10 MB.', state
FROM box, (VALUES (1, 'open'), (2, 'retrying')) AS message (number, state)
"""


def first(page: Page, listed: str, link: str) -> str:
    """The address of the first row of a list."""
    page.goto(HOME + listed)
    return page.locator(link).first.evaluate("(link) => link.pathname").removeprefix(HOME)


def written(sql: str, values: Any = None) -> int:
    """Write to the site's database past the application; returns how many rows."""
    address = servers.postgres.url("portolan_owner", DATABASE)
    with closing(psycopg2.connect(address)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


def found_in(found: dict[str, list]) -> dict[str, list]:
    return {place: complaints for place, complaints in found.items() if complaints}


def test_the_pages_of_channels_keep_nobody_out(browser, site, signed_in):
    found = {}
    with window(browser, site, storage_state=signed_in(), reduced_motion="reduce") as page:
        page.goto(f"{HOME}feedback/channels/")
        found["none yet"] = faults(page, "channels-empty")
        page.get_by_role("link", name="Make a hook").click()
        page.get_by_role("textbox", name="Name").fill("Survey tool of the customer care team")
        found["new hook"] = faults(page, "hook-new")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#secret")).to_be_visible()
        found["secret"] = faults(page, "hook-secret")

        page.goto(f"{HOME}feedback/channels/mailboxes/add/")
        page.get_by_role("textbox", name="Name").fill("Support")
        page.get_by_role("textbox", name="User").fill("customer.support.of.atlas@fennmark.example")
        page.get_by_label("Password").fill("of the mailbox")
        page.get_by_role("textbox", name="Host").fill("10.0.0.1")
        page.get_by_label("Active").uncheck()
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("needs a change")).to_be_visible()
        found["refused"] = faults(page, "mailbox-refused")
        page.get_by_role("textbox", name="Host").fill("9.9.9.9")
        page.get_by_label("Password").fill("of the mailbox")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("link", name="Support", exact=True)).to_be_visible()
        assert written(UNREADABLE, ["Support"]) == 2
        page.goto(f"{HOME}feedback/channels/")
        expect(page.get_by_text("It is larger than 10 MB.")).to_have_count(2)
        found["all of it"] = faults(page, "channels")
        edited = [page.get_by_role("link", name=name).get_attribute("href") for name in ("Support", "Survey tool")]
        found |= serious_on(page, edited)

    assert found_in(found) == {}


def test_the_pages_of_handling_drafting_and_agreement_keep_nobody_out(browser, site, signed_in):
    found = {}
    with window(browser, site, storage_state=signed_in(), reduced_motion="reduce") as page:
        page.goto(f"{HOME}feedback/policy/")
        mask = page.get_by_label("Mask personal data")
        mask.check()
        page.keyboard.press("Control+Enter")
        expect(page.locator(".toast").last).to_be_visible()
        page.goto(f"{HOME}feedback/policy/")
        expect(page.get_by_role("button", name="Mask what is stored")).to_be_visible()
        found["masked"] = faults(page, "handling-masked")
        mask.uncheck()
        page.keyboard.press("Control+Enter")
        expect(page.locator(".toast").last).to_be_visible()

        page.goto(f"{HOME}feedback/drafting/")
        found["no model"] = faults(page, "drafting-none")
        page.get_by_role("textbox", name="Address").fill("http://10.0.0.1/v1")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("needs a change").or_(page.get_by_text("need a change"))).to_be_visible()
        found["refused"] = faults(page, "drafting-refused")
        page.get_by_role("textbox", name="Address").fill("https://9.9.9.9/v1")
        page.get_by_role("textbox", name="Model").fill("any")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("Turned off: nothing is sent.")).to_be_visible()
        found["a model"] = faults(page, "drafting")

        found |= serious_on(page, [f"{HOME}feedback/policy/", f"{HOME}feedback/agreement/"])
        page.goto(f"{HOME}feedback/agreement/check/")
        found["check"] = faults(page, "agreement-check")
        page.get_by_label("Sentiment").select_option(index=1)
        page.get_by_label("Urgency").select_option(index=1)
        page.get_by_role("button", name="Keep, next").click()
        expect(page.locator(".toast").last).to_contain_text("Kept. Here is the next.")
        page.goto(f"{HOME}feedback/agreement/")
        expect(page.get_by_role("row").nth(1)).to_contain_text("in all")
        found["agreement"] = faults(page, "agreement")

    assert found_in(found) == {}


def test_the_pages_of_insights_themes_and_voices_keep_nobody_out(browser, site, signed_in):
    with window(browser, site, storage_state=signed_in(), reduced_motion="reduce") as page:
        theme = first(page, "feedback/themes/", "table.themes th a.t")
        item = first(page, "feedback/", "#inbox-list a.t")
        project = first(page, "projects/?q=Data+residency", "tbody a.t")
        page.goto(f"{HOME}feedback/insights/")
        choices = page.get_by_label("Product").first.locator("option")
        product = choices.filter(has_text="Cutter Print").get_attribute("value")
        number, group = (address.strip("/").split("/")[-1] for address in (item, theme))
        insights = ("", f"?product={product}", "?date=2026-09-01&days=30", "?said_from=2001-01-01&said_to=2001-02-01",
                    "?said_from=2020-01-01&said_to=2019-01-01")  # fmt: skip
        found = serious_on(
            page,
            [
                *(f"{HOME}feedback/insights/{asked}" for asked in insights),
                *(f"{HOME}{address}" for address in ("feedback/themes/", theme, f"{theme}edit/", f"{theme}split/")),
                f"{HOME}feedback/themes/merge/?id={group}",
                f"{HOME}feedback/themes/pick/?id={number}",
                *(f"{HOME}{item}{act}/" for act in ("idea", "reply")),
                *(f"{HOME}{row}voices/" for row in (f"products/{product}/", project)),
            ],
        )

    assert found == {}


def test_a_story_beside_the_inbox_and_on_its_page_keeps_nobody_out(browser, site, signed_in):
    found = {}
    with window(browser, site, storage_state=signed_in(), reduced_motion="reduce") as page:
        page.goto(f"{HOME}feedback/")
        page.keyboard.press("s")
        pane = page.locator("#story-pane")
        expect(pane.locator(".badge")).to_have_text("draft, not saved")
        words = pane.locator("details.words")
        if words.get_attribute("open") is None:
            words.locator("summary").click()
        found["draft"] = faults(page, "story-pane")
        pane.get_by_label("I want").fill("")
        pane.get_by_role("button", name="Save as story").click()
        expect(pane.get_by_text("Say first what is wanted.")).to_be_visible()
        found["refused"] = faults(page, "story-pane-refused")
        pane.get_by_label("I want").fill("labels that stay where they are")
        pane.get_by_role("button", name="Save as story").click()
        expect(pane.locator(".badge")).to_have_text("saved")
        found["saved"] = faults(page, "story-pane-saved")
        story = first(page, "feedback/stories/", "tbody a.t")
        found |= serious_on(page, [f"{HOME}feedback/stories/", f"{HOME}{story}"])

        page.set_viewport_size({"width": 1000, "height": 844})
        page.goto(f"{HOME}feedback/")
        page.keyboard.press("s")
        drawer = page.locator("#story-drawer")
        expect(drawer.locator("#story-title")).to_be_visible()
        found["drawer"] = faults(page, "story-drawer")

    assert found_in(found) == {}


WIDE = '<html lang="en"><title>Wide</title><style>p { width: 500px }</style><main><h1>Wide</h1><p>Cut</p></main></html>'


def test_what_a_phone_cuts_off_is_found(browser):
    page = browser.new_page()
    page.set_content(WIDE)

    found = cut_off(page, "wide")

    page.close()
    assert [(where, what) for where, what, _ in found] == [("390 px", "scrolls sideways")]


LINK_ALL = """
INSERT INTO feedback_feedbacklink
    (organization_id, item_id, project_id, importance, note, created_at, updated_at, version)
SELECT i.organization_id, i.id, %(project)s, 'nice', 'for the pager', now(), now(), 1 FROM feedback_feedbackitem i
WHERE NOT EXISTS (SELECT FROM feedback_feedbacklink l WHERE l.item_id = i.id AND l.project_id = %(project)s)
"""


def test_the_pager_of_a_page_takes_the_next_rows_into_the_same_frame(page):
    sign_in(page)
    address = first(page, "projects/", "tbody a.t")
    assert written(LINK_ALL, {"project": int(address.split("/")[1])}) > 50
    try:
        page.goto(f"{HOME}{address}voices/?rows=25")
        rows = page.locator("table.stack tbody tr th a")
        before = rows.first.get_attribute("href")
        page.get_by_role("link", name="Next page").click()
        page.wait_for_url("**page=2")
        expect(page.locator(".pager")).to_contain_text("Page 2 of")
        assert rows.first.get_attribute("href") != before
        expect(page.locator(".top")).to_have_count(1)
        expect(page.locator("#refused")).to_have_count(0)
        page.locator(".pager").get_by_label("Rows").select_option("100")
        page.wait_for_url("**rows=100")
        expect(rows).to_have_count(page.locator("table.stack tbody tr").count())
        assert rows.count() > 50
    finally:
        written("DELETE FROM feedback_feedbacklink WHERE note = 'for the pager'")
