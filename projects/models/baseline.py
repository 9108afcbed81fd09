"""The plan as it was approved."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import ArchivableModel, LocalDateTimeField, TenantModel
from core.querysets import ArchivableQuerySet, TenantQuerySet
from projects.models.activity import minutes


class Baseline(ArchivableModel):
    """A project's plan as it stood when it was taken: dates, work and cost of each activity."""

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="baselines")
    name = models.CharField(max_length=200)
    note = models.TextField(blank=True, max_length=20_000)
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    is_current = models.BooleanField(default=True, help_text="The one that variances are measured against.")

    objects = ArchivableQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(is_current=True, archived_at=None),
                name="baseline_one_current",
                violation_error_message="Another baseline of this project is the current one.",
            ),
            models.UniqueConstraint(
                fields=["project", "name"],
                condition=Q(archived_at=None),
                name="baseline_name_unique",
                violation_error_message="Another baseline of this project has this name.",
            ),
            models.UniqueConstraint(
                fields=["organization", "external_key"],
                condition=~Q(external_key=""),
                name="baseline_external_key_unique",
                violation_error_message="Another baseline has this external key.",
            ),
        ]
        indexes = [models.Index(fields=["organization", "project", "-taken_at"], name="baseline_of_project")]

    def __str__(self) -> str:
        return self.name


class BaselineActivity(TenantModel):
    """One activity in a baseline; the project's root summary carries the whole."""

    baseline = models.ForeignKey(Baseline, models.CASCADE, related_name="activities", db_index=False)
    activity = models.ForeignKey("projects.Activity", models.PROTECT, related_name="baselined")
    start_date = models.DateField(null=True)
    finish_date = models.DateField(null=True)
    start_at = LocalDateTimeField(null=True)
    finish_at = LocalDateTimeField(null=True)
    duration_minutes = minutes("duration")
    work_minutes = minutes("work")
    cost_amount = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    currency = models.CharField(max_length=3)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["baseline", "activity"], name="baseline_activity_once")]
        indexes = [models.Index(fields=["organization", "id"], name="baseline_activity_by_org")]

    def __str__(self) -> str:
        return f"{self.activity} in {self.baseline}"
