"""What lists of scoring can be narrowed to; all of it stands in the address."""

from scoring.filters.scorecard import ScorecardFilter, ScoreFilter, StabilityRunFilter

__all__ = ["ScoreFilter", "ScorecardFilter", "StabilityRunFilter"]
