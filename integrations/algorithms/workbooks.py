"""An Excel workbook (ECMA-376) as rows of text: streamed, so that a sheet passes through without being held.

Formulas give the values that were kept with them. Nothing is held but one row and the texts that the sheets share.
"""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field

from integrations.algorithms.archives import MEGABYTE, Archive, Unfit
from integrations.algorithms.records import NoTable
from integrations.algorithms.workbook_parts import DEEPEST, TOO_DEEP, Book, Links, Part, Shared, Styles
from integrations.algorithms.workbook_values import number_text, unescaped

#: Bytes of the texts that cells share, which are held while the sheet is read.
MOST_SHARED_BYTES = 64 * MEGABYTE
#: Characters of all cells of a sheet: a text that many cells share counts for each.
MOST_CHARACTERS = 100 * 1000 * 1000
#: The last row and column that a workbook has.
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
IS_ERROR = "holds the error {} instead of a value. Correct the cell, in the workbook or here."
NO_RESULT = (
    "holds a formula without its result. Open the workbook, save it, and upload it again; or type the value here."
)
LOST_TEXT = "is damaged: a cell names a text that is not in it. Save it again, then upload it anew."


@dataclass(slots=True)
class SheetRow:
    """A row that holds something: its number in the sheet, its cells, and those that hold no value but a problem."""

    number: int
    cells: list[str] = field(default_factory=list)
    problems: list[tuple[int, str, str]] = field(default_factory=list)  # place, code, what it is

    def put(self, place: int, text: str) -> None:
        if len(self.cells) <= place:
            self.cells.extend([""] * (place + 1 - len(self.cells)))
        self.cells[place] = text

    @property
    def is_filled(self) -> bool:
        return bool(self.problems) or any(cell and not cell.isspace() for cell in self.cells)


class Workbook:
    """The sheets of a workbook.

    Raises:
        NoTable: it is damaged, encrypted, larger than what is read, or has no sheet with cells.
    """

    def __init__(self, content: bytes) -> None:
        try:
            self.archive = Archive(content)
            self._read_parts()
        except Unfit as problem:
            raise NoTable(str(problem)) from problem

    def _read_parts(self) -> None:
        links = Links.of(self.archive, "_rels/.rels")
        book = next((path for path, kind in links.values() if kind == "officeDocument"), "xl/workbook.xml")
        found = Book.read(self.archive, book)
        folder, name = posixpath.split(book)
        links = Links.of(self.archive, f"{folder}/_rels/{name}.rels", folder)
        self.is_from_1904 = found.is_from_1904
        kinds = {kind: path for path, kind in links.values()}
        self.paths = {
            title: links[link][0]
            for title, link, is_shown in sorted(found.sheets, key=lambda sheet: not sheet[2])
            if link in links and links[link][1] == "worksheet"
        }
        self.shown = Styles.read(self.archive, kinds["styles"]).shown if "styles" in kinds else []
        self.shared_path = kinds.get("sharedStrings", "")
        self._shared: list[str] | None = None

    @property
    def sheets(self) -> list[str]:
        """The names of the sheets that hold cells, those that are hidden last."""
        return list(self.paths)

    @property
    def shared(self) -> list[str]:
        """The texts that cells share, by their number."""
        if self._shared is None:
            if self.archive.size(self.shared_path) > MOST_SHARED_BYTES:
                most = MOST_SHARED_BYTES // MEGABYTE
                raise NoTable(f"holds more than {most} MB of text. Split it into several, or save its sheet as CSV.")
            read = self.shared_path in self.archive.parts
            self._shared = Shared.read(self.archive, self.shared_path).texts if read else []
        return self._shared

    def first_filled(self) -> str:
        """The first sheet that holds anything.

        Raises:
            NoTable: none does.
        """
        for sheet in self.paths:
            if next(self.rows(sheet), None) is not None:
                return sheet
        raise NoTable("is a workbook without a filled cell. Fill a sheet and upload it again.")

    def rows(self, sheet: str) -> Iterator[SheetRow]:
        """The rows of a sheet that hold something, from the top.

        Raises:
            NoTable: there is no such sheet, or it is damaged, or holds more than is read.
        """
        if sheet not in self.paths:
            raise NoTable(f"has no sheet “{sheet[:60]}”.")
        try:
            yield from _Sheet(self).stream(self.archive, self.paths[sheet])
        except Unfit as problem:
            raise NoTable(str(problem)) from problem


