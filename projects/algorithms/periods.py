"""Months, and the quarters and years of a fiscal calendar."""

import datetime

#: First and last day, both included.
Period = tuple[datetime.date, datetime.date]


def month_of(day: datetime.date) -> Period:
    """The calendar month that `day` lies in."""
    return _months(day.year, day.month, 1)


def quarter_of(day: datetime.date, first_month: int = 1) -> Period:
    """The quarter that `day` lies in, of a fiscal year that begins in `first_month` (1 to 12)."""
    into_quarter = (day.month - first_month) % 3
    return _months(day.year, day.month - into_quarter, 3)


def year_of(day: datetime.date, first_month: int = 1) -> Period:
    """The fiscal year that `day` lies in, which begins in `first_month` (1 to 12)."""
    return _months(day.year, day.month - (day.month - first_month) % 12, 12)


def _months(year: int, month: int, count: int) -> Period:
    """`count` months from one that may lie before January or after December of `year`."""
    start, end = year * 12 + month - 1, year * 12 + month - 1 + count
    after = datetime.date(end // 12, end % 12 + 1, 1)
    return datetime.date(start // 12, start % 12 + 1, 1), after - datetime.timedelta(days=1)
