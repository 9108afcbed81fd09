"""A table as rows of text, whether it is kept as text or as a sheet of a workbook."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from integrations.algorithms.profiling import ROWS, Column, profile
from integrations.algorithms.records import (
    MOST_COLUMNS,
    Fault,
    Header,
    NoTable,
    Record,
    as_record,
    fault_in,
    named,
    read_header,
    read_records,
)
from integrations.algorithms.workbooks import SheetRow, Workbook


@dataclass(frozen=True, slots=True)
class Survey:
    """What a table holds, from one walk over it."""

    header: Header
    columns: list[Column]
    row_count: int


@dataclass(frozen=True, slots=True)
class TextTable:
    """Text in an encoding, divided by a character."""

    content: bytes
    codec: str
    delimiter: str

    def survey(self, most_rows: int) -> Survey:
        """Look at the first rows and count all, up to one more than `most_rows`.

        Raises:
            NoTable: the file holds no table.
        """
        header = read_header(self.content, self.codec, self.delimiter)
        rows = [record.cells for record in islice(self.records(header.names), ROWS)]
        count = len(rows)
        if count == ROWS:
            count = sum(1 for _ in islice(self.records(header.names), most_rows + 1))
        return Survey(header, profile(header.names, rows), count)

    def records(self, names: Sequence[str]) -> Iterator[Record]:
        """The rows below the header."""
        return read_records(self.content, self.codec, self.delimiter)


@dataclass(frozen=True, slots=True)
class SheetTable:
    """A sheet of a workbook: its first filled row is the header, and its width that of its widest row."""

    workbook: Workbook
    sheet: str

    def survey(self, most_rows: int) -> Survey:
        """Look at the first rows, count all up to one more than `most_rows`, and see how wide they are.

        Raises:
            NoTable: the sheet holds no table, or more than is read.
        """
        rows = self.workbook.rows(self.sheet)
        first = next(rows, None)
        if first is None:
            raise NoTable(f"holds nothing in the sheet “{self.sheet}”. Choose another.")
        kept, count, width = [], 0, _width(first)
        for row in islice(rows, most_rows + 1):
            count += 1
            width = max(width, _width(row))
            if count <= ROWS:
                kept.append(row.cells)
        header = named(first.number, _of_width(first.cells, width))
        return Survey(header, profile(header.names, [_of_width(cells, width) for cells in kept]), count)

    def records(self, names: Sequence[str]) -> Iterator[Record]:
        """The rows below the header."""
        rows = self.workbook.rows(self.sheet)
        next(rows, None)
        for row in rows:
            record = as_record(row.number, _of_width(row.cells, len(names)), 1, names, clean=True)
            yield Record(record.number, record.cells, [*record.faults, *_faults(row, names)])


def _width(row: SheetRow) -> int:
    """How many columns a row has, without empty ones behind.

    Raises:
        NoTable: more than are read.
    """
    width = len(row.cells)
    while width and not row.cells[width - 1].strip():
        width -= 1
    width = max([width, *(place + 1 for place, _, _ in row.problems)])
    if width > MOST_COLUMNS:
        raise NoTable(f"has {width:,} columns; at most {MOST_COLUMNS} are read.")
    return width


def _of_width(cells: Sequence[str], width: int) -> list[str]:
    return [*cells[:width], *([""] * (width - len(cells)))]


def _faults(row: SheetRow, names: Sequence[str]) -> list[Fault]:
    return [
        fault_in(code, row.number, names[place], place, text)
        for place, code, text in row.problems
        if place < len(names)
    ]
