"""Exchange rates in force: the last one on or before a day, and amounts converted at it."""

import datetime
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

#: To so many places a converted amount is kept; it is rounded to cents only where it is shown.
KEPT = Decimal("0.0000000001")


class MissingRate(LookupError):
    """No rate of a currency is in force on a day; never to be taken for 1.0."""

    def __init__(self, currency: str, to: str, day: datetime.date) -> None:
        super().__init__(currency, to, day)
        self.currency, self.to, self.day = currency, to, day

    def __str__(self) -> str:
        return (
            f"There is no exchange rate from {self.currency} to {self.to} on or before {self.day:%Y-%m-%d}."
            f" Add one from that day or an earlier one, then save again."
        )


@dataclass(frozen=True)
class Converted:
    """An amount in the reporting currency, and the day from which its rate holds (None: no rate was needed)."""

    amount: Decimal
    rate_date: datetime.date | None


def last_day(month: datetime.date) -> datetime.date:
    """The last day of the month of a day."""
    return month.replace(day=monthrange(month.year, month.month)[1])


@dataclass
class RateTable:
    """The rates of one organization.

    Args:
        to: the currency that amounts are converted to.
        rates: currency, the day from which it holds, units of `to` for one unit of it; in any order.
    """

    to: str
    rates: Iterable[tuple[str, datetime.date, Decimal]] = ()
    _by_currency: dict[str, tuple[list[datetime.date], list[Decimal]]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._by_currency = {}
        for currency, day, rate in sorted(self.rates):
            days, values = self._by_currency.setdefault(currency, ([], []))
            days.append(day)
            values.append(rate)

    def in_force(self, currency: str, day: datetime.date) -> tuple[datetime.date, Decimal]:
        """The day from which the rate of a currency on a day holds, and the rate.

        Raises:
            MissingRate: none is in force on that day.
        """
        days, values = self._by_currency.get(currency, ([], []))
        place = bisect_right(days, day)
        if not place:
            raise MissingRate(currency, self.to, day)
        return days[place - 1], values[place - 1]

    def in_force_in(self, currency: str, month: datetime.date) -> tuple[datetime.date, Decimal]:
        """The same on the last day of a month."""
        return self.in_force(currency, last_day(month))

    def convert(self, amount: Decimal, currency: str, month: datetime.date) -> Converted:
        """An amount of a month, at the last rate on or before the last day of the month.

        Raises:
            MissingRate: none is in force on that day.
        """
        if currency == self.to:
            return Converted(amount, None)
        day, rate = self.in_force_in(currency, month)
        with localcontext(prec=60):
            return Converted((amount * rate).quantize(KEPT, ROUND_HALF_EVEN), day)
