"""Portfolios, which may nest."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.models import ArchivableModel
from portfolio.querysets import PortfolioQuerySet


class Portfolio(ArchivableModel):
    """Programs, projects and portfolios managed as a group to reach strategic objectives (PMI)."""

    parent = models.ForeignKey(
        "self", models.PROTECT, related_name="children", null=True, blank=True, verbose_name="parent portfolio"
    )
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, max_length=20_000)
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="managed_portfolios", null=True, blank=True
    )

    objects = PortfolioQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "external_key"],
                condition=~Q(external_key=""),
                name="portfolio_external_key_unique",
                violation_error_message="Another portfolio has this external key.",
            ),
            models.CheckConstraint(
                condition=~Q(parent=F("id")),
                name="portfolio_not_its_own_parent",
                violation_error_message="A portfolio cannot be its own parent.",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "name", "id"], name="portfolio_by_name"),
            models.Index(fields=["organization", "parent", "id"], name="portfolio_by_parent"),
        ]

    def __str__(self) -> str:
        return self.name
