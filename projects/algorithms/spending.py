"""Money over time: a planned amount month by month, and what of it an edit moves."""

import datetime
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_EVEN, Decimal

CENT = Decimal("0.01")


def by_month(amount: Decimal, start: datetime.date, finish: datetime.date) -> dict[datetime.date, Decimal]:
    """An amount spread evenly over calendar days, both ends included: first day of a month -> its part, to the cent.

    The parts sum up to the amount: the cents that rounding leaves go to the largest remainders (Hamilton's method).
    """
    days = dict(_days_of_months(start, max(start, finish)))
    whole = sum(days.values())
    exact = {month: amount * count / whole for month, count in days.items()}
    parts = {month: part.quantize(CENT, ROUND_HALF_EVEN) for month, part in exact.items()}
    left = amount.quantize(CENT) - sum(parts.values(), Decimal(0))
    step = CENT if left > 0 else -CENT
    by_remainder = sorted(parts, key=lambda month: (exact[month] - parts[month]) * (-1 if left > 0 else 1))
    for month in by_remainder[: int(abs(left) / CENT)]:
        parts[month] += step
    return parts


def _days_of_months(start: datetime.date, finish: datetime.date) -> Iterator[tuple[datetime.date, int]]:
    first = start
    while first <= finish:
        following = (first.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
        yield first.replace(day=1), (min(following, finish + datetime.timedelta(days=1)) - first).days
        first = following


def moved_money(
    spans: Iterable[tuple[Decimal, datetime.date, datetime.date, datetime.date, datetime.date]],
) -> dict[datetime.date, tuple[Decimal, Decimal]]:
    """What months hold before and after activities have moved: only those that differ.

    Args:
        spans: amount, start and finish before, start and finish after.
    """
    before: dict[datetime.date, Decimal] = {}
    after: dict[datetime.date, Decimal] = {}
    for amount, start, finish, new_start, new_finish in spans:
        for totals, months in (
            (before, by_month(amount, start, finish)),
            (after, by_month(amount, new_start, new_finish)),
        ):
            for month, part in months.items():
                totals[month] = totals.get(month, Decimal(0)) + part
    pairs = {
        month: (before.get(month, Decimal(0)), after.get(month, Decimal(0))) for month in sorted({*before, *after})
    }
    return {month: pair for month, pair in pairs.items() if pair[0] != pair[1]}
