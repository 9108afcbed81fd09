"""Texts as they are kept: readable, of bounded length, and without what no database stores."""

import re
import unicodedata

#: Control characters other than line ends and tabs, and halves of surrogate pairs: nobody wrote them on purpose.
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_MANY_LINES = re.compile("\n{3,}")


def without_unreadable(text: str) -> str:
    """A text without control characters other than line ends and tabs, and without halves of surrogate pairs."""
    return _UNREADABLE.sub("", text)


def readable(text: str) -> str:
    """A text in composed form (NFC), with plain line ends, without control characters and space around it.

    Marks of direction, joiners of emoji and scripts are kept: they are part of what was said.
    """
    plain = unicodedata.normalize("NFC", without_unreadable(text.replace("\r\n", "\n").replace("\r", "\n")))
    return _MANY_LINES.sub("\n\n", plain).strip()


def one_line(text: str, most: int | None = None) -> str:
    """The same on one line, of `most` characters at most; what is cut ends in an ellipsis."""
    line = " ".join(readable(text).split())
    return line if most is None or len(line) <= most else f"{line[: most - 1].rstrip()}…"
