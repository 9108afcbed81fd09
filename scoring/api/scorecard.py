"""Frozen scorecards over REST: made and read, never changed."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import IDEMPOTENCY_KEY, TenantViewSet
from core.errors import DomainError
from core.serializers import RowSerializer, VisibleRelatedField, name_of
from scoring import services
from scoring.algorithms.frozen import rerun
from scoring.api.base import item_ids, item_kind, narrowing, take_selection
from scoring.filters import ScorecardFilter
from scoring.models import Scorecard, ScoringModel
from scoring.selectors import Comparison, compared


class NeverChanged(DomainError):
    """What was asked for would change what is kept as it stood."""

    status_code = 405
    code = "method_not_allowed"


class ScorecardSerializer(RowSerializer):
    """A ranking that was decided by. `document` holds all that it was made of, as it stood."""

    model = VisibleRelatedField(queryset=ScoringModel.objects.all())
    model_name = name_of("model.name")
    model_version = serializers.IntegerField(source="model_version.number", read_only=True)
    item_kind = item_kind()
    filters = narrowing()
    items = item_ids()
    decided_by_name = name_of("decided_by.name")

    class Meta:
        model = Scorecard
        fields = (
            "id",
            "version",
            "model",
            "model_name",
            "model_version",
            "item_kind",
            "filters",
            "items",
            "name",
            "reason",
            "decided_by",
            "decided_by_name",
            "decided_date",
            "item_count",
            "document",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("decided_by", "item_count", "document")
        instead: Mapping[str, str] = {
            "decided_by": "Who freezes a ranking is who decided by it.",
            "document": "It is made of the ranking as it stands.",
        }


class ScorecardLineSerializer(ScorecardSerializer):
    """A scorecard as the list shows it: without `document`, which each has at its own address."""

    class Meta(ScorecardSerializer.Meta):
        fields = tuple(name for name in ScorecardSerializer.Meta.fields if name != "document")  # type: ignore[assignment]
        read_only_fields = ("decided_by", "item_count")  # type: ignore[assignment]


class InputChangeSerializer(serializers.Serializer[Any]):
    """An input that is another by now; who changed it last is empty for facts."""

    name = serializers.CharField(source="label")
    then = serializers.CharField()
    now = serializers.CharField()
    who = serializers.CharField()
    when = serializers.DateTimeField(allow_null=True)


class ComparedSerializer(serializers.Serializer[Any]):
    """An item then and now."""

    item = serializers.IntegerField(source="id")
    name = serializers.CharField()
    name_now = serializers.CharField(help_text="Empty where it is not to be seen any more.")
    state = serializers.ChoiceField(["kept", "added", "gone"])
    rank_then = serializers.IntegerField(allow_null=True)
    rank_now = serializers.IntegerField(allow_null=True)
    score_then = serializers.FloatField(allow_null=True)
    score_now = serializers.FloatField(allow_null=True)
    changes = InputChangeSerializer(many=True)
    why = serializers.CharField(help_text="Where an item went that is gone.")


class ScorecardComparisonSerializer(serializers.Serializer[Any]):
    """A frozen ranking beside today's."""

    as_of = serializers.DateTimeField()
    is_same = serializers.BooleanField()
    model_changes = serializers.ListField(child=serializers.CharField())
    items = ComparedSerializer(many=True, source="rows")


class RerunDifferenceSerializer(serializers.Serializer[Any]):
    """A figure that comes out otherwise, to its last digit."""

    item = serializers.CharField()
    figure = serializers.CharField(source="what")
    then = serializers.CharField()
    now = serializers.CharField()


class RerunSerializer(serializers.Serializer[Any]):
    """A frozen ranking counted again from its document alone."""

    items = serializers.IntegerField(help_text="How many were counted.")
    is_same = serializers.BooleanField(help_text="To the last digit.")
    differences = RerunDifferenceSerializer(many=True)


class ScorecardViewSet(TenantViewSet):
    """Rankings that were decided by, as they stood. They are made and read; nothing changes or removes them."""

    queryset = Scorecard.objects.all()
    serializer_class = ScorecardSerializer
    filterset_class = ScorecardFilter
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": ()}

    def get_serializer_class(self) -> Any:
        return ScorecardLineSerializer if self.action == "list" else ScorecardSerializer

    def http_method_not_allowed(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        raise NeverChanged("A scorecard is never changed or removed. Freeze another; both are kept.")

    @extend_schema(parameters=[IDEMPOTENCY_KEY])
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Freeze a ranking as it stands now: all candidates of a kind, those that filters let through, or some."""
        values = self.body()
        selection = take_selection(values)
        card = services.freeze_scorecard(
            actor=self.actor, kind=values.pop("item_kind"), selection=selection, day=timezone.localdate(), **values
        )
        return self.answer(card, status.HTTP_201_CREATED)

    @extend_schema(responses=ScorecardComparisonSerializer)
    @action(detail=True, methods=["get"], filter_backends=(), pagination_class=None)
    def comparison(self, request: Request, pk: int) -> Response:
        """Ranks then and now, the inputs that changed since and by whom, and how the model counts otherwise."""
        found: Comparison = compared(self.card(), self.actor, timezone.localdate())
        return Response(self.shown(ScorecardComparisonSerializer(found).data))

    @extend_schema(responses=RerunSerializer)
    @action(detail=True, methods=["get"], filter_backends=(), pagination_class=None)
    def rerun(self, request: Request, pk: int) -> Response:
        """Count the ranking again from its document alone, and name each figure that comes out otherwise."""
        return Response(self.shown(RerunSerializer(rerun(self.card().document)).data))

    def card(self) -> Scorecard:
        """The scorecard of the address, with its model."""
        row: Scorecard | None = (
            self.get_queryset().select_related("model__organization").filter(pk=self.kwargs["pk"]).first()
        )
        if row is None:
            raise Http404
        return row
