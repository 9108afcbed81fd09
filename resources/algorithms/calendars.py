"""Working-time calendars to the minute: next and previous working instant, adding and counting working time.

**The unit of time is the tick, a tenth of a minute, as int64 from an epoch that the plan names.** Microsoft Project
keeps dates, durations and lags as whole tenths of a minute (MSPDI writes lags so): ticks lose nothing and never round,
and 64 bits of them reach far beyond any calendar. `to_ticks` and `to_datetime` convert at the edge.

Several calendars are laid one behind the other on a single axis (calendar `c` is shifted by `c * SPAN`), so that one
binary search answers for many activities on many calendars at once. Within the horizon the axis is exact; outside it
all time counts as working, so that a date beyond the horizon shows itself and the horizon is extended.

Source: prefix sums of working time per interval and binary search; the rule that a start falls on the next working
instant and a finish on the previous one is Microsoft Project's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Times = NDArray[np.int64]
Shifts = tuple[tuple[int, int], ...]

TICKS_PER_MINUTE = 10
DAY = 24 * 60 * TICKS_PER_MINUTE
#: Eight hours of work: what Microsoft Project takes for a day where nothing else is said.
WORKING_DAY = 8 * 60 * TICKS_PER_MINUTE
#: Distance between two calendars on the common axis; half of it is the largest instant that can be told apart.
SPAN = 1 << 46
#: No plan lasts longer than this from its epoch, in days: about 400 years each way.
LONGEST_DAYS = 146_097
#: The horizon that a set of calendars begins with, in days before and after the instants that it must hold.
MARGIN_DAYS = 800
#: No duration, lag or delay is longer: 100 years.
LONGEST_TICKS = 36_525 * DAY

NIGHT_AND_DAY: Shifts = ((0, 1440),)
OFFICE_HOURS: Shifts = ((480, 720), (780, 1020))


class NoWorkingTime(ValueError):
    """A calendar in which nothing can ever be done, or not within any time that a plan may take."""


@dataclass(frozen=True, slots=True)
class CalendarException:
    """Days that differ from the week: a holiday (no shifts) or days worked at other hours.

    Shifts are minutes from midnight; one may end after 1,440, on the next day.
    """

    first: date
    last: date
    shifts: Shifts = ()


@dataclass(frozen=True, slots=True)
class EffectiveWeek:
    """Another week pattern between two days, such as summer hours. Monday comes first."""

    first: date
    last: date
    week: tuple[Shifts, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """When work can be done: a week from Monday, other weeks for a time, and dated exceptions, which win over both.

    Args:
        week: seven tuples of shifts; a shift is (from, to) in minutes from midnight, and may end past 1,440.
        exceptions: the first that holds a day decides it.
        within: work is done only where this other calendar works as well.
    """

    name: str
    week: tuple[Shifts, ...]
    exceptions: tuple[CalendarException, ...] = ()
    effective_weeks: tuple[EffectiveWeek, ...] = ()
    within: "Calendar | None" = None

    def __post_init__(self) -> None:
        patterns = [
            *self.week,
            *(e.shifts for e in self.exceptions),
            *(s for e in self.effective_weeks for s in e.week),
        ]
        if len(self.week) != 7 or any(len(other.week) != 7 for other in self.effective_weeks):
            raise ValueError(f"The calendar “{self.name}” needs seven days in its week, from Monday.")
        if any(not 0 <= start < end <= 2880 or start >= 1440 for shifts in patterns for start, end in shifts):
            raise ValueError(
                f"The calendar “{self.name}” has a shift that does not begin on its day and end after that."
            )


STANDARD = Calendar("Standard", (OFFICE_HOURS,) * 5 + ((), ()))
ALWAYS = Calendar("24 hours", (NIGHT_AND_DAY,) * 7)


def to_ticks(moment: datetime, epoch: datetime) -> int:
    """Ticks from the epoch to a moment; seconds that are no whole tick are cut off."""
    return (moment - epoch) // timedelta(seconds=60 // TICKS_PER_MINUTE)


def to_datetime(ticks: int, epoch: datetime) -> datetime:
    """The moment that lies so many ticks after the epoch."""
    return epoch + timedelta(seconds=int(ticks) * 60 // TICKS_PER_MINUTE)


def working_intervals(calendar: Calendar, epoch: datetime, first_day: int, last_day: int) -> tuple[Times, Times]:
    """Starts and ends of the working intervals between two days.

    Args:
        epoch: midnight of a day.
        first_day: days after the epoch, may be negative; `last_day` is left out.
    Returns:
        Two int64 arrays of ticks, ascending; intervals neither overlap nor touch and lie within the days.
    Cost: O(days + exceptions).
    """
    days = np.arange(first_day - 1, last_day, dtype=np.int64)  # a shift of the day before may end in the first day
    patterns = pattern_of_days(calendar, epoch, days)
    shifts = [
        *calendar.week,
        *(s for e in calendar.effective_weeks for s in e.week),
        *(e.shifts for e in calendar.exceptions),
    ]
    counts = np.array([len(one) for one in shifts], dtype=np.int64)
    flat = np.array([shift for one in shifts for shift in one], dtype=np.int64).reshape(-1, 2) * TICKS_PER_MINUTE
    offsets = np.concatenate(([0], np.cumsum(counts)))[:-1]
    many = counts[patterns]
    which = np.repeat(offsets[patterns] - np.concatenate(([0], np.cumsum(many)))[:-1], many) + np.arange(many.sum())
    midnight = np.repeat(days * DAY, many)
    starts, ends = _merged(midnight + flat[which, 0], midnight + flat[which, 1])
    starts, ends = np.maximum(starts, first_day * DAY), np.minimum(ends, last_day * DAY)
    starts, ends = starts[starts < ends], ends[starts < ends]
    if calendar.within is None:
        return starts, ends
    return _intersection((starts, ends), working_intervals(calendar.within, epoch, first_day, last_day))


def pattern_of_days(calendar: Calendar, epoch: datetime, days: Times) -> Times:
    """For each day the number of its pattern: the week's, then the effective weeks', then the exceptions'."""
    start = epoch.date()
    weekdays = (days + start.weekday()) % 7
    patterns = weekdays.copy()
    for index, other in reversed(list(enumerate(calendar.effective_weeks, start=1))):
        hit = slice(*_span(other.first, other.last, start, days))
        patterns[hit] = weekdays[hit] + 7 * index
    begin = 7 * (1 + len(calendar.effective_weeks))
    for index, exception in reversed(list(enumerate(calendar.exceptions, start=begin))):
        patterns[slice(*_span(exception.first, exception.last, start, days))] = index
    return patterns


