"""Links of feedback over REST."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import IDEMPOTENCY_KEY, IF_MATCH, TenantViewSet, expected_version
from core.serializers import RowSerializer, name_of
from feedback import services
from feedback.filters import LinkFilter
from feedback.models import FeedbackLink


class FeedbackLinkSerializer(RowSerializer):
    """That an item asks for a project, or is about a product, and how much it matters."""

    project_name = name_of("project.name")
    product_name = name_of("product.name")

    class Meta:
        model = FeedbackLink
        fields = (
            "id", "version", "item", "project", "project_name", "product", "product_name", "importance", "note",
            "created_at", "updated_at",
        )  # fmt: skip
        create_only = ("item", "project", "product")
        instead: Mapping[str, str] = dict.fromkeys(
            ("item", "project", "product"), "A link stays where it is. Remove it, and add another."
        )


class FeedbackLinkViewSet(TenantViewSet):
    """What items of feedback speak for: projects and products."""

    queryset = FeedbackLink.objects.all()
    serializer_class = FeedbackLinkSerializer
    filterset_class = LinkFilter

    @extend_schema(parameters=[IDEMPOTENCY_KEY])
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Link an item to exactly one project or product."""
        return self.answer(services.create_link(actor=self.actor, **self.body()), status.HTTP_201_CREATED)

    @extend_schema(parameters=[IF_MATCH])
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Say anew how much it matters, or why."""
        values = self.body(partial=True)
        version = expected_version(request)
        row = services.update_link(actor=self.actor, link=self.get_object(), expected_version=version, **values)
        return self.answer(row)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take a link away; linking again brings it back."""
        services.remove_link(actor=self.actor, link=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)
