"""Calendars of a Microsoft Project XML file: weeks, dated and recurring exceptions, calendars derived from others.

Source: the MSPDI schema of Microsoft ("Project XML Data Interchange Schema Reference", element Exception: types 1
daily, 2 yearly by day, 3 yearly by position, 4 monthly by day, 5 monthly by position, 6 weekly, 7 every so many days).
"""

import calendar as months
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from integrations.algorithms.mspdi_values import read_date, read_number
from integrations.algorithms.mspdi_xml import Record
from resources.algorithms.calendars import (
    NIGHT_AND_DAY,
    OFFICE_HOURS,
    Calendar,
    CalendarException,
    EffectiveWeek,
    Shifts,
)

#: An exception recurs at most so often: 100 years of days.
MOST_DAYS = 36_525
#: Exceptions outside these days touch no plan and are left out.
EARLIEST, LATEST = date(1800, 1, 1), date(2600, 1, 1)
NOBODY = -1
Choice = Callable[[int, int], date | None]


@dataclass(frozen=True, slots=True)
class MspdiCalendar:
    """A calendar as the file has it; days that it leaves to its base are None. Monday comes first."""

    uid: int
    name: str
    base_uid: int
    week: tuple[Shifts | None, ...]
    exceptions: tuple[CalendarException, ...]
    effective_weeks: tuple[EffectiveWeek, ...]
    exception_names: tuple[str, ...] = ()
    week_names: tuple[str, ...] = ()
    is_base: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether it adds nothing to its base."""
        return not self.exceptions and not self.effective_weeks and all(day is None for day in self.week)


def read_calendar(record: Record) -> MspdiCalendar:
    """A calendar from its record. Exceptions keep their order: the first that holds a day decides it."""
    week: list[Shifts | None] = [None] * 7
    exceptions: list[CalendarException] = []
    for day in record.all("WeekDays", "WeekDay"):
        kind = read_number(day.text("DayType"), -1)
        if 1 <= kind <= 7:
            week[(kind - 2) % 7] = _shifts(day)
        elif kind == 0 and (span := _span(day)):
            exceptions.append(CalendarException(*span, _shifts(day)))
    listed = [(one, e.text("Name")) for e in record.all("Exceptions", "Exception") for one in _exceptions(e)]
    weeks = [(one, e.text("Name")) for e in record.all("WorkWeeks", "WorkWeek") for one in _effective_weeks(e, week)]
    named = listed or [(one, "") for one in exceptions]
    return MspdiCalendar(
        read_number(record.text("UID"), NOBODY),
        record.text("Name") or f"Calendar {record.text('UID')}",
        read_number(record.text("BaseCalendarUID"), NOBODY),
        tuple(week),
        tuple(one for one, _ in named),
        tuple(one for one, _ in weeks),
        tuple(name for _, name in named),
        tuple(name for _, name in weeks),
        read_number(record.text("IsBaseCalendar"), 0) == 1,
    )


def _shifts(record: Record) -> Shifts:
    """Working hours of a day; a day that works without hours has the usual ones."""
    if read_number(record.text("DayWorking"), 0) != 1:
        return ()
    hours = [
        (_minute(one.text("FromTime")), _minute(one.text("ToTime")))
        for one in record.all("WorkingTimes", "WorkingTime")
    ]
    known = [(start, end) for start, end in hours if start is not None and end is not None]
    shifts = tuple(sorted((start, end if end > start else end + 1440) for start, end in known))
    return shifts or (OFFICE_HOURS if not hours else ())


def _minute(text: str) -> int | None:
    parts = text.split("T")[-1].split(":")
    if len(parts) < 2 or not all(part.isdigit() for part in parts[:2]):
        return None
    minute = int(parts[0]) * 60 + int(parts[1])
    return minute if minute < 1440 else None


def _span(record: Record) -> tuple[date, date] | None:
    period = record.one("TimePeriod")
    first, last = read_date(period.text("FromDate")), read_date(period.text("ToDate"))
    if first is None or last is None or first > last or first.date() < EARLIEST or last.date() > LATEST:
        return None
    return first.date(), last.date()


def _effective_weeks(entry: Record, week: list[Shifts | None]) -> Iterator[EffectiveWeek]:
    span = _span(entry)
    if span is None:
        return
    days = list(week)
    for day in entry.all("WeekDays", "WeekDay"):
        kind = read_number(day.text("DayType"), -1)
        if 1 <= kind <= 7:
            days[(kind - 2) % 7] = _shifts(day)
    usual = [OFFICE_HOURS] * 5 + [(), ()]
    filled: tuple[Shifts, ...] = tuple(usual[at] if day is None else day for at, day in enumerate(days))
    yield EffectiveWeek(*span, filled)


def _exceptions(entry: Record) -> Iterator[CalendarException]:
    """One exception for each day on which a recurring one falls; one for the whole span of a plain one."""
    span, shifts = _span(entry), _shifts(entry)
    if span is None:
        return
    kind = read_number(entry.text("Type"), 1)
    if kind not in FALLS:
        yield CalendarException(*span, shifts)
        return
    first, last = span
    by_count = read_number(entry.text("EnteredByOccurrences"), 0) == 1
    left = read_number(entry.text("Occurrences"), 0) if by_count else MOST_DAYS
    for day in FALLS[kind](entry, first, min(last, first + timedelta(MOST_DAYS))):
        if not left:
            return
        left -= 1
        yield CalendarException(day, day, shifts)


def _period(entry: Record) -> int:
    return max(read_number(entry.text("Period"), 1), 1)


def _every_days(entry: Record, first: date, last: date) -> Iterator[date]:
    for number in range(0, (last - first).days + 1, _period(entry)):
        yield first + timedelta(number)


def _weekly(entry: Record, first: date, last: date) -> Iterator[date]:
    """On some days of every so many weeks, which begin on Sunday."""
    mask, period = read_number(entry.text("DaysOfWeek"), 0), _period(entry)
    begin = first - timedelta((first.weekday() + 1) % 7)
    for number in range((last - begin).days + 1):
        day = begin + timedelta(number)
        if day >= first and (number // 7) % period == 0 and mask >> (number % 7) & 1:
            yield day


def _monthly_by_day(entry: Record, first: date, last: date) -> Iterator[date]:
    wanted = read_number(entry.text("MonthDay"), 1)
    return _in_months(first, last, _period(entry), lambda year, month: _month_day(year, month, wanted))


def _monthly_by_position(entry: Record, first: date, last: date) -> Iterator[date]:
    return _in_months(first, last, _period(entry), lambda year, month: _position(entry, year, month))


def _yearly_by_day(entry: Record, first: date, last: date) -> Iterator[date]:
    wanted, number = read_number(entry.text("MonthDay"), 1), read_number(entry.text("Month"), 0) + 1
    for year in range(first.year, last.year + 1):
        day = _month_day(year, number, wanted) if 1 <= number <= 12 else None
        if day and first <= day <= last:
            yield day


def _yearly_by_position(entry: Record, first: date, last: date) -> Iterator[date]:
    number = read_number(entry.text("Month"), 0) + 1
    for year in range(first.year, last.year + 1):
        day = _position(entry, year, number) if 1 <= number <= 12 else None
        if day and first <= day <= last:
            yield day


def _in_months(first: date, last: date, period: int, choose: Choice) -> Iterator[date]:
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month, period):
        day = choose(number // 12, number % 12 + 1)
        if day and first <= day <= last:
            yield day


def _month_day(year: int, month: int, wanted: int) -> date | None:
    return date(year, month, wanted) if 1 <= wanted <= months.monthrange(year, month)[1] else None


def _position(entry: Record, year: int, month: int) -> date | None:
    """The first, second, third, fourth or last day, weekday, weekend day or named day of a month."""
    item, position = read_number(entry.text("MonthItem"), 0), read_number(entry.text("MonthPosition"), 0)
    days = [date(year, month, number) for number in range(1, months.monthrange(year, month)[1] + 1)]
    if item == 1:
        days = [day for day in days if day.weekday() < 5]
    elif item == 2:
        days = [day for day in days if day.weekday() >= 5]
    elif 3 <= item <= 9:
        days = [day for day in days if (day.weekday() + 1) % 7 == item - 3]
    if position == 4:
        return days[-1]
    return days[position] if 0 <= position < len(days) else None


FALLS = {
    2: _yearly_by_day,
    3: _yearly_by_position,
    4: _monthly_by_day,
    5: _monthly_by_position,
    6: _weekly,
    7: _every_days,
}


def resolve(calendars: dict[int, MspdiCalendar], uid: int, seen: frozenset[int] = frozenset()) -> Calendar:
    """A calendar with what it takes from its bases: days that it does not say, and their exceptions after its own."""
    own = calendars.get(uid)
    if own is None or uid in seen:
        return Calendar("Standard", (OFFICE_HOURS,) * 5 + ((), ()))
    base = resolve(calendars, own.base_uid, seen | {uid})
    if own.base_uid not in calendars and own.name.casefold() == "24 hours" and all(day is None for day in own.week):
        base = Calendar(own.name, (NIGHT_AND_DAY,) * 7)
    week = tuple(base.week[at] if day is None else day for at, day in enumerate(own.week))
    inherited = base.exceptions if own.base_uid in calendars else ()
    weeks = base.effective_weeks if own.base_uid in calendars else ()
    return Calendar(own.name, week, own.exceptions + inherited, own.effective_weeks + weeks)
