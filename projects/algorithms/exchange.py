"""A project's plan as it travels between Portolan and other programs: plain facts, in our own terms.

Readers of files make one, writers of files take one, services keep one and selectors gather one, so that a round trip
is a comparison of two values. Lengths are minutes to the tenth, instants naive, money a Decimal.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

#: The number by which links and baselines name the project itself: its root summary.
ROOT = 0


@dataclass(frozen=True, slots=True)
class ExchangedCalendar:
    """A working calendar as its row keeps it (`resources.models.Calendar`)."""

    name: str
    week: list[Any]
    exceptions: list[dict[str, Any]] = field(default_factory=list)
    effective_weeks: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ExchangedActivity:
    """An activity. `number` counts from 1 down the outline; `calendar` is a name, empty for the project's."""

    number: int
    level: int
    name: str
    kind: str = "task"
    status: str = "not_started"
    description: str = ""
    external_key: str = ""
    progress_ratio: Decimal = Decimal(0)
    is_manual: bool = False
    is_elapsed: bool = False
    duration_minutes: Decimal | None = None
    work_minutes: Decimal | None = None
    start_at: datetime | None = None
    finish_at: datetime | None = None
    actual_start_at: datetime | None = None
    actual_finish_at: datetime | None = None
    planned_cost_amount: Decimal | None = None
    actual_cost_amount: Decimal | None = None
    constraint_type: str = "asap"
    constraint_at: datetime | None = None
    deadline_at: datetime | None = None
    calendar: str = ""
    optimistic_minutes: Decimal | None = None
    likely_minutes: Decimal | None = None
    pessimistic_minutes: Decimal | None = None
    delay_group: str = ""


@dataclass(frozen=True, slots=True)
class ExchangedLink:
    """The successor waits for the predecessor; both are numbers of activities, or `ROOT`."""

    predecessor: int
    successor: int
    link_type: str = "fs"
    lag_unit: str = "working"
    lag_minutes: Decimal = Decimal(0)
    lag_ratio: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class ExchangedBaselineRow:
    """What a baseline says of one activity."""

    start_at: datetime | None
    finish_at: datetime | None
    duration_minutes: Decimal | None
    work_minutes: Decimal | None
    cost_amount: Decimal | None


@dataclass(frozen=True, slots=True)
class ExchangedBaseline:
    """A baseline by the number that Microsoft Project gives it, 0 to 10; rows by number of activity, or `ROOT`."""

    number: int
    rows: Mapping[int, ExchangedBaselineRow]


@dataclass(frozen=True, slots=True)
class ExchangedPlan:
    """A project with all of its plan that is kept. Calendars stand in the order of their names."""

    name: str
    description: str = ""
    external_key: str = ""
    start_at: datetime | None = None
    finish_at: datetime | None = None
    status_date: date | None = None
    calendar: str = ""
    currency: str = ""
    calendars: tuple[ExchangedCalendar, ...] = ()
    activities: tuple[ExchangedActivity, ...] = ()
    links: tuple[ExchangedLink, ...] = ()
    baselines: tuple[ExchangedBaseline, ...] = ()

    @property
    def row_count(self) -> int:
        """How many rows it takes to keep it."""
        return len(self.activities) + len(self.links) + sum(len(one.rows) for one in self.baselines)


@dataclass(frozen=True, slots=True)
class CrossingLink:
    """A link between two plans that travel together: the place of a plan and a number in it, at both ends."""

    predecessor: tuple[int, int]
    successor: tuple[int, int]
    link: ExchangedLink


def first_day(moment: datetime | None) -> date | None:
    """The day on which something starts."""
    return None if moment is None else moment.date()


def last_day(start: datetime | None, finish: datetime | None) -> date | None:
    """The day of the last minute before a finish: what finishes at midnight finished on the day before."""
    if finish is None:
        return None
    is_midnight = (finish.hour, finish.minute, finish.second) == (0, 0, 0)
    if is_midnight and (start is None or finish > start):
        return date.fromordinal(finish.toordinal() - 1)
    return finish.date()
