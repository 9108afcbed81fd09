"""The rows of a text table, one at a time, each with what is wrong with it. Nothing is dropped in silence."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from integrations.algorithms.files import is_clean, separator_line
from integrations.algorithms.words import visible

# The module's limit of 131,072 characters would end the whole file at one long cell; ours ends with the file.
csv.field_size_limit(1 << 30)

#: A longer cell is reported with its row and column, and only its beginning is kept.
LONGEST_CELL = 100_000
KEPT_OF_LONG_CELL = 500
MOST_COLUMNS = 500
#: Appended by the reader as a last line, to notice a quotation mark that is never closed.
END = "\ue000end of file\ue000"
NUL = "\x00"
NUL_SHOWN = "\u2400"
REPLACED = "\ufffd"


class NoTable(ValueError):
    """The file holds no table; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row as it stands in the file, before its cells mean anything."""

    code: str
    text: str
    column: int | None = None

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "text": self.text, "column": self.column}


@dataclass(frozen=True, slots=True)
class Record:
    """One row: its number as a spreadsheet counts it, one cell per column, and what was wrong."""

    number: int
    cells: list[str]
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Header:
    """The names of the columns, each once, and where they stand in the file."""

    number: int
    names: list[str]
    renamed: list[str]


def _lines(stream: io.TextIOBase) -> Iterator[str]:
    yield from stream
    yield END


def _raw(content: bytes, codec: str, delimiter: str) -> Iterator[tuple[int, list[str], int]]:
    """Number, cells and count of lines of each record that is not blank; the last may carry END in its last cell."""
    stream = io.TextIOWrapper(io.BytesIO(content), encoding=codec, errors="replace", newline="")
    reader = csv.reader(_lines(stream), delimiter=delimiter)
    number, line = 0, 0
    for cells in reader:
        lines, line = reader.line_num - line, reader.line_num
        if cells == [END]:
            return
        number += 1
        if number == 1 and cells and separator_line(delimiter.join(cells)):
            number = 0
            continue
        if any(cells):
            yield number, cells, lines


def read_header(content: bytes, codec: str, delimiter: str) -> Header:
    """The first row that is not blank, with empty and repeated names made distinct.

    Raises:
        NoTable: the file holds no row, or the first row has too many cells to be a header.
    """
    first = next(_raw(content, codec, delimiter), None)
    if first is None:
        raise NoTable("holds no rows, only blank lines.")
    number, cells, _ = first
    if cells[-1].endswith(END):
        raise NoTable("opens a quotation mark in its first row that is never closed. Close it, then upload it again.")
    if len(cells) > MOST_COLUMNS:
        raise NoTable(f"has {len(cells):,} columns; at most {MOST_COLUMNS} are read.")
    return named(number, cells)


def named(number: int, cells: Sequence[str]) -> Header:
    """The header that a row of cells makes, without what a person cannot see in it."""
    return _distinct(number, [visible(cell.replace(NUL, "")) for cell in cells])


def _distinct(number: int, cells: Sequence[str]) -> Header:
    names: list[str] = []
    renamed: list[str] = []
    seen: dict[str, int] = {}
    taken = {cell.casefold() for cell in cells}
    for place, cell in enumerate(cells, start=1):
        name = (cell or f"Column {place}")[:120]
        count = seen[name.casefold()] = seen.get(name.casefold(), 0) + 1
        if count > 1:
            while f"{name} ({count})".casefold() in taken:
                count += 1
            name = f"{name} ({count})"
            taken.add(name.casefold())
            renamed.append(name)
        names.append(name)
    return Header(number, names, renamed)


def read_records(content: bytes, codec: str, delimiter: str) -> Iterator[Record]:
    """The rows below the header, streamed; a row of empty cells is passed over, as a spreadsheet's last rows are."""
    rows = _raw(content, codec, delimiter)
    first = next(rows, None)
    if first is None:
        return
    header = named(*first[:2])
    clean = is_clean(content, codec)
    for number, cells, lines in rows:
        record = as_record(number, cells, lines, header.names, clean=clean)
        if any(cell.strip() for cell in record.cells) or record.faults:
            yield record


def as_record(number: int, cells: list[str], lines: int, names: Sequence[str], *, clean: bool) -> Record:
    """One row with what is wrong with it; a cell for every column, and those beyond them.

    Args:
        lines: of the file that the row takes up.
        clean: every byte of the file is a letter of its encoding.
    """
    faults: list[Fault] = []
    width = len(names)
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    if cells and cells[-1].endswith(END):
        cells[-1] = cells[-1].removesuffix(END)
        faults.append(
            Fault(
                "unclosed",
                f"Row {number:,}: a quotation mark is opened and never closed, so that the {lines - 1:,} lines to the"
                " end of the file were read as one cell. Close it in the file, then upload it again.",
            )
        )
    elif len(cells) != width:
        faults.append(
            Fault(
                "ragged",
                f"Row {number:,} has {len(cells):,} cells, and the header has {width:,}. Its cells may be shifted.",
            )
        )
    for place, cell in enumerate(cells):
        column = names[place] if place < width else f"Column {place + 1}"
        if NUL in cell:
            cells[place] = cell.replace(NUL, NUL_SHOWN)
            faults.append(
                fault_in("nul", number, column, place, "holds a NUL byte, which is no letter. Correct the cell.")
            )
        if not clean and REPLACED in cell:
            text = "holds bytes that are no letters in this encoding. Choose another encoding, or correct the cell."
            faults.append(fault_in("undecodable", number, column, place, text))
        if len(cell) > LONGEST_CELL:
            cells[place] = cells[place][:KEPT_OF_LONG_CELL]
            text = f"holds {len(cell):,} characters; a cell may hold {LONGEST_CELL:,}."
            faults.append(fault_in("long_cell", number, column, place, text))
    cells.extend([""] * (width - len(cells)))
    return Record(number, cells, faults)


def fault_in(code: str, number: int, column: str, place: int, text: str) -> Fault:
    """What is wrong with one cell; the text goes on after its row and column."""
    return Fault(code, f"Row {number:,}, column “{column}” {text}", place)