class _Sheet(Part):
    """Rows of cells. Millions of tags pass through here: it handles them without the steps that other parts afford."""

    name = "sheet"

    def __init__(self, book: Workbook) -> None:
        super().__init__()
        self.texts, self.styles, self.is_from_1904 = book.shared, book.shown, book.is_from_1904
        self.ready: list[SheetRow] = []
        self.row: SheetRow | None = None
        self.number = self.size = 0
        self.place = -1
        self.places: dict[str, int] = {}
        self.tags: dict[str, str] = {}
        self.type = self.style = ""
        self.value: str | None = None
        self.is_cell = self.has_formula = False
        self.parser.StartElementHandler = self._open
        self.parser.EndElementHandler = self._close
        self.parser.CharacterDataHandler = self.words.append

    def stream(self, archive: Archive, path: str) -> Iterator[SheetRow]:
        for _ in self.feed(archive, path):
            ready, self.ready = self.ready, []
            if not self.is_cell:
                self.words.clear()  # blanks between tags
            yield from ready

    def _tag(self, tag: str) -> str:
        """A tag without its prefix."""
        if len(self.tags) > DEEPEST:
            self.tags.clear()
        return self.tags.setdefault(tag, tag.rpartition(":")[2])

    def _open(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        tag = self.tags.get(tag) or self._tag(tag)
        if tag == "v":
            self.words.clear()
        elif tag == "c":
            self.is_cell, self.has_formula, self.value = True, False, None
            self.type, self.style = attributes.get("t", "n"), attributes.get("s", "")
            self.place = self._place(attributes.get("r", ""))
        elif tag == "t":
            self.words.clear()
        elif tag == "f":
            self.has_formula = True
        elif tag == "rPh":
            self.is_phonetic = True
        elif tag == "row":
            self._open_row(attributes.get("r", ""))
        elif self.depth > DEEPEST:
            raise NoTable(TOO_DEEP)

    def _close(self, tag: str) -> None:
        self.depth -= 1
        tag = self.tags.get(tag) or self._tag(tag)
        if tag == "v":
            self.value = "".join(self.words)
        elif tag == "c":
            self.is_cell = False
            if self.row is not None:
                self._close_cell(self.row)
        elif tag == "t":
            if not self.is_phonetic:
                self.value = (self.value or "") + "".join(self.words)
        elif tag == "rPh":
            self.is_phonetic = False
        elif tag == "row":
            if self.row is not None and self.row.is_filled:
                self.ready.append(self.row)
            self.row = None

    def _open_row(self, text: str) -> None:
        number = int(text) if text.isdecimal() and len(text) < 10 else self.number + 1
        if not self.number < number <= LAST_ROW:
            raise NoTable(f"is damaged: row {number:,} of its sheet stands after row {self.number:,}.")
        self.number, self.place = number, -1
        self.row = SheetRow(number)

    def _place(self, address: str) -> int:
        """The column of a cell, from 0: by its address, else the next one."""
        letters = address.rstrip("0123456789")
        place = self.places.get(letters)
        if place is None:
            place = self.place + 1
            if letters:
                place = -1
                for letter in letters[:7]:
                    place = (place + 1) * 26 + ord(letter) - ord("A")
            if not 0 <= place < LAST_COLUMN:
                raise NoTable(f"has a cell beyond the last column of a workbook ({LAST_COLUMN:,}). It was not read.")
            if letters:
                self.places[letters] = place
        return place

    def _close_cell(self, row: SheetRow) -> None:
        text = self.value
        if text is None:
            if self.has_formula:
                row.problems.append((self.place, "no_result", NO_RESULT))
            return
        if self.type == "s":
            try:
                text = self.texts[int(text)]
            except (IndexError, ValueError) as error:
                raise NoTable(LOST_TEXT) from error
        elif self.type == "n":
            style = int(self.style) if self.style and self.style.isdecimal() else 0
            shown = self.styles[style] if style < len(self.styles) else "number"
            text = number_text(text, shown, is_from_1904=self.is_from_1904)
        elif self.type == "b":
            text = "TRUE" if text.strip() in {"1", "true"} else "FALSE"
        elif self.type == "e":
            row.problems.append((self.place, "error_cell", IS_ERROR.format(text[:20])))
        elif self.type == "d":
            text = text.removesuffix("T00:00:00").replace("T", " ")
        else:
            text = unescaped(text)
        if text:
            self.size += len(text)
            if self.size > MOST_CHARACTERS:
                most = MOST_CHARACTERS // 1000 // 1000
                raise NoTable(f"holds more than {most} million characters in a sheet. Split it into several.")
            row.put(self.place, text)
