"""Trains `data/sentiment.npz`: weights of words and pairs, the combiner with the rules, confidence, and the table
for other languages.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from sklearn.linear_model import LogisticRegression
from vaderSentiment.vaderSentiment import BOOSTER_DICT, NEGATE, SentimentIntensityAnalyzer

from bench.training import texts
from bench.training.distilled import Distilled
from bench.training.texts import NEUTRAL, POSITIVE, Labelled
from feedback.algorithms import foreign
from feedback.algorithms.sentiment import combined, pair_places, rules_of
from feedback.algorithms.tables import Table, bytes_of, quantized
from feedback.algorithms.tokens import TOKEN, Tokenizer, Tokens, normalized, readable
from feedback.algorithms.valence import Values, summary, valences

#: So many weights are kept, the largest.
MOST_WEIGHTS = 60_000
#: Inverse strengths of regularization, chosen on sets left out in turn, never on sets to measure on.
POLARITY, PRESENCE, MEANING, COMBINER = 2.0, 0.6, 1.0, 0.1
#: Emoji whose description does not tell their tone, by the valence that we give them.
SIGNS = {
    -2.5: "😡😠🤬😤👎💔🤮😭😢😞😩😫",
    -1.5: "😕🙁☹😒🙄😟😣😖🤦😓",
    1.5: "🙂😉👌👏🙏💪",
    2.5: "😍❤👍😊😀😃😄😁🥰😘🎉💯⭐🌟🙌💖💕😻",
}
#: Mean valences of the lexicon are kept in steps of 1/25.
VALENCE_STEPS = 25


@dataclass
class Prepared:
    """A set as the trainer sees it."""

    tokens: Tokens
    labels: np.ndarray
    counts: sparse.csr_matrix


def lexicon() -> dict[str, float]:
    """VADER's words, emoticons and emoji with their mean valence, as far as they are one token."""
    reader = SentimentIntensityAnalyzer()
    found: dict[str, float] = {}
    for word, valence in reader.lexicon.items():
        if TOKEN.fullmatch(word) and not word[0].isdigit():
            found.setdefault(normalized(word), valence)
    found |= {sign: valence for valence, signs in SIGNS.items() for sign in signs}
    for sign, description in reader.emojis.items():
        valence = sum(reader.lexicon.get(word, 0.0) for word in description.lower().split())
        if valence and len(sign.rstrip("\ufe0f")) == 1:
            found.setdefault(sign[0], max(-4.0, min(4.0, valence)))
    return found


def vocabulary(sets: Sequence[Labelled], valence: dict[str, float], further: Sequence[str]) -> list[str]:
    """Words of two texts or more, those of the lexicon, and further ones; the first row is for the unknown."""
    counted: Counter[str] = Counter()
    for labelled in sets:
        for text in labelled.texts:
            counted.update({normalized(token) for token in TOKEN.findall(readable(text))})
    often = {word for word, count in counted.items() if count > 1}
    rules = {word for word in [*NEGATE, *BOOSTER_DICT] if " " not in word}
    return ["", *sorted(word for word in often.union(valence, rules, further) if word and "\n" not in word)]


def base_table(words: Sequence[str], valence: dict[str, float]) -> Table:
    """The lexicon's part of the table."""
    negations = {*NEGATE, "no"}
    strengths = [np.sign(BOOSTER_DICT.get(word, 0.0)) for word in words]
    return {
        "vocabulary": bytes_of(words),
        "valence": np.rint(np.array([valence.get(word, 0.0) for word in words]) * VALENCE_STEPS).astype(np.int8),
        "strength": np.array(strengths, np.int8),
        "is_negation": np.array([word in negations or "n't" in word for word in words]),
        "is_universal": np.array(
            [bool(word) and not any(map(str.isalpha, word)) or word in {":d", "xd"} for word in words]
        ),
    }


def frequent_pairs(sets: Sequence[Tokens], size: int, least: int = 2) -> np.ndarray:
    """Pairs of neighbors that so many texts have."""
    counted: Counter[int] = Counter()
    for tokens in sets:
        rows = tokens.rows.astype(np.int64)
        owners = tokens.owners
        is_pair = (owners[1:] == owners[:-1]) & (rows[1:] > 0) & (rows[:-1] > 0)
        keys = rows[:-1][is_pair] * size + rows[1:][is_pair]
        counted.update(np.unique(np.stack([owners[:-1][is_pair], keys]), axis=1)[1].tolist())
    return np.array(sorted(key for key, count in counted.items() if count >= least), np.int64)


