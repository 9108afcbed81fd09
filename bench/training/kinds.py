"""Trains `data/kinds.npz`: which kind of feedback a text is."""

import random
from collections import Counter
from collections.abc import Sequence

import numpy as np
import scipy.sparse as sparse
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from bench.training import texts
from bench.training.sentiment import balanced, frequent_pairs, loss
from bench.training.texts import Labelled
from feedback.algorithms.kinds import CUE_LENGTH, TOKEN, Kind, cues, cut, lengths, occurring
from feedback.algorithms.sentiment import analyse
from feedback.algorithms.tables import Table, bytes_of, quantized
from feedback.algorithms.tokens import Tokenizer, Tokens, normalized

STRENGTH = 3.0
#: How much issues, reviews, questions and statements count: the last two only lend words to their kinds.
SET_WEIGHTS = (4.0, 2.0, 0.1, 0.2)
SAMPLED = 800
FOLDS = 10
#: Kinds that somebody must act on. They are rare, so their scores are lifted.
ACTIONABLE = np.array([1.0, 1.0, 0.0, 1.0, 0.0])
#: How much macro-F1 the lift may cost: on other texts more go by no word that was learned, and a kind that is missed is
#: dearer than one too many.
LIFT_COST = 0.005


def reviews() -> Labelled:
    """App reviews as people labelled them; what only rates is praise with four stars or five, else none of the
    kinds.
    """
    found = texts.rows("train", "maalej_app_reviews.csv")
    kind = {"Bug": Kind.BUG, "Feature": Kind.REQUEST}
    labels = [kind.get(row["label"], Kind.PRAISE if row["stars"] in "45" else Kind.OTHER) for row in found]
    return Labelled([texts.review_text(row) for row in found], [int(label) for label in labels])


def issues() -> Labelled:
    kind = {"bug": Kind.BUG, "feature": Kind.REQUEST, "question": Kind.QUESTION}
    found = texts.issues()
    return Labelled([f"{row['title']}\n{row['body']}" for row in found], [int(kind[row["label"]]) for row in found])


def questions(seed: int) -> Labelled:
    """Titles of questions to programmers, and what bank customers ask with a question mark."""
    rng = random.Random(seed)
    asked = [text for text in texts.intents("train", "banking77_train.csv").texts if text.endswith("?")]
    found = rng.sample(asked, SAMPLED) + rng.sample(texts.titles().texts, SAMPLED)
    return Labelled(found, [int(Kind.QUESTION)] * len(found))


