"""From rows of facts to the plan that the engine schedules: typed days become instants, gaps are filled.

A row is a tuple of whole numbers in the order of `Row`, instants in ticks and days in days, both from `ORIGIN`, so that
a thousand of them turn into arrays at once.

What a person typed is a day, what the engine takes is an instant: a day's start is its first working minute, its finish
the last one, and on a day off the whole day. An activity that is scheduled by hand and has no date takes no part.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

import numpy as np

from projects.algorithms.plan import NONE, ROUND_THE_CLOCK, Flags, Numbers, Plan
from resources.algorithms.calendars import DAY, STANDARD, WORKING_DAY, Calendar, WorkingTime

#: What rows count from.
ORIGIN = datetime(1970, 1, 1)  # noqa: DTZ001 - a working calendar has no time zone


class Row(IntEnum):
    """Where a number stands in a row."""

    PROJECT = 0
    PARENT = 1
    CALENDAR = 2
    IS_MILESTONE = 3
    IS_SUMMARY = 4
    STATUS = 5
    IS_MANUAL = 6
    IS_ELAPSED = 7
    DURATION = 8
    START_DAY = 9
    FINISH_DAY = 10
    START = 11
    FINISH = 12
    ACTUAL_START_DAY = 13
    ACTUAL_FINISH_DAY = 14
    ACTUAL_START = 15
    ACTUAL_FINISH = 16
    CONSTRAINT = 17
    CONSTRAINT_AT = 18
    DEADLINE = 19
    PROGRESS = 20


class Status(IntEnum):
    """What has become of an activity."""

    NOT_STARTED = 0
    IN_PROGRESS = 1
    DONE = 2
    CANCELLED = 3


@dataclass(frozen=True)
class ProjectFacts:
    """What a plan needs of a project: days from `ORIGIN`, and the number of its calendar."""

    start_day: int | None
    status_day: int | None
    calendar: int


@dataclass(frozen=True)
class Facts:
    """Rows of activities and links, and what they stand on.

    Args:
        names: of the activities.
        rows: int64 (n, len(Row)); projects by their place in `projects`, parents by place or -1, calendars by place in
            `calendars` or -1 for the project's, progress in ten thousandths, `NONE` for what is not set.
        links: int64 (m, 5): predecessor, successor (places), `LinkKind`, lag in ticks or per cent, `LagKind`.
        today: the day at which a project without any date starts.
    """

    names: Sequence[str]
    rows: Numbers
    links: Numbers
    projects: Sequence[ProjectFacts]
    calendars: Sequence[Calendar]
    today: int


@dataclass(frozen=True)
class Dated:
    """A plan of facts.

    Args:
        is_undated: bool (n), scheduled by hand and without a date; inactive in the plan.
        epoch_day: days from `ORIGIN` to the plan's epoch.
    """

    plan: Plan
    is_undated: Flags
    epoch_day: int


def plan_of(facts: Facts, like: Dated | None = None) -> Dated:
    """Turn facts into a plan.

    Args:
        like: where these facts are others edited: the plan keeps the epoch and the starts of its projects.
    Raises:
        NoWorkingTime: a calendar never works.
        ValueError: a number is absurd; the sentence names the activity.
    Cost: O(n + m) and O(log intervals) for each typed day.
    """
    rows = facts.rows
    starts, epoch_day = _project_starts(facts) if like is None else (like.plan.project_starts, like.epoch_day)
    shift = epoch_day * DAY
    calendars = tuple(facts.calendars) or (STANDARD,)
    epoch = ORIGIN + timedelta(days=epoch_day)
    own = np.array([one.calendar for one in facts.projects], dtype=np.int64)
    of_activity = np.where(rows[:, Row.CALENDAR] >= 0, rows[:, Row.CALENDAR], own[rows[:, Row.PROJECT]])
    time = WorkingTime(calendars, epoch)
    if like is None and len(starts):
        opening = time.next_working(starts, own)
        starts = np.where(opening < starts + DAY, opening, starts)
    kinds = np.where(rows[:, Row.IS_ELAPSED] == 1, ROUND_THE_CLOCK, of_activity)
    instants = _instants(rows, time, of_activity, shift, epoch_day)
    parents = rows[:, Row.PARENT]
    has_parts = np.zeros(len(rows), dtype=bool)
    has_parts[parents[parents >= 0]] = True
    is_manual = (rows[:, Row.IS_MANUAL] == 1) & ~has_parts
    begins, ends, is_undated = _manual(rows, instants, is_manual, kinds, time)
    is_done = (rows[:, Row.STATUS] == Status.DONE) & ~has_parts
    done_at = np.where(instants["ACTUAL_FINISH"] != NONE, instants["ACTUAL_FINISH"], _first(instants["FINISH"], ends))
    begun_at = _first(instants["ACTUAL_START"], _first(instants["START"], begins))
    is_begun = (rows[:, Row.STATUS] >= Status.IN_PROGRESS) | (instants["ACTUAL_START"] != NONE)
    is_begun &= ~has_parts & (rows[:, Row.STATUS] != Status.CANCELLED)
    links = facts.links
    status = np.array([NONE if one.status_day is None else one.status_day + 1 for one in facts.projects], np.int64)
    plan = Plan(
        names=facts.names,
        epoch=epoch,
        durations=_durations(rows, begins, ends, is_manual, kinds, time),
        working_calendars=calendars,
        calendars=of_activity,
        is_elapsed=(rows[:, Row.IS_ELAPSED] == 1),
        predecessors=links[:, 0],
        successors=links[:, 1],
        link_kinds=links[:, 2],
        lags=links[:, 3],
        lag_kinds=links[:, 4],
        parents=parents,
        projects=rows[:, Row.PROJECT],
        project_starts=starts,
        constraints=rows[:, Row.CONSTRAINT],
        constraint_dates=instants["CONSTRAINT_AT"],
        deadlines=instants["DEADLINE"],
        actual_starts=np.where(is_begun, begun_at, NONE),
        actual_finishes=np.where(is_done, done_at, NONE),
        progress_ratios=np.where(has_parts, 0, rows[:, Row.PROGRESS]) / 10_000,
        status_at=np.where(status == NONE, NONE, (status - epoch_day) * DAY)[rows[:, Row.PROJECT]],
        is_manual=is_manual,
        manual_starts=begins,
        manual_finishes=ends,
        is_inactive=is_undated | (rows[:, Row.STATUS] == Status.CANCELLED),
        is_milestone=(rows[:, Row.IS_MILESTONE] == 1) & ~has_parts,
    )
    return Dated(plan, is_undated, epoch_day)


def _first(one: Numbers, other: Numbers) -> Numbers:
    return np.where(one != NONE, one, other)


def _project_starts(facts: Facts) -> tuple[Numbers, int]:
    """Each project's start in ticks: as planned, else with its first date, else today; and their epoch."""
    rows = facts.rows
    days = np.where(rows[:, Row.START_DAY] != NONE, rows[:, Row.START_DAY], rows[:, Row.FINISH_DAY])
    earliest = np.full(len(facts.projects), np.iinfo(np.int64).max)
    dated = days != NONE
    np.minimum.at(earliest, rows[dated, Row.PROJECT], days[dated])
    starts = []
    for one, first in zip(facts.projects, earliest.tolist(), strict=True):
        known = first if first != np.iinfo(np.int64).max else facts.today
        starts.append(known if one.start_day is None else one.start_day)
    epoch_day = min([*starts, *days[dated].tolist()], default=facts.today)
    return (np.array(starts, dtype=np.int64) - epoch_day) * DAY, epoch_day


