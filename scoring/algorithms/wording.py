"""How a model counts, and what an item gets by it, as people read it."""

from collections.abc import Mapping

import numpy as np

from scoring.algorithms.definition import Definition, Kind
from scoring.algorithms.difference import number_text, weight_shares
from scoring.algorithms.formula import filled_in, in_words
from scoring.algorithms.formula.writing import SIGNS
from scoring.algorithms.ranking import Ranked
from scoring.algorithms.weighing import Values, normalized


def words_of(definition: Definition, labels: Mapping[str, str]) -> str:
    """How the score is made, with criteria by name; empty where there is nothing to say yet.

    Args:
        labels: fact -> what it is called.
    Raises:
        FormulaError: the formula means nothing.
    """
    names = {criterion.key: _small(criterion.name) for criterion in definition.criteria}
    if definition.kind == Kind.FORMULA:
        small = {key: _small(label) for key, label in labels.items()}
        return in_words(definition.compiled, {**small, **names}) if definition.compiled else ""
    if definition.kind == Kind.WEIGHTED:
        parts = [f"{share_text(share)} {names[key]}" for key, share in weight_shares(definition).items() if share]
        return " + ".join(parts)
    levels = [level.name for criterion in definition.criteria[:1] for level in reversed(criterion.levels)]
    return ", ".join(levels)


def _small(name: str) -> str:
    """A name within a sentence; abbreviations stay."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def share_text(share: float) -> str:
    """A share of one in percent, with a decimal where it has one."""
    return f"{number_text(round(share * 100, 1))} %"


def score_text(value: float) -> str:
    """A score in three significant figures, with thousands apart; none is an en dash."""
    if np.isnan(value):
        return "–"
    if abs(value) >= 100:
        return number_text(round(value))
    return f"{value:.3g}".replace("-", "−") if value and abs(value) < 0.001 else number_text(float(f"{value:.3g}"))


def filled_words(definition: Definition, values: Values, facts: Mapping[str, float]) -> str:
    """How one item gets its score, with its numbers filled in.

    Args:
        values: float64 (criteria), NaN where missing or off the scale.
        facts: those that the formula speaks of.
    """
    if definition.kind == Kind.FORMULA:
        if definition.compiled is None:
            return ""
        units = {**definition.facts, **{one.key: one.unit for one in definition.criteria}}
        known = {**facts, **dict(zip(definition.keys, values.tolist(), strict=True))}
        texts = {name: number_text(value, units.get(name, "")) for name, value in known.items() if not np.isnan(value)}
        return filled_in(definition.compiled, texts)
    if definition.kind == Kind.CLASSES:
        level = definition.criteria[0].level_of(values[0]) if definition.criteria else None
        return level.name if level else "missing"
    shares = normalized(values[None, :], definition.ranges)[0]
    parts = [
        f"{share_text(weight)} {SIGNS['*']} {'missing' if np.isnan(share) else number_text(round(100 * share, 1))}"
        for weight, share in zip(weight_shares(definition).values(), shares.tolist(), strict=True)
        if weight
    ]
    return " + ".join(parts)


def result_text(definition: Definition, ranked: Ranked, item: int) -> str:
    """An item's score as it is shown, or why it has none."""
    problem = ranked.problem(item)
    if problem is not None:
        return f"no score: the formula {problem.sentence}"
    if np.isnan(ranked.scores[item]):
        return "no score: a value is missing"
    if definition.kind == Kind.WEIGHTED:
        return f"{number_text(round(float(ranked.scores[item]), 1))} of 100"
    return score_text(float(ranked.scores[item]))
