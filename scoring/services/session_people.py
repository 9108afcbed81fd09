"""Every write to the raters of a scoring session: added, finished, gone and back."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Membership, User
from core.access import ROLES_ALLOWED, require
from core.errors import Conflict, FieldErrors, NotAllowed
from events.services import record
from scoring.models import ScoringSession, SessionRater, SessionStatus
from scoring.selectors.session import SEEN_SECONDS
from scoring.services.session_things import locked

MOST_RATERS = 50


@transaction.atomic
def add_session_raters(*, actor: User, session: ScoringSession, users: Sequence[User]) -> int:
    """Ask further members for their votes, also while the session runs; who is a rater already stays one.

    Returns:
        How many were added.
    Raises:
        NotAllowed: the actor's role may not lead sessions.
        FieldErrors: somebody may not vote, sees no amounts although the model counts with them, or they are too many.
        Conflict: the session is closed or archived.
    """
    require(actor, "session.facilitate", session.organization_id)
    return len(add_members(actor, session, users))


@transaction.atomic
def leave_session(*, actor: User, session: ScoringSession) -> SessionRater:
    """Leave a session: the votes given stay and count, and nobody waits for more.

    Raises:
        NotAllowed: the actor is no rater of it.
    """
    return _gone(actor, _own(actor, session), "rater_left")


@transaction.atomic
def remove_session_rater(*, actor: User, session: ScoringSession, rater: SessionRater) -> SessionRater:
    """Wait for a rater no longer; the votes given stay and count.

    Raises:
        NotAllowed: the actor's role may not lead sessions.
    """
    require(actor, "session.facilitate", session.organization_id)
    return _gone(actor, rater, "rater_removed")


@transaction.atomic
def return_session_rater(*, actor: User, session: ScoringSession, rater: SessionRater) -> SessionRater:
    """Bring back a rater who left or was removed: the actor's own self, or by who leads sessions.

    Raises:
        NotAllowed: the actor's role may not lead sessions, or vote.
    """
    require(actor, "score.vote" if rater.user_id == actor.pk else "session.facilitate", session.organization_id)
    locked(session)
    return _change(actor, rater, "rater_returned", left_at=None)


@transaction.atomic
def finish_session_round(*, actor: User, session: ScoringSession, is_finished: bool = True) -> SessionRater:
    """Say that the actor is finished with this round, or take that back.

    Raises:
        NotAllowed: the actor is no rater of it, or may not vote.
        Conflict: the votes of this round are revealed, or the actor has left.
    """
    require(actor, "score.vote", session.organization_id)
    rater = voter(actor, session)
    number = rater.session.round_number
    told = "rater_finished" if is_finished else "rater_resumed"
    return _change(actor, rater, told, finished_round=number if is_finished else number - 1)


@transaction.atomic
def mark_seen(*, actor: User, session_id: int) -> None:
    """Note that a rater looks at a session, at most once in ten seconds."""
    now = timezone.now()
    before = now - datetime.timedelta(seconds=SEEN_SECONDS)
    rows = SessionRater.objects.filter(session=session_id, user=actor)
    rows.exclude(seen_at__gt=before).update(seen_at=now)


def add_members(actor: User, session: ScoringSession, users: Sequence[User]) -> list[SessionRater]:
    """Add raters for a service that has asked whether its actor may."""
    fresh = locked(session)
    known = set(fresh.raters.values_list("user_id", flat=True))
    wanted = {user.pk: user for user in users if user.pk not in known}
    if len(known) + len(wanted) > MOST_RATERS:
        raise FieldErrors(
            {"raters": f"A session has at most {MOST_RATERS} raters; these would be {len(known) + len(wanted)}."}
        )
    _refuse_unfit(fresh, wanted)
    rows = [
        SessionRater(organization_id=session.organization_id, session=session, user=user) for user in wanted.values()
    ]
    SessionRater.objects.bulk_create(rows)
    if rows:
        names = ", ".join(str(user) for user in wanted.values())
        record("scoring_session.raters_added", actor=actor, subject=fresh, changes={"raters": [None, names]})
    return rows


def voter(actor: User, session: ScoringSession) -> SessionRater:
    """The actor as a rater whose votes are asked for now, locked, with the session as it is after that.

    Raises:
        NotAllowed: the actor is no rater of it.
        Conflict: the votes are revealed, the session is closed or archived, or the actor has left.
    """
    rater = _own(actor, session)
    fresh = ScoringSession.objects.select_related("facilitator").get(pk=session.pk)  # read once the rater is locked
    if fresh.is_archived:
        raise Conflict(f"“{fresh}” is archived and takes no votes. Nothing was saved.")
    if fresh.status == SessionStatus.CLOSED:
        raise Conflict(f"“{fresh}” is closed and takes no votes. Nothing was saved.")
    if fresh.status == SessionStatus.REVEALED:
        raise Conflict(
            f"The votes of this round are revealed and stay as they are. Nothing was saved; "
            f"{fresh.facilitator} can start another round."
        )
    if rater.left_at is not None:
        raise Conflict("You have left this session, so nothing was saved. Return to it, then vote.")
    rater.session = fresh
    return rater


def _own(actor: User, session: ScoringSession) -> SessionRater:
    rater = SessionRater.objects.select_for_update(of=("self",)).filter(session=session, user=actor).first()
    if rater is None:
        raise NotAllowed(f"You are no rater of “{session}”. {session.facilitator}, who leads it, can add you.")
    return rater


def _gone(actor: User, rater: SessionRater, what: str) -> SessionRater:
    return _change(actor, rater, what, left_at=rater.left_at or timezone.now())


def _change(actor: User, rater: SessionRater, what: str, **values: Any) -> SessionRater:
    """Change a rater, and tell of it on the session, where people look for it."""
    fresh = SessionRater.objects.select_for_update(of=("self",)).select_related("session", "user").get(pk=rater.pk)
    if all(getattr(fresh, name) == value for name, value in values.items()):
        return fresh
    for name, value in values.items():
        setattr(fresh, name, value)
    fresh.version += 1
    fresh.save(update_fields=[*values, "version", "updated_at"])
    note = "" if fresh.user_id == actor.pk else str(fresh.user)
    record(f"scoring_session.{what}", actor=actor, subject=fresh.session, note=note)
    return fresh


def _refuse_unfit(session: ScoringSession, wanted: dict[int, User]) -> None:
    members = Membership.objects.filter(organization=session.organization_id, user__in=wanted, user__is_active=True)
    standing = {row.user_id: row for row in members}
    for pk, user in wanted.items():
        row = standing.get(pk)
        if row is None or row.role not in ROLES_ALLOWED["score.vote"]:
            raise FieldErrors({"raters": f"{user} may not vote here: viewers and people who are no members only read."})
        if session.model.uses_amounts and not row.is_shown_amounts:
            raise FieldErrors({"raters": f"{user} sees no amounts of money, and this model counts with them."})