def _instants(rows: Numbers, time: WorkingTime, calendars: Numbers, shift: int, epoch_day: int) -> dict[str, Numbers]:
    """Every date of the rows in ticks from the plan's epoch; where only a day is known, its first or last minute."""
    found = {}
    for name in ("CONSTRAINT_AT", "DEADLINE", "START", "FINISH", "ACTUAL_START", "ACTUAL_FINISH"):
        given = rows[:, Row[name]]
        found[name] = np.where(given != NONE, given - shift, NONE)
    for name in ("START", "FINISH", "ACTUAL_START", "ACTUAL_FINISH"):
        day = rows[:, Row[f"{name}_DAY"]]
        typed = np.flatnonzero((found[name] == NONE) & (day != NONE))
        if not len(typed):
            continue
        begin = (day[typed] - epoch_day) * DAY
        end, key = begin + DAY, calendars[typed]
        if name.endswith("START"):
            moved = time.next_working(begin, key)
            found[name][typed] = np.where(moved < end, moved, begin)
        else:
            moved = time.previous_working(end, key)
            found[name][typed] = np.where(moved > begin, moved, end)
    return found


def _manual(
    rows: Numbers, instants: Mapping[str, Numbers], is_manual: Flags, kinds: Numbers, time: WorkingTime
) -> tuple[Numbers, Numbers, Flags]:
    """Start and finish of what is scheduled by hand; one of the two dates gives the other by the duration."""
    begins, ends = instants["START"].copy(), instants["FINISH"].copy()
    is_milestone = rows[:, Row.IS_MILESTONE] == 1
    lengths = np.where(rows[:, Row.DURATION] != NONE, rows[:, Row.DURATION], np.where(is_milestone, 0, WORKING_DAY))
    begins = np.where(is_milestone & (ends != NONE), ends, begins)  # it stands at the end of its day
    for index in np.flatnonzero(is_manual & ((begins == NONE) != (ends == NONE))).tolist():
        key, length = int(kinds[index]), int(lengths[index])
        if begins[index] == NONE:
            begins[index] = ends[index] - length if key < 0 else time.shift(int(ends[index]), -length, key)
        else:
            ends[index] = begins[index] + length if key < 0 else time.shift(int(begins[index]), length, key)
    is_undated = is_manual & (begins == NONE)
    begins, ends = np.where(is_undated, 0, begins), np.where(is_undated, 0, ends)
    return begins, np.where(ends == NONE, NONE, np.maximum(begins, ends)), is_undated


def _durations(
    rows: Numbers, begins: Numbers, ends: Numbers, is_manual: Flags, kinds: Numbers, time: WorkingTime
) -> Numbers:
    """Durations in ticks: as given; by hand, what lies between the dates; else a day, or nothing of a milestone."""
    usual = np.where((rows[:, Row.IS_MILESTONE] == 1) | (rows[:, Row.IS_SUMMARY] == 1), 0, WORKING_DAY)
    given: Any = np.where(rows[:, Row.DURATION] != NONE, rows[:, Row.DURATION], usual)
    typed = np.flatnonzero(is_manual)
    if len(typed):
        span = ends[typed] - begins[typed]
        on_calendar = kinds[typed] >= 0
        worked = time.between(begins[typed], ends[typed], np.maximum(kinds[typed], 0))
        given[typed] = np.where(on_calendar, worked, span)
    return np.asarray(given, dtype=np.int64)
