"""The program timeline in a browser: what is seen, moved, linked and found, and by whom."""

import json
import re
from collections.abc import Callable
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import window
from tests.workers import wait_until

MOVED, STRETCHED = "Training of resellers", "Onboarding desk in Lisbon"
#: Days from 1970 to the day of the demo data: the picture opens there whatever day it is.
TODAY = 20781


@pytest.fixture(scope="module")
def address(browser, site, signed_in):
    with window(browser, site, storage_state=signed_in()) as page:
        page.goto("/o/fennmark/programs/?q=Atlas+EU+launch")
        return page.locator("tbody a.t").first.get_attribute("href") + "timeline/"


@contextmanager
def opened(browser, site, address, cookies, **options):
    """The timeline of the EU launch."""
    with window(browser, site, storage_state=cookies, **options) as page:
        page.route("**/timeline/data/", on_the_day)
        page.goto(address)
        yield page


def on_the_day(route):
    answer = route.fetch()
    route.fulfill(response=answer, body=json.dumps({**answer.json(), "today": TODAY}))


@pytest.fixture
def timeline(browser, site, address, signed_in):
    with opened(browser, site, address, signed_in()) as page:
        page.locator(".gantt_task_line").first.wait_for()
        yield page


def bar(page: Page, name: str):
    """The bar of an activity, brought into sight."""
    pk = page.evaluate(
        """(name) => {
            const { id } = gantt.getTaskByTime().find((task) => task.text === name);
            gantt.showTask(id);
            return id;
        }""",
        name,
    )
    found = page.locator(f".gantt_task_line[data-task-id='{pk}']")
    found.scroll_into_view_if_needed()
    expect(found).to_be_visible()
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return found


def hold(page: Page, point: tuple[float, float], is_drawn: Callable[[], bool]) -> None:
    """Bring the pointer there and tremble until the bar has followed: of moves that come close together one is seen."""

    def tremble() -> bool:
        page.mouse.move(point[0], point[1] + 1)
        page.mouse.move(*point)
        return is_drawn()

    wait_until(tremble)


def pull(page: Page, start: tuple[float, float], to: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + to[0]) / 2, (start[1] + to[1]) / 2, steps=4)
    page.mouse.move(*to, steps=4)
    page.mouse.up()


def ends(page: Page, name: str) -> str:
    return page.locator(".gantt_row", has_text=name).locator(".gantt_cell[data-column-name=ends]").inner_text()


def only(page: Page, words: str) -> None:
    page.get_by_label("Find in the timeline").fill(words)


def test_bars_links_and_the_table_of_the_same_facts_are_there(timeline):
    assert timeline.locator(".gantt_task_line").count() > 10
    assert timeline.locator(".links .way").count() > 3
    assert timeline.get_by_role("heading", name="As a table").is_visible()
    assert timeline.locator("table", has_text="Certification by partners").first.is_visible()


def test_it_zooms_and_folds(timeline):
    timeline.get_by_role("button", name="Quarter").click()
    assert timeline.get_by_role("button", name="Quarter").get_attribute("aria-pressed") == "true"
    many = timeline.locator(".gantt_row").count()
    timeline.get_by_role("button", name="Collapse all").click()
    timeline.get_by_role("button", name="Expand all").wait_for()
    assert timeline.locator(".gantt_row").count() < many


def test_links_are_named_go_with_the_rows_they_join_and_can_be_hidden(timeline):
    ways = timeline.locator(".links .way")
    expect(
        timeline.get_by_role("img", name=re.compile("From the finish of .+ to the start of .+")).first
    ).to_be_attached()
    many = ways.count()

    timeline.get_by_role("button", name="Collapse all").click()
    expect(ways).not_to_have_count(many)
    timeline.get_by_role("button", name="Expand all").click()
    expect(ways).to_have_count(many)

    shown = timeline.locator("[data-toggle=links]")
    shown.click()
    expect(ways).to_have_count(0)
    shown.click()
    expect(ways).to_have_count(many)


def test_a_bar_takes_its_links_along_while_it_is_dragged(timeline):
    timeline.get_by_role("button", name="Week").click()
    box = bar(timeline, STRETCHED).bounding_box()
    way = timeline.locator(f".links .way[aria-label*='{STRETCHED}']").first
    before = way.get_attribute("d")
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    timeline.mouse.move(*middle)
    timeline.mouse.down()
    timeline.mouse.move(middle[0] + 70, middle[1], steps=5)
    expect(way).not_to_have_attribute("d", before)
    hold(timeline, middle, lambda: way.get_attribute("d") == before)
    timeline.mouse.up()

    expect(way).to_have_attribute("d", before)


