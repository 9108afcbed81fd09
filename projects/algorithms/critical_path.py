"""The critical path method on a plan: early and late dates, floats, critical activities.

`schedule(plan)` is all that most callers need. `Engine` keeps the network and the calendars for a plan that is
scheduled again after edits (`rescheduling.py`).

Source: Kelley & Walker 1959; float in the terms of Microsoft Project (start float, finish float, total float the
smaller of them, free float by link with its lag removed), as MPXJ's `MicrosoftSlackCalculator` reproduces them.
"""

import copy
from dataclasses import dataclass, fields, replace

import numpy as np

from projects.algorithms.compiling import HIGH, Frame, Rules, frame_plan, horizon, write_rules
from projects.algorithms.dating import Passes
from projects.algorithms.outline import REAL
from projects.algorithms.plan import NONE, Constraint, Flags, FloatBasis, Numbers, Plan


@dataclass(frozen=True, slots=True)
class Schedule:
    """Dates and floats of a plan's activities, by the plan's numbers; ticks from its epoch, floats in ticks.

    Args:
        early_start, early_finish: int64 (n), where the plan puts each activity: actual and manual dates where there are
            some, the latest possible ones of ALAP activities.
        late_start, late_finish: int64 (n), the latest that keep the finish it is measured against, constraints and
            deadlines; earlier than the early dates where that cannot be (negative float).
        start_float, finish_float, total_float, free_float: int64 (n), working time on the activity's calendar.
        is_critical: bool (n); a summary is critical if something below it is.
        project_finish: int64 (p).
    """

    early_start: Numbers
    early_finish: Numbers
    late_start: Numbers
    late_finish: Numbers
    start_float: Numbers
    finish_float: Numbers
    total_float: Numbers
    free_float: Numbers
    is_critical: Flags
    project_finish: Numbers


def schedule(plan: Plan, basis: FloatBasis = FloatBasis.NETWORK) -> Schedule:
    """Schedule a plan.

    Args:
        basis: what an activity without successors may be late against.
    Raises:
        CycleError: the links go round in a circle, through summaries too.
        NoWorkingTime: a calendar never works, or the plan reaches beyond 400 years.
    Cost: O(m log m) to sort the network, then O(n + m) look-ups on calendars.
    """
    return Engine(plan, basis).schedule()


