"""A year of a working calendar, day by day, as a picture and a table need it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from resources.algorithms.calendar_rows import minutes_of
from resources.algorithms.calendars import Calendar, Shifts

#: How a day comes to its hours: worked or not by the week, off or worked otherwise by an exception or another week.
WORK, OFF, HOLIDAY, DIFFERENT = "work", "off", "holiday", "different"


@dataclass(frozen=True, slots=True)
class Day:
    """One day: how it comes to its hours, and how many minutes are worked."""

    date: date
    kind: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Month:
    """The days of one month."""

    first: date
    days: tuple[Day, ...]

    @property
    def working_days(self) -> int:
        return sum(day.minutes > 0 for day in self.days)

    @property
    def hours(self) -> float:
        return sum(day.minutes for day in self.days) / 60


def months_of(calendar: Calendar, year: int) -> list[Month]:
    """The twelve months of a year; a shift past midnight counts for the day on which it begins.

    Cost: O(days + days of the exceptions in that year).
    """
    first = date(year, 1, 1)
    days = [first + timedelta(days=number) for number in range((date(year, 12, 31) - first).days + 1)]
    shifts: list[Shifts] = [calendar.week[day.weekday()] for day in days]
    differs = [False] * len(days)
    for other in reversed(calendar.effective_weeks):
        for number in _numbers(other.first, other.last, days):
            shifts[number], differs[number] = other.week[days[number].weekday()], True
    for exception in reversed(calendar.exceptions):
        for number in _numbers(exception.first, exception.last, days):
            shifts[number], differs[number] = exception.shifts, True
    told = [
        Day(day, _kind(calendar, day, shifts[number], differs[number]), minutes_of(shifts[number]))
        for number, day in enumerate(days)
    ]
    return [
        Month(date(year, month, 1), tuple(day for day in told if day.date.month == month)) for month in range(1, 13)
    ]


def _numbers(first: date, last: date, days: list[date]) -> Iterable[int]:
    return range(max((first - days[0]).days, 0), min((last - days[0]).days + 1, len(days)))


def _kind(calendar: Calendar, day: date, shifts: Shifts, differs: bool) -> str:
    usual = calendar.week[day.weekday()]
    if differs and shifts != usual:
        return DIFFERENT if shifts else HOLIDAY
    return WORK if shifts else OFF
