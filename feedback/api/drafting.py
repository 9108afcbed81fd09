"""The model that writes drafts over REST."""

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Currency
from core.access import require
from core.api import IF_MATCH, IF_NONE_MATCH, ApiView, etag_of, expected_version, not_modified
from core.serializers import StrictSerializer
from feedback import services
from feedback.models import DraftingEndpoint
from feedback.selectors.drafting import month_of_drafting


class DraftingEndpointSerializer(StrictSerializer, serializers.ModelSerializer):
    """The model that writes drafts of stories. The key is sent and never told."""

    api_key = serializers.CharField(write_only=True, required=False, max_length=500, help_text="Kept encrypted.")
    forgets_key = serializers.BooleanField(write_only=True, required=False, help_text="Forget the kept key.")
    has_key = serializers.SerializerMethodField()
    currency = serializers.CharField(max_length=3, validators=[Currency], required=False)
    spent_amount = serializers.SerializerMethodField(help_text="Since the month began, calls under way included.")

    class Meta:
        model = DraftingEndpoint
        fields = (
            "version", "is_active", "base_url", "model", "api_key", "forgets_key", "has_key", "currency",
            "input_price_amount", "output_price_amount", "cap_amount", "spent_amount", "timeout_seconds",
            "failure_count", "last_failure", "broken_until",
        )  # fmt: skip
        read_only_fields: ClassVar[tuple[str, ...]] = ("version", "failure_count", "last_failure", "broken_until")

    def get_has_key(self, row: DraftingEndpoint) -> bool:
        return bool(row.sealed_key)

    def get_spent_amount(self, row: DraftingEndpoint) -> str:
        return f"{month_of_drafting(row, timezone.now()).spent:.6f}"


class DraftingEndpointView(ApiView):
    """The model that writes drafts."""

    serializer_class = DraftingEndpointSerializer

    @extend_schema(parameters=[IF_NONE_MATCH], responses=DraftingEndpointSerializer)
    def get(self, request: Request) -> Response:
        """Where it is, what it may cost and has cost this month, and whether it is asked at present; for managers."""
        require(self.actor, "feedback.manage", self.organization)
        data = DraftingEndpointSerializer(self._row()).data
        tag = etag_of(data["version"], data)
        if not_modified(request, tag):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": tag})
        return Response(data, headers={"ETag": tag})

    @extend_schema(
        parameters=[IF_MATCH], request=DraftingEndpointSerializer(partial=True), responses=DraftingEndpointSerializer
    )
    def patch(self, request: Request) -> Response:
        """Set it up; for managers."""
        body = DraftingEndpointSerializer(self._row(), data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        row = services.set_endpoint(
            actor=self.actor,
            organization=self.organization,
            expected_version=expected_version(request),
            **body.validated_data,
        )
        data = DraftingEndpointSerializer(row).data
        return Response(data, headers={"ETag": etag_of(data["version"], data)})

    def _row(self) -> Any:
        row = DraftingEndpoint.objects.filter(organization=self.organization).first()
        return row or DraftingEndpoint(organization=self.organization, currency=self.organization.currency)
