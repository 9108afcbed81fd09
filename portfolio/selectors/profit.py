"""Revenue and expense of a product by period: estimate against actual, margin, and both added up over time."""

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from finance.algorithms.rounding import largest_remainder
from finance.models import EntryKind
from finance.models.entry import COSTS, INCOME
from finance.selectors.standing import Standing
from finance.selectors.variance import Column, columns_of
from portfolio.selectors.money import WHOLE, ZERO, by_month


@dataclass(frozen=True)
class Line:
    """A row of the table: an amount for each column, and their sum; a margin that adds up has no sum."""

    key: str
    label: str
    amounts: Sequence[Decimal]
    total: Decimal | None
    is_sum: bool = False


@dataclass(frozen=True)
class Group:
    label: str
    lines: Sequence[Line]


@dataclass(frozen=True)
class ProfitTable:
    """The statement, in whole units of the currency: every sum is of the shown amounts."""

    columns: Sequence[Column]
    years: Sequence[tuple[str, int]]
    groups: Sequence[Group]

    def line(self, key: str) -> Line:
        return next(line for group in self.groups for line in group.lines if line.key == key)


def profit_table(standing: Standing, zoom: str, first_month: int) -> ProfitTable:
    """The statement of a product.

    An estimate is the forecast, or the budget where there is no forecast at all. Expected is the actual up to the last
    month that has some, and the estimate after it.
    """
    columns = columns_of(standing, zoom, first_month)
    income, cost = (_side(standing, side, columns) for side in (INCOME, COSTS))
    margins = {key: [a - b for a, b in zip(income[key], cost[key], strict=True)] for key in income}
    expected = _line("Margin, expected", "margin-expected", margins["expected"], is_sum=True)
    groups = [
        Group("Revenue", _lines("revenue", income)),
        Group("Expense", _lines("expense", cost)),
        Group("Margin", [*_lines("margin", margins)[:2], expected]),
        Group("Cumulative margin", [Line("cumulative", "Expected", list(accumulate(margins["expected"])), None)]),
    ]
    years: dict[str, int] = defaultdict(int)
    for column in columns:
        years[column.year] += 1
    return ProfitTable(columns, list(years.items()), groups)


def _lines(key: str, side: Mapping[str, Sequence[Decimal]]) -> list[Line]:
    return [
        _line("Estimate", f"{key}-estimate", side["estimate"]),
        _line("Actual", f"{key}-actual", side["actual"]),
        _line("Expected", f"{key}-expected", side["expected"], is_sum=True),
    ]


def _line(label: str, key: str, amounts: Sequence[Decimal], *, is_sum: bool = False) -> Line:
    return Line(key, label, amounts, sum(amounts, ZERO), is_sum)


def _side(standing: Standing, side: Sequence[str], columns: Sequence[Column]) -> dict[str, list[Decimal]]:
    """Estimate, actual and expected of costs or income by column, each rounded so that it adds up."""
    later = EntryKind.FORECAST if standing.has(EntryKind.FORECAST, side) else EntryKind.BUDGET
    sums = {
        "estimate": by_month(standing, later, side),
        "actual": by_month(standing, EntryKind.ACTUAL, side),
        "expected": standing.expected(side),
    }
    return {
        key: largest_remainder([_within(months, column) for column in columns], WHOLE) for key, months in sums.items()
    }


def _within(months: Mapping[datetime.date, Decimal], column: Column) -> Decimal:
    return sum((a for month, a in months.items() if column.start_date <= month <= column.finish_date), ZERO)
