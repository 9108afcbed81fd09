"""Reads of portfolios and products."""

from typing import Self

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from core.querysets import ArchivableQuerySet

BELOW = """
WITH RECURSIVE below(id) AS (
    SELECT id FROM portfolio_portfolio WHERE id = %s
    UNION
    SELECT child.id FROM portfolio_portfolio child JOIN below ON child.parent_id = below.id
)
SELECT id FROM below
"""


class PortfolioQuerySet(ArchivableQuerySet):
    def with_parents(self) -> Self:
        """With parent and manager, whose names a row shows."""
        return self.select_related("parent", "manager")

    def roots(self) -> Self:
        """Not below another portfolio."""
        return self.filter(parent=None)

    def at_or_below(self, pk: int) -> Self:
        """One portfolio and all that nest in it, at any depth."""
        return self.filter(pk__in=RawSQL(BELOW, [pk]))


class _Decided(ArchivableQuerySet):
    subject = ""

    def with_stance(self) -> Self:
        """With `stance` and `stance_review_date` of the latest decision; None before the first."""
        decisions: QuerySet = (
            self.model._meta.get_field("stance_decisions")
            .related_model.objects.filter(**{self.subject: OuterRef("pk")})
            .order_by("-decided_date", "-pk")
        )
        return self.annotate(
            stance=Subquery(decisions.values("stance")[:1]),
            stance_review_date=Subquery(decisions.values("review_date")[:1]),
        )


class ProductLineQuerySet(_Decided):
    subject = "line"


class ProductQuerySet(_Decided):
    subject = "product"

    def with_parents(self) -> Self:
        """With line and owner, whose names a row shows."""
        return self.select_related("line", "owner")
