"""Values and scores that were kept, as people read them; None is an en dash."""

import numpy as np

from scoring.algorithms.definition import MONEY, PERCENT, CriterionSpec
from scoring.algorithms.difference import number_text
from scoring.algorithms.wording import score_text


def value_text(value: float | None, unit: str = "", currency: str = "") -> str:
    """A value with its unit: 80 %, 1,850 people, 12,000 USD."""
    if value is None:
        return "–"
    text = number_text(value, unit)
    words = {PERCENT: "", MONEY: currency}.get(unit, unit)
    return f"{text} {words}".strip()


def on_scale(criterion: CriterionSpec, value: float | None, currency: str = "") -> str:
    """A value of a criterion, with the name of its level where that says more than the number."""
    text = value_text(value, criterion.unit, currency)
    level = criterion.level_of(value)
    return text if level is None or level.name == text else f"{text}, {level.name}"


def kept_score(score: float | None) -> str:
    """A score as it is shown."""
    return score_text(np.nan if score is None else score)