def counts(tokens: Tokens, pairs: np.ndarray, size: int) -> sparse.csr_matrix:
    """(texts, words + pairs): how often each occurs, over the root of how many occur, as `learned_logits` reckons."""
    known = tokens.rows > 0
    here, which = pair_places(tokens, pairs, size)
    owners = np.concatenate([tokens.owners[known], tokens.owners[here]])
    columns = np.concatenate([tokens.rows[known], size + which])
    shape = (len(tokens.counts), size + len(pairs))
    found = sparse.csr_matrix((np.ones(len(owners)), (owners, columns)), shape)
    total = np.sqrt(np.maximum(np.asarray(found.sum(axis=1)).ravel(), 1))
    return sparse.csr_matrix(sparse.diags(1 / total) @ found)


def balanced(labels: Sequence[np.ndarray]) -> np.ndarray:
    """Weights with which each class of a set counts alike, and a set by the root of its size."""
    found = []
    for some in labels:
        often = np.bincount(some)
        share = len(some) / (np.count_nonzero(often) * np.maximum(often, 1))
        found.append(share[some] / np.sqrt(len(some)))
    joined = np.concatenate(found)
    return joined * len(joined) / joined.sum()


def fit_tables(sets: Sequence[Prepared], vectors: np.ndarray) -> np.ndarray:
    """(words + pairs, 4): weights of polarity and of having one, from words and pairs, then from the words' vectors."""
    size = len(vectors)
    toned = [some.labels != NEUTRAL for some in sets]
    polarity = [(some.labels[is_toned] == POSITIVE).astype(int) for some, is_toned in zip(sets, toned, strict=True)]
    mixed = [some for some in sets if (some.labels == NEUTRAL).any()]
    presence = [(some.labels != NEUTRAL).astype(int) for some in mixed]
    toned_rows = sparse.vstack([some.counts[is_toned] for some, is_toned in zip(sets, toned, strict=True)], "csr")
    mixed_rows = sparse.vstack([some.counts for some in mixed], "csr")
    found = np.zeros((toned_rows.shape[1], 4))
    for column, strength, rows, labels in ((0, POLARITY, toned_rows, polarity), (1, PRESENCE, mixed_rows, presence)):
        fitted = LogisticRegression(C=strength, solver="liblinear", max_iter=300)
        fitted.fit(rows, np.concatenate(labels), sample_weight=balanced(labels))
        found[:, column] = fitted.coef_[0]
        fitted = LogisticRegression(C=MEANING, max_iter=300)
        fitted.fit(rows[:, :size] @ vectors, np.concatenate(labels), sample_weight=balanced(labels))
        found[:size, 2 + column] = vectors @ fitted.coef_[0]
    return found


def without_twins(sets: dict[str, Labelled]) -> dict[str, Labelled]:
    """Each text once over all sets, so that a set that is left out is unseen."""
    seen: set[str] = set()
    found = {}
    for name, labelled in sets.items():
        found[name] = texts.without(labelled, seen)
        seen |= {texts.essence(text) for text in labelled.texts}
    return found


def fit_combiner(features: Sequence[Values], labels: Sequence[np.ndarray]) -> Table:
    """The combiner, and the mean and deviation of its features."""
    joined = np.concatenate(features)
    mean, deviation = joined.mean(axis=0), np.maximum(joined.std(axis=0), 1e-6)
    fitted = LogisticRegression(C=COMBINER, max_iter=1000)
    fitted.fit((joined - mean) / deviation, np.concatenate(labels), sample_weight=balanced(labels))
    return {"mean": mean, "deviation": deviation, "combiner": fitted.coef_.T.copy(), "bias": fitted.intercept_.copy()}


def chances(features: Values, fitted: Table) -> Values:
    scores = (features - fitted["mean"]) / fitted["deviation"] @ fitted["combiner"] + fitted["bias"]
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return scores / scores.sum(axis=1, keepdims=True)


def fit_platt(found: Sequence[Values], labels: Sequence[np.ndarray]) -> np.ndarray:
    """Factor of the log odds and an addend: how often such an answer is right. Each set counts alike."""
    top = np.clip(np.concatenate([some.max(axis=1) for some in found]), 1e-6, 1 - 1e-6)
    is_right = np.concatenate([some.argmax(axis=1) == truth for some, truth in zip(found, labels, strict=True)])
    weights = np.concatenate([np.full(len(truth), 1 / len(truth)) for truth in labels])
    columns = np.column_stack([np.log(top / (1 - top)), np.ones(len(top))])
    fitted = LogisticRegression(C=10, fit_intercept=False, max_iter=1000)
    fitted.fit(columns, is_right, sample_weight=weights * len(top) / weights.sum())
    return np.asarray(fitted.coef_[0])


