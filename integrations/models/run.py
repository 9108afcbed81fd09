"""One import: several files, checked together, written together, taken back together."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import TenantModel
from core.querysets import TenantQuerySet


class RunStatus(models.TextChoices):
    DRAFT = "draft", "Not checked yet"
    CHECKING = "checking", "Being checked"
    CHECKED = "checked", "Waits for you"
    IMPORTING = "importing", "Being imported"
    STOPPED = "stopped", "Stopped"
    DONE = "done", "Done"
    UNDOING = "undoing", "Being undone"
    UNDONE = "undone", "Undone"


#: Nothing has been written yet: files, columns and cells may still be changed.
OPEN = frozenset({RunStatus.DRAFT, RunStatus.CHECKED})
UNDER_WAY = frozenset({RunStatus.CHECKING, RunStatus.IMPORTING, RunStatus.UNDOING})


class ImportRun(TenantModel):
    """An import of one or more files: what a person uploaded, answered, and had written."""

    title = models.CharField(max_length=300)
    status = models.CharField(max_length=10, choices=RunStatus.choices, default=RunStatus.DRAFT)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    job = models.ForeignKey("events.Job", models.PROTECT, null=True, related_name="+")
    row_count = models.PositiveIntegerField(default=0)
    reason = models.CharField(
        max_length=500, blank=True, default="", db_default="",
        help_text="Why budgets that are approved change, where a row does not say it.",
    )  # fmt: skip
    refusals = models.JSONField(default=list, help_text="Sentences about files that were uploaded and not taken.")
    findings = models.JSONField(default=list, help_text="What the check found, grouped by problem.")
    totals = models.JSONField(default=dict, help_text="Rows by kind and outcome, as last counted.")
    checked_at = models.DateTimeField(null=True, editable=False)
    imported_at = models.DateTimeField(null=True, editable=False)
    undone_at = models.DateTimeField(null=True, editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(status__in=RunStatus.values), name="import_run_status_known")]
        indexes = [models.Index(fields=["organization", "-id"], name="import_run_newest_first")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Nothing has been written yet, and nobody is at it."""
        return self.status in OPEN or self.is_check_lost

    @property
    def is_lost(self) -> bool:
        """Under way by its own word, but the job that did it has ended: stopped before it began, or broken."""
        return self.status in UNDER_WAY and (self.job is None or self.job.is_finished)

    @property
    def is_check_lost(self) -> bool:
        """The check was stopped or broke: it can be begun anew."""
        return self.status == RunStatus.CHECKING and self.is_lost

    @property
    def is_under_way(self) -> bool:
        return self.status in UNDER_WAY and not self.is_check_lost

    @property
    def can_be_undone(self) -> bool:
        """It has written something that is still there."""
        is_broken_off = self.status == RunStatus.IMPORTING and self.is_lost
        return (self.status in {RunStatus.DONE, RunStatus.STOPPED} or is_broken_off) and self.written_count > 0

    @property
    def written_count(self) -> int:
        """Rows that it created, changed or brought back."""
        return self.count("created") + self.count("updated") + self.count("restored")

    def count(self, *outcomes: str) -> int:
        """Rows of all kinds with one of these outcomes, as last counted."""
        return sum(counts.get(outcome, 0) for counts in self.totals.values() for outcome in outcomes)

    @property
    def trace(self) -> str:
        """What the events of this import carry as their request, by which its own changes are told from others'."""
        return f"import-{self.pk}"
