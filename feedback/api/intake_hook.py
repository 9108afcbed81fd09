"""Hooks over REST, for those who look after feedback. What is sent to a hook comes in elsewhere: `hook.py`."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import require
from core.api import IF_MATCH, RecordViewSet, expected_version, refuse_keeping
from core.serializers import Computed, RowSerializer, name_of
from core.tenancy import global_url
from feedback import services
from feedback.filters import HookFilter
from feedback.models import IntakeHook

BY_SENDING = "It follows from what is sent to the hook."
BY_ROTATING = "POST to rotate-secret/ gives another secret."


def address_of(public_id: str) -> str:
    """Where a sender sends to; from the slash on where the server does not know its own address."""
    return f"{settings.PUBLIC_URL}{global_url('feedback-hook', public_id=public_id)}"


class IntakeHookSerializer(RowSerializer):
    """An address that takes feedback from one sender."""

    product_name = name_of("product.name")
    address = serializers.CharField(
        read_only=True, help_text="Its sender posts to it; it begins with a slash where the server knows no PUBLIC_URL."
    )

    class Meta:
        model = IntakeHook
        fields: tuple[str, ...] = (
            "id", "version", "name", "address", "product", "product_name", "is_active", "secret_hint",
            "secret_made_at", "received_count", "last_received_at", "refused_count", "last_refused_at",
            "last_refusal", "archived_at", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = (
            "secret_hint", "secret_made_at", "received_count", "last_received_at", "refused_count", "last_refused_at",
            "last_refusal", "archived_at",
        )  # fmt: skip
        extra_kwargs: Mapping[str, Any] = {
            "secret_hint": {"help_text": "The last characters of the secret."},
            "last_refusal": {"help_text": "Why what came last was refused, if anything was."},
        }
        instead: Mapping[str, str] = {
            "archived_at": "DELETE archives, POST to restore/ brings back.",
            "secret_hint": BY_ROTATING,
            "secret_made_at": BY_ROTATING,
            "received_count": BY_SENDING,
            "last_received_at": BY_SENDING,
            "refused_count": BY_SENDING,
            "last_refused_at": BY_SENDING,
            "last_refusal": BY_SENDING,
        }
        computed: Mapping[str, Computed] = {"address": Computed(("public_id",), address_of)}


class HookWithSecretSerializer(IntakeHookSerializer):
    """A hook with its secret, which is told this once."""

    secret = serializers.CharField(read_only=True, help_text="Its sender signs with it. It is told this once.")

    class Meta(IntakeHookSerializer.Meta):
        fields = (*IntakeHookSerializer.Meta.fields, "secret")


class IntakeHookViewSet(RecordViewSet):
    """Addresses that other programs send feedback to, each with a secret that is told once."""

    queryset = IntakeHook.objects.all()
    serializer_class = IntakeHookSerializer
    filterset_class = HookFilter
    services = services
    noun = "hook"
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": ()}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who sends and where to is for those who look after it."""
        super().initial(request, *args, **kwargs)
        require(self.actor, "feedback.manage", self.organization)

    @extend_schema(responses={201: HookWithSecretSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Make a hook; the answer holds its secret, this once."""
        refuse_keeping(request)
        made = services.create_hook(actor=self.actor, organization=self.organization, **self.body())
        return self._with_secret(*made, status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=HookWithSecretSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], url_path="rotate-secret")
    def rotate_secret(self, request: Request, pk: int) -> Response:
        """Give it another secret, which the answer holds; the former one ends at once."""
        refuse_keeping(request)
        version = expected_version(request)
        return self._with_secret(
            *services.rotate_hook(actor=self.actor, hook=self.get_object(), expected_version=version)
        )

    def _with_secret(self, row: IntakeHook, secret: str, code: int = status.HTTP_200_OK) -> Response:
        answer = self.answer(row, code)
        answer.data["secret"] = secret
        return answer
