"""Levelled schedules by rule: many serial schedules, justified, and crossed with each other.

Sources: Kolisch, "Serial and parallel resource-constrained project scheduling methods revisited", 1996 (latest-finish
priority); Valls, Ballestín & Quintanilla, "Justification and RCPSP", 2005; Hartmann, "A competitive genetic algorithm
for resource-constrained project scheduling", 1998 (the two-point crossover of activity lists).
"""

import random
import time
from bisect import insort
from collections.abc import Callable

import numpy as np

from resources.algorithms.rcpsp import Problem, Schedule, justified, length_of, lower_bound, serial_schedule

#: Schedules that are tried where nobody says how many.
PASSES = 400
#: How many of the best are kept to be crossed, and what share of all tries at most goes into the first of them.
KEPT, FIRST_SHARE = 20, 0.2
#: How far the priorities of a sampled schedule stray from the rule's, in lengths of the first schedule.
STRAYS = (0.05, 0.1, 0.2, 0.4)
#: In a crossed list each activity moves with this chance, by so many places at most.
MOVED_RATIO, MOST_PLACES = 0.05, 8

Kept = tuple[int, list[int]]


def schedule_by_rule(
    problem: Problem,
    *,
    seed: int = 1,
    passes: int = PASSES,
    seconds: float | None = None,
    report: Callable[[int, int], None] | None = None,
    is_stopped: Callable[[], bool] | None = None,
) -> Schedule:
    """The best of many serial schedules with justification: the first by priorities that stray from the rule's, all
    others by crossing the order of two of the best.

    Args:
        passes: how many schedules are tried; it ends earlier where one reaches the bound.
        seconds: of wall time at most. A result that it cut short is not the same on another machine.
        report: is told how many of `passes` are tried and the length so far; what it raises ends the search.
        is_stopped: asked between schedules.
    """
    search, bound = _Search(problem, seed, passes), lower_bound(problem)
    begun_at, is_cut = time.monotonic(), False
    for number in range(1, passes):
        if search.best[0] <= bound:
            break
        if (is_stopped is not None and is_stopped()) or (seconds is not None and time.monotonic() - begun_at > seconds):
            is_cut = True
            break
        search.try_next(number)
        if report is not None:
            report(number, search.best[0])
    length, starts = search.best
    best = np.array(starts, dtype=np.int64)
    return Schedule(best, length, bound, "serial schedules with justification", seed, is_cut)


class _Search:
    """The best schedules so far, the shortest first, and how the next one is made."""

    def __init__(self, problem: Problem, seed: int, passes: int) -> None:
        self.problem, self.rng = problem, random.Random(seed)
        self.most = max(2, min(KEPT, int(passes * FIRST_SHARE)))
        self.rule = [-float(tail) for tail in problem.tails]
        self.kept: list[Kept] = []
        self._keep(self.rule)
        self.spread = max(self.best[0], 1)

    @property
    def best(self) -> Kept:
        return self.kept[0]

    def try_next(self, number: int) -> None:
        """Make one more schedule: by a strayed rule until enough are kept, then by crossing."""
        if number < self.most or len(self.kept) < 2:
            stray = STRAYS[number % len(STRAYS)] * self.spread
            self._keep([one + self.rng.uniform(-stray, stray) for one in self.rule])
        else:
            self._keep(self._crossed())

    def _keep(self, priorities: list[float]) -> None:
        starts = justified(self.problem, serial_schedule(self.problem, priorities))
        found = (length_of(self.problem, starts), starts.tolist())
        if len(self.kept) < self.most or found[0] <= self.kept[-1][0]:
            if found not in self.kept:
                insort(self.kept, found)
            del self.kept[self.most :]

    def _crossed(self) -> list[float]:
        """Priorities by two parents' orders: the first one's up to a place and from another on, the second's between.

        The first parent is one of the best, the second any that is kept.
        """
        one, other = (self._order(int(self.rng.random() ** power * len(self.kept))) for power in (2, 1))
        size = self.problem.size
        begin = self.rng.randrange(size + 1)
        end = self.rng.randrange(begin, size + 1)
        order = one[:begin]
        placed = set(order)
        between = [node for node in other if node not in placed][: end - begin]
        placed.update(between)
        order += between
        order += [node for node in one if node not in placed]
        priorities = [0.0] * size
        for place, node in enumerate(order):
            is_moved = self.rng.random() < MOVED_RATIO
            priorities[node] = place + (self.rng.uniform(-MOST_PLACES, MOST_PLACES) if is_moved else 0.0)
        return priorities

    def _order(self, place: int) -> list[int]:
        starts = self.kept[place][1]
        return sorted(range(self.problem.size), key=starts.__getitem__)
