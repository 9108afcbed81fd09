"""Texts as unit vectors: a table of word pieces, distilled offline from a sentence model, summed up.

How it was made, from what, and what it reaches stands in `data/embedding.md`.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from feedback.algorithms.pieces import Pieces
from feedback.algorithms.tables import Table, table, words_of
from feedback.algorithms.tokens import readable

VERSION = "embedding-table 1"
WIDTH = 256
#: What is looked at: more words only blur the mean.
LONGEST = 2_000
#: So many texts are summed at a time, which bounds the memory.
BATCH = 512

Vectors = npt.NDArray[np.float32]


class Model:
    """The table of `data/embedding.npz`, ready for use; its vectors stay int8."""

    def __init__(self, arrays: Table) -> None:
        self.pieces = Pieces(words_of(arrays["vocabulary"]))
        self.vectors: npt.NDArray[np.int8] = arrays["vectors"]
        self.scale = arrays["scale"]

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `embed`."""
        found = np.zeros((len(texts), self.vectors.shape[1]), np.float32)
        for begin in range(0, len(texts), BATCH):
            rows = [self.pieces.rows(readable(text[:LONGEST])) for text in texts[begin : begin + BATCH]]
            counts = np.array([len(some) for some in rows])
            filled = np.flatnonzero(counts)
            if not len(filled):
                continue
            flat = np.fromiter((row for some in rows for row in some), np.int32, int(counts.sum()))
            starts = np.concatenate([[0], np.cumsum(counts[filled])[:-1]])
            found[begin + filled] = np.add.reduceat(self.vectors[flat], starts, axis=0, dtype=np.float32) * self.scale
        return unit(found)


def unit(vectors: Vectors) -> Vectors:
    """Vectors of length 1; those of length 0 stay so."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    found: Vectors = (vectors / np.where(length > 0, length, 1)).astype(np.float32)
    return found


@cache
def model() -> Model:
    """The shipped table, read once."""
    return Model(table("embedding"))


def embed(texts: Sequence[str]) -> Vectors:
    """Unit vectors of texts, of any number at once: float32 (texts, 256). A text without a known word has zeros.

    The product of two is their likeness, -1 to 1. Texts are looked at to their 2,000th character; English is
    understood, of other languages only what they spell alike.
    Source: Reimers & Gurevych 2019 for the teacher, all-MiniLM-L6-v2; Tulkens & van Dongen, "Model2Vec", 2024 for
    the idea.
    """
    return model().embed(texts)
