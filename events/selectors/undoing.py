"""What a row was before the last thing that happened to it, for what takes that back."""

from typing import Any

from events.models import Event


def before_last(kind: str, subject: Any, *, actor: Any = None) -> dict[str, Any]:
    """The values that an event of a kind changed, as the log tells of before; nothing if the row is not as it left it.

    Args:
        actor: whose event it has to be; None asks for nobody's in particular.
    """
    events = Event.objects.filter(
        organization_id=subject.organization_id, kind=kind, subject_version=subject.version
    ).about(subject._meta.label_lower, subject.pk)
    event = (events.filter(actor=actor) if actor else events).order_by("-pk").first()
    return {name: pair[0] for name, pair in event.changes.items()} if event else {}
