"""A ZIP file looked into before anything of it is unpacked, within limits that hold whatever it says of itself."""

import io
import zipfile
import zlib
from typing import IO

#: A workbook has a few dozen parts. Each entry of a directory begins with this mark, so their count is an upper bound.
MOST_PARTS = 2_000
ENTRY = b"PK\x01\x02"
STARTS = (b"PK\x03\x04", b"PK\x05\x06")
MEGABYTE = 1024 * 1024
#: Bytes of all parts together once they are unpacked: 200,000 rows of twenty columns have about 150 MB.
MOST_UNPACKED = 250 * MEGABYTE
#: Sheets shrink to a tenth or a fiftieth; a file that shrinks more was made to fill the memory of its reader.
MOST_RATIO, FROM_SIZE = 200, 10 * MEGABYTE
#: The two ways of packing that spreadsheets use, both of which unpack in bounded steps.
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
#: What reading a part raises when its bytes are not what the directory says.
DAMAGES = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


class Unfit(ValueError):
    """The archive is not unpacked; the words go on after the file's name and end the sentence."""


def is_archive(content: bytes) -> bool:
    return content.startswith(STARTS)


def part_names(content: bytes) -> list[str] | None:
    """What lies in an archive; None where its directory is damaged or too long to be read."""
    if content.count(ENTRY) > MOST_PARTS:
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.namelist()
    except DAMAGES:
        return None


class Archive:
    """The parts of a ZIP file, each opened as a stream of at most as many bytes as the directory declares.

    Raises:
        Unfit: it is damaged or encrypted, has too many parts, or would unpack to too much.
    """

    def __init__(self, content: bytes) -> None:
        if content.count(ENTRY) > MOST_PARTS:
            raise Unfit(f"is made of more than {MOST_PARTS:,} parts; a workbook has a few dozen. It was not opened.")
        try:
            self.file = zipfile.ZipFile(io.BytesIO(content))
        except DAMAGES as damage:
            raise Unfit("is damaged or cut off. Save it again where it comes from, then upload it anew.") from damage
        self.parts = {part.filename: part for part in self.file.infolist()}
        if any(part.flag_bits & 1 for part in self.parts.values()):
            raise Unfit("holds encrypted parts. Save it without a password, then upload it again.")
        if any(part.compress_type not in METHODS for part in self.parts.values()):
            raise Unfit("is packed in a way that no spreadsheet uses. Save it again, then upload it anew.")
        size = sum(part.file_size for part in self.file.infolist())
        if size > MOST_UNPACKED:
            raise Unfit(
                f"would unpack to {size / MEGABYTE:,.0f} MB; at most {MOST_UNPACKED // MEGABYTE} MB are read."
                " Split it into several, or save its sheet as CSV."
            )
        if size > FROM_SIZE and size > MOST_RATIO * len(content):
            raise Unfit(
                f"would unpack to {size // max(len(content), 1):,} times its size, as no real workbook does."
                " It was not opened. Save its sheet as CSV, then upload that."
            )

    def size(self, name: str) -> int:
        """Bytes of a part once it is unpacked; 0 where there is none."""
        return self.parts[name].file_size if name in self.parts else 0

    def open(self, name: str) -> IO[bytes]:
        """A part as a stream.

        Raises:
            Unfit: there is no such part.
        """
        if name not in self.parts:
            raise Unfit("is damaged: a part that it names is not in it. Save it again, then upload it anew.")
        return self.file.open(self.parts[name])
