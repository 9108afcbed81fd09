"""What an edit of the schedule moves, asked for over HTTP: one edit in a program of 5,000 linked activities."""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from bench.api import bearer
from bench.figures import Figure
from bench.load import Call, Meter
from bench.stage import Options, Stage, stage

ACTIVITIES = 5_000
#: Answers within so many milliseconds, at the 95th percentile.
MOST_MS = 300.0
WARM = 5


def run(options: Options) -> Iterator[Figure]:
    """The figures, one after the other."""
    small = min(options.small_items, 1_000)
    with stage(replace(options, items=small, small_items=small, linked=ACTIVITIES)) as made:
        yield from figures(made)


def figures(made: Stage) -> Iterator[Figure]:
    meter, facts = made.meter(), made.facts["linked"]
    asks = made.options.repeats * 2
    floor = _times(meter, [Call("/floor/")] * asks)
    for name, calls, before in (
        *((name, calls, None) for name, calls in edits(facts, asks).items()),
        ("first_after_a_change", edits(facts, asks)["dependency"], lambda: _write(made, facts)),
    ):
        times = _times(meter, calls, before)
        p95 = statistics.quantiles(times, n=20)[-1]
        yield Figure(
            f"preview.{name}.p95",
            p95,
            "ms",
            floor=statistics.median(floor),
            most=None if before else MOST_MS,
            note=f"{facts['count']} activities, median {statistics.median(times):.0f} ms, worst {max(times):.0f} ms",
        )


def edits(facts: dict[str, Any], count: int) -> dict[str, list[Call]]:
    """Edits all over the program: a longer activity, and a new dependency."""
    ids = facts["activities"]
    step = max(1, len(ids) // count)
    chosen = ids[::step][:count]
    path, headers = "/api/v1/schedule/preview/", bearer(facts)

    def longer(pk: int) -> Any:
        return lambda number: {
            "edit": "update_activity",
            "id": pk,
            "values": {"planned_start_date": "2026-06-01", "planned_finish_date": "2026-06-19"},
        }

    def linked(place: int) -> Any:
        values = {"predecessor": ids[place], "successor": ids[-1 - place % 40], "lag_minutes": "4800"}
        return lambda number: {"edit": "create_dependency", "values": values}

    return {
        "activity": [Call(path, "POST", headers, longer(pk)) for pk in chosen],
        "dependency": [Call(path, "POST", headers, linked(place * step)) for place in range(min(count, len(ids) // 2))],
    }


def _write(made: Stage, facts: dict[str, Any]) -> None:
    """Write a row of the plan anew, so that no kept plan holds."""
    made.sql(f"UPDATE projects_activity SET version = version WHERE id = {int(facts['activities'][0])}")


def _times(meter: Meter, calls: list[Call], before: Callable[[], None] | None = None) -> list[float]:
    """The wall time of each call in milliseconds, after a few that warm up; `before` each, something else is done."""
    for call in calls[:WARM]:
        meter.ask(call)
    times = []
    for call in calls:
        if before:
            before()
        begun_at = time.perf_counter()
        status, answer = meter.ask(call)
        times.append((time.perf_counter() - begun_at) * 1000)
        if status not in (200, 409):
            raise RuntimeError(f"{status}: {answer[:300]!r}")
    return times
