"""Sentiment of texts: learned weights of words and pairs of words beside VADER's rules, in one pass, by numpy alone.

How it was trained, on what, and what it reaches stands in `data/sentiment.md`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

import numpy as np
import numpy.typing as npt

from feedback.algorithms import foreign
from feedback.algorithms.tables import Table, table, words_of
from feedback.algorithms.tokens import Tokenizer, Tokens, places, readable, sums
from feedback.algorithms.valence import Values, WordRules, soft, summary, valences

VERSION = "sentiment-table 1"
#: Confidence is held at or below this where the language is none of the table's.
UNTRAINED = 0.45
ENGLISH = frozenset({"", "en"})
#: Where the compound of the rules stands among the features.
COMPOUND = 7


class Sentiment(IntEnum):
    """How a text sounds."""

    NEGATIVE = 0
    NEUTRAL = 1
    POSITIVE = 2


@dataclass(frozen=True)
class DecidingWord:
    """`text[start:end]` and what it adds: above 0 towards positive, below towards negative."""

    start: int
    end: int
    text: str
    weight: float


@dataclass(frozen=True)
class Sentiments:
    """The sentiment of some texts.

    Args:
        labels: int64 (texts), of `Sentiment`.
        confidence: float64 (texts), 0 to 1: how often such an answer is right.
        scores: float64 (texts), -1 to 1: chance of positive less chance of negative. This is what means are taken of.
    """

    texts: Sequence[str]
    labels: npt.NDArray[np.int64]
    confidence: Values
    scores: Values
    _weights: Values
    _starts: npt.NDArray[np.int64]

    def words(self, number: int, most: int = 5) -> list[DecidingWord]:
        """The words that decided text `number`, the weightiest first; for negative and positive only those on its
        side.
        """
        text = self.texts[number]
        weights = self._weights[self._starts[number] : self._starts[number + 1]]
        side = int(self.labels[number]) - 1
        counting = weights * side > 0.01 if side else np.abs(weights) > 0.01
        chosen = [place for place in np.argsort(-np.abs(weights), kind="stable") if counting[place]][:most]
        if not chosen:
            return []
        spans = places(readable(text))
        found = []
        for place in chosen:
            start, end = spans[place]
            found.append(DecidingWord(start, end, text[start:end], float(weights[place])))
        return found


class Model:
    """The table of `data/sentiment.npz`, ready for use."""

    def __init__(self, arrays: Table) -> None:
        self.arrays = arrays
        vocabulary = words_of(arrays["vocabulary"])
        self.tokenizer = Tokenizer(vocabulary)
        self.size = len(vocabulary)
        self.pairs = arrays["pairs"].astype(np.int64)
        self.weights = arrays["weights"].astype(np.float32) * arrays["weights_scale"]
        self.rules = rules_of(arrays, self.tokenizer.rows)
        self.foreign_rows = arrays["is_universal"].astype(bool)

    def features(self, tokens: Tokens) -> tuple[Values, Values, Values]:
        """float64 (texts, features) for the combiner; float64 (tokens, 4) learned, and (tokens) valence, of each
        token.
        """
        learned, logits = learned_logits(tokens, self.weights, self.pairs, self.size)
        valence = valences(tokens, self.rules)
        return combined(logits, summary(valence, tokens, self.rules), tokens), learned, valence


def rules_of(arrays: Table, rows: dict[str, int]) -> WordRules:
    """The lexicon of a table as rules."""
    return WordRules(
        valence=arrays["valence"].astype(np.float64) / 25,
        strength=arrays["strength"].astype(np.float64) * 0.293,
        is_negation=arrays["is_negation"].astype(bool),
        but=rows.get("but", -1),
        no=rows.get("no", -1),
        exclamations=tuple(rows[mark] for mark in ("!", "!!", "!?") if mark in rows),
        questions=tuple(rows[mark] for mark in ("?", "??", "!?") if mark in rows),
    )


def pair_places(
    tokens: Tokens, pairs: npt.NDArray[np.int64], size: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Of each known pair of neighbors: the place of its first token, and its row among the pairs."""
    rows = tokens.rows.astype(np.int64)
    keys = rows[:-1] * size + rows[1:]
    found = np.searchsorted(pairs, keys)
    found[found == len(pairs)] = 0
    owners = tokens.owners
    is_known = (pairs[found] == keys) & (owners[1:] == owners[:-1]) & (rows[:-1] > 0) & (rows[1:] > 0)
    here = np.flatnonzero(is_known)
    return here, found[here]


def learned_logits(
    tokens: Tokens, weights: npt.NDArray[np.float32], pairs: npt.NDArray[np.int64], size: int
) -> tuple[Values, Values]:
    """float64 (tokens, 4), what each token brings, and float64 (texts, 4), their sums: polarity and whether there is
    any, as learned from words and pairs, then both as told by the meaning of the words.

    Args:
        weights: float32 (size + pairs, 4), of words, then of pairs; a pair's weight is shared by its two words.
    """
    found = weights[tokens.rows].astype(np.float64)
    found[tokens.rows == 0] = 0
    count = (tokens.rows > 0).astype(np.float64)
    if len(tokens.rows) > 1 and len(pairs):
        here, which = pair_places(tokens, pairs, size)
        half = weights[size + which] / 2
        np.add.at(found, here, half)
        np.add.at(found, here + 1, half)
        np.add.at(count, here, 1.0)
    scale = np.sqrt(np.maximum(sums(count, tokens.starts), 1))
    logits = (
        np.stack([sums(found[:, column], tokens.starts) for column in range(weights.shape[1])], axis=1) / scale[:, None]
    )
    return found / scale[tokens.owners][:, None], logits


