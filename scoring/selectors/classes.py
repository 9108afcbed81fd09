"""Items by class: what must, should, could and will not be; or how customers feel about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from scoring.algorithms.definition import Level
from scoring.algorithms.kano import has_kano_classes
from scoring.models import Criterion
from scoring.selectors.sheet import Sheet


@dataclass(frozen=True)
class Card:
    """An item in a class.

    Args:
        version: of its score; 0 where it has none.
        group, url: what it belongs to, and its page.
    """

    item: Any
    version: int
    comment: str
    group: str
    url: str


@dataclass(frozen=True)
class ClassColumn:
    """A class with its items; `level` is None for those that nobody has classed."""

    level: Level | None
    cards: Sequence[Card]

    @property
    def value(self) -> str:
        """The class as a form sends it; empty for none."""
        return "" if self.level is None else f"{Decimal(str(self.level.value)).normalize():f}"


@dataclass(frozen=True)
class ClassBoard:
    """The classes of a model, strongest first, then what is not classed."""

    sheet: Sheet
    criterion: Criterion
    columns: Sequence[ClassColumn]

    @property
    def asks_both_ways(self) -> bool:
        """Whether a class may be given by Kano's two questions."""
        return has_kano_classes([level.name for level in self.criterion.spec.levels])

    @property
    def classed(self) -> int:
        return sum(len(column.cards) for column in self.columns if column.level is not None)


def class_board(sheet: Sheet, group_of: Callable[[Any], str], url_of: Callable[[Any], str]) -> ClassBoard:
    """The items of a sheet by the level of its one criterion."""
    [criterion] = sheet.criteria
    by_value: dict[float | None, list[Card]] = {}
    levels = criterion.spec.levels
    known = {level.value for level in levels}
    for item, cells in zip(sheet.items, sheet.cells, strict=True):
        cell = cells.get(criterion.pk)
        value = cell.value if cell is not None and cell.value in known else None
        kept = (cell.version, cell.comment) if cell else (0, "")
        by_value.setdefault(value, []).append(Card(item, *kept, group_of(item), url_of(item)))
    columns = [ClassColumn(level, by_value.get(level.value, [])) for level in reversed(levels)]
    return ClassBoard(sheet, criterion, [*columns, ClassColumn(None, by_value.get(None, []))])
