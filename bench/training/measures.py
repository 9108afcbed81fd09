"""Measures of classifiers and clusterings, and the analysers that ours are held against."""

import importlib
import re
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from feedback.algorithms.tables import FOLDER

#: Texts in; labels (0, 1, 2) and scores (-1 to 1) out.
Analyser = Callable[[Sequence[str]], tuple[np.ndarray, np.ndarray]]


def rivals() -> dict[str, Analyser]:
    """Those that are installed, by name."""
    found: dict[str, Analyser] = {}
    try:
        vader = importlib.import_module("vaderSentiment.vaderSentiment").SentimentIntensityAnalyzer()
        found["vader"] = lambda some: by_score([vader.polarity_scores(text)["compound"] for text in some], 0.05)
    except ImportError:
        pass
    try:
        blob = importlib.import_module("textblob.en").sentiments.PatternAnalyzer()
        found["textblob"] = lambda some: by_score([blob.analyze(text)[0] for text in some], 0.05)
    except (ImportError, AttributeError):
        pass
    return found


def by_score(scores: Sequence[float], neutral: float) -> tuple[np.ndarray, np.ndarray]:
    """Labels of scores, neutral when nearer to 0 than `neutral`, and the scores."""
    values = np.array(scores)
    return np.where(values >= neutral, 2, np.where(values <= -neutral, 0, 1)), values


def macro(labels: np.ndarray, found: np.ndarray) -> float:
    """Mean over the classes of F1."""
    each = []
    for label in np.unique(labels):
        hit = np.count_nonzero((labels == label) & (found == label))
        each.append(2 * hit / max(1, np.count_nonzero(labels == label) + np.count_nonzero(found == label)))
    return float(np.mean(each))


def f1(labels: np.ndarray, found: np.ndarray, scores: np.ndarray) -> tuple[float, float]:
    """Macro-F1 of three classes, and of two by the sign of the score among texts that are not neutral."""
    toned = labels != 1
    return macro(labels, found), macro(labels[toned], np.where(scores[toned] > 0, 2, 0))


def calibration_error(confidence: np.ndarray, is_right: np.ndarray) -> float:
    """Expected calibration error in ten bins (Naeini et al. 2015)."""
    bins = np.minimum((confidence * 10).astype(int), 9)
    gaps = [
        np.mean(bins == place) * abs(confidence[bins == place].mean() - is_right[bins == place].mean())
        for place in np.unique(bins)
    ]
    return float(np.sum(gaps))


def table(labels: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    found = np.zeros((labels.max() + 1, clusters.max() + 1))
    np.add.at(found, (labels, clusters), 1)
    return found


def adjusted_rand(labels: np.ndarray, clusters: np.ndarray) -> float:
    """Hubert & Arabie 1985."""
    cells = table(labels, clusters)
    pairs = [(counts * (counts - 1) / 2).sum() for counts in (cells, cells.sum(axis=0), cells.sum(axis=1))]
    expected = pairs[1] * pairs[2] / (len(labels) * (len(labels) - 1) / 2)
    return float((pairs[0] - expected) / ((pairs[1] + pairs[2]) / 2 - expected))


def v_measure(labels: np.ndarray, clusters: np.ndarray) -> float:
    """Rosenberg & Hirschberg 2007: mutual information over the mean of both entropies."""
    shares = table(labels, clusters) / len(labels)
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    here = shares > 0
    mutual = (shares[here] * np.log(shares[here] / np.outer(rows, columns)[here])).sum()
    entropy = [-(some[some > 0] * np.log(some[some > 0])).sum() for some in (rows, columns)]
    return float(2 * mutual / sum(entropy))


def languages_right(found: Sequence[str], code: str) -> float:
    return sum(language == code for language in found) / len(found)


def kinds_of_card(wanted: Sequence[tuple[str, float]]) -> Iterator[tuple[str, float | None, float]]:
    """Figures that the card of the kinds tells, with their targets."""
    card = (FOLDER / "kinds.md").read_text(encoding="utf-8")
    for name, least in wanted:
        found = re.search(rf"^\| {name}[^|]*\| ([.\d]+) \|", card, re.MULTILINE)
        yield name.replace("app ", ""), float(found[1]) if found else None, least
