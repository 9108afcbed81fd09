"""People work on projects without leaving the list: drawers, ticked rows, outlines by keyboard."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import serious, sign_in

HOME = "/o/fennmark/"


def test_a_form_opens_beside_its_page_and_keeps_what_was_refused(page):
    sign_in(page)
    page.goto(f"{HOME}projects/?q=Customs+search")
    page.locator("tbody a.t").first.click()
    expect(page.get_by_role("heading", level=1, name="Customs search")).to_be_visible()
    page.keyboard.press("e")
    drawer = page.locator("dialog.drawer")
    expect(drawer.get_by_label("Name", exact=True)).to_be_focused()
    assert serious(page) == []

    drawer.get_by_label("Name", exact=True).fill("Customs search 2")
    drawer.get_by_label("Planned finish").fill("2020-01-01")
    page.keyboard.press("Control+Enter")
    expect(drawer.get_by_text("cannot finish before it starts")).to_be_visible()
    expect(drawer.get_by_label("Name", exact=True)).to_have_value("Customs search 2")

    drawer.get_by_label("Planned finish").fill("2027-02-02")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1, name="Customs search 2")).to_be_visible()
    expect(page.locator(".toast")).to_contain_text("Saved project")


def test_leaving_a_drawer_asks_before_it_discards(page):
    sign_in(page)
    page.goto(f"{HOME}projects/")
    page.keyboard.press("c")
    drawer = page.locator("dialog.drawer")
    drawer.get_by_label("Name", exact=True).fill("Half typed")

    page.keyboard.press("Escape")
    page.get_by_role("button", name="Keep").click()
    expect(drawer.get_by_label("Name", exact=True)).to_have_value("Half typed")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Discard").click()

    expect(drawer).to_have_count(0)
    expect(page.get_by_role("link", name=re.compile("New project"))).to_be_focused()


def test_ticked_projects_are_changed_together_and_undone_with_one_key(page):
    sign_in(page)
    page.goto(f"{HOME}projects/?health=green")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.locator("#bulk")).to_contain_text("3 selected")

    page.locator("#bulk").get_by_role("link", name="Health").click()
    drawer = page.locator("dialog.drawer")
    drawer.locator("label", has_text="At risk").click()
    drawer.get_by_label("Why").fill("One supplier for all")
    drawer.get_by_role("button", name="Report health").click()
    expect(page.locator(".toast")).to_contain_text("Reported the health of 3 projects.")

    page.keyboard.press("z")
    expect(page.locator(".toast")).to_contain_text("3 projects as before.")


def test_the_health_cell_asks_why_and_saves_its_row(page):
    sign_in(page, "leila.haddad")
    page.goto(f"{HOME}projects/?q=Docs+archive")
    cell = page.locator("tbody td:nth-child(3)")
    cell.locator("a").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".health-cell input:checked")).to_be_focused()
    assert serious(page) == []

    page.keyboard.press("r")
    expect(page.locator("[name=health_note]")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("The disks are late")
    page.keyboard.press("Enter")

    expect(cell.locator("a.saved")).to_have_attribute("title", "The disks are late")
    expect(cell).to_contain_text("Off track")


def test_an_activity_moves_by_keyboard_and_keeps_the_focus(page):
    sign_in(page)
    page.goto(f"{HOME}projects/?q=Tariff+data")
    page.locator("tbody a.t").first.click()
    page.get_by_role("navigation", name="Project").get_by_role("link", name=re.compile("Plan")).click()
    expect(page.get_by_role("table", name=re.compile("^Activities of"))).to_be_visible()
    names = page.locator("#outline tbody a.t")
    second, third = names.nth(1).inner_text(), names.nth(2).inner_text()

    names.nth(1).focus()
    page.keyboard.press("Alt+Shift+ArrowDown")

    expect(names.nth(1)).to_have_text(third)
    expect(names.nth(2)).to_have_text(second)
    expect(names.nth(2)).to_be_focused()
    page.fill("#add input[name=name]", "Typed in one line")
    page.keyboard.press("Enter")
    expect(names.last).to_have_text("Typed in one line")
    expect(page.locator("#add input[name=name]")).to_be_focused()


def test_more_filters_come_when_asked_for_and_leave_one_by_one(page):
    sign_in(page)
    page.goto(f"{HOME}projects/")
    page.locator("tbody .tickbox").first.check()
    page.keyboard.press("f")
    drawer = page.locator("dialog.drawer")
    drawer.get_by_text("Active", exact=True).click()
    drawer.get_by_text("Late", exact=True).click()
    drawer.get_by_role("button", name="Show projects").click()

    expect(page).to_have_url(re.compile(r"\?status=active&late=1$"))
    page.get_by_role("link", name="Remove filter Late").click()
    expect(page).to_have_url(re.compile(r"\?status=active$"))
    expect(page.locator("#chips")).to_contain_text("Status Active")
