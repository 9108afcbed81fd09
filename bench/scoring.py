"""Ranking by an own formula against numpy by hand and simpleeval item by item, and rank stability."""

import gc
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping

import numpy as np
from simpleeval import SimpleEval

from bench.figures import Figure
from bench.stage import Options
from scoring.algorithms.definition import CriterionSpec, Definition, Kind
from scoring.algorithms.formula import evaluate
from scoring.algorithms.ranking import score
from scoring.algorithms.stability import by_weights, draw_weights, stability
from scoring.algorithms.weighing import Ranges, Values, normalized

ITEMS, CRITERIA = 100_000, 12
#: simpleeval takes its time, so it works out fewer items, and the time for all is told.
RIVAL_ITEMS = 2_000
STABLE_ITEMS, DRAWS = 2_000, 1_000
#: All twelve criteria, with a condition, a table, a root and a logarithm.
FORMULA = (
    "(3 * a + 2 * b + c) * clamp(d / 10, 0.1, 1) * if(e > 7 and f < 3, 1.5, 1) / max(g, 0.5) "
    "+ sqrt(h * i) + log(j + 1) - steps(k, 0: 0, 4: 1, 8: 3) * l / 10"
)
KEYS = "abcdefghijkl"


def by_hand(columns: Mapping[str, Values]) -> Values:
    """The formula, as one would write it in numpy."""
    a, b, c, d, e, f, g, h, i, j, k, l = (columns[key] for key in KEYS)  # noqa: E741
    bonus = np.where((e > 7) & (f < 3), 1.5, 1.0)
    step = np.where(k >= 8, 3.0, np.where(k >= 4, 1.0, np.where(k >= 0, 0.0, np.nan)))
    value = (3 * a + 2 * b + c) * np.clip(d / 10, 0.1, 1) * bonus / np.maximum(g, 0.5)
    found: Values = value + np.sqrt(h * i) + np.log(j + 1) - step * l / 10
    return found


def ranked_by_hand(values: Values) -> np.ndarray:
    """Places by the formula, the highest first."""
    scores = by_hand({key: values[:, number] for number, key in enumerate(KEYS)})
    found = np.empty(len(scores), dtype=np.int64)
    found[np.argsort(-scores)] = np.arange(1, len(scores) + 1)
    return found


#: The same for simpleeval, which knows no tables.
RIVAL = (
    "(3 * a + 2 * b + c) * min(max(d / 10, 0.1), 1) * (1.5 if e > 7 and f < 3 else 1) / max(g, 0.5) "
    "+ sqrt(h * i) + log(j + 1) - (3 if k >= 8 else 1 if k >= 4 else 0) * l / 10"
)


def item_by_item(values: Values) -> list[float]:
    """The formula by simpleeval, parsed once and worked out for each item."""
    reader = SimpleEval(functions={"min": min, "max": max, "sqrt": np.sqrt, "log": np.log})
    parsed = reader.parse(RIVAL)
    found = []
    for row in values.tolist():
        reader.names = dict(zip(KEYS, row, strict=True))
        found.append(float(reader.eval(RIVAL, previously_parsed=parsed)))
    return found


def processor_seconds(work: Callable[[], object]) -> float:
    begun_at = time.process_time()
    work()
    return time.process_time() - begun_at


def run(options: Options) -> Iterator[Figure]:
    rounds = max(options.rounds, 5)
    yield from _formulas(rounds)
    yield from _stability(rounds)


def _formulas(rounds: int) -> Iterator[Figure]:
    """Items with a value in twenty missing, which rank last and slow nothing down."""
    rng = np.random.default_rng(7)
    values = rng.uniform(0, 10, (ITEMS, CRITERIA))
    values[rng.random(ITEMS) < 0.05, 0] = np.nan
    criteria = tuple(CriterionSpec(key, key) for key in KEYS)
    definition = Definition(Kind.FORMULA, criteria, FORMULA)
    formula = definition.compiled
    assert formula is not None
    columns = {key: np.ascontiguousarray(values[:, number]) for number, key in enumerate(KEYS)}
    assert np.allclose(evaluate(formula, columns).values, by_hand(columns), equal_nan=True)
    sample = values[~np.isnan(values[:, 0])][:RIVAL_ITEMS]
    assert np.allclose(item_by_item(sample), by_hand({key: sample[:, n] for n, key in enumerate(KEYS)}))
    own, alone, hand, hand_alone = [], [], [], []
    for _ in range(rounds):
        own.append(processor_seconds(lambda: score(definition, values, {})))
        hand.append(processor_seconds(lambda: ranked_by_hand(values)))
        alone.append(processor_seconds(lambda: evaluate(formula, columns)))
        hand_alone.append(processor_seconds(lambda: by_hand(columns)))
    rival = processor_seconds(lambda: item_by_item(sample)) * ITEMS / len(sample)
    what = f"{ITEMS:,} items x {CRITERIA} criteria"
    yield Figure(
        "scoring.formula.processor", statistics.median(alone) * 1000, "ms", rival=statistics.median(hand_alone) * 1000,
        most_ratio=3, note=f"{what}: the formula alone against the same expression by hand in numpy",
    )  # fmt: skip
    yield Figure(
        "scoring.rank.processor", statistics.median(own) * 1000, "ms", rival=statistics.median(hand) * 1000,
        most_ratio=3, note=f"{what}: scales and gaps checked, ranks with ties, against expression and argsort",
    )  # fmt: skip
    yield Figure(
        "scoring.rank.simpleeval", statistics.median(own), "s", rival=rival,
        most_ratio=0.01, note=f"the whole ranking against simpleeval, {len(sample):,} items timed and scaled",
    )  # fmt: skip


def _stability(rounds: int) -> Iterator[Figure]:
    rng = np.random.default_rng(7)
    ranges = Ranges(np.zeros(CRITERIA), np.full(CRITERIA, 10.0), np.arange(CRITERIA) % 3 == 0)
    values = rng.uniform(0, 10, (STABLE_ITEMS, CRITERIA))
    weights = rng.uniform(1, 10, CRITERIA)

    def work() -> None:
        drawn = draw_weights(weights, 0.25, DRAWS, np.random.default_rng(1))
        stability(by_weights(normalized(values, ranges), drawn), 40)

    spent = [processor_seconds(work) for _ in range(rounds)]
    gc.collect()
    tracemalloc.start()
    work()
    memory = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    what = f"{STABLE_ITEMS:,} items, {DRAWS:,} draws of {CRITERIA} weights"
    yield Figure("scoring.stability.processor", statistics.median(spent), "s", most=1.5, note=what)
    yield Figure("scoring.stability.memory", memory, "MB", most=200, note=f"{what}: the peak that it adds")
