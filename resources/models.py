"""When work can be done."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from core.models import ArchivableModel
from core.querysets import ArchivableQuerySet


def office_week() -> list[list[list[int]]]:
    """Monday to Friday from 8 to 12 and 13 to 17, as Microsoft Project begins with."""
    return [[[480, 720], [780, 1020]] for _ in range(5)] + [[], []]


class Calendar(ArchivableModel):
    """A working calendar: a week, other weeks for a time, and days that differ from both.

    A shift is `[from, to]` in minutes from midnight; it may end after 1,440, on the next day. Dates are ISO texts.
    """

    name = models.CharField(max_length=200)
    week = models.JSONField(default=office_week, help_text="Seven days from Monday, each a list of shifts.")
    exceptions: Any = models.JSONField(
        default=list, blank=True, help_text="Days that differ: name, first, last, shifts (none is a day off)."
    )
    effective_weeks: Any = models.JSONField(
        default=list, blank=True, help_text="Other weeks between two days: name, first, last, week."
    )
    is_default = models.BooleanField(default=False, help_text="Holds for every project that names no other.")

    objects = ArchivableQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization",
                Lower("name"),
                condition=Q(archived_at=None),
                name="calendar_name_unique",
                violation_error_message="Another calendar has this name.",
            ),
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(is_default=True),
                name="calendar_one_default",
                violation_error_message="Another calendar is the default of this organization.",
            ),
            models.UniqueConstraint(
                fields=["organization", "external_key"],
                condition=~Q(external_key=""),
                name="calendar_external_key_unique",
                violation_error_message="Another calendar has this external key.",
            ),
        ]
        indexes = [models.Index(fields=["organization", "name", "id"], name="calendar_by_name")]

    def __str__(self) -> str:
        return self.name
