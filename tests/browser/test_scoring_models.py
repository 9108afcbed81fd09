"""A scoring model is made from a template and changed by keyboard, with its example following what is typed."""

from playwright.sync_api import expect

from tests.browser.conftest import model_id, serious_on, sign_in, window


def test_a_template_is_added_and_its_formula_changed_and_taken_back_by_keyboard(page):
    sign_in(page)
    page.goto("/o/fennmark/scoring-models/new/")
    page.get_by_role("button", name="Add ICE").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("ICE")
    page.keyboard.press("e")
    expect(page.locator("h1")).to_have_text("Edit ICE")
    trial = page.locator("#trial")
    expect(trial).to_contain_text("impact × confidence × ease")
    expect(trial).to_contain_text("Example numbers")

    page.locator("#id_formula").press("Control+End")
    page.locator("#id_formula").press_sequentially(" * impakt")
    expect(trial.locator(".pointing")).to_contain_text("^")
    expect(trial).to_contain_text("Is “impact” meant?")
    page.locator("#id_formula").fill("max(impact, 2) * confidence * ease")
    expect(trial).to_contain_text("max(impact, 2) × confidence × ease")

    page.get_by_role("button", name="Move down Impact").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#criterion-1").get_by_label("Name", exact=True)).to_have_value("Impact")
    expect(page.get_by_role("button", name="Move down Impact")).to_be_focused()
    page.get_by_role("button", name="Add a criterion").press("Enter")
    expect(page.locator("#criterion-4").get_by_label("Name", exact=True)).to_be_focused()
    page.get_by_label("Reason").fill("Small ideas count.")
    page.keyboard.press("Control+Enter")

    expect(page.locator(".toast")).to_contain_text("Saved scoring model “ICE”.")
    expect(page.locator(".versions")).to_contain_text("Formula: impact * confidence * ease → max(impact, 2)")
    expect(page.locator(".versions")).to_contain_text("The criteria stand in another order.")
    page.keyboard.press("z")
    expect(page.locator(".toast").last).to_contain_text("counts as in version 1 again; this is version 3")


def test_axe_finds_nothing_serious_on_the_pages_of_models(browser, site, signed_in):
    with window(browser, site, storage_state=signed_in(), reduced_motion="reduce") as page:
        listed = "/o/fennmark/scoring-models/"
        model = f"{listed}{model_id(page, 'RICE')}/"
        page.goto("/o/fennmark/prioritize/")
        explained, cell = (
            page.locator(link).first.evaluate("(link) => link.pathname") for link in ("tbody .sc a.n", "a.cell-edit")
        )
        pages = [listed, f"{listed}new/", model, f"{model}edit/", f"{model}versions/", f"{model}versions/1/"]
        found = serious_on(page, [*pages, explained, cell])

    assert not found
