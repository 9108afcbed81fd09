"""Shortest schedules under capacity by OR-Tools' CP-SAT, which proves them or tells how far from the best they may be.

OR-Tools is an optional part (`[levelling]`). It is loaded when it is first needed, in the process that needs it;
without it the schedule by rule is the answer, and the result's `method` says so. Why it is this solver:
`docs/decisions/0014-levelling.md`.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from resources.algorithms.cp_sat import Effort, Progress, cp_sat, has_cp_sat, run_solver, solver_name
from resources.algorithms.rcpsp import Problem, Schedule, length_of
from resources.algorithms.rcpsp_rules import schedule_by_rule

#: Schedules by rule that the solver starts from: so many for each activity, within this share of the time. On the
#: instances that are hard to the solver they come as far in a second as it does in twenty.
PASSES_EACH, RULE_SHARE = 8, 0.25


def shortest_schedule(
    problem: Problem,
    effort: Effort | None = None,
    *,
    report: Callable[[Progress], None] | None = None,
    is_stopped: Callable[[], bool] | None = None,
) -> Schedule:
    """The shortest schedule that is found within an effort, and the bound that no schedule is below.

    Args:
        effort: how long and how; by default ten seconds.
        report: is told several times a second; what it raises ends the search.
        is_stopped: asked as often; once it is true the best so far is the answer.
    Raises:
        what `report` raises.
    """
    effort = effort or Effort()
    begun_at = time.monotonic()
    if not has_cp_sat():
        return schedule_by_rule(
            problem, seed=effort.seed, passes=effort.passes, seconds=effort.seconds, is_stopped=is_stopped
        )
    first = schedule_by_rule(
        problem, seed=effort.seed, passes=PASSES_EACH * problem.size, seconds=effort.seconds * RULE_SHARE,
        is_stopped=is_stopped,
    )  # fmt: skip
    if first.is_proven or (is_stopped is not None and is_stopped()):
        return first
    model, starts = _model(problem, first)
    left = max(effort.seconds - (time.monotonic() - begun_at), 0.0)
    answer = run_solver(model, replace(effort, seconds=left), report=report, is_stopped=is_stopped)
    bound = max(first.bound, answer.bound)
    if answer.values is None:
        return replace(first, bound=min(bound, first.length), is_stopped=True)
    found = np.array([answer.values(one) for one in starts], dtype=np.int64)
    length = length_of(problem, found)
    method = f"{solver_name()}, from {first.method}"
    return Schedule(found, length, min(bound, length), method, effort.seed, not answer.is_proven)


def _model(problem: Problem, first: Schedule) -> tuple[Any, list[Any]]:
    """Intervals under cumulative capacities, within what the first schedule's length leaves each of them."""
    library = cp_sat()
    model, most = library.CpModel(), first.length
    durations = problem.durations.tolist()
    starts = [
        model.new_int_var(head, max(most - tail, head), f"s{node}")
        for node, (head, tail) in enumerate(zip(problem.heads, problem.tails, strict=True))
    ]
    end = model.new_int_var(first.bound, most, "end")
    spans = [
        model.new_fixed_size_interval_var(start, length, "") for start, length in zip(starts, durations, strict=True)
    ]
    for tail, head, gap in problem.links:
        model.add(starts[head] >= starts[tail] + gap)
    for start, tail in zip(starts, problem.tails, strict=True):
        model.add(end >= start + tail)
    for resource, row in enumerate(problem.by_period[:, :most].tolist()):
        users = [node for node in range(problem.size) if problem.demands[node, resource] and durations[node]]
        used = [(spans[node], int(problem.demands[node, resource])) for node in users]
        top = max(row, default=0)
        used += [
            (model.new_fixed_size_interval_var(first_period, last - first_period, ""), top - there)
            for first_period, last, there in _runs(row, most)
            if there < top
        ]
        if used:
            model.add_cumulative([span for span, _ in used], [units for _, units in used], top)
    for start, value in zip(starts, first.starts.tolist(), strict=True):
        model.add_hint(start, value)
    model.add_hint(end, most)
    model.minimize(end)
    return model, starts


def _runs(row: list[int], end: int) -> list[tuple[int, int, int]]:
    """(first period, period after the last, capacity) of each run of equal capacities; the last holds on to `end`."""
    firsts = [0, *(period for period in range(1, len(row)) if row[period] != row[period - 1])]
    return [(first, last, row[first]) for first, last in zip(firsts, [*firsts[1:], max(end, len(row))], strict=True)]
