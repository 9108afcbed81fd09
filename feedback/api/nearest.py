"""Items nearest in meaning to another, over REST."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import TenantViewSet
from core.serializers import StrictSerializer
from feedback.api.item import FeedbackItemSerializer
from feedback.models import FeedbackItem
from feedback.selectors.nearest import nearest


class NearItemSerializer(FeedbackItemSerializer):
    """An item that may say the same as another."""

    likeness = serializers.FloatField(
        read_only=True, help_text="To the item that was asked for, by meaning and by words, to 1."
    )

    class Meta(FeedbackItemSerializer.Meta):
        fields = (*FeedbackItemSerializer.Meta.fields, "likeness")  # type: ignore[assignment]


class NearestItemsSerializer(serializers.Serializer[Any]):
    """The items most like another; fewer or none where nothing is alike."""

    results = NearItemSerializer(many=True)


class NearestAskedSerializer(StrictSerializer):
    """How many are asked for."""

    most = serializers.IntegerField(min_value=1, max_value=50, default=5, help_text="So many at most.")


class NearestItemsView(TenantViewSet):
    """What may say the same as an item."""

    queryset = FeedbackItem.objects.all()
    serializer_class = FeedbackItemSerializer

    @extend_schema(
        operation_id="feedback_items_nearest", parameters=[NearestAskedSerializer], responses=NearestItemsSerializer
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Live items nearest to an item in meaning and words, which are no duplicates, the likeliest first."""
        asked = NearestAskedSerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        found = nearest(self.actor, self.get_object(), most=asked.validated_data["most"])
        plan: Any = FeedbackItemSerializer.plan()
        rows = self.get_queryset().filter(pk__in=[near.item.pk for near in found]).values_list(*plan.columns)
        told = {row["id"]: row for row in plan.rows(rows)}
        results = [{**told[near.item.pk], "likeness": round(near.score, 4)} for near in found if near.item.pk in told]
        return Response({"results": results})
