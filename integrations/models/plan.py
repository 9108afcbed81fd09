"""A Microsoft Project file on its way to becoming a project."""

from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from core.models import TenantModel
from core.querysets import TenantQuerySet


class PlanStatus(models.TextChoices):
    READING = "reading", "Being read"
    REFUSED = "refused", "Cannot be imported"
    CHECKED = "checked", "Waits for you"
    IMPORTING = "importing", "Being imported"
    DONE = "done", "Done"
    UNDONE = "undone", "Undone"


class PlanImport(TenantModel):
    """One Microsoft Project XML file: what it would become, the project that came of it, and how to take it back."""

    file_name = models.CharField(max_length=200)
    size_bytes = models.PositiveBigIntegerField(default=0)
    content = models.BinaryField(null=True, editable=False, help_text="Kept until it is imported or discarded.")
    status = models.CharField(max_length=10, choices=PlanStatus.choices, default=PlanStatus.READING)
    refusal = models.TextField(blank=True, help_text="Why it cannot be imported.")
    report: Any = models.JSONField(default=dict, encoder=DjangoJSONEncoder, help_text="What would be created.")
    project_name = models.CharField(max_length=200, blank=True)
    program = models.ForeignKey("programs.Program", models.PROTECT, related_name="+", null=True, blank=True)
    portfolio = models.ForeignKey("portfolio.Portfolio", models.PROTECT, related_name="+", null=True, blank=True)
    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="+", null=True, editable=False)
    calendar_ids: Any = models.JSONField(default=list, editable=False, help_text="Calendars that it created.")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    job = models.ForeignKey("events.Job", models.PROTECT, null=True, related_name="+")
    imported_at = models.DateTimeField(null=True, editable=False)
    undone_at = models.DateTimeField(null=True, editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=PlanStatus.values), name="plan_import_status_known"),
            models.CheckConstraint(condition=Q(program=None) | Q(portfolio=None), name="plan_import_one_home"),
        ]
        indexes = [models.Index(fields=["organization", "-id"], name="plan_import_newest_first")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_lost(self) -> bool:
        """Under way by its own word, but the job that did it has ended: stopped before it began, or broken."""
        return self.status in {PlanStatus.READING, PlanStatus.IMPORTING} and (self.job is None or self.job.is_finished)

    @property
    def is_under_way(self) -> bool:
        return self.status in {PlanStatus.READING, PlanStatus.IMPORTING} and not self.is_lost

    @property
    def can_be_imported(self) -> bool:
        """Read and not written: it waits for a decision, or broke off while it was written, which writes nothing."""
        return self.status == PlanStatus.CHECKED or (self.status == PlanStatus.IMPORTING and self.is_lost)

    @property
    def trace(self) -> str:
        """What the events of this import carry as their request, by which its own changes are told from others'."""
        return f"plan-import-{self.pk}"
