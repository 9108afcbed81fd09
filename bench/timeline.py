"""The timeline of a program in a browser, 5,000 activities against 50: until bars are seen, and scrolled."""

import os
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench.figures import Figure
from bench.stage import Options, Stage, stage
from ops import chromium

ACTIVITIES = 5_000
STEPS = 240
#: Notes when the first bar is there, in milliseconds from the start of the navigation.
WATCH = """
new MutationObserver((_, watch) => {
  if (!document.querySelector(".gantt_task_line")) return;
  window.firstBar = performance.now();
  watch.disconnect();
}).observe(document, { childList: true, subtree: true });
"""
#: Scrolls by two rows a frame, there and back; gives the times of the frames and the most rows that were there at once.
SCROLL = """
async (steps) => {
  const frame = () => new Promise(requestAnimationFrame);
  const end = gantt.getVisibleTaskCount() * gantt.config.row_height - gantt.$task_data.parentNode.clientHeight;
  const times = [];
  let [y, by, rows, bars] = [0, 2 * gantt.config.row_height, 0, 0];
  let before = await frame();
  for (let step = 0; step < steps; step += 1) {
    if (y + by > end || y + by < 0) by = -by;
    y += by;
    gantt.scrollTo(null, y);
    const now = await frame();
    times.push(now - before);
    before = now;
    rows = Math.max(rows, document.querySelectorAll(".gantt_row").length);
    bars = Math.max(bars, document.querySelectorAll(".gantt_task_line").length);
  }
  return { times, rows, bars };
}
"""
FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@dataclass(frozen=True)
class Seen:
    """What one visit took, in milliseconds; `step`, `search`, `zoom` are of the page's main thread."""

    first_bar: float
    step: float
    frame: float
    rows: float
    search: float
    zoom: float


def run(options: Options) -> Iterator[Figure]:
    """The figures, one after the other."""
    executable = chromium.find(os.environ)
    if executable is None:
        yield Figure("timeline.first_bar", None, "ms", note="no Chromium on this machine")
        return
    small = min(options.small_items, 1_000)
    with stage(replace(options, items=small, small_items=small, linked=ACTIVITIES)) as made, sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        yield from figures(made, browser)
        browser.close()


def figures(made: Stage, browser: Browser) -> Iterator[Figure]:
    visits: dict[str, list[Seen]] = {"linked": [], "few": []}
    for slug in visits:
        visit(browser, made, slug)  # warms the caches of the server
    for _ in range(max(3, made.options.rounds // 2)):
        for slug, seen in visits.items():
            seen.append(visit(browser, made, slug))
    many, few = ({name: _median(seen, name) for name in Seen.__dataclass_fields__} for seen in visits.values())
    note = f"{made.facts['linked']['count']} activities against {made.facts['few']['count']}"

    def figure(name: str, unit: str, most_ratio: float, told: str) -> Figure:
        return Figure(
            f"timeline.{name}", many[name], unit, floor=few[name], most_ratio=most_ratio, note=f"{note}; {told}"
        )

    yield figure("first_bar", "ms", 6.0, "from the navigation to the first bar")
    yield figure("step", "ms", 1.5, "main thread, scrolling by two rows")
    yield figure("frame", "ms", 1.25, "95th percentile between frames while scrolling")
    yield figure("rows", "rows", 1.25, "rows and bars in the document at once")
    yield figure("search", "ms", 25.0, "main thread, a word in the search")
    yield figure("zoom", "ms", 25.0, "main thread, another zoom")


def visit(browser: Browser, made: Stage, slug: str) -> Seen:
    """One look at the timeline of an organization's program."""
    facts, home = made.facts[slug], f"http://127.0.0.1:{made.port}"
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    context.add_cookies([{"name": "sessionid", "value": facts["session"], "url": home}])
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(f"{home}/o/{slug}/programs/{facts['program']}/timeline/")
    page.locator(".gantt_task_line").first.wait_for()
    page.wait_for_load_state("networkidle")
    busy = _thread(page)
    found: dict[str, Any] = {}
    step = busy(lambda: found.update(page.evaluate(SCROLL, STEPS))) / STEPS
    search = busy(lambda: page.fill("[data-find]", "activity 4"))
    page.fill("[data-find]", "")
    zoom = busy(lambda: page.click("[data-zoom=quarter]"))
    seen = Seen(
        first_bar=page.evaluate("window.firstBar"),
        step=step,
        frame=statistics.quantiles(found["times"], n=20)[-1],
        rows=found["rows"] + found["bars"],
        search=search,
        zoom=zoom,
    )
    context.close()
    return seen


def _thread(page: Page) -> Callable[[Callable[[], object]], float]:
    """Measures how long the main thread of a page works for an act: milliseconds of a processor."""
    tool = page.context.new_cdp_session(page)
    tool.send("Performance.enable", {"timeDomain": "threadTicks"})

    def spent() -> float:
        values = {row["name"]: row["value"] for row in tool.send("Performance.getMetrics")["metrics"]}
        return float(values["TaskDuration"]) * 1000

    def busy(act: Callable[[], object]) -> float:
        page.evaluate(FRAMES)
        before = spent()
        act()
        page.evaluate(FRAMES)
        return spent() - before

    return busy


def _median(seen: list[Seen], name: str) -> float:
    return statistics.median(getattr(one, name) for one in seen)
