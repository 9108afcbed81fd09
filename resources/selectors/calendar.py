"""What pages of working calendars show beside the rows themselves."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.models import User
from resources.algorithms.calendar_rows import DAY_NAMES, FIRST_YEAR, LAST_YEAR, calendar_of
from resources.algorithms.calendar_texts import text_of, week_in_words
from resources.algorithms.calendar_year import Day, Month, months_of
from resources.algorithms.calendars import Calendar as EngineCalendar
from resources.models import Calendar, office_week

KINDS = (
    ("work", "working"),
    ("off", "off by the week"),
    ("holiday", "day off"),
    ("different", "other hours"),
    ("away", "away"),
    ("gone", "not employed"),
)


@dataclass(frozen=True)
class Start:
    """A ready calendar to begin a new one with."""

    key: str
    name: str
    week: list[list[list[int]]]

    @property
    def words(self) -> str:
        return week_in_words(self.week)

    @property
    def url(self) -> str:
        return f"{reverse('resources:calendar-create')}?start={self.key}"


#: Microsoft Project's three base calendars.
STARTS = (
    Start("standard", "Standard", office_week()),
    Start("24-hours", "24 hours", [[[0, 1440]] for _ in range(7)]),
    Start(
        "night-shift",
        "Night shift",
        [
            [[1380, 1440]],
            *([[0, 180], [240, 480], [1380, 1440]] for _ in range(4)),
            [[0, 180], [240, 480]],
            [],
        ],
    ),
)


@dataclass(frozen=True)
class Square:
    """A day in the picture of a year: how it looks, what it says."""

    kind: str
    text: str


@dataclass(frozen=True)
class Row:
    """A month of the picture, and its sums."""

    month: Month
    squares: list[Square]


@dataclass(frozen=True)
class Year:
    """A year of a calendar, as a picture and as sums by month; `before` and `after` are the years beside it."""

    number: int
    rows: list[Row]
    before: int | None
    after: int | None

    @property
    def working_days(self) -> int:
        return sum(row.month.working_days for row in self.rows)

    @property
    def hours(self) -> float:
        return sum(row.month.hours for row in self.rows)

    @property
    def kinds(self) -> tuple[tuple[str, str], ...]:
        """The kinds of days that there are, for the legend."""
        found = {square.kind for row in self.rows for square in row.squares}
        return tuple(kind for kind in KINDS if kind[0] in found)


def year_of(calendar: EngineCalendar, number: int) -> Year:
    """A year of an engine's calendar."""
    return Year(
        number=number,
        rows=[Row(month, [_square(day) for day in month.days]) for month in months_of(calendar, number)],
        before=number - 1 if number > FIRST_YEAR else None,
        after=number + 1 if number < LAST_YEAR else None,
    )


def _square(day: Day) -> Square:
    hours = f"{day.minutes / 60:g} h" if day.minutes else "off"
    return Square(day.kind, f"{day.date:%a} {day.date.day} {day.date:%b %Y}: {hours}")


def year_of_row(calendar: Calendar, asked: str, today: datetime.date) -> Year:
    """A year of a stored calendar: the one the address asks for, else the present one."""
    is_year = asked.isascii() and asked.isdigit() and FIRST_YEAR <= int(asked[:5]) <= LAST_YEAR
    engine = calendar_of(calendar.name, calendar.week, calendar.exceptions, calendar.effective_weeks)
    return year_of(engine, int(asked) if is_year and len(asked) == 4 else today.year)


def week_rows(calendar: Calendar) -> list[tuple[str, str]]:
    """The days of a calendar's week with their hours."""
    return [(name, text_of(shifts)) for name, shifts in zip(DAY_NAMES, calendar.week, strict=True)]


@dataclass(frozen=True)
class DatedRow:
    """An exception or another week as a table shows it."""

    name: str
    first: datetime.date
    last: datetime.date
    hours: str


def exception_rows(calendar: Calendar) -> list[DatedRow]:
    """A calendar's exceptions by date."""
    rows = [_dated(row, text_of(row["shifts"])) for row in calendar.exceptions]
    return sorted(rows, key=lambda row: (row.first, row.last))


def other_weeks(calendar: Calendar) -> list[DatedRow]:
    """A calendar's other weeks by date."""
    rows = [_dated(row, week_in_words(row["week"])) for row in calendar.effective_weeks]
    return sorted(rows, key=lambda row: (row.first, row.last))


def _dated(row: Any, hours: str) -> DatedRow:
    first, last = (datetime.date.fromisoformat(row[key]) for key in ("first", "last"))
    return DatedRow(row.get("name", ""), first, last, hours)


def start_of(user: User, key: str, copied: str) -> dict[str, Any]:
    """What a new calendar begins with: a ready one, a copy of one that the person may see, or the standard week."""
    if copied.isascii() and copied.isdigit() and len(copied) < 10:
        row = Calendar.objects.visible_to(user).filter(pk=int(copied)).first()
        if row is not None:
            hours = {name: getattr(row, name) for name in ("week", "exceptions", "effective_weeks")}
            return {"name": f"Copy of {row.name}"[:200], **hours}
    start = next((one for one in STARTS if one.key == key), None)
    if start is None:
        return {"name": "", "week": office_week(), "exceptions": [], "effective_weeks": []}
    return {"name": start.name, "week": start.week, "exceptions": [], "effective_weeks": []}
