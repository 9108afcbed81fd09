"""What lists of scoring can be narrowed to; all of it stands in the address."""

from scoring.filters.model import CriterionFilter, ScoringModelFilter, ScoringModelPageFilter

__all__ = ["CriterionFilter", "ScoringModelFilter", "ScoringModelPageFilter"]
