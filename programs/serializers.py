"""Programs and their measures as JSON."""

from collections.abc import Mapping

from rest_framework import serializers

from core.serializers import Computed, RowSerializer, StrictSerializer, VisibleRelatedField, name_of
from programs.models import Measure, Program
from projects.serializers import HEALTH_OF_ROLLUP, health_of_rollup

ARCHIVE = "DELETE archives, POST to restore/ brings back."


class ProgramSerializer(RowSerializer):
    """Related projects, managed together for benefits that they do not bring apart."""

    portfolio_name = name_of("portfolio.name")
    manager_name = name_of("manager.name")
    health = health_of_rollup()

    class Meta:
        model = Program
        fields = (
            "id",
            "version",
            "code",
            "name",
            "description",
            "portfolio",
            "portfolio_name",
            "manager",
            "manager_name",
            "reported_health",
            "health_note",
            "health",
            "parked_reason",
            "external_key",
            "archived_at",
            "created_at",
            "updated_at",
        )
        instead: Mapping[str, str] = {"archived_at": ARCHIVE}
        computed: Mapping[str, Computed] = {"health": HEALTH_OF_ROLLUP}


class ProgramMoveSerializer(StrictSerializer, serializers.ModelSerializer):
    """The portfolio a program goes to, with all its projects."""

    serializer_related_field = VisibleRelatedField

    class Meta:
        model = Program
        fields = ("portfolio",)
        extra_kwargs: Mapping[str, dict[str, bool]] = {"portfolio": {"required": True, "allow_null": False}}


class MeasureSerializer(RowSerializer):
    """A performance measure by which a program is judged."""

    program_name = name_of("program.name")

    class Meta:
        model = Measure
        fields = (
            "id",
            "version",
            "program",
            "program_name",
            "name",
            "category",
            "result",
            "external_key",
            "archived_at",
            "created_at",
            "updated_at",
        )
        create_only = ("program",)
        instead: Mapping[str, str] = {"program": "A measure stays with its program.", "archived_at": ARCHIVE}