def combined(logits: Values, summed: Values, tokens: Tokens) -> Values:
    """float64 (texts, features): what the combiner sees, the four logits first and the compound of the rules at 7."""
    polarity, meaning, compound = logits[:, :1], logits[:, 2:3], summed[:, :1]
    length = np.log1p(tokens.counts)[:, None]
    return np.hstack([logits, np.abs(polarity), np.abs(meaning), polarity * compound, summed, length])


@cache
def model() -> Model:
    """The shipped table, read once."""
    return Model(table("sentiment"))


def analyse(texts: Sequence[str], languages: Sequence[str] | None = None) -> Sentiments:
    """Sentiment of texts, of any number at once.

    Args:
        texts: looked at to their 5,000th character, tags left out.
        languages: ISO 639-1 codes as `languages` gives them, empty where unknown; without them all count as English.
        German, French
            and Spanish have a table of their own; of others the confidence is at most 0.45, for it was not trained
            on them.
    Returns:
        Neutral with confidence 0 for a text without anything to go by.
    Raises:
        ValueError: there are not as many languages as texts.
    Source: the rules Hutto & Gilbert 2014; confidence by Platt's scaling, 1999, on texts of sets left out in training.
    """
    if languages is not None and len(languages) != len(texts):
        raise ValueError("Each text has a language.")
    shipped = model()
    tokens = shipped.tokenizer.read([readable(text) for text in texts])
    features, learned, valence = shipped.features(tokens)
    arrays = shipped.arrays
    scaled = (features - arrays["mean"]) / arrays["deviation"]
    raw = scaled @ arrays["combiner"] + arrays["bias"]
    # Emoji and marks alone: the rules know them, the learned weights hardly met them without words.
    is_signs = sums(shipped.foreign_rows[tokens.rows], tokens.starts) == tokens.counts
    compound = features[:, COMPOUND]
    raw = np.where(is_signs[:, None], np.stack([-4 * compound, 0 * compound + 0.5, 4 * compound], axis=1), raw)
    chances = soft(raw)
    labels = chances.argmax(axis=1).astype(np.int64)
    confidence = calibrated(chances, arrays["platt"])
    towards = (arrays["combiner"][:, 2] - arrays["combiner"][:, 0]) / arrays["deviation"]
    total = sums(valence, tokens.starts)
    weights = learned[:, [0, 2]] @ towards[[0, 2]] + towards[COMPOUND] * valence / np.sqrt(total**2 + 15)[tokens.owners]
    if languages is not None:
        _foreign(texts, languages, shipped, tokens, chances, labels, confidence, weights)
    is_empty = tokens.counts == 0
    labels[is_empty], confidence[is_empty], chances[is_empty] = Sentiment.NEUTRAL, 0.0, 1 / 3
    return Sentiments(texts, labels, confidence, chances[:, 2] - chances[:, 0], weights, tokens.starts)


def calibrated(chances: Values, platt: npt.NDArray[np.float64]) -> Values:
    """float64 (texts): how often answers with such chances are right.

    Args:
        platt: (2): the factor of the log odds, and the addend.
    """
    top = np.clip(chances.max(axis=1), 1e-6, 1 - 1e-6)
    found: Values = 1 / (1 + np.exp(-(platt[0] * np.log(top / (1 - top)) + platt[1])))
    return found


def _foreign(
    texts: Sequence[str],
    languages: Sequence[str],
    shipped: Model,
    tokens: Tokens,
    chances: Values,
    labels: npt.NDArray[np.int64],
    confidence: Values,
    weights: Values,
) -> None:
    """Answers for texts in other languages, in place: their own table, emoji and emoticons, and what is sure of it."""
    here = [number for number, language in enumerate(languages) if language not in ENGLISH]
    if not here:
        return
    is_trained = np.array([languages[number] in foreign.TRAINED for number in here])
    found = foreign.chances([readable(texts[number]) for number in here], shipped.arrays)
    signs = np.where(shipped.foreign_rows[tokens.rows], shipped.rules.valence[tokens.rows], 0.0)
    tone = np.clip(sums(signs, tokens.starts)[here], -4, 4)
    found *= np.exp(np.stack([-tone, np.zeros(len(here)), tone], axis=1) * 0.5)
    found /= found.sum(axis=1, keepdims=True)
    chances[here], labels[here] = found, found.argmax(axis=1)
    confidence[here] = np.where(is_trained, found.max(axis=1), np.minimum(found.max(axis=1), UNTRAINED))
    weights[np.isin(tokens.owners, here)] = signs[np.isin(tokens.owners, here)]
