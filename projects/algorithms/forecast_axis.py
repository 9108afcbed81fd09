"""One calendar's working time as a number, on which the delivery forecast adds up durations."""

import numpy as np
from numpy.typing import NDArray

from projects.algorithms.critical_path import Engine
from projects.algorithms.plan import Flags, Numbers
from resources.algorithms.calendars import DAY, SPAN, WorkingTime

Reals = NDArray[np.float64]
#: Places that lie no further apart are the same: single precision rounds.
ROUNDING = 2.0


class Axis:
    """The working time of one calendar, in ticks from an origin.

    Args:
        calendar: its number among those of the engine.
        first: an instant from which on the average working time of a day is taken, over a year.
    Attributes:
        per_day: working time in a calendar day, on average.
    """

    def __init__(self, engine: Engine, calendar: int, first: int) -> None:
        time = engine.time
        self.time = WorkingTime(time.calendars, time.epoch, time.first_day, time.last_day)
        self.calendar, self.origin = calendar, 0
        year = self.time.between(first, first + 364 * DAY, calendar)
        self.per_day = year / 364 if year > 0 else float(DAY)

    @classmethod
    def of(cls, engine: Engine, remaining: Flags) -> "Axis":
        """The axis of the calendar that most of what remains works on; day and night where none does."""
        clock = len(engine.plan.working_calendars)
        used = (engine.rules.key[engine.frame.rank_of] // SPAN)[remaining]
        values, counts = np.unique(used[used != clock], return_counts=True)
        calendar = int(values[np.argmax(counts)]) if len(values) else clock
        return cls(engine, calendar, int(engine.plan.project_starts.min(initial=0)))

    def places(self, instants: Numbers) -> Reals:
        """float64, where instants of the plan lie on the axis."""
        at = np.asarray(instants, dtype=np.int64)
        worked = self.time.between(np.zeros(len(at), dtype=np.int64), at, np.full(len(at), self.calendar))
        return np.asarray(worked - self.origin, dtype=np.float64)

    def place(self, instant: int) -> float:
        """The same of one instant."""
        return float(self.places(np.array([instant]))[0])

    def instant(self, place: float) -> int:
        """The first instant by which so much working time has passed."""
        return int(self.time.shift(0, round(place) + self.origin, self.calendar))
