"""Dependencies over REST, and what an edit of the schedule would move."""

import copy
from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import require
from core.api import ApiView, RecordViewSet
from core.serializers import StrictSerializer
from projects import services
from projects.filters import DependencyFilter
from projects.models import Activity, Dependency, Project
from projects.selectors.blast import Effects, Move, effects_of
from projects.selectors.editing import Planned, plan_activity, plan_dependency, plan_project
from projects.serializers import ActivitySerializer, DependencySerializer


class DependencyViewSet(RecordViewSet):
    """Which activity waits for which. Saving one moves what has to move; `schedule/preview/` says beforehand what."""

    queryset = Dependency.objects.all()
    serializer_class = DependencySerializer
    filterset_class = DependencyFilter
    services = services
    noun = "dependency"
    in_organization = False

    def get_object(self) -> Any:
        row = self.get_queryset().select_related("predecessor__project", "successor__project")
        found = row.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found


class PreviewSerializer(StrictSerializer):
    """An edit that is not saved: what is done, to which row, with which values."""

    edit = serializers.ChoiceField(
        ["create_dependency", "update_dependency", "archive_dependency", "update_activity", "reschedule_project"]
    )
    id = serializers.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, help_text="Of the row; not for a new one."
    )
    values = serializers.DictField(required=False, help_text="As the row itself takes them.")


class MoveSerializer(serializers.Serializer[Any]):
    """An activity that would move."""

    activity = serializers.IntegerField(source="row.id")
    name = serializers.CharField(source="row.name")
    kind = serializers.CharField(source="row.kind")
    project = serializers.IntegerField(source="project.id")
    project_name = serializers.CharField(source="project.name")
    start_before = serializers.DateField(allow_null=True)
    finish_before = serializers.DateField(allow_null=True)
    start = serializers.DateField()
    finish = serializers.DateField()
    days = serializers.IntegerField(help_text="Calendar days by which it finishes later; negative is sooner.")
    float_days = serializers.DecimalField(10, 1, help_text="Total float afterwards, in working days of 8 hours.")
    is_critical = serializers.BooleanField()


class ProjectMoveSerializer(serializers.Serializer[Any]):
    """A project whose dates would change."""

    project = serializers.IntegerField(source="project.id")
    name = serializers.CharField(source="project.name")
    finish_before = serializers.DateField(allow_null=True)
    finish = serializers.DateField()
    days = serializers.IntegerField()


class NamedSerializer(serializers.Serializer[Any]):
    """A row by its id and name."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class MonthSerializer(serializers.Serializer[Any]):
    """Planned money of a month before and after."""

    month = serializers.DateField()
    currency = serializers.CharField()
    before = serializers.DecimalField(16, 2)
    after = serializers.DecimalField(16, 2)


class BrokenSerializer(serializers.Serializer[Any]):
    """A dependency that the dates would break."""

    predecessor = serializers.IntegerField(source="predecessor.id")
    predecessor_name = serializers.CharField(source="predecessor.name")
    successor = serializers.IntegerField(source="successor.id")
    successor_name = serializers.CharField(source="successor.name")
    is_new = serializers.BooleanField(help_text="False where it is broken already.")


class EffectsSerializer(serializers.Serializer[Any]):
    """What an edit would move. Sent back as `expected_plan`, `token` makes saving it refuse other effects."""

    moves = MoveSerializer(many=True)
    projects = ProjectMoveSerializer(many=True, source="roots")
    programs = NamedSerializer(many=True, source="named_programs")
    people = NamedSerializer(many=True, help_text="Who has to be told.")
    money = MonthSerializer(many=True, help_text="Months whose planned cost changes.")
    broken = BrokenSerializer(many=True)
    token = serializers.CharField()


class SchedulePreviewView(ApiView):
    """What an edit of the schedule would move."""

    @extend_schema(request=PreviewSerializer, responses=EffectsSerializer)
    def post(self, request: Request) -> Response:
        """What an edit would move, computed by the code that would save it; nothing is saved.

        An edit that closes a circle answers 409 with its path.
        """
        body = PreviewSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        kind, pk = body.validated_data["edit"], body.validated_data.get("id")
        action = "dependency.edit" if "dependency" in kind else "activity.edit"
        require(self.actor, action, self.organization)
        planned = PLANS[kind](self, pk, body.validated_data.get("values", {}))
        effects = effects_of(self.organization.pk, planned.loaded, planned.edit, self.actor)
        return Response(written(effects))

    def checked(self, serializer: Any, values: Mapping[str, Any], **options: Any) -> dict[str, Any]:
        """Values as the row's own serializer takes them."""
        form = serializer(data=dict(values), context={"request": self.request, "view": self}, **options)
        form.is_valid(raise_exception=True)
        given: dict[str, Any] = {name: value for name, value in form.validated_data.items() if name != "expected_plan"}
        return given

    def found(self, rows: Any, pk: int | None) -> Any:
        """The row of an id that the caller may see."""
        if pk is None:
            raise serializers.ValidationError({"id": ["Say which row the edit is of."]})
        row = rows.visible_to(self.actor).filter(pk=pk).first()
        if row is None:
            raise serializers.ValidationError({"id": ["There is no such row, or it is not yours to see."]})
        return row


