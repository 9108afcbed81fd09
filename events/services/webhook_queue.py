"""What is to be told to whom: rows, one for each event and endpoint, which are the queue of those who send."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core.access import require
from core.errors import Conflict
from core.jobs import enqueue
from events.followers import follower, public_type
from events.models import TEST, DeliveryState, Event, WebhookDelivery, WebhookEndpoint
from events.selectors.payloads import test_message
from events.services.recording import record

TASK = "events.deliver_webhooks"
#: What a row says anew when it is to be sent again.
AGAIN: dict[str, Any] = {
    "state": DeliveryState.WAITING,
    "attempt_count": 0,
    "claim": None,
    "claimed_at": None,
    "delivered_at": None,
    "failure": "",
}


@follower("events.webhooks")
def _queue(events: Sequence[Event]) -> None:
    """Write a row for each event and each endpoint that is told of it; what is there already stays as it is."""
    organization_id = events[0].organization_id
    endpoints = list(WebhookEndpoint.objects.filter(organization_id=organization_id).active())
    if not endpoints:
        return
    now = timezone.now()
    oldest = now - kept_for()
    rows = [
        WebhookDelivery(
            organization_id=organization_id,
            endpoint=endpoint,
            event=event,
            message_id=f"evt_{event.pk}",
            type=name,
            next_attempt_at=now,
        )
        for event, name in ((event, public_type(event.kind)) for event in events)
        for endpoint in endpoints
        if endpoint.is_told(name) and event.occurred_at >= max(oldest, endpoint.active_since)
    ]
    WebhookDelivery.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    if rows:
        enqueue(TASK, organization_id=organization_id)


@transaction.atomic
def send_test_webhook(*, actor: Any, endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Send a message that only tries the endpoint, be it paused or disabled; once, and without retries.

    Raises:
        NotAllowed: the actor is not an owner.
        Conflict: it is archived.
    """
    require(actor, "organization.manage", endpoint.organization_id)
    if endpoint.is_archived:
        raise Conflict(f"“{endpoint}” is archived. Restore it first. Nothing was sent.")
    now = timezone.now()
    row: WebhookDelivery = WebhookDelivery.objects.create(
        organization_id=endpoint.organization_id,
        endpoint=endpoint,
        message_id=f"test_{uuid.uuid4().hex}",
        type=TEST,
        next_attempt_at=now,
        request_body=test_message(endpoint, actor, now),
    )
    record("webhook_endpoint.tested", actor=actor, subject=endpoint)
    enqueue(TASK, organization_id=endpoint.organization_id)
    return row


@transaction.atomic
def replay_webhook_delivery(*, actor: Any, delivery: WebhookDelivery) -> WebhookDelivery:
    """Send one delivery again now, with the id and the body that it had.

    Raises:
        NotAllowed: the actor is not an owner.
        Conflict: its endpoint takes nothing at present, or it is being sent at this moment.
    """
    require(actor, "organization.manage", delivery.organization_id)
    endpoint = _locked(delivery.endpoint)
    if not endpoint.is_active and not delivery.is_test:
        raise Conflict(f"“{endpoint}” is sent nothing at present. Resume it first. Nothing was sent.")
    rows = WebhookDelivery.objects.filter(pk=delivery.pk)
    if rows.in_hands(timezone.now()).exists():
        raise Conflict("This is being sent at this moment. Look in a moment what came of it.")
    _send_again(actor, endpoint, rows)
    again: WebhookDelivery = rows.get()
    return again


@transaction.atomic
def replay_failed_webhooks(*, actor: Any, endpoint: WebhookEndpoint, since: datetime.datetime) -> int:
    """Send again all that failed for an endpoint since a time; tests are left out. Returns how many.

    Raises:
        NotAllowed: the actor is not an owner.
        Conflict: it takes nothing at present.
    """
    require(actor, "organization.manage", endpoint.organization_id)
    endpoint = _locked(endpoint)
    if not endpoint.is_active:
        raise Conflict(f"“{endpoint}” is sent nothing at present. Resume it first. Nothing was sent.")
    failed = WebhookDelivery.objects.filter(endpoint=endpoint, state=DeliveryState.FAILED, created_at__gte=since)
    return _send_again(actor, endpoint, failed.exclude(event=None))


def forget_deliveries(*, organization_id: int, now: datetime.datetime) -> int:
    """Remove what was told, or given up, longer ago than it is kept. The follower tells of no event so old again."""
    done = WebhookDelivery.objects.filter(organization_id=organization_id, created_at__lt=now - kept_for())
    count, _ = done.exclude(state=DeliveryState.WAITING).delete()
    return count


def kept_for() -> datetime.timedelta:
    """How long what was told is kept."""
    return datetime.timedelta(settings.WEBHOOK_KEEP_DAYS)


def _locked(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    """The row under the lock that those who send take too, so that what is decided here holds for them."""
    row: WebhookEndpoint = WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
    return row


def _send_again(actor: Any, endpoint: WebhookEndpoint, rows: Any) -> int:
    count: int = rows.update(**AGAIN, next_attempt_at=timezone.now(), version=F("version") + 1)
    if count:
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(resting_until=None)  # a person asks for it now
        record("webhook_endpoint.replayed", actor=actor, subject=endpoint, changes={"deliveries": [None, count]})
        enqueue(TASK, organization_id=endpoint.organization_id)
    return count
