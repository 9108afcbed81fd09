"""Working calendars as JSON."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.serializers import Computed, RowSerializer
from resources.algorithms.calendar_rows import LONGEST_NAME, MOST_EXCEPTIONS, MOST_SHIFTS, MOST_WEEKS
from resources.models import Calendar, week_hours

MINUTE = {"type": "integer", "minimum": 0, "maximum": 2880}
SHIFTS = {
    "type": "array",
    "maxItems": MOST_SHIFTS,
    "items": {"type": "array", "items": MINUTE, "minItems": 2, "maxItems": 2},
    "description": "Shifts [from, to] in minutes from midnight, in order; one may end after 1440, on the next day.",
}
WEEK = {
    "type": "array",
    "minItems": 7,
    "maxItems": 7,
    "items": SHIFTS,
    "description": "Seven days from Monday.",
}


def _spans(what: str, body: Mapping[str, Any], most: int) -> dict[str, Any]:
    """A list of dated rows with a body."""
    day = {"type": "string", "format": "date"}
    properties = {"name": {"type": "string", "maxLength": LONGEST_NAME}, "first": day, "last": day, what: body}
    row = {
        "type": "object",
        "properties": properties,
        "required": ["first", "last", what],
        "additionalProperties": False,
    }
    return {"type": "array", "maxItems": most, "items": row}


@extend_schema_field(WEEK)
class WeekField(serializers.JSONField):
    """Seven days, each a list of shifts; the service judges it."""


@extend_schema_field(_spans("shifts", SHIFTS, MOST_EXCEPTIONS))
class ExceptionsField(serializers.JSONField):
    """Days that differ; no shifts is a day off."""


@extend_schema_field(_spans("week", WEEK, MOST_WEEKS))
class EffectiveWeeksField(serializers.JSONField):
    """Other weeks between two days."""


class CalendarSerializer(RowSerializer):
    """When work can be done: a week of shifts, days that differ, other weeks for a time."""

    week = WeekField(
        required=False, help_text="Seven days from Monday, each a list of shifts. By default Mon-Fri 8-17."
    )
    exceptions = ExceptionsField(required=False, help_text="Days that differ; the first that holds a day decides it.")
    effective_weeks = EffectiveWeeksField(required=False, help_text="Other weeks between two days.")
    week_hours = serializers.FloatField(read_only=True, help_text="Working hours of a week without exceptions.")
    project_count = serializers.IntegerField(read_only=True, help_text="Live projects that name it.")
    activity_count = serializers.IntegerField(read_only=True, help_text="Live activities that name it.")

    class Meta:
        model = Calendar
        fields = (
            "id",
            "version",
            "name",
            "week",
            "week_hours",
            "exceptions",
            "effective_weeks",
            "is_default",
            "project_count",
            "activity_count",
            "external_key",
            "archived_at",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("is_default",)
        instead: Mapping[str, str] = {
            "is_default": "POST to set-default/ makes it the default.",
            "archived_at": "DELETE archives, POST to restore/ brings back.",
        }
        computed: Mapping[str, Computed] = {"week_hours": Computed(("week",), week_hours)}
