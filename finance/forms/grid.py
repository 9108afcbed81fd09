"""The budget grid: a form of lines by months, read cell by cell, so that what is wrong is said at the cell."""

import datetime
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from finance.algorithms.amounts import parse_amount
from finance.models import EntryClass
from finance.selectors.cells import Cell

#: Empty lines below those that there are, to type new ones in.
NEW_LINES = 3
MOST_LINES = 200


@dataclass
class GridCell:
    """A cell as it is shown: its text, what it was when the person opened the grid, and what is wrong."""

    name: str
    month: datetime.date
    text: str = ""
    was: str = ""
    version: int = 0
    error: str = ""
    note: str = ""

    @property
    def is_dirty(self) -> bool:
        return self.text.strip() != self.was


@dataclass
class GridLine:
    """A row of the grid. A new one has its class, name and currency still to be typed."""

    key: str
    entry_class: str
    line: str
    currency: str
    is_new: bool = False
    error: str = ""
    cells: list[GridCell] = field(default_factory=list)

    @property
    def class_label(self) -> str:
        return str(EntryClass(self.entry_class).label) if self.entry_class in EntryClass.values else ""

    @property
    def is_used(self) -> bool:
        return any(cell.text.strip() for cell in self.cells)


@dataclass(frozen=True)
class Changed:
    """A cell that the person changed: from what, to what; None is no entry."""

    line: GridLine
    cell: GridCell
    before: Decimal | None
    after: Decimal | None


