"""The REST API: a list of 50, a row, a new row, and what a larger organization adds."""

import json
from collections.abc import Iterator
from typing import Any

from bench.figures import Figure
from bench.load import Call, Cost, Meter
from bench.stage import Options, Stage, stage

#: request -> most statements, most times the floor, most ms of database
TARGETS = {
    "list_projects": (5, 12.0, 8.0),
    "list_activities_of_large_project": (5, 12.0, 8.0),
    "list_activities_of_small_project": (5, 12.0, 8.0),
    "detail": (4, 6.0, 3.0),
    "create": (12, 15.0, 8.0),
}
GROWING = ("list_projects", "list_activities_of_large_project", "last_page")
#: The floor of the machine on which the targets in milliseconds were set; elsewhere they are scaled by it.
FLOOR_MS = 1.1


def run(options: Options) -> Iterator[Figure]:
    """The figures, one after the other."""
    with stage(options) as made:
        yield from figures(made)


def figures(made: Stage) -> Iterator[Figure]:
    options, meter = made.options, made.meter()
    calls = {"floor": Call("/floor/", repeats=options.repeats)}
    for slug, facts in made.facts.items():
        calls |= {f"{name} {slug}": call for name, call in requests(facts, options.repeats).items()}
        calls[f"last_page {slug}"] = Call(last_page(meter, facts), headers=bearer(facts), repeats=options.repeats)
    costs = meter.measure(calls, rounds=options.rounds)
    floor = costs["floor"]
    yield Figure("api.floor.worker", floor.worker_ms, "ms", note=f"wall {floor.wall_ms:.2f} ms")
    for name, target in TARGETS.items():
        yield from told(f"api.{name}", costs[f"{name} large"], floor, *target)
    for name in GROWING:
        yield growth(f"api.{name}.growth", costs[f"{name} large"], costs[f"{name} small"], options)


def requests(facts: dict[str, Any], repeats: int) -> dict[str, Call]:
    headers = bearer(facts)
    activities = "/api/v1/activities/?page_size=50&project="

    def new_project(number: int) -> dict[str, Any]:
        return {
            "name": f"New {number}",
            "program": facts["program"],
            "description": "What it is for.",
            "planned_start_date": "2026-01-05",
            "planned_finish_date": "2026-12-18",
            "budget_amount": "250000.00",
        }

    return {
        "list_projects": Call("/api/v1/projects/?page_size=50", headers=headers, repeats=repeats),
        "list_activities_of_large_project": Call(
            f"{activities}{facts['large_project']}", headers=headers, repeats=repeats
        ),
        "list_activities_of_small_project": Call(
            f"{activities}{facts['small_project']}", headers=headers, repeats=repeats
        ),
        "detail": Call(f"/api/v1/projects/{facts['small_project']}/", headers=headers, repeats=repeats),
        "create": Call("/api/v1/projects/", "POST", headers, new_project, repeats=max(10, repeats // 2)),
    }


def bearer(facts: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {facts['token']}"}


def last_page(meter: Meter, facts: dict[str, Any]) -> str:
    """The address of a page at the far end of all activities, found by following `next`."""
    path, last = "/api/v1/activities/?page_size=1000", ""
    while path:
        status, answer = meter.ask(Call(path, headers=bearer(facts)))
        if status != 200:
            return path
        last, path = path, (json.loads(answer)["next"] or "").partition("127.0.0.1")[2].partition("/")[2]
        path = f"/{path}" if path else ""
    return last.replace("page_size=1000", "page_size=50")


def told(name: str, cost: Cost, floor: Cost, statements: int, ratio: float, database_ms: float) -> Iterator[Figure]:
    """The figures of one request; one that is refused has none, and does not pass."""
    if cost.status >= 300:
        yield Figure(f"{name}.worker", None, "ms", most_ratio=ratio, note=f"it answered {cost.status}")
        return
    scale = max(1.0, floor.worker_ms / FLOOR_MS)
    note = f"wall {cost.wall_ms:.2f} ms, {cost.size_kb:.1f} kB"
    yield Figure(f"{name}.worker", cost.worker_ms, "ms", floor=floor.worker_ms, most_ratio=ratio, note=note)
    yield Figure(f"{name}.database", cost.database_ms, "ms", most=round(database_ms * scale, 1))
    yield Figure(f"{name}.statements", cost.statements, "statements", most=statements)


def growth(name: str, large: Cost, small: Cost, options: Options) -> Figure:
    """What a request costs in the large organization, in units of the small one."""
    note = f"{options.items} activities against {options.small_items}; worker and database"
    value = large.total_ms if large.status == small.status == 200 else None
    return Figure(name, value, "ms", rival=small.total_ms, most_ratio=1.10, note=note)
