"""Chainable reads of scoring models and of what hangs on them."""

from typing import Any, Self

from django.db.models import Q

from core import amounts
from core.querysets import ArchivableQuerySet, TenantQuerySet


class ScoringQuerySet(TenantQuerySet):
    """Rows that hang on a scoring model; those of models that count with amounts need the right to see amounts."""

    #: The lookup of the column that says whether a row's model counts with amounts.
    uses_amounts = "model__uses_amounts"

    def visible_to(self, user: Any) -> Self:
        rows = super().visible_to(user)
        return rows.filter(**{self.uses_amounts: False}) if amounts.are_hidden() else rows


class ArchivableScoringQuerySet(ScoringQuerySet, ArchivableQuerySet):  # type: ignore[override]
    """The same for rows that are archived."""


class ScoringModelQuerySet(ArchivableScoringQuerySet):  # type: ignore[override]
    """Scoring models."""

    uses_amounts = "uses_amounts"

    def for_portfolio(self, portfolio: Any) -> Self:
        """The organization's own, and those of a portfolio."""
        return self.filter(portfolio=None) | self.filter(portfolio=portfolio)


class OfCriterionQuerySet(ScoringQuerySet):
    """Scores."""

    uses_amounts = "criterion__model__uses_amounts"


class OfSessionQuerySet(ScoringQuerySet):
    """Items, raters and votes of a scoring session."""

    uses_amounts = "session__model__uses_amounts"


class VoteQuerySet(OfSessionQuerySet):
    """Votes: while a round is blind, a person sees the own ones alone, of all rounds."""

    def visible_to(self, user: Any) -> Self:
        rows = super().visible_to(user)
        return rows.exclude(~Q(rater__user=user), session__status="blind")


class OfWeightSetQuerySet(ScoringQuerySet):
    """Comparisons."""

    uses_amounts = "weight_set__model__uses_amounts"


class ScorecardQuerySet(ScoringQuerySet):
    """Frozen scorecards and stability runs, which say themselves whether amounts counted in them."""

    uses_amounts = "uses_amounts"
