"""What raters said of items in scoring sessions, where everybody may know it."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.db.models import F, Max, QuerySet

from scoring.algorithms.voices import on_scale
from scoring.algorithms.weighing import Values
from scoring.models import Criterion, ScoringModel, ScoringSession, SessionItem, SessionStatus, Vote
from scoring.selectors.sheet import Sheet


@dataclass(frozen=True)
class Voices:
    """The votes of one round of a session; those that a board hears may be of several, and the latest is named.

    Args:
        raters: names, in their order.
        values: float64 (raters, items, criteria), NaN where a rater gave none.
        comments: by number of rater, item and criterion.
    """

    session: ScoringSession
    round_number: int
    raters: Sequence[str]
    values: Values
    comments: Mapping[tuple[int, int, int], str]


def revealed_round(session: ScoringSession) -> int:
    """The round of which everybody may know the votes; 0 while there is none.

    A session that is blind again is passed over, the rounds before included: they would lead whoever votes anew.
    """
    return 0 if session.status == SessionStatus.BLIND else session.round_number


def adopted_round(session: ScoringSession) -> int:
    """The round that was adopted: the last one begun by then. 0 where nothing was."""
    if session.adopted_at is None:
        return 0
    begun = Vote.objects.filter(session=session, created_at__lte=session.adopted_at)
    found = begun.aggregate(last=Max("round_number"))["last"] or 0
    return min(int(found), revealed_round(session))


def round_of(
    session: ScoringSession, round_number: int, kind: str, items: Sequence[Any], criteria: Sequence[Criterion]
) -> Voices:
    """The votes of a round about some items.

    Cost: one statement.
    """
    votes = Vote.objects.filter(session=session, round_number=round_number)
    return _voices(session, round_number, votes, kind, items, criteria)


def heard_items(model: ScoringModel, kind: str, ids: Collection[int]) -> QuerySet[SessionItem]:
    """Of each item its place in the latest session, revealed or closed, that it is in: whom boards listen to."""
    rows = SessionItem.objects.filter(session__model=model, session__archived_at=None, **{f"{kind}__in": ids})
    shown = rows.exclude(session__status=SessionStatus.BLIND).select_related("session")
    return shown.order_by(f"{kind}_id", "-session_id").distinct(f"{kind}_id")


def voices_of(model: ScoringModel, sheet: Sheet) -> Voices | None:
    """The raters of a sheet's items, of each by the last round of the latest revealed or closed session it is in.

    A session that is blind again is passed over, the rounds before included. None where there is no session.
    Cost: two statements.
    """
    heard = list(heard_items(model, sheet.kind, list(sheet.numbers)))
    if not heard:
        return None
    session = max((row.session for row in heard), key=lambda session: session.pk)
    votes = Vote.objects.filter(item__in=[row.pk for row in heard], round_number=F("session__round_number"))
    found = _voices(session, session.round_number, votes, sheet.kind, sheet.items, sheet.criteria)
    return replace(found, values=on_scale(found.values, [each.spec for each in sheet.criteria]))


def _voices(
    session: ScoringSession,
    round_number: int,
    votes: QuerySet[Vote],
    kind: str,
    items: Sequence[Any],
    criteria: Sequence[Criterion],
) -> Voices:
    item_places = {item.pk: place for place, item in enumerate(items)}
    places = {criterion.pk: place for place, criterion in enumerate(criteria)}
    rows = votes.filter(criterion__in=list(places), **{f"item__{kind}__in": list(item_places)}).values_list(
        "rater__user_id", "rater__user__name", f"item__{kind}_id", "criterion_id", "value", "comment"
    )
    found = list(rows.order_by("rater__user__name", "rater__user_id", "pk"))
    raters = {rater: name for rater, name, *_ in found}
    numbers = {rater: number for number, rater in enumerate(raters)}
    values = np.full((len(raters), len(items), len(criteria)), np.nan)
    comments = {}
    for rater, _, item, criterion, value, comment in found:
        place = numbers[rater], item_places[item], places[criterion]
        values[place] = float(value)
        if comment:
            comments[place] = comment
    return Voices(session, round_number, list(raters.values()), values, comments)


def adopted_voices(
    model_id: int, kind: str, items: Sequence[Any], criteria: Sequence[Criterion], before: datetime.datetime
) -> list[Voices]:
    """The votes that scores were adopted from: for each item and criterion those of the session adopted last.

    Args:
        before: sessions adopted after this moment do not count.
    Cost: one statement, and two for each session that was adopted.
    """
    sessions = ScoringSession.objects.filter(
        model=model_id, adopted_at__isnull=False, adopted_at__lte=before
    ).select_related("facilitator")
    taken = np.zeros((len(items), len(criteria)), dtype=np.bool_)
    found = []
    for session in sessions.order_by("-adopted_at", "-pk"):
        voices = round_of(session, adopted_round(session), kind, items, criteria)
        is_new = ~np.isnan(voices.values).all(axis=0) & ~taken if len(voices.raters) else np.zeros_like(taken)
        if is_new.any():
            values = np.where(is_new[None], voices.values, np.nan)
            comments = {place: text for place, text in voices.comments.items() if is_new[place[1:]]}
            found.append(Voices(session, voices.round_number, voices.raters, values, comments))
            taken |= is_new
    return found
