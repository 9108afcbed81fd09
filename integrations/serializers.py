"""Imports of Microsoft Project files as JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.serializers import RowSerializer, StrictSerializer, VisibleRelatedField
from integrations.models import PlanImport
from portfolio.models import Portfolio
from programs.models import Program


@extend_schema_field({"type": "object", "additionalProperties": {}})
class ReportField(serializers.JSONField):
    """Counts, what is not kept, and which dates come out otherwise."""


class PlanImportSerializer(RowSerializer):
    """A Microsoft Project file: what it would become, and the project that came of it."""

    report = ReportField(
        read_only=True, help_text="What would be created, what is not kept, which dates differ and why."
    )

    class Meta:
        model = PlanImport
        fields = (
            "id",
            "file_name",
            "size_bytes",
            "status",
            "refusal",
            "report",
            "project_name",
            "program",
            "portfolio",
            "project",
            "job",
            "started_by",
            "created_at",
            "imported_at",
            "undone_at",
            "version",
        )
        read_only_fields = fields


class PlanUploadSerializer(StrictSerializer):
    """A Microsoft Project XML file, as multipart/form-data."""

    file = serializers.FileField(allow_empty_file=True)


class PlanConfirmSerializer(StrictSerializer):
    """What a checked file becomes: exactly one of program and portfolio is given."""

    project_name = serializers.CharField(required=False, max_length=200, help_text="By default the file's title.")
    program: Any = VisibleRelatedField(queryset=Program.objects.all(), required=False, allow_null=True)
    portfolio: Any = VisibleRelatedField(queryset=Portfolio.objects.all(), required=False, allow_null=True)