def _span(first: date, last: date, start: date, days: Times) -> tuple[int, int]:
    base = int(days[0])
    return max((first - start).days - base, 0), max((last - start).days + 1 - base, 0)


def _merged(starts: Times, ends: Times) -> tuple[Times, Times]:
    if not len(starts):
        return starts, ends
    order = np.argsort(starts, kind="stable")
    starts, ends = starts[order], np.maximum.accumulate(ends[order])
    fresh = np.concatenate(([True], starts[1:] > ends[:-1]))
    return starts[fresh], ends[np.concatenate((np.flatnonzero(fresh)[1:] - 1, [len(ends) - 1]))]


def _intersection(one: tuple[Times, Times], two: tuple[Times, Times]) -> tuple[Times, Times]:
    edges = np.concatenate((*one, *two))
    steps = np.concatenate(
        [np.full(len(part), step) for pair in (one, two) for part, step in zip(pair, (1, -1), strict=True)]
    )
    order = np.lexsort((steps, edges))
    edges, depth = edges[order], np.cumsum(steps[order])
    both = np.flatnonzero(depth[:-1] == 2)
    starts, ends = edges[both], edges[both + 1]
    return starts[starts < ends], ends[starts < ends]


@dataclass(slots=True)
class WorkingTime:
    """The working time of several calendars over a horizon, which grows as later or earlier instants are asked for.

    Methods take `at`, ticks from the epoch (a number or an int64 array), and `calendar`, the index or indices of the
    calendars in `calendars`; they return what `at` was, a number or an array. `axis` is for callers that do their own
    arithmetic over many instants and then call `extend` when a result lies outside `first` and `last`.

    Raises:
        NoWorkingTime: a calendar has no working time within 400 years of the epoch.
    Cost: building O(days of the horizon) for each calendar; each question O(log intervals) for each instant.
    """

    calendars: Sequence[Calendar]
    epoch: datetime
    first_day: int = -MARGIN_DAYS
    last_day: int = MARGIN_DAYS
    axis: "Axis" = field(init=False)

    def __post_init__(self) -> None:
        if (self.epoch.hour, self.epoch.minute, self.epoch.second, self.epoch.microsecond) != (0, 0, 0, 0):
            raise ValueError("The epoch of a plan is midnight of a day.")
        for calendar in self.calendars:
            refuse_idle(calendar)
        self._build()

    def _build(self) -> None:
        lists = [working_intervals(one, self.epoch, self.first_day, self.last_day) for one in self.calendars]
        self.axis = Axis(lists, self.first_day * DAY, self.last_day * DAY)

    @property
    def first(self) -> int:
        """The first instant of the horizon, in ticks."""
        return self.first_day * DAY

    @property
    def last(self) -> int:
        """The end of the horizon, in ticks."""
        return self.last_day * DAY

    def extend(self, earliest: int, latest: int) -> None:
        """Make the horizon hold two instants with room to spare; at least double the side that was too short."""
        if earliest <= self.first:
            self.first_day = self._wider(self.first_day, earliest)
        if latest >= self.last:
            self.last_day = self._wider(self.last_day, latest)
        self._build()

    def _wider(self, side: int, instant: int) -> int:
        if abs(side) >= LONGEST_DAYS:
            raise NoWorkingTime(
                "The plan reaches further than 400 years: a duration, a lag or a date is far too large, or a calendar "
                "has almost no working time."
            )
        wanted = max(2 * abs(side), abs(instant) // DAY + MARGIN_DAYS)
        return min(wanted, LONGEST_DAYS) * (1 if side > 0 else -1)

    def next_working(self, at: ArrayLike, calendar: ArrayLike = 0) -> Any:
        """The first instant, not before `at`, at which work can begin."""
        return self._ask("next_working", at, calendar)

    def previous_working(self, at: ArrayLike, calendar: ArrayLike = 0) -> Any:
        """The last instant, not after `at`, at which work can end."""
        return self._ask("previous_working", at, calendar)

    def shift(self, at: ArrayLike, amount: ArrayLike, calendar: ArrayLike = 0) -> Any:
        """Go on by working time: forwards to the end of work, backwards (negative) to its beginning; 0 stays."""
        return self._ask("shift", at, calendar, amount)

    def between(self, start: ArrayLike, end: ArrayLike, calendar: ArrayLike = 0) -> Any:
        """Ticks of working time from one instant to another; negative where `end` lies before `start`."""
        start, end, keys = (np.asarray(part, dtype=np.int64) for part in (start, end, calendar))
        self._cover(start)
        self._cover(end)
        answer = self.axis.work(end, keys * SPAN) - self.axis.work(start, keys * SPAN)
        return answer if answer.ndim else int(answer)

    def _ask(self, question: str, at: ArrayLike, calendar: ArrayLike, *more: ArrayLike) -> Any:
        instants, keys = np.asarray(at, dtype=np.int64), np.asarray(calendar, dtype=np.int64) * SPAN
        extra = [np.asarray(one, dtype=np.int64) for one in more]
        if any(np.abs(one).max(initial=0) > LONGEST_TICKS for one in extra):
            raise NoWorkingTime("No duration, lag or delay may be longer than 100 years.")
        self._cover(instants)
        while True:
            answer = getattr(self.axis, question)(instants, *extra, keys)
            if not answer.size or (answer.min() > self.first and answer.max() < self.last):
                return answer if answer.ndim else int(answer)
            self.extend(int(answer.min()), int(answer.max()))

    def _cover(self, instants: Times) -> None:
        if instants.size and (instants.min() <= self.first or instants.max() >= self.last):
            self.extend(int(instants.min()), int(instants.max()))


def refuse_idle(calendar: Calendar) -> None:
    """Refuse a calendar that never works.

    Raises:
        NoWorkingTime: neither its week nor any exception has a shift.
    """
    weeks = [calendar.week, *(other.week for other in calendar.effective_weeks)]
    if not any(shifts for week in weeks for shifts in week) and not any(one.shifts for one in calendar.exceptions):
        raise NoWorkingTime(f"The calendar “{calendar.name}” has no working time, so nothing on it can be scheduled.")
    if calendar.within is not None:
        refuse_idle(calendar.within)


class Axis:
    """Working intervals of all calendars on one ascending axis: the arithmetic behind `WorkingTime`, unchecked.

    `key` is the calendar's index times `SPAN`. All arrays are int64; `work` counts carry the key as well, so that they
    can be compared and turned back. Instants outside the horizon count as working time.
    """

    __slots__ = ("ends", "first", "last", "lengths", "starts", "work_ends", "work_starts")

    def __init__(self, lists: Sequence[tuple[Times, Times]], first: int, last: int) -> None:
        half = SPAN // 2
        self.first, self.last = first, last
        starts, ends, works = [], [], []
        for index, (begin, end) in enumerate(lists):
            key = index * SPAN
            begin = np.concatenate(([1 - half], begin, [last]))
            end = np.concatenate(([first], end, [half - 1]))
            keep = begin < end
            begin, end = begin[keep], end[keep]
            before = np.concatenate(([0], np.cumsum(end - begin)))[:-1] + (1 - half)
            starts.append(begin + key)
            ends.append(end + key)
            works.append(before + key)
        self.starts: Times = np.concatenate(starts) if starts else np.zeros(0, np.int64)
        self.ends: Times = np.concatenate(ends) if ends else np.zeros(0, np.int64)
        self.work_starts: Times = np.concatenate(works) if works else np.zeros(0, np.int64)
        self.lengths: Times = self.ends - self.starts
        self.work_ends: Times = self.work_starts + self.lengths

    def work(self, at: Times, key: Times) -> Times:
        """Working time before `at`, with the key and from a beginning of its own: only differences mean something."""
        place = at + key
        index = self.starts.searchsorted(place, "right") - 1
        return self.work_starts[index] + np.minimum(place - self.starts[index], self.lengths[index])

    def start_at(self, work: Times, key: Times) -> Times:
        """The last instant with so much working time before it: where the next work begins."""
        index = self.work_starts.searchsorted(work, "right") - 1
        return self.starts[index] + (work - self.work_starts[index]) - key

    def finish_at(self, work: Times, key: Times) -> Times:
        """The first instant with so much working time before it: where the work so far ends."""
        index = self.work_ends.searchsorted(work, "left")
        return self.ends[index] - (self.work_ends[index] - work) - key

    def next_working(self, at: Times, key: Times) -> Times:
        """See `WorkingTime.next_working`."""
        place = at + key
        return np.maximum(place, self.starts[self.ends.searchsorted(place, "right")]) - key

    def previous_working(self, at: Times, key: Times) -> Times:
        """See `WorkingTime.previous_working`."""
        place = at + key
        return np.minimum(place, self.ends[self.starts.searchsorted(place, "left") - 1]) - key

    def add(self, at: Times, amount: Times, key: Times) -> Times:
        """Forwards by an amount of 0 or more."""
        return np.where(amount > 0, self.finish_at(self.work(at, key) + amount, key), at)

    def subtract(self, at: Times, amount: Times, key: Times) -> Times:
        """Backwards by an amount of 0 or more."""
        return np.where(amount > 0, self.start_at(self.work(at, key) - amount, key), at)

    def shift(self, at: Times, amount: Times, key: Times) -> Times:
        """See `WorkingTime.shift`."""
        work = self.work(at, key) + amount
        moved = np.where(amount > 0, self.finish_at(work, key), self.start_at(work, key))
        return np.where(amount == 0, at, moved)
