"""Baselines over REST, and how far plans are from them."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import IDEMPOTENCY_KEY, IF_MATCH, RecordViewSet, TenantViewSet
from core.serializers import RowSerializer, name_of
from projects import services
from projects.filters import SHOWN_ROWS, BaselineFilter
from projects.models import Baseline, BaselineActivity
from projects.selectors import variance_rows, variance_totals

AGAINST = OpenApiParameter(
    "against", {"type": "integer", "minimum": 1}, description="Another baseline of the project; else today's plan."
)
SHOW = OpenApiParameter("show", {"type": "string", "enum": list(SHOWN_ROWS)}, description="Which rows; by default all.")


class BaselineSerializer(RowSerializer):
    """A project's plan as it stood when it was taken."""

    project_name = name_of("project.name")
    taken_by_name = name_of("taken_by.name")
    make_current = serializers.BooleanField(
        write_only=True, default=True, help_text="Measure variances against it from now on."
    )

    class Meta:
        model = Baseline
        fields = (
            "id",
            "version",
            "project",
            "project_name",
            "name",
            "note",
            "make_current",
            "is_current",
            "taken_at",
            "taken_by",
            "taken_by_name",
            "external_key",
            "archived_at",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("is_current", "taken_at", "taken_by", "external_key", "archived_at")
        create_only = ("project", "make_current")
        instead: Mapping[str, str] = {
            "project": "A baseline stays with its project.",
            "is_current": "POST to make-current/ measures variances against it.",
            "make_current": "POST to make-current/ measures variances against it.",
            "archived_at": "DELETE archives, POST to restore/ brings back.",
        }


class BaselineActivitySerializer(RowSerializer):
    """One activity as a baseline keeps it; the root summary of the project is the whole."""

    name = name_of("activity.name")
    kind = name_of("activity.kind")
    outline_level = serializers.IntegerField(source="activity.outline_level", read_only=True)

    class Meta:
        model = BaselineActivity
        fields = (
            "id",
            "activity",
            "name",
            "kind",
            "outline_level",
            "start_date",
            "finish_date",
            "start_at",
            "finish_at",
            "duration_minutes",
            "work_minutes",
            "cost_amount",
            "currency",
        )


class StandingSerializer(serializers.Serializer[Any]):
    """Where an activity stands, in a plan or in a baseline."""

    start_date = serializers.DateField(allow_null=True)
    finish_date = serializers.DateField(allow_null=True)
    duration_minutes = serializers.DecimalField(11, 1, allow_null=True)
    work_minutes = serializers.DecimalField(13, 1, allow_null=True)
    cost_amount = serializers.DecimalField(20, 2, allow_null=True)


class VarianceRowSerializer(serializers.Serializer[Any]):
    """An activity then and now; `then` is null of what was added since, `now` of what was removed."""

    activity = serializers.IntegerField(source="id")
    name = serializers.CharField()
    kind = serializers.CharField()
    outline_level = serializers.IntegerField(source="level")
    then = StandingSerializer(allow_null=True)
    now = StandingSerializer(allow_null=True)
    start_days = serializers.IntegerField(allow_null=True, help_text="Calendar days by which it starts later.")
    finish_days = serializers.IntegerField(allow_null=True, help_text="Calendar days by which it finishes later.")
    duration_minutes = serializers.DecimalField(11, 1, allow_null=True)
    work_minutes = serializers.DecimalField(13, 1, allow_null=True)
    cost_amount = serializers.DecimalField(20, 2, allow_null=True)
    is_changed = serializers.BooleanField()


class VarianceTotalsSerializer(serializers.Serializer[Any]):
    """What the rows amount to; summaries are their parts, and are not added again."""

    count = serializers.IntegerField()
    changed = serializers.IntegerField()
    added = serializers.IntegerField()
    removed = serializers.IntegerField()
    later = serializers.IntegerField(help_text="How many finish later.")
    cost_amount = serializers.DecimalField(20, 2, allow_null=True)


class VarianceSerializer(serializers.Serializer[Any]):
    """A baseline against today's plan or another baseline."""

    baseline = serializers.IntegerField()
    against = serializers.IntegerField(allow_null=True)
    totals = VarianceTotalsSerializer()
    rows = VarianceRowSerializer(many=True)


class BaselineViewSet(RecordViewSet):
    """Plans as they were approved. To create one is to take it: the plan of its project is kept as it stands."""

    queryset = Baseline.objects.all()
    serializer_class = BaselineSerializer
    filterset_class = BaselineFilter
    services = services
    noun = "baseline"
    in_organization = False
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": (), "taken_at": ("taken_at",)}

    @extend_schema(parameters=[IDEMPOTENCY_KEY])
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take a baseline."""
        taken = services.take_baseline(actor=self.actor, **self.body())
        return self.answer(taken, status.HTTP_201_CREATED)

    @extend_schema(request=None, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"], url_path="make-current")
    def make_current(self, request: Request, pk: int) -> Response:
        """Measure the project's variances against this baseline."""
        return self.change("make_current")

    def call(self, verb: str, **arguments: Any) -> Any:
        if verb == "make_current":
            return services.make_baseline_current(actor=self.actor, **arguments)
        return super().call(verb, **arguments)

    @extend_schema(parameters=[AGAINST, SHOW], responses=VarianceSerializer, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def variance(self, request: Request, pk: int) -> Response:
        """Every activity of a baseline against today's plan, or against another baseline of the project."""
        then = self.get_object()
        now = self._against(then)
        found = variance_rows(then.organization_id, [then], None if now is None else [now])
        rows = [row for row in found if self._shown().keeps(row)]
        answer = {
            "baseline": then.pk,
            "against": now and now.pk,
            "totals": variance_totals(rows),
            "rows": rows,
        }
        return Response(VarianceSerializer(answer).data)

    def _against(self, then: Baseline) -> Baseline | None:
        word = self.request.query_params.get("against", "")
        if not word:
            return None
        rows = self.get_queryset().filter(project_id=then.project_id)
        found = rows.filter(pk=int(word)).first() if word.isascii() and word.isdigit() and len(word) < 19 else None
        if found is None:
            raise serializers.ValidationError({"against": ["The project has no such baseline."]})
        return found

    def _shown(self) -> Any:
        word = self.request.query_params.get("show", "all")
        if word not in SHOWN_ROWS:
            raise serializers.ValidationError({"show": [f"One of {', '.join(SHOWN_ROWS)}."]})
        return SHOWN_ROWS[word]


class BaselineActivitiesView(TenantViewSet):
    """What a baseline keeps, activity by activity."""

    queryset = BaselineActivity.objects.all()
    serializer_class = BaselineActivitySerializer
    filter_backends = ()

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        if not Baseline.objects.visible_to(self.request.user).filter(pk=self.kwargs["pk"]).exists():
            raise Http404
        return rows.filter(baseline=self.kwargs["pk"])