def test_it_groups_by_team(timeline):
    timeline.locator("select").filter(has_text="By project").select_option(label="By team")
    timeline.locator(".gantt_row", has_text="Platform team").first.wait_for()


def test_a_dragged_bar_shows_its_effects_is_saved_and_comes_back_with_one_key(timeline):
    timeline.get_by_role("button", name="Week").click()
    only(timeline, MOVED)
    box = bar(timeline, MOVED).bounding_box()
    before = ends(timeline, MOVED)
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    pull(timeline, middle, (middle[0] + 70, middle[1]))
    dialog = timeline.get_by_role("dialog", name=f"Move {MOVED}?")
    expect(dialog.get_by_text("If you save this")).to_be_visible()

    dialog.get_by_role("button", name="Save").click()

    expect(timeline.locator(".toast")).to_contain_text(f"Moved “{MOVED}”")
    row = timeline.locator(".gantt_row", has_text=MOVED).locator("[data-column-name=ends]")
    expect(row).not_to_have_text(before)
    table = timeline.get_by_role("row", name=re.compile(MOVED)).locator("[data-k=Ends]")
    expect(table).to_contain_text(row.inner_text())

    timeline.keyboard.press("z")
    expect(row).to_have_text(before)
    expect(table).to_contain_text(before)
    expect(timeline.locator(".toast")).to_contain_text("as it was before")


def test_a_bar_is_stretched_and_put_back_from_the_dialog(timeline):
    timeline.get_by_role("button", name="Week").click()
    only(timeline, STRETCHED)
    found = bar(timeline, STRETCHED)
    box = found.bounding_box()
    y = box["y"] + box["height"] / 2
    pull(timeline, (box["x"] + box["width"] - 2, y), (box["x"] + box["width"] + 68, y))
    dialog = timeline.get_by_role("dialog", name=f"Move {STRETCHED}?")
    expect(dialog).to_be_visible()
    assert found.bounding_box()["width"] > box["width"] + 50

    dialog.get_by_role("button", name="Put it back").click()

    expect(dialog).not_to_be_visible()
    assert found.bounding_box()["width"] == pytest.approx(box["width"], abs=1)
    expect(timeline.locator(".toast")).to_have_count(0)


def test_a_bar_dropped_where_it_lay_asks_nothing(timeline):
    timeline.get_by_role("button", name="Week").click()
    only(timeline, STRETCHED)
    found = bar(timeline, STRETCHED)
    box = found.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    with_requests = []
    timeline.on("request", lambda request: with_requests.append(request.url))

    timeline.mouse.move(*middle)
    timeline.mouse.down()
    timeline.mouse.move(middle[0] + 60, middle[1], steps=5)
    hold(timeline, (middle[0] + 1, middle[1]), lambda: abs(found.bounding_box()["x"] - box["x"]) <= 2)
    timeline.mouse.up()

    expect(timeline.locator("#g-effects")).not_to_be_visible()
    wait_until(lambda: found.bounding_box() == box)
    assert not [url for url in with_requests if "/dates/" in url]


