"""What is to be told to whom: rows, one for each event and endpoint, which are the queue of those who send; a pause."""

import datetime
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core.access import require
from core.errors import Conflict
from core.jobs import enqueue
from events.followers import follower, public_type
from events.models import TEST, DeliveryState, EndpointState, Event, FollowerCursor, WebhookDelivery, WebhookEndpoint
from events.selectors.payloads import test_message
from events.selectors.webhooks import refuse_archived_endpoint
from events.services.recording import change_recorded, record

FOLLOWER = "events.webhooks"
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


@follower(FOLLOWER)
def _queue(events: Sequence[Event]) -> None:
    """Write a row for each event and each endpoint that is told of it; what is there already stays as it is."""
    organization_id = events[0].organization_id
    endpoints = list(WebhookEndpoint.objects.filter(organization_id=organization_id).active())
    if not endpoints:
        return
    if sum(_write_rows(endpoint, events) for endpoint in endpoints):
        enqueue(TASK, organization_id=organization_id)


@transaction.atomic
def pause_webhook_endpoint(
    *, actor: Any, endpoint: WebhookEndpoint, expected_version: int | None = None
) -> WebhookEndpoint:
    """Send nothing for the present: what waits or has just happened is held, what happens meanwhile is not told.

    Raises:
        Conflict: it is not active.
    """
    require(actor, "organization.manage", endpoint.organization_id)
    refuse_archived_endpoint(endpoint, "Nothing was changed.")
    if endpoint.state == EndpointState.DISABLED:
        raise Conflict(f"“{endpoint}” is disabled and is sent nothing. Nothing was changed.")
    _write_unread(endpoint)
    values = {"state": EndpointState.PAUSED, "state_reason": ""}
    return change_recorded(
        "webhook_endpoint.paused", actor=actor, subject=endpoint, values=values, expected_version=expected_version
    )


def _write_unread(endpoint: WebhookEndpoint) -> None:
    """Write the rows of what the follower has not read yet: when it does, it finds the endpoint paused.

    The follower is held until the transaction ends, and before the endpoint is, as it locks the two itself.
    """
    whole: dict[str, Any] = {"organization_id": endpoint.organization_id}
    cursor, _ = FollowerCursor.objects.select_for_update().get_or_create(**whole, follower=FOLLOWER)
    held: WebhookEndpoint = WebhookEndpoint.objects.under_lock().get(pk=endpoint.pk)
    if held.is_active:
        unread = Event.objects.filter(**whole, occurred_at__gte=held.active_since)
        unread = unread.after(cursor.transaction_id, cursor.event_id).in_commit_order()
        _write_rows(held, unread.only("kind", "occurred_at"))


def _write_rows(endpoint: WebhookEndpoint, events: Iterable[Event]) -> int:
    """Write a row for each event that an endpoint is told of; what is there already stays as it is."""
    now = timezone.now()
    begin = max(now - kept_for(), endpoint.active_since)
    rows = [
        WebhookDelivery(
            organization_id=endpoint.organization_id,
            endpoint=endpoint,
            event=event,
            message_id=f"evt_{event.pk}",
            type=name,
            next_attempt_at=now,
        )
        for event, name in ((event, public_type(event.kind)) for event in events)
        if endpoint.is_told(name) and event.occurred_at >= begin
    ]
    WebhookDelivery.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    return len(rows)


@transaction.atomic
def send_test_webhook(*, actor: Any, endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Send a message that only tries the endpoint, be it paused or disabled; once, and without retries.

    Raises:
        NotAllowed: the actor is not an owner.
        Conflict: it is archived.
    """
    require(actor, "organization.manage", endpoint.organization_id)
    refuse_archived_endpoint(endpoint, "Nothing was sent.")
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
        Conflict: its endpoint takes nothing at present or is archived, or it is being sent at this moment.
    """
    require(actor, "organization.manage", delivery.organization_id)
    endpoint: WebhookEndpoint = WebhookEndpoint.objects.under_lock().get(pk=delivery.endpoint_id)
    refuse_archived_endpoint(endpoint, "Nothing was sent.")
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
    endpoint = WebhookEndpoint.objects.under_lock().get(pk=endpoint.pk)
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


def _send_again(actor: Any, endpoint: WebhookEndpoint, rows: Any) -> int:
    count: int = rows.update(**AGAIN, next_attempt_at=timezone.now(), version=F("version") + 1)
    if count:
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(resting_until=None)  # a person asks for it now
        record("webhook_endpoint.replayed", actor=actor, subject=endpoint, changes={"deliveries": [None, count]})
        enqueue(TASK, organization_id=endpoint.organization_id)
    return count