class GridForm:
    """The grid of one kind of entries over some months.

    Args:
        entries: those of the subject, kind and months, by which the grid is filled.
        data: what was sent, or None where the grid is only shown.
    """

    def __init__(
        self,
        *,
        subject: Any,
        kind: str,
        months: list[datetime.date],
        entries: Iterable[Any],
        currency: str,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        self.subject, self.kind, self.months, self.currency, self.data = subject, kind, months, currency, data
        self.form_token = (data or {}).get("form_token") or secrets.token_urlsafe(16)
        self.reason = (data or {}).get("reason", "")
        self.reason_error = self.error = ""
        self.lines = self._lines(entries)
        self.changed: list[Changed] = []
        if data is not None:
            self._take(data)

    def _lines(self, entries: Iterable[Any]) -> list[GridLine]:
        found: dict[tuple[str, str, str], dict[datetime.date, Any]] = {}
        for entry in entries:
            found.setdefault((entry.entry_class, entry.line, entry.currency), {})[entry.month] = entry
        order = {each: place for place, each in enumerate(EntryClass.values)}
        keys = sorted(found, key=lambda key: (order[key[0]], key[1].casefold(), key[2]))
        lines = [self._line(f"r{n}", *key, found[key]) for n, key in enumerate(keys[:MOST_LINES])]
        sent = {name.partition("-")[0] for name in self.data or () if name.startswith("n")}
        count = max(NEW_LINES, len([key for key in sent if key[1:].isdigit()]))
        return lines + [self._line(f"n{n}", "opex", "", self.currency, {}) for n in range(min(count, MOST_LINES))]

    def _line(
        self, key: str, entry_class: str, line: str, currency: str, entries: Mapping[datetime.date, Any]
    ) -> GridLine:
        cells = []
        for month in self.months:
            entry = entries.get(month)
            text = plain(entry.amount) if entry else ""
            version, note = (entry.version, entry.note) if entry else (0, "")
            cells.append(GridCell(f"{key}-{month:%Y-%m}", month, text, text, version, note=note))
        return GridLine(key, entry_class, line, currency, key.startswith("n"), cells=cells)

    @property
    def seen(self) -> str:
        """What the person saw, sent along: by line, and in it by month, version and amount."""
        return json.dumps(
            {
                f"{line.entry_class}|{line.currency}|{line.line}": {
                    f"{cell.month:%Y-%m}": [cell.version, cell.was] for cell in line.cells if cell.version
                }
                for line in self.lines
                if not line.is_new
            }
        )

    def _take(self, data: Mapping[str, Any]) -> None:
        """Fill in what was typed, beside what the person saw when opening the grid."""
        seen = _seen(data.get("seen", ""))
        for line in self.lines:
            if line.is_new:
                line.entry_class = str(data.get(f"{line.key}-class", line.entry_class))
                line.line = str(data.get(f"{line.key}-line", "")).strip()
                line.currency = str(data.get(f"{line.key}-currency", line.currency)).strip().upper() or self.currency
            key = f"{line.entry_class}|{line.currency}|{line.line}"
            then = {} if line.is_new else seen.get(key, {})  # nobody saw amounts in a line that was still to be typed
            sent = self._sent_as(line, data)
            for cell in line.cells:
                version, was = then.get(f"{cell.month:%Y-%m}", (0, ""))
                text = data.get(f"{sent}-{cell.month:%Y-%m}")
                now = cell.version, cell.was
                cell.version, cell.was = version, was
                if text is None or str(text).strip() == was:
                    cell.version, cell.text = now[0], now[1]  # untouched: what is there now
                    cell.was = now[1]
                    continue
                cell.text = str(text)
                self._read(line, cell)
        self._refuse_twins()

    def _sent_as(self, line: GridLine, data: Mapping[str, Any]) -> str:
        """Under which name a line was sent: lines may have come and gone since the grid was opened."""
        if line.is_new:
            return line.key
        wanted = f"{line.entry_class}|{line.currency}|{line.line}"
        return next((name[:-4] for name in data if name.endswith("-key") and data[name] == wanted), line.key)

    def _read(self, line: GridLine, cell: GridCell) -> None:
        try:
            after = parse_amount(cell.text)
        except ValueError as wrong:
            cell.error = str(wrong)
            return
        before = parse_amount(cell.was)
        if after != before:
            self.changed.append(Changed(line, cell, before, after))

    def _refuse_twins(self) -> None:
        keys: set[tuple[str, str, str]] = set()
        for line in self.lines:
            key = line.entry_class, line.line, line.currency
            if line.is_new and line.is_used and key in keys:
                line.error = "There is such a line above: type its amounts there."
            if line.is_used or not line.is_new:
                keys.add(key)

    @property
    def is_valid(self) -> bool:
        cells = (cell for line in self.lines for cell in line.cells)
        return not any(cell.error for cell in cells) and not any(line.error for line in self.lines)

    @property
    def error_cells(self) -> list[tuple[GridLine, GridCell]]:
        return [(line, cell) for line in self.lines for cell in line.cells if cell.error]

    def cells(self) -> list[Cell]:
        """What is to be set."""
        return [
            Cell(
                self.subject, self.kind, one.line.entry_class, one.cell.month, one.after, one.line.currency,
                one.line.line, seen=one.cell.version,
            )
            for one in self.changed
        ]  # fmt: skip

    def refuse(self, rows: Mapping[int, Mapping[str, str]], versions: Mapping[Any, int]) -> None:
        """Put what a service refused at the cells. Saving again goes over what somebody changed meanwhile.

        Args:
            versions: of the entries as they are now, by class, line, month and currency.
        """
        for place, errors in rows.items():
            one = self.changed[place]
            one.cell.error = " ".join(errors.values())
            if "version" in errors:
                key = one.line.entry_class, one.line.line, one.cell.month, one.line.currency
                one.cell.version = versions.get(key, 0)
                one.cell.error += " Saving again goes over it."


def plain(amount: Decimal) -> str:
    """An amount as a cell shows it: two decimals only where there are cents."""
    text = format(amount, ",.2f")
    return text.removesuffix(".00")


def _seen(text: str) -> dict[str, dict[str, tuple[int, str]]]:
    try:
        found = json.loads(text or "{}")
        return {
            str(key): {str(month): (int(pair[0]), str(pair[1])) for month, pair in cells.items()}
            for key, cells in found.items()
        }
    except (ValueError, TypeError, AttributeError, IndexError):
        return {}
