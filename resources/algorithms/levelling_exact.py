"""Levelling within float by OR-Tools' CP-SAT: the peak, then the total, then the movement, each proven or with its
bound.

Without OR-Tools the search of `levelling.py` is the answer, and `method` says so.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from resources.algorithms.cp_sat import Effort, Progress, cp_sat, has_cp_sat, run_solver, solver_name
from resources.algorithms.levelling import (
    Excess,
    Levelled,
    Levelling,
    Numbers,
    bounds,
    descended,
    excess_of,
    levelled_by_search,
    load_of,
)

#: What share of the time the search may take that the solver starts from.
SEARCH_SHARE = 0.4
#: What share of the effort each of the three aims may take; what one leaves goes to the next.
SHARES = (0.4, 0.5, 1.0)
#: Seconds and steps that every aim gets at least.
LEAST = 0.1
AIMS = ("peak", "total", "movement")


def levelled(
    plan: Levelling,
    effort: Effort | None = None,
    *,
    report: Callable[[str, Progress], None] | None = None,
    is_stopped: Callable[[], bool] | None = None,
) -> Levelled:
    """The best starts within float that are found within an effort.

    Args:
        effort: how long and how; by default ten seconds.
        report: is told several times a second what is under way, `search` or one of `AIMS`, and how far it is; what
            it raises ends
            the search.
        is_stopped: asked as often; once it is true the best so far is the answer.
    Raises:
        what `report` raises.
    """
    effort = effort or Effort()
    first = _searched(plan, effort, report, is_stopped)
    if first.is_proven or not has_cp_sat() or not plan.movable or (is_stopped is not None and is_stopped()):
        return first
    model, low, found, left, is_proven = _Model(plan), [*bounds(plan), 0], first.starts, effort, True
    for number, aim in enumerate(AIMS):
        share, begun_at = SHARES[number], time.monotonic()
        part = replace(left, seconds=left.seconds * share, steps=None if left.steps is None else left.steps * share)
        model.aim_at(aim, found, low[number])
        answer = run_solver(model.model, part, report=_telling(report, aim), is_stopped=is_stopped)
        if answer.values is not None:
            found = min(found, model.starts(answer.values), key=lambda one: excess_of(plan, one))
        low[number], is_proven = max(low[number], answer.bound), is_proven and answer.is_proven
        if not answer.is_proven:
            found = descended(plan, found, seed=effort.seed)
        model.keep(aim, excess_of(plan, found))
        left = _rest(left, time.monotonic() - begun_at, answer.steps)
    after = excess_of(plan, found)
    method = f"{solver_name()}, from a search"
    peak, total = min(low[0], after.peak), min(low[1], after.total)
    return Levelled(found, first.before, after, peak, total, is_proven, method, effort.seed)


def _searched(
    plan: Levelling,
    effort: Effort,
    report: Callable[[str, Progress], None] | None,
    is_stopped: Callable[[], bool] | None,
) -> Levelled:
    """What the solver starts from, or the answer where there is no solver."""
    seconds, begun_at = effort.seconds * (SEARCH_SHARE if has_cp_sat() else 1), time.monotonic()

    def tell(_done: int, _all: int) -> None:
        if report is not None:
            report("search", Progress(time.monotonic() - begun_at, None, None))

    return levelled_by_search(plan, seed=effort.seed, seconds=seconds, report=tell, is_stopped=is_stopped)


def _rest(effort: Effort, seconds: float, steps: float) -> Effort:
    """What an aim has left of the effort; never nothing, so that the next one can at least look at its hint."""
    rest = None if effort.steps is None else max(effort.steps - steps, LEAST)
    return replace(effort, seconds=max(effort.seconds - seconds, LEAST), steps=rest)


def _telling(report: Callable[[str, Progress], None] | None, aim: str) -> Callable[[Progress], None] | None:
    return None if report is None else lambda progress: report(aim, progress)


class _Model:
    """One choice of a start for each package that has float; load, what is over and what moves follow from it."""

    def __init__(self, plan: Levelling) -> None:
        self.plan, self.model = plan, cp_sat().CpModel()
        self.choices = {
            package: {
                start: self.model.new_bool_var("")
                for start in range(int(plan.earliest[package]), int(plan.latest[package]) + 1)
            }
            for package in plan.movable
        }
        for choice in self.choices.values():
            self.model.add_exactly_one(choice.values())
        for tail, head, gap in plan.links:
            if tail in self.choices or head in self.choices:
                self.model.add(self._start(head) >= self._start(tail) + gap)
        self._load()
        moves = [
            abs(start - int(plan.starts[package])) * chosen
            for package, choice in self.choices.items()
            for start, chosen in choice.items()
        ]
        self.values = {"peak": self.peak, "total": sum(self.over) + self.fixed, "movement": sum(moves)}

    def _start(self, package: int) -> Any:
        choice = self.choices.get(package)
        return int(self.plan.starts[package]) if choice is None else sum(at * one for at, one in choice.items())

    def _load(self) -> None:
        """What is over capacity, in each group and period that anything movable reaches; the rest is a number."""
        plan = self.plan
        still = load_of(plan, plan.starts)
        asked: dict[tuple[int, int], list[Any]] = {}
        for package, choice in self.choices.items():
            demand, at = plan.demands[package], int(plan.starts[package])
            still[:, at : at + len(demand)] -= demand.T
            for period, group in np.argwhere(demand).tolist():
                for start, chosen in choice.items():
                    asked.setdefault((group, start + period), []).append(int(demand[period, group]) * chosen)
        excess, most = still - plan.capacities, sum(one.max(axis=0, initial=0) for one in plan.demands).tolist()
        touched = np.zeros_like(excess, dtype=bool)
        self.over = []
        self.peak = self.model.new_int_var(0, excess_of(plan, plan.starts).peak, "peak")
        for (group, period), parts in asked.items():
            touched[group, period] = True
            over = self.model.new_int_var(0, max(int(excess[group, period]), 0) + most[group], "")
            self.model.add(over >= sum(parts) + int(excess[group, period]))
            self.model.add(self.peak >= over)
            self.over.append(over)
        rest = np.maximum(np.where(touched, 0, excess), 0)
        self.fixed = int(rest.sum())
        self.model.add(self.peak >= int(rest.max(initial=0)))

    def aim_at(self, aim: str, hint: Numbers, bound: int) -> None:
        """Make one figure as small as can be, from a hint, knowing a bound."""
        self.model.clear_hints()
        for package, choice in self.choices.items():
            for start, chosen in choice.items():
                self.model.add_hint(chosen, start == hint[package])
        self.model.add(self.values[aim] >= bound)
        self.model.minimize(self.values[aim])

    def keep(self, aim: str, reached: Excess) -> None:
        """What has been reached is not given up for the next aim."""
        self.model.add(self.values[aim] <= getattr(reached, aim))

    def starts(self, values: Callable[[Any], int]) -> Numbers:
        found = self.plan.starts.copy()
        for package, choice in self.choices.items():
            found[package] = next(start for start, chosen in choice.items() if values(chosen))
        return found
