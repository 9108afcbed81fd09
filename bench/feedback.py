"""Text analysis against VADER, TextBlob and the targets: macro-F1, calibration, speed, memory, themes and
duplicates.
"""

import gc
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.figures import Figure
from bench.stage import Options
from bench.training import measures, texts
from bench.training.texts import Labelled
from feedback.algorithms.embedding import embed
from feedback.algorithms.kinds import classify
from feedback.algorithms.language import languages
from feedback.algorithms.sentiment import analyse
from feedback.algorithms.similarity import Similarity
from feedback.algorithms.themes import k_means
from feedback.algorithms.urgency import urgency

#: Set -> least macro-F1 of three classes, of two, and largest calibration error.
TARGETS = {"snippets": (0.61, 0.80, 0.10), "tweets": (0.58, None, 0.10)}
LEAST_SPEED, MOST_MEMORY = 5_000, 50
#: Set -> least adjusted Rand index and V-measure.
THEME_TARGETS = {"banking77": (0.38, 0.71), "clinc150": (0.46, 0.80)}
FOREIGN = {"german": "de", "french": "fr", "spanish": "es"}
TIMED = 4_000
#: What is less alike a search does not tell (feedback.selectors.search, which cannot be imported without Django).
LEAST_ALIKE = 0.4


def run(options: Options) -> Iterator[Figure]:
    if not texts.ROOT.exists():
        yield Figure(
            "feedback.texts",
            None,
            "ratio",
            note=f"no labelled texts at {texts.ROOT}; FEEDBACK_TEXTS names another folder",
        )
        return
    yield from _cost(max(options.rounds, 5))
    rivals = measures.rivals()
    for name, (three, two, error) in TARGETS.items():
        yield from _sentiment(name, texts.EVALUATED[name](), three, two, error, rivals)
    yield from _foreign(rivals)
    yield from _kinds()
    yield from _themes()
    yield from _duplicates()
    yield from _search()


def resident() -> float:
    """Megabytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def per_second(work: Callable[[Sequence[str]], object], some: Sequence[str], rounds: int) -> float:
    """Texts per second of processor time, the median of the rounds."""
    spent = []
    for _ in range(rounds):
        begun_at = time.process_time()
        work(some)
        spent.append(time.process_time() - begun_at)
    return len(some) / float(np.median(spent))


def _cost(rounds: int) -> Iterator[Figure]:
    """What each step costs on one thread, on app reviews and product reviews. Memory is measured first, before
    anything is read.
    """
    some = (texts.reviews().texts + texts.snippets().texts)[:TIMED]
    gc.collect()
    before = resident()
    analyse(some)
    yield Figure("feedback.sentiment.memory", resident() - before, "MB", most=MOST_MEMORY, note="table and one batch")
    before = resident()
    embed(some)
    yield Figure("feedback.embedding.memory", resident() - before, "MB", note="table and one batch")
    before = resident()
    languages(some[:200])
    yield Figure("feedback.language.memory", resident() - before, "MB", note="lingua, 51 languages, low accuracy")
    rival = measures.rivals().get("vader")
    speed = per_second(analyse, some, rounds)
    vader = per_second(rival, some[:1000], 3) if rival else None
    yield Figure(
        "feedback.sentiment.speed",
        speed,
        "texts/s",
        rival=vader,
        least=LEAST_SPEED,
        note="rival: VADER, one text at a time",
    )
    tone = analyse(some)
    steps: dict[str, Callable[[Sequence[str]], object]] = {
        "language": languages, "kinds": lambda part: classify(part, tone), "embedding": embed,
        "urgency": lambda part: [urgency(text) for text in part],
        "words": lambda part: [tone.words(number) for number in range(len(part))],
    }  # fmt: skip
    for name, work in steps.items():
        yield Figure(f"feedback.{name}.speed", per_second(work, some, 3), "texts/s")


def _sentiment(
    name: str, labelled: Labelled, three: float, two: float | None, error: float, rivals: dict[str, measures.Analyser]
) -> Iterator[Figure]:
    found = analyse(labelled.texts)
    labels = np.array(labelled.labels)
    best = {}
    for rival, work in rivals.items():
        best[rival] = measures.f1(labels, *work(labelled.texts))
    told = ", ".join(f"{rival} {a:.3f} / {b:.3f}" for rival, (a, b) in best.items())
    own = measures.f1(labels, found.labels, found.scores)
    vader = best.get("vader", (None, None))
    yield Figure(f"feedback.{name}.f1_of_3", own[0], "F1", rival=vader[0], least=three, note=f"rival: VADER; {told}")
    yield Figure(f"feedback.{name}.f1_of_2", own[1], "F1", rival=vader[1], least=two, note="rival: VADER")
    wrong = measures.calibration_error(found.confidence, found.labels == labels)
    yield Figure(f"feedback.{name}.calibration_error", wrong, "ratio", most=error)


def _foreign(rivals: dict[str, measures.Analyser]) -> Iterator[Figure]:
    """XLM-T's validation part, of which nothing was trained on."""
    for language, code in FOREIGN.items():
        labelled = texts.xlmt(language, ("val",))
        labels = np.array(labelled.labels)
        found = analyse(labelled.texts, [code] * len(labels))
        told = measures.languages_right([found for found, _ in languages(labelled.texts)], code)
        vader = measures.f1(labels, *rivals["vader"](labelled.texts))[0] if "vader" in rivals else None
        own = measures.f1(labels, found.labels, found.scores)[0]
        yield Figure(
            f"feedback.{language}.f1_of_3", own, "F1", rival=vader, note=f"rival: VADER; language told right {told:.3f}"
        )


