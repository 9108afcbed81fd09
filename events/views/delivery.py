"""Pages of single deliveries, and what is sent again."""

import datetime
import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import require
from core.errors import FieldErrors
from core.htmx import wants_fragment
from core.pages import MemberRequest, go_on
from events import services
from events.forms import ReplayForm
from events.models import DeliveryState, WebhookDelivery
from events.views.webhook import MANAGE, found_endpoint, to_endpoint

#: A page of a delivery that is due within so long asks for itself until it was sent.
SOON = datetime.timedelta(seconds=60)


def found_delivery(request: MemberRequest, pk: int) -> WebhookDelivery:
    """The delivery of an address, for who may manage its endpoint."""
    rows = WebhookDelivery.objects.visible_to(request.user).select_related("endpoint", "event")
    delivery: WebhookDelivery = get_object_or_404(rows, pk=pk)
    require(request.user, MANAGE, request.organization)
    return delivery


def to_delivery(row: WebhookDelivery) -> str:
    return reverse("events:delivery-detail", args=[row.pk])


@require_GET
@vary_on_headers("HX-Request")
def delivery_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """What was sent and what was answered; while it is to be sent soon, the page asks for it."""
    delivery = found_delivery(request, pk)
    due = delivery.next_attempt_at if delivery.state == DeliveryState.WAITING else None
    takes = delivery.endpoint.is_active or (delivery.is_test and not delivery.endpoint.is_archived)
    rests = delivery.endpoint.is_resting(timezone.now()) and not delivery.is_test
    context = {
        "delivery": delivery,
        "endpoint": delivery.endpoint,
        "is_moving": due is not None and due < timezone.now() + SOON and takes and not rests,
        "takes": takes,
        "rests": rests,
        "body": indented(delivery.request_body),
        "attempts": [attempt | {"at": parse_datetime(attempt["at"])} for attempt in reversed(delivery.attempts)],
    }
    name = "events/_delivery.html" if wants_fragment(request) else "events/delivery_detail.html"
    return render(request, name, context)


def indented(body: str) -> str:
    """JSON for people to read."""
    try:
        told: Any = json.loads(body)
    except ValueError:
        return body
    return json.dumps(told, indent=2, ensure_ascii=False)


@require_POST
def delivery_replay(request: MemberRequest, pk: int) -> HttpResponse:
    """Send one delivery again."""
    row = services.replay_webhook_delivery(actor=request.user, delivery=found_delivery(request, pk))
    return go_on(request, to_delivery(row), "It is sent again, with the same id. The answer shows here in a moment.")


@require_POST
def webhook_test(request: MemberRequest, pk: int) -> HttpResponse:
    """Send a message that only tries the endpoint."""
    row = services.send_test_webhook(actor=request.user, endpoint=found_endpoint(request, pk))
    return go_on(request, to_delivery(row), "A test is on its way. The answer shows here in a moment.")


@require_POST
def webhook_replay(request: MemberRequest, pk: int) -> HttpResponse:
    """Send again all that failed within some hours."""
    endpoint = found_endpoint(request, pk)
    form = ReplayForm(request.POST)
    if not form.is_valid():
        raise FieldErrors({"hours": "Choose how far back what failed is sent again. Nothing was sent."})
    since = timezone.now() - datetime.timedelta(hours=form.cleaned_data["hours"])
    count = services.replay_failed_webhooks(actor=request.user, endpoint=endpoint, since=since)
    said = f"Sent again: {count} that failed." if count else "Nothing failed in that time, so nothing is sent again."
    return go_on(request, to_endpoint(endpoint), said)
