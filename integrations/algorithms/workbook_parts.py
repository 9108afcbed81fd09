"""The parts of a workbook beside its sheets: what is where, how numbers are shown, which texts cells share.

No document type, no entity and no external reference is ever read (CWE-776, CWE-611).
"""

import posixpath
from collections.abc import Iterator, Mapping
from typing import Self
from xml.parsers import expat

from integrations.algorithms.archives import DAMAGES, MEGABYTE, Archive, Unfit
from integrations.algorithms.records import NoTable
from integrations.algorithms.workbook_values import BUILT_IN, shown_by, unescaped

CHUNK = 1 << 16
#: A tag that is longer, or nested deeper, was not written by a spreadsheet.
LONGEST_TAG, DEEPEST = 4 * MEGABYTE, 64
#: Texts that cells share, which are held while the sheet is read.
MOST_SHARED = 2_000_000
MOST_SHEETS = 500
DAMAGED = "is damaged: its {} is no well-formed XML. Save it again where it comes from, then upload it anew."
TOO_DEEP = "is nested deeper than any workbook. It was not read further."


class Part:
    """One XML part, read by its tags."""

    name = "content"

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._finish
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype
        self.depth = 0
        self.words: list[str] = []
        self.is_text = self.is_phonetic = False

    @classmethod
    def read(cls, archive: Archive, path: str) -> Self:
        part = cls()
        for _ in part.feed(archive, path):
            pass
        return part

    def feed(self, archive: Archive, path: str) -> Iterator[None]:
        """Parse a part chunk by chunk; yields after each."""
        fed = 0
        try:
            with archive.open(path) as stream:
                while chunk := stream.read(CHUNK):
                    fed += len(chunk)
                    self.parser.Parse(chunk, False)
                    if fed - self.parser.CurrentByteIndex > LONGEST_TAG:
                        raise NoTable(DAMAGED.format(self.name))
                    yield
            self.parser.Parse(b"", True)
        except (NoTable, Unfit):
            raise
        except (expat.ExpatError, LookupError, *DAMAGES) as damage:
            raise NoTable(DAMAGED.format(self.name)) from damage
        yield

    def _refuse_doctype(self, *_: object) -> None:
        raise NoTable("has a document type definition, which no workbook has. It was not read: such can do harm.")

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise NoTable(TOO_DEEP)
        self.start(tag.rpartition(":")[2], attributes)

    def _finish(self, tag: str) -> None:
        self.depth -= 1
        self.end(tag.rpartition(":")[2])

    def _text(self, text: str) -> None:
        if self.is_text and not self.is_phonetic:
            self.words.append(text)

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """A tag opens."""

    def end(self, tag: str) -> None:
        """A tag closes."""

    def take(self) -> str:
        """The text since the last one that was taken."""
        words, self.words = self.words, []
        return "".join(words)


def _local(attributes: Mapping[str, str], name: str) -> str:
    """An attribute by its name without a prefix: `r:id` of one writer is `ns2:id` of another."""
    return next((value for key, value in attributes.items() if key.rpartition(":")[2] == name), "")


class Links(Part):
    """What a part points at: id -> path and kind."""

    name = "list of parts"

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []

    @classmethod
    def of(cls, archive: Archive, path: str, folder: str = "") -> dict[str, tuple[str, str]]:
        return {
            link: (posixpath.normpath(posixpath.join(folder, target)) if target[:1] != "/" else target[1:], kind)
            for link, target, kind in cls.read(archive, path).found
        }

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.found.append((attributes.get("Id", ""), attributes.get("Target", ""), kind))


class Book(Part):
    """The list of sheets."""

    name = "list of sheets"

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str, bool]] = []  # name, link, whether it is shown
        self.is_from_1904 = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "workbookPr":
            self.is_from_1904 = attributes.get("date1904") in {"1", "true", "on"}
        elif tag == "sheet" and len(self.sheets) < MOST_SHEETS:
            is_shown = attributes.get("state", "visible") == "visible"
            self.sheets.append((attributes.get("name", "")[:200], _local(attributes, "id"), is_shown))


class Styles(Part):
    """What the number format of each style shows."""

    name = "list of styles"

    def __init__(self) -> None:
        super().__init__()
        self.formats: dict[str, str] = {str(number): shown for number, shown in BUILT_IN.items()}
        self.shown: list[str] = []
        self.is_of_cells = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "numFmt":
            self.formats[attributes.get("numFmtId", "")] = shown_by(attributes.get("formatCode", "")[:1000])
        elif tag == "cellXfs":
            self.is_of_cells = True
        elif tag == "xf" and self.is_of_cells:
            self.shown.append(self.formats.get(attributes.get("numFmtId", ""), "number"))

    def end(self, tag: str) -> None:
        if tag == "cellXfs":
            self.is_of_cells = False


class Shared(Part):
    """The texts that cells share; of a text in several fonts all runs, without the readings above Japanese words."""

    name = "list of texts"

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "t":
            self.is_text = True
        elif tag == "rPh":
            self.is_phonetic = True

    def end(self, tag: str) -> None:
        if tag == "t":
            self.is_text = False
        elif tag == "rPh":
            self.is_phonetic = False
        elif tag == "si":
            self.texts.append(unescaped(self.take()))
            if len(self.texts) > MOST_SHARED:
                raise NoTable(f"holds more than {MOST_SHARED:,} texts. Split it, or save its sheet as CSV.")
