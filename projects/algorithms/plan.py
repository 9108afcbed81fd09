"""What the schedule engine is given: activities and links in arrays, in the terms of Microsoft Project.

All instants and lengths are ticks (tenths of a minute, `calendars.py`), instants counted from `Plan.epoch`; `NONE`
stands for a date that is not set. A summary is an activity that another one names as its parent; its own duration is
read only for lags in per cent of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resources.algorithms.calendars import DAY, LONGEST_DAYS, LONGEST_TICKS, Calendar, Times

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]

#: An array that is not given is filled with the usual value of its field.
FILLED_IN: Any = None
#: No date.
NONE = -(1 << 60)
#: The calendar of an activity that runs day and night.
ROUND_THE_CLOCK = -1
#: The work runs on the activity's own calendar.
OWN_CALENDAR = -2


class LinkKind(IntEnum):
    """Which end of the predecessor decides which end of the successor; numbered as in MSPDI."""

    FF = 0
    FS = 1
    SF = 2
    SS = 3


class LagKind(IntEnum):
    """What a lag is counted in: ticks of working time on the successor's calendar, ticks of elapsed time, or per cent
    of the predecessor's duration as either of them."""

    WORKING = 0
    ELAPSED = 1
    PERCENT = 2
    ELAPSED_PERCENT = 3


class Constraint(IntEnum):
    """Microsoft Project's eight constraint types, numbered as in MSPDI."""

    ASAP = 0
    ALAP = 1
    MSO = 2
    MFO = 3
    SNET = 4
    SNLT = 5
    FNET = 6
    FNLT = 7


class FloatBasis(IntEnum):
    """What an activity without successors may be late against: the finish of the whole linked network, of its own
    project, or its own early finish, which makes every chain's last activity critical (multiple critical paths)."""

    NETWORK = 0
    PROJECT = 1
    ACTIVITY = 2


@dataclass(frozen=True, slots=True)
class Split:
    """A pause in an activity: after so much of its duration, for so much working time."""

    activity: int
    after: int
    gap: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """Work of one resource that decides dates by itself: on its own calendar, for its own duration, from a delay on.

    An activity with assignments starts with the first and finishes with the last of them.
    """

    activity: int
    calendar: int
    duration: int
    delay: int = 0


