"""Stored totals, kept by a follower of the event log."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from core.querysets import TenantQuerySet

#: The nodes that have totals; the organization itself is the row with none of them.
NODES = ("project", "program", "portfolio", "product")


class Rollup(models.Model):
    """The totals of one node - project, program, portfolio, product, or the organization - as of an instant.

    A portfolio's totals hold its own projects, its programs and the portfolios below it; the organization's hold
    everything, parked rows included. Each project counts once. Amounts of a product are weighted by the projects'
    shares. A project's row holds what it adds to its parents: money and progress only from approval on, health and
    lateness only while it is in flight. `docs/decisions/0004-rollups.md` says why.
    """

    organization = models.ForeignKey("accounts.Organization", models.PROTECT, related_name="+")
    project = models.OneToOneField("projects.Project", models.CASCADE, related_name="rollup", null=True)
    program = models.OneToOneField("programs.Program", models.CASCADE, related_name="rollup", null=True)
    portfolio = models.OneToOneField("portfolio.Portfolio", models.CASCADE, related_name="rollup", null=True)
    product = models.OneToOneField("portfolio.Product", models.CASCADE, related_name="rollup", null=True)

    project_count = models.PositiveIntegerField(default=0)
    in_flight_count = models.PositiveIntegerField(default=0)
    program_count = models.PositiveIntegerField(default=0)
    activity_count = models.PositiveIntegerField(default=0)
    green_count = models.PositiveIntegerField(default=0)
    amber_count = models.PositiveIntegerField(default=0)
    red_count = models.PositiveIntegerField(default=0)
    unreported_count = models.PositiveIntegerField(default=0)
    late_count = models.PositiveIntegerField(default=0)
    open_risk_count = models.PositiveIntegerField(default=0)
    parked_count = models.PositiveIntegerField(default=0)

    health = models.CharField(max_length=10, default="unreported")
    computed_health = models.CharField(max_length=10, default="unreported")
    health_reasons = models.JSONField(default=list)
    progress_ratio = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    progress_method = models.CharField(max_length=60, blank=True)
    progress_weight = models.DecimalField(max_digits=20, decimal_places=4, default=Decimal(0))
    progress_earned = models.DecimalField(max_digits=20, decimal_places=4, default=Decimal(0))
    start_date = models.DateField(null=True)
    planned_finish_date = models.DateField(null=True)
    finish_date = models.DateField(null=True)
    slip_days = models.IntegerField(null=True)
    late_days = models.PositiveIntegerField(default=0)
    budget_amount = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    actual_amount = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    risk_exposure_amount = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    currency = models.CharField(max_length=3)
    #: The day for which health and lateness were judged.
    judged_date = models.DateField()
    as_of = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(project__isnull=False, program=None, portfolio=None, product=None)
                    | Q(project=None, program__isnull=False, portfolio=None, product=None)
                    | Q(project=None, program=None, portfolio__isnull=False, product=None)
                    | Q(project=None, program=None, portfolio=None, product__isnull=False)
                    | Q(project=None, program=None, portfolio=None, product=None)
                ),
                name="rollup_of_at_most_one_node",
            ),
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(project=None, program=None, portfolio=None, product=None),
                name="rollup_of_organization_unique",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "health", "id"], name="rollup_by_health"),
            models.Index(
                fields=["organization", "-late_days", "-id"],
                name="rollup_of_late_project",
                condition=Q(project__isnull=False, late_days__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"Totals of {self.project or self.program or self.portfolio or self.product or self.organization}"

    @property
    def health_counts(self) -> dict[str, int]:
        """Projects in flight by health, the best first."""
        return {
            "green": self.green_count,
            "amber": self.amber_count,
            "red": self.red_count,
            "unreported": self.unreported_count,
        }

    @property
    def spent_ratio(self) -> Decimal | None:
        """Actual cost as a share of the budget; None without a budget."""
        return self.actual_amount / self.budget_amount if self.budget_amount else None
