"""Working time as numbers on which the delivery forecast adds up durations: of one calendar, or each activity's own."""

import numpy as np
from numpy.typing import NDArray

from projects.algorithms.critical_path import Engine
from projects.algorithms.plan import Numbers
from resources.algorithms.calendars import DAY, SPAN, WorkingTime

Reals = NDArray[np.float64]
#: Of one calendar, in single precision.
ROUNDING = 2.0


class Axis:
    """Working time in ticks from an instant.

    Attributes:
        calendar: the calendar of all, or the clock where activities have several; finishes are told on it.
        is_shared: everything counts on `calendar`.
        origin: the instant from which each calendar is counted.
        rounding: places that lie no further apart are the same.
        per_day: working time in a calendar day, on average over a year.
    """

    def __init__(self, engine: Engine, calendar: int, *, is_shared: bool, origin: int) -> None:
        time = engine.time
        self.time = WorkingTime(time.calendars, time.epoch, time.first_day, time.last_day)
        self.calendar, self.is_shared, self.origin = calendar, is_shared, origin
        self.rounding = ROUNDING if is_shared else 0.0
        first = int(engine.plan.project_starts.min(initial=0))
        year = self.time.between(first, first + 364 * DAY, calendar)
        self.per_day = year / 364 if year > 0 else float(DAY)

    @classmethod
    def of(cls, engine: Engine, ranks: Numbers, links: Numbers, origin: int) -> "Axis":
        """One calendar if the activities at `ranks` and the lags of `links` all run on it, day and night if none does;
        else the clock."""
        rules, clock = engine.rules, len(engine.plan.working_calendars)
        lagged = links[rules.lag[links] != 0]
        used = np.unique(np.concatenate((rules.key[ranks], rules.lag_key[lagged]))) // SPAN
        is_shared = len(used) < 2
        return cls(engine, int(used[0]) if len(used) == 1 else clock, is_shared=is_shared, origin=origin)

    def places(self, instants: Numbers, calendars: Numbers) -> Reals:
        """float64, where instants of the plan lie, each on a calendar."""
        at = np.asarray(instants, dtype=np.int64)
        worked = self.time.between(np.full(len(at), self.origin), at, np.asarray(calendars, dtype=np.int64))
        return np.asarray(worked, dtype=np.float64)

    def place(self, instant: int) -> float:
        """Where an instant lies among the finishes."""
        return float(self.places(np.array([instant]), np.array([self.calendar]))[0])

    def instant(self, place: float) -> int:
        """The first instant by which so much time has passed."""
        return int(self.time.shift(self.origin, round(place), self.calendar))
