"""Stored totals, kept by a follower of the event log."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from core.querysets import TenantQuerySet


class Rollup(models.Model):
    """The totals of one node - project, program, product or portfolio - as of an instant.

    A portfolio's totals hold its own projects, its programs and the portfolios below it; each project counts once.
    Amounts of a product are weighted by the projects' shares.
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

    health = models.CharField(max_length=10, default="unreported")
    health_reasons = models.JSONField(default=list)
    progress_ratio = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    progress_method = models.CharField(max_length=60, blank=True)
    progress_weight = models.DecimalField(max_digits=20, decimal_places=4, default=Decimal(0))
    start_date = models.DateField(null=True)
    planned_finish_date = models.DateField(null=True)
    finish_date = models.DateField(null=True)
    slip_days = models.IntegerField(null=True)
    budget_amount = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    actual_amount = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    risk_exposure_amount = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    currency = models.CharField(max_length=3)
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
                ),
                name="rollup_of_one_node",
            )
        ]
        indexes = [models.Index(fields=["organization", "health", "id"], name="rollup_by_health")]

    def __str__(self) -> str:
        return f"Totals of {self.project or self.program or self.portfolio or self.product}"

    @property
    def health_counts(self) -> dict[str, int]:
        """Projects by health, best first."""
        return {
            "green": self.green_count,
            "amber": self.amber_count,
            "red": self.red_count,
            "unreported": self.unreported_count,
        }
