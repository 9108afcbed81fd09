"""Every write to scoring sessions: who leads them, their rounds, and what becomes of their votes.

Whoever changes the state of a session locks its raters first, then the session: a vote locks its rater and reads the
state after that, so that no vote slips in behind a reveal.
"""

import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Organization, User
from core.access import can, require
from core.errors import Conflict, FieldErrors, NotAllowed
from events.services import archive_recorded, change_recorded, create_recorded, restore_recorded
from scoring.models import ScoringModel, ScoringSession, SessionRater, SessionStatus, Vote
from scoring.services.session_people import add_members
from scoring.services.session_things import Thing, add_things

LEAD = "session.facilitate"

#: The votes of a round as the beginning of the next one, as far as what they are about is there still.
CARRY_ON = """
    INSERT INTO scoring_vote
        (organization_id, session_id, rater_id, item_id, criterion_id, round_number, value, comment, version,
         created_at, updated_at)
    SELECT vote.organization_id, vote.session_id, vote.rater_id, vote.item_id, vote.criterion_id,
           vote.round_number + 1, vote.value, vote.comment, 1, now(), now()
    FROM scoring_vote vote
    JOIN scoring_criterion criterion ON criterion.id = vote.criterion_id AND criterion.archived_at IS NULL
    WHERE vote.session_id = %s AND vote.round_number = %s
"""


@transaction.atomic
def create_scoring_session(
    *,
    actor: User,
    organization: Organization,
    model: ScoringModel,
    facilitator: User | None = None,
    items: list[Thing] | None = None,
    raters: list[User] | None = None,
    **values: Any,
) -> ScoringSession:
    """Ask several people for their scores; the first round begins at once, blind.

    Args:
        facilitator: who leads it; the actor where nobody is named.
        items: kind and id of projects, programs or products.
        raters: members whose votes are asked for.
    Raises:
        NotAllowed: the actor's role may not lead sessions.
        FieldErrors: the facilitator may not lead it, or an item or a rater does not fit.
        ValidationError: the model is archived, or a value is wrong.
    """
    require(actor, LEAD, organization)
    leader = facilitator or actor
    _refuse_leader(leader, organization)
    session = ScoringSession(organization=organization, model=model, facilitator=leader, **values)
    create_recorded("scoring_session.created", actor=actor, subject=session)
    if items:
        add_things(actor, session, items)
    if raters:
        add_members(actor, session, raters)
    return session


@transaction.atomic
def update_scoring_session(
    *, actor: User, session: ScoringSession, expected_version: int | None = None, **values: Any
) -> ScoringSession:
    """Change a session's name, closing day or facilitator; whoever may lead sessions may take one over.

    Raises:
        NotAllowed: the actor's role may not lead sessions.
        FieldErrors: the new facilitator may not lead sessions.
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, LEAD, session.organization_id)
    if "facilitator" in values:
        _refuse_leader(values["facilitator"], session.organization)
    return change_recorded(
        "scoring_session.updated", actor=actor, subject=session, values=values, expected_version=expected_version
    )


@transaction.atomic
def archive_scoring_session(
    *, actor: User, session: ScoringSession, expected_version: int | None = None
) -> ScoringSession:
    """Put a session out of sight with its votes; what was blind stays blind.

    Raises:
        NotAllowed: the actor's role may not lead sessions.
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, LEAD, session.organization_id)
    _hold_raters(session)
    return archive_recorded("scoring_session.archived", actor=actor, subject=session, expected_version=expected_version)


@transaction.atomic
def restore_scoring_session(
    *, actor: User, session: ScoringSession, expected_version: int | None = None
) -> ScoringSession:
    """Bring an archived session back as it was.

    Raises:
        NotAllowed: the actor's role may not lead sessions.
    """
    require(actor, LEAD, session.organization_id)
    return restore_recorded("scoring_session.restored", actor=actor, subject=session, expected_version=expected_version)


@transaction.atomic
def reveal_scoring_session(
    *, actor: User, session: ScoringSession, expected_version: int | None = None
) -> ScoringSession:
    """Show every vote of the round to everybody; from now on none is changed.

    Raises:
        NotAllowed: the actor does not lead the session.
        Conflict: it is revealed already, or closed, archived, or nobody rates in it.
    """
    return _move(actor, session, SessionStatus.REVEALED, "revealed", expected_version)


@transaction.atomic
def next_round_scoring_session(
    *, actor: User, session: ScoringSession, expected_version: int | None = None
) -> ScoringSession:
    """Begin another round, blind again. Each rater begins with the own votes of the round before, which is kept.

    Raises:
        NotAllowed: the actor does not lead the session.
        Conflict: the votes of this round are not revealed, or the session is closed.
    """
    begun = _move(actor, session, SessionStatus.BLIND, "round_started", expected_version)
    with connection.cursor() as cursor:
        cursor.execute(CARRY_ON, [begun.pk, begun.round_number - 1])
    return begun


