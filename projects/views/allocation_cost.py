"""What the effort in a grid costs, as a table whose shown figures add up."""

import datetime
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Self

from projects.views.allocation_grid import AllocationGrid
from resources import selectors as staff
from resources.selectors import CostRow

UNIT = Decimal(1)


@dataclass(frozen=True)
class CostLine:
    """A role, or all of a currency, in whole units of the currency by month."""

    name: str
    currency: str
    amounts: list[Decimal | None]
    whole: Decimal


@dataclass(frozen=True)
class CostTable:
    """What effort costs by role and month; rows add up to the totals below, months to the totals beside."""

    months: list[datetime.date]
    lines: list[CostLine]
    totals: list[CostLine]
    missing: list[str]

    @classmethod
    def of(cls, grid: AllocationGrid) -> Self:
        found = staff.effort_cost(grid.organization.pk, grid.ids, grid.months, grid.column)
        lines: list[CostLine] = []
        totals = []
        for currency in found.currencies:
            own = _lines([row for row in found.rows if row.currency == currency], currency, grid.months)
            lines += own
            if len(own) > 1:
                sums: list[Decimal | None] = [
                    sum((line.amounts[n] or Decimal(0) for line in own), Decimal(0)) for n in range(len(grid.months))
                ]
                whole = sum((line.whole for line in own), Decimal(0))
                totals.append(CostLine("Cost", currency, sums, whole))
        return cls(grid.months, lines, totals, found.missing)


def _lines(rows: list[CostRow], currency: str, months: list[datetime.date]) -> list[CostLine]:
    """Rows in whole units: their sums by the largest remainders of the whole, their months by those of each sum."""
    whole = sum((row.whole for row in rows), Decimal(0)).quantize(UNIT, ROUND_HALF_EVEN)
    sums = staff.whole_parts({number: row.whole for number, row in enumerate(rows)}, whole)
    lines = []
    for number, row in enumerate(rows):
        parts = staff.whole_parts(row.amounts, sums[number])
        lines.append(CostLine(row.name, currency, [parts.get(month) for month in months], sums[number]))
    return lines
