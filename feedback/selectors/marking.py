"""A text with the words that decided its sentiment."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

#: So much of a text is shown at first; the rest on demand.
SHOWN_CHARACTERS = 6_000


class Piece(NamedTuple):
    """A stretch of a text; `tone` is neg or pos where it moved the sentiment, else empty."""

    text: str
    tone: str = ""


def pieces(text: str, words: Iterable[Sequence[float]], most: int = SHOWN_CHARACTERS) -> list[Piece]:
    """The first characters of a text in stretches, marked and unmarked in turn; marks never overlap."""
    shown = text[:most]
    found: list[Piece] = []
    place = 0
    for begin, end, weight in sorted((int(word[0]), int(word[1]), word[2]) for word in words):
        if begin < place or end > len(shown) or begin >= end:
            continue
        if begin > place:
            found.append(Piece(shown[place:begin]))
        found.append(Piece(shown[begin:end], "pos" if weight > 0 else "neg"))
        place = end
    if place < len(shown):
        found.append(Piece(shown[place:]))
    return found
