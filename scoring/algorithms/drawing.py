"""Values as they might also have been given: each one off by chance, within the scale of its criterion."""

from collections.abc import Iterator

import numpy as np

from scoring.algorithms.definition import CriterionSpec, Definition
from scoring.algorithms.ranking import outside
from scoring.algorithms.weighing import Values

#: From the first or last level of a scale a value leaves for its only neighbor in at most so many of the draws.
MOST_AT_THE_END = 0.5


def draw_values(
    definition: Definition, values: Values, spread: float, samples: int, rng: np.random.Generator
) -> Iterator[Values]:
    """Values with an error of their own for each item and criterion, drawn independently of all others.

    Between the ends of a scale the error is normal, its standard deviation `spread` times the value; what would leave
    the scale stays at its end. On a level scale a value steps to a neighboring level or stays, with the chances that
    give the same standard deviation and no shift of the mean; from an end there is one neighbor only. A value of 0
    has no error between ends; on levels its error is measured by the nearest step. What is missing stays missing, and
    what is off its scale counts as missing.

    Args:
        values: float64 (items, criteria), NaN where missing.
        spread: as a share of the value, 0 or more; 0 draws nothing.
    Returns:
        float64 (items, criteria) for each sample.
    Raises:
        ValueError: the spread is negative.
    Cost: O(items * criteria) for each sample.
    """
    if spread < 0:
        raise ValueError("A spread is 0 or more.")
    known = np.where(outside(definition, values), np.nan, values) if values.size else values
    on_levels = [number for number, criterion in enumerate(definition.criteria) if criterion.levels]
    between = [number for number, criterion in enumerate(definition.criteria) if not criterion.levels]
    steps = {number: _steps(definition.criteria[number], known[:, number], spread) for number in on_levels}
    lowest, highest = definition.ranges.lowest[between], definition.ranges.highest[between]
    given = known[:, between]
    for _ in range(samples):
        drawn = known.copy()
        if between:
            error = 1 + spread * rng.standard_normal(given.shape)
            drawn[:, between] = np.clip(given * error, lowest, highest)
        for number, (below, above, chance_below, chance_above) in steps.items():
            luck = rng.random(len(known))
            moved = np.where(luck < chance_below, below, known[:, number])
            drawn[:, number] = np.where(luck >= 1 - chance_above, above, moved)
        yield drawn


def _steps(criterion: CriterionSpec, column: Values, spread: float) -> tuple[Values, Values, Values, Values]:
    """The levels next below and above each value, and the chances of stepping there; nobody steps from a gap."""
    levels = np.array(sorted(level.value for level in criterion.levels), dtype=np.float64)
    places = np.clip(np.searchsorted(levels, np.nan_to_num(column)), 0, len(levels) - 1)
    is_first, is_last = places == 0, places == len(levels) - 1
    below, above = levels[np.maximum(places - 1, 0)], levels[np.minimum(places + 1, len(levels) - 1)]
    at = levels[places]
    down = np.where(is_first, np.inf, at - below)
    up = np.where(is_last, np.inf, above - at)
    deviation = spread * np.where(at == 0, np.minimum(down, up), np.abs(at))
    nearest = np.minimum(down, up)
    at_the_end = np.minimum((deviation / nearest) ** 2, MOST_AT_THE_END)
    inside = np.minimum(deviation**2 / np.where(is_first | is_last, 1, down * up), 1)
    # The mean stays where the chances are in inverse proportion to the distances.
    share_down = np.where(
        is_first | is_last, 0, np.where(np.isinf(up), 1, up) / np.where(np.isinf(down) | np.isinf(up), 1, down + up)
    )
    is_known = ~np.isnan(column)
    chance_below = np.where(is_first, 0, np.where(is_last, at_the_end, inside * share_down)) * is_known
    chance_above = np.where(is_last, 0, np.where(is_first, at_the_end, inside * (1 - share_down))) * is_known
    return below, above, chance_below, chance_above