def fit_foreign(seed: int) -> Table:
    """The table of character n-grams, from the training part of four languages."""
    sets = [texts.xlmt(language, ("train",)) for language in ("german", "french", "spanish", "english")]
    joined = [readable(text) for labelled in sets for text in labelled.texts]
    labels = np.array([label for labelled in sets for label in labelled.labels])
    rows = hashed(joined)
    order = np.random.default_rng(seed).permutation(len(joined))
    fold, rest = order[: len(order) // 5], order[len(order) // 5 :]
    trial = LogisticRegression(C=1.0, max_iter=300).fit(rows[rest], labels[rest])
    scores = np.asarray(trial.decision_function(rows[fold]))
    tried = [(loss(scores * scale, labels[fold]), scale) for scale in np.arange(0.2, 1.55, 0.05)]
    fitted = LogisticRegression(C=1.0, max_iter=300).fit(rows, labels)
    packed, scale = quantized(fitted.coef_.T)
    return {
        "grams": packed, "grams_scale": scale, "grams_bias": fitted.intercept_,
        "grams_temperature": np.array(min(tried)[1]),
    }  # fmt: skip


def hashed(some: Sequence[str]) -> sparse.csr_matrix:
    buckets, owners = foreign.grams(some)
    found = sparse.csr_matrix((np.ones(len(buckets)), (owners, buckets)), (len(some), 1 << foreign.BITS))
    total = np.sqrt(np.maximum(np.asarray(found.sum(axis=1)).ravel(), 1))
    return sparse.csr_matrix(sparse.diags(1 / total) @ found)


def loss(scores: np.ndarray, labels: np.ndarray) -> float:
    """Mean log loss."""
    scores = scores - scores.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(len(labels)), labels]))


def train(seed: int, teacher: Distilled) -> tuple[Table, dict[str, tuple[np.ndarray, Values]]]:
    """The table; and for each set, its labels and the chances given by tables and combiner trained without it."""
    sets = without_twins(texts.sentiment_sets())
    valence = lexicon()
    words = vocabulary(list(sets.values()), valence, teacher.words())
    vectors = teacher.vectors(words)
    table = base_table(words, valence)
    size = len(words)
    tokenizer = Tokenizer(words)
    rules = rules_of(table, tokenizer.rows)
    read = {name: tokenizer.read([readable(text) for text in labelled.texts]) for name, labelled in sets.items()}
    pairs = frequent_pairs(list(read.values()), size)
    labels = {name: np.array(labelled.labels) for name, labelled in sets.items()}
    prepared = {name: Prepared(tokens, labels[name], counts(tokens, pairs, size)) for name, tokens in read.items()}
    features = {}
    for name, some in prepared.items():
        weights = fit_tables([other for key, other in prepared.items() if key != name], vectors)
        features[name] = combined(
            some.counts @ weights, summary(valences(some.tokens, rules), some.tokens, rules), some.tokens
        )
    names = [name for name in prepared if (labels[name] == NEUTRAL).any()]
    left_out = {}
    for name in names:
        others = [key for key in names if key != name]
        fitted = fit_combiner([features[key] for key in others], [labels[key] for key in others])
        left_out[name] = (labels[name], chances(features[name], fitted))
    table |= fit_combiner([features[name] for name in names], [labels[name] for name in names])
    table["platt"] = fit_platt([found for _, found in left_out.values()], [truth for truth, _ in left_out.values()])
    table |= kept(fit_tables(list(prepared.values()), vectors), pairs, size)
    return table | fit_foreign(seed), left_out


def kept(weights: np.ndarray, pairs: np.ndarray, size: int) -> Table:
    """The largest learned weights as int8, and the pairs that still have one. What the vectors tell is kept of
    every word.
    """
    learned = weights[:, :2]
    size_of = np.abs(learned).max(axis=1)
    least = np.sort(size_of)[::-1][min(MOST_WEIGHTS, len(size_of)) - 1]
    weights = np.hstack([np.where(size_of[:, None] >= least, learned, 0), weights[:, 2:]])
    is_kept = size_of[size:] >= least
    packed, scale = quantized(np.concatenate([weights[:size], weights[size:][is_kept]]))
    return {"pairs": pairs[is_kept].astype(np.uint32), "weights": packed, "weights_scale": scale}
