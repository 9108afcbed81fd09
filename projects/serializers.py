"""Projects, activities and risks as JSON."""

from collections.abc import Mapping

from rest_framework import serializers

from core.serializers import Computed, RowSerializer, StrictSerializer, VisibleRelatedField, name_of
from projects.models import NEXT_STATUSES, Activity, Health, Project, ProjectStatus, Risk

HEALTHS = [*Health.choices, ("unreported", "Not reported")]


#: The health of a node as its rollup has it.
HEALTH_OF_ROLLUP = Computed(("rollup__health",), lambda health: health or "unreported")


def health_of_rollup() -> serializers.ChoiceField:
    """A node's health, from the totals below it."""
    return serializers.ChoiceField(HEALTHS, read_only=True, help_text="From what lies below it.")


def next_statuses(status: str) -> list[str]:
    """Where the lifecycle may take a project from here, in lifecycle order."""
    return [str(each) for each in ProjectStatus if each in NEXT_STATUSES[status]]


class ProjectSerializer(RowSerializer):
    """A temporary endeavor with its own scope, schedule and budget."""

    program_name = name_of("program.name")
    portfolio_name = name_of("portfolio.name")
    manager_name = name_of("manager.name")
    calendar_name = name_of("calendar.name")
    next_statuses = serializers.ListField(
        child=serializers.ChoiceField(ProjectStatus.choices),
        read_only=True,
        help_text="Where `change-status` may take it from here.",
    )
    health = serializers.ChoiceField(HEALTHS, read_only=True, help_text="Reported, else computed from its activities.")
    progress_ratio = serializers.DecimalField(
        5, 4, source="rollup.progress_ratio", read_only=True, allow_null=True, help_text="Done so far, 0 to 1."
    )
    slip_days = serializers.IntegerField(
        source="rollup.slip_days", read_only=True, allow_null=True, help_text="Calendar days behind the plan."
    )

    class Meta:
        model = Project
        fields = (
            "id",
            "version",
            "code",
            "name",
            "description",
            "program",
            "program_name",
            "portfolio",
            "portfolio_name",
            "status",
            "next_statuses",
            "method",
            "manager",
            "manager_name",
            "planned_start_date",
            "planned_finish_date",
            "expected_finish_date",
            "actual_start_date",
            "actual_finish_date",
            "calendar",
            "calendar_name",
            "status_date",
            "budget_amount",
            "actual_amount",
            "currency",
            "reported_progress_ratio",
            "reported_health",
            "health_note",
            "health",
            "progress_ratio",
            "slip_days",
            "parked_reason",
            "external_key",
            "archived_at",
            "created_at",
            "updated_at",
        )
        instead: Mapping[str, str] = {
            "status": "POST to change-status/ moves it along its lifecycle.",
            "archived_at": "DELETE archives, POST to restore/ brings back.",
        }
        computed: Mapping[str, Computed] = {"next_statuses": Computed(("status",), next_statuses)}
        create_only = ("status",)


class ReportSerializer(StrictSerializer, serializers.ModelSerializer):
    """Where a project stands. Contributors may report; they may not change the plan."""

    class Meta:
        model = Project
        fields = (
            "reported_health",
            "health_note",
            "reported_progress_ratio",
            "expected_finish_date",
            "actual_start_date",
            "actual_finish_date",
            "actual_amount",
        )


class StatusChangeSerializer(StrictSerializer):
    """A step along the lifecycle."""

    to = serializers.ChoiceField(ProjectStatus.choices)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class ProjectMoveSerializer(StrictSerializer, serializers.ModelSerializer):
    """A new place: one program, or one portfolio."""

    serializer_related_field = VisibleRelatedField

    class Meta:
        model = Project
        fields = ("program", "portfolio")


class ActivitySerializer(RowSerializer):
    """A scheduled piece of a project's work."""

    project_name = name_of("project.name")
    assignee_name = name_of("assignee.name")

    class Meta:
        model = Activity
        fields = (
            "id",
            "version",
            "project",
            "project_name",
            "parent",
            "position",
            "outline_level",
            "name",
            "description",
            "kind",
            "status",
            "assignee",
            "assignee_name",
            "planned_start_date",
            "planned_finish_date",
            "actual_start_date",
            "actual_finish_date",
            "planned_cost_amount",
            "actual_cost_amount",
            "currency",
            "progress_ratio",
            "external_key",
            "archived_at",
            "created_at",
            "updated_at",
        )
        create_only = ("project", "parent")
        instead: Mapping[str, str] = {
            "project": "An activity stays in its project.",
            "parent": "POST to move/ with a direction changes its place in the outline.",
            "position": "POST to move/ with a direction changes its place in the outline.",
            "outline_level": "POST to move/ with a direction changes its place in the outline.",
            "archived_at": "DELETE archives, POST to restore/ brings back.",
        }


class ActivityMoveSerializer(StrictSerializer):
    """A step in the outline."""

    direction = serializers.ChoiceField(["up", "down", "indent", "outdent"])


class RiskSerializer(RowSerializer):
    """An uncertain event that, if it happens, costs a project days or money."""

    project_name = name_of("project.name")
    owner_name = name_of("owner.name")
    exposure_amount = serializers.DecimalField(
        20, 2, source="exposure", read_only=True, help_text="Probability times impact in money."
    )

    class Meta:
        model = Risk
        fields = (
            "id",
            "version",
            "project",
            "project_name",
            "name",
            "description",
            "probability_ratio",
            "impact_days",
            "impact_amount",
            "exposure_amount",
            "currency",
            "response",
            "response_plan",
            "status",
            "owner",
            "owner_name",
            "external_key",
            "archived_at",
            "created_at",
            "updated_at",
        )
        create_only = ("project",)
        instead: Mapping[str, str] = {
            "project": "A risk stays with its project.",
            "exposure_amount": "It is probability_ratio times impact_amount.",
            "archived_at": "DELETE archives, POST to restore/ brings back.",
        }
