"""The inbox is triaged by keyboard: read, done, taken back, chosen, made a story; on a phone an item takes the page."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import window

HOME = "/o/fennmark/"


def test_an_analyst_goes_through_the_inbox_by_keyboard_and_takes_a_decision_back(browser, site, signed_in):
    with window(browser, site, storage_state=signed_in()) as page:
        page.goto(HOME + "feedback/")
        rows, item = page.locator("#inbox-list a.t"), page.locator("#item")
        second = rows.nth(1).get_attribute("data-id")
        page.keyboard.press("j")
        expect(rows.nth(1)).to_have_attribute("aria-current", "true")
        expect(item).to_have_attribute("data-item", second)
        expect(page).to_have_url(re.compile(f"feedback/{second}/"))

        page.keyboard.press("e")
        expect(page.locator(".toast").last).to_contain_text("1 item done.")
        expect(page.locator(f'#inbox-list [data-id="{second}"]')).to_have_count(0)
        expect(item).not_to_have_attribute("data-item", second)
        page.keyboard.press("z")
        expect(page.locator(".toast").last).to_contain_text("1 item as before.")
        expect(page.locator(f'#inbox-list [data-id="{second}"]')).to_have_count(1)

        page.keyboard.press("x")
        page.keyboard.press("j")
        expect(item).to_have_attribute("data-item", second)
        page.keyboard.press("x")
        expect(page.locator("[data-chosen]")).to_contain_text("2 chosen")
        page.locator("[data-chosen]").get_by_role("button", name="Story").click()
        expect(page.get_by_role("heading", name="User story")).to_be_visible()
        expect(page.locator(".srcs li")).to_have_count(2)


def test_on_a_phone_an_item_takes_the_page_and_leads_back_to_the_list(browser, site, signed_in):
    with window(browser, site, storage_state=signed_in(), viewport={"width": 390, "height": 844}) as page:
        page.goto(HOME + "feedback/")
        expect(page.locator("#item")).to_be_hidden()
        page.locator("#inbox-list a.t").first.click()
        expect(page.locator("#item")).to_be_visible()
        expect(page.locator("#inbox-list")).to_be_hidden()
        page.get_by_role("link", name="Inbox", exact=True).first.click()
        expect(page.locator("#inbox-list")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
