"""Every write to what a scoring session scores."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import transaction

from accounts.models import User
from core.access import require
from core.errors import Conflict, FieldErrors
from events.services import record
from scoring.models import ITEM_KINDS, ScoringSession, SessionItem, SessionStatus, Vote
from scoring.selectors.sheet import item_model

MOST_ITEMS = 100


class Thing(NamedTuple):
    """A project, program or product by its kind and id."""

    kind: str
    pk: int


@transaction.atomic
def add_session_items(*, actor: User, session: ScoringSession, items: Sequence[Thing]) -> int:
    """Add what is to be scored, also while the session runs; what is in it already is left as it is.

    Returns:
        How many were added.
    Raises:
        NotAllowed: the actor's role may not lead sessions.
        FieldErrors: there is no such item, it is archived, or they are too many.
        Conflict: the session is closed or archived.
    """
    require(actor, "session.facilitate", session.organization_id)
    return len(add_things(actor, session, items))


@transaction.atomic
def remove_session_item(*, actor: User, session: ScoringSession, item: SessionItem) -> None:
    """Take an item out of a session on which nobody has voted.

    Raises:
        NotAllowed: the actor's role may not lead sessions.
        Conflict: there are votes on it, which are kept, or the session is closed.
    """
    require(actor, "session.facilitate", session.organization_id)
    fresh = locked(session)
    held = SessionItem.objects.select_for_update(of=("self",)).filter(pk=item.pk, session=session).first()
    if held is None:
        raise Conflict("This item is not in the session any more. Nothing was changed.")
    name = str(held)
    if Vote.objects.filter(item=held).exists():
        raise Conflict(f"There are votes on “{name}”, and votes are kept. Leave it out when you adopt the medians.")
    held.delete()
    record("scoring_session.item_removed", actor=actor, subject=fresh, changes={"items": [name, None]})


def add_things(actor: User, session: ScoringSession, items: Sequence[Thing]) -> list[SessionItem]:
    """Add items for a service that has asked whether its actor may."""
    fresh = locked(session)
    known = {(row.subject_kind, getattr(row, f"{row.subject_kind}_id")) for row in fresh.items.all()}
    wanted = [item for item in dict.fromkeys(items) if item not in known]
    if len(known) + len(wanted) > MOST_ITEMS:
        raise FieldErrors(
            {"items": f"A session has at most {MOST_ITEMS} items; these would be {len(known) + len(wanted)}."}
        )
    found = _found(actor, wanted)
    rows = []
    for place, item in enumerate(wanted, start=len(known)):
        subject = found.get(item)
        if subject is None:
            raise FieldErrors({"items": f"There is no such {item.kind}, or it is not yours to see."})
        if subject.is_archived:
            raise FieldErrors({"items": f"“{subject}” is archived. Restore it first, or choose another."})
        rows.append(
            SessionItem(
                organization_id=session.organization_id, session=session, position=place, **{item.kind: subject}
            )
        )
    SessionItem.objects.bulk_create(rows)
    if rows:
        names = ", ".join(str(found[item]) for item in wanted)
        record("scoring_session.items_added", actor=actor, subject=fresh, changes={"items": [None, names]})
    return rows


def locked(session: ScoringSession) -> ScoringSession:
    """The session as it is now, locked, if it may still be added to.

    Raises:
        Conflict: it is closed or archived.
    """
    fresh: ScoringSession = ScoringSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    if fresh.is_archived:
        raise Conflict(f"“{fresh}” is archived. Restore it first. Nothing was changed.")
    if fresh.status == SessionStatus.CLOSED:
        raise Conflict(f"“{fresh}” is closed. Nothing was changed.")
    return fresh


def _found(actor: User, wanted: Sequence[Thing]) -> dict[Thing, Any]:
    found: dict[Thing, Any] = {}
    for kind in {item.kind for item in wanted}:
        if kind not in ITEM_KINDS:
            raise FieldErrors({"items": f"What is scored is a {', '.join(ITEM_KINDS)}; “{kind[:40]}” is not."})
        ids = [item.pk for item in wanted if item.kind == kind]
        for row in item_model(kind).objects.visible_to(actor).filter(pk__in=ids):
            found[Thing(kind, row.pk)] = row
    return found
