"""What an uploaded file is: text or something else, in which encoding, divided by which character."""

import codecs
import csv
import re
from dataclasses import dataclass

import charset_normalizer

from integrations.algorithms.archives import is_archive, part_names

#: Codec -> how people call it, in the order in which it is offered.
ENCODINGS: dict[str, str] = {
    "utf-8-sig": "UTF-8",
    "cp1252": "Windows-1252 (Western Europe)",
    "latin-1": "ISO 8859-1 (Latin-1)",
    "iso8859-15": "ISO 8859-15 (Latin-9)",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16, little-endian",
    "utf-16-be": "UTF-16, big-endian",
    "utf-32": "UTF-32",
    "cp1250": "Windows-1250 (Central Europe)",
    "iso8859-2": "ISO 8859-2 (Latin-2)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "mac-roman": "Mac Roman",
    "shift_jis": "Shift JIS (Japanese)",
    "gb18030": "GB 18030 (Chinese)",
    "big5": "Big5 (Chinese)",
    "euc-kr": "EUC-KR (Korean)",
}
DELIMITERS: dict[str, str] = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
SAMPLE_BYTES = 256 * 1024
#: Single-byte encodings of the same letters; Windows-1252 is what such files nearly always are.
WESTERN = {"cp1252", "latin_1", "iso8859_15", "cp1250", "iso8859_2", "mac_roman", "cp1254"}

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: The part of an Office file that holds an encrypted workbook.
LOCKED = "EncryptedPackage".encode("utf-16-le")
SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", "a PDF document", "Export the table behind it as CSV, then upload that."),
    (
        OLD_OFFICE,
        "an old Excel or Office file",
        "Open it and save it as “Excel Workbook (.xlsx)” or the sheet as “CSV UTF-8”, then upload that.",
    ),
    (b"\x1f\x8b", "a gzip archive", "Unpack it and upload the CSV files inside."),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "Unpack it and upload the CSV files inside."),
    (b"Rar!", "a RAR archive", "Unpack it and upload the CSV files inside."),
    (b"\x89PNG", "a picture (PNG)", "Upload the table as CSV."),
    (b"\xff\xd8\xff", "a picture (JPEG)", "Upload the table as CSV."),
    (b"GIF8", "a picture (GIF)", "Upload the table as CSV."),
    (b"SQLite format 3", "an SQLite database", "Export its tables as CSV, then upload those."),
    (b"PAR1", "a Parquet file", "Export it as CSV, then upload that."),
    (b"{\\rtf", "a rich text document", "Save the table as CSV, then upload that."),
)
WEB_PAGE = re.compile(rb"^\s*(<!--.*?-->\s*)?<(!doctype\s+html|html|head|body|script|table)\b", re.I | re.S)
XML = re.compile(rb"^\s*<\?xml\b", re.I)
JSON = re.compile(rb'^\s*(\{\s*"[^"]*"\s*:|\[\s*[\{\[])')
WORKBOOK = re.compile(r"xl/workbook\d*\.xml", re.I)
CONTROL = bytes(sorted({*range(32)} - {9, 10, 11, 12, 13, 26, 27}))


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the bytes of a file become letters, and whether that was certain."""

    codec: str
    is_certain: bool

    @property
    def label(self) -> str:
        return ENCODINGS.get(self.codec, self.codec)


def foreign(content: bytes, name: str) -> str | None:
    """What a file is, in a sentence that says what to do, if it is no table of text; None if it is."""
    if not content:
        return f"“{name}” is empty (0 bytes). Export it again and upload the new file."
    if is_workbook(content):
        return None
    if is_archive(content):
        return f"“{name}” is {_archive(content)}"
    if content.startswith(OLD_OFFICE) and LOCKED in content:
        return f"“{name}” is protected by a password. Save it without one, then upload it again."
    for signature, what, advice in SIGNATURES:
        if content.startswith(signature):
            return f"“{name}” is {what}, whatever its name says. {advice}"
    start = content[:4096].removeprefix(codecs.BOM_UTF8)
    if WEB_PAGE.match(start):
        return (
            f"“{name}” is a web page (HTML), perhaps the sign-in page of the system it was exported from."
            " Sign in there, export again and upload the new file."
        )
    if XML.match(start):
        return f"“{name}” is an XML file. Export the table as CSV, then upload that."
    if JSON.match(start):
        return f"“{name}” is a JSON file. Export the table as CSV, then upload that, or send it through the API."
    if _wide_encoding(content) is None and _is_binary(content[:SAMPLE_BYTES]):
        return f"“{name}” is a binary file and not text. Export the table as CSV, then upload that."
    return None


def is_workbook(content: bytes) -> bool:
    """True for an Excel workbook (.xlsx, .xlsm), whatever its name says."""
    names = part_names(content) if is_archive(content) else None
    return any(WORKBOOK.fullmatch(name) for name in names or ())


def _archive(content: bytes) -> str:
    names = part_names(content)
    if names is None:
        return (
            "a damaged archive or workbook, perhaps cut off on its way. Save it again, or save the table as CSV, then"
            " upload that."
        )
    if any(name.startswith("xl/") for name in names):
        return (
            "a binary Excel workbook (.xlsb), whatever its name says. Open it and save it as “Excel Workbook (.xlsx)”,"
            " then upload that."
        )
    if any(name.startswith("word/") for name in names):
        return "a Word document, whatever its name says. Save the table as CSV, then upload that."
    if "content.xml" in names:
        return (
            "an OpenDocument file, whatever its name says. Open it and save it as XLSX, or each sheet as CSV, then"
            " upload that."
        )
    inside = f" with {', '.join(names[:3])}" if names else ""
    return f"a ZIP archive{inside}. Unpack it and upload the files inside, several at once."


def _is_binary(sample: bytes) -> bool:
    """More control characters than a stray one: NUL bytes in a table of text are reported by row instead."""
    strange = len(sample) - len(sample.translate(None, CONTROL))
    return strange > max(8, len(sample) // 200)


def _wide_encoding(content: bytes) -> str | None:
    """UTF-16 or UTF-32 by their mark, or UTF-16 without one by where its zero bytes lie."""
    for mark, codec in (
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return codec
    sample = content[: SAMPLE_BYTES // 2 * 2]
    pairs = len(sample) // 2
    if pairs >= 2:
        first, second = sample[::2].count(0), sample[1::2].count(0)
        if second > pairs * 0.4 and first < pairs * 0.05:
            return "utf-16-le"
        if first > pairs * 0.4 and second < pairs * 0.05:
            return "utf-16-be"
    return None


def detect_encoding(content: bytes) -> Encoding:
    """The encoding of a text file; certain only where its bytes leave no other reading."""
    if wide := _wide_encoding(content):
        return Encoding(wide, is_certain=True)
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    else:
        return Encoding("utf-8-sig", is_certain=True)
    sample = _lines_with_letters(content)
    if _is_damaged_utf8(sample):
        return Encoding("utf-8-sig", is_certain=False)
    return Encoding(_single_byte(sample), is_certain=False)


def _is_damaged_utf8(sample: bytes) -> bool:
    """UTF-8 with a few broken places, as a cut or a badly joined file has them."""
    text = sample.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    whole = sum(1 for letter in text if ord(letter) > 127) - broken
    return whole >= 10 * broken


def _lines_with_letters(content: bytes) -> bytes:
    """The lines that hold other bytes than ASCII: only they tell encodings apart."""
    lines = [line for line in content.splitlines() if not line.isascii()]
    return b"\n".join(lines)[:SAMPLE_BYTES]


def _single_byte(sample: bytes) -> str:
    isolated = [codec.replace("-", "_") for codec in ENCODINGS if not codec.startswith("utf")]
    best = charset_normalizer.from_bytes(sample, cp_isolation=isolated).best()
    found = best.encoding if best else "cp1252"
    if found in WESTERN:
        found = "cp1252" if _decodes(sample, "cp1252") else "latin_1"
    known = {codec.replace("-", "_"): codec for codec in ENCODINGS}
    return known.get(found, "cp1252")


def _decodes(sample: bytes, codec: str) -> bool:
    try:
        sample.decode(codec)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def is_clean(content: bytes, codec: str) -> bool:
    """True when every byte is a letter of the encoding."""
    return _decodes(content, codec)


def detect_delimiter(content: bytes, codec: str) -> str:
    """The character that divides most lines into the same number of cells as the first; a comma if none does."""
    text = content[:SAMPLE_BYTES].decode(codec, errors="replace")
    lines = text.splitlines(keepends=True)
    if len(content) > SAMPLE_BYTES:
        lines = lines[:-1]
    if lines and (asked := separator_line(lines[0])):
        return asked
    scores = {delimiter: _evenness(lines, delimiter) for delimiter in DELIMITERS}
    best = max(scores, key=lambda delimiter: scores[delimiter])
    return best if scores[best] > (0.0, 0) else ","


def separator_line(line: str) -> str | None:
    """Excel's first line `sep=;` names the delimiter."""
    words = line.lstrip("\ufeff").rstrip("\r\n").strip('"').lower()
    delimiter = line.lstrip("\ufeff").rstrip("\r\n").strip('"')[4:5]
    return delimiter if words.startswith("sep=") and len(words) == 5 and delimiter in DELIMITERS else None


def _evenness(lines: list[str], delimiter: str) -> tuple[float, int]:
    """Share of the records that have as many cells as the first, and how many those are."""
    counts: list[int] = []
    for cells in csv.reader(lines, delimiter=delimiter):
        if any(cells):
            counts.append(len(cells))
        if len(counts) == 200:
            break
    if not counts or counts[0] < 2:
        return 0.0, 0
    return round(counts.count(counts[0]) / len(counts), 1), counts[0]