class Engine:
    """A plan, its network and its dates by rank: `when` and `late`, see `Stepper`."""

    def __init__(self, plan: Plan, basis: FloatBasis = FloatBasis.NETWORK) -> None:
        self.float_basis = basis
        self.begin(plan)

    def copy(self) -> "Engine":
        """Another engine with the same dates, to be edited while this one stays as it is. Cost: O(n + m)."""
        other = copy.copy(self)
        other.time = copy.copy(self.time)
        other.when, other.late, other.basis = self.when.copy(), self.late.copy(), self.basis.copy()
        own = {one.name: getattr(self.rules, one.name).copy() for one in fields(self.rules)[2:]}  # not frame and axis
        other.rules = replace(self.rules, **own)
        other.passes = Passes(other.rules, other.when, other.late, other.basis)
        return other

    def begin(self, plan: Plan) -> None:
        """Sort a plan's network and schedule it from the beginning."""
        self.plan = plan
        self.frame: Frame = frame_plan(plan)
        self.time = horizon(plan)
        size = len(self.frame.owner)
        self.when, self.late = np.zeros(2 * size, dtype=np.int64), np.zeros(2 * size, dtype=np.int64)
        self.basis = np.full(size, HIGH, dtype=np.int64)
        self.is_real = self.frame.kind == REAL
        self.counts = self.is_real & ~self.frame.is_dormant
        self.project_starts = plan.project_starts
        self.run()

    def run(self) -> None:
        """Both passes over everything, on a horizon that is made longer until it holds all dates."""
        while True:
            self.project_starts = self.plan.project_starts
            self._rule()
            if self.plan.is_from_finish:
                self._start_from_finish()
            self._dates()
            if self.is_inside():
                return
            self._extend()

    def _extend(self) -> None:
        """Make the horizon longer; beyond it all time has counted as working, so that dates will be further still."""
        shown = [dates.reshape(2, -1)[:, self.is_real] for dates in (self.when, self.late)]
        first, last = min(int(one.min()) for one in shown), max(int(one.max()) for one in shown)
        self.time.extend(
            first - 4 * max(self.time.first - first, 0) if first <= self.time.first else first,
            last + 4 * max(last - self.time.last, 0) if last >= self.time.last else last,
        )

    def is_inside(self) -> bool:
        """Whether all dates lie within the horizon, so that the calendars have been right."""
        for dates in (self.when.reshape(2, -1)[:, self.is_real], self.late.reshape(2, -1)[:, self.is_real]):
            if dates.size and (dates.min() <= self.time.first or dates.max() >= self.time.last):
                return False
        return True

    def _rule(self) -> None:
        self.rules: Rules = write_rules(self.plan, self.frame, self.time.axis, self.project_starts)
        self.passes = Passes(self.rules, self.when, self.late, self.basis)

    def _start_from_finish(self) -> None:
        """Find the project's starts backwards from their finishes."""
        self.passes.forward()
        self.basis[self.is_real] = self.plan.project_finishes[self._projects()[self.is_real]]
        self.passes.backward()
        starts = np.full(len(self.project_starts), np.iinfo(np.int64).max)
        np.minimum.at(starts, self._projects()[self.counts], self.late[: len(self.counts)][self.counts])
        self.project_starts = np.where(starts == np.iinfo(np.int64).max, self.plan.project_starts, starts)
        self._rule()

    def _dates(self) -> None:
        self.passes.forward()
        self.measure()
        self.passes.backward()
        self.pin_late()

    def pin_late(self) -> None:
        """Put ALAP activities at their latest dates, and what follows them after those."""
        size, pinned = len(self.basis), self.rules.is_alap & self.counts
        if not pinned.any():
            return
        self.rules.fixed_start[pinned] = self.late[:size][pinned]
        self.rules.fixed_finish[pinned] = self.late[size:][pinned]
        self.passes.sort()
        self.passes.forward()
        self.rules.fixed_start[pinned] = self.rules.fixed_finish[pinned] = NONE
        self.passes.sort()

    def _projects(self) -> Numbers:
        return self.plan.projects[self.frame.owner]

    def finishes(self) -> Numbers:
        """The finish of each project; its start where it has no activity."""
        answer = np.full(len(self.project_starts), np.iinfo(np.int64).min)
        ends = self.when[len(self.basis) :]
        if len(answer) == 1:
            answer[0] = ends[self.counts].max(initial=answer[0])
        else:
            np.maximum.at(answer, self._projects()[self.counts], ends[self.counts])
        return np.where(answer == np.iinfo(np.int64).min, self.project_starts, answer)

    def measure(self) -> None:
        """Write what late dates are measured against."""
        finishes = self.plan.project_finishes if self.plan.is_from_finish else self.finishes()
        real = self.is_real
        if self.float_basis == FloatBasis.NETWORK:
            self.basis[real] = finishes.max(initial=np.iinfo(np.int64).min)
            return
        self.basis[real] = finishes[self._projects()[real]]
        if self.float_basis == FloatBasis.ACTIVITY:
            ends = real & (np.diff(self.frame.network.out_start) == 0)
            self.basis[ends] = self.when[len(self.basis) :][ends]

    def schedule(self) -> Schedule:
        """The answer, by the plan's numbers."""
        size, rank = len(self.basis), self.frame.rank_of
        early_start, early_finish = self.when[rank], self.when[rank + size]
        late_finish, fixed = self.late[rank + size], self.rules.fixed_start[rank]
        keeps = (self.plan.actual_starts != NONE) | (self.plan.actual_finishes != NONE)
        late_start = np.where(keeps, fixed, self.late[rank])
        outline, counts = self.frame.outline, ~self.plan.is_inactive
        if outline.is_summary.any():
            early_start = outline.roll_up(early_start, counts, earliest=True)
            early_finish = outline.roll_up(early_finish, counts, earliest=False)
            late_start = outline.roll_up(late_start, counts, earliest=True)
            late_finish = outline.roll_up(late_finish, counts, earliest=False)
            by_hand = outline.is_summary & self.plan.is_manual
            early_start = np.where(by_hand, self.plan.manual_starts, early_start)
            early_finish = np.where(by_hand, self.plan.manual_finishes, early_finish)
        return self._with_floats(early_start, early_finish, late_start, late_finish)

    def _with_floats(self, start: Numbers, finish: Numbers, late_start: Numbers, late_finish: Numbers) -> Schedule:
        plan, axis, outline = self.plan, self.rules.axis, self.frame.outline
        key = self.rules.float_key[self.frame.rank_of]
        start_float = axis.work(late_start, key) - axis.work(start, key)
        finish_float = axis.work(late_finish, key) - axis.work(finish, key)
        is_begun = (plan.actual_starts != NONE) | (plan.actual_finishes != NONE)
        total = np.where(is_begun, finish_float, np.minimum(start_float, finish_float))
        total = self._with_held(total, late_start)
        free = free_floats(self.rules, self.when, total)
        must = (plan.constraints == Constraint.MSO) | (plan.constraints == Constraint.MFO)
        critical = ((total <= plan.critical_threshold) | must) & (plan.actual_finishes == NONE) & ~plan.is_inactive
        if outline.is_summary.any():
            free = outline.roll_up(free, ~plan.is_inactive, earliest=True)
            critical = outline.roll_up(critical.astype(np.int64), ~plan.is_inactive, earliest=False) == 1
        finishes = self.finishes()
        return Schedule(
            start, finish, late_start, late_finish, start_float, finish_float, total, free, critical, finishes
        )

    def _with_held(self, total: Numbers, late_start: Numbers) -> Numbers:
        """Negative float of activities that a constraint holds before the date that their links give."""
        rank, rules = self.frame.rank_of, self.rules
        for activity in np.flatnonzero((rules.hi[rank] < HIGH) & (rules.fixed_start[rank] == NONE)).tolist():
            wanted = np.array([self.passes.stepper.candidate(int(rank[activity]))])
            if wanted[0] > self.when[rank[activity]]:
                key = rules.float_key[rank[[activity]]]
                late = rules.axis.work(late_start[[activity]], key) - rules.axis.work(wanted, key)
                total[activity] = min(total[activity], late[0])
        return total


