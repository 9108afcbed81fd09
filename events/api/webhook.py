"""Webhooks over REST, for owners."""

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import require
from core.api import IDEMPOTENCY_KEY, IF_MATCH, RecordViewSet, TenantViewSet, expected_version, refuse_keeping
from core.serializers import RowSerializer, StrictSerializer, name_of
from events import services
from events.filters import DeliveryApiFilter, EndpointApiFilter
from events.models import WebhookDelivery, WebhookEndpoint

BY_ACTION = "POST to pause/ or resume/."


class WebhookEndpointSerializer(RowSerializer):
    """An address outside that is told of events."""

    class Meta:
        model = WebhookEndpoint
        fields: tuple[str, ...] = (
            "id", "version", "name", "url", "has_all_types", "types", "state", "state_reason", "secret_hint",
            "previous_secret_until", "failing_since", "archived_at", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = (
            "state", "state_reason", "secret_hint", "previous_secret_until", "failing_since", "archived_at",
        )  # fmt: skip
        extra_kwargs: Mapping[str, Any] = {
            "has_all_types": {"help_text": "It is told of every event; `types` are empty then."},
            "types": {"help_text": "For example feedback.received and project.status_changed."},
            "secret_hint": {"help_text": "The last characters of the secret."},
            "previous_secret_until": {"help_text": "So long the former secret signs too."},
            "failing_since": {"help_text": "Nothing was taken since then."},
        }
        instead: Mapping[str, str] = {
            "state": BY_ACTION,
            "secret_hint": "POST to rotate-secret/ gives another secret.",
            "archived_at": "DELETE archives, POST to restore/ brings back.",
        }


class EndpointWithSecretSerializer(WebhookEndpointSerializer):
    """An endpoint with its secret, which is told this once."""

    secret = serializers.CharField(read_only=True, help_text="It signs what is sent. It is told this once.")

    class Meta(WebhookEndpointSerializer.Meta):
        fields = (*WebhookEndpointSerializer.Meta.fields, "secret")


class SinceSerializer(StrictSerializer):
    """From when on what failed is sent again."""

    since = serializers.DateTimeField()


class CountSerializer(serializers.Serializer[Any]):
    """How many are sent again."""

    count = serializers.IntegerField()


class WebhookDeliverySerializer(RowSerializer):
    """One event for one endpoint, and what became of it."""

    endpoint_name = name_of("endpoint.name")

    class Meta:
        model = WebhookDelivery
        fields: tuple[str, ...] = (
            "id", "version", "endpoint", "endpoint_name", "event", "message_id", "type", "state", "attempt_count",
            "next_attempt_at", "last_attempt_at", "delivered_at", "response_status", "failure", "duration_ms",
            "created_at",
        )  # fmt: skip
        read_only_fields = fields


class DeliveryDetailSerializer(WebhookDeliverySerializer):
    """A delivery with what was sent last, and what was answered."""

    request_headers = serializers.DictField(child=serializers.CharField(), help_text="The signature is left out.")
    attempts = serializers.ListField(child=serializers.DictField(), help_text="The latest 20.")

    class Meta(WebhookDeliverySerializer.Meta):
        fields = (
            *WebhookDeliverySerializer.Meta.fields, "request_headers", "request_body", "response_body", "attempts",
        )  # fmt: skip
        read_only_fields = fields


class OwnersOnly(TenantViewSet):
    """What owners alone may read and do."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        require(self.actor, "organization.manage", self.organization)


class WebhookEndpointViewSet(OwnersOnly, RecordViewSet):
    """Addresses outside that are told of events as they happen, signed as Standard Webhooks says. For owners."""

    queryset = WebhookEndpoint.objects.all()
    serializer_class = WebhookEndpointSerializer
    filterset_class = EndpointApiFilter
    services = services
    noun = "webhook_endpoint"
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": ()}

    @extend_schema(responses={201: EndpointWithSecretSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Make an endpoint; the answer holds its secret, this once."""
        refuse_keeping(request)
        made = services.create_webhook_endpoint(actor=self.actor, organization=self.organization, **self.body())
        return self._with_secret(*made, status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=EndpointWithSecretSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], url_path="rotate-secret")
    def rotate_secret(self, request: Request, pk: int) -> Response:
        """Give it another secret, which the answer holds; for a day the former one signs too."""
        refuse_keeping(request)
        version = expected_version(request)
        row, secret = services.rotate_webhook_secret(
            actor=self.actor, endpoint=self.get_object(), expected_version=version
        )
        return self._with_secret(row, secret)

    @extend_schema(request=None, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: int) -> Response:
        """Send nothing for the present; what happens meanwhile is not told."""
        return self.change("pause")

    @extend_schema(request=None, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: int) -> Response:
        """Send again, from now on."""
        return self.change("resume")

    @extend_schema(request=None, responses={201: DeliveryDetailSerializer}, parameters=[IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: int) -> Response:
        """Send a message that only tries it; the delivery tells what came of it."""
        row = services.send_test_webhook(actor=self.actor, endpoint=self.get_object())
        plan = DeliveryDetailSerializer.plan()
        found = WebhookDelivery.objects.filter(pk=row.pk).values_list(*plan.columns)[0]
        return Response(plan.row(found), status=status.HTTP_201_CREATED)

    @extend_schema(request=SinceSerializer, responses=CountSerializer, parameters=[IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, pk: int) -> Response:
        """Send again all that failed since a time."""
        endpoint = self.get_object()
        count = services.replay_failed_webhooks(actor=self.actor, endpoint=endpoint, **self.body(SinceSerializer))
        return Response({"count": count})

    def _with_secret(self, row: WebhookEndpoint, secret: str, code: int = status.HTTP_200_OK) -> Response:
        answer = self.answer(row, code)
        answer.data["secret"] = secret
        return answer


class WebhookDeliveryViewSet(OwnersOnly):
    """What was told to endpoints, and what is still to be told. For owners.

    What was told or given up is kept for 30 days, unless the server is set otherwise.
    """

    queryset = WebhookDelivery.objects.all()
    filterset_class = DeliveryApiFilter
    default_ordering = "-id"

    def get_serializer_class(self) -> type[WebhookDeliverySerializer]:
        return WebhookDeliverySerializer if self.action == "list" else DeliveryDetailSerializer

    @extend_schema(request=None, parameters=[IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, pk: int) -> Response:
        """Send it again now, with the id and the body that it had."""
        return self.answer(services.replay_webhook_delivery(actor=self.actor, delivery=self.get_object()))
