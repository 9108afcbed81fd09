"""Trains `data/embedding.npz`: the teacher's vectors of single pieces, turned so that their sums come near its
vectors of texts.
"""

import random

import numpy as np
import scipy.sparse as sparse
from scipy.stats import spearmanr

from bench.training import texts
from bench.training.distilled import Distilled
from feedback.algorithms.embedding import WIDTH, Model
from feedback.algorithms.tables import Table, bytes_of

#: How many texts of each set the teacher encodes. Those of clinc150 are left for measuring.
SAMPLES = {
    "amazon": 900, "yelp": 900, "imdb": 300, "treebank": 2500, "laptops": 1300, "restaurants": 1500, "tweets": 1000,
    "reviews": 3700,
}  # fmt: skip
INTENTS, TITLES = 4000, 5000
ROUNDS, BATCH, RATE, PULL = 10, 1024, 4e-3, 1e-3


def sampled(seed: int) -> list[str]:
    """Texts for the teacher, in random order, each once."""
    rng = random.Random(seed)
    sets = texts.sentiment_sets() | {"tweets": texts.tweets_validation()}
    found: list[str] = []
    for name, count in SAMPLES.items():
        found += rng.sample(sets[name].texts, min(count, len(sets[name].texts)))
    found += rng.sample(texts.intents("train", "banking77_train.csv").texts, INTENTS)
    found += rng.sample(texts.titles().texts, TITLES)
    found += [issue["title"] for issue in texts.issues()]
    rng.shuffle(found)
    return [text for text in dict.fromkeys(text.strip() for text in found) if text]


def principal(vectors: np.ndarray) -> np.ndarray:
    """(width, WIDTH): the directions in which vectors vary most, about 0."""
    _, turned = np.linalg.eigh(vectors.T @ vectors)
    return np.asarray(turned[:, ::-1][:, :WIDTH])


def bags(distilled: Distilled, some: list[str]) -> sparse.csr_matrix:
    """(texts, pieces): how often each piece occurs, as a share."""
    rows = [distilled.pieces.rows(text) for text in some]
    owners = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    columns = np.array([piece for row in rows for piece in row])
    found = sparse.csr_matrix((np.ones(len(owners), np.float32), (owners, columns)), (len(rows), len(distilled.names)))
    count = np.maximum(np.asarray(found.sum(axis=1)).ravel(), 1)
    return sparse.csr_matrix(sparse.diags((1 / count).astype(np.float32)) @ found)


def unit(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))


def tuned(start: np.ndarray, rows: sparse.csr_matrix, wanted: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Vectors of pieces whose sums point where the teacher points: Adam on the cosine, with a pull back to the
    start.
    """
    used = np.flatnonzero(np.asarray(rows.sum(axis=0)).ravel())
    rows, whole, start = sparse.csr_matrix(rows[:, used]), start.copy(), start[used]
    table, first, second = start.copy(), np.zeros_like(start), np.zeros_like(start)
    step = 0
    for number in range(ROUNDS):
        rate = RATE * (1 - number / ROUNDS)
        for some in np.array_split(rng.permutation(rows.shape[0]), rows.shape[0] // BATCH):
            here = rows[some]
            sums = here @ table
            length = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6)
            pointing = sums / length
            likeness = (pointing * wanted[some]).sum(axis=1, keepdims=True)
            slope = -(wanted[some] - likeness * pointing) / length / len(some)
            gradient = np.asarray(here.T @ slope) + PULL / rows.shape[0] * (table - start)
            step += 1
            first = 0.9 * first + 0.1 * gradient
            second = 0.999 * second + 0.001 * gradient**2
            table -= rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    whole[used] = table
    return whole


def train(seed: int, distilled: Distilled) -> Table:
    """The table of `feedback.algorithms.embedding`."""
    some = sampled(seed)
    teacher = distilled.teacher
    told = distilled.kept("texts", lambda: teacher.encode([teacher.pieces.rows(text) for text in some]))
    weighted = distilled.centered * distilled.importance()[:, None]
    centered = told - told.mean(axis=0)
    directions = principal(centered)
    vectors = tuned(
        (weighted @ directions).astype(np.float32),
        bags(distilled, some),
        unit(centered @ directions),
        np.random.default_rng(seed),
    )
    # One scale for all; a few far values would make it coarse, so they are cut.
    scale = np.float32(np.quantile(np.abs(vectors), 0.9995) / 127)
    packed = np.clip(np.rint(vectors / scale), -127, 127).astype(np.int8)
    return {"vocabulary": bytes_of(distilled.names), "vectors": packed, "scale": np.array(scale)}


def told(table: Table) -> str:
    """Likeness of sentences by the table against people's, as a line of the card."""
    pairs = texts.pairs_by_likeness()
    model = Model(table)
    found = (model.embed([first for _, first, _ in pairs]) * model.embed([second for _, _, second in pairs])).sum(
        axis=1
    )
    rank = spearmanr(found, [score for score, _, _ in pairs]).statistic
    return f"| STS benchmark dev, Spearman | {rank:.3f} |"
