"""How firm one ranking is: its weights, or the values of its formula, drawn anew, and its raters asked again."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from scoring.algorithms.definition import Definition, Kind
from scoring.algorithms.drawing import draw_values
from scoring.algorithms.ranking import outside, score
from scoring.algorithms.stability import (
    BATCH,
    Flip,
    Stability,
    by_weights,
    disagreement,
    draw_raters,
    draw_weights,
    flips,
    stability,
)
from scoring.algorithms.weighing import Values, normalized

#: Neighbors in rank are looked at down to twice the line, and at most so far.
MOST_NEIGHBORS = 40
#: So many items on each side of the line are held against each other.
AROUND_THE_LINE = 3

Report = Callable[[int], None]


@dataclass(frozen=True)
class Asked:
    """A ranking, and how its firmness is asked for.

    Args:
        values: float64 (items, criteria), NaN where missing.
        facts: name -> float64 (items).
        top: how many fit.
        spread: by how much weights, or the values of a formula, are varied, as a share.
        voices: float64 (raters, items, criteria), NaN where a rater gave none; None leaves raters out.
    """

    definition: Definition
    values: Values
    facts: Mapping[str, Values]
    top: int
    samples: int
    spread: float
    seed: int
    voices: Values | None = None

    @property
    def has_weights(self) -> bool:
        return self.definition.kind == Kind.WEIGHTED


def drawn_scores(asked: Asked, report: Report = lambda done: None) -> Iterator[Values]:
    """Scores of the items in each sample, some samples at a time: float64 (samples, items).

    The weights of a weighted model are drawn around its own; a formula or a class has none, so each value is drawn
    within its scale. With voices, each value that raters gave is one of theirs, drawn first.
    """
    rng = np.random.default_rng(asked.seed)
    if asked.has_weights:
        weights = draw_weights(asked.definition.weights, asked.spread, asked.samples, rng)
        batches = _of_weights(asked, weights, rng)
    else:
        batches = _of_values(asked, rng)
    done = 0
    for batch in batches:
        done += len(batch)
        report(done)
        yield batch


def firmness(asked: Asked, report: Report = lambda done: None) -> Stability:
    """How often each item is among the first, and which ranks it has, over all samples; the seed decides which."""
    return stability(drawn_scores(asked, report), asked.top)


def _of_weights(asked: Asked, weights: Values, rng: np.random.Generator) -> Iterator[Values]:
    """Weights that count nothing take no part, so that a value missing there takes nothing away."""
    used = np.flatnonzero(asked.definition.weights > 0)
    known = _known(asked)
    if asked.voices is None:
        yield from by_weights(known[:, used], weights[:, used])
        return
    bases = _bases(asked, rng)
    for begin in range(0, asked.samples, BATCH):
        chosen = weights[begin : begin + BATCH, used]
        drawn = [_normalized(asked, next(bases))[:, used] @ each for each in chosen]
        yield np.array(drawn).reshape(len(chosen), len(asked.values))


def _of_values(asked: Asked, rng: np.random.Generator) -> Iterator[Values]:
    if asked.voices is None:
        samples = draw_values(asked.definition, asked.values, asked.spread, asked.samples, rng)
    else:
        samples = (next(draw_values(asked.definition, base, asked.spread, 1, rng)) for base in _bases(asked, rng))
    batch = []
    for values in samples:
        batch.append(score(asked.definition, values, asked.facts).scores)
        if len(batch) == BATCH:
            yield np.array(batch)
            batch = []
    if batch:
        yield np.array(batch)


def _bases(asked: Asked, rng: np.random.Generator) -> Iterator[Values]:
    """For each sample the values with one voice in place of each that raters gave."""
    assert asked.voices is not None  # noqa: S101 - only called with voices
    for drawn in draw_raters(asked.voices, asked.samples, rng):
        base = np.where(np.isnan(drawn), asked.values, drawn)
        yield np.where(outside(asked.definition, base), np.nan, base)


def _normalized(asked: Asked, values: Values) -> Values:
    return normalized(values, asked.definition.ranges)


def _known(asked: Asked) -> Values:
    found = score(asked.definition, asked.values, asked.facts)
    return np.where(found.missing, np.nan, _normalized(asked, asked.values))


def pairs_to_look_at(order: list[int], top: int) -> list[tuple[int, int]]:
    """Pairs of items, the one ahead first: neighbors in rank, and each item just above the line with each just below.

    Args:
        order: the items that have a score, best first.
        top: how many fit.
    """
    reach = min(max(2 * top, 10), MOST_NEIGHBORS, len(order))
    pairs = [(order[place], order[place + 1]) for place in range(reach - 1)]
    above = order[max(top - AROUND_THE_LINE, 0) : top]
    below = order[top : top + AROUND_THE_LINE]
    return list(dict.fromkeys([*pairs, *((one, other) for one in above for other in below)]))


def turning_points(asked: Asked) -> list[Flip]:
    """Pairs of items whose order hangs on one weight, and the weight at which each flips; the nearest first.

    A model without weights has none. Items that are equal now are no such pair.
    """
    if not asked.has_weights or not asked.definition.criteria:
        return []
    ranked = score(asked.definition, asked.values, asked.facts)
    order = [int(item) for item in ranked.order if ranked.ranks[item]]
    pairs = pairs_to_look_at(order, asked.top)
    items = sorted({item for pair in pairs for item in pair})
    places = {item: place for place, item in enumerate(items)}
    used = np.flatnonzero(asked.definition.weights > 0)
    of_range = _known(asked)[np.array(items, dtype=np.int64)[:, None], used]
    found = flips(
        lambda weights: of_range @ weights,
        asked.definition.weights[used],
        [(places[ahead], places[behind]) for ahead, behind in pairs],
    )
    return [Flip(items[flip.ahead], items[flip.behind], int(used[flip.criterion]), flip.now, flip.at) for flip in found]


def flip_words(flip: Flip, names: Mapping[int, str], definition: Definition) -> str:
    """“A” stays above “B” until Strategic fit weighs 37 % or more (now 30 %)."""
    criterion = definition.criteria[flip.criterion].name
    side = "more" if flip.at > flip.now else "less"
    at, now = _percents(flip.at, flip.now)
    return (
        f"“{names[flip.ahead]}” stays above “{names[flip.behind]}” until {criterion} weighs {at} % or {side}"
        f" (now {now} %)."
    )


def _percents(at: float, now: float) -> tuple[str, str]:
    """Two shares in percent, in as many decimals as it takes to tell them apart."""
    for places in (0, 1, 2, 3):
        texts = f"{at * 100:.{places}f}", f"{now * 100:.{places}f}"
        if texts[0] != texts[1]:
            return texts
    return texts


def result_of(asked: Asked, items: list[dict[str, Any]], report: Report = lambda done: None) -> dict[str, Any]:
    """The firmness of a ranking as JSON keeps it: its items by rank, with what became of each.

    Args:
        items: for each item what it is to be known by; score, rank, share in the first, verdict and quantiles join it.
    """
    ranked = score(asked.definition, asked.values, asked.facts)
    found = firmness(asked, report)
    apart = _apart(asked)
    rows = []
    for item in ranked.order.tolist():
        share = float(found.in_top[item]) if len(found.in_top) else np.nan
        rank = int(ranked.ranks[item])
        is_known = rank > 0 and not np.isnan(share)
        rows.append(
            {
                **items[item],
                "score": float(ranked.scores[item]) if rank else None,
                "rank": rank or None,
                "in_top": share if is_known else None,
                "verdict": found.verdict(item) if is_known else "",
                "quantiles": found.quantiles[item].tolist() if is_known else [],
                "disagreement": None if np.isnan(apart[item]) else float(apart[item]),
            }
        )
    names = {number: item["name"] for number, item in enumerate(items)}
    turns = turning_points(asked)
    return {
        "items": rows,
        "flips": [
            {
                "ahead": items[flip.ahead]["id"],
                "ahead_name": names[flip.ahead],
                "behind": items[flip.behind]["id"],
                "behind_name": names[flip.behind],
                "criterion": asked.definition.criteria[flip.criterion].key,
                "criterion_name": asked.definition.criteria[flip.criterion].name,
                "now": flip.now,
                "at": flip.at,
                "sentence": flip_words(flip, names, asked.definition),
            }
            for flip in turns
        ],
        "has_weights": asked.has_weights,
        "raters": 0 if asked.voices is None else int((~np.isnan(asked.voices)).any(axis=(1, 2)).sum()),
    }


def _apart(asked: Asked) -> Values:
    """How far raters are apart on each item, as the mean over the criteria of which at least two spoke."""
    if asked.voices is None or not asked.voices.size:
        return np.full(len(asked.values), np.nan)
    ranges = asked.definition.ranges
    found = disagreement(asked.voices, ranges.lowest, ranges.highest)
    known = ~np.isnan(found)
    counts = known.sum(axis=1)
    return np.where(counts > 0, np.where(known, found, 0).sum(axis=1) / np.maximum(counts, 1), np.nan)
