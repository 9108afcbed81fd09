"""A row of an import: what stood in the file, what is planned, and what it became."""

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from core.querysets import TenantQuerySet
from integrations.models.file import ImportFile, ImportKind
from integrations.models.run import ImportRun


class RowPlan(models.TextChoices):
    CREATE = "create", "New"
    UPDATE = "update", "Changes"
    RESTORE = "restore", "Comes back"
    UNCHANGED = "unchanged", "As it is"
    ERROR = "error", "Not imported"
    SKIP = "skip", "Left out"


class RowStatus(models.TextChoices):
    PENDING = "pending", "Waiting"
    CREATED = "created", "Created"
    UPDATED = "updated", "Changed"
    RESTORED = "restored", "Brought back"
    UNCHANGED = "unchanged", "Unchanged"
    FAILED = "failed", "Not imported"
    SKIPPED = "skipped", "Left out"
    UNDONE = "undone", "Undone"
    KEPT = "kept", "Kept at undo"


WRITTEN = (RowStatus.CREATED, RowStatus.UPDATED, RowStatus.RESTORED)


class ImportRow(models.Model):
    """One row of one file, from its cells to the row of the organization that came of it.

    A record of what happened, which outlives its subject: so the subject is a kind and a number, as in the event log.
    """

    organization = models.ForeignKey("accounts.Organization", models.PROTECT, related_name="+")
    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rows")
    file = models.ForeignKey(ImportFile, models.CASCADE, related_name="rows")
    kind = models.CharField(max_length=20, choices=ImportKind.choices)
    number = models.PositiveIntegerField(help_text="As a spreadsheet counts: the header is row 1.")
    place = models.PositiveIntegerField(default=0, help_text="Its turn in the import: what holds it comes before it.")
    cells = models.JSONField(default=list)
    faults = models.JSONField(default=list, help_text="What was wrong with it in the file.")
    key = models.CharField(max_length=200, blank=True)
    label = models.CharField(max_length=300, blank=True)
    plan = models.CharField(max_length=10, choices=RowPlan.choices, default=RowPlan.ERROR)
    is_left_out = models.BooleanField(default=False, help_text="A person decided not to import it.")
    is_parked = models.BooleanField(default=False)
    messages = models.JSONField(default=list)
    changes = models.JSONField(default=dict, encoder=DjangoJSONEncoder, help_text="Field -> [before, after].")
    status = models.CharField(max_length=10, choices=RowStatus.choices, default=RowStatus.PENDING)
    object_id = models.BigIntegerField(null=True)
    after_version = models.PositiveIntegerField(null=True, help_text="The version that the import left behind.")

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="import_row_number_unique"),
            models.CheckConstraint(condition=Q(plan__in=RowPlan.values), name="import_row_plan_known"),
            models.CheckConstraint(condition=Q(status__in=RowStatus.values), name="import_row_status_known"),
            models.CheckConstraint(condition=Q(kind__in=ImportKind.values), name="import_row_kind_known"),
        ]
        indexes = [
            models.Index(fields=["organization", "run", "place", "id"], name="import_row_in_turn"),
            models.Index(
                fields=["organization", "run", "place"],
                name="import_row_pending",
                condition=Q(status="pending"),
            ),
            models.Index(
                fields=["organization", "kind", "object_id", "-id"],
                name="import_row_by_object",
                condition=Q(object_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.label or f"Row {self.number}"

    @property
    def change_lines(self) -> list[tuple[str, Any, Any]]:
        """Field, before and after, in words, of a row that changes or was changed."""
        if self.plan != RowPlan.UPDATE:
            return []
        return [(_in_words(name), _shown(before), _shown(after)) for name, (before, after) in self.changes.items()]

    @property
    def reasons(self) -> str:
        """Everything that was said about it, as one text."""
        return " ".join(message["text"] for message in self.messages)


def _in_words(name: str) -> str:
    return name.removesuffix("_date").removesuffix("_amount").removesuffix("_ratio").replace("_", " ")


def _shown(value: Any) -> Any:
    shown = value["name"] if isinstance(value, dict) else value
    return "–" if shown in (None, "") else shown
