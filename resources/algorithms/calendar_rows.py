"""Working calendars between their stored rows (JSON) and the engine, with a sentence for each that means nothing."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from resources.algorithms.calendars import (
    Calendar,
    CalendarException,
    EffectiveWeek,
    Shifts,
    refuse_idle,
)

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MINUTES_PER_DAY = 1440
FIRST_YEAR, LAST_YEAR = 1900, 2500
MOST_EXCEPTIONS = 2000
MOST_WEEKS = 200
MOST_SHIFTS = 48
LONGEST_NAME = 200


class BadCalendar(ValueError):
    """A calendar's row that cannot be meant; the sentence names the place.

    Args:
        column: the column it stands in: `week`, `exceptions` or `effective_weeks`.
        index: which day, exception or other week it is, from 0; None where all are meant.
    """

    def __init__(self, sentence: str, column: str, index: int | None = None) -> None:
        super().__init__(sentence)
        self.column, self.index = column, index


def calendar_of(name: str, week: Any, exceptions: Any = (), effective_weeks: Any = ()) -> Calendar:
    """The engine's calendar of a stored row.

    Args:
        name: for the sentences of the engine.
        week: seven days from Monday, each a list of shifts `[from, to]` in minutes from midnight.
        exceptions: objects with `name`, `first`, `last` (ISO dates) and `shifts`; no shifts is a day off.
        effective_weeks: objects with `name`, `first`, `last` and `week`.
    Raises:
        BadCalendar: a part is no such thing; the sentence says which and why.
        NoWorkingTime: neither the weeks nor the exceptions have a shift.
    Cost: O(shifts + exceptions).
    """
    calendar = Calendar(
        name=name,
        week=_week(week, "", "week", None),
        exceptions=tuple(
            CalendarException(
                *_span(row, place, "exceptions", index), _shifts(row["shifts"], place, "exceptions", index)
            )
            for index, place, row in _rows(exceptions, "exceptions", "shifts", MOST_EXCEPTIONS)
        ),
        effective_weeks=tuple(
            EffectiveWeek(
                *_span(row, place, "effective_weeks", index), _week(row["week"], place, "effective_weeks", index)
            )
            for index, place, row in _rows(effective_weeks, "effective_weeks", "week", MOST_WEEKS)
        ),
    )
    refuse_idle(calendar)
    return calendar


def rows_of(calendar: Calendar) -> dict[str, Any]:
    """The stored columns `week`, `exceptions` and `effective_weeks` of an engine's calendar; names are not its matter.

    Raises:
        ValueError: the calendar works only within another one, which a row cannot say.
    """
    if calendar.within is not None:
        raise ValueError(f"The calendar “{calendar.name}” works within another one and cannot be kept as one row.")
    return {
        "week": _lists(calendar.week),
        "exceptions": [
            {"name": "", "first": one.first.isoformat(), "last": one.last.isoformat(), "shifts": _pairs(one.shifts)}
            for one in calendar.exceptions
        ],
        "effective_weeks": [
            {"name": "", "first": one.first.isoformat(), "last": one.last.isoformat(), "week": _lists(one.week)}
            for one in calendar.effective_weeks
        ],
    }


def minutes_of(shifts: Any) -> int:
    """Working minutes of a day's shifts, which do not overlap."""
    return sum(end - start for start, end in shifts)


def _pairs(shifts: Shifts) -> list[list[int]]:
    return [list(shift) for shift in shifts]


def _lists(week: tuple[Shifts, ...]) -> list[list[list[int]]]:
    return [_pairs(shifts) for shifts in week]


def _rows(rows: Any, column: str, body: str, most: int) -> list[tuple[int, str, Mapping[str, Any]]]:
    """Each row with its number and its place in words, checked for its keys and its name."""
    noun = "exception" if column == "exceptions" else "other week"
    if not isinstance(rows, list | tuple):
        raise BadCalendar(f"The {noun}s are a list.", column)
    if len(rows) > most:
        raise BadCalendar(f"A calendar has at most {most:,} {noun}s; these are {len(rows):,}.", column)
    return [(index, *_row(row, column, noun, body, index)) for index, row in enumerate(rows)]


