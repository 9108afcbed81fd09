"""Endpoints outside: made, changed, resumed, given another secret. Owners alone manage them."""

import datetime
import secrets
from base64 import b64encode
from collections.abc import Collection
from typing import Any

import httpx
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.access import require
from core.errors import FieldErrors
from core.outgoing import ForbiddenAddress, refuse_private
from core.secrets import sealed
from events.models import LONGEST_URL, EndpointState, WebhookDelivery, WebhookEndpoint
from events.selectors.kinds import public_types
from events.selectors.webhooks import refuse_archived_endpoint
from events.services.recording import archive_recorded, change_recorded, create_recorded, restore_recorded

#: After a change of the secret both sign for so long.
BOTH_SIGN = datetime.timedelta(hours=24)
#: What is said of a delivery that waited for an endpoint which takes none any more.
NOT_SENT = "Not sent: the endpoint was {what} before."


def create_webhook_endpoint(
    *,
    actor: Any,
    organization: Any,
    name: str,
    url: str,
    has_all_types: bool = False,
    types: Collection[str] = (),
) -> tuple[WebhookEndpoint, str]:
    """Tell an address outside of events from now on; returns it with its secret, which is shown this once.

    Raises:
        NotAllowed: the actor is not an owner.
        FieldErrors: the address or a type is none.
        django.core.exceptions.ValidationError: another endpoint has the name, or nothing is chosen.
    """
    require(actor, "organization.manage", organization)
    secret = new_secret()
    row = WebhookEndpoint(
        organization=organization,
        name=name,
        url=checked_url(url=url),
        has_all_types=has_all_types,
        types=_checked_types(types, has_all_types),
        secret=sealed(secret),
        secret_hint=secret[-4:],
        active_since=timezone.now(),
        created_by=actor,
    )
    told = {"host": [None, _host(row.url)]}
    return create_recorded("webhook_endpoint.created", actor=actor, subject=row, also=told), secret


@transaction.atomic
def update_webhook_endpoint(
    *, actor: Any, endpoint: WebhookEndpoint, expected_version: int | None = None, **fields: Any
) -> WebhookEndpoint:
    """Change its name, its address or what it is told. What waits goes to the new address.

    Raises:
        StaleEdit: somebody changed it after version `expected_version`.
        FieldErrors: the address or a type is none.
    """
    require(actor, "organization.manage", endpoint.organization_id)
    held: WebhookEndpoint = WebhookEndpoint.objects.under_lock().get(pk=endpoint.pk)
    url = checked_url(url=fields.pop("url")) if "url" in fields else held.url
    if fields.keys() & {"has_all_types", "types"}:
        has_all = fields.get("has_all_types", held.has_all_types)
        types = _checked_types(fields.get("types", held.types), has_all)
        fields |= {"has_all_types": has_all, "types": types}
    fresh = change_recorded(
        "webhook_endpoint.updated",
        actor=actor,
        subject=held,
        values=fields,
        expected_version=expected_version,
        also={"host": [_host(held.url), _host(url)]} if url != held.url else None,
    )
    return _silently(fresh, url=url) if url != fresh.url else fresh


@transaction.atomic
def resume_webhook_endpoint(
    *, actor: Any, endpoint: WebhookEndpoint, expected_version: int | None = None
) -> WebhookEndpoint:
    """Send again, from now on, and what was held."""
    require(actor, "organization.manage", endpoint.organization_id)
    refuse_archived_endpoint(endpoint, "Nothing was changed.")
    if endpoint.is_active:
        return endpoint
    values = {"state": EndpointState.ACTIVE, "state_reason": ""}
    fresh = change_recorded(
        "webhook_endpoint.resumed", actor=actor, subject=endpoint, values=values, expected_version=expected_version
    )
    return _silently(fresh, active_since=timezone.now(), failing_since=None, failure_count=0, resting_until=None)


@transaction.atomic
def rotate_webhook_secret(
    *, actor: Any, endpoint: WebhookEndpoint, expected_version: int | None = None
) -> tuple[WebhookEndpoint, str]:
    """Give an endpoint another secret, which is shown this once. For a day, the former one signs too."""
    require(actor, "organization.manage", endpoint.organization_id)
    refuse_archived_endpoint(endpoint, "Nothing was changed.")
    secret, until = new_secret(), timezone.now() + BOTH_SIGN
    fresh = change_recorded(
        "webhook_endpoint.secret_rotated",
        actor=actor,
        subject=endpoint,
        values={"secret_hint": secret[-4:]},
        expected_version=expected_version,
        also={"both_sign_until": [None, until.isoformat()]},
    )
    former = {"previous_secret": fresh.secret, "previous_secret_until": until}
    return _silently(fresh, secret=sealed(secret), **former), secret


