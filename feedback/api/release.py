"""Releases over REST."""

from collections.abc import Mapping
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import IDEMPOTENCY_KEY, IF_MATCH, RecordViewSet
from core.serializers import RowSerializer, StrictSerializer, name_of
from feedback import services
from feedback.filters.portal import ReleaseFilter
from feedback.models import Release


class ReleaseSerializer(RowSerializer):
    """A version of a product that was made available on a date."""

    product_name = name_of("product.name")
    project_name = name_of("project.name")

    class Meta:
        model = Release
        fields = (
            "id", "version", "product", "product_name", "project", "project_name", "name", "released_date", "notes",
            "published_at", "external_key", "archived_at", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = ("archived_at",)
        create_only = ("product",)
        instead: Mapping[str, str] = {
            "archived_at": "DELETE archives, POST to restore/ brings back.",
            "published_at": "POST to publish/ or withdraw/.",
            "product": "A release stays with its product.",
        }


class ReleasePublishSerializer(StrictSerializer):
    """Whether the ideas of a release have shipped with it."""

    ships = serializers.BooleanField(default=True, help_text="Those who asked, voted or follow are told.")


class ReleaseViewSet(RecordViewSet):
    """Versions of products that were made available on a date; published, they stand in the changelog of the portal."""

    queryset = Release.objects.all()
    serializer_class = ReleaseSerializer
    filterset_class = ReleaseFilter
    services = services
    noun = "release"
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": (), "released_date": ("released_date",)}

    @extend_schema(request=ReleasePublishSerializer, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: int) -> Response:
        """Show a release in the changelog of the product's portal."""
        return self.change("publish", ReleasePublishSerializer)

    @extend_schema(request=None, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: int) -> Response:
        """Take a release off the changelog."""
        return self.change("withdraw")
