"""The pages: a list of 50, a portfolio's dashboard, the overview; their size, their growth, and the worker itself."""

from collections.abc import Iterator
from typing import Any

from bench.figures import Figure
from bench.load import Call, Cost
from bench.stage import Options, Stage, stage

#: page -> most statements, most times the floor, most ms of database, most kB
TARGETS = {
    "project_list": (8, 20.0, 8.0, 60.0),
    "program_list": (8, 20.0, 8.0, None),
    "risk_list": (8, 20.0, 8.0, 60.0),
    "activity_list": (8, 20.0, None, None),
    "portfolio_dashboard": (8, 20.0, 5.0, None),
    "home": (8, 20.0, 5.0, None),
}
#: The floor of the machine on which the targets in milliseconds were set; elsewhere they are scaled by it.
FLOOR_MS = 1.1
MOST_MEMORY_MB, MOST_START_SECONDS = 120, 2


def run(options: Options) -> Iterator[Figure]:
    """The figures, one after the other."""
    with stage(options) as made:
        yield from figures(made)


def figures(made: Stage) -> Iterator[Figure]:
    options = made.options
    calls = {"floor": Call("/floor/", repeats=options.repeats)}
    for slug, facts in made.facts.items():
        calls |= {f"{name} {slug}": call for name, call in pages(facts, options.repeats).items()}
    costs = made.meter().measure(calls, rounds=options.rounds)
    floor = costs["floor"]
    yield Figure("pages.floor.worker", floor.worker_ms, "ms", note=f"wall {floor.wall_ms:.2f} ms")
    for name, target in TARGETS.items():
        yield from told(f"pages.{name}", costs[f"{name} large"], floor, *target)
    for name in TARGETS:
        yield growth(f"pages.{name}.growth", costs[f"{name} large"], costs[f"{name} small"], options)
    yield Figure("pages.worker.memory", made.memory_mb(), "MB", most=MOST_MEMORY_MB, note="warm, PSS")
    start = made.cold_start_seconds
    yield Figure("pages.worker.cold_start", start, "s", most=MOST_START_SECONDS, note="wall, until /healthz answers")


def pages(facts: dict[str, Any], repeats: int) -> dict[str, Call]:
    headers = {"Cookie": f"sessionid={facts['session']}"}
    base = f"/o/{facts['slug']}"
    return {
        "project_list": Call(f"{base}/projects/", headers=headers, repeats=repeats),
        "program_list": Call(f"{base}/programs/", headers=headers, repeats=repeats),
        "risk_list": Call(f"{base}/risks/", headers=headers, repeats=repeats),
        "activity_list": Call(f"{base}/activities/", headers=headers, repeats=repeats),
        "portfolio_dashboard": Call(f"{base}/portfolios/{facts['portfolio']}/", headers=headers, repeats=repeats),
        "home": Call(f"{base}/", headers=headers, repeats=repeats),
    }


def told(
    name: str, cost: Cost, floor: Cost, statements: int, ratio: float, database_ms: float | None, size_kb: float | None
) -> Iterator[Figure]:
    """The figures of one page; a page that does not answer 200 has none, and does not pass."""
    if cost.status != 200:
        yield Figure(f"{name}.worker", None, "ms", most_ratio=ratio, note=f"it answered {cost.status}")
        return
    scale = max(1.0, floor.worker_ms / FLOOR_MS)
    note = f"wall {cost.wall_ms:.2f} ms"
    yield Figure(f"{name}.worker", cost.worker_ms, "ms", floor=floor.worker_ms, most_ratio=ratio, note=note)
    most = None if database_ms is None else round(database_ms * scale, 1)
    yield Figure(f"{name}.database", cost.database_ms, "ms", most=most)
    yield Figure(f"{name}.statements", cost.statements, "statements", most=statements)
    yield Figure(f"{name}.size", cost.size_kb, "kB", most=size_kb, note="as sent")


def growth(name: str, large: Cost, small: Cost, options: Options) -> Figure:
    """What a page costs in the large organization, in units of the small one."""
    note = f"{options.items} activities against {options.small_items}; worker and database"
    value = large.total_ms if large.status == small.status == 200 else None
    return Figure(name, value, "ms", rival=small.total_ms, most_ratio=1.10, note=note)
