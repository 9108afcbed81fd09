"""The project and its lifecycle."""

import datetime
from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from core.models import ArchivableModel
from projects.querysets import ProjectQuerySet


class ProjectStatus(models.TextChoices):
    PROPOSED = "proposed", "Proposed"
    SCREENED = "screened", "Screened"
    APPROVED = "approved", "Approved"
    ACTIVE = "active", "Active"
    ON_HOLD = "on_hold", "On hold"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"


#: The project lifecycle: from each status, the statuses it may move to.
NEXT_STATUSES: dict[str, set[str]] = {
    ProjectStatus.PROPOSED: {ProjectStatus.SCREENED, ProjectStatus.CANCELLED},
    ProjectStatus.SCREENED: {ProjectStatus.APPROVED, ProjectStatus.PROPOSED, ProjectStatus.CANCELLED},
    ProjectStatus.APPROVED: {ProjectStatus.ACTIVE, ProjectStatus.ON_HOLD, ProjectStatus.CANCELLED},
    ProjectStatus.ACTIVE: {ProjectStatus.ON_HOLD, ProjectStatus.DONE, ProjectStatus.CANCELLED},
    ProjectStatus.ON_HOLD: {ProjectStatus.ACTIVE, ProjectStatus.CANCELLED},
    ProjectStatus.DONE: {ProjectStatus.ACTIVE},
    ProjectStatus.CANCELLED: {ProjectStatus.PROPOSED},
}


class Method(models.TextChoices):
    WATERFALL = "waterfall", "Waterfall"
    AGILE = "agile", "Agile"
    HYBRID = "hybrid", "Hybrid"


class Health(models.TextChoices):
    GREEN = "green", "On track"
    AMBER = "amber", "At risk"
    RED = "red", "Off track"


class Project(ArchivableModel):
    """A temporary endeavor with its own scope, schedule and budget."""

    program = models.ForeignKey("programs.Program", models.PROTECT, related_name="projects", null=True, blank=True)
    portfolio = models.ForeignKey(
        "portfolio.Portfolio",
        models.PROTECT,
        related_name="direct_projects",
        null=True,
        blank=True,
        help_text="Only for a project that belongs to no program.",
    )
    code = models.CharField(max_length=20, blank=True, help_text="Short and unique; left empty, it is given.")
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, max_length=20_000)
    status = models.CharField(max_length=20, choices=ProjectStatus.choices, default=ProjectStatus.PROPOSED)
    method = models.CharField(max_length=20, choices=Method.choices, default=Method.WATERFALL)
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="managed_projects", null=True, blank=True
    )
    planned_start_date = models.DateField("planned start", null=True, blank=True)
    planned_finish_date = models.DateField("planned finish", null=True, blank=True)
    expected_finish_date = models.DateField(
        "expected finish", null=True, blank=True, help_text="When it is now believed to finish; empty means as planned."
    )
    actual_start_date = models.DateField("actual start", null=True, blank=True)
    actual_finish_date = models.DateField("actual finish", null=True, blank=True)
    budget_amount = models.DecimalField("budget", max_digits=16, decimal_places=2, null=True, blank=True)
    actual_amount = models.DecimalField(
        "actual cost", max_digits=16, decimal_places=2, null=True, blank=True, help_text="Spent to date."
    )
    currency = models.CharField(max_length=3, editable=False)
    reported_progress_ratio = models.DecimalField(
        "reported progress",
        max_digits=5,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))],
        help_text="Counts where the project has no activities.",
    )
    reported_health = models.CharField(
        "reported health",
        max_length=10,
        choices=Health.choices,
        blank=True,
        help_text="What its manager says; empty means the computed health counts.",
    )
    health_note = models.CharField("why this health", max_length=500, blank=True)
    calendar = models.ForeignKey(
        "resources.Calendar",
        models.PROTECT,
        related_name="projects",
        null=True,
        blank=True,
        verbose_name="working calendar",
        help_text="Empty means the organization's default.",
    )
    status_date = models.DateField(
        null=True, blank=True, help_text="Work that remains is scheduled after the end of this day."
    )
    parked_reason = models.CharField(
        max_length=200, blank=True, editable=False, help_text="Why an imported project waits for a name or a parent."
    )

    objects = ProjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "code"],
                name="project_code_unique_in_organization",
                violation_error_message="Another project has this code.",
            ),
            models.UniqueConstraint(
                fields=["organization", "external_key"],
                condition=~Q(external_key=""),
                name="project_external_key_unique",
                violation_error_message="Another project has this external key.",
            ),
            models.CheckConstraint(
                condition=Q(program=None) | Q(portfolio=None),
                name="project_has_one_parent",
                violation_error_message="A project sits in a program or directly in a portfolio, not in both.",
            ),
            models.CheckConstraint(
                condition=Q(program__isnull=False) | Q(portfolio__isnull=False) | ~Q(parked_reason=""),
                name="project_has_a_parent_or_is_parked",
                violation_error_message="A project needs a program or a portfolio.",
            ),
            models.CheckConstraint(
                condition=Q(planned_finish_date__gte=F("planned_start_date")),
                name="project_finish_not_before_start",
                violation_error_message="A project cannot finish before it starts.",
            ),
            models.CheckConstraint(
                condition=Q(actual_finish_date__gte=F("actual_start_date")),
                name="project_actual_finish_not_before_start",
                violation_error_message="A project cannot have finished before it started.",
            ),
            models.CheckConstraint(
                condition=Q(budget_amount__gte=0),
                name="project_budget_not_negative",
                violation_error_message="A budget is zero or more.",
            ),
            models.CheckConstraint(
                condition=Q(reported_progress_ratio__range=(0, 1)),
                name="project_progress_is_a_ratio",
                violation_error_message="Progress is from 0 to 100 percent.",
            ),
            models.CheckConstraint(condition=Q(status__in=ProjectStatus.values), name="project_status_known"),
            models.CheckConstraint(condition=Q(method__in=Method.values), name="project_method_known"),
            models.CheckConstraint(condition=Q(reported_health__in=["", *Health.values]), name="project_health_known"),
        ]
        indexes = [
            models.Index(fields=["organization", "name", "id"], name="project_by_name"),
            models.Index(fields=["organization", "planned_finish_date", "id"], name="project_by_finish"),
            models.Index(fields=["organization", "program", "id"], name="project_by_program"),
            models.Index(fields=["organization", "portfolio", "id"], name="project_by_portfolio"),
            models.Index(fields=["organization", "-updated_at", "-id"], name="project_by_change"),
            models.Index(
                fields=["organization", "id"],
                name="project_without_parent",
                condition=Q(program=None, portfolio=None),
            ),
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
    def finish_date(self) -> datetime.date | None:
        """When it finished, or is expected to, or was planned to."""
        return self.actual_finish_date or self.expected_finish_date or self.planned_finish_date

    @property
    def slip_days(self) -> int | None:
        """Calendar days by which the finish lies behind the plan; negative is early."""
        if self.planned_finish_date is None or self.finish_date is None:
            return None
        return (self.finish_date - self.planned_finish_date).days

    @property
    def spent_ratio(self) -> Decimal | None:
        """Actual cost as a share of the budget; None without either."""
        if not self.budget_amount or self.actual_amount is None:
            return None
        return self.actual_amount / self.budget_amount

    @property
    def is_parked(self) -> bool:
        return bool(self.parked_reason)

    @property
    def next_statuses(self) -> list[ProjectStatus]:
        """Where the lifecycle may take it from here, in lifecycle order."""
        return [status for status in ProjectStatus if status in NEXT_STATUSES[self.status]]
