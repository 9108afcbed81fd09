"""Demand against capacity: who is asked for how much in which period, what is free, and what hiring would change.

All amounts are FTE, as Decimal. A period is one or more months; its FTE are the mean of those of its months, so that a
quarter reads like a month.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)
#: From which load on a cell is of the next of the shades 1 to 4; then it is tight, and above 1 over.
SHADES = (Decimal("0.6"), Decimal("0.7"), Decimal("0.8"), Decimal("0.875"))
TIGHT, FULL = Decimal("0.95"), Decimal(1)


class Demand(NamedTuple):
    """What is asked of a role in a team in a month; `open` is the part of `planned` that nobody in person does yet."""

    role_id: int | None
    team_id: int | None
    month: datetime.date
    planned: Decimal
    open: Decimal
    actual: Decimal
    proposed: Decimal


class Supply(NamedTuple):
    """What a role in a team is there for in a month."""

    role_id: int | None
    team_id: int | None
    month: datetime.date
    fte: Decimal


class Hire(NamedTuple):
    """So many more people of a role, in a team or in none, from a month on."""

    role_id: int
    team_id: int | None
    month: datetime.date
    fte: Decimal


@dataclass(frozen=True)
class Cell:
    """Demand and capacity in one period, in FTE.

    Args:
        hired: the part of `capacity` that is only supposed.
    """

    demand: Decimal = ZERO
    open: Decimal = ZERO
    actual: Decimal = ZERO
    capacity: Decimal = ZERO
    hired: Decimal = ZERO

    @property
    def free(self) -> Decimal:
        """What is left; below zero it is missing."""
        return self.capacity - self.demand

    @property
    def load(self) -> Decimal | None:
        """Demand as a share of capacity; None without capacity."""
        return self.demand / self.capacity if self.capacity else None

    @property
    def load_before(self) -> Decimal | None:
        """The same without what is supposed."""
        before = self.capacity - self.hired
        return self.demand / before if before else None

    @property
    def level(self) -> str:
        """How full it is: none, 0 to 4, tight, over."""
        return level_of(self.demand, self.capacity)

    @property
    def is_over(self) -> bool:
        return self.demand > self.capacity


def level_of(demand: Decimal, capacity: Decimal) -> str:
    """The shade of a load: `none` without either, `over` above 100 % and where there is demand without capacity."""
    if not capacity:
        return "over" if demand else "none"
    load = demand / capacity
    if load > FULL:
        return "over"
    return "tight" if load >= TIGHT else str(sum(load >= shade for shade in SHADES))


@dataclass(frozen=True)
class HeatRow:
    """A role or a team over the periods; `key` None: what has none."""

    key: int | None
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Effect:
    """What hiring changes, before and after: cells over capacity, the highest load, and missing FTE of all periods."""

    over: tuple[int, int]
    peak: tuple[Decimal | None, Decimal | None]
    missing: tuple[Decimal, Decimal]


@dataclass(frozen=True)
class Heat:
    """The heatmap: its rows, the sum of all, and what a hire would change."""

    rows: Sequence[HeatRow]
    total: HeatRow
    effect: Effect | None = None


@dataclass
class _Sums:
    values: list[Decimal] = field(default_factory=lambda: [ZERO] * 5)

    def add(self, *parts: Decimal) -> None:
        self.values = [value + part for value, part in zip(self.values, parts, strict=True)]

    def cell(self, months: int) -> Cell:
        return Cell(*(value / months for value in self.values))


def heatmap(
    demand: Collection[Demand],
    supply: Collection[Supply],
    periods: Sequence[Sequence[datetime.date]],
    *,
    by: str,
    with_proposals: bool = False,
    hire: Hire | None = None,
) -> Heat:
    """Rows of roles or teams, cells of periods.

    Args:
        periods: the months of each column.
        by: `role` or `team`.
        with_proposals: count what proposals would need as demand.
        hire: adds to the capacity from its month on; what it changes is told.
    Cost: linear in the rows given.
    """
    column = {month: place for place, months in enumerate(periods) for month in months}
    sums: dict[int | None, dict[int, _Sums]] = defaultdict(lambda: defaultdict(_Sums))
    for row in demand:
        if row.month in column:
            asked = row.planned + (row.proposed if with_proposals else ZERO)
            opened = row.open + (row.proposed if with_proposals else ZERO)
            sums[_key(row, by)][column[row.month]].add(asked, opened, row.actual, ZERO, ZERO)
    for given in supply:
        if given.month in column:
            sums[_key(given, by)][column[given.month]].add(ZERO, ZERO, ZERO, given.fte, ZERO)
    for month, place in column.items():
        if hire and month >= hire.month:
            sums[_key(hire, by)][place].add(ZERO, ZERO, ZERO, hire.fte, hire.fte)
    rows = [
        HeatRow(key, [found[place].cell(len(months)) for place, months in enumerate(periods)])
        for key, found in sums.items()
    ]
    total = HeatRow(None, [_summed([row.cells[place] for row in rows]) for place in range(len(periods))])
    return Heat(rows, total, _effect(rows) if hire else None)


def _key(row: Demand | Supply | Hire, by: str) -> int | None:
    return row.role_id if by == "role" else row.team_id


def _summed(cells: Sequence[Cell]) -> Cell:
    names = ("demand", "open", "actual", "capacity", "hired")
    return Cell(*(sum((getattr(cell, name) for cell in cells), ZERO) for name in names))


def _effect(rows: Sequence[HeatRow]) -> Effect:
    after = [cell for row in rows for cell in row.cells]
    before = [Cell(cell.demand, cell.open, cell.actual, cell.capacity - cell.hired) for cell in after]

    def peak(cells: Sequence[Cell]) -> Decimal | None:
        return max((cell.load for cell in cells if cell.load is not None), default=None)

    def missing(cells: Sequence[Cell]) -> Decimal:
        return sum((-cell.free for cell in cells if cell.is_over), ZERO)

    return Effect(
        over=(sum(cell.is_over for cell in before), sum(cell.is_over for cell in after)),
        peak=(peak(before), peak(after)),
        missing=(missing(before), missing(after)),
    )
