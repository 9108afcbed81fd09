"""Every write to votes: what a rater gives items on criteria, saved at once, seen by nobody else before the reveal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from core.access import require
from core.errors import Conflict
from events.services import record
from scoring.models import Criterion, ScoringSession, SessionItem, SessionRater, Vote
from scoring.services.score import CellErrors
from scoring.services.session_people import voter

#: So many votes are saved in one call at most.
MOST_VOTES = 3_000


@dataclass(frozen=True)
class Ballot:
    """What a rater gives an item of the session on a criterion; no value takes the vote back.

    `comment` None leaves the one there is.
    """

    item_id: int
    criterion_id: int
    value: Decimal | None
    comment: str | None = None

    @property
    def key(self) -> tuple[int, int]:
        return self.item_id, self.criterion_id


@transaction.atomic
def set_votes(*, actor: User, session: ScoringSession, votes: Sequence[Ballot]) -> int:
    """Save votes of the actor in the present round: all of them, or none and what is wrong with which.

    The log tells that somebody has voted on an item, once in a round, and never what: everybody may read the log, and
    the round is blind.

    Returns:
        How many votes are others than before.
    Raises:
        NotAllowed: the actor may not vote, or is no rater of the session.
        Conflict: its votes are revealed, it is closed or archived, or the actor has left it or is finished.
        CellErrors: some votes cannot be saved; a sentence for each.
    Cost: seven statements and a transaction, however many votes.
    """
    require(actor, "score.vote", session.organization_id)
    if len(votes) > MOST_VOTES:
        raise Conflict(f"At most {MOST_VOTES:,} votes at once; these are {len(votes):,}. Nothing was saved.")
    rater = voter(actor, session)
    if rater.finished_round == rater.session.round_number:
        raise Conflict("You said that you are finished, so nothing was saved. Take that back, then go on.")
    items = {row.pk: row for row in _items(rater.session, votes)}
    criteria = {row.pk: row for row in Criterion.objects.live().filter(model=rater.session.model_id)}
    _refuse_wrong(votes, items, criteria)
    given = Vote.objects.filter(rater=rater, round_number=rater.session.round_number, item__in=items)
    kept = {(row.item_id, row.criterion_id): row for row in given}
    _refuse_mute(votes, criteria)
    changed = _write(rater, votes, kept)
    for item_id in dict.fromkeys(item for item, _ in changed):
        if not any(item == item_id for item, _ in kept):
            record("scoring_session.voted", actor=actor, subject=rater.session, note=str(items[item_id]))
    return len(changed)


def _items(session: ScoringSession, votes: Sequence[Ballot]) -> Sequence[SessionItem]:
    rows = SessionItem.objects.filter(session=session, pk__in={vote.item_id for vote in votes})
    return list(rows.select_related("project", "program", "product"))


def _refuse_wrong(votes: Sequence[Ballot], items: Mapping[int, SessionItem], criteria: Mapping[int, Criterion]) -> None:
    errors: dict[int, str] = {}
    met: set[tuple[int, int]] = set()
    for place, vote in enumerate(votes):
        item, criterion = items.get(vote.item_id), criteria.get(vote.criterion_id)
        if item is None:
            errors[place] = "This item is not in the session."
        elif criterion is None:
            errors[place] = "The model has no such criterion any more."
        elif item.subject.is_archived:
            errors[place] = f"“{item}” is archived, so it takes no votes."
        elif vote.key in met:
            errors[place] = f"“{item}” comes twice for {criterion}."
        elif vote.value is not None and (sentence := criterion.refusal(vote.value)):
            errors[place] = sentence
        met.add(vote.key)
    if errors:
        raise CellErrors(errors)


def _refuse_mute(votes: Sequence[Ballot], criteria: Mapping[int, Criterion]) -> None:
    """A comment goes with a vote."""
    mute = {place: vote for place, vote in enumerate(votes) if vote.value is None and vote.comment}
    if mute:
        raise CellErrors(
            {
                place: f"{criteria[vote.criterion_id]}: a comment goes with a vote. Vote first, then it is saved."
                for place, vote in mute.items()
            }
        )


def _write(rater: SessionRater, votes: Sequence[Ballot], kept: Mapping[tuple[int, int], Vote]) -> list[tuple[int, int]]:
    """The keys of the votes that are others now."""
    created, updated, removed = [], [], []
    for vote in votes:
        row = kept.get(vote.key)
        if vote.value is None:
            removed += [row] if row else []
            continue
        comment = vote.comment if vote.comment is not None else row.comment if row else ""
        if row is not None and (row.value, row.comment) == (vote.value, comment):
            continue
        if row is None:
            session = rater.session
            row = Vote(
                organization_id=session.organization_id, session=session, rater=rater, item_id=vote.item_id,
                criterion_id=vote.criterion_id, round_number=session.round_number, value=vote.value, comment=comment,
            )  # fmt: skip
            created.append(row)
        else:
            row.value, row.comment, row.version = vote.value, comment, row.version + 1
            updated.append(row)
    if created:
        Vote.objects.bulk_create(created)
    if updated:
        Vote.objects.bulk_update(updated, ["value", "comment", "version"], batch_size=500)
    if removed:
        Vote.objects.filter(pk__in=[row.pk for row in removed]).delete()
    return [(row.item_id, row.criterion_id) for row in (*created, *updated, *removed)]
