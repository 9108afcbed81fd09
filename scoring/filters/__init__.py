"""What lists of scoring can be narrowed to."""

from scoring.filters.model import CriterionFilter, ScoringModelFilter, ScoringModelPageFilter
from scoring.filters.scorecard import ScorecardFilter, ScoreFilter, StabilityRunFilter

__all__ = [
    "CriterionFilter",
    "ScoreFilter",
    "ScorecardFilter",
    "ScoringModelFilter",
    "ScoringModelPageFilter",
    "StabilityRunFilter",
]
