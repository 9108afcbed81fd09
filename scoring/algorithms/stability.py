"""How firm ranks are: what they become when weights and raters' scores are drawn anew, and where two items swap.

Source: stochastic multicriteria acceptability analysis (Lahdelma, Hokkanen & Salminen, "SMAA", European Journal of
Operational Research 106:1, 1998): shares of draws in which an item has a rank. Weights are drawn from a Dirichlet
distribution around the chosen ones.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from scoring.algorithms.weighing import Values, shares

#: In so many of the draws an item is in the top k to be core, and at most in so many to be out.
CORE, OUT = 0.95, 0.05
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
#: So many draws are ranked at once: 16 MB for 2,000 items.
BATCH = 250
#: A weight at which two items swap is found to so much.
PRECISION = 1e-9


@dataclass(frozen=True)
class Stability:
    """What became of each item over the draws.

    Args:
        in_top: float64 (items), the share of draws in which the item is among the first k; NaN without a score.
        quantiles: int64 (items, 5), ranks that it has at most in 10, 25, 50, 75 and 90 % of the draws; 0 without one.
        samples: how many draws.
    """

    in_top: Values
    quantiles: npt.NDArray[np.int64]
    samples: int

    def verdict(self, item: int) -> str:
        """core, border or out; empty for an item without a score."""
        share = self.in_top[item]
        if np.isnan(share):
            return ""
        return "core" if share >= CORE else "out" if share <= OUT else "border"


def draw_weights(weights: Values, spread: float, samples: int, rng: np.random.Generator) -> Values:
    """Weights around the chosen ones, each summing to 1.

    Args:
        weights: float64 (criteria), in any unit; those of 0 stay 0.
        spread: by how much the weights vary, as the standard deviation of a middling one over itself; 0 draws nothing.
    Returns:
        float64 (samples, criteria).
    Raises:
        ValueError: the weights sum to zero, or the spread is negative.
    """
    chosen = shares(weights)
    if spread < 0:
        raise ValueError("A spread is 0 or more.")
    counted = np.flatnonzero(chosen)
    found = np.tile(chosen, (samples, 1))
    if not spread or len(counted) < 2:
        return found
    middling = 1 / len(counted)  # its relative variance is (1 - w) / (w (concentration + 1))
    concentration = max((1 - middling) / (middling * spread**2) - 1, 1e-3)
    drawn = rng.standard_gamma(chosen[counted] * concentration, (samples, len(counted)))
    totals = drawn.sum(axis=1, keepdims=True)
    found[:, counted] = np.where(totals > 0, drawn / np.where(totals > 0, totals, 1), chosen[counted])
    return found


def draw_raters(voices: Values, samples: int, rng: np.random.Generator) -> Iterator[Values]:
    """Scores as another group of the same raters might give them: for each item and criterion one voice at random.

    Args:
        voices: float64 (raters, items, criteria), NaN where a rater gave none.
    Returns:
        float64 (items, criteria) for each sample; NaN where nobody gave one.
    """
    raters, items, criteria = voices.shape
    order = np.argsort(np.isnan(voices), axis=0, kind="stable")
    known = np.take_along_axis(voices, order, axis=0)  # who spoke first
    counts = (~np.isnan(voices)).sum(axis=0)
    for _ in range(samples):
        chosen = np.minimum((rng.random((items, criteria)) * counts).astype(np.int64), np.maximum(counts - 1, 0))
        yield np.take_along_axis(known, chosen[None], axis=0)[0]


def stability(batches: Iterator[Values], top: int) -> Stability:
    """How often each item is among the first, and which ranks it has.

    Args:
        batches: float64 (draws, items) of scores, some draws at a time; NaN in all draws where an item has none.
        top: k.
    Cost: O(draws * items * log items), 2 bytes for each draw of an item.
    """
    found = [_ranked(scores) for scores in batches]
    if not found:
        return Stability(np.empty(0), np.zeros((0, len(QUANTILES)), dtype=np.int64), 0)
    of_draws = np.concatenate(found)
    has_score: npt.NDArray[np.bool_] = np.asarray((of_draws > 0).all(axis=0))
    in_top = np.where(has_score, ((of_draws > 0) & (of_draws <= top)).mean(axis=0), np.nan)
    places = [min(int(np.ceil(share * len(of_draws))), len(of_draws)) - 1 for share in QUANTILES]
    ordered = np.partition(of_draws, sorted({max(place, 0) for place in places}), axis=0)
    quantiles = ordered[[max(place, 0) for place in places]].T.astype(np.int64)
    return Stability(in_top, np.where(has_score[:, None], quantiles, 0), len(of_draws))


def by_weights(shares_of_ranges: Values, drawn: Values) -> Iterator[Values]:
    """The weighted scores of each draw of weights.

    Args:
        shares_of_ranges: float64 (items, criteria), as `weighing.normalized` gives them.
        drawn: float64 (samples, criteria).
    """
    for begin in range(0, len(drawn), BATCH):
        yield drawn[begin : begin + BATCH] @ shares_of_ranges.T


def _ranked(scores: Values) -> npt.NDArray[np.int32]:
    """Ranks in each draw; ties go by the item's number, which is as good as any other over many draws."""
    order = np.argsort(-scores, axis=1, kind="stable")  # what is missing sorts last
    found = np.empty(scores.shape, dtype=np.int32)
    np.put_along_axis(found, order, np.arange(1, scores.shape[1] + 1, dtype=np.int32)[None], axis=1)
    found[np.isnan(scores)] = 0
    return found


