"""Resource levelling within float: planned work is shifted, never past what its float leaves, so that demand over
capacity falls.

A **package** is work that moves as a whole, such as the allocations of one project: a start, the earliest and the
latest start that its float leaves, and its demand per period from that start. What is over capacity is compared in
this order: the highest demand over capacity in any one period and group (the *peak*), the sum of all that is over,
and how far packages move. Times are whole periods from the first one, demands and capacities whole units (hundredths
of an FTE).

What is exact lives in `levelling_exact.py`; here are the problem, its bounds from below and a search that needs no
solver.

Source: PMI, *PMBOK Guide* 6.5.2.3, resource smoothing (within float) beside resource leveling (beyond it, `rcpsp.py`).
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]

#: How often the search starts anew from a disturbed best, where nobody says how often.
KICKS = 60
#: How many packages a kick moves at random.
KICKED = 3


@dataclass(frozen=True)
class Levelling:
    """Packages, their floats, and what there is for them.

    Args:
        starts: int64 (packages), the present starts.
        earliest, latest: int64 (packages), between which each may start; equal for what does not move.
        demands: for each package int64 (its periods, groups): units in each period from its start, 0 or more.
        capacities: int64 (groups, periods).
        links: (predecessor, successor, gap): the successor starts at least `gap` periods after the predecessor's start.
            Two packages may hold each other both ways.
    Raises:
        ValueError: shapes do not fit, a package lies outside the periods, or the present starts break a float or a
            link.
    """

    starts: Numbers
    earliest: Numbers
    latest: Numbers
    demands: tuple[Numbers, ...]
    capacities: Numbers
    links: tuple[tuple[int, int, int], ...] = ()

    def __post_init__(self) -> None:
        size, periods = len(self.starts), self.capacities.shape[1]
        if not (len(self.earliest) == len(self.latest) == len(self.demands) == size):
            raise ValueError("Every package needs its starts and its demand.")
        if any(one.ndim != 2 or one.shape[1] != len(self.capacities) for one in self.demands):
            raise ValueError("Demands need a column for each group of the capacities.")
        lengths = np.array([len(one) for one in self.demands], dtype=np.int64)
        if size and (self.earliest.min() < 0 or (self.latest + lengths).max() > periods):
            raise ValueError("A package may start outside the periods that the capacities are given for.")
        if ((self.starts < self.earliest) | (self.starts > self.latest)).any():
            raise ValueError("A package starts outside its float.")
        if any(self.starts[head] < self.starts[tail] + gap for tail, head, gap in self.links):
            raise ValueError("The present starts break a link.")

    @property
    def size(self) -> int:
        return len(self.starts)

    @cached_property
    def neighbors(self) -> list[tuple[list[tuple[int, int]], list[tuple[int, int]]]]:
        """For each package its (predecessor, gap) and its (successor, gap)."""
        found: list[tuple[list[tuple[int, int]], list[tuple[int, int]]]] = [([], []) for _ in range(self.size)]
        for tail, head, gap in self.links:
            found[head][0].append((tail, gap))
            found[tail][1].append((head, gap))
        return found

    @cached_property
    def movable(self) -> list[int]:
        """The packages with float."""
        return np.flatnonzero(self.earliest < self.latest).tolist()


@dataclass(frozen=True, slots=True, order=True)
class Excess:
    """How much a plan asks for beyond what there is; the smaller is the better one.

    Args:
        peak: the most units over capacity in one period of one group.
        total: units over capacity, summed over groups and periods.
        movement: periods by which packages move, summed.
    """

    peak: int
    total: int
    movement: int


@dataclass(frozen=True, slots=True)
class Levelled:
    """Starts within float, and what they are worth.

    Args:
        starts: int64 (packages).
        before, after: what is over capacity at the present starts and at these.
        peak_bound, total_bound: no starts within float have less.
        is_proven: no starts within float are better.
        method: how it was found, for a reader.
        seed: with the same seed, plan and effort the same starts are found.
    """

    starts: Numbers
    before: Excess
    after: Excess
    peak_bound: int
    total_bound: int
    is_proven: bool
    method: str
    seed: int


def load_of(plan: Levelling, starts: Numbers) -> Numbers:
    """int64 (groups, periods): what all packages ask for."""
    load = np.zeros_like(plan.capacities)
    for start, demand in zip(starts.tolist(), plan.demands, strict=True):
        load[:, start : start + len(demand)] += demand.T
    return load


def excess_of(plan: Levelling, starts: Numbers) -> Excess:
    """What is over capacity with these starts."""
    return _excess(plan, load_of(plan, starts), int(np.abs(starts - plan.starts).sum()))


def unavoidable_load(plan: Levelling) -> Numbers:
    """int64 (groups, periods): what is asked for wherever packages start within their float.

    Links are not looked at: with them the true figure may be higher, never lower.
    """
    load = np.zeros_like(plan.capacities)
    for first, last, demand in zip(plan.earliest.tolist(), plan.latest.tolist(), plan.demands, strict=True):
        span = last - first
        if span < len(demand):
            windows = np.lib.stride_tricks.sliding_window_view(demand, span + 1, axis=0)
            load[:, last : first + len(demand)] += windows.min(axis=-1).T
    return load


def bounds(plan: Levelling) -> tuple[int, int]:
    """The peak and the total that no starts within float are below: what cannot be avoided period by period, and for
    each group what is asked for in all beyond what there is in all."""
    stays = np.maximum(unavoidable_load(plan) - plan.capacities, 0)
    asked = load_of(plan, plan.starts).sum(axis=1) - plan.capacities.sum(axis=1)
    return int(stays.max(initial=0)), int(np.maximum(stays.sum(axis=1), asked).sum())


def levelled_by_search(
    plan: Levelling,
    *,
    seed: int = 1,
    kicks: int = KICKS,
    seconds: float | None = None,
    report: Callable[[int, int], None] | None = None,
    is_stopped: Callable[[], bool] | None = None,
) -> Levelled:
    """Move one package after the other, with those it pushes along, to where least is over capacity; then disturb the
    best and do so again.

    Args:
        kicks: how often it is disturbed. The search ends earlier where a bound is reached.
        seconds: of wall time at most. A result that it cut short is not the same on another machine.
        report: is told how many of `kicks` are done; what it raises ends the search.
        is_stopped: asked between kicks.
    """
    rng, (peak_bound, total_bound), begun_at = random.Random(seed), bounds(plan), time.monotonic()
    best = _descended(plan, plan.starts.copy(), rng)
    least = excess_of(plan, best)
    for kick in range(kicks):
        is_late = seconds is not None and time.monotonic() - begun_at > seconds
        if not plan.movable or least.total <= total_bound or is_late or (is_stopped is not None and is_stopped()):
            break
        found = _descended(plan, _kicked(plan, best, rng), rng)
        if (worth := excess_of(plan, found)) < least:
            best, least = found, worth
        if report is not None:
            report(kick + 1, kicks)
    best = _moved_back(plan, best)
    least = excess_of(plan, best)
    is_proven = least.movement == 0 and (least.peak, least.total) == (peak_bound, total_bound)
    before = excess_of(plan, plan.starts)
    return Levelled(best, before, least, peak_bound, total_bound, is_proven, "Search without a solver", seed)


def faults(plan: Levelling, starts: Numbers) -> list[str]:
    """What is wrong with starts, in words; empty where every float and every link is kept."""
    outside = np.flatnonzero((starts < plan.earliest) | (starts > plan.latest)).tolist()
    return [f"Package {one} starts outside its float." for one in outside] + [
        f"Package {head} starts less than {gap} after package {tail}."
        for tail, head, gap in plan.links
        if starts[head] < starts[tail] + gap
    ]


def descended(plan: Levelling, starts: Numbers, *, seed: int = 1) -> Numbers:
    """Starts that no single move makes better, reached from others by such moves."""
    return _descended(plan, starts.copy(), random.Random(seed))


def _excess(plan: Levelling, load: Numbers, movement: int) -> Excess:
    over = np.maximum(load - plan.capacities, 0)
    return Excess(int(over.max(initial=0)), int(over.sum()), movement)


def _pushed(plan: Levelling, starts: Numbers, package: int, start: int) -> dict[int, int] | None:
    """The new starts when a package moves and pushes what its links hold; None where that is past a float."""
    new, todo = {package: start}, [package]
    while todo:
        one = todo.pop()
        at = new[one]
        if not plan.earliest[one] <= at <= plan.latest[one]:
            return None
        before, after = plan.neighbors[one]
        for other, gap in before:
            if new.get(other, int(starts[other])) > at - gap:
                new[other] = at - gap
                todo.append(other)
        for other, gap in after:
            if new.get(other, int(starts[other])) < at + gap:
                new[other] = at + gap
                todo.append(other)
    return new


def _shift(plan: Levelling, load: Numbers, starts: Numbers, new: Mapping[int, int]) -> Numbers:
    """The load after some packages have moved."""
    load = load.copy()
    for one, at in new.items():
        demand, was = plan.demands[one].T, int(starts[one])
        load[:, was : was + demand.shape[1]] -= demand
        load[:, at : at + demand.shape[1]] += demand
    return load


def _movement(plan: Levelling, starts: Numbers, new: Mapping[int, int]) -> int:
    was = sum(abs(int(starts[one]) - int(plan.starts[one])) for one in new)
    return sum(abs(at - int(plan.starts[one])) for one, at in new.items()) - was


def _descended(plan: Levelling, starts: Numbers, rng: random.Random) -> Numbers:
    """Starts from which no single package, with those it pushes, can move to something better."""
    load, movement = load_of(plan, starts), int(np.abs(starts - plan.starts).sum())
    least, order, is_better = _excess(plan, load, movement), list(plan.movable), True
    while is_better:
        is_better = False
        rng.shuffle(order)
        for package in order:
            choice: tuple[Excess, dict[int, int], Numbers] | None = None
            for start in range(int(plan.earliest[package]), int(plan.latest[package]) + 1):
                new = None if start == starts[package] else _pushed(plan, starts, package, start)
                if new is None:
                    continue
                moved = _shift(plan, load, starts, new)
                worth = _excess(plan, moved, movement + _movement(plan, starts, new))
                if worth < (choice[0] if choice else least):
                    choice = worth, new, moved
            if choice:
                least, new, load = choice
                movement, is_better = least.movement, True
                for one, at in new.items():
                    starts[one] = at
    return starts


def _kicked(plan: Levelling, starts: Numbers, rng: random.Random) -> Numbers:
    """A few packages moved at random, with those they push."""
    starts = starts.copy()
    for package in rng.sample(plan.movable, min(KICKED, len(plan.movable))):
        start = rng.randint(int(plan.earliest[package]), int(plan.latest[package]))
        for one, at in (_pushed(plan, starts, package, start) or {}).items():
            starts[one] = at
    return starts


def _moved_back(plan: Levelling, starts: Numbers) -> Numbers:
    """Every package that need not move is where it was."""
    starts, worth = starts.copy(), excess_of(plan, starts)
    for package in sorted(plan.movable, key=lambda one: (-abs(int(starts[one] - plan.starts[one])), one)):
        new = (
            _pushed(plan, starts, package, int(plan.starts[package]))
            if starts[package] != plan.starts[package]
            else None
        )
        if new is None:
            continue
        tried = starts.copy()
        for one, at in new.items():
            tried[one] = at
        if (found := excess_of(plan, tried)) < worth:
            starts, worth = tried, found
    return starts
