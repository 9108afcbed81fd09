"""Weighted scores and ranks: ranges are the model's own, so that one item more changes nobody's score.

Source: simple additive weighting (Hwang & Yoon, "Multiple Attribute Decision Making", 1981) over fixed ranges.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Ranges:
    """What the values of criteria are measured on.

    Args:
        lowest, highest: float64 (criteria), the ends of each scale; highest above lowest.
        is_lower_better: bool (criteria).
    """

    lowest: Values
    highest: Values
    is_lower_better: npt.NDArray[np.bool_]


def shares(weights: Values) -> Values:
    """Weights that sum to 1.

    Raises:
        ValueError: one is negative or no number, or they sum to zero.
    """
    given = np.asarray(weights, dtype=np.float64)
    if not np.isfinite(given).all() or (given < 0).any():
        raise ValueError("A weight is a number of 0 or more.")
    total = given.sum()
    if not total:
        raise ValueError("The weights sum to zero, so nothing counts. Give at least one criterion a weight.")
    found: Values = given / total
    return found


def normalized(values: Values, ranges: Ranges) -> Values:
    """Values as shares of their ranges: 1 is best, 0 worst, missing stays missing.

    Args:
        values: float64 (items, criteria).
    """
    share = (values - ranges.lowest) / (ranges.highest - ranges.lowest)
    found: Values = np.where(ranges.is_lower_better, 1 - share, share)
    return found


def weighted_scores(values: Values, ranges: Ranges, weights: Values) -> Values:
    """The weighted sum of an item's shares, 0 to 100; missing where a criterion that counts is.

    Args:
        values: float64 (items, criteria), NaN where missing.
        weights: float64 (criteria), in any unit.
    Raises:
        ValueError: the weights sum to zero.
    """
    counted = shares(weights)
    used = counted > 0
    found: Values = 100 * (normalized(values, ranges)[:, used] @ counted[used])
    return found


def ranks(scores: Values) -> npt.NDArray[np.int64]:
    """1 for the highest score; equal scores share a rank and the next is as many further (1, 2, 2, 4).

    An item without a score has rank 0: it is listed after all others, and takes nobody's place.

    Args:
        scores: float64 (items).
    """
    order = np.argsort(-scores)  # what is missing sorts last
    count = len(scores) - int(np.count_nonzero(np.isnan(scores)))
    ordered = scores[order[:count]]
    begins = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1]))) if count else np.empty(0, np.int64)
    found = np.zeros(len(scores), dtype=np.int64)
    found[order[:count]] = np.repeat(begins + 1, np.diff(np.append(begins, count)))
    return found
