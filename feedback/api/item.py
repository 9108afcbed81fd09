"""Items of feedback over REST: sent one by one or a thousand at once, triaged, labeled, merged."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import require
from core.api import IDEMPOTENCY_KEY, IF_MATCH, RecordViewSet, expected_version
from core.middleware import request_id
from core.serializers import RowSerializer, StrictSerializer, VisibleRelatedField, name_of
from core.tenancy import global_url
from feedback import services
from feedback.algorithms.texts import without_unreadable
from feedback.api.insights_path import PathSerializer, told_path
from feedback.api.reply import AnswerAddressesSerializer, AnswerSerializer, FeedbackReplySerializer, told_reply
from feedback.filters import ItemFilter
from feedback.models import (
    LABELS,
    Analysis,
    Channel,
    FeedbackItem,
    FeedbackKind,
    ItemStatus,
    Sentiment,
    Urgency,
)
from feedback.selectors.path import path_of
from feedback.selectors.replies import answer_addresses
from feedback.services.intake import MOST_ITEMS
from feedback.services.triage import MOST_AT_ONCE

OF_LABELS = "POST to labels/ says what a label is; the analyser gives the others."
#: Channels that a caller may speak for; the others are our own.
CHANNELS = (Channel.API, Channel.WEBHOOK)


class SaidField(serializers.CharField):
    """Words of anybody, as programs send them: characters that no database stores are left out, and stop no batch."""

    def to_internal_value(self, data: Any) -> str:
        return without_unreadable(super().to_internal_value(data))


class FeedbackItemSerializer(RowSerializer):
    """What a customer said, who said it, and the labels it goes by."""

    title = SaidField(required=False, allow_blank=True, max_length=300)
    text = SaidField(trim_whitespace=False, help_text="At most 1,000,000 characters.")
    author_name = SaidField(required=False, allow_blank=True, max_length=200)
    author_role = SaidField(required=False, allow_blank=True, max_length=100, help_text="Such as warehouse lead.")
    account_name = name_of("account.name")
    product_name = name_of("product.name")
    owner_name = name_of("owner.name")
    theme_name = name_of("theme.name")
    sentiment = serializers.ChoiceField(Sentiment.choices, read_only=True, allow_blank=True)
    kind = serializers.ChoiceField(FeedbackKind.choices, read_only=True, allow_blank=True)
    urgency = serializers.ChoiceField(Urgency.choices, read_only=True, allow_blank=True)

    class Meta:
        model = FeedbackItem
        fields = (
            "id",
            "version",
            "channel",
            "title",
            "text",
            "author_name",
            "author_email",
            "author_role",
            "account",
            "account_name",
            "product",
            "product_name",
            "theme",
            "theme_name",
            "rating",
            "source_url",
            "said_at",
            "status",
            "owner",
            "owner_name",
            "duplicate_of",
            "masked_count",
            "language",
            "sentiment",
            "sentiment_score",
            "kind",
            "urgency",
            "labels_by_person",
            "analysis_state",
            "analysis_failure",
            "external_key",
            "archived_at",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("archived_at",)
        create_only = ("channel", "text", "title", "language", "product", "said_at")
        extra_kwargs: Mapping[str, Any] = {
            "channel": {"required": False, "default": Channel.API},
            "said_at": {"required": False, "help_text": "When the customer said it; by default now."},
        }
        instead: Mapping[str, str] = {
            "archived_at": "DELETE archives, POST to restore/ brings back.",
            "status": "POST to triage/ sets the status of one or many.",
            "duplicate_of": "POST to merge/ says of which item this is a duplicate.",
            "text": "What was said stays as it was said.",
            "product": OF_LABELS,
            "theme": "POST to feedback-themes/assign/ says of which theme items are.",
            "language": OF_LABELS,
            "sentiment": OF_LABELS,
            "kind": OF_LABELS,
            "urgency": OF_LABELS,
        }

    def validate_channel(self, channel: str) -> str:
        if channel not in CHANNELS:
            sentence = f"A caller speaks for {' or '.join(CHANNELS)}; what comes through the others is ours to store."
            raise serializers.ValidationError(sentence)
        return channel


class IncomingSerializer(FeedbackItemSerializer):
    """A text to store."""

    class Meta(FeedbackItemSerializer.Meta):
        fields = (  # type: ignore[assignment]
            "external_key", "title", "text", "author_name", "author_email", "author_role", "account", "product",
            "rating", "language", "source_url", "said_at",
        )  # fmt: skip
        read_only_fields = ()  # type: ignore[assignment]


class IncomingBulkSerializer(StrictSerializer):
    """Many texts at once: all of them are stored, or none."""

    channel = serializers.ChoiceField([(one.value, one.label) for one in CHANNELS], default=Channel.API.value)
    items = serializers.ListField(
        child=IncomingSerializer(), allow_empty=False, max_length=MOST_ITEMS, help_text=f"1 to {MOST_ITEMS} texts."
    )


class IncomingResultSerializer(StrictSerializer):
    """What became of a text."""

    row = serializers.IntegerField(help_text="Its place in the body, from 0.")
    result = serializers.ChoiceField(["received", "known"], help_text="Known: it came through this channel before.")
    id = serializers.IntegerField()


class IncomingResultsSerializer(StrictSerializer):
    """What became of each text, in their order."""

    results = IncomingResultSerializer(many=True)


class TriageSerializer(StrictSerializer, serializers.ModelSerializer):
    """What items become: the fields that are sent are set, for all of them or none."""

    serializer_related_field = VisibleRelatedField
    items = serializers.ListField(
        child=VisibleRelatedField(queryset=FeedbackItem.objects.all()), allow_empty=False, max_length=MOST_AT_ONCE
    )
    status = serializers.ChoiceField(ItemStatus.choices, required=False)

    class Meta:
        model = FeedbackItem
        fields = ("items", "status", "owner", "account", "product")


class TriagedSerializer(StrictSerializer):
    """What triage did."""

    changed = serializers.IntegerField(help_text="So many are other than they were.")
    request_id = serializers.CharField(allow_blank=True, help_text="POST it to undo-triage/ to take it back.")


class UndoTriageSerializer(StrictSerializer):
    """Which triage is taken back."""

    request_id = serializers.CharField(max_length=64)


class TriageUndoneSerializer(StrictSerializer):
    """What taking back did."""

    undone = serializers.IntegerField()
    left = serializers.IntegerField(help_text="Somebody has changed these since; they stay as they are.")


class LabelsSerializer(StrictSerializer, serializers.ModelSerializer):
    """What labels are; those that are sent, no analysis changes any more."""

    serializer_related_field = VisibleRelatedField
    is_blind = serializers.BooleanField(default=False, help_text="The caller did not see what the analyser says.")

    class Meta:
        model = FeedbackItem
        fields = (*LABELS, "is_blind")


class ReleaseLabelsSerializer(StrictSerializer):
    """Labels that the analyser gives again."""

    labels = serializers.ListField(child=serializers.ChoiceField(LABELS), allow_empty=False, max_length=len(LABELS))


class MergeSerializer(StrictSerializer):
    """The item that said it first."""

    into = VisibleRelatedField(queryset=FeedbackItem.objects.all())


class AnalysisSerializer(serializers.ModelSerializer):
    """What the analyser found in an item."""

    class Meta:
        model = Analysis
        fields = (
            "analyzer", "analyzer_version", "analyzed_at", "language", "language_ratio", "sentiment", "sentiment_score",
            "sentiment_ratio", "words", "kind", "kind_ratio", "urgency", "urgency_reasons", "personal", "product",
            "product_ratio",
        )  # fmt: skip


class ReanalyzeSerializer(StrictSerializer):
    """Which items are analyzed anew."""

    everything = serializers.BooleanField(
        default=False, help_text="All of them; else those that another version of the analyser read, or failed to."
    )


class WaitingSerializer(StrictSerializer):
    """How many items wait because of it."""

    waiting = serializers.IntegerField()


class FeedbackItemViewSet(RecordViewSet):
    """Customer feedback from any channel; unique by channel and external id. `bulk/` takes up to 1,000 at once."""

    queryset = FeedbackItem.objects.all()
    serializer_class = FeedbackItemSerializer
    filterset_class = ItemFilter
    services = services
    noun = "item"
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": (), "said_at": ("said_at",)}

    @extend_schema(request=IncomingBulkSerializer, responses=IncomingResultsSerializer, parameters=[IDEMPOTENCY_KEY])
    @action(detail=False, methods=["post"], filter_backends=(), pagination_class=None)
    def bulk(self, request: Request) -> Response:
        """Store up to 1,000 texts: all of them, or none. What came through the channel before is not stored anew."""
        body = self.body(IncomingBulkSerializer)
        rows = [services.Incoming(**row) for row in body["items"]]
        try:
            found = services.receive_items(
                actor=self.actor, organization=self.organization, channel=body["channel"], rows=rows
            )
        except services.IncomingErrors as wrong:
            errors = {str(n): {name: [text] for name, text in row.items()} for n, row in wrong.rows.items()}
            raise serializers.ValidationError({"items": errors}) from wrong
        results = [{"row": n, "result": one.what, "id": one.item.pk} for n, one in enumerate(found)]
        return Response({"results": results})

    @extend_schema(request=TriageSerializer, responses=TriagedSerializer, parameters=[IDEMPOTENCY_KEY])
    @action(detail=False, methods=["post"], filter_backends=(), pagination_class=None)
    def triage(self, request: Request) -> Response:
        """Set the status, owner, account or product of up to 500 items."""
        body = self.body(TriageSerializer)
        changed = services.triage_items(actor=self.actor, organization=self.organization, **body)
        return Response({"changed": changed, "request_id": request_id()})

    @extend_schema(request=UndoTriageSerializer, responses=TriageUndoneSerializer, parameters=[IDEMPOTENCY_KEY])
    @action(detail=False, methods=["post"], url_path="undo-triage", filter_backends=(), pagination_class=None)
    def undo_triage(self, request: Request) -> Response:
        """Take back what the caller triaged in one request."""
        undone, left = services.undo_triage(
            actor=self.actor, organization=self.organization, **self.body(UndoTriageSerializer)
        )
        return Response({"undone": undone, "left": left})

    @extend_schema(request=ReanalyzeSerializer, responses=WaitingSerializer, parameters=[IDEMPOTENCY_KEY])
    @action(detail=False, methods=["post"], filter_backends=(), pagination_class=None)
    def reanalyze(self, request: Request) -> Response:
        """Have items analyzed anew; asked for again, what waits goes on waiting."""
        body = self.body(ReanalyzeSerializer)
        return Response({"waiting": services.reanalyze(actor=self.actor, organization=self.organization, **body)})

    @extend_schema(request=LabelsSerializer, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def labels(self, request: Request, pk: int) -> Response:
        """Say what labels of an item are."""
        values = self.body(LabelsSerializer, partial=True)
        row = services.correct_labels(
            actor=self.actor,
            item=self.get_object(),
            is_blind=values.pop("is_blind", False),
            values=values,
            expected_version=expected_version(request),
        )
        return self.answer(row)

    @extend_schema(request=ReleaseLabelsSerializer, parameters=[IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"], url_path="release-labels")
    def release_labels(self, request: Request, pk: int) -> Response:
        """Let the analyser say again what labels are."""
        body = self.body(ReleaseLabelsSerializer)
        return self.answer(services.release_labels(actor=self.actor, item=self.get_object(), **body))

    @extend_schema(request=MergeSerializer, parameters=[IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: int) -> Response:
        """Say that an item says again what another said. `undo-triage/` takes it back."""
        body = self.body(MergeSerializer)
        return self.answer(services.merge_duplicate(actor=self.actor, item=self.get_object(), **body))

    @extend_schema(request=AnswerSerializer, responses={201: FeedbackReplySerializer}, parameters=[IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def reply(self, request: Request, pk: int) -> Response:
        """Answer the author of an item by mail; `feedback-replies/` tells what became of it."""
        made = services.reply_to_item(actor=self.actor, item=self.get_object(), **self.body(AnswerSerializer))
        place = global_url("api:feedback-reply-detail", pk=made.pk)
        return Response(told_reply(made), status=status.HTTP_201_CREATED, headers={"Location": place})

    @extend_schema(responses=AnswerAddressesSerializer)
    @reply.mapping.get
    def reply_addresses(self, request: Request, pk: int) -> Response:
        """To whom a reply would go, and where their answer may go."""
        row = self.get_object()
        require(self.actor, "feedback.triage", self.organization)
        return Response({"to": row.author_email, "reply_to": answer_addresses(self.actor, row)})

    @extend_schema(responses=AnalysisSerializer)
    @action(detail=True, methods=["get"])
    def analysis(self, request: Request, pk: int) -> Response:
        """What the analyser found: confidences, the words that decided, personal data. 404 while it waits."""
        return Response(AnalysisSerializer(get_object_or_404(Analysis, item=self.get_object())).data)

    @extend_schema(responses=PathSerializer)
    @action(detail=True, methods=["get"])
    def path(self, request: Request, pk: int) -> Response:
        """Where an item leads: its theme, linked work and what it costs, releases since, and what changed with them."""
        return Response(PathSerializer(told_path(path_of(self.actor, self.get_object()))).data)

    @extend_schema(request=None, parameters=[IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"], url_path="retry-analysis")
    def retry_analysis(self, request: Request, pk: int) -> Response:
        """Analyze an item anew, such as one that could not be."""
        row = self.get_object()
        services.retry_analysis(actor=self.actor, item=row)
        return self.answer(row)
