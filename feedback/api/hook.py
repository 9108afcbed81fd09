"""The address of a hook: JSON that a sender signs (Standard Webhooks), or sends with the secret itself."""

import hmac
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from standardwebhooks import Webhook, WebhookVerificationError

from core.api.negotiation import JsonOnly, JsonParser
from core.limits import take
from core.secrets import unsealed
from core.serializers import StrictSerializer, VisibleRelatedField
from core.tenancy import current_scope, enter_organization
from feedback import services
from feedback.api.item import IncomingSerializer
from feedback.models import IntakeHook
from feedback.selectors.hooks import hook_with, organization_of_hook
from feedback.services.intake import MOST_ITEMS

MOST_BYTES = 5 * 1024 * 1024
#: Wrong signatures that a hook hears in a minute; then it answers no more for the rest of it.
MOST_REFUSED = 60
HOW = (
    "Sign the request as Standard Webhooks says (webhook-id, webhook-timestamp, webhook-signature), or send"
    " “Authorization: Bearer” and the secret of the hook."
)
NO_HOOK = "There is no hook at this address. Compare it with the one in Settings, Feedback handling, Channels."
OFTEN = "This hook has used up its requests of this minute. Retry-After says when there are new ones."


class OwnRelatedField(VisibleRelatedField):
    """A row of the hook's organization: nobody is signed in who could see more or less of it."""

    def get_queryset(self) -> Any:
        rows: Any = serializers.PrimaryKeyRelatedField.get_queryset(self)
        return None if rows is None else rows.filter(organization_id=current_scope().organization_id)


class SentSerializer(IncomingSerializer):
    """A text that a sender sends."""

    serializer_related_field = OwnRelatedField


class SentBulkSerializer(StrictSerializer):
    """Many texts at once: all of them are stored, or none."""

    items = serializers.ListField(child=SentSerializer(), allow_empty=False, max_length=MOST_ITEMS)


class IntakeHookView(APIView):
    """Takes feedback: one text, or `{"items": […]}` with up to 1,000."""

    authentication_classes = ()
    permission_classes = ()
    content_negotiation_class = JsonOnly
    parser_classes = (JsonParser,)
    http_method_names = ["post"]
    schema = None

    def get_authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="portolan"'

    def post(self, request: Request, public_id: str) -> Response:
        """Store what is sent, once."""
        structlog.contextvars.bind_contextvars(source="webhook")
        hook = _hook(public_id)
        _refuse_large(request)
        try:
            _verify(request, hook)
        except AuthenticationFailed as error:
            take(f"hook-refused:{hook.pk}", limit=MOST_REFUSED, window_seconds=60, message=OFTEN)
            services.refuse_at_hook(hook=hook, why=f"{str(error.detail).partition('.')[0]}.")
            raise
        take(f"hook:{hook.pk}", limit=settings.API_RATE_LIMIT_PER_MINUTE, window_seconds=60, message=OFTEN)
        try:
            return Response({"results": _received(request, hook)})
        except serializers.ValidationError:
            services.refuse_at_hook(hook=hook, why="Fields of what was sent were wrong; the sender was told which.")
            raise


def _hook(public_id: str) -> IntakeHook:
    """The hook of an address, in whose organization the request works from here on."""
    organization_id = organization_of_hook(public_id)
    if organization_id is not None:
        enter_organization(organization_id)
        if hook := hook_with(public_id):
            return hook
    raise Http404(NO_HOOK)


def _refuse_large(request: Request) -> None:
    if len(request.body) > MOST_BYTES:
        raise RequestDataTooBig


def _verify(request: Request, hook: IntakeHook) -> None:
    """Refuse what was not sent by who knows the secret.

    Raises:
        AuthenticationFailed: no signature and no secret, or a wrong one, or a signature older than five minutes.
    """
    secret = unsealed(hook.secret_sealed)
    kind, _, shown = request.headers.get("Authorization", "").strip().partition(" ")
    if kind.lower() == "bearer":
        if not hmac.compare_digest(shown.strip().encode(), secret.encode()):
            raise AuthenticationFailed("The secret is not the one of this hook; nothing was stored. It may be rotated.")
    elif "webhook-signature" not in request.headers:
        raise AuthenticationFailed(f"Nothing says who sends this. {HOW}")
    else:
        _verify_signature(request, secret)


def _verify_signature(request: Request, secret: str) -> None:
    try:
        Webhook(secret).verify(request.body, dict(request.headers), json_parse=False)
    except WebhookVerificationError as error:
        if "timestamp" in str(error):
            why = "The signature is more than five minutes old, or the sender's clock is wrong; nothing was stored."
        else:
            why = f"The signature does not fit the body and this hook's secret; nothing was stored. {HOW}"
        raise AuthenticationFailed(why) from error
    except ValueError as error:  # what it cannot read is not signed either
        raise AuthenticationFailed(f"The signature cannot be read; nothing was stored. {HOW}") from error


def _received(request: Request, hook: IntakeHook) -> list[dict[str, Any]]:
    """What became of each text that was sent."""
    is_many = isinstance(request.data, dict) and "items" in request.data
    make: Any = SentBulkSerializer if is_many else SentSerializer
    body = make(data=request.data, context={"request": request})
    body.is_valid(raise_exception=True)
    sent = body.validated_data["items"] if is_many else [body.validated_data]
    rows = [services.Incoming(**row) for row in sent]
    # Only a signature vouches for the id of a delivery.
    delivery = request.headers.get("webhook-id", "") if "webhook-signature" in request.headers else ""
    try:
        found = services.receive_through_hook(hook=hook, rows=rows, delivery=delivery)
    except services.IncomingErrors as wrong:
        errors = {str(n): {name: [text] for name, text in row.items()} for n, row in wrong.rows.items()}
        raise serializers.ValidationError({"items": errors} if is_many else errors["0"]) from wrong
    return [{"row": n, "result": one.what, "id": one.item.pk} for n, one in enumerate(found)]
