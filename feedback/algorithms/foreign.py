"""Sentiment outside English: hashed character n-grams, learned from tweets in four languages."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from feedback.algorithms.tables import Table
from feedback.algorithms.valence import soft

BITS = 16
LENGTHS = (2, 3, 4, 5)
#: Languages that the table was trained on; of others it knows what they share with these.
TRAINED = frozenset({"de", "es", "fr"})
#: Odd, large, without structure: Knuth's multiplier for 64 bits.
MULTIPLIER = np.uint64(6364136223846793005)
#: So much of a text is enough.
LONGEST = 600

Grams = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]


def grams(texts: Sequence[str]) -> Grams:
    """Hashed character n-grams of texts: int64 (grams) buckets below 2 ** 16, int64 (grams) the text of each."""
    padded = [f"  {' '.join(text[:LONGEST].lower().split())}  " for text in texts]
    joined = "".join(padded).encode("utf-32-le", "replace")
    letters = np.frombuffer(joined, np.uint32).astype(np.uint64)
    owners = np.repeat(np.arange(len(texts)), [len(text) for text in padded])
    buckets, of = [], []
    running = letters + np.uint64(1)
    for length in range(2, max(LENGTHS) + 1):
        if len(letters) < length:
            break
        running = running[:-1] * MULTIPLIER + letters[length - 1 :] + np.uint64(length)
        is_inside = owners[: len(running)] == owners[length - 1 :]
        mixed = running * MULTIPLIER
        buckets.append((mixed >> np.uint64(64 - BITS)).astype(np.int64)[is_inside])
        of.append(owners[: len(running)][is_inside])
    if not buckets:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return np.concatenate(buckets), np.concatenate(of)


def chances(texts: Sequence[str], table: Table) -> npt.NDArray[np.float64]:
    """float64 (texts, 3): chances of negative, neutral and positive; even where a text has no characters."""
    buckets, owners = grams(texts)
    weights = table["grams"].astype(np.float32) * table["grams_scale"]
    counts = np.maximum(np.bincount(owners, minlength=len(texts)), 1)
    scores = (
        np.stack([np.bincount(owners, weights[buckets, label], minlength=len(texts)) for label in range(3)], axis=1)
        / np.sqrt(counts[:, None])
        + table["grams_bias"]
    )
    scores *= table["grams_temperature"]
    return soft(scores)
