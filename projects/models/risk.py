"""What may happen to a project."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, OrderBy, Q

from core.models import ArchivableModel
from projects.querysets import RiskQuerySet


class RiskResponse(models.TextChoices):
    AVOID = "avoid", "Avoid"
    TRANSFER = "transfer", "Transfer"
    MITIGATE = "mitigate", "Mitigate"
    ACCEPT = "accept", "Accept"


class RiskStatus(models.TextChoices):
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"
    OCCURRED = "occurred", "Occurred"


class Risk(ArchivableModel):
    """An uncertain event that, if it happens, costs a project days or money."""

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="risks")
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, max_length=20_000)
    probability_ratio = models.DecimalField(
        "probability",
        max_digits=5,
        decimal_places=4,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))],
    )
    impact_days = models.PositiveIntegerField("impact in days", default=0)
    impact_amount = models.DecimalField("impact in money", max_digits=16, decimal_places=2, default=Decimal(0))
    currency = models.CharField(max_length=3, editable=False)
    response = models.CharField(max_length=10, choices=RiskResponse.choices, default=RiskResponse.MITIGATE)
    response_plan = models.TextField(blank=True, max_length=20_000)
    status = models.CharField(max_length=10, choices=RiskStatus.choices, default=RiskStatus.OPEN)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="owned_risks", null=True, blank=True
    )

    objects = RiskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "external_key"],
                condition=~Q(external_key=""),
                name="risk_external_key_unique",
                violation_error_message="Another risk has this external key.",
            ),
            models.CheckConstraint(
                condition=Q(probability_ratio__range=(0, 1)),
                name="risk_probability_is_a_ratio",
                violation_error_message="A probability is from 0 to 100 percent.",
            ),
            models.CheckConstraint(
                condition=Q(impact_amount__gte=0),
                name="risk_impact_not_negative",
                violation_error_message="The impact in money is zero or more.",
            ),
            models.CheckConstraint(condition=Q(response__in=RiskResponse.values), name="risk_response_known"),
            models.CheckConstraint(condition=Q(status__in=RiskStatus.values), name="risk_status_known"),
        ]
        indexes = [
            models.Index(fields=["organization", "project", "id"], name="risk_by_project"),
            models.Index(
                F("organization"),
                OrderBy(F("probability_ratio") * F("impact_amount"), descending=True, nulls_last=True),
                F("id").desc(),
                name="risk_by_exposure",
                condition=Q(archived_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def exposure_amount(self) -> Decimal:
        """Expected monetary value: probability times impact (PMBOK)."""
        return (self.probability_ratio * self.impact_amount).quantize(Decimal("0.01"))
