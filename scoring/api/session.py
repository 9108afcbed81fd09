"""Scoring sessions over REST: led, voted in, revealed and adopted. What is blind in pages is blind here."""

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import IDEMPOTENCY_KEY, IF_MATCH, RecordViewSet
from core.middleware import request_id
from core.serializers import RowSerializer, StrictSerializer, name_of
from scoring import services
from scoring.filters.sessions import SessionFilter
from scoring.models import ScoringSession
from scoring.services.session_things import MOST_ITEMS


class ScoringSessionSerializer(RowSerializer):
    """A session of scoring by several people. Its items, raters and votes have addresses of their own."""

    model_name = name_of("model.name")
    facilitator_name = name_of("facilitator.name")

    class Meta:
        model = ScoringSession
        fields = (
            "id",
            "version",
            "model",
            "model_name",
            "name",
            "facilitator",
            "facilitator_name",
            "status",
            "round_number",
            "closes_date",
            "adopted_at",
            "external_key",
            "archived_at",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("status", "round_number", "adopted_at", "archived_at")
        extra_kwargs: Mapping[str, Any] = {"facilitator": {"required": False}}
        create_only = ("model",)
        instead: Mapping[str, str] = {
            "model": "A session stays with its model.",
            "status": "POST to reveal/, next-round/, close/ or reopen/ moves it on.",
            "round_number": "POST to next-round/ begins another.",
            "adopted_at": "POST to adopt/ makes the medians scores.",
            "archived_at": "DELETE archives, POST to restore/ brings back.",
        }


class AdoptSerializer(StrictSerializer):
    """Whose medians become scores."""

    items = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, allow_empty=False, max_length=MOST_ITEMS,
        help_text="Ids of the session's items; left out, all of them.",
    )  # fmt: skip


class AdoptedSerializer(StrictSerializer):
    """What adopting did."""

    adopted = serializers.IntegerField(help_text="So many scores are others than before.")
    request_id = serializers.CharField(allow_blank=True, help_text="POST it to undo-adopt/ to take them back.")


class UndoAdoptSerializer(StrictSerializer):
    """Which adopting is taken back."""

    request_id = serializers.CharField(max_length=64)


class UndoneSerializer(StrictSerializer):
    """What taking back did."""

    undone = serializers.IntegerField()


class FinishSerializer(StrictSerializer):
    """Whether the caller is finished with the round."""

    is_finished = serializers.BooleanField(default=True)


class ScoringSessionViewSet(RecordViewSet):
    """Many voices: raters score blind, the facilitator reveals, and the medians are adopted."""

    queryset = ScoringSession.objects.all()
    serializer_class = ScoringSessionSerializer
    filterset_class = SessionFilter
    services = services
    noun = "scoring_session"
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": ()}

    @extend_schema(request=None, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def reveal(self, request: Request, pk: int) -> Response:
        """Show every vote of the round to everybody."""
        return self.change("reveal")

    @extend_schema(request=None, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"], url_path="next-round")
    def next_round(self, request: Request, pk: int) -> Response:
        """Begin another round, blind again; everybody begins with the own votes."""
        return self.change("next_round")

    @extend_schema(request=None, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: int) -> Response:
        """End a session whose votes are revealed."""
        return self.change("close")

    @extend_schema(request=None, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: int) -> Response:
        """Take the closing back."""
        return self.change("reopen")

    @extend_schema(request=AdoptSerializer, responses={200: AdoptedSerializer}, parameters=[IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def adopt(self, request: Request, pk: int) -> Response:
        """Make the medians of all items, or of some, their scores. The lower of two middle levels, else their mean."""
        items = self.body(AdoptSerializer).get("items")
        count = services.adopt_session(actor=self.actor, session=self.get_object(), item_ids=items)
        trace = request_id()
        return Response({"adopted": count, "request_id": trace})

    @extend_schema(request=UndoAdoptSerializer, responses={200: UndoneSerializer}, parameters=[IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"], url_path="undo-adopt")
    def undo_adopt(self, request: Request, pk: int) -> Response:
        """Take back what the caller adopted in one request."""
        trace = self.body(UndoAdoptSerializer)["request_id"]
        count = services.undo_adoption(actor=self.actor, session=self.get_object(), request_id=trace)
        return Response({"undone": count})

    @extend_schema(request=FinishSerializer, parameters=[IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def finish(self, request: Request, pk: int) -> Response:
        """Say that the caller is finished with the round, or take that back."""
        told = self.body(FinishSerializer)["is_finished"]
        session = self.get_object()
        services.finish_session_round(actor=self.actor, session=session, is_finished=told)
        return self.answer(session)

    @extend_schema(request=None, parameters=[IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, pk: int) -> Response:
        """Leave the session; the caller's votes are kept."""
        session = self.get_object()
        services.leave_session(actor=self.actor, session=session)
        return self.answer(session)
