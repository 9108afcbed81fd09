"""How far a forecast of costs may miss, told from how far it has missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import quantiles

#: Fewer months than these say nothing about a spread.
FEWEST_MONTHS = 4
#: What is assumed then: from 10 % less to 10 % more.
ASSUMED = (Decimal("0.9"), Decimal("1.1"))


@dataclass(frozen=True)
class Spread:
    """What a remaining forecast is multiplied by: `low` at P10 and `high` at P90; told from `month_count` months, 0
    where it is assumed. The forecast itself lies within: low <= 1 <= high."""

    low: Decimal
    high: Decimal
    month_count: int


def spread_of(forecast: Sequence[Decimal], actual: Sequence[Decimal]) -> Spread:
    """The spread of past forecasts: P10 and P90 of actual over forecast, month by month.

    Args:
        forecast, actual: costs of the same closed months; months whose forecast is not above zero are left out.
    Returns:
        At least `FEWEST_MONTHS` months tell it, else `ASSUMED` holds. Quantiles are those of the sample, interpolated.
        All remaining months are taken to miss alike, which is the careful reading: errors that are independent of each
        other would cancel out in part.
    Source: reference class forecasting with the subject's own record, after Flyvbjerg, "From Nobel Prize to Project
        Management", Project Management Journal 37(3), 2006.
    """
    ratios = [float(had / said) for said, had in zip(forecast, actual, strict=True) if said > 0]
    if len(ratios) < FEWEST_MONTHS:
        return Spread(*ASSUMED, 0)
    deciles = quantiles(ratios, n=10, method="inclusive")
    low, high = (Decimal(str(round(value, 4))) for value in (deciles[0], deciles[-1]))
    return Spread(min(low, Decimal(1)), max(high, Decimal(1)), len(ratios))
