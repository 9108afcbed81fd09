"""User stories over REST."""

from collections.abc import Mapping
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import IDEMPOTENCY_KEY, IF_MATCH, RecordViewSet
from core.serializers import RowSerializer, StrictSerializer, VisibleRelatedField, name_of
from feedback import services
from feedback.filters import StoryFilter
from feedback.models import FeedbackItem, StoryEvidence, UserStory
from feedback.selectors.products import portfolio_model
from feedback.services.stories import MOST_ITEMS
from programs.models import Program
from projects.models import Project

MOST_CRITERIA = 30


class UserStorySerializer(RowSerializer):
    """As a role, I want a goal, so that a benefit; with what must hold."""

    product_name = name_of("product.name")
    project_name = name_of("project.name")
    criteria = serializers.ListField(
        child=serializers.CharField(max_length=500), required=False, max_length=MOST_CRITERIA
    )

    class Meta:
        model = UserStory
        fields = (
            "id", "version", "role", "goal", "benefit", "criteria", "size", "size_reason", "origin", "model",
            "prompt_version", "sent_to", "drafting_note", "job", "status", "product", "product_name", "project",
            "project_name", "activity", "external_key", "archived_at", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = ("archived_at",)
        instead: Mapping[str, str] = {
            "archived_at": "DELETE archives, POST to restore/ brings back.",
            "status": "POST to save/, accept/, discard/ or reopen/.",
            "project": "POST to accept/ makes it work.",
            "activity": "POST to accept/ makes it work.",
        }


class DraftSerializer(StrictSerializer):
    """The items that a story is drafted from."""

    items = serializers.ListField(
        child=VisibleRelatedField(queryset=FeedbackItem.objects.all()), allow_empty=False, max_length=MOST_ITEMS
    )


class AcceptSerializer(StrictSerializer):
    """Where a story becomes work: an activity of a project, or a proposed project in a program or portfolio."""

    project = VisibleRelatedField(queryset=Project.objects.all(), required=False)
    program = VisibleRelatedField(queryset=Program.objects.all(), required=False)
    portfolio = VisibleRelatedField(queryset=portfolio_model().objects.all(), required=False)


class EvidenceSerializer(serializers.ModelSerializer):
    """The words of an item that a story rests on."""

    class Meta:
        model = StoryEvidence
        fields = ("item", "quote", "position")


class UserStoryViewSet(RecordViewSet):
    """User stories: drafted by rules from what customers said, edited, accepted as work."""

    queryset = UserStory.objects.all()
    serializer_class = UserStorySerializer
    filterset_class = StoryFilter
    services = services
    noun = "story"
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": ()}

    @extend_schema(request=DraftSerializer, responses={201: UserStorySerializer}, parameters=[IDEMPOTENCY_KEY])
    @action(detail=False, methods=["post"], filter_backends=(), pagination_class=None)
    def draft(self, request: Request) -> Response:
        """Draft a story from items, in their own words; what nobody said stays empty."""
        body = self.body(DraftSerializer)
        row = services.draft_story(actor=self.actor, organization=self.organization, **body)
        return self.answer(row, status.HTTP_201_CREATED)

    @extend_schema(request=None, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def save(self, request: Request, pk: int) -> Response:
        """Keep a draft as a story: a person has looked at it."""
        return self.change("save")

    @extend_schema(request=None, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def redraft(self, request: Request, pk: int) -> Response:
        """Draft a story anew: by the model where one is set up (see the job that is named), else by the rules."""
        return self.change("redraft")

    @extend_schema(request=AcceptSerializer, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: int) -> Response:
        """Make a story work; the items that it rests on are linked to the project."""
        return self.change("accept", AcceptSerializer)

    @extend_schema(request=None, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def discard(self, request: Request, pk: int) -> Response:
        """Say of a draft that it comes to nothing."""
        return self.change("discard")

    @extend_schema(request=None, parameters=[IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: int) -> Response:
        """Make a discarded story a draft again."""
        return self.answer(services.reopen_story(actor=self.actor, story=self.get_object()))

    @extend_schema(responses=EvidenceSerializer(many=True))
    @action(detail=True, methods=["get"], filter_backends=(), pagination_class=None)
    def evidence(self, request: Request, pk: int) -> Response:
        """The words of items that a story rests on, at most 50."""
        rows = StoryEvidence.objects.filter(story=self.get_object()).order_by("position", "pk")
        return Response(EvidenceSerializer(rows, many=True).data)
