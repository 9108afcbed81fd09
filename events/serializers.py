"""Events and jobs as JSON."""

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.serializers import Computed, RowSerializer, name_of
from events.models import Event, Job


@extend_schema_field({"type": "object", "additionalProperties": {"type": "array", "items": {}}})
class ChangesField(serializers.JSONField):
    """Field -> [before, after]."""


@extend_schema_field(OpenApiTypes.ANY)
class AnyField(serializers.JSONField):
    """What a job says about its end."""


class EventSerializer(RowSerializer):
    """One change of one fact: who, what, before and after."""

    changes = ChangesField(read_only=True, help_text="Field -> [before, after].")

    class Meta:
        model = Event
        fields = (
            "id",
            "transaction_id",
            "kind",
            "actor",
            "actor_name",
            "subject_type",
            "subject_id",
            "subject_name",
            "subject_version",
            "changes",
            "note",
            "source",
            "request_id",
            "occurred_at",
        )
        read_only_fields = fields


def of_job(name: str) -> Callable[..., Any]:
    """A fact that a job's row works out from its columns."""

    def value(
        status: str, done: int, total: int | None, started: datetime.datetime | None, heard: datetime.datetime | None
    ) -> Any:
        job = Job(status=status, done_count=done, total_count=total, started_at=started, heartbeat_at=heard)
        return getattr(job, name)

    return value


JOB_COLUMNS = ("status", "done_count", "total_count", "started_at", "heartbeat_at")


class JobSerializer(RowSerializer):
    """A piece of long work."""

    started_by_name = name_of("started_by.name")
    done_ratio = serializers.FloatField(read_only=True, allow_null=True, help_text="Null while the total is unknown.")
    remaining_seconds = serializers.IntegerField(read_only=True, allow_null=True, help_text="An estimate by the pace.")
    result = AnyField(read_only=True, allow_null=True)

    class Meta:
        model = Job
        fields = (
            "id",
            "version",
            "kind",
            "title",
            "status",
            "done_count",
            "total_count",
            "done_ratio",
            "remaining_seconds",
            "message",
            "result",
            "started_by",
            "started_by_name",
            "started_at",
            "finished_at",
            "stop_requested_at",
            "created_at",
        )
        read_only_fields = fields
        computed: Mapping[str, Computed] = {
            "done_ratio": Computed(JOB_COLUMNS, of_job("done_ratio")),
            "remaining_seconds": Computed(JOB_COLUMNS, of_job("remaining_seconds")),
        }
