"""What endpoints outside are told of an event: the same bytes for each of them, and each time."""

import json
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.urls import NoReverseMatch

from core.serializers import instant
from core.tenancy import global_url
from events.followers import public_type
from events.models import TEST, Event
from events.selectors.words import model_of

#: What a table's rows are called in the addresses of the API, where that is not the name of the table.
RESOURCES = {
    "accounts.membership": "member",
    "feedback.theme": "feedback-theme",
    "finance.financialentry": "entry",
    "portfolio.stancedecision": "stance-decision",
    "projects.levellingproposal": "levelling",
}
#: Of an event that changed more, the changes are left out; its own address tells them.
MOST_BYTES = 256 * 1024


def message_of(event: Event) -> str:
    """The body of the message about an event.

    It may tell amounts of money: an endpoint belongs to the organization, and owners, who see them, alone make one.
    """
    data = {
        "organization": event.organization.slug,
        "event": {"id": event.pk, "kind": event.kind, "url": _url("event", str(event.pk))},
        "subject": {
            "type": event.subject_type,
            "id": event.subject_id,
            "name": event.subject_name,
            "version": event.subject_version,
            "url": resource_url(event.subject_type, event.subject_id),
        },
        "actor": {"id": event.actor_id, "name": event.actor_name},
        "changes": event.changes,
        "note": event.note,
    }
    told = {"type": public_type(event.kind), "timestamp": instant(event.occurred_at), "data": data}
    body = _json(told)
    if len(body.encode()) > MOST_BYTES:
        data |= {"changes": {}, "changes_left_out": True}
        body = _json(told)
    return body


def test_message(endpoint: Any, actor: Any, now: Any) -> str:
    """The body of a message that only tries an endpoint."""
    data = {
        "organization": endpoint.organization.slug,
        "endpoint": {"id": endpoint.pk, "name": endpoint.name},
        "actor": {"id": actor.pk, "name": str(actor)},
    }
    return _json({"type": TEST, "timestamp": instant(now), "data": data})


def resource_url(subject_type: str, subject_id: str) -> str | None:
    """Where the API shows a row; None where it has no address of its own."""
    name = RESOURCES.get(subject_type)
    if name is None:
        model = model_of(subject_type)
        name = str(model._meta.verbose_name).lower().replace(" ", "-") if model else ""
    return _url(name, subject_id)


def _url(name: str, pk: str) -> str | None:
    try:
        return settings.PUBLIC_URL + global_url(f"api:{name}-detail", pk=pk)
    except NoReverseMatch:
        return None


def _json(told: dict[str, Any]) -> str:
    return json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))