def written(effects: Effects) -> dict[str, Any]:
    """Effects as `EffectsSerializer` documents them; written field by field, as there may be thousands."""
    return {
        "moves": [_move(move) for move in effects.moves],
        "projects": [
            {
                "project": root.project.id,
                "name": root.project.name,
                "finish_before": root.finish_before,
                "finish": root.finish,
                "days": root.days,
            }
            for root in effects.roots
        ],
        "programs": effects.named_programs,
        "people": [{"id": user.pk, "name": user.name} for user in effects.people],
        "money": [
            {"month": one.month, "currency": one.currency, "before": f"{one.before:.2f}", "after": f"{one.after:.2f}"}
            for one in effects.money
        ],
        "broken": [
            {
                "predecessor": one.predecessor.id,
                "predecessor_name": one.predecessor.name,
                "successor": one.successor.id,
                "successor_name": one.successor.name,
                "is_new": one.is_new,
            }
            for one in effects.broken
        ],
        "token": effects.token,
    }


def _move(move: Move) -> dict[str, Any]:
    return {
        "activity": move.row.id,
        "name": move.row.name,
        "kind": move.row.kind,
        "project": move.project.id,
        "project_name": move.project.name,
        "start_before": move.start_before,
        "finish_before": move.finish_before,
        "start": move.start,
        "finish": move.finish,
        "days": move.days,
        "float_days": f"{move.float_days:.1f}",
        "is_critical": move.is_critical,
    }


DEPENDENCIES = Dependency.objects.select_related("predecessor__project", "successor__project")


def _new_dependency(view: SchedulePreviewView, pk: int | None, values: Mapping[str, Any]) -> Planned:
    given = view.checked(DependencySerializer, values)
    return plan_dependency(Dependency(organization_id=view.organization.pk, **given))


def _changed_dependency(view: SchedulePreviewView, pk: int | None, values: Mapping[str, Any]) -> Planned:
    edited = copy.copy(view.found(DEPENDENCIES, pk))
    for name, value in view.checked(DependencySerializer, values, partial=True).items():
        setattr(edited, name, value)
    return plan_dependency(edited)


def _removed_dependency(view: SchedulePreviewView, pk: int | None, values: Mapping[str, Any]) -> Planned:
    return plan_dependency(view.found(DEPENDENCIES, pk), remove=True)


def _changed_activity(view: SchedulePreviewView, pk: int | None, values: Mapping[str, Any]) -> Planned:
    activity = view.found(Activity.objects.select_related("project"), pk)
    return plan_activity(activity, view.checked(ActivitySerializer, values, partial=True))


def _rescheduled(view: SchedulePreviewView, pk: int | None, values: Mapping[str, Any]) -> Planned:
    return plan_project(view.found(Project.objects.all(), pk))


PLANS: Mapping[str, Callable[[SchedulePreviewView, int | None, Mapping[str, Any]], Planned]] = {
    "create_dependency": _new_dependency,
    "update_dependency": _changed_dependency,
    "archive_dependency": _removed_dependency,
    "update_activity": _changed_activity,
    "reschedule_project": _rescheduled,
}
