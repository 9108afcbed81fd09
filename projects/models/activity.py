"""The parts of a project's work."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from core.models import ArchivableModel
from projects.querysets import ActivityQuerySet


class ActivityKind(models.TextChoices):
    TASK = "task", "Task"
    MILESTONE = "milestone", "Milestone"
    SUMMARY = "summary", "Summary"


class ActivityStatus(models.TextChoices):
    NOT_STARTED = "not_started", "Not started"
    IN_PROGRESS = "in_progress", "In progress"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"


class Activity(ArchivableModel):
    """A scheduled piece of a project's work: a task, a milestone, or a summary of others."""

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="activities", db_index=False)
    parent = models.ForeignKey(
        "self", models.PROTECT, related_name="children", null=True, blank=True, verbose_name="summary"
    )
    position = models.PositiveIntegerField(default=0, editable=False)
    outline_level = models.PositiveSmallIntegerField(default=1, editable=False)
    name = models.CharField(max_length=300)
    description = models.TextField(blank=True, max_length=20_000)
    kind = models.CharField(max_length=10, choices=ActivityKind.choices, default=ActivityKind.TASK)
    status = models.CharField(max_length=20, choices=ActivityStatus.choices, default=ActivityStatus.NOT_STARTED)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="assigned_activities", null=True, blank=True
    )
    planned_start_date = models.DateField("planned start", null=True, blank=True)
    planned_finish_date = models.DateField("planned finish", null=True, blank=True)
    actual_start_date = models.DateField("actual start", null=True, blank=True)
    actual_finish_date = models.DateField("actual finish", null=True, blank=True)
    planned_cost_amount = models.DecimalField("planned cost", max_digits=16, decimal_places=2, null=True, blank=True)
    actual_cost_amount = models.DecimalField("actual cost", max_digits=16, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, editable=False)
    progress_ratio = models.DecimalField(
        "progress",
        max_digits=5,
        decimal_places=4,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))],
    )

    objects = ActivityQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "external_key"],
                condition=~Q(external_key=""),
                name="activity_external_key_unique",
                violation_error_message="Another activity has this external key.",
            ),
            models.CheckConstraint(
                condition=~Q(parent=F("id")),
                name="activity_not_its_own_summary",
                violation_error_message="An activity cannot be its own summary.",
            ),
            models.CheckConstraint(
                condition=Q(planned_finish_date__gte=F("planned_start_date")),
                name="activity_finish_not_before_start",
                violation_error_message="An activity cannot finish before it starts.",
            ),
            models.CheckConstraint(
                condition=Q(actual_finish_date__gte=F("actual_start_date")),
                name="activity_actual_finish_not_before_start",
                violation_error_message="An activity cannot have finished before it started.",
            ),
            models.CheckConstraint(
                condition=Q(progress_ratio__range=(0, 1)),
                name="activity_progress_is_a_ratio",
                violation_error_message="Progress is from 0 to 100 %.",
            ),
            models.CheckConstraint(condition=Q(kind__in=ActivityKind.values), name="activity_kind_known"),
            models.CheckConstraint(condition=Q(status__in=ActivityStatus.values), name="activity_status_known"),
        ]
        indexes = [
            models.Index(fields=["organization", "project", "position", "id"], name="activity_in_outline"),
            # In place of an index on the project alone, which a planner takes and then sorts a project of ten thousand.
            models.Index(fields=["project", "position", "id"], name="activity_of_project"),
            models.Index(fields=["organization", "id"], name="activity_by_organization"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def planned_days(self) -> int | None:
        """Calendar days from planned start to planned finish, both included."""
        if self.planned_start_date is None or self.planned_finish_date is None:
            return None
        return (self.planned_finish_date - self.planned_start_date).days + 1

    @property
    def start_slip_days(self) -> int | None:
        """Calendar days by which it started behind the plan; negative is early."""
        if self.planned_start_date is None or self.actual_start_date is None:
            return None
        return (self.actual_start_date - self.planned_start_date).days
