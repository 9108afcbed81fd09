"""Projects, activities and risks as JSON."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from core.serializers import Computed, RowSerializer, StrictSerializer, VisibleRelatedField, name_of
from projects.models import NEXT_STATUSES, Activity, Dependency, Health, Project, ProjectStatus, Risk

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
    root_activity = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="The summary of the whole project: dependencies may name it."
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
            "root_activity",
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
        extra_kwargs: Mapping[str, Any] = {
            "budget_amount": {"help_text": "Once there are budget entries of costs, their sum, and only read."},
            "actual_amount": {"help_text": "Spent to date; once there are actual entries, their sum, and only read."},
        }


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


def expected_plan_field() -> serializers.CharField:
    """The token of a preview, with which a write is refused if its effects are others by now."""
    return serializers.CharField(
        write_only=True, required=False, max_length=100, help_text="`token` of schedule/preview/; 409 if outdated."
    )


class ActivitySerializer(RowSerializer):
    """A scheduled piece of a project's work."""

    project_name = name_of("project.name")
    assignee_name = name_of("assignee.name")
    calendar_name = name_of("calendar.name")
    expected_plan = expected_plan_field()

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
            "is_manual",
            "duration_minutes",
            "is_elapsed",
            "work_minutes",
            "start_at",
            "finish_at",
            "constraint_type",
            "constraint_at",
            "deadline_at",
            "calendar",
            "calendar_name",
            "optimistic_minutes",
            "likely_minutes",
            "pessimistic_minutes",
            "delay_group",
            "planned_cost_amount",
            "actual_cost_amount",
            "currency",
            "progress_ratio",
            "external_key",
            "archived_at",
            "created_at",
            "updated_at",
            "expected_plan",
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


class AnyActivityField(VisibleRelatedField):
    """An activity, or the root summary that stands for a whole project (`root_activity` of the project)."""

    def get_queryset(self) -> Any:
        return Activity.with_roots.visible_to(self.context["request"].user).select_related("project")


class DependencySerializer(RowSerializer):
    """One activity waits for another, of any projects of the organization."""

    predecessor = AnyActivityField(queryset=Activity.with_roots.all())
    predecessor_name = name_of("predecessor.name")
    predecessor_project = serializers.IntegerField(source="predecessor.project_id", read_only=True)
    successor = AnyActivityField(queryset=Activity.with_roots.all())
    successor_name = name_of("successor.name")
    successor_project = serializers.IntegerField(source="successor.project_id", read_only=True)
    owner_name = name_of("owner.name")
    agreed_with_name = name_of("agreed_with.name")
    expected_plan = expected_plan_field()

    class Meta:
        model = Dependency
        fields = (
            "id",
            "version",
            "predecessor",
            "predecessor_name",
            "predecessor_project",
            "successor",
            "successor_name",
            "successor_project",
            "link_type",
            "lag_minutes",
            "lag_ratio",
            "lag_unit",
            "slip_policy",
            "owner",
            "owner_name",
            "agreed_with",
            "agreed_with_name",
            "note",
            "crosses_projects",
            "external_key",
            "archived_at",
            "created_at",
            "updated_at",
            "expected_plan",
        )
        instead: Mapping[str, str] = {"archived_at": "DELETE archives, POST to restore/ brings back."}


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
