"""What becomes of a session's votes: its medians as scores, and back."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.access import require
from core.errors import Conflict
from events.services import change_recorded
from scoring.models import ScoringSession, SessionStatus
from scoring.selectors.session_results import Adoptions, adoptions_of
from scoring.services.score import ScoreCell, Seen, set_scores, undo_scores
from scoring.services.session import refuse_others


@transaction.atomic
def adopt_session(
    *, actor: User, session: ScoringSession, item_ids: Collection[int] | None = None, seen: str = ""
) -> int:
    """Make the median of each item and criterion its score: of levels the lower one in the middle, so that it is a
    level itself, else the mean of the two in the middle. What nobody voted on stays as it is.

    Args:
        item_ids: of the session's items; None adopts all.
        seen: the mark of what the person saw before they adopted (`Adoptions.seen`); empty does not ask.
    Returns:
        How many scores are others than before.
    Raises:
        NotAllowed: the actor does not lead the session, or may not change scores.
        Conflict: the votes are not revealed, a score has changed since `seen`, or there is nothing to adopt.
    """
    refuse_others(actor, session)
    require(actor, "score.edit", session.organization_id)
    fresh = ScoringSession.objects.select_for_update(of=("self",)).select_related("model").get(pk=session.pk)
    if fresh.is_archived:
        raise Conflict(f"“{fresh}” is archived. Restore it first. Nothing was adopted.")
    if fresh.status == SessionStatus.BLIND:
        raise Conflict("The votes of this round are blind. Reveal them first, then adopt.")
    found = adoptions_of(fresh, actor, timezone.localdate())
    if seen and seen != found.seen:
        raise Conflict("A score or a vote has changed since you looked. Nothing was adopted; look again, then adopt.")
    cells = _cells(fresh, found, item_ids)
    if not cells:
        raise Conflict("There is no vote to adopt on these items. Nothing was changed.")
    note = f"Adopted from session “{fresh}”."
    outcomes = set_scores(actor=actor, organization=fresh.organization, cells=cells, note=note)
    values = {"adopted_at": timezone.now()}
    change_recorded("scoring_session.adopted", actor=actor, subject=fresh, values=values)
    return sum(outcome.what != "unchanged" for outcome in outcomes)


@transaction.atomic
def undo_adoption(*, actor: User, session: ScoringSession, request_id: str) -> int:
    """Take back the scores that the actor adopted in one request, with their comments.

    Raises:
        NotAllowed: the actor does not lead the session, or may not change scores.
        Conflict: there is nothing to take back, or somebody has changed one of the scores since.
    """
    refuse_others(actor, session)
    count = undo_scores(actor=actor, organization=session.organization, request_id=request_id)
    change_recorded("scoring_session.unadopted", actor=actor, subject=session, values={"adopted_at": None})
    return count


def _cells(session: ScoringSession, found: Adoptions, item_ids: Collection[int] | None) -> list[ScoreCell]:
    cells = []
    for line in found.lines:
        item = line.result.item
        if item_ids is not None and item.pk not in item_ids:
            continue
        for spread, cell in zip(line.result.spreads, line.cells, strict=True):
            if cell.after is None or not cell.is_changed:
                continue
            raters = len(spread.voices)
            said = f"Median of {raters}" if raters > 1 else "The one vote"
            comment = f"{said} in session “{session}”, round {session.round_number}."
            cells.append(
                ScoreCell(
                    item.subject_kind, item.subject.pk, cell.criterion.pk, cell.after, comment, Seen(cell.version)
                )
            )
    return cells