@dataclass(frozen=True)
class Plan:
    """Activities (n), links (m) and projects (p) to schedule.

    Args:
        names: n names, for sentences.
        epoch: midnight of a day; all instants are ticks from it.
        durations: int64 (n), working time on the activity's calendar.
        working_calendars: the calendars; `calendars`, int64 (n), is an index into them, or `ROUND_THE_CLOCK`.
        work_calendars: int64 (n), where the work runs on another calendar, such as a resource's, or `OWN_CALENDAR`;
            lags into the activity and its float heed `calendars`.
        is_elapsed: bool (n); the duration is elapsed time, and only lags heed the calendar.
        predecessors, successors: int64 (m), activities; `link_kinds` int64 (m) of `LinkKind`, by default FS.
        lags: int64 (m), ticks or per cent as `lag_kinds` says; may be negative.
        parents: int64 (n), the summary of each activity, -1 at the top.
        projects: int64 (n), and `project_starts` int64 (p), the instant before which nothing starts without a reason.
        project_finishes: int64 (p); needed where the plan `is_from_finish`.
        constraints: int64 (n) of `Constraint`, with `constraint_dates` int64 (n).
        deadlines, actual_starts, actual_finishes: int64 (n) or `NONE`.
        remaining: int64 (n), of activities under way; `NONE` stands for what `progress_ratios` (0 to 1) leaves.
        resumes: int64 (n), the instant at which the rest of an activity under way goes on.
        status_at: int64 (n), or one instant for all; nothing that remains to be done lies before it.
        is_manual: bool (n); those keep `manual_starts` and `manual_finishes`.
        is_inactive: bool (n); dated, and without any effect on others.
        is_milestone: bool (n); one may stand at the end of a working period instead of the next beginning.
        delays: int64 (n), elapsed time by which levelling puts off the start.
        splits, assignments: see there.
        is_retained_logic: the rest of an activity under way waits for its predecessors; otherwise it does not.
        honors_constraint_dates: SNLT, FNLT, MSO and MFO win over links, and show negative float; otherwise links win.
        is_from_finish: schedule backwards from `project_finishes`; only ASAP activities then start early.
        critical_threshold: ticks of total float up to which an activity is critical.
    Raises:
        ValueError: arrays differ in length, a number is out of range, or a duration or date is absurd; the sentence
            names the activity.
    """

    names: Sequence[str]
    epoch: datetime
    durations: Times
    working_calendars: tuple[Calendar, ...] = ()
    calendars: Numbers = FILLED_IN
    work_calendars: Numbers = FILLED_IN
    is_elapsed: Flags = FILLED_IN
    predecessors: Numbers = FILLED_IN
    successors: Numbers = FILLED_IN
    link_kinds: Numbers = FILLED_IN
    lags: Times = FILLED_IN
    lag_kinds: Numbers = FILLED_IN
    parents: Numbers = FILLED_IN
    projects: Numbers = FILLED_IN
    project_starts: Times = FILLED_IN
    project_finishes: Times = FILLED_IN
    constraints: Numbers = FILLED_IN
    constraint_dates: Times = FILLED_IN
    deadlines: Times = FILLED_IN
    actual_starts: Times = FILLED_IN
    actual_finishes: Times = FILLED_IN
    remaining: Times = FILLED_IN
    progress_ratios: NDArray[np.float64] = FILLED_IN
    resumes: Times = FILLED_IN
    is_manual: Flags = FILLED_IN
    manual_starts: Times = FILLED_IN
    manual_finishes: Times = FILLED_IN
    is_inactive: Flags = FILLED_IN
    is_milestone: Flags = FILLED_IN
    delays: Times = FILLED_IN
    splits: tuple[Split, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    status_at: Any = NONE
    is_retained_logic: bool = True
    honors_constraint_dates: bool = True
    is_from_finish: bool = False
    critical_threshold: int = 0

    def __post_init__(self) -> None:
        size = len(self.names)
        for name, default in ACTIVITY_FIELDS.items():
            self._fill(name, size, default)
        for name, default in LINK_FIELDS.items():
            self._fill(name, 0 if self.predecessors is None else len(self.predecessors), default)
        given = [len(one) for one in (self.project_starts, self.project_finishes) if one is not None]
        least = int(self.projects.max(initial=0)) + 1 if size or not given else 0  # no activities may be of no projects
        count = max([least, *given])
        self._fill("project_starts", count, 0)
        self._fill("project_finishes", count, NONE)
        object.__setattr__(self, "status_at", np.broadcast_to(np.asarray(self.status_at, dtype=np.int64), (size,)))
        _check(self)

    def _fill(self, name: str, size: int, default: Any) -> None:
        """Put the default in place of an array that was not given, and refuse one of another length."""
        kind = type(default) if isinstance(default, (bool, float)) else np.int64
        value = getattr(self, name)
        array = np.full(size, default, dtype=kind) if value is None else np.asarray(value, dtype=kind)
        if array.shape != (size,):
            raise ValueError(f"The plan's {name.replace('_', ' ')} must be {size} values, and are {array.shape}.")
        object.__setattr__(self, name, array)

    @property
    def size(self) -> int:
        """How many activities there are, summaries included."""
        return len(self.names)

    def changed(self, **values: Any) -> "Plan":
        """The same plan with other values in some fields.

        Cost: O(n + m), no more than checking the plan.
        """
        known = {one.name: getattr(self, one.name) for one in fields(self)}
        return Plan(**{**known, **values})


ACTIVITY_FIELDS: dict[str, Any] = {
    "durations": 0,
    "calendars": ROUND_THE_CLOCK,
    "work_calendars": OWN_CALENDAR,
    "is_elapsed": False,
    "parents": -1,
    "projects": 0,
    "constraints": 0,
    "constraint_dates": NONE,
    "deadlines": NONE,
    "actual_starts": NONE,
    "actual_finishes": NONE,
    "remaining": NONE,
    "progress_ratios": 0.0,
    "resumes": NONE,
    "is_manual": False,
    "manual_starts": NONE,
    "manual_finishes": NONE,
    "is_inactive": False,
    "is_milestone": False,
    "delays": 0,
}
LINK_FIELDS: dict[str, Any] = {
    "predecessors": 0,
    "successors": 0,
    "link_kinds": int(LinkKind.FS),
    "lags": 0,
    "lag_kinds": int(LagKind.WORKING),
}
DATE_FIELDS = ("constraint_dates", "deadlines", "actual_starts", "actual_finishes", "resumes") + (
    "manual_starts",
    "manual_finishes",
)


def _check(plan: Plan) -> None:
    """Refuse numbers that mean nothing, with a sentence that names the activity."""
    size = plan.size
    _refuse(plan, (plan.durations < 0) | (plan.durations > LONGEST_TICKS), "has a duration below 0 or above 100 years")
    _refuse(plan, (plan.calendars < -1) | (plan.calendars >= len(plan.working_calendars)), "has an unknown calendar")
    unknown = (plan.work_calendars < -2) | (plan.work_calendars >= len(plan.working_calendars))
    _refuse(plan, unknown, "works on an unknown calendar")
    _refuse(plan, (plan.parents < -1) | (plan.parents >= size), "has a summary that does not exist")
    _refuse(plan, plan.projects < 0, "has no project")
    _refuse(plan, (plan.constraints < 0) | (plan.constraints > 7), "has a constraint of an unknown type")
    dated = plan.constraints > Constraint.ALAP
    _refuse(plan, dated & (plan.constraint_dates == NONE), "has a constraint without its date")
    _refuse(plan, np.abs(plan.delays) > LONGEST_TICKS, "has a delay of more than 100 years")
    _refuse(plan, plan.remaining > LONGEST_TICKS, "has more than 100 years left to do")
    _refuse(plan, (plan.progress_ratios < 0) | (plan.progress_ratios > 1), "is less than 0 or more than 100 % complete")
    missing = plan.is_manual & ((plan.manual_starts == NONE) | (plan.manual_finishes == NONE))
    _refuse(plan, missing, "is scheduled by hand and has no start or no finish")
    for name in DATE_FIELDS:
        dates = getattr(plan, name)
        _refuse(plan, (dates != NONE) & (np.abs(dates) > LONGEST_DAYS * DAY), "has a date beyond 400 years")
    if plan.is_from_finish and (plan.project_finishes == NONE).any():
        raise ValueError("A plan that is scheduled from its finish needs that finish.")
    _check_links(plan)


def _check_links(plan: Plan) -> None:
    ends = np.concatenate((plan.predecessors, plan.successors))
    if len(ends) and (ends.min() < 0 or ends.max() >= plan.size):
        raise ValueError("A link names an activity that does not exist.")
    in_percent = plan.lag_kinds >= LagKind.PERCENT
    absurd = np.abs(plan.lags) > np.where(in_percent, 1_000_000, LONGEST_TICKS)
    _refuse(plan, absurd, "has a lag that no plan can have", plan.successors)
    _refuse(plan, (plan.link_kinds < 0) | (plan.link_kinds > 3), "has a link of an unknown type", plan.successors)
    _refuse(plan, (plan.lag_kinds < 0) | (plan.lag_kinds > 3), "has a lag of an unknown type", plan.successors)


def _refuse(plan: Plan, wrong: Flags, fault: str, activities: Numbers | None = None) -> None:
    if wrong.any():
        first = int(np.argmax(wrong))
        name = plan.names[first if activities is None else int(activities[first])]
        raise ValueError(f"The activity “{name}” {fault}.")