@transaction.atomic
def archive_webhook_endpoint(
    *, actor: Any, endpoint: WebhookEndpoint, expected_version: int | None = None
) -> WebhookEndpoint:
    """Tell it nothing more; what was told stays to be read."""
    require(actor, "organization.manage", endpoint.organization_id)
    fresh = archive_recorded(
        "webhook_endpoint.archived", actor=actor, subject=endpoint, expected_version=expected_version
    )
    _give_up_waiting(fresh, "archived")
    return fresh


@transaction.atomic
def restore_webhook_endpoint(
    *, actor: Any, endpoint: WebhookEndpoint, expected_version: int | None = None
) -> WebhookEndpoint:
    """Bring it back, paused: nothing is sent before somebody says so. One that is not archived stays as it is."""
    require(actor, "organization.manage", endpoint.organization_id)
    held: WebhookEndpoint = WebhookEndpoint.objects.under_lock().get(pk=endpoint.pk)
    fresh = restore_recorded("webhook_endpoint.restored", actor=actor, subject=held, expected_version=expected_version)
    return _silently(fresh, state=EndpointState.PAUSED, state_reason="") if held.is_archived else fresh


def disable_webhook_endpoint(*, actor: Any, endpoint: WebhookEndpoint, reason: str) -> WebhookEndpoint:
    """Send nothing more to an endpoint that takes nothing; its page tells the owners why.

    Args:
        actor: None, the system itself.
    """
    fresh = change_recorded(
        "webhook_endpoint.disabled",
        actor=actor,
        subject=endpoint,
        values={"state": EndpointState.DISABLED, "state_reason": reason[:300]},
        note=reason,
    )
    _give_up_waiting(fresh, "disabled")
    return fresh


def new_secret() -> str:
    """What signs messages, as Standard Webhooks writes it: 32 random bytes."""
    return f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"


def checked_url(*, url: str) -> str:
    """An address as it is kept, if messages may be sent there at all. Where its name leads is checked when sending.

    Raises:
        FieldErrors: it is no address, is not encrypted, carries a password, or is a private one.
    """
    try:
        parts = httpx.URL(url.strip())
    except httpx.InvalidURL:
        raise FieldErrors({"url": "This is no address. It begins with https:// and names a host."}) from None
    is_http = parts.scheme == "http" and settings.WEBHOOK_ALLOW_HTTP
    if parts.scheme != "https" and not is_http:
        raise FieldErrors({"url": "Give an address that begins with https://, so that nobody reads along."})
    has_port = parts.port is None or 0 < parts.port < 65_536
    if not parts.host or not has_port or any(character.isspace() for character in url.strip()):
        raise FieldErrors({"url": "This is no address: it names no host or no port, or has a space in it."})
    if parts.userinfo:
        raise FieldErrors({"url": "Leave name and password out of the address. Messages are signed instead."})
    if parts.fragment:
        raise FieldErrors({"url": "Leave out what follows the #: it is never sent."})
    try:
        refuse_private(parts.host, settings.WEBHOOK_PRIVATE_HOSTS)
    except ForbiddenAddress:
        raise FieldErrors(
            {"url": "This address belongs to no host of the Internet. Messages go to public ones."}
        ) from None
    if len(str(parts)) > LONGEST_URL:
        raise FieldErrors({"url": f"This address is too long: encoded, it has more than {LONGEST_URL} characters."})
    return str(parts)


def _checked_types(types: Collection[str], has_all_types: bool) -> list[str]:
    if has_all_types:
        return []
    unknown = [name for name in types if name not in public_types()]
    if unknown:
        raise FieldErrors({"types": f"There is no event called {', '.join(sorted(unknown)[:5])}. Nothing was saved."})
    if not types:
        raise FieldErrors({"types": "Choose at least one event, or every event."})
    return sorted(set(types))


def _host(url: str) -> str:
    return httpx.URL(url).host


def _silently(endpoint: WebhookEndpoint, **values: Any) -> WebhookEndpoint:
    """Set columns that the log does not tell."""
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(**values)
    for name, value in values.items():
        setattr(endpoint, name, value)
    return endpoint


def _give_up_waiting(endpoint: WebhookEndpoint, what: str) -> None:
    """Deliveries that nobody holds fail; they can be sent again later, all of them at once."""
    waiting = WebhookDelivery.objects.filter(endpoint=endpoint, state="waiting").exclude(
        pk__in=WebhookDelivery.objects.filter(endpoint=endpoint).in_hands(timezone.now()).values("pk")
    )
    waiting.update(state="failed", claim=None, next_attempt_at=None, failure=NOT_SENT.format(what=what))
