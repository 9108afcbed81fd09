"""VADER's rules for many texts at once: valence of words, strengthened, weakened and negated by those before them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from feedback.algorithms.tokens import Tokens, sums

Values = npt.NDArray[np.float64]

NEGATED, LOUDER, TURNED = -0.74, 0.733, (0.5, 1.5)
#: How much a word of strength still counts one, two and three words later.
FADING = (1.0, 0.95, 0.9)


def soft(scores: Values) -> Values:
    """Scores of classes as chances: rows sum to 1."""
    found: Values = np.exp(scores - scores.max(axis=1, keepdims=True))
    found /= found.sum(axis=1, keepdims=True)
    return found


@dataclass(frozen=True)
class WordRules:
    """What the lexicon says of each row of the vocabulary.

    Args:
        valence: float64 (vocabulary), -4 to 4; 0 for words without one.
        strength: float64 (vocabulary), what the word adds to the next one with a valence.
        is_negation: bool (vocabulary).
        but, no, exclamations, questions: rows of these two words and of the marks, single and repeated.
    """

    valence: Values
    strength: Values
    is_negation: npt.NDArray[np.bool_]
    but: int
    no: int
    exclamations: tuple[int, ...]
    questions: tuple[int, ...]


def shifted(values: npt.NDArray[Any], by: int) -> npt.NDArray[Any]:
    """Values moved `by` places to the right, zeros first."""
    found = np.zeros_like(values)
    if by < len(values):
        found[by:] = values[:-by]
    return found


def valences(tokens: Tokens, rules: WordRules) -> Values:
    """float64 (tokens): the valence of each token where it stands.

    Source: Hutto & Gilbert, "VADER", ICWSM 2014. Its few idioms are left to learned pairs of words.
    """
    rows, owners = tokens.rows, tokens.owners
    base = _without_no(rules.valence[rows], tokens, rules.no)
    strength = np.where(base == 0, rules.strength[rows], 0.0)
    negation = rules.is_negation[rows]
    loud_texts = sums(tokens.is_loud, tokens.starts)
    is_mixed = (loud_texts > 0) & (loud_texts < tokens.counts)
    is_loud = tokens.is_loud & is_mixed[owners]
    direction = np.sign(base)
    found = base + direction * LOUDER * is_loud
    strength = strength + np.sign(strength) * LOUDER * is_loud
    for back, share in enumerate(FADING, 1):
        is_same = shifted(owners + 1, back) == owners + 1
        found += direction * share * shifted(strength, back) * is_same
        found *= np.where(shifted(negation, back) & is_same, NEGATED, 1.0)
    return _turned(found, tokens, rules.but, owners)


def _without_no(base: Values, tokens: Tokens, no: int) -> Values:
    """`No` before a word with a valence only negates it."""
    nos = np.flatnonzero(tokens.rows == no)
    owners = tokens.owners
    for ahead in (1, 2):
        here = nos[nos + ahead < len(base)]
        base[here[(base[here + ahead] != 0) & (owners[here] == owners[here + ahead])]] = 0
    return base


def _turned(found: Values, tokens: Tokens, but: int, owners: npt.NDArray[np.int64]) -> Values:
    """What stands before the first `but` of a text counts half, what stands after it half as much again."""
    here = np.flatnonzero(tokens.rows == but)
    if not len(here):
        return found
    first = np.full(len(tokens.counts), -1)
    first[owners[here[::-1]]] = here[::-1]
    turn = first[owners]
    place = np.arange(len(found))
    return np.where(
        turn < 0, found, np.where(place < turn, found * TURNED[0], np.where(place > turn, found * TURNED[1], found))
    )


def summary(found: Values, tokens: Tokens, rules: WordRules) -> Values:
    """float64 (texts, 8): compound (-1 to 1), its size, sums of positive and of negative valence, the strongest of
    each, exclamation and question marks.
    """
    total, starts = sums(found, tokens.starts), tokens.starts
    exclamations = np.minimum(sums(np.isin(tokens.rows, rules.exclamations), starts), 4)
    questions = np.minimum(sums(np.isin(tokens.rows, rules.questions), starts), 4)
    total = total + np.sign(total) * 0.292 * exclamations
    compound = total / np.sqrt(total**2 + 15)
    positive, negative = sums(np.maximum(found, 0), starts), sums(np.maximum(-found, 0), starts)
    scale = np.sqrt(np.maximum(tokens.counts, 1))
    return np.stack(
        [
            compound,
            np.abs(compound),
            positive / scale,
            negative / scale,
            most(found, tokens),
            most(-found, tokens),
            exclamations,
            questions,
        ],
        axis=1,
    )


def most(values: Values, tokens: Tokens) -> Values:
    """float64 (texts): the largest value of each text, at least 0."""
    found = np.zeros(len(tokens.counts))
    filled = tokens.counts > 0
    if filled.any():
        found[filled] = np.maximum(np.maximum.reduceat(values, tokens.starts[:-1][filled]), 0)
    return found
