"""Ideas of portals over REST."""

from collections.abc import Mapping
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import IDEMPOTENCY_KEY, IF_MATCH, RecordViewSet
from core.serializers import RowSerializer, StrictSerializer, VisibleRelatedField, name_of
from feedback import services
from feedback.filters.portal import IdeaFilter
from feedback.models import FeedbackItem, IdeaStatus, PortalIdea


class PortalIdeaSerializer(RowSerializer):
    """What is asked for, in words that everybody may read, and how many voted."""

    portal_title = name_of("portal.title")
    project_name = name_of("project.name")
    release_name = name_of("release.name")
    item = VisibleRelatedField(queryset=FeedbackItem.objects.all(), required=False, allow_null=True)
    votes = serializers.IntegerField(read_only=True, help_text="Confirmed visitors, each once.")

    class Meta:
        model = PortalIdea
        fields = (
            "id", "version", "portal", "portal_title", "item", "title", "text", "status", "status_note",
            "status_changed_at", "published_at", "held_reason", "merged_into", "project", "project_name", "release",
            "release_name", "votes", "external_key", "archived_at", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = ("archived_at",)
        create_only = ("portal", "item")
        instead: Mapping[str, str] = {
            "archived_at": "DELETE archives, POST to restore/ brings back.",
            "status": "POST to status/ says what becomes of it.",
            "status_note": "POST to status/ says what becomes of it.",
            "published_at": "POST to publish/ or withdraw/.",
            "merged_into": "POST to merge/ or unmerge/.",
            "portal": "An idea stays on its portal.",
            "item": "An idea stays with the item that it came from.",
        }


class IdeaStatusSerializer(StrictSerializer):
    """What becomes of an idea; those who asked, voted or follow are told."""

    status = serializers.ChoiceField(IdeaStatus.choices)
    note = serializers.CharField(max_length=1_000, required=False, allow_blank=True, help_text="Public, and mailed.")
    tells = serializers.BooleanField(default=True, help_text="False: nobody is told.")


class IdeaMergeSerializer(StrictSerializer):
    """The idea that asks for the same."""

    into = VisibleRelatedField(queryset=PortalIdea.objects.all())


class PortalIdeaViewSet(RecordViewSet):
    """What is asked for on portals: worded, published, moved along, merged. Votes are cast on the portal alone."""

    queryset = PortalIdea.objects.with_votes()
    serializer_class = PortalIdeaSerializer
    filterset_class = IdeaFilter
    services = services
    noun = "portal_idea"
    in_organization = False
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": ()}

    @extend_schema(request=None, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: int) -> Response:
        """Show an idea to everybody; who asked for it is told."""
        return self.change("publish")

    @extend_schema(request=None, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: int) -> Response:
        """Take an idea off the portal; votes are kept."""
        return self.change("withdraw")

    @extend_schema(request=IdeaStatusSerializer, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"], url_path="status")
    def move(self, request: Request, pk: int) -> Response:
        """Say what becomes of an idea: considering, planned, in progress, shipped, or not planned with a reason."""
        return self.change("move", IdeaStatusSerializer)

    @extend_schema(request=IdeaMergeSerializer, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: int) -> Response:
        """Let the votes of an idea count with another one of its portal."""
        return self.change("merge", IdeaMergeSerializer)

    @extend_schema(request=None, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def unmerge(self, request: Request, pk: int) -> Response:
        """Let a merged idea stand for itself again."""
        return self.change("unmerge")
