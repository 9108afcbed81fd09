"""Texts as tokens: words, emoticons, emoji and runs of marks, of many texts at once, with their places."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

#: What lies beyond is not analysed: a text of a megabyte takes no longer than one of these many characters.
LONGEST_TEXT = 5_000
#: Stands between two texts; in a text it is blanked.
SEPARATOR = "\x1f"
TAG = re.compile(r"</?[A-Za-z][^<>]{0,400}>")
ADDRESS = r"https?://[^\s\x1f]+"
WORD = r"[@#]?[^\W\d_]+(?:['’-][^\W\d_]+)*"
EMOTICON = r"[<>]?[:;=8][-'o^]?[)\](\[dDpP/}{@|\\3*]+|<3|</3|[xX]D\b"
EMOJI = r"[\u2190-\u2bff\U0001f000-\U0001faff]"
TOKEN = re.compile(rf"{ADDRESS}|{WORD}|{EMOTICON}|\d+|[!?]+|\.\.+|{EMOJI}|{SEPARATOR}")
REPEATED = re.compile(r"(.)\1{2,}")
#: So many spellings are remembered with their row.
MOST_REMEMBERED = 100_000

Rows = npt.NDArray[np.int32]


def readable(text: str) -> str:
    """The part of a text that is analysed, its tags and separators blanked, so that every place is as it was."""
    text = text[:LONGEST_TEXT]
    if "<" in text:
        text = TAG.sub(lambda found: " " * len(found[0]), text)
    return text.replace(SEPARATOR, " ") if SEPARATOR in text else text


@dataclass(frozen=True)
class Tokens:
    """The tokens of some texts, one after the other.

    Args:
        rows: int32 (tokens), rows of the vocabulary; 0 for what it does not know.
        is_loud: bool (tokens), written in capitals, two or more.
        starts: int64 (texts + 1), where the tokens of each text begin.
    """

    rows: Rows
    is_loud: npt.NDArray[np.bool_]
    starts: npt.NDArray[np.int64]

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """int64 (texts): tokens of each text."""
        found: npt.NDArray[np.int64] = np.diff(self.starts)
        return found

    @property
    def owners(self) -> npt.NDArray[np.int64]:
        """int64 (tokens): the text that each token is of."""
        return np.repeat(np.arange(len(self.starts) - 1), self.counts)


def normalized(token: str) -> str:
    """How the vocabulary spells a token: lower case, `@user`, `http`, straight apostrophes, runs of marks as two."""
    if token.startswith(("http://", "https://")):
        return "http"
    if token[0] == "@" and len(token) > 1:
        return "@user"
    if token[0].isdigit():
        return "0"
    if token[0] in "!?." and len(token) > 1:
        return ("!?" if "!" in token and "?" in token else token[0] * 2) if token[0] != "." else "..."
    return token.lstrip("#").lower().replace("’", "'") or token


class _Remembered(dict[str, int]):
    """Row and loudness of a spelling in one number; what is new is looked up once."""

    def __init__(self, rows: Mapping[str, int]) -> None:
        super().__init__({SEPARATOR: -1})
        self._rows = rows

    def __missing__(self, token: str) -> int:
        spelled = normalized(token)
        row = self._rows.get(spelled)
        if row is None:
            row = self._rows.get(REPEATED.sub(r"\1\1", spelled)) or self._rows.get(REPEATED.sub(r"\1", spelled)) or 0
        found = row * 2 + (len(token) > 1 and token.isupper())
        if len(self) < MOST_REMEMBERED:
            self[token] = found
        return found


class Tokenizer:
    """Texts in, rows of a vocabulary out; row 0 is kept for the unknown, so `vocabulary[0]` is never looked up.

    Args:
        pattern: what a token is, and the separator.
    """

    def __init__(self, vocabulary: Sequence[str], pattern: re.Pattern[str] = TOKEN) -> None:
        self.pattern = pattern
        self.rows = {token: row for row, token in enumerate(vocabulary) if row}
        self._remembered = _Remembered(self.rows)

    def read(self, texts: Sequence[str]) -> Tokens:
        """The tokens of texts that are `readable` already."""
        found = self.pattern.findall(SEPARATOR.join(texts) + SEPARATOR if texts else "")
        codes = np.fromiter(map(self._remembered.__getitem__, found), np.int32, len(found))
        ends = np.flatnonzero(codes == -1)
        starts = np.concatenate([[0], ends - np.arange(len(ends))])
        codes = codes[codes != -1]
        return Tokens(codes >> 1, (codes & 1).astype(bool), starts)


def places(text: str) -> list[tuple[int, int]]:
    """Where the tokens of one readable text begin and end, in characters, in the order of `Tokenizer.read`."""
    return [found.span() for found in TOKEN.finditer(text)]


def sums(values: npt.NDArray[Any], starts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """float64 (texts): values of tokens summed by text; 0 for a text without tokens."""
    running = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    found: npt.NDArray[np.float64] = running[starts[1:]] - running[starts[:-1]]
    return found
