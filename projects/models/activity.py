"""The parts of a project's work."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from core.models import ArchivableModel, LocalDateTimeField
from projects.querysets import ActivityManager

#: 100 years, the longest that the schedule takes.
LONGEST_MINUTES = 36_525 * 24 * 60


def minutes(label: str, **more: Any) -> models.DecimalField:
    """A length in minutes, to the tenth, as Microsoft Project keeps it."""
    return models.DecimalField(label, max_digits=11, decimal_places=1, null=True, blank=True, **more)


class ActivityKind(models.TextChoices):
    TASK = "task", "Task"
    MILESTONE = "milestone", "Milestone"
    SUMMARY = "summary", "Summary"


class ActivityStatus(models.TextChoices):
    NOT_STARTED = "not_started", "Not started"
    IN_PROGRESS = "in_progress", "In progress"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"


class ConstraintType(models.TextChoices):
    """Microsoft Project's eight."""

    ASAP = "asap", "As soon as possible"
    ALAP = "alap", "As late as possible"
    SNET = "snet", "Start no earlier than"
    SNLT = "snlt", "Start no later than"
    FNET = "fnet", "Finish no earlier than"
    FNLT = "fnlt", "Finish no later than"
    MSO = "mso", "Must start on"
    MFO = "mfo", "Must finish on"


#: Constraints that need no date.
UNDATED = (ConstraintType.ASAP, ConstraintType.ALAP)


class Activity(ArchivableModel):
    """A scheduled piece of a project's work: a task, a milestone, or a summary of others.

    Each project has one more, its root summary at level 0, so that a dependency can be between whole projects;
    `objects` leaves it out, `with_roots` does not.

    Dates are days; where the schedule knows the minute, `start_at` and `finish_at` say it, and are empty where a person
    typed a day. What is scheduled by hand keeps its dates; the schedule writes those of all others.
    """

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
    is_manual = models.BooleanField(
        "scheduled by hand", default=True, db_default=True, help_text="Its dates are typed, not calculated from links."
    )
    duration_minutes = minutes("duration", help_text="Working time, or elapsed time where that is said.")
    is_elapsed = models.BooleanField(
        "elapsed duration", default=False, db_default=False, help_text="The duration runs day and night."
    )
    work_minutes = minutes("work", help_text="Effort of all people together.")
    start_at = LocalDateTimeField(null=True, blank=True, editable=False)
    finish_at = LocalDateTimeField(null=True, blank=True, editable=False)
    actual_start_at = LocalDateTimeField(null=True, blank=True, editable=False)
    actual_finish_at = LocalDateTimeField(null=True, blank=True, editable=False)
    constraint_type = models.CharField(
        "constraint", max_length=4, choices=ConstraintType.choices, default=ConstraintType.ASAP, db_default="asap"
    )
    constraint_at = LocalDateTimeField("constraint date", null=True, blank=True)
    deadline_at = LocalDateTimeField("deadline", null=True, blank=True, help_text="Moves nothing; shows what is late.")
    calendar = models.ForeignKey(
        "resources.Calendar",
        models.PROTECT,
        related_name="activities",
        null=True,
        blank=True,
        help_text="Empty means the project's.",
    )
    optimistic_minutes = minutes("optimistic duration")
    likely_minutes = minutes("most likely duration")
    pessimistic_minutes = minutes("pessimistic duration")
    delay_group = models.CharField(
        "team or supplier",
        max_length=100,
        blank=True,
        db_default="",
        help_text="What delays one activity of a team or supplier delays the others as well.",
    )

    objects = ActivityManager()
    with_roots = ActivityManager(roots=True)

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
                violation_error_message="Progress is from 0 to 100 percent.",
            ),
            models.CheckConstraint(
                condition=Q(duration_minutes__range=(0, LONGEST_MINUTES)),
                name="activity_duration_in_range",
                violation_error_message="A duration is from 0 to 100 years.",
            ),
            models.CheckConstraint(
                condition=Q(work_minutes__gte=0),
                name="activity_work_not_negative",
                violation_error_message="Work is zero or more.",
            ),
            models.CheckConstraint(
                condition=Q(optimistic_minutes=None, likely_minutes=None, pessimistic_minutes=None)
                | Q(
                    optimistic_minutes__gte=0,
                    optimistic_minutes__lte=F("likely_minutes"),
                    likely_minutes__lte=F("pessimistic_minutes"),
                    pessimistic_minutes__lte=LONGEST_MINUTES,
                ),
                name="activity_estimates_in_order",
                violation_error_message="A three-point estimate is three durations: optimistic, most likely, "
                "pessimistic, none shorter than the one before.",
            ),
            models.CheckConstraint(
                condition=Q(constraint_type__in=UNDATED) | Q(constraint_at__isnull=False),
                name="activity_constraint_has_its_date",
                violation_error_message="This constraint needs a date.",
            ),
            models.CheckConstraint(
                condition=Q(constraint_type__in=ConstraintType.values), name="activity_constraint_known"
            ),
            # What keys of other tables name, so that they cannot point into another organization.
            models.UniqueConstraint(fields=["organization", "id"], name="activity_of_organization"),
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(outline_level=0),
                name="activity_one_root",
                violation_error_message="A project has one root summary.",
            ),
            models.CheckConstraint(condition=Q(kind__in=ActivityKind.values), name="activity_kind_known"),
            models.CheckConstraint(condition=Q(status__in=ActivityStatus.values), name="activity_status_known"),
        ]
        indexes = [
            models.Index(fields=["organization", "project", "position", "id"], name="activity_in_outline"),
            # In place of an index on the project alone, which a planner takes and then sorts a project of ten thousand.
            models.Index(fields=["project", "position", "id"], name="activity_of_project"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_root(self) -> bool:
        """Whether it stands for its whole project."""
        return self.outline_level == 0

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