@transaction.atomic
def close_scoring_session(
    *, actor: User, session: ScoringSession, expected_version: int | None = None
) -> ScoringSession:
    """End a session whose votes are revealed; they stay to be read and adopted.

    Raises:
        NotAllowed: the actor does not lead the session.
        Conflict: the votes are not revealed, or it is closed already.
    """
    return _move(actor, session, SessionStatus.CLOSED, "closed", expected_version)


@transaction.atomic
def reopen_scoring_session(
    *, actor: User, session: ScoringSession, expected_version: int | None = None
) -> ScoringSession:
    """Take the closing of a session back: its votes are revealed, and another round may begin.

    Raises:
        NotAllowed: the actor does not lead the session.
        Conflict: it is not closed.
    """
    return _move(actor, session, SessionStatus.REVEALED, "reopened", expected_version)


#: What is done -> the states it is done in, and the sentence where it is not.
STEPS = {
    "revealed": ({SessionStatus.BLIND}, "The votes of this session are revealed already."),
    "round_started": ({SessionStatus.REVEALED}, "Another round begins once the votes of this one are revealed."),
    "closed": ({SessionStatus.REVEALED}, "A session is closed once its votes are revealed. To drop it, archive it."),
    "reopened": ({SessionStatus.CLOSED}, "This session is not closed."),
}


@transaction.atomic
def end_overdue_session(*, actor: None, session: ScoringSession, day: datetime.date) -> bool:
    """Go one step on with a session whose closing day is over: what is blind is revealed; what was revealed before that
    day, and not touched since, is closed. Where nobody has voted there is nothing to reveal.

    Args:
        actor: nobody: the system does it.
        day: today. Done twice on a day, the second finds nothing to do.
    Returns:
        Whether there was something to do.
    Raises:
        Conflict: somebody archived it, or went on with it, at the same moment.
    """
    _hold_raters(session)
    fresh = ScoringSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    if not fresh.is_overdue(day):
        return False
    note = "Its closing day is over."
    if fresh.status == SessionStatus.BLIND:
        if not Vote.objects.filter(session=fresh, round_number=fresh.round_number).exists():
            return False
        _step(actor, fresh, SessionStatus.REVEALED, "revealed", None, note)
        return True
    if timezone.localdate(fresh.updated_at) >= day:
        return False
    _step(actor, fresh, SessionStatus.CLOSED, "closed", None, note)
    return True


def _move(
    actor: User, session: ScoringSession, to: SessionStatus, what: str, expected_version: int | None
) -> ScoringSession:
    refuse_others(actor, session)
    return _step(actor, session, to, what, expected_version)


def _step(
    actor: User | None,
    session: ScoringSession,
    to: SessionStatus,
    what: str,
    expected_version: int | None,
    note: str = "",
) -> ScoringSession:
    raters = _hold_raters(session)
    fresh = ScoringSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    allowed, sentence = STEPS[what]
    if fresh.is_archived:
        raise Conflict(f"“{fresh}” is archived. Restore it first. Nothing was changed.")
    if fresh.status not in allowed:
        is_over = fresh.status == SessionStatus.CLOSED
        raise Conflict(f"{'This session is closed.' if is_over else sentence} Nothing was changed.")
    if what == "revealed" and not raters:
        raise Conflict("Nobody rates in this session yet, so there is nothing to reveal. Add raters first.")
    values: dict[str, Any] = {"status": to}
    if what == "round_started":
        values["round_number"] = fresh.round_number + 1
    return change_recorded(
        f"scoring_session.{what}",
        actor=actor,
        subject=fresh,
        values=values,
        expected_version=expected_version,
        note=note,
    )


def refuse_others(actor: User, session: ScoringSession) -> None:
    """Refuse whoever does not lead a session.

    Raises:
        NotAllowed: the actor is not its facilitator, or may not lead sessions.
    """
    require(actor, LEAD, session.organization_id)
    if session.facilitator_id != actor.pk:
        raise NotAllowed(
            f"{session.facilitator} leads this session. To lead it yourself, edit it and name yourself as facilitator."
        )


def _hold_raters(session: ScoringSession) -> list[SessionRater]:
    return list(SessionRater.objects.select_for_update(of=("self",)).filter(session=session).order_by("pk"))


def _refuse_leader(leader: User, organization: Any) -> None:
    if not can(leader, LEAD, organization):
        raise FieldErrors({"facilitator": f"The role of {leader} may not lead scoring sessions. Choose another."})