def statements(seed: int) -> Labelled:
    """Neutral tweets, and neutral sentences of reviews: none of the kinds."""
    rng = random.Random(seed)
    found = []
    for labelled in (texts.tweets(), texts.aspects("Laptops"), texts.aspects("Restaurants")):
        neutral = [
            text
            for text, label in zip(labelled.texts, labelled.labels, strict=True)
            if label == texts.NEUTRAL and "?" not in text
        ]
        found += rng.sample(neutral, min(len(neutral), SAMPLED // 2))
    return Labelled(found, [int(Kind.OTHER)] * len(found))


def rows_of(tokens: Tokens, pairs: np.ndarray, rarity: np.ndarray, signs: np.ndarray) -> sparse.csr_matrix:
    """(texts, words + pairs + cues), as `Model.logits` reckons."""
    size = len(rarity) - len(pairs)
    owners, columns = occurring(tokens, pairs, size)
    count = len(tokens.counts)
    found = sparse.csr_matrix((rarity[columns], (owners, columns)), (count, len(rarity)))
    length = lengths(owners, rarity[columns], count)
    return sparse.csr_matrix(sparse.diags(1 / length) @ sparse.hstack([found, CUE_LENGTH * signs]))


class Rows:
    """Sets as rows of words, pairs and cues."""

    def __init__(self, sets: Sequence[Labelled]) -> None:
        joined = [[cut(text) for text in labelled.texts] for labelled in sets]
        counted: Counter[str] = Counter()
        for some in joined:
            for text in some:
                counted.update({normalized(token) for token in TOKEN.findall(text)})
        self.words = ["", *sorted(word for word, count in counted.items() if count > 2 and word)]
        tokenizer = Tokenizer(self.words, TOKEN)
        read = [tokenizer.read(some) for some in joined]
        size = len(self.words)
        self.pairs = frequent_pairs(read, size, least=3)
        often = sum(
            np.bincount(occurring(tokens, self.pairs, size)[1], minlength=size + len(self.pairs)) for tokens in read
        )
        texts_read = sum(len(some) for some in joined)
        self.rarity = (np.log((1 + texts_read) / (1 + often)) + 1).astype(np.float16).astype(np.float64)
        self.rows = [
            rows_of(tokens, self.pairs, self.rarity, cues(some, analyse(labelled.texts)))
            for tokens, some, labelled in zip(read, joined, sets, strict=True)
        ]
        self.labels = [np.array(labelled.labels) for labelled in sets]


def fit(rows: Sequence[sparse.csr_matrix], labels: Sequence[np.ndarray]) -> LogisticRegression:
    fitted = LogisticRegression(C=STRENGTH, max_iter=400)
    of_set = np.concatenate([np.full(len(some), weight) for some, weight in zip(labels, SET_WEIGHTS, strict=True)])
    return fitted.fit(sparse.vstack(rows), np.concatenate(labels), sample_weight=balanced(labels) * of_set)


def scores(fitted: LogisticRegression, rows: sparse.csr_matrix) -> np.ndarray:
    """(texts, 5): decision for each kind, very low where the training had none of it."""
    found = np.full((rows.shape[0], len(Kind)), -50.0)
    found[:, fitted.classes_] = fitted.decision_function(rows)
    return found


def three(labels: np.ndarray, found: np.ndarray) -> tuple[float, list[float]]:
    """Macro-F1, and F1 of each, of bug, request and all else."""
    each = f1_score(np.minimum(labels, 2), np.minimum(found.argmax(axis=1), 2), average=None)
    return float(np.mean(each)), each.tolist()


def train(seed: int) -> tuple[Table, dict[str, tuple[np.ndarray, np.ndarray]]]:
    """The table; and labels and scores of issues in ten folds, and of reviews likewise."""
    sets = [issues(), reviews(), questions(seed), statements(seed)]
    prepared = Rows(sets)
    rng = np.random.default_rng(seed)
    folds = [rng.permutation(len(labels)) % FOLDS for labels in prepared.labels[:2]]
    own = [np.zeros((len(some), len(Kind))) for some in folds]
    for fold in range(FOLDS):
        rest = [some != fold for some in folds]
        fitted = fit(
            [*(rows[kept] for rows, kept in zip(prepared.rows[:2], rest, strict=True)), *prepared.rows[2:]],
            [*(labels[kept] for labels, kept in zip(prepared.labels[:2], rest, strict=True)), *prepared.labels[2:]],
        )
        for place in range(2):
            own[place][~rest[place]] = scores(fitted, prepared.rows[place][~rest[place]])
    lifts = {addend: three(prepared.labels[1], own[1] + addend * ACTIONABLE)[0] for addend in np.arange(0, 2.1, 0.1)}
    lift = max(addend for addend, reached in lifts.items() if reached > max(lifts.values()) - LIFT_COST)
    own = [found + lift * ACTIONABLE for found in own]
    left_out = {"issues": (prepared.labels[0], own[0]), "reviews": (prepared.labels[1], own[1])}
    tried = [
        (sum(loss(found * scale, labels) for labels, found in left_out.values()), scale)
        for scale in np.arange(0.3, 2.05, 0.05)
    ]
    fitted = fit(prepared.rows, prepared.labels)
    size = len(prepared.words) + len(prepared.pairs)
    packed, scale = quantized(fitted.coef_.T[:size])
    return {
        "vocabulary": bytes_of(prepared.words),
        "pairs": prepared.pairs.astype(np.uint32),
        "rarity": prepared.rarity.astype(np.float16),
        "weights": packed,
        "weights_scale": scale,
        "cues": fitted.coef_.T[size:],
        "bias": fitted.intercept_ + lift * ACTIONABLE,
        "temperature": np.array(min(tried)[1]),
    }, left_out
