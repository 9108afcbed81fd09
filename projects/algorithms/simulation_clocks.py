"""What a simulation knows of calendars: each activity counts its own working time, and links tell one from another.

On one calendar an instant is a number of ticks of working time, and what a link asks for is a sum. Between two
calendars the number is turned into the instant for which it stands, and that into a number of the other. What a number
stands for is clear where work has a length: it starts where the next work begins, and finishes where the last one ends.
Activities without length stand on the clock, at the instant itself, and are moved to working time as in the schedule.
"""

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from projects.algorithms.estimates import Reals
from projects.algorithms.plan import Flags, Numbers
from resources.algorithms.calendars import DAY, SPAN, TICKS_PER_MINUTE, WorkingTime

#: No limit.
NEVER, ALWAYS = np.inf, -np.inf
#: A lag that is working time of the successor itself.
OWN = -1
#: A table from one calendar to another has so many minutes at most, and is asked for so many numbers at least.
MOST_MINUTES, SEVERAL = 4_000_000, 500


@dataclass(frozen=True, slots=True)
class Limits:
    """Dates of constraints that hold an activity whatever it waits for; float64 (n), in its own working time.

    Work starts at the latest of what it waits for and `finish_floor` less its duration, but not after `start_cap`, nor
    later than leads to `finish_cap`; and in no case before `least`.
    """

    finish_floor: Reals
    start_cap: Reals
    finish_cap: Reals
    least: Reals

    def taken(self, order: Numbers) -> "Limits":
        """The same in another order."""
        return Limits(self.finish_floor[order], self.start_cap[order], self.finish_cap[order], self.least[order])

    @property
    def capped(self) -> Flags:
        """bool (n), what may start before what it waits for lets it."""
        capped: Flags = (self.start_cap < NEVER) | (self.finish_cap < NEVER)
        return capped

    @property
    def limited(self) -> Flags:
        """bool (n), what has any limit."""
        limited: Flags = self.capped | (self.finish_floor > ALWAYS)
        return limited


class Crossing(NamedTuple):
    """From one calendar to another, with a lag on a third or `OWN`."""

    source: int
    target: int
    lag: int


@dataclass(frozen=True, slots=True)
class Way:
    """From the working time of one calendar to that of another, minute by minute: a table instead of two searches.

    In each working minute of the first calendar the other one works all the time or not at all, as shifts begin and end
    with whole minutes and time is counted from a midnight.

    Args:
        step: the share of a tick by which a finish lies before the instant at which the next work may begin.
        begin: float64 (minutes), the other's working time at each minute's beginning, less what `slope` adds to it.
        slope: float64 (minutes), 1 where the other works, else 0.
        last: working time of the first calendar that the table covers.
    """

    step: float
    begin: Reals
    slope: Reals
    last: float

    def carry(self, places: Reals) -> Reals:
        """Numbers of the first calendar, from 1 to `last`, as numbers of the other."""
        minute = ((places - self.step) * (1 / TICKS_PER_MINUTE)).astype(np.int64)
        found: Reals = self.slope.take(minute)
        found *= places
        found += self.begin.take(minute)
        return found


class Ways:
    """The tables that are made so far; those of another horizon are forgotten."""

    def __init__(self) -> None:
        self._axis: Any = None
        self._made: dict[tuple[int, int, bool], Way | None] = {}

    def of(self, clocks: "Clocks", source: int, target: int, is_finish: bool) -> Way | None:
        """The table from one calendar to another; None where it would be too long."""
        if self._axis is not clocks.time.axis:
            self._axis, self._made = clocks.time.axis, {}
        key = (source, target, is_finish)
        if key not in self._made:
            self._made[key] = _way(clocks, source, target, is_finish)
        return self._made[key]


def _way(clocks: "Clocks", source: int, target: int, is_finish: bool) -> Way | None:
    last = int(clocks.places(np.array([clocks.time.last - DAY]), source)[0]) // TICKS_PER_MINUTE
    if not 0 < last <= MOST_MINUTES or clocks.origin % DAY:
        return None
    edges = np.arange(last + 1, dtype=np.float64) * TICKS_PER_MINUTE
    begins = clocks.instants(edges, source, is_finish=False)
    at, after = clocks.places(begins, target), clocks.places(begins + TICKS_PER_MINUTE, target)
    slope = (after - at) / TICKS_PER_MINUTE
    return Way(0.5 if is_finish else 0.0, at - slope * edges, slope, float(last * TICKS_PER_MINUTE))


