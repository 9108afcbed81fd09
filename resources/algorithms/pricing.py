"""What effort costs: a role's dated day amounts over the working days of a month.

**Price of effort** = FTE x the sum, over the working days of the month, of the role's day amount on that day. Where the
rate does not change within the month that is day amount x working days x FTE. A working day is one with any working
time; a rate holds from its day on until the next one.

Amounts are Decimal and exact; rounding is for who shows them.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from resources.algorithms.availability import minutes_by_day
from resources.algorithms.calendars import Calendar
from resources.algorithms.months import first_of, plus_months


class NoRate(LookupError):
    """Effort on a day that no rate of the role covers: never 0, never another role's."""

    def __init__(self, role: str, day: date) -> None:
        super().__init__(f"{role} has no rate on {day:%Y-%m-%d}. Add a rate that holds from that day or earlier.")
        self.role, self.day = role, day


@dataclass(frozen=True, slots=True)
class Rate:
    """What a day costs from a day on."""

    from_date: date
    day_amount: Decimal
    currency: str


def rate_on(role: str, rates: Sequence[Rate], day: date) -> Rate:
    """The rate that holds on a day.

    Args:
        role: for the sentence of the error.
        rates: ascending by `from_date`.
    Raises:
        NoRate: the first rate begins later, or there is none.
    """
    place = bisect_right(rates, day, key=lambda rate: rate.from_date)
    if not place:
        raise NoRate(role, day)
    return rates[place - 1]


def working_days_of(calendar: Calendar, month: date) -> list[date]:
    """The days of a month that have working time."""
    first = first_of(month)
    minutes = minutes_by_day(calendar, first, (plus_months(first, 1) - first).days)
    return [first + timedelta(days=number) for number, worked in enumerate(minutes.tolist()) if worked]


def price(role: str, rates: Sequence[Rate], calendar: Calendar, month: date, fte: Decimal) -> dict[str, Decimal]:
    """What so much effort of a role in a month costs.

    Args:
        role: its name, for the sentence of the error.
        rates: ascending by `from_date`.
        month: any day of the month.
        fte: full-time equivalents.
    Returns:
        Currency -> amount: more than one where the currency changes within the month. No effort and a month without
        working days cost nothing and need no rate: empty.
    Raises:
        NoRate: no rate covers some working day of the month.
    """
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for day in working_days_of(calendar, month) if fte else ():
        rate = rate_on(role, rates, day)
        amounts[rate.currency] += rate.day_amount * fte
    return dict(amounts)
