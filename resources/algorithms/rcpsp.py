"""The resource-constrained project scheduling problem (RCPSP): when does each activity start, so that no period asks
for more than there is and the whole ends as early as it can.

Lengths are whole periods (days, weeks), demands and capacities whole units that are free again when an activity ends
(renewable resources). An activity is not interrupted. Here are the problem,
its bounds from below, and single schedules; the search among many is in `rcpsp_rules.py`, what is exact in
`rcpsp_exact.py`.

Sources: Kolisch, "Serial and parallel resource-constrained project scheduling methods revisited", 1996 (the serial
scheme and latest-finish priority); Valls, Ballestín & Quintanilla, "Justification and RCPSP", 2005 (moving all to the
right and back).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Problem:
    """Activities, what they wait for and what they need.

    Args:
        durations: int64 (activities), periods, 0 or more.
        demands: int64 (activities, resources), units in each period of the activity, 0 or more.
        capacities: int64 (resources) where it is the same in all periods, or (resources, periods) where it changes;
            after the last period that is given its capacity holds on.
        links: (predecessor, successor, gap): the successor starts at least `gap` periods after the predecessor's start,
            or before it where the gap is negative (`gap_of` gives the gap of FS, SS, FF and SF with lag).
        earliest: int64 (activities), no start before it; all 0 where it is not given.
    Raises:
        ValueError: shapes do not fit, a number is negative, or an activity needs more of a resource than there is in
            the end.
        graphlib.CycleError: the links go round in a circle; its activities are in `args[1]`.
    """

    durations: Numbers
    demands: Numbers
    capacities: Numbers
    links: tuple[tuple[int, int, int], ...] = ()
    earliest: Numbers | None = None

    def __post_init__(self) -> None:
        size, ends = len(self.durations), self.by_period[:, -1]
        if self.demands.shape != (size, len(self.by_period)):
            raise ValueError("Demands need a row for each activity and a column for each resource.")
        if size and min(self.durations.min(), self.demands.min(initial=0), self.by_period.min(initial=0)) < 0:
            raise ValueError("Durations, demands and capacities cannot be negative.")
        if any(not (0 <= tail < size and 0 <= head < size) for tail, head, _ in self.links):
            raise ValueError("A link names an activity that does not exist.")
        for activity, resource in np.argwhere((self.demands > ends) & (self.durations[:, None] > 0)).tolist():
            needs, there = self.demands[activity, resource], ends[resource]
            raise ValueError(f"Activity {activity} needs {needs} of resource {resource}, and there are only {there}.")
        _ = self.order  # a circle is refused here

    @property
    def size(self) -> int:
        return len(self.durations)

    @cached_property
    def by_period(self) -> Numbers:
        """int64 (resources, periods): at least one period."""
        capacities = np.asarray(self.capacities, dtype=np.int64)
        return capacities[:, None] if capacities.ndim == 1 else capacities

    @cached_property
    def before(self) -> list[list[tuple[int, int]]]:
        """For each activity the (predecessor, gap) of its links."""
        found: list[list[tuple[int, int]]] = [[] for _ in range(self.size)]
        for tail, head, gap in self.links:
            found[head].append((tail, gap))
        return found

    @cached_property
    def after(self) -> list[list[tuple[int, int]]]:
        """For each activity the (successor, gap) of its links."""
        found: list[list[tuple[int, int]]] = [[] for _ in range(self.size)]
        for tail, head, gap in self.links:
            found[tail].append((head, gap))
        return found

    @cached_property
    def order(self) -> list[int]:
        """All activities, each after its predecessors."""
        return list(
            TopologicalSorter(
                {node: [tail for tail, _ in self.before[node]] for node in range(self.size)}
            ).static_order()
        )

    @cached_property
    def heads(self) -> list[int]:
        """The earliest starts by links alone."""
        found = [0] * self.size if self.earliest is None else [max(int(one), 0) for one in self.earliest]
        for node in self.order:
            for tail, gap in self.before[node]:
                found[node] = max(found[node], found[tail] + gap)
        return found

    @cached_property
    def tails(self) -> list[int]:
        """From an activity's start to the end of the whole, at least, by links alone."""
        found: list[int] = self.durations.tolist()
        for node in reversed(self.order):
            for head, gap in self.after[node]:
                found[node] = max(found[node], gap + found[head])
        return found

    @cached_property
    def needs(self) -> list[list[tuple[int, int]]]:
        """For each activity the (resource, units) that it uses."""
        return [[(k, units) for k, units in enumerate(row) if units] for row in self.demands.tolist()]

    @cached_property
    def horizon(self) -> int:
        """A length within which every schedule by rule ends."""
        steps = sum(
            max([int(self.durations[node]), *(gap for _, gap in self.before[node])]) for node in range(self.size)
        )
        return self.by_period.shape[1] + max(self.heads, default=0) + steps + 1


