"""Portals over REST."""

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import IDEMPOTENCY_KEY, IF_MATCH, TenantViewSet, expected_version
from core.serializers import RowSerializer, name_of
from feedback import services
from feedback.filters.portal import PortalFilter
from feedback.models import Portal


class PortalSerializer(RowSerializer):
    """The public page of one product; nobody sees it until it is opened."""

    product_name = name_of("product.name")

    class Meta:
        model = Portal
        fields = (
            "id", "version", "product", "product_name", "slug", "title", "intro", "is_open", "accepts_ideas",
            "moderates", "shows_votes", "is_indexed", "created_at", "updated_at",
        )  # fmt: skip
        create_only = ("product",)
        instead: Mapping[str, str] = {
            "is_open": "POST to open/ or close/.",
            "product": "A portal stays with its product.",
        }


class PortalViewSet(TenantViewSet):
    """Public pages of products, one for each: closed until they are opened."""

    queryset = Portal.objects.all()
    serializer_class = PortalSerializer
    filterset_class = PortalFilter
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": ()}

    @extend_schema(parameters=[IDEMPOTENCY_KEY])
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Set up the portal of a product, closed."""
        row = services.create_portal(actor=self.actor, organization=self.organization, **self.body())
        return self.answer(row, status.HTTP_201_CREATED)

    @extend_schema(parameters=[IF_MATCH])
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change what a portal is called, and how it works."""
        values = self.body(partial=True)
        version = expected_version(request)
        portal = self.get_object()
        return self.answer(services.update_portal(actor=self.actor, portal=portal, expected_version=version, **values))

    @extend_schema(request=None, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def open(self, request: Request, pk: int) -> Response:
        """Let everybody read a portal, without an account."""
        version = expected_version(request)
        row = services.open_portal(actor=self.actor, portal=self.get_object(), expected_version=version)
        return self.answer(row)

    @extend_schema(request=None, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: int) -> Response:
        """Take a portal off the web. Ideas and votes are kept."""
        version = expected_version(request)
        row = services.close_portal(actor=self.actor, portal=self.get_object(), expected_version=version)
        return self.answer(row)
