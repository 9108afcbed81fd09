"""Months, each given by its first day: one on from another, and all from one to another."""

import datetime
from collections.abc import Iterable


def first_of(day: datetime.date) -> datetime.date:
    """The first day of a day's month."""
    return day.replace(day=1)


def plus_months(month: datetime.date, count: int) -> datetime.date:
    """The first day of the month that is `count` months after the one of `month` (before it, where negative).

    Raises:
        ValueError: there is no such year.
    """
    number = month.year * 12 + month.month - 1 + count
    return datetime.date(number // 12, number % 12 + 1, 1)


def months_from(first: datetime.date, count: int) -> list[datetime.date]:
    """So many months in a row; none for 0 or fewer."""
    return [plus_months(first, number) for number in range(count)]


def months_between(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    """All months from the one of `first` to the one of `last`, both included; none where `last` is earlier."""
    return months_from(first_of(first), distance(first, last) + 1)


def distance(first: datetime.date, last: datetime.date) -> int:
    """How many months `last` comes after `first`."""
    return (last.year - first.year) * 12 + last.month - first.month


def in_stretches(months: Iterable[datetime.date]) -> list[tuple[datetime.date, datetime.date]]:
    """Months in order, put together where one follows another: first and last month of each stretch."""
    stretches: list[tuple[datetime.date, datetime.date]] = []
    for month in sorted(set(months)):
        if stretches and plus_months(stretches[-1][1], 1) == month:
            stretches[-1] = (stretches[-1][0], month)
        else:
            stretches.append((month, month))
    return stretches
