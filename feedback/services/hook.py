"""Hooks: addresses that other programs send feedback to, their secrets, and what comes through them."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import Organization, User
from core.access import require
from core.errors import Conflict
from core.secrets import sealed
from events.services import (
    archive_recorded,
    change_recorded,
    create_recorded,
    new_secret,
    restore_recorded,
)
from feedback.models import Channel, IntakeHook
from feedback.services.intake import Incoming, Received, receive_items

LONGEST_KEY = 200


@transaction.atomic
def create_hook(*, actor: User, organization: Organization, **fields: Any) -> tuple[IntakeHook, str]:
    """Make an address for a sender.

    Returns:
        The hook and its secret, which is shown this once.
    Raises:
        NotAllowed: the actor's role may not change how feedback is handled.
    """
    require(actor, "feedback.manage", organization)
    # The organization's number first: it must be known before a row of it can be looked for.
    public_id = f"{organization.pk}-{secrets.token_hex(16)}"
    secret = new_secret()
    row = IntakeHook(organization=organization, public_id=public_id, **_kept(secret), **fields)
    return create_recorded("intake_hook.created", actor=actor, subject=row), secret


@transaction.atomic
def update_hook(*, actor: User, hook: IntakeHook, expected_version: int | None = None, **fields: Any) -> IntakeHook:
    """Change a hook, or pause it.

    Raises:
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, "feedback.manage", hook.organization_id)
    return change_recorded(
        "intake_hook.updated", actor=actor, subject=hook, values=fields, expected_version=expected_version
    )


@transaction.atomic
def rotate_hook(*, actor: User, hook: IntakeHook, expected_version: int | None = None) -> tuple[IntakeHook, str]:
    """Give a hook another secret; what is signed with the old one is refused from now on.

    Raises:
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, "feedback.manage", hook.organization_id)
    secret = new_secret()
    fresh = change_recorded(
        "intake_hook.secret_rotated",
        actor=actor,
        subject=hook,
        values=_kept(secret),
        expected_version=expected_version,
    )
    return fresh, secret


@transaction.atomic
def archive_hook(*, actor: User, hook: IntakeHook, expected_version: int | None = None) -> IntakeHook:
    """Take a hook's address away; what came through it stays."""
    require(actor, "feedback.manage", hook.organization_id)
    return archive_recorded("intake_hook.archived", actor=actor, subject=hook, expected_version=expected_version)


@transaction.atomic
def restore_hook(*, actor: User, hook: IntakeHook, expected_version: int | None = None) -> IntakeHook:
    """Give a hook its address back, with the secret that it had."""
    require(actor, "feedback.manage", hook.organization_id)
    return restore_recorded("intake_hook.restored", actor=actor, subject=hook, expected_version=expected_version)


@transaction.atomic
def receive_through_hook(*, hook: IntakeHook, rows: Sequence[Incoming], delivery: str = "") -> list[Received]:
    """Store what a sender sent, whose signature or secret has been checked: all of it, or nothing.

    Args:
        delivery: the id of this delivery, by which a text without a key of its own is known when it is sent again.
    Raises:
        Conflict: the hook is paused.
        IncomingErrors: some of it cannot be stored; nothing is.
    """
    if not hook.is_active:
        raise Conflict("This hook is paused, so nothing was stored. Send it again once its owners have resumed it.")
    product = None if hook.product is None or hook.product.archived_at else hook.product
    sent = [
        replace(row, product=row.product or product, external_key=_key(hook, row.external_key, delivery, place))
        for place, row in enumerate(rows)
    ]
    found = receive_items(actor=None, organization=hook.organization, channel=Channel.WEBHOOK, rows=sent)
    count = sum(one.what == "received" for one in found)
    counted = F("received_count") + count
    IntakeHook.objects.filter(pk=hook.pk).update(received_count=counted, last_received_at=timezone.now())
    return found


def refuse_at_hook(*, hook: IntakeHook, why: str) -> None:
    """Count what was refused, where those who look after the hook see it."""
    counted = F("refused_count") + 1
    refused: dict[str, Any] = {"last_refused_at": timezone.now(), "last_refusal": why[:300]}
    IntakeHook.objects.filter(pk=hook.pk).update(refused_count=counted, **refused)


def _kept(secret: str) -> dict[str, Any]:
    """What is kept of a new secret."""
    return {"secret_sealed": sealed(secret), "secret_hint": secret[-5:], "secret_made_at": timezone.now()}


def _key(hook: IntakeHook, given: str, delivery: str, place: int) -> str:
    """By what a text is known: senders count each for themselves, so the hook stands before what they say."""
    own = given.strip() or (f"{delivery}#{place}" if delivery else "")
    if not own:
        return ""
    key = f"hook-{hook.pk}:{own}"
    return key if len(key) <= LONGEST_KEY else f"hook-{hook.pk}:sha256:{hashlib.sha256(own.encode()).hexdigest()}"
