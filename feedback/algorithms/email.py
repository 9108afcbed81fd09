"""A message of the mail (RFC 5322, MIME) as feedback: who wrote it, when, and what is theirs in it.

Written for what really arrives: headers that are no headers, character sets that do not exist, parts without an end.
Nothing of a message is looked up or loaded from anywhere.
"""

import codecs
import datetime
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.charset import UNKNOWN8BIT
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from typing import Any

from charset_normalizer import from_bytes

from feedback.algorithms.pages import text_of_html
from feedback.algorithms.quotes import own_words

#: Longer ones are replaced by their hash: the column of external keys has so much room.
LONGEST_KEY = 200
LONGEST_ADDRESS = 254
#: Parts beyond this depth or number are left out: nobody writes such mail.
DEEPEST, MOST_PARTS = 20, 500
ADDRESS = re.compile(r"[^\s@<>(),;:\\\"\[\]]+@[^\s@<>(),;:\\\"\[\]]+\.[^\s@<>(),;:\\\"\[\]]+")
#: Character sets of mail, as Python calls them. Its other codecs are no character sets (base64, rot13), or take minutes
#: for a long text (punycode).
CHARACTER_SETS = re.compile(
    r"ascii|utf-\d+[a-z-]*|iso8859-\d+|cp\d+|koi8-[rtu]|kz1048|mac-\w+|ptcp154|hp-roman8|palmos|tis-620"
    r"|big5|big5hkscs|gb2312|gbk|gb18030|hz|johab|euc_\w+|iso2022_\w+|shift_jis\w*"
)
#: Programs say so with these values of Precedence.
AUTOMATIC_PRECEDENCE = {"bulk", "junk", "auto_reply"}


@dataclass(frozen=True, slots=True)
class Letter:
    """What a message says."""

    key: str
    subject: str
    author_name: str
    author_email: str
    sent_at: datetime.datetime | None
    text: str
    attachments: tuple[str, ...]
    #: Why nobody wrote it; empty where a person did.
    automatic: str = ""


class Mail(Message):
    """A message whose parameters are in character sets only."""

    def get_param(self, *args: Any, **kwargs: Any) -> Any:
        """A parameter; one that names its encoding (RFC 2231) as text, language and what the library reads fast."""
        found = super().get_param(*args, **kwargs)
        if isinstance(found, tuple) and found[0] and not _is_character_set(found[0]):
            return "utf-8", *found[1:]
        return found


def read_letter(raw: bytes) -> Letter:
    """What a message says: its plain text, or else its HTML as text, without quotes of others and signature.

    Args:
        raw: the message as it was transferred; need not be valid.
    Returns:
        The letter; `key` is its Message-ID, or a hash of the message where there is none.
    """
    message = message_from_bytes(raw, Mail)
    name, address = (said.strip() for said in parseaddr(_words(message, "From")))
    address = address if len(address) <= LONGEST_ADDRESS else ""
    found = ADDRESS.fullmatch(address)
    parts = list(_parts(message))
    return Letter(
        key=_key(message, raw),
        subject=_words(message, "Subject"),
        author_name=name or ("" if found else address),
        author_email=address if found else "",
        sent_at=_sent_at(message),
        text=_text(parts),
        attachments=tuple(_file_name(part) for part in parts if _is_attached(part)),
        automatic=_automatic(message),
    )


def _key(message: Message, raw: bytes) -> str:
    key = _words(message, "Message-ID")
    if key and len(key) <= LONGEST_KEY and key.isprintable():
        return key
    return f"sha256:{hashlib.sha256(key.encode(errors='replace') if key else raw).hexdigest()}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _words(message: Message, name: str) -> str:
    """A header's words; where its encoding is broken, as it stands."""
    value = next((str(found) for key, found in message.raw_items() if key.lower() == name.lower()), "")
    # Bytes beyond ASCII, which no header may hold and many do: UTF-8, nearly always.
    value = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return _one_line(_unencoded(value).replace("\0", ""))


def _unencoded(value: str) -> str:
    try:
        words = decode_header(value)
        known = all(name in (None, UNKNOWN8BIT) or _is_character_set(name) for _, name in words)
        text = str(make_header(words)) if known else value
    except (LookupError, ValueError, HeaderParseError):
        text = value
    return (text or value).encode("utf-8", "replace").decode("utf-8")


