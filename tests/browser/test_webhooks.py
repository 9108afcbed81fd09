"""An owner makes a webhook by keyboard, and its pages keep nobody out."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import faults, serious_on, window

HOOKS = "/o/fennmark/settings/webhooks/"


def test_an_owner_makes_a_webhook_and_sends_a_test(browser, site, signed_in):
    found = {}
    with window(browser, site, storage_state=signed_in("maren.voss"), reduced_motion="reduce") as page:
        page.goto(HOOKS)
        found["empty"] = faults(page, "webhooks-empty")
        page.keyboard.press("c")
        page.get_by_role("textbox", name="Name").fill("Data warehouse")
        page.get_by_role("textbox", name="URL").fill("https://10.0.0.1/")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("Choose at least one event, or every event.")).to_be_visible()
        expect(page.get_by_text("This address belongs to no host of the Internet.")).to_be_visible()
        found["refused"] = faults(page, "webhooks-refused")

        page.get_by_role("textbox", name="URL").fill("https://hooks.example/in")
        page.locator("summary", has_text=re.compile(r"^Risk")).press("Enter")
        page.get_by_label("risk.created", exact=True).press(" ")
        page.get_by_label("feedback.received", exact=True).press(" ")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#secret")).to_have_text(re.compile(r"^whsec_.{44}$"))
        found["secret"] = faults(page, "webhooks-secret")

        page.get_by_role("button", name="Send a test").click()
        expect(page.get_by_role("heading", name="Test", exact=True)).to_be_visible()
        found["delivery"] = faults(page, "webhooks-delivery")
        page.get_by_role("link", name="Data warehouse", exact=True).click()
        expect(page.locator("#delivery-table")).to_contain_text("webhook.test")
        found["detail"] = faults(page, "webhooks-detail")
        page.get_by_role("button", name="Pause").click()
        expect(page.locator(".toast").last).to_contain_text("Paused “Data warehouse”.")
        found |= serious_on(page, [HOOKS, f"{page.url}edit/"])

    assert {place: complaints for place, complaints in found.items() if complaints} == {}
