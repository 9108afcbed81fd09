"""A bubble is put elsewhere with the pointer, a card with the keyboard, and both are taken back."""

from playwright.sync_api import expect

from tests.browser.conftest import model_id, serious, sign_in


def test_a_bubble_is_dragged_to_another_effort_and_put_back(page):
    sign_in(page)
    page.goto(f"/o/fennmark/prioritize/matrix/?model={model_id(page, 'RICE')}&preset=value")
    page.locator(".plot .points path").first.wait_for()
    row = page.locator("#matrix tbody tr").first
    field = row.locator("input[name=x][type=number]")
    before, name = field.input_value(), row.locator("a.t").inner_text()
    box = page.locator(".plot .points path").first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    expect(page.locator(".plot.opens")).to_be_visible()

    page.mouse.down()
    page.mouse.move(x + 90, y, steps=6)
    page.mouse.up()

    expect(page.locator(".toast")).to_contain_text("was moved")
    assert page.url.endswith("preset=value")
    assert serious(page) == []
    page.keyboard.press("z")
    expect(page.locator(".toast").last).to_contain_text("Took back 1 score.")
    row = page.locator("#matrix tbody tr").filter(has_text=name)
    expect(row.locator("input[name=x][type=number]")).to_have_value(before)


def test_a_card_moves_to_the_next_class_by_arrow_and_keeps_the_focus(page):
    sign_in(page)
    page.goto("/o/fennmark/prioritize/classes/")
    must, should = page.locator("[data-level='3']"), page.locator("[data-level='2']")
    card = must.locator(".class-card").first
    name = card.locator("a.t").inner_text()
    card.focus()

    page.keyboard.press("ArrowRight")

    moved = should.locator(".class-card").filter(has_text=name)
    expect(moved).to_be_focused()
    expect(page.locator(".toast")).to_contain_text(f"{name} was moved.")
    assert serious(page) == []
    page.keyboard.press("ArrowLeft")
    expect(must.locator(".class-card").filter(has_text=name)).to_be_focused()