def _row(row: Any, column: str, noun: str, body: str, index: int) -> tuple[str, Mapping[str, Any]]:
    place = f"{noun.capitalize()} {index + 1}"
    if not isinstance(row, Mapping):
        raise BadCalendar(f"{place} is not an object with name, first, last and {body}.", column, index)
    if unknown := sorted(str(key) for key in set(row) - {"name", "first", "last", body}):
        raise BadCalendar(
            f"{place} has an unknown key, “{_writable(unknown[0][:40])}”; the keys are name, first, last and {body}.",
            column,
            index,
        )
    if missing := [key for key in ("first", "last", body) if key not in row]:
        raise BadCalendar(f"{place} has no “{missing[0]}”.", column, index)
    name = row.get("name", "")
    if not isinstance(name, str) or len(name) > LONGEST_NAME:
        raise BadCalendar(f"The name of {place.lower()} is a text of at most {LONGEST_NAME} characters.", column, index)
    if name != _writable(name):
        raise BadCalendar(f"The name of {place.lower()} has a character that cannot be kept.", column, index)
    return (f"{place} (“{name}”)" if name else place), row


def _span(row: Mapping[str, Any], place: str, column: str, index: int) -> tuple[date, date]:
    first, last = (_day(row[key], f"{place}: {key}", column, index) for key in ("first", "last"))
    if first > last:
        raise BadCalendar(f"{place} ends ({last}) before it begins ({first}).", column, index)
    return first, last


def _day(value: Any, place: str, column: str, index: int) -> date:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        day = None
    if day is None:
        raise BadCalendar(f"{place}: “{_writable(str(value)[:40])}” is not a date like 2026-12-24.", column, index)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadCalendar(f"{place}: {day} is not between the years {FIRST_YEAR} and {LAST_YEAR}.", column, index)
    return day


def _week(week: Any, place: str, column: str, index: int | None) -> tuple[Shifts, ...]:
    begin = f"{place}: " if place else ""
    if not isinstance(week, list | tuple) or len(week) != 7:
        many = f"; these are {len(week)}" if isinstance(week, list | tuple) else ""
        raise BadCalendar(f"{begin}{'a' if begin else 'A'} week is seven days from Monday{many}.", column, index)
    days = [
        _shifts(shifts, f"{begin}{day}", column, number if index is None else index)
        for number, (day, shifts) in enumerate(zip(DAY_NAMES, week, strict=True))
    ]
    for number, shifts in enumerate(days):
        after = days[(number + 1) % 7]
        if shifts and after and shifts[-1][1] - MINUTES_PER_DAY > after[0][0]:
            raise BadCalendar(
                f"{begin}{DAY_NAMES[number]} works until {clock(shifts[-1][1] - MINUTES_PER_DAY)} on the next day, "
                f"but {DAY_NAMES[(number + 1) % 7]} begins at {clock(after[0][0])}: the two overlap.",
                column,
                number if index is None else index,
            )
    return tuple(days)


def _shifts(shifts: Any, place: str, column: str, index: int) -> Shifts:
    if not isinstance(shifts, list | tuple):
        raise BadCalendar(f"{place}: the hours are a list of shifts.", column, index)
    if len(shifts) > MOST_SHIFTS:
        raise BadCalendar(f"{place} has {len(shifts)} shifts; a day has at most {MOST_SHIFTS}.", column, index)
    checked: list[tuple[int, int]] = []
    for shift in shifts:
        if not isinstance(shift, list | tuple) or len(shift) != 2 or any(type(at) is not int for at in shift):
            raise BadCalendar(f"{place}: a shift is [from, to] in whole minutes from midnight.", column, index)
        start, end = shift
        if start < 0:
            raise BadCalendar(f"{place}: a shift cannot begin before midnight ({start} minutes).", column, index)
        if start >= MINUTES_PER_DAY:
            raise BadCalendar(
                f"{place}: a shift begins on its day, before 24:00, not at {clock(start)}.", column, index
            )
        if end <= start:
            raise BadCalendar(
                f"{place}: the shift from {clock(start)} to {clock(end)} does not end after it begins.", column, index
            )
        if end - start > MINUTES_PER_DAY:
            raise BadCalendar(
                f"{place}: the shift from {clock(start)} to {clock(end)} is longer than a day.", column, index
            )
        if checked and start < checked[-1][1]:
            before = "-".join(clock(at) for at in checked[-1])
            raise BadCalendar(
                f"{place}: {clock(start)}-{clock(end)} begins before {before} ends; "
                "shifts stand in order and do not overlap.",
                column,
                index,
            )
        checked.append((start, end))
    return tuple(checked)


def _writable(text: str) -> str:
    """A text as it can be kept and sent: lone halves of characters and zero bytes become question marks."""
    return text.replace("\x00", "?").encode("utf-8", "replace").decode()


def clock(minutes: int) -> str:
    """Minutes from midnight as people write them: 480 is 8:00, 1,800 is 30:00."""
    if minutes < 0:
        return f"−{clock(-minutes)}"
    return f"{minutes // 60}:{minutes % 60:02}"