def _sent_at(message: Message) -> datetime.datetime | None:
    try:
        found = parsedate_to_datetime(_words(message, "Date"))
        return found if found.tzinfo is not None else found.replace(tzinfo=datetime.UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _automatic(message: Message) -> str:
    """Why nobody wrote a message: an answer of a program (RFC 3834), a report of delivery (RFC 3464), bulk mail."""
    if (submitted := _head(message, "Auto-Submitted")) and submitted != "no":
        return f"Auto-Submitted: {submitted}"
    if (precedence := _head(message, "Precedence")) in AUTOMATIC_PRECEDENCE:
        return f"Precedence: {precedence}"
    if _words(message, "Return-Path") == "<>":
        return "Return-Path: <>"
    if message.get_content_type() == "multipart/report":
        return "Content-Type: multipart/report"
    return ""


def _head(message: Message, name: str) -> str:
    """A header's first word in small letters; what follows are parameters."""
    return _words(message, name).partition(";")[0].partition("(")[0].strip().lower()[:60]


def _parts(message: Message) -> Iterator[Message]:
    """The parts that hold something, in their order; a message within is one part."""
    waiting: list[tuple[Message, int]] = [(message, 0)]
    seen = 0
    while waiting and seen < MOST_PARTS:
        part, depth = waiting.pop()
        seen += 1
        is_several = part.get_content_maintype() == "multipart" and part.is_multipart()
        if is_several and isinstance(inner := part.get_payload(), list):
            if depth < DEEPEST:
                waiting += [(one, depth + 1) for one in reversed(inner) if isinstance(one, Message)]
        else:
            yield part


def _is_attached(part: Message) -> bool:
    is_text = part.get_content_type() in {"text/plain", "text/html"}
    return part.get_content_disposition() == "attachment" or not is_text


def _file_name(part: Message) -> str:
    """What an attachment is called; what it is, where it has no name."""
    try:
        name = part.get_filename() or ""
    except (LookupError, ValueError, TypeError):
        name = ""
    return _one_line(_unencoded(str(name)).replace("\0", ""))[:100] or part.get_content_type()


def _text(parts: list[Message]) -> str:
    """What the author wrote, from the plain parts; from the HTML parts where those say nothing."""
    bodies = [part for part in parts if not _is_attached(part)]
    plain = [_plain(part) for part in bodies if part.get_content_type() == "text/plain"]
    said = "\n\n".join(text.strip("\r\n") for text in plain if text.strip())
    if not said:
        pages = [_decoded(part) for part in bodies if part.get_content_type() == "text/html"]
        said = "\n\n".join(text for page in pages if (text := text_of_html(page)))
    return own_words(said)


def _plain(part: Message) -> str:
    text = _decoded(part).replace("\r\n", "\n").replace("\r", "\n")
    is_flowed = str(part.get_param("format", "")).lower() == "flowed"
    return _unflowed(text, str(part.get_param("delsp", "")).lower() == "yes") if is_flowed else text


def _unflowed(text: str, deletes_space: bool) -> str:
    """Paragraphs that were broken for the way (RFC 3676) in one line again; quotes and the signature's mark stay."""
    parts: list[str] = []
    goes_on = True
    for line in text.split("\n"):
        is_mark, is_quote = line == "-- ", line.startswith(">")
        if not goes_on or (parts and (is_mark or is_quote)):
            parts.append("\n")
        goes_on = line.endswith(" ") and not is_mark and not is_quote
        parts.append(line[:-1] if goes_on and deletes_space else line)
    return "".join(parts)


def _decoded(part: Message) -> str:
    """A part's characters: by the character set that it names, by UTF-8, or by the one that fits best."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        named = part.get_content_charset() or "utf-8"
    except (LookupError, UnicodeError):
        named = "utf-8"
    for name in (named, "utf-8") if _is_character_set(named) else ("utf-8",):
        try:
            return content.decode(name)
        except (LookupError, ValueError):
            continue
    return content.decode(_likely(content[:100_000]), "replace")


def _is_character_set(name: str) -> bool:
    try:
        return len(name) <= 40 and CHARACTER_SETS.fullmatch(codecs.lookup(name).name) is not None
    except (LookupError, ValueError):
        return False


def _likely(content: bytes) -> str:
    """The character set of bytes that are no UTF-8: mostly ASCII is the West's; the rest is guessed by how it reads."""
    if sum(byte > 127 for byte in content) < len(content) * 0.3:
        return "cp1252"
    best = from_bytes(content).best()
    return best.encoding if best is not None else "latin-1"