@dataclass(frozen=True, slots=True)
class Schedule:
    """Starts of all activities, and how good they are.

    Args:
        starts: int64 (activities), periods.
        length: when the last activity ends.
        bound: no schedule is shorter.
        method: how it was found, for a reader.
        seed: with the same seed, problem and effort the same schedule is found.
        is_stopped: somebody asked to stop, or the time was up, before it was proven or all tries were made.
    """

    starts: Numbers
    length: int
    bound: int
    method: str
    seed: int = 0
    is_stopped: bool = False

    @property
    def is_proven(self) -> bool:
        """No schedule is shorter."""
        return self.length <= self.bound

    @property
    def gap_ratio(self) -> float:
        """By what share of its length the schedule could at most be shorter; 0 for one that is proven."""
        return max(self.length - self.bound, 0) / self.length if self.length else 0.0


def gap_of(kind: str, lag: int, before: int, after: int) -> int:
    """The least distance from start to start that a link with a lag asks for.

    Args:
        kind: FS, SS, FF or SF.
        lag: periods, negative for a lead.
        before, after: durations of the predecessor and of the successor.
    Raises:
        KeyError: there is no such kind.
    """
    return lag + {"FS": before, "SS": 0, "FF": before - after, "SF": -after}[kind]


def lower_bound(problem: Problem) -> int:
    """A length that no schedule is shorter than: by the longest path, and by energy.

    All that can start no earlier than `h` and is followed by at least `q` more periods lies between `h` and `q`
    before the end; what it needs of a resource over its periods must fit under the capacity there. With h = q = 0
    that is ceil(sum(demand x duration) / capacity).

    Cost: O(resources x distinct h x distinct q x activities).
    """
    if not problem.size:
        return 0
    heads, durations = np.array(problem.heads), problem.durations
    tails = np.array(problem.tails)
    best = int((heads + tails).max())
    rests, energy = tails - durations, problem.demands * durations[:, None]
    for resource, row in enumerate(problem.by_period):
        padded = np.concatenate((row, np.full(problem.horizon, row[-1])))
        used = energy[:, resource]
        if not used.any():
            continue
        total = np.concatenate(([0], np.cumsum(padded)))
        for head in np.unique(heads[used > 0]).tolist():
            later = heads >= head
            for rest in np.unique(rests[later & (used > 0)]).tolist():
                asked = int(used[later & (rests >= rest)].sum())
                best = max(best, int(np.searchsorted(total, total[head] + asked)) + rest)
    return best


def serial_schedule(problem: Problem, priorities: Sequence[float] | None = None) -> Numbers:
    """A first levelled schedule: one activity after the other as early as links and what is left allow.

    Args:
        priorities: of those whose predecessors are placed, the one with the smallest comes next; by default the latest
            start against the longest path.
    Returns:
        int64 (activities), the starts.
    Cost: O(activities x resources x periods looked at); under 5 ms for 120 activities.
    """
    if priorities is None:
        priorities = [-tail for tail in problem.tails]
    free = _all_free(problem)
    starts, durations = list(problem.heads), problem.durations.tolist()
    waits = [len(before) for before in problem.before]
    ready = [(priorities[node], node) for node in range(problem.size) if not waits[node]]
    heapify(ready)
    while ready:
        _, node = heappop(ready)
        start = _earliest(free, problem.needs[node], durations[node], starts[node])
        starts[node] = start
        _take(free, problem.needs[node], durations[node], start, 1)
        for head, gap in problem.after[node]:
            starts[head] = max(starts[head], start + gap)
            waits[head] -= 1
            if not waits[head]:
                heappush(ready, (priorities[head], head))
    return np.array(starts, dtype=np.int64)


