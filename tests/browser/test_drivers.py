"""Four drivers are compared by keyboard, their weights applied, and an impact is set in the grid."""

from playwright.sync_api import expect

from tests.browser.conftest import model_id, serious_on, sign_in, window

HOME = "/o/fennmark/"


def test_drivers_are_compared_and_rated_by_keyboard(page):
    sign_in(page)
    page.goto(f"{HOME}drivers/new/")
    page.get_by_label("Name").fill("Strategy by keyboard")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_have_text("Strategy by keyboard")

    page.locator("[data-key=w]").click()
    page.get_by_role("link", name="Add the first set").click()
    page.get_by_label("Name").fill("Board")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".progress")).to_contain_text("0 of 6 compared")
    for count, key in enumerate("577555", start=1):
        page.keyboard.press(key)
        expect(page.locator(".progress")).to_contain_text(f"{count} of 6 compared")
    expect(page.locator("#asked")).to_have_text("You have compared all pairs.")
    page.keyboard.press("z")
    expect(page.locator(".progress")).to_contain_text("5 of 6 compared")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".steps button").nth(3)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".progress")).to_contain_text("6 of 6 compared")
    expect(page.locator(".agreement b")).to_have_text("100%")

    page.keyboard.press("a")
    page.get_by_role("button", name="Apply weights").click()
    expect(page.locator(".weight-table tfoot")).to_contain_text("in use")
    expect(page.locator(".weight-table tbody tr").first).to_contain_text("64%")

    page.get_by_role("link", name="Strategy by keyboard").click()
    first, second = page.locator("[data-impact]").nth(0), page.locator("[data-impact]").nth(1)
    first.focus()
    page.keyboard.press("e")
    expect(page.locator("[data-impact]").nth(0)).to_have_attribute("data-value", "8")
    expect(page.locator("#coverage")).to_contain_text("serves “Grow in new markets”")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(second).to_be_focused()
    page.keyboard.press("2")
    expect(second).to_have_attribute("data-value", "2")
    page.keyboard.press("z")
    expect(second).to_have_attribute("data-s", "missing")


def test_axe_finds_nothing_serious_on_the_pages_of_drivers(browser, site, signed_in):
    with window(browser, site, storage_state=signed_in(), reduced_motion="reduce") as page:
        drivers = f"{HOME}drivers/?model={model_id(page, 'Strategic drivers')}"
        page.goto(drivers)
        weights = page.locator("[data-key=w]").evaluate("(link) => link.pathname")
        page.goto(weights)
        compared = page.get_by_role("link", name="Steering group").evaluate("(link) => link.pathname")
        sets = [weights, f"{weights}new/", compared, f"{compared}?view=triangle", f"{compared}apply/"]
        found = serious_on(page, [drivers, f"{HOME}drivers/new/", *sets])

    assert not found
