"""Items, raters, votes and results of scoring sessions over REST. What is blind in pages is blind here."""

from typing import Any

from django.contrib.auth import get_user_model
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import IDEMPOTENCY_KEY, ApiView
from core.serializers import StrictSerializer, VisibleRelatedField, decimal_text
from scoring import services
from scoring.models import ItemKind, ScoringSession, SessionRater, SessionStatus, Vote
from scoring.selectors import results_of
from scoring.services.session_people import MOST_RATERS
from scoring.services.session_things import MOST_ITEMS
from scoring.services.vote import MOST_VOTES

VALUE = decimal_text(4)


class OfSession(ApiView):
    """What hangs on a session."""

    def session(self, pk: int) -> ScoringSession:
        rows = ScoringSession.objects.visible_to(self.request.user).select_related("model", "facilitator")
        session: ScoringSession | None = rows.filter(pk=pk).first()
        if session is None:
            raise Http404
        return session

    def body(self, serializer: type[StrictSerializer]) -> dict[str, Any]:
        body = serializer(data=self.request.data, context={"request": self.request})
        body.is_valid(raise_exception=True)
        checked: dict[str, Any] = body.validated_data
        return checked


class VoteSerializer(StrictSerializer):
    """A vote in the present round."""

    rater = serializers.IntegerField(read_only=True)
    rater_name = serializers.CharField(read_only=True)
    item = serializers.IntegerField(min_value=1, help_text="Id among the session's items.")
    criterion = serializers.IntegerField(min_value=1)
    value = serializers.DecimalField(18, 4, allow_null=True, help_text="Null takes the vote back.")
    comment = serializers.CharField(required=False, allow_blank=True, max_length=1_000)


class VotesSerializer(StrictSerializer):
    """Votes of the present round."""

    votes = VoteSerializer(many=True, max_length=MOST_VOTES)  # type: ignore[call-arg]