@dataclass(frozen=True)
class Flip:
    """Two items whose order hangs on one weight.

    Args:
        ahead, behind: the items, as they are ranked now.
        criterion: the weight that decides; `now` its share, `at` the share at which the two swap.
    """

    ahead: int
    behind: int
    criterion: int
    now: float
    at: float


def flips(score: Callable[[Values], Values], weights: Values, pairs: list[tuple[int, int]]) -> list[Flip]:
    """For pairs of items, the smallest change of a single weight that swaps them; the nearest first.

    A weight moves while the others keep their proportions. Each crossing is found by bisection and confirmed by the
    order on both sides; a pair that no single weight swaps is not in the answer.

    Args:
        score: float64 (criteria) of weights that sum to 1 -> float64 (items) of scores.
        weights: the chosen ones.
        pairs: (item ahead, item behind).
    Cost: about 130 scorings for each pair and criterion that cross.
    """
    chosen = shares(weights)
    found = []
    for ahead, behind in pairs:
        nearest: Flip | None = None
        for criterion in range(len(chosen)):
            for end in (0.0, 1.0):
                at = _crossing(score, chosen, ahead, behind, criterion, end)
                now = float(chosen[criterion])
                if at is not None and (nearest is None or abs(at - now) < abs(nearest.at - nearest.now)):
                    nearest = Flip(ahead, behind, criterion, now, at)
        if nearest is not None:
            found.append(nearest)
    return sorted(found, key=lambda flip: abs(flip.at - flip.now))


def with_share(weights: Values, criterion: int, share: float) -> Values:
    """Weights of which one has a share, the others their proportions in what is left."""
    others = weights.copy()
    others[criterion] = 0
    total = others.sum()
    if total:
        others *= (1 - share) / total
    else:
        others[:] = (1 - share) / max(len(weights) - 1, 1)
    others[criterion] = share
    return others


def _crossing(
    score: Callable[[Values], Values], weights: Values, ahead: int, behind: int, criterion: int, end: float
) -> float | None:
    """The share between now and an end at which the order of two items turns; None if it does not."""

    def lead(share: float) -> float:
        scores = score(with_share(weights, criterion, share))
        return float(scores[ahead] - scores[behind])

    keeps, turns = float(weights[criterion]), end
    if keeps == end or not lead(keeps) > 0 or not lead(turns) < 0:
        return None
    while abs(turns - keeps) > PRECISION:
        middle = (keeps + turns) / 2
        if lead(middle) > 0:
            keeps = middle
        else:
            turns = middle
    step = (end - float(weights[criterion])) * 1e-6
    at = (keeps + turns) / 2
    is_confirmed = lead(at - step) > 0 and lead(min(max(at + step, 0.0), 1.0)) < 0
    return at if is_confirmed else None


def disagreement(voices: Values, lowest: Values, highest: Values) -> Values:
    """How far raters are apart: 0 where all say the same, 1 where half stand at each end of the scale.

    The standard deviation over half the range. An item and criterion with fewer than two voices has none.

    Args:
        voices: float64 (raters, items, criteria), NaN where a rater gave none.
        lowest, highest: float64 (criteria).
    Returns:
        float64 (items, criteria).
    """
    known = ~np.isnan(voices)
    counts = known.sum(axis=0)
    means = np.where(known, voices, 0).sum(axis=0) / np.maximum(counts, 1)
    variance: Any = np.where(known, (voices - means) ** 2, 0).sum(axis=0) / np.maximum(counts, 1)
    found: Values = np.where(counts >= 2, np.sqrt(variance) / ((highest - lowest) / 2), np.nan)
    return found
