"""Runs of rank stability over REST."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import IDEMPOTENCY_KEY, TenantViewSet
from core.serializers import RowSerializer, VisibleRelatedField, name_of
from scoring import services
from scoring.api.base import item_ids, item_kind, narrowing, take_selection
from scoring.filters import StabilityRunFilter
from scoring.models import ScoringModel, ScoringSession, StabilityRun
from scoring.services.stability import FEWEST_SAMPLES, MOST_SAMPLES

MOST_TOP, MOST_SEED = 100_000, 2**31 - 1


class StabilityRunSerializer(RowSerializer):
    """How firm a ranking is. `result` is null until its job is done."""

    model = VisibleRelatedField(queryset=ScoringModel.objects.all())
    model_name = name_of("model.name")
    model_version = serializers.IntegerField(source="model_version.number", read_only=True)
    item_kind = item_kind()
    filters = narrowing()
    items = item_ids()
    top_count = serializers.IntegerField(min_value=1, max_value=MOST_TOP, help_text="How many fit.")
    samples = serializers.IntegerField(default=1_000, min_value=FEWEST_SAMPLES, max_value=MOST_SAMPLES)
    spread_ratio = serializers.DecimalField(
        5, 4, default=Decimal("0.2"), min_value=0, max_value=1,
        help_text="By how much weights are varied, or the values of a model without weights.",
    )  # fmt: skip
    session = VisibleRelatedField(
        queryset=ScoringSession.objects.all(), required=False, allow_null=True, help_text="Its raters are drawn too."
    )
    seed = serializers.IntegerField(default=1, min_value=0, max_value=MOST_SEED, help_text="The same draws the same.")
    job_status = name_of("job.status")
    requested_by_name = name_of("requested_by.name")

    class Meta:
        model = StabilityRun
        fields = (
            "id",
            "version",
            "model",
            "model_name",
            "model_version",
            "item_kind",
            "filters",
            "items",
            "selection",
            "top_count",
            "samples",
            "spread_ratio",
            "session",
            "seed",
            "job",
            "job_status",
            "requested_by",
            "requested_by_name",
            "computed_at",
            "result",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("selection", "job", "requested_by", "computed_at", "result")
        instead: Mapping[str, str] = {"selection": "Send filters, or the ids of items."}


class StabilityRunLineSerializer(StabilityRunSerializer):
    """A run as the list shows it: without `result`, which each has at its own address."""

    class Meta(StabilityRunSerializer.Meta):
        fields = tuple(name for name in StabilityRunSerializer.Meta.fields if name != "result")  # type: ignore[assignment]
        read_only_fields = ("selection", "job", "requested_by", "computed_at")  # type: ignore[assignment]


class StabilityRunViewSet(TenantViewSet):
    """Which items fit whatever is drawn, and on which weight the order of the others hangs. A worker draws; follow its
    job."""

    queryset = StabilityRun.objects.all()
    serializer_class = StabilityRunSerializer
    filterset_class = StabilityRunFilter
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": ()}

    def get_serializer_class(self) -> Any:
        return StabilityRunLineSerializer if self.action == "list" else StabilityRunSerializer

    @extend_schema(parameters=[IDEMPOTENCY_KEY], responses={202: StabilityRunSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ask how firm a ranking is. Answers at once; `job` says how far it is."""
        values = self.body()
        selection = take_selection(values)
        row = services.run_stability(
            actor=self.actor, kind=values.pop("item_kind"), selection=selection, day=timezone.localdate(), **values
        )
        return self.answer(row, status.HTTP_202_ACCEPTED)