def free_floats(rules: Rules, when: Numbers, total: Numbers) -> Numbers:
    """How much later each activity may finish without moving any other; at least 0, total float without successors.

    Args:
        total: int64 (n), total floats by the plan's numbers.
    Cost: O(n + m).
    """
    frame, axis, size = rules.frame, rules.axis, rules.size
    network, place = frame.network, frame.network.out_place
    has_virtual = bool((frame.kind != REAL).any())
    room = _virtual_room(rules, when) if has_virtual else np.zeros(size, dtype=np.int64)
    heard = np.flatnonzero(~_is_told(rules)[place] & (room[network.out_target] < HIGH // 2))
    tails = np.repeat(np.arange(size), np.diff(network.out_start))[heard]
    place, targets = place[heard], network.out_target[heard]
    dates = when[targets + size * rules.to_finish[place]] + room[targets]
    lagged = np.flatnonzero(rules.lag[place])
    dates[lagged] = axis.shift(dates[lagged], -rules.lag[place[lagged]], rules.lag_key[place[lagged]])
    own = when[rules.source[place]]
    floats = axis.work(dates, rules.float_key[tails]) - axis.work(own, rules.float_key[tails])
    least = np.full(size, np.iinfo(np.int64).max)
    if len(heard):
        begins = np.flatnonzero(np.concatenate(([True], tails[1:] != tails[:-1])))
        least[tails[begins]] = np.minimum.reduceat(floats, begins)
    mine = least[frame.rank_of]
    return np.maximum(np.where(mine == np.iinfo(np.int64).max, total, mine), 0)


def _is_told(rules: Rules) -> Flags:
    """Links that say nothing about the float of their predecessor: the successor is done or inactive."""
    frame = rules.frame
    targets = np.repeat(np.arange(rules.size), np.diff(frame.network.in_start))
    is_done = (rules.fixed_finish != NONE) & (rules.late_fix == rules.fixed_finish)
    return (is_done | frame.is_dormant)[targets]


def _virtual_room(rules: Rules, when: Numbers) -> Numbers:
    """How much later each virtual activity may be without moving a real one; 0 for real ones, `HIGH` or so for those
    that nobody waits for."""
    frame, size, network = rules.frame, rules.size, rules.frame.network
    room = np.zeros(size, dtype=np.int64)
    for rank in np.flatnonzero(frame.kind != REAL)[::-1].tolist():
        least = HIGH
        for number in range(int(network.out_start[rank]), int(network.out_start[rank + 1])):
            place, target = int(network.out_place[number]), int(network.out_target[number])
            date = int(when[target + size * int(rules.to_finish[place])]) + int(room[target])
            if rules.lag[place]:
                one = np.array([date]), np.array([-rules.lag[place]]), np.array([rules.lag_key[place]])
                date = int(rules.axis.shift(*one)[0])
            least = min(least, date - int(when[rules.source[place]]))
        room[rank] = max(least, 0)
    return room
