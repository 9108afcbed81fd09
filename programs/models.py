"""Related projects managed together."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import ArchivableModel
from programs.querysets import MeasureQuerySet, ProgramQuerySet
from projects.models import Health


class Program(ArchivableModel):
    """Related projects, managed together for benefits that they do not bring apart."""

    portfolio = models.ForeignKey("portfolio.Portfolio", models.PROTECT, related_name="programs", null=True, blank=True)
    code = models.CharField(max_length=20, blank=True, help_text="Short and unique; left empty, it is given.")
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, max_length=20_000)
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="managed_programs", null=True, blank=True
    )
    reported_health = models.CharField(
        "reported health", max_length=10, choices=Health.choices, blank=True, help_text="What its manager says."
    )
    health_note = models.CharField("why this health", max_length=500, blank=True)
    parked_reason = models.CharField(
        max_length=200, blank=True, editable=False, help_text="Why an imported program waits for a name or a portfolio."
    )

    objects = ProgramQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "code"],
                name="program_code_unique_in_organization",
                violation_error_message="Another program has this code.",
            ),
            models.UniqueConstraint(
                fields=["organization", "external_key"],
                condition=~Q(external_key=""),
                name="program_external_key_unique",
                violation_error_message="Another program has this external key.",
            ),
            models.CheckConstraint(
                condition=Q(portfolio__isnull=False) | ~Q(parked_reason=""),
                name="program_has_a_portfolio_or_is_parked",
                violation_error_message="A program needs a portfolio.",
            ),
            models.CheckConstraint(condition=Q(reported_health__in=["", *Health.values]), name="program_health_known"),
        ]
        indexes = [
            models.Index(fields=["organization", "name", "id"], name="program_by_name"),
            models.Index(fields=["organization", "portfolio", "id"], name="program_by_portfolio"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_parked(self) -> bool:
        return bool(self.parked_reason)


class MeasureResult(models.TextChoices):
    MET = "met", "Met"
    NOT_MET = "not_met", "Not met"


class Measure(ArchivableModel):
    """A performance measure by which a program is judged."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="measures")
    name = models.CharField(max_length=500)
    category = models.CharField(max_length=200, blank=True)
    result = models.CharField(
        max_length=10, choices=MeasureResult.choices, blank=True, help_text="Empty means not reported."
    )

    objects = MeasureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "external_key"],
                condition=~Q(external_key=""),
                name="measure_external_key_unique",
                violation_error_message="Another measure has this external key.",
            ),
            models.CheckConstraint(condition=Q(result__in=["", *MeasureResult.values]), name="measure_result_known"),
        ]
        indexes = [models.Index(fields=["organization", "program", "id"], name="measure_by_program")]

    def __str__(self) -> str:
        return self.name