class SessionVotesView(OfSession):
    """Votes of the present round: the caller's own while it is blind, everybody's once it is revealed."""

    serializer_class = VotesSerializer

    @extend_schema(operation_id="scoring_sessions_votes_list", responses=VotesSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Votes of the present round, the caller's own alone while it is blind."""
        return Response(self._votes(self.session(pk)))

    @extend_schema(operation_id="scoring_sessions_votes_update", request=VotesSerializer, responses=VotesSerializer)
    def put(self, request: Request, pk: int) -> Response:
        """Save votes of the caller, all of them or none; those that are not sent stay."""
        session = self.session(pk)
        ballots = [
            services.Ballot(vote["item"], vote["criterion"], vote["value"], vote.get("comment"))
            for vote in self.body(VotesSerializer)["votes"]
        ]
        services.set_votes(actor=self.actor, session=session, votes=ballots)
        return Response(self._votes(session))

    def _votes(self, session: ScoringSession) -> dict[str, Any]:
        rows = Vote.objects.visible_to(self.request.user).filter(session=session, round_number=session.round_number)
        columns = ("rater_id", "rater__user__name", "item_id", "criterion_id", "value", "comment")
        names = ("rater", "rater_name", "item", "criterion", "value", "comment")
        votes = [dict(zip(names, row, strict=True)) for row in rows.order_by("pk").values_list(*columns)]
        return {"votes": [{**vote, "value": VALUE(vote["value"])} for vote in votes]}


class SessionItemSerializer(StrictSerializer):
    """An item of a session."""

    id = serializers.IntegerField(read_only=True)
    kind = serializers.ChoiceField(choices=ItemKind.choices)
    item = serializers.IntegerField(min_value=1, help_text="Id of the project, program or product.")
    name = serializers.CharField(read_only=True)


class SessionItemsSerializer(StrictSerializer):
    """Items of a session."""

    items = SessionItemSerializer(many=True, max_length=MOST_ITEMS)  # type: ignore[call-arg]


class SessionItemsView(OfSession):
    """What a session scores."""

    serializer_class = SessionItemsSerializer

    @extend_schema(operation_id="scoring_sessions_items_list", responses=SessionItemsSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """The items of a session."""
        return Response(self._items(self.session(pk)))

    @extend_schema(
        operation_id="scoring_sessions_items_add", request=SessionItemsSerializer, responses=SessionItemsSerializer,
        parameters=[IDEMPOTENCY_KEY],
    )  # fmt: skip
    def post(self, request: Request, pk: int) -> Response:
        """Add items; those that are in the session already stay as they are."""
        session = self.session(pk)
        things = [services.Thing(each["kind"], each["item"]) for each in self.body(SessionItemsSerializer)["items"]]
        services.add_session_items(actor=self.actor, session=session, items=things)
        return Response(self._items(session))

    def _items(self, session: ScoringSession) -> dict[str, Any]:
        rows = session.items.select_related("project", "program", "product").order_by("position", "pk")
        items = [
            {"id": row.pk, "kind": row.subject_kind, "item": row.subject.pk, "name": str(row.subject)} for row in rows
        ]
        return {"items": items}


class SessionItemView(OfSession):
    """An item of a session."""

    @extend_schema(operation_id="scoring_sessions_items_remove", responses={204: None})
    def delete(self, request: Request, pk: int, item: int) -> Response:
        """Take out an item that nobody has voted on."""
        session = self.session(pk)
        row = session.items.filter(pk=item).first()
        if row is None:
            raise Http404
        services.remove_session_item(actor=self.actor, session=session, item=row)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SessionRaterSerializer(StrictSerializer):
    """A rater of a session, and whether they are finished with the round."""

    id = serializers.IntegerField()
    user = serializers.IntegerField()
    name = serializers.CharField()
    is_finished = serializers.BooleanField()
    left_at = serializers.DateTimeField(allow_null=True)


class SessionRatersSerializer(StrictSerializer):
    """Raters of a session."""

    raters = SessionRaterSerializer(many=True)


class NewRatersSerializer(StrictSerializer):
    """Members whose votes are asked for."""

    users = VisibleRelatedField(queryset=get_user_model().objects.all(), many=True)

    def validate_users(self, users: list[Any]) -> list[Any]:
        if len(users) > MOST_RATERS:
            raise serializers.ValidationError(f"A session has at most {MOST_RATERS} raters.")
        return users


class SessionRatersView(OfSession):
    """Whose votes are asked for."""

    serializer_class = SessionRatersSerializer

    @extend_schema(operation_id="scoring_sessions_raters_list", responses=SessionRatersSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """The raters of a session, and who is finished."""
        return Response(self._raters(self.session(pk)))

    @extend_schema(
        operation_id="scoring_sessions_raters_add", request=NewRatersSerializer, responses=SessionRatersSerializer,
        parameters=[IDEMPOTENCY_KEY],
    )  # fmt: skip
    def post(self, request: Request, pk: int) -> Response:
        """Ask further members; who is a rater already stays one."""
        session = self.session(pk)
        users = self.body(NewRatersSerializer)["users"]
        services.add_session_raters(actor=self.actor, session=session, users=users)
        return Response(self._raters(session))

    def _raters(self, session: ScoringSession) -> dict[str, Any]:
        rows = session.raters.select_related("user").order_by("user__name", "pk")
        return {"raters": [_rater(row, session) for row in rows]}


def _rater(row: SessionRater, session: ScoringSession) -> dict[str, Any]:
    is_finished = row.finished_round >= session.round_number
    left_at = row.left_at.isoformat() if row.left_at else None
    return {"id": row.pk, "user": row.user_id, "name": str(row.user), "is_finished": is_finished, "left_at": left_at}


class SessionRaterView(OfSession):
    """A rater of a session."""

    @extend_schema(operation_id="scoring_sessions_raters_remove", responses={204: None})
    def delete(self, request: Request, pk: int, rater: int) -> Response:
        """Wait for a rater no longer; the votes given are kept."""
        session, row = self._found(pk, rater)
        services.remove_session_rater(actor=self.actor, session=session, rater=row)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="scoring_sessions_raters_return", request=None, responses=SessionRaterSerializer)
    def post(self, request: Request, pk: int, rater: int) -> Response:
        """Wait for a rater again."""
        session, row = self._found(pk, rater)
        row = services.return_session_rater(actor=self.actor, session=session, rater=row)
        return Response(_rater(row, session))

    def _found(self, pk: int, rater: int) -> tuple[ScoringSession, SessionRater]:
        session = self.session(pk)
        row = session.raters.select_related("user").filter(pk=rater).first()
        if row is None:
            raise Http404
        return session, row


class SpreadSerializer(StrictSerializer):
    """The voices on an item and criterion."""

    item = serializers.IntegerField()
    criterion = serializers.IntegerField()
    votes = serializers.IntegerField()
    median = serializers.DecimalField(18, 4, allow_null=True)
    is_split = serializers.BooleanField()
    disagreement = serializers.FloatField(allow_null=True)


class SpreadsSerializer(StrictSerializer):
    """What a round came to, the most split items first; empty while it is blind."""

    results = SpreadSerializer(many=True)


class SessionResultsView(OfSession):
    """What raters agree on."""

    serializer_class = SpreadsSerializer

    @extend_schema(operation_id="scoring_sessions_results", responses=SpreadsSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Median, spread and disagreement of each item and criterion; none while the round is blind."""
        session = self.session(pk)
        if session.status == SessionStatus.BLIND:
            return Response({"results": []})
        return Response(
            {
                "results": [
                    {
                        "item": result.item.pk,
                        "criterion": spread.criterion.pk,
                        "votes": len(spread.voices),
                        "median": None if spread.median is None else VALUE(spread.median),
                        "is_split": spread.is_split,
                        "disagreement": spread.index,
                    }
                    for result in results_of(session).items
                    for spread in result.spreads
                ]
            }
        )