def _kinds() -> Iterator[Figure]:
    """Read from the card: the sets to measure on are not here, so it is told by folds of the sets trained on."""
    for name, value, least in measures.kinds_of_card((("issues", 0.77), ("app reviews", 0.65))):
        yield Figure(f"feedback.kinds.{name}", value, "F1", least=least, note="ten folds, as told at the last training")


def _themes() -> Iterator[Figure]:
    sets = {
        "banking77": texts.intents("eval", "banking77_test.csv"),
        "clinc150": texts.intents("train", "clinc150_train.json"),
    }
    for name, labelled in sets.items():
        labels = np.array(labelled.labels)
        rng = np.random.default_rng(7)
        clusters, _ = k_means(embed(labelled.texts), int(labels.max()) + 1, rng, starts=3)
        rand, v = measures.adjusted_rand(labels, clusters), measures.v_measure(labels, clusters)
        yield Figure(f"feedback.themes.{name}.rand", rand, "ARI", least=THEME_TARGETS[name][0], note="k as labelled")
        yield Figure(f"feedback.themes.{name}.v", v, "V", least=THEME_TARGETS[name][1])


def _duplicates() -> Iterator[Figure]:
    """Of sentences that people call alike (STS 4 or more), whether the twin is among the first ten of all; a
    stand-in for tickets.
    """
    pairs = [(first, second) for score, first, second in texts.pairs_by_likeness() if score >= 4]
    known = list(dict.fromkeys(second for _, second in pairs))
    index = Similarity(known)
    ranks = []
    for matches, (_, second) in zip(index.top([first for first, _ in pairs], 10), pairs, strict=True):
        places = [match.place for match in matches]
        ranks.append(places.index(known.index(second)) + 1 if known.index(second) in places else 0)
    hits = np.array(ranks)
    note = f"{len(pairs)} pairs of the STS benchmark among {len(known)}; the trackers of the target are not here"
    yield Figure("feedback.duplicates.recall_at_10", float((hits > 0).mean()), "ratio", note=note)
    mean = float(np.where(hits > 0, 1 / np.maximum(hits, 1), 0).mean())
    yield Figure("feedback.duplicates.mrr", mean, "ratio", note=note)


def _search() -> Iterator[Figure]:
    """Questions to a bank (banking77's test part), each asked of all others: of the first ten found by meaning, how
    many have the same intent, and where the first such stands. The rival orders those that share any word by tf-idf.
    """
    labelled = texts.intents("eval", "banking77_test.csv")
    labels, vectors = np.array(labelled.labels), embed(labelled.texts)
    meaning = vectors @ vectors.T
    words = Similarity(labelled.texts, vectors).of_words(labelled.texts)
    meaning = np.where(meaning < LEAST_ALIKE, 0, meaning)
    own, rival = _first_ten(meaning, labels), _first_ten(words, labels)
    note = f"{len(labels):,} questions of {len(set(labelled.labels))} intents; rival: words by tf-idf"
    yield Figure("feedback.search.precision_at_10", own[0], "ratio", rival=rival[0], note=note)
    yield Figure("feedback.search.mrr", own[1], "ratio", rival=rival[1], note="rival: words by tf-idf")
    common = [set(text.lower().split()) for text in labelled.texts]
    alone = np.array([sum(common[one] <= each for each in common) > 1 for one in range(len(common))])
    note = "another has all words of the question"
    yield Figure("feedback.search.found_by_all_words", float(alone.mean()), "ratio", note=note)


def _first_ten(likeness: npt.NDArray[np.float32], labels: npt.NDArray[np.int64]) -> tuple[float, float]:
    """The share of the first ten that have the same label, and the mean reciprocal rank of the first that has."""
    np.fill_diagonal(likeness, -1)
    first = np.argsort(-likeness, axis=1, kind="stable")[:, :10]
    same = (labels[first] == labels[:, None]) & (np.take_along_axis(likeness, first, axis=1) > 0)
    return float(same.mean()), float(np.where(same.any(axis=1), 1 / (same.argmax(axis=1) + 1), 0).mean())
