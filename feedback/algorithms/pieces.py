"""Word pieces: a text as rows of a vocabulary, whole words where it knows them and parts where it does not."""

import re
import unicodedata
from collections.abc import Sequence

#: Words, single ideographs, and signs one by one, as BERT's uncased vocabulary has them.
WORD = re.compile(r"[^\W_\u3400-\u4dbf\u4e00-\u9fff]+|[\u3400-\u4dbf\u4e00-\u9fff]|[^\w\s]|_")
#: A longer word is noise, and would cost the square of its length.
LONGEST_WORD = 40
#: So many different words are remembered with their pieces.
MOST_REMEMBERED = 100_000


def plain(text: str) -> str:
    """Lower case without accents: `Café` becomes `cafe`."""
    text = text.lower()
    if text.isascii():
        return text
    return "".join(letter for letter in unicodedata.normalize("NFD", text) if unicodedata.category(letter) != "Mn")


class Pieces:
    """A vocabulary of word pieces; parts that continue a word begin with `##`.

    Source: Schuster & Nakajima 2012; greedy longest match as in Devlin et al., "BERT", 2019.
    """

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._rows = {piece: row for row, piece in enumerate(vocabulary)}
        self._remembered: dict[str, tuple[int, ...]] = {}

    def rows(self, text: str) -> list[int]:
        """Rows of the pieces of a text, in order. Words outside the vocabulary have none."""
        found: list[int] = []
        remembered = self._remembered
        for word in WORD.findall(plain(text)):
            rows = remembered.get(word)
            found.extend(self._split(word) if rows is None else rows)
        return found

    def _split(self, word: str) -> tuple[int, ...]:
        rows: list[int] = []
        start = 0
        if len(word) > LONGEST_WORD:
            return ()
        while start < len(word):
            for end in range(len(word), start, -1):
                row = self._rows.get(("##" if start else "") + word[start:end])
                if row is not None:
                    break
            else:
                rows = []
                break
            rows.append(row)
            start = end
        found = tuple(rows)
        if len(self._remembered) < MOST_REMEMBERED:
            self._remembered[word] = found
        return found