@dataclass(frozen=True)
class Clocks:
    """The calendars of n activities; the last calendar of `time` is the clock, day and night.

    Args:
        origin: the instant from which working time is counted on each calendar; a midnight.
        calendar: int64 (n), on which an activity counts.
        snap: int64 (n), of what stands on the clock, the calendar to whose working time its start is moved; -1 of none.
        is_milestone: bool (n), one that is moved may stand where work ends; and at `base`, int64 (n), an instant.
        known, instant: float64 and int64 (n), a finish and the instant for which that one stands.
    """

    time: WorkingTime
    origin: int
    calendar: Numbers
    snap: Numbers
    is_milestone: Flags
    base: Numbers
    known: Reals
    instant: Numbers
    ways: Ways = field(default_factory=Ways)

    def taken(self, order: Numbers) -> "Clocks":
        """The same in another order."""
        return replace(
            self,
            calendar=self.calendar[order],
            snap=self.snap[order],
            is_milestone=self.is_milestone[order],
            base=self.base[order],
            known=self.known[order],
            instant=self.instant[order],
        )

    @property
    def clock(self) -> int:
        """The number of day and night."""
        return len(self.time.calendars) - 1

    def _offset(self, calendar: int) -> int:
        return int(self.time.axis.work(np.array(self.origin), np.array(calendar * SPAN)))

    def instants(self, places: Reals, calendar: int, is_finish: bool) -> Numbers:
        """The instants for which numbers of a calendar stand."""
        whole = places.astype(np.int64)
        if calendar == self.clock:
            return whole + self.origin
        axis, key = self.time.axis, np.array(calendar * SPAN)
        whole += self._offset(calendar)
        return axis.finish_at(whole, key) if is_finish else axis.start_at(whole, key)

    def places(self, instants: Numbers, calendar: int) -> Reals:
        """Instants as numbers of a calendar."""
        if calendar == self.clock:
            return np.asarray(instants - self.origin, dtype=np.float64)
        worked = self.time.axis.work(instants, np.array(calendar * SPAN)) - self._offset(calendar)
        return np.asarray(worked, dtype=np.float64)

    def carry(self, places: Reals, crossing: Crossing, is_finish: bool, lag: Any) -> Reals:
        """Starts or finishes of predecessors as numbers of the successors' calendar.

        Args:
            lag: float64, to be broadcast, or None where it is `OWN`.
        """
        way = None
        if lag is None and places.size >= SEVERAL and places.min() >= 1:
            way = self.ways.of(self, crossing.source, crossing.target, is_finish)
        if way is not None and places.max() < way.last:
            return way.carry(places)
        instants = self.instants(places, crossing.source, is_finish)
        if lag is not None:
            key = np.array(crossing.lag * SPAN)
            instants = self.time.axis.shift(instants, np.asarray(lag).astype(np.int64), key)
        return self.places(instants, crossing.target)

    def carried(
        self, holds: Reals, tails: Numbers, heads: Numbers, is_finish: Flags, lag: Reals, lag_calendar: Numbers
    ) -> Reals:
        """What links (m) ask for in their successors' time, from dates `holds` of their predecessors in theirs."""
        answer: Reals = holds + lag
        source, target = self.calendar[tails], self.calendar[heads]
        crosses = np.flatnonzero((source != target) | (lag_calendar != OWN))
        ways = np.column_stack((source, target, lag_calendar, is_finish))[crosses]
        found, which = np.unique(ways, axis=0, return_inverse=True)
        for number, (one, other, runs, finishes) in enumerate(found.tolist()):
            at = crosses[which.reshape(-1) == number]
            given = None if runs == OWN else lag[at]
            answer[at] = self.carry(holds[at], Crossing(one, other, runs), bool(finishes), given)
            answer[at] += lag[at] if runs == OWN else 0.0
        return answer

    def moved(self, places: Reals, rows: Numbers) -> Reals:
        """Starts on the clock, (rows, samples), moved to working time; see `compiling.next_start`."""
        axis, key = self.time.axis, (self.snap[rows] * SPAN)[:, None]
        at = places.astype(np.int64) + self.origin
        stays = (axis.previous_working(at, key) == at) | (at == self.base[rows][:, None])
        stays &= self.is_milestone[rows][:, None]
        return np.asarray(np.where(stays, at, axis.next_working(at, key)) - self.origin, dtype=np.float64)

    def moments(self, finishes: Reals, rows: Numbers) -> Reals:
        """float64 (rows, samples), the finishes of some activities on the clock."""
        found: Reals = np.empty((len(rows), finishes.shape[1]), dtype=np.float64)
        for calendar in np.unique(self.calendar[rows]).tolist():
            some = np.flatnonzero(self.calendar[rows] == calendar)
            at = rows[some]
            own = finishes.take(at, axis=0)
            moments = self.instants(own, calendar, is_finish=True)
            known = self.instant[at][:, None]
            found[some] = np.where(own == self.known[at][:, None], known, moments) - self.origin
        return found


def ends_of(members: Numbers, tails: Numbers, heads: Numbers, size: int) -> Numbers:
    """Those of some activities after which no other of them is known to finish.

    Args:
        tails, heads: ends of the links after which the successor never finishes before its predecessor.
    """
    if len(members) < 2:
        return members
    inside = np.zeros(size, dtype=bool)
    inside[members] = True
    is_last = inside.copy()
    is_last[tails[inside[heads] & inside[tails]]] = False
    found: Numbers = np.flatnonzero(is_last)
    return found
