"""What raters agree on: the median of their voices, and where they are split.

Medians rather than means, after the Delphi method (Dalkey & Helmer, "An Experimental Application of the Delphi Method
to the Use of Experts", Management Science 9:3, 1963): one voice far out does not move the result.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from scoring.algorithms.definition import CriterionSpec
from scoring.algorithms.stability import disagreement
from scoring.algorithms.weighing import Values

#: Raters are split where they are so many steps of a level scale apart; on a scale of two levels, where they differ.
SPLIT_STEPS = 2
#: Without levels, where their disagreement index (`stability.disagreement`) reaches this.
SPLIT_INDEX = 0.25
#: So few voices on an item are pointed out before they become its score.
FEW = 2
#: Scores are kept to so many decimals.
PLACES = 4


def on_scale(voices: Values, criteria: Sequence[CriterionSpec]) -> Values:
    """Voices without those that the scales no longer allow.

    Args:
        voices: float64 (raters, items, criteria), NaN where a rater gave none.
    """
    found = voices.copy()
    for number, criterion in enumerate(criteria):
        given = found[:, :, number]
        if criterion.levels:
            allowed = np.isin(given, [level.value for level in criterion.levels])
        else:
            allowed = (given >= criterion.lowest) & (given <= criterion.highest)
        found[:, :, number] = np.where(allowed, given, np.nan)
    return found


def medians(voices: Values, criteria: Sequence[CriterionSpec]) -> Values:
    """The middle voice on each item and criterion.

    Of an even number of voices it is the lower of the two in the middle on a scale of levels, so that it is a level
    itself, and else their mean, to four decimals.

    Args:
        voices: float64 (raters, items, criteria), NaN where a rater gave none.
    Returns:
        float64 (items, criteria), NaN where nobody gave one.
    """
    raters, items, _ = voices.shape
    if not raters or not items or not criteria:
        return np.full(voices.shape[1:], np.nan)
    ordered = np.sort(voices, axis=0)  # what is missing sorts last
    counts = counted(voices)
    lower = np.take_along_axis(ordered, np.maximum(counts - 1, 0)[None] // 2, axis=0)[0]
    upper = np.take_along_axis(ordered, np.minimum(counts // 2, raters - 1)[None], axis=0)[0]
    has_levels = np.array([bool(criterion.levels) for criterion in criteria])
    found: Values = np.where(has_levels, lower, np.round((lower + upper) / 2, PLACES))
    return np.where(counts > 0, found, np.nan)


def counted(voices: Values) -> npt.NDArray[np.int64]:
    """How many voices there are on each item and criterion: int64 (items, criteria)."""
    return (~np.isnan(voices)).sum(axis=0).astype(np.int64)


def split(voices: Values, criteria: Sequence[CriterionSpec]) -> npt.NDArray[np.bool_]:
    """Where raters are split, so that they had better talk: two levels or more apart, or where a scale has only two,
    on different ones; without levels, a disagreement index of 0.25 or more. Every page, file and answer goes by this.

    Args:
        voices: float64 (raters, items, criteria) on their scales.
    Returns:
        bool (items, criteria).
    """
    found = np.zeros(voices.shape[1:], dtype=np.bool_)
    index = indexes(voices, criteria)
    for number, criterion in enumerate(criteria):
        if criterion.levels:
            steps = np.searchsorted([level.value for level in criterion.levels], voices[:, :, number]).astype(float)
            steps[np.isnan(voices[:, :, number])] = np.nan
            apart = np.fmax.reduce(steps, axis=0, initial=-1) - np.fmin.reduce(steps, axis=0, initial=np.inf)
            found[:, number] = apart >= min(SPLIT_STEPS, max(len(criterion.levels) - 1, 1))
        else:
            found[:, number] = np.nan_to_num(index[:, number]) >= SPLIT_INDEX
    return found


def indexes(voices: Values, criteria: Sequence[CriterionSpec]) -> Values:
    """The disagreement index of each item and criterion: float64 (items, criteria), NaN for fewer than two voices."""
    lowest = np.array([criterion.lowest for criterion in criteria], dtype=np.float64)
    highest = np.array([criterion.highest for criterion in criteria], dtype=np.float64)
    return disagreement(voices, lowest, highest)
