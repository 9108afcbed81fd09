"""What the columns of a file hold, from a look at its first rows: samples, distinct values, and what they could be."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from integrations.algorithms.values import Ambiguous, NotRead, is_nothing, parse_date, parse_number
from integrations.algorithms.words import visible

ROWS = 5_000
SAMPLES = 3
MOST_CHOICES = 40
SAMPLE_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Column:
    """One column: counts are of cells that hold something, among the rows looked at.

    `choices` are its distinct values with their counts, where they are few. `dates` counts cells that are a day in one
    way only, by that way (any, dmy, mdy), `doubtful` and `not_date`; `numbers` likewise by decimal sign (either, point,
    comma), `doubtful` and `not_number`.
    """

    name: str
    filled: int = 0
    distinct: int = 0
    longest: int = 0
    samples: list[str] = field(default_factory=list)
    choices: dict[str, int] = field(default_factory=dict)
    dates: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    has_percent: bool = False
    has_emails: bool = False
    smallest: float | None = None
    largest: float | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(**data)

    def share(self, counts: Mapping[str, int], outside: str) -> float:
        """Share of the filled cells that are dates or numbers; 1 for an empty column, which contradicts nothing."""
        return 1.0 if not self.filled else round(1 - counts.get(outside, 0) / self.filled, 6)


def profile(names: Sequence[str], rows: Iterable[Sequence[str]]) -> list[Column]:
    """Look at rows; each has a cell for every name."""
    counters: list[Counter[str]] = [Counter() for _ in names]
    for row in rows:
        for counter, cell in zip(counters, map(visible, row), strict=False):
            if not is_nothing(cell):
                counter[cell] += 1
    return [_column(name, counter) for name, counter in zip(names, counters, strict=True)]


def _column(name: str, cells: Counter[str]) -> Column:
    dates, numbers = _tally(cells, _way_of_date), _tally(cells, _way_of_number)
    sizes = [float(size) for cell in cells for size in (_size(cell),) if size is not None]
    return Column(
        name=name,
        filled=cells.total(),
        distinct=len(cells),
        longest=max(map(len, cells), default=0),
        samples=[_shortened(cell) for cell in list(cells)[:SAMPLES]],
        choices=dict(cells.most_common()) if len(cells) <= MOST_CHOICES else {},
        dates=dates,
        numbers=numbers,
        has_percent=any(cell.endswith("%") for cell in cells),
        has_emails=bool(cells) and sum("@" in cell for cell in cells) * 2 > len(cells),
        smallest=min(sizes, default=None),
        largest=max(sizes, default=None),
    )


def _shortened(cell: str) -> str:
    line = " ".join(cell.split())
    return line if len(line) <= SAMPLE_LENGTH else f"{line[: SAMPLE_LENGTH - 1]}…"


def _tally(cells: Counter[str], way: Callable[[str], str]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for cell, count in cells.items():
        found[way(cell)] += count
    return dict(found)


def _reads(parse: Callable[[str, str], object], cell: str, way: str) -> object | None:
    try:
        return parse(cell, way)
    except NotRead:
        return None


def _way_of_date(cell: str) -> str:
    try:
        parse_date(cell)
    except Ambiguous:
        return "doubtful"
    except NotRead:
        pass
    else:
        day_first, month_first = _reads(parse_date, cell, "dmy"), _reads(parse_date, cell, "mdy")
        if day_first == month_first:
            return "any"
        return "dmy" if month_first is None else "mdy"
    return "not_date"


def _way_of_number(cell: str) -> str:
    point, comma = _reads(parse_number, cell, "."), _reads(parse_number, cell, ",")
    if point is None and comma is None:
        return "not_number"
    if point is None or comma is None:
        return "comma" if point is None else "point"
    return "either" if point == comma else "doubtful"


def _size(cell: str) -> Any:
    return _reads(parse_number, cell, ".") or _reads(parse_number, cell, ",")


def date_order(column: Column) -> str | None:
    """The order in which a column writes days: empty where none is needed, None where it cannot be told."""
    day_first, month_first = column.dates.get("dmy", 0), column.dates.get("mdy", 0)
    if day_first != month_first:
        return "dmy" if day_first > month_first else "mdy"
    return None if column.dates.get("doubtful") or day_first else ""


def decimal_sign(column: Column) -> str | None:
    """The decimal sign of a column; None where its numbers can be read in two ways."""
    point, comma = column.numbers.get("point", 0), column.numbers.get("comma", 0)
    if comma > point:
        return ","
    return None if column.numbers.get("doubtful") and not point else "."
