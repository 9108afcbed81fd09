"""When work can be done."""

from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from core.models import ArchivableModel
from resources.algorithms.calendar_rows import minutes_of
from resources.algorithms.calendar_texts import exceptions_in_words, text_of_weeks, week_in_words
from resources.querysets import CalendarQuerySet


def office_week() -> list[list[list[int]]]:
    """Monday to Friday from 8 to 12 and 13 to 17, as Microsoft Project begins with."""
    return [[[480, 720], [780, 1020]] for _ in range(5)] + [[], []]


#: Columns kept as JSON -> what the history says of a value.
WORDS: dict[str, Callable[[Any], str]] = {
    "week": week_in_words,
    "exceptions": exceptions_in_words,
    "effective_weeks": text_of_weeks,
}


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

    objects = CalendarQuerySet.as_manager()

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

    @property
    def week_hours(self) -> float:
        """Working hours of a whole week without exceptions."""
        return week_hours(self.week)

    @classmethod
    def value_in_words(cls, name: str, value: Any) -> str | None:
        """What the history says of a column that is kept as JSON; None for the others."""
        words = WORDS.get(name)
        return words(value) if words is not None and value else None


def week_hours(week: Any) -> float:
    """Working hours of a week."""
    return sum(minutes_of(shifts) for shifts in week) / 60
