"""With what probability dates are met."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from core.models import TenantModel
from core.querysets import TenantQuerySet

#: A forecast draws so many samples at most.
MOST_SAMPLES = 100_000


class Forecast(TenantModel):
    """A run of the delivery forecast over a project or a program, with its settings and what came out."""

    program = models.ForeignKey(
        "programs.Program", models.PROTECT, related_name="forecasts", null=True, blank=True, editable=False
    )
    project = models.ForeignKey(
        "projects.Project", models.PROTECT, related_name="forecasts", null=True, blank=True, editable=False
    )
    job = models.ForeignKey("events.Job", models.PROTECT, related_name="+", null=True, editable=False)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    samples = models.PositiveIntegerField(
        default=10_000, validators=[MinValueValidator(100), MaxValueValidator(MOST_SAMPLES)]
    )
    seed = models.PositiveBigIntegerField(default=1, help_text="The same seed and plan give the same answer.")
    includes_risks = models.BooleanField("with open risks", default=True)
    as_of = models.DateTimeField(null=True, editable=False, help_text="When the plan was read.")
    result = models.JSONField(null=True, editable=False, encoder=DjangoJSONEncoder)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(program=None, project__isnull=False) | Q(program__isnull=False, project=None),
                name="forecast_of_one",
                violation_error_message="A forecast is of a program or of a project.",
            ),
            models.CheckConstraint(
                condition=Q(samples__range=(100, MOST_SAMPLES)),
                name="forecast_samples_in_range",
                violation_error_message="A forecast draws from 100 to 100,000 samples.",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "program", "-id"], name="forecast_of_program"),
            models.Index(fields=["organization", "project", "-id"], name="forecast_of_project"),
        ]

    def __str__(self) -> str:
        return f"Forecast of {self.program or self.project}"
