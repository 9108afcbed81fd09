"""Items that may say the same: tf-idf of words and characters fused with embeddings, the likeliest first. A person
decides.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from feedback.algorithms.embedding import Vectors, embed
from feedback.algorithms.foreign import grams
from feedback.algorithms.tokens import readable

#: Parts of the score of words, characters and meaning.
PARTS = (0.4, 0.25, 0.35)
WORD = re.compile(r"[^\W_]{2,}")
LONGEST = 2_000
#: So many questions are answered at a time, which bounds the memory.
BATCH = 256


@dataclass(frozen=True)
class Match:
    """A known item, by its place, and how alike it is, 0 to 1."""

    place: int
    score: float


class _Weighted:
    """Texts as sparse unit rows over terms, and the terms' places in the rows: an inverted index."""

    def __init__(self, documents: Sequence[Counter[int]]) -> None:
        count = len(documents)
        frequency = Counter(term for document in documents for term in document)
        self.rarity = {term: math.log((count + 1) / (often + 1)) + 1 for term, often in frequency.items()}
        owners: dict[int, list[int]] = {term: [] for term in frequency}
        weights: dict[int, list[float]] = {term: [] for term in frequency}
        for place, document in enumerate(documents):
            for term, weight in self.row(document).items():
                owners[term].append(place)
                weights[term].append(weight)
        self.count = count
        self.owners = {term: np.array(found, np.int32) for term, found in owners.items()}
        self.weights = {term: np.array(found, np.float32) for term, found in weights.items()}

    def row(self, document: Counter[int]) -> dict[int, float]:
        """Weights of the known terms of a text, of length 1 together: 1 + log of the count, times rarity."""
        found = {
            term: (1 + math.log(often)) * self.rarity[term] for term, often in document.items() if term in self.rarity
        }
        length = math.sqrt(sum(weight * weight for weight in found.values())) or 1.0
        return {term: weight / length for term, weight in found.items()}

    def likeness(self, document: Counter[int]) -> npt.NDArray[np.float32]:
        """float32 (items): cosine with every item."""
        found = np.zeros(self.count, np.float32)
        for term, weight in self.row(document).items():
            found[self.owners[term]] += np.float32(weight) * self.weights[term]
        return found


def _words(texts: Sequence[str]) -> list[Counter[int]]:
    """Words, and pairs of them, by their hash within this process."""
    found = []
    for text in texts:
        words = WORD.findall(readable(text[:LONGEST]).lower())
        found.append(Counter(hash(word) for word in [*words, *zip(words, words[1:], strict=False)]))
    return found


def _characters(texts: Sequence[str]) -> list[Counter[int]]:
    buckets, owners = grams([readable(text[:LONGEST]) for text in texts])
    order = np.argsort(owners, kind="stable")
    ends = np.searchsorted(owners[order], np.arange(len(texts) + 1))
    return [Counter(buckets[order[ends[place] : ends[place + 1]]].tolist()) for place in range(len(texts))]


class Similarity:
    """Known items, asked for those most like a text. Immutable.

    At scale the database finds the candidates, and this orders them.

    Args:
        vectors: float32 (items, width), the items' embeddings if there are any already.
    """

    def __init__(self, texts: Sequence[str], vectors: Vectors | None = None) -> None:
        if vectors is not None and len(vectors) != len(texts):
            raise ValueError("Each text has a vector.")
        self.vectors = embed(texts) if vectors is None else vectors
        self._words = _Weighted(_words(texts))
        self._characters = _Weighted(_characters(texts))

    def of_words(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """float32 (texts, items): likeness of the words alone, 0 to 1."""
        found = [self._words.likeness(document) for document in _words(texts)]
        return np.stack(found) if found else np.zeros((0, len(self.vectors)), np.float32)

    def scores(self, texts: Sequence[str], vectors: Vectors | None = None) -> npt.NDArray[np.float32]:
        """float32 (texts, items): likeness, 0 to 1."""
        asked = embed(texts) if vectors is None else vectors
        meaning = np.maximum(asked @ self.vectors.T, 0)
        words = self.of_words(texts)
        letters = (
            np.stack([self._characters.likeness(document) for document in _characters(texts)])
            if len(texts)
            else meaning
        )
        found: npt.NDArray[np.float32] = PARTS[0] * words + PARTS[1] * letters + PARTS[2] * meaning
        return np.minimum(found, 1)

    def top(
        self, texts: Sequence[str], most: int = 10, least: float = 0.0, vectors: Vectors | None = None
    ) -> list[list[Match]]:
        """For each text the known items most like it, best first, ties by place.

        Args:
            least: what scores less is left out.
            vectors: float32 (texts, width), if they are known already.
        Cost: O(texts x items) of the embedding, and the postings of the texts' terms.
        """
        found: list[list[Match]] = []
        for begin in range(0, len(texts), BATCH):
            some = None if vectors is None else vectors[begin : begin + BATCH]
            for row in self.scores(texts[begin : begin + BATCH], some):
                best = np.argsort(-row, kind="stable")[:most]
                found.append([Match(int(place), float(row[place])) for place in best if row[place] >= least])
        return found