def justified(problem: Problem, starts: Numbers) -> Numbers:
    """The schedule with every activity moved as late as it can, and then as early as it can: never longer."""
    free, at, durations = _all_free(problem), starts.tolist(), problem.durations.tolist()
    for node in range(problem.size):
        _take(free, problem.needs[node], durations[node], at[node], 1)
    end = max((at[node] + durations[node] for node in range(problem.size)), default=0)
    for node in sorted(range(problem.size), key=lambda one: (-at[one] - durations[one], one)):
        limit = min((at[head] - gap for head, gap in problem.after[node]), default=end - durations[node])
        limit = min(limit, end - durations[node])
        _take(free, problem.needs[node], durations[node], at[node], -1)
        at[node] = _latest(free, problem.needs[node], durations[node], limit, at[node])
        _take(free, problem.needs[node], durations[node], at[node], 1)
    heads = [0] * problem.size if problem.earliest is None else problem.earliest.tolist()
    for node in sorted(range(problem.size), key=lambda one: (at[one], one)):
        least = max([heads[node], 0, *(at[tail] + gap for tail, gap in problem.before[node])])
        _take(free, problem.needs[node], durations[node], at[node], -1)
        at[node] = _earliest(free, problem.needs[node], durations[node], least)
        _take(free, problem.needs[node], durations[node], at[node], 1)
    return np.array(at, dtype=np.int64)


def length_of(problem: Problem, starts: Numbers) -> int:
    """When the last activity ends."""
    return int((starts + problem.durations).max(initial=0))


def faults(problem: Problem, starts: Numbers) -> list[str]:
    """What is wrong with a schedule, in words; empty for one that keeps every link and every capacity."""
    told = [
        f"Activity {node} starts before it may." for node in range(problem.size) if starts[node] < problem.heads[node]
    ]
    for tail, head, gap in problem.links:
        if starts[head] < starts[tail] + gap:
            told.append(
                f"Activity {head} starts {starts[head]}, which is not {gap} after activity {tail} at {starts[tail]}."
            )
    load = np.zeros((len(problem.by_period), length_of(problem, starts) + 1), dtype=np.int64)
    for node, start in enumerate(starts.tolist()):
        load[:, start : start + int(problem.durations[node])] += problem.demands[node][:, None]
    last = problem.by_period.shape[1] - 1
    there = problem.by_period[:, np.minimum(np.arange(load.shape[1]), last)]
    told += [
        f"Resource {k} is over its capacity in period {period}." for k, period in np.argwhere(load > there).tolist()
    ]
    return told


def _all_free(problem: Problem) -> list[list[int]]:
    more = problem.horizon - problem.by_period.shape[1]
    return [row + [row[-1]] * more for row in problem.by_period.tolist()]


def _take(free: list[list[int]], needs: list[tuple[int, int]], duration: int, start: int, sign: int) -> None:
    for resource, units in needs:
        row, units = free[resource], units * sign
        for period in range(start, start + duration):
            row[period] -= units


def _earliest(free: list[list[int]], needs: list[tuple[int, int]], duration: int, start: int) -> int:
    """The first start from `start` on at which all needs fit; behind the first period in the way, the next try."""
    while True:
        for resource, units in needs:
            row = free[resource]
            for period in range(start + duration - 1, start - 1, -1):
                if row[period] < units:
                    start = period + 1
                    break
            else:
                continue
            break
        else:
            return start


def _latest(free: list[list[int]], needs: list[tuple[int, int]], duration: int, start: int, least: int) -> int:
    """The last start up to `start` at which all needs fit; `least` does."""
    while start > least:
        for resource, units in needs:
            row = free[resource]
            for period in range(start, start + duration):
                if row[period] < units:
                    start = period - duration
                    break
            else:
                continue
            break
        else:
            return start
    return least
