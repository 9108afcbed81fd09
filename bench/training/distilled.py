"""What the teacher knows of single words, encoded once and kept in a file: the source of both tables."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from bench.training.teacher import WIDTH, Teacher
from feedback.algorithms.pieces import Pieces

#: Latin letters, digits and signs: the teacher learned English, so other scripts mean nothing to it.
LATIN = re.compile(r"(##)?[\x21-\x7e\u00a3\u20ac\u00df-\u024f]+")
SPECIAL = re.compile(r"\[.*\]")
#: How many rows of the vocabulary come before the first word.
BEFORE_WORDS = 996


class Distilled:
    """Word pieces and their vectors.

    Args:
        cache: a folder for what has been encoded, so that the next training need not do it again.
    """

    def __init__(self, teacher: Teacher, cache: Path) -> None:
        self.teacher, self.cache = teacher, cache
        self.ids = [
            number
            for number, piece in enumerate(teacher.vocabulary)
            if LATIN.fullmatch(piece) and not SPECIAL.match(piece)
        ]
        self.names = [teacher.vocabulary[number] for number in self.ids]
        self.pieces = Pieces(self.names)
        vectors = self.kept("pieces", lambda: teacher.encode([[number] for number in self.ids]))
        self.centered = vectors - vectors.mean(axis=0)

    def kept(self, name: str, make: Callable[[], np.ndarray]) -> np.ndarray:
        """An array from the cache, or made and put there."""
        path = self.cache / f"{name}.npy"
        if not path.exists():
            self.cache.mkdir(parents=True, exist_ok=True)
            np.save(path, make())
        return np.load(path, allow_pickle=False)

    def importance(self) -> np.ndarray:
        """(pieces): weight of each by its rank, for the vocabulary is sorted by frequency (Zipf's law): common
        words count little.
        """
        rank = np.log1p(np.maximum(np.array(self.ids) - BEFORE_WORDS, 0))
        return np.clip(rank / rank.max(), 0.05, 1)

    def words(self) -> list[str]:
        """Whole words of three letters or more."""
        return [name for name in self.names if name.isalpha() and len(name) > 2]

    def vectors(self, words: Sequence[str]) -> np.ndarray:
        """float32 (words, 384): weighted vectors of words, zeros for what the teacher does not know."""
        found = np.zeros((len(words), WIDTH), np.float32)
        weighted = 3 * self.centered * self.importance()[:, None]
        for place, word in enumerate(words):
            rows = self.pieces.rows(word) if word else []
            if rows:
                found[place] = weighted[rows].mean(axis=0)
        return found
