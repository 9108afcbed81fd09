"""Records out of a Microsoft Project XML file, one at a time: 50 MB pass through without being held.

No document type, no entity, no external reference is ever read: a file that has a DTD is refused, so that neither
"billion laughs" nor a reference to a file or an address can do anything (CWE-776, CWE-611).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat

NAMESPACE = "http://schemas.microsoft.com/project"
CHUNK = 1 << 16
#: MSPDI nests nine deep; what goes deeper was not written by a project program.
DEEPEST = 32
#: Characters of one value: notes are cut there.
LONGEST = 100_000
#: Lists of the schema whose entries are records.
LISTS = frozenset({"Calendars", "Tasks", "Resources", "Assignments"})


#: First elements of other planning programs' files.
OTHERS = {"APIBusinessObjects": "is a Primavera P6 file", "project": "is a GanttProject file"}
#: What expat says of bytes that its encoding does not have.
BAD_ENCODINGS = {
    expat.errors.codes[words]
    for words in (expat.errors.XML_ERROR_UNKNOWN_ENCODING, expat.errors.XML_ERROR_INCORRECT_ENCODING)
}
INVALID_TOKEN = expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]


class NotMspdi(ValueError):
    """The file cannot be read as a Microsoft Project XML file; the sentence says why and what to do."""


@dataclass(slots=True)
class Record:
    """An element: its values by name, and the elements in it that have elements themselves."""

    name: str
    values: dict[str, str] = field(default_factory=dict)
    parts: list["Record"] = field(default_factory=list)

    def all(self, *path: str) -> list["Record"]:
        """The parts at a path of names, such as `all("WeekDays", "WeekDay")`."""
        found = [self]
        for name in path:
            found = [part for one in found for part in one.parts if part.name == name]
        return found

    def one(self, *path: str) -> "Record":
        """The first part at a path; an empty record if there is none."""
        return next(iter(self.all(*path)), Record(path[-1]))

    def text(self, name: str) -> str:
        """A value, without blanks around it; empty if there is none."""
        return self.values.get(name, "").strip()


def read_records(stream: BinaryIO) -> Iterator[Record]:
    """The calendars, tasks, resources and assignments of a file in their order, and last the project's own values.

    Args:
        stream: bytes of an MSPDI file.
    Raises:
        NotMspdi: the file is truncated, is no XML, has a DTD, is nested absurdly, or is not a project's.
    Cost: O(bytes) in time; memory O(the largest record).
    """
    reader = _Reader()
    while chunk := stream.read(CHUNK):
        reader.feed(chunk, is_last=False)
        yield from reader.take()
    reader.feed(b"", is_last=True)
    yield from reader.take()
    if reader.project is not None:
        yield reader.project


def _is_text(chunk: bytes) -> bool:
    """Whether bytes are UTF-8, but for a character that the end of the chunk cuts."""
    try:
        chunk.decode()
    except UnicodeDecodeError as error:
        return error.start >= len(chunk) - 3
    return True


class _Reader:
    """Collects elements from the parser's events."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype
        self.stack: list[Record] = []
        self.words: list[str] = []
        self.ready: list[Record] = []
        self.project: Record | None = None

    def feed(self, chunk: bytes, *, is_last: bool) -> None:
        try:
            self.parser.Parse(chunk, is_last)
        except LookupError as error:
            raise NotMspdi(
                f"The file says that it has an {error}, which cannot be read. "
                "Save it as XML from Microsoft Project again."
            ) from error
        except expat.ExpatError as error:
            if error.code in BAD_ENCODINGS or (error.code == INVALID_TOKEN and not _is_text(chunk)):
                raise NotMspdi(
                    f"The file holds characters that its encoding does not know, at line {error.lineno}. "
                    "Nothing of it was kept; save it as XML from Microsoft Project again and do not edit it."
                ) from error
            raise NotMspdi(
                f"The file breaks off or is not well-formed XML at line {error.lineno}, column {error.offset + 1}. "
                "Nothing of it was kept; save it as XML from Microsoft Project again."
            ) from error

    def take(self) -> list[Record]:
        ready, self.ready = self.ready, []
        return ready

    def _refuse_doctype(self, *_: object) -> None:
        raise NotMspdi(
            "The file has a document type definition, which no Microsoft Project file has. It was not read, because "
            "such definitions can be used to harm the reader."
        )

    def _start(self, tag: str, _attributes: dict[str, str]) -> None:
        space, _, name = tag.rpartition("}")
        if not self.stack and (name != "Project" or not space.startswith(NAMESPACE)):
            other = OTHERS.get(name, "")
            raise NotMspdi(
                f"This is not a Microsoft Project XML file: it {other or f'begins with <{name[:40]}>'}. "
                "In Microsoft Project choose “Save as” and the type XML."
            )
        if len(self.stack) >= DEEPEST:
            raise NotMspdi("The file is nested deeper than any Microsoft Project file; it was not read further.")
        self.words = []
        self.stack.append(Record(name))

    def _characters(self, text: str) -> None:
        self.words.append(text)

    def _end(self, _: str) -> None:
        record = self.stack.pop()
        words, self.words = self.words, []
        if not self.stack:
            self.project = record
            return
        above = self.stack[-1]
        if len(self.stack) == 2 and above.name in LISTS:
            self.ready.append(record)
        elif record.parts or record.values:
            if record.name != "TimephasedData" or above.name == "Assignment":
                above.parts.append(record)
        else:
            above.values.setdefault(record.name, "".join(words)[:LONGEST])
