"""Followers read the log in commit order, each with a cursor that moves with its effect."""

import datetime
from typing import Any

from django.db import transaction

from events.followers import FOLLOWERS
from events.models import Event, FollowerCursor

BATCH = 1000


@transaction.atomic
def advance(organization_id: int, name: str) -> int:
    """Let one follower deal with the next settled events of the organization in scope; returns how many.

    Claims the cursor with SKIP LOCKED: when another worker holds it, that worker will see these events and this call
    returns 0. Effect and mark share the transaction, so a killed worker loses and doubles nothing.
    """
    cursor = _claim(organization_id, name)
    if cursor is None:
        return 0
    log = Event.objects.filter(organization_id=organization_id)
    events = list(log.after(cursor.transaction_id, cursor.event_id).settled().in_commit_order()[:BATCH])
    if not events:
        return 0
    FOLLOWERS[name](events)
    cursor.transaction_id, cursor.event_id = events[-1].transaction_id, events[-1].pk
    cursor.save()
    return len(events)


def _claim(organization_id: int, name: str) -> FollowerCursor | None:
    keys = {"organization_id": organization_id, "follower": name}
    if not FollowerCursor.objects.filter(**keys).exists():
        FollowerCursor.objects.bulk_create([FollowerCursor(**keys)], ignore_conflicts=True)
    return FollowerCursor.objects.select_for_update(skip_locked=True).filter(**keys).first()


def behind_since(organization_id: int, name: str) -> datetime.datetime | None:
    """When the oldest event that a follower has not dealt with happened; None when it is up to date."""
    keys = {"organization_id": organization_id}
    position = FollowerCursor.objects.filter(follower=name, **keys).values_list("transaction_id", "event_id").first()
    waiting = Event.objects.filter(**keys).after(*(position or (0, 0))).in_commit_order()
    return waiting.values_list("occurred_at", flat=True).first()


def catch_up(organization_id: int, name: str) -> int:
    """Advance a follower until nothing settled is left; returns how many events it read."""
    total = 0
    while count := advance(organization_id, name):
        total += count
    return total


def has_unread_events(organization_id: int) -> bool:
    """True when some follower of the organization in scope is behind."""
    return any(behind_since(organization_id, name) for name in FOLLOWERS)


def organizations() -> list[int]:
    """Ids of all organizations, for sweeps: a table without rows of tenants, so that no scope is needed."""
    model: Any = Event._meta.get_field("organization").related_model
    return list(model.objects.order_by("pk").values_list("pk", flat=True))
