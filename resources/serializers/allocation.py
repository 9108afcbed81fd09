"""Allocations and people's utilization as JSON."""

from typing import Any

from rest_framework import serializers

from core.serializers import RowSerializer, StrictSerializer, name_of
from resources.models import Allocation, AllocationKind
from resources.serializers.people import MOST_ROWS

LARGEST_ID = 2**63 - 1


class AllocationSerializer(RowSerializer):
    """The share of a month that a role, a team or a person gives to a project."""

    project_name = name_of("project.name")
    person_name = name_of("person.name")
    role_name = name_of("role.name")
    team_name = name_of("team.name")

    class Meta:
        model = Allocation
        fields = (
            "id", "version", "project", "project_name", "person", "person_name", "role", "role_name", "team",
            "team_name", "kind", "month", "fte", "note", "created_at", "updated_at",
        )  # fmt: skip


def _id(help_text: str) -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=1, max_value=LARGEST_ID, required=False, allow_null=True, help_text=help_text
    )


class AllocationCellSerializer(StrictSerializer):
    """Who gives how much of a month to a project. An FTE of null empties the cell."""

    project = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    person = _id("Brings its role and team along.")
    role = _id("Without a person: the role that is asked for.")
    team = _id("Without a person: the team that is asked for.")
    kind = serializers.ChoiceField(choices=AllocationKind.choices, default=AllocationKind.PLAN)
    month = serializers.DateField(help_text="The first day of the month.")
    fte = serializers.DecimalField(8, 3, allow_null=True, min_value=0, max_value=1000)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)


class AllocationBulkSerializer(StrictSerializer):
    """Up to 1,000 cells; all of them are saved, or none."""

    cells = AllocationCellSerializer(many=True, allow_empty=False, max_length=MOST_ROWS)  # type: ignore[call-arg]


class AllocationResultSerializer(serializers.Serializer[Any]):
    """What came of a cell."""

    result = serializers.ChoiceField(choices=("created", "updated", "removed", "unchanged"))
    id = serializers.IntegerField(allow_null=True, help_text="Of its row; null where there is none any more.")


class AllocationBulkAnswerSerializer(serializers.Serializer[Any]):
    """What came of each cell, in their order."""

    results = AllocationResultSerializer(many=True)


class UtilizationMonthSerializer(serializers.Serializer[Any]):
    """What somebody has and gives in a month, in FTE."""

    month = serializers.DateField()
    available = serializers.DecimalField(12, 3)
    allocated = serializers.DecimalField(12, 3)
    is_over = serializers.BooleanField()


class UtilizationSerializer(serializers.Serializer[Any]):
    """Somebody's months, and their sum in person-months."""

    person = serializers.IntegerField()
    person_name = serializers.CharField()
    role = serializers.IntegerField(allow_null=True)
    team = serializers.IntegerField(allow_null=True)
    available = serializers.DecimalField(12, 3)
    allocated = serializers.DecimalField(12, 3)
    over_count = serializers.IntegerField(help_text="Months in which more is given than there is.")
    months = UtilizationMonthSerializer(many=True)
