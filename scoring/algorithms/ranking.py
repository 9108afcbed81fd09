"""From values of criteria to scores and ranks, for one item or a hundred thousand by the same compiled model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from scoring.algorithms.definition import Definition, Kind
from scoring.algorithms.formula import Outcome, Problem, evaluate
from scoring.algorithms.weighing import Values, normalized, ranks, weighted_scores

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Ranked:
    """Scores and ranks of items.

    Args:
        scores: float64 (items), NaN where there is none.
        ranks: int64 (items), 1 is best, equals share a rank; 0 without a score: such items come after all others.
        missing: bool (items, criteria), values that a score needs and that are not there.
        outcome: what the formula gave, with the reason where an item's numbers break it; None without a formula.
    """

    scores: Values
    ranks: npt.NDArray[np.int64]
    missing: Flags
    outcome: Outcome | None = None

    def problem(self, item: int) -> Problem | None:
        """Why an item has no score although all its values are there."""
        return self.outcome.problem(item) if self.outcome else None

    @property
    def order(self) -> npt.NDArray[np.int64]:
        """The items, best first, those without a score last; equals stay in the order they came in."""
        last = len(self.ranks) + 1
        return np.argsort(np.where(self.ranks == 0, last, self.ranks), kind="stable")


def outside(definition: Definition, values: Values) -> Flags:
    """Values that are not on their criterion's scale, as a scale that was changed leaves behind; they do not count.

    Args:
        values: float64 (items, criteria), NaN where missing.
    Returns:
        bool (items, criteria).
    """
    found = np.zeros(values.shape, dtype=np.bool_, order="F")
    for number, criterion in enumerate(definition.criteria):
        column = values[:, number]
        if criterion.levels:
            found[:, number] = ~np.isin(column, [level.value for level in criterion.levels]) & ~np.isnan(column)
        else:
            found[:, number] = (column < criterion.lowest) | (column > criterion.highest)
    return found


def score(definition: Definition, values: Values, facts: Mapping[str, Any], weights: Values | None = None) -> Ranked:
    """Score and rank items. What an item gets depends on its own values alone, so that one item more changes no score.

    Args:
        values: float64 (items, criteria), NaN where missing; what is off its scale counts as missing.
        facts: name -> float64 (items), NaN where unknown, for each of `definition.fact_names`.
        weights: float64 (criteria) in place of the model's own.
    Raises:
        ValueError: the weights of a weighted model sum to zero.
        FormulaError: the formula means nothing.
    Cost: O(items * (criteria + nodes of the formula) + items * log(items)).
    """
    items = len(values)
    missing = np.zeros(values.shape, dtype=np.bool_, order="F")
    known = np.array(values, dtype=np.float64, order="F")  # a criterion's values side by side, as formulas read them
    wrong = outside(definition, known)
    if wrong.any():
        known[wrong] = np.nan
    for number in definition.counted:
        np.isnan(known[:, number], out=missing[:, number])
    outcome = None
    if definition.kind == Kind.FORMULA:
        formula = definition.compiled
        if formula is None:
            scores = np.full(items, np.nan)
        else:
            columns = {**facts, **{key: known[:, number] for number, key in enumerate(definition.keys)}}
            outcome = evaluate(formula, columns, items)
            scores = outcome.values
    elif definition.kind == Kind.WEIGHTED:
        chosen = definition.weights if weights is None else weights
        scores = weighted_scores(known, definition.ranges, chosen) if definition.criteria else np.full(items, np.nan)
    else:
        scores = 100 * normalized(known, definition.ranges)[:, 0] if definition.criteria else np.full(items, np.nan)
    return Ranked(scores, ranks(scores), missing, outcome)
