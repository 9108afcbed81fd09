"""Themes over REST: with what stands behind each, and the acts by which people name, merge, split and fill them."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import IDEMPOTENCY_KEY, IF_MATCH, TenantViewSet, expected_version
from core.serializers import RowSerializer, StrictSerializer, VisibleRelatedField, name_of
from events.models import JobStatus
from feedback import services
from feedback.filters import ThemeFilter
from feedback.models import FeedbackItem, Regrouping, RegroupingKind, Theme
from feedback.selectors.themes import Facts, facts_of_one
from feedback.services.themes import MOST_ITEMS, MOST_MERGED

FOLLOWS = "It is counted from the items."


class ThemeSerializer(RowSerializer):
    """Items about the same, and what stands behind them; each account is counted once."""

    merged_into_name = name_of("merged_into.name")
    item_count = serializers.IntegerField(read_only=True, allow_null=True)
    untriaged_count = serializers.IntegerField(read_only=True, allow_null=True)
    negative_count = serializers.IntegerField(read_only=True, allow_null=True)
    sentiment_mean = serializers.FloatField(read_only=True, allow_null=True, help_text="From -1 to 1.")
    last_said_at = serializers.DateTimeField(read_only=True, allow_null=True)
    account_count = serializers.IntegerField(read_only=True, allow_null=True)
    arr_reporting_amount = serializers.DecimalField(
        read_only=True, allow_null=True, max_digits=26, decimal_places=10,
        help_text="What the accounts behind it pay in a year, in the organization's currency.",
    )  # fmt: skip

    class Meta:
        model = Theme
        fields = (
            "id", "version", "name", "is_named_by_person", "is_pinned", "words", "merged_into", "merged_into_name",
            "item_count", "untriaged_count", "negative_count", "sentiment_mean", "last_said_at", "account_count",
            "arr_reporting_amount", "archived_at", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = ("archived_at",)
        instead: Mapping[str, str] = {
            "archived_at": "POST to dissolve/ or merge/ ends a theme, undo/ brings it back.",
            "merged_into": "POST to merge/.",
            **dict.fromkeys(("item_count", "untriaged_count", "negative_count", "sentiment_mean"), FOLLOWS),
        }


class ThemesMergedSerializer(StrictSerializer):
    """Which themes go into this one, and what it is called then."""

    themes = serializers.ListField(
        child=VisibleRelatedField(queryset=Theme.objects.all()), allow_empty=False, max_length=MOST_MERGED
    )
    name = serializers.CharField(required=False, allow_blank=True, max_length=120)


class ThemeSplitSerializer(StrictSerializer):
    """Which items become a theme of their own, and what it is called."""

    items = serializers.ListField(
        child=VisibleRelatedField(queryset=FeedbackItem.objects.all()), allow_empty=False, max_length=MOST_ITEMS
    )
    name = serializers.CharField(
        required=False, allow_blank=True, max_length=120, help_text="By default what its items say."
    )


class ThemeGivenSerializer(StrictSerializer):
    """Which items are of a theme, or of none; no clustering moves them any more."""

    items = serializers.ListField(
        child=VisibleRelatedField(queryset=FeedbackItem.objects.all()), allow_empty=False, max_length=MOST_ITEMS
    )
    theme = VisibleRelatedField(queryset=Theme.objects.all(), allow_null=True)


class RegroupingSerializer(serializers.ModelSerializer):
    """What an act did; its id, sent to undo/, takes it back."""

    kind = serializers.ChoiceField(RegroupingKind.choices, read_only=True)

    class Meta:
        model = Regrouping
        fields = ("id", "kind", "theme", "item_count", "made", "undone_at", "created_at")


class UndoRegroupingSerializer(StrictSerializer):
    """Which act is taken back."""

    regrouping = VisibleRelatedField(queryset=Regrouping.objects.all())


class RegroupingUndoneSerializer(StrictSerializer):
    """What taking back did."""

    undone = serializers.IntegerField(help_text="So many items are where they were.")
    left = serializers.IntegerField(help_text="These have been moved again since; they stay.")


class ReclusterSerializer(StrictSerializer):
    """The job that finds themes anew: /api/v1/jobs/<id>/ tells how far it is."""

    job = serializers.IntegerField()
    status = serializers.ChoiceField(JobStatus.choices)


class ThemeWeekSerializer(StrictSerializer):
    """What was said of a theme in a week."""

    monday = serializers.DateField()
    item_count = serializers.IntegerField()
    negative_count = serializers.IntegerField()
    sentiment_mean = serializers.FloatField(allow_null=True)


class BetweenSerializer(StrictSerializer):
    """The interval in which the true value lies with 95 %."""

    low = serializers.FloatField()
    high = serializers.FloatField()


class ThemeFactsSerializer(StrictSerializer):
    """What stands behind a theme, with intervals and its last twelve weeks."""

    item_count = serializers.IntegerField()
    untriaged_count = serializers.IntegerField()
    negative_ratio = serializers.FloatField(allow_null=True)
    negative_interval = BetweenSerializer(allow_null=True)
    sentiment_mean = serializers.FloatField(allow_null=True)
    sentiment_interval = BetweenSerializer(allow_null=True)
    first_said_at = serializers.DateTimeField(allow_null=True)
    last_said_at = serializers.DateTimeField(allow_null=True)
    account_count = serializers.IntegerField()
    arr_reporting_amount = serializers.DecimalField(max_digits=26, decimal_places=10)
    last_4_weeks_count = serializers.IntegerField()
    before_4_weeks_count = serializers.IntegerField()
    products = serializers.DictField(child=serializers.IntegerField(), help_text="Items by the id of their product.")
    weeks = ThemeWeekSerializer(many=True)


def told(facts: Facts) -> dict[str, Any]:
    """Facts as the API names them."""
    return {
        "item_count": facts.item_count,
        "untriaged_count": facts.untriaged_count,
        "negative_ratio": facts.negative_ratio,
        "negative_interval": facts.negative_interval,
        "sentiment_mean": facts.mean,
        "sentiment_interval": facts.mean_interval,
        "first_said_at": facts.first_said_at,
        "last_said_at": facts.last_said_at,
        "account_count": facts.account_count,
        "arr_reporting_amount": facts.arr,
        "last_4_weeks_count": facts.recent,
        "before_4_weeks_count": facts.earlier,
        "products": {str(pk): count for pk, count in facts.products},
        "weeks": [
            {"monday": w.monday, "item_count": w.count, "negative_count": w.negative, "sentiment_mean": w.mean}
            for w in facts.weeks
        ],
    }


class ThemeViewSet(TenantViewSet):
    """Themes of what customers say. Machines find them; people name, merge and split them, and that holds."""

    queryset = Theme.objects.with_facts()
    serializer_class = ThemeSerializer
    filterset_class = ThemeFilter
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": ()}

    def get_object(self) -> Theme:
        return get_object_or_404(Theme.objects.visible_to(self.request.user), pk=self.kwargs["pk"])

    @extend_schema(parameters=[IF_MATCH])
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Name a theme, or pin it."""
        values = self.body(partial=True)
        version = expected_version(request)
        return self.answer(
            services.update_theme(actor=self.actor, theme=self.get_object(), expected_version=version, **values)
        )

    @extend_schema(responses=ThemeFactsSerializer)
    @action(detail=True, methods=["get"], filter_backends=(), pagination_class=None)
    def facts(self, request: Request, pk: int) -> Response:
        """What stands behind a theme: shares and means with their intervals, and its last twelve weeks."""
        return Response(ThemeFactsSerializer(told(facts_of_one(self.get_object()))).data)

    @extend_schema(request=ThemesMergedSerializer, responses=RegroupingSerializer, parameters=[IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: int) -> Response:
        """Let other themes go into this one."""
        body = self.body(ThemesMergedSerializer)
        act = services.merge_themes(actor=self.actor, organization=self.organization, into=self.get_object(), **body)
        return Response(RegroupingSerializer(act).data)

    @extend_schema(request=ThemeSplitSerializer, responses=RegroupingSerializer, parameters=[IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def split(self, request: Request, pk: int) -> Response:
        """Make a theme of its own of some items."""
        act = services.split_theme(actor=self.actor, theme=self.get_object(), **self.body(ThemeSplitSerializer))
        return Response(RegroupingSerializer(act).data)

    @extend_schema(request=None, responses=RegroupingSerializer, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def dissolve(self, request: Request, pk: int) -> Response:
        """Archive a theme; its items are of none until themes are found anew."""
        version = expected_version(request)
        act = services.dissolve_theme(actor=self.actor, theme=self.get_object(), expected_version=version)
        return Response(RegroupingSerializer(act).data)

    @extend_schema(request=ThemeGivenSerializer, responses=RegroupingSerializer, parameters=[IDEMPOTENCY_KEY])
    @action(detail=False, methods=["post"], filter_backends=(), pagination_class=None)
    def assign(self, request: Request) -> Response:
        """Say of which theme items are, or that they are of none."""
        act = services.give_theme(actor=self.actor, organization=self.organization, **self.body(ThemeGivenSerializer))
        return Response(RegroupingSerializer(act).data)

    @extend_schema(request=UndoRegroupingSerializer, responses=RegroupingUndoneSerializer, parameters=[IDEMPOTENCY_KEY])
    @action(detail=False, methods=["post"], filter_backends=(), pagination_class=None)
    def undo(self, request: Request) -> Response:
        """Take back a merge, a split, an assignment or a clustering; what was moved again since stays."""
        undone, left = services.undo_regrouping(actor=self.actor, **self.body(UndoRegroupingSerializer))
        return Response({"undone": undone, "left": left})

    @extend_schema(request=None, responses={202: ReclusterSerializer}, parameters=[IDEMPOTENCY_KEY])
    @action(detail=False, methods=["post"], filter_backends=(), pagination_class=None)
    def recluster(self, request: Request) -> Response:
        """Have themes found anew in all that was said, by a worker."""
        job = services.start_clustering(actor=self.actor, organization=self.organization)
        return Response({"job": job.pk, "status": job.status}, status=status.HTTP_202_ACCEPTED)