def test_a_link_is_drawn_from_one_bar_to_another_and_opens_its_form(timeline):
    one = bar(timeline, "Import from spreadsheets")
    other = bar(timeline, STRETCHED)
    one.hover()
    target = other.bounding_box()
    handle = one.locator(".gantt_link_control.task_right .gantt_link_point").bounding_box()
    start = (handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    with timeline.expect_request(re.compile("/dependencies/new/")) as asked:
        pull(timeline, start, (target["x"] + 3, target["y"] + target["height"] / 2))

    assert "link_type=fs" in asked.value.url
    assert "back=%2Fo%2Ffennmark%2Fprograms%2F" in asked.value.url
    drawer = timeline.locator("dialog.drawer")
    expect(drawer.locator("[name=predecessor]")).to_have_value(re.compile("Import from spreadsheets"))
    expect(drawer.locator("[name=successor]")).to_have_value(re.compile(STRETCHED))
    timeline.keyboard.press("Escape")
    expect(drawer).to_have_count(0)


def test_the_search_opens_what_holds_a_name_and_says_when_there_is_none(timeline):
    timeline.get_by_role("button", name="Collapse all").click()
    only(timeline, "lisbon")
    rows = timeline.locator(".gantt_row")
    expect(rows).to_have_count(3)
    assert [row.split("\n")[0] for row in rows.all_inner_texts()] == ["Customer onboarding", "Increments", STRETCHED]

    only(timeline, "no such thing")
    expect(timeline.get_by_text("Nothing here is called “no such thing”.")).to_be_visible()
    timeline.get_by_role("button", name="Show all").click()
    expect(timeline.get_by_label("Find in the timeline")).to_be_focused()
    assert rows.count() > 5


def test_t_and_signs_are_keys_of_the_page_but_not_while_typing(timeline):
    pressed = timeline.locator("[data-zoom][aria-pressed=true]")
    timeline.locator("h1").click()
    timeline.keyboard.press("+")
    expect(pressed).to_have_text("Week")
    timeline.keyboard.press("-")
    timeline.keyboard.press("-")
    expect(pressed).to_have_text("Quarter")
    for _ in range(3):
        timeline.keyboard.press("+")
    expect(pressed).to_have_text("Day")
    timeline.evaluate("gantt.scrollTo(0, 0)")
    frame, line = timeline.locator(".gantt_task").first, timeline.locator(".nowline")

    def is_seen() -> bool:
        left, box = line.bounding_box()["x"], frame.bounding_box()
        return box["x"] <= left <= box["x"] + box["width"]

    assert not is_seen()
    timeline.keyboard.press("t")
    timeline.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert is_seen()

    timeline.get_by_label("Find in the timeline").press_sequentially("t+-")
    expect(timeline.get_by_label("Find in the timeline")).to_have_value("t+-")
    expect(pressed).to_have_text("Day")


def test_g_then_a_letter_still_goes_to_a_place(timeline):
    timeline.locator(".gantt-host").focus()
    timeline.keyboard.press("g")
    timeline.keyboard.press("k")
    timeline.wait_for_url("**/risks/")


def test_rows_are_walked_opened_and_edited_by_keyboard(timeline):
    timeline.locator(".gantt-host").focus()
    told = timeline.locator("#g-told")
    timeline.keyboard.press("Home")
    expect(told).to_contain_text("Ingest v2")
    timeline.keyboard.press("ArrowDown")
    expect(told).to_contain_text("Plan")
    rows = timeline.locator(".gantt_row", has_text="Architecture")
    timeline.keyboard.press("ArrowLeft")
    expect(rows).to_have_count(0)
    timeline.keyboard.press("ArrowRight")
    expect(rows.first).to_be_visible()
    timeline.keyboard.press("ArrowRight")
    expect(told).to_contain_text("Requirements")

    timeline.keyboard.press("Enter")
    drawer = timeline.locator("dialog.drawer")
    expect(drawer.get_by_label("Name", exact=True)).to_have_value("Requirements")
    timeline.keyboard.press("Escape")
    expect(drawer).to_have_count(0)


def test_rows_that_cannot_be_loaded_are_said_and_come_when_asked_for_again(browser, site, address, signed_in):
    with window(browser, site, storage_state=signed_in()) as page:
        page.route("**/timeline/data/", lambda route: route.fulfill(status=503, body=""))
        page.goto(address)
        failed = page.locator(".g-failed")
        expect(failed).to_contain_text("The timeline could not be loaded.")
        expect(page.locator("table", has_text="Certification by partners").first).to_be_visible()

        page.unroute("**/timeline/data/")
        failed.get_by_role("button", name="Try again").click()
        page.locator(".gantt_task_line").first.wait_for()
        expect(failed).not_to_be_visible()


def test_a_viewer_sees_the_bars_and_moves_none(browser, site, address, signed_in):
    with opened(browser, site, address, signed_in("sam.whitlock")) as page:
        page.locator(".gantt_task_line").first.wait_for()
        only(page, STRETCHED)
        found = bar(page, STRETCHED)
        box = found.bounding_box()
        middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        pull(page, middle, (middle[0] + 70, middle[1]))

        expect(page.locator("#g-effects")).not_to_be_visible()
        assert found.bounding_box() == box
        page.locator(".gantt-host").focus()
        page.keyboard.press("Enter")
        expect(page.locator("dialog.drawer")).to_have_count(0)


def test_on_a_phone_names_leave_room_for_bars(browser, site, address, signed_in):
    with opened(browser, site, address, signed_in(), viewport={"width": 390, "height": 844}) as page:
        page.locator(".gantt_task_line").first.wait_for()

        assert page.locator(".gantt_grid_head_cell").count() == 1
        assert page.locator(".gantt_task").first.bounding_box()["width"] > 180
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
