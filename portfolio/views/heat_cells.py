"""The cells of the heatmap, written in Python: there may be a thousand, and the template engine takes its time."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from itertools import groupby
from typing import Any

from django.http import QueryDict
from django.utils.safestring import SafeString, mark_safe

from core.templatetags.portolan import number, percent
from portfolio.algorithms.heat import Cell, Heat, HeatRow
from portfolio.selectors.capacity import Named

FULL = Decimal(100)


@dataclass(frozen=True)
class Column:
    """A period: its months, its name in the table, its whole name, and what it lies in."""

    start: datetime.date
    months: tuple[datetime.date, ...]
    short: str
    long: str
    above: str


@dataclass(frozen=True)
class Switch:
    """One of a few ways to look at the page."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Line:
    """A row of the table: its name, what is said below it, and its cells."""

    name: str
    note: str
    cells: SafeString
    is_total: bool = False


@dataclass(frozen=True)
class Shown:
    """How the heatmap is looked at."""

    query: QueryDict
    by: str
    show: str
    columns: Sequence[Column]
    named: Mapping[int, Named]
    cell: tuple[int | None, datetime.date] | None

    def without(self, *words: str) -> str:
        """The words of this page's address without some."""
        query = self.query.copy()
        for word in (*words, "format"):
            query.pop(word, None)
        return query.urlencode()

    def switches(self, name: str, choices: Mapping[str, str]) -> list[Switch]:
        now = self.by if name == "by" else self.show
        query = self.query.copy()
        for gone in ("format", "key", "at") if name == "by" else ("format",):
            query.pop(gone, None)
        switches = []
        for value, label in choices.items():
            query[name] = value
            switches.append(Switch(label, f"?{query.urlencode()}", value == now))
        return switches

    def heads(self) -> list[tuple[str, int]]:
        """The quarters, or years, above the columns, and how many columns each has."""
        return [(name, len(list(within))) for name, within in groupby(self.columns, key=lambda column: column.above)]


def shown_rows(look: Shown, heat: Heat) -> Iterator[Line]:
    """The rows by name, those of none last, then the sum."""
    order = {pk: place for place, pk in enumerate(look.named)}
    base = look.query.copy()
    for word in ("key", "at", "format"):
        base.pop(word, None)
    address = f"?{base.urlencode()}&" if base else "?"
    for row in sorted(heat.rows, key=lambda row: order.get(row.key or 0, len(order))):
        named = look.named.get(row.key or 0)
        name = named.name if named else f"No {look.by}"
        note = _people(named) if named else ""
        cells = "".join(_linked(look, address, row, name, place, cell) for place, cell in enumerate(row.cells))
        yield Line(name, note, mark_safe(cells))  # noqa: S308 - each value is a number or escaped
    everybody = f"All {look.by}s"
    totals = "".join(
        f'<td class="num" title="{escape(_words(everybody, column, cell))}">{_figure(look.show, cell)}</td>'
        for column, cell in zip(look.columns, heat.total.cells, strict=True)
    )
    yield Line(everybody, "", mark_safe(totals), is_total=True)  # noqa: S308 - numbers


def _people(named: Named) -> str:
    if named.is_archived:
        return "archived"
    return f"{named.people} {'person' if named.people == 1 else 'people'}"


def _linked(look: Shown, address: str, row: HeatRow, name: str, place: int, cell: Cell) -> str:
    column = look.columns[place]
    key = "none" if row.key is None else row.key
    is_open = bool(look.cell and look.cell[0] == row.key and look.cell[1] in column.months)
    current = ' aria-current="true"' if is_open else ""
    supposed = " data-if" if cell.hired else ""
    words = escape(_words(name, column, cell))
    href = escape(f"{address}key={key}&at={column.start:%Y-%m}#cell")
    level = cell.level if look.show != "open" else _open_level(cell)
    return (
        f'<td><a class="hc" href="{href}" data-l="{level}"{supposed}{current} aria-label="{words}" title="{words}">'
        f"{_figure(look.show, cell)}{_before(look.show, cell)}</a></td>"
    )


def _open_level(cell: Cell) -> str:
    """Open demand is shaded by its share of what is asked for."""
    if not cell.open:
        return "0" if cell.demand else "none"
    return str(min(4, 1 + int(cell.open / cell.demand * 4))) if cell.demand else "4"


def _figure(show: str, cell: Cell) -> str:
    if show == "open":
        return number(cell.open, 1) if cell.open else "–"
    if not cell.demand and not cell.capacity:
        return "–"
    if show == "free":
        return number(cell.free, 1)
    return _percent(cell.load) if cell.load is not None else f"{number(cell.demand, 1)} FTE"


def _percent(load: Decimal) -> str:
    """Load in percent; a little over 100 is not told as 100."""
    value = load * 100
    return number(value, 1) if FULL < value < FULL + Decimal("0.5") else number(value)


def _before(show: str, cell: Cell) -> str:
    """What the cell says without the people who are only supposed."""
    if not cell.hired or show == "open":
        return ""
    if show == "free":
        return f"<s>{number(cell.free - cell.hired, 1)}</s>"
    return f"<s>{_percent(cell.load_before) if cell.load_before is not None else '–'}</s>"


def _words(name: str, column: Column, cell: Cell) -> str:
    parts = [f"{name}, {column.long}:"]
    if cell.load is not None:
        parts.append(f"{percent(cell.load)},")
    elif cell.demand:
        parts.append("no capacity,")
    parts.append(f"{number(cell.demand, 1)} planned of {number(cell.capacity, 1)} FTE")
    if cell.is_over:
        parts.append(f"({number(-cell.free, 1)} over)")
    if cell.open:
        parts.append(f", {number(cell.open, 1)} open")
    if cell.hired:
        before: Any = "no capacity" if cell.load_before is None else percent(cell.load_before)
        parts.append(f", {before} without hiring")
    return " ".join(parts).replace(" ,", ",")
