"""Scoring sessions as pages, files and the API read them. What is blind is read for its own rater alone.

Every reading of other people's votes passes `open_votes`, which has none before the reveal.
"""

import datetime
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from scoring.algorithms.voices import on_scale
from scoring.algorithms.weighing import Values
from scoring.models import Criterion, ScoringSession, SessionItem, SessionRater, SessionStatus, Vote
from scoring.selectors.sheet import live_criteria

#: A rater who was seen in so many seconds is there.
PRESENT_SECONDS = 30
#: And is not noted anew so soon.
SEEN_SECONDS = 10


@dataclass(frozen=True)
class LiveRater:
    """A rater as everybody sees them while the round is blind: who, and whether they are finished."""

    pk: int
    user_id: int
    name: str
    is_finished: bool
    has_left: bool
    is_present: bool
    was_seen_lately: bool = False

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Live:
    """What an open page of a session keeps asking for."""

    session: ScoringSession
    raters: Sequence[LiveRater]
    item_count: int

    @cached_property
    def waited_for(self) -> list[LiveRater]:
        """Raters who are still in the session."""
        return [rater for rater in self.raters if not rater.has_left]

    @cached_property
    def finished_count(self) -> int:
        return sum(rater.is_finished for rater in self.waited_for)

    @property
    def all_finished(self) -> bool:
        return bool(self.waited_for) and self.finished_count == len(self.waited_for)

    @property
    def state(self) -> str:
        """What the whole page hangs on: another one, and its body is fetched anew."""
        archived = "-archived" if self.session.is_archived else ""
        return f"{self.session.status}-{self.session.round_number}-{self.item_count}{archived}"

    @cached_property
    def tag(self) -> str:
        """Another one where anything of this has changed. It hangs on nothing that is blind."""
        told = [self.state, self.session.version]
        told += [(rater.pk, rater.is_finished, rater.has_left, rater.is_present) for rater in self.raters]
        return hashlib.blake2b(repr(told).encode(), digest_size=8).hexdigest()

    def of(self, user: Any) -> LiveRater | None:
        """A person as a rater."""
        return next((rater for rater in self.raters if rater.user_id == user.pk), None)


def live_session(user: Any, pk: int) -> Live | None:
    """A session with its raters, in one statement; None where there is none that the person may see."""
    raters = SessionRater.objects.filter(session=OuterRef("pk")).order_by("user__name", "pk")
    shape = JSONObject(
        pk="pk", user="user_id", name="user__name", round="finished_round", left="left_at", seen="seen_at"
    )
    rows = ScoringSession.objects.visible_to(user).select_related("model", "facilitator")
    counted = rows.annotate(
        rater_rows=ArraySubquery(raters.values_list(shape)), item_count=Count("items", distinct=True)
    )
    session = counted.filter(pk=pk).first()
    if session is None:
        return None
    now = timezone.now()
    return Live(session, [_rater(each, session, now) for each in session.rater_rows], session.item_count)


def _rater(row: Mapping[str, Any], session: ScoringSession, now: datetime.datetime) -> LiveRater:
    seen = parse_datetime(row["seen"]) if row["seen"] else None
    seconds = PRESENT_SECONDS if seen is None else (now - seen).total_seconds()
    is_finished = row["round"] >= session.round_number or session.status != SessionStatus.BLIND
    return LiveRater(
        row["pk"],
        row["user"],
        row["name"],
        is_finished,
        row["left"] is not None,
        seconds < PRESENT_SECONDS,
        seconds < SEEN_SECONDS,
    )


@dataclass(frozen=True)
class SessionRead:
    """What a session scores, on which criteria, by whom."""

    session: ScoringSession
    items: Sequence[SessionItem]
    criteria: Sequence[Criterion]
    raters: Sequence[SessionRater]

    @cached_property
    def specs(self) -> list[Any]:
        return [criterion.spec for criterion in self.criteria]

    @cached_property
    def live_items(self) -> list[SessionItem]:
        """Those that take votes: an archived item keeps what it has, and is waited for no longer."""
        return [item for item in self.items if not item.subject.is_archived]

    def voices(self, votes: Sequence[Vote]) -> Values:
        """float64 (raters, items, criteria) of votes on the scales that the model has now, NaN where there is none."""
        raters, items, criteria = (
            {row.pk: place for place, row in enumerate(rows)} for rows in (self.raters, self.items, self.criteria)
        )
        found = np.full((len(raters), len(items), len(criteria)), np.nan)
        for vote in votes:
            if vote.criterion_id in criteria and vote.item_id in items and vote.rater_id in raters:
                place = raters[vote.rater_id], items[vote.item_id], criteria[vote.criterion_id]
                found[place] = float(vote.value)
        return on_scale(found, self.specs)


def session_read(session: ScoringSession) -> SessionRead:
    """A session with its items, criteria and raters, in three statements."""
    items = session.items.select_related("project", "program", "product").order_by("position", "pk")
    raters = session.raters.select_related("user").order_by("user__name", "pk")
    return SessionRead(session, list(items), live_criteria(session.model), list(raters))


def own_votes(session: ScoringSession, user: Any) -> dict[tuple[int, int], Vote]:
    """A person's own votes of the present round by (item, criterion); `former` is what they gave a round before."""
    rounds = (session.round_number, session.round_number - 1)
    rows = Vote.objects.filter(session=session, rater__user=user, round_number__in=rounds).order_by("round_number")
    found: dict[tuple[int, int], Vote] = {}
    for vote in rows:
        key = vote.item_id, vote.criterion_id
        if vote.round_number == session.round_number:
            vote.former = found[key].value if key in found else None
        found[key] = vote
    return {key: vote for key, vote in found.items() if vote.round_number == session.round_number}


def open_votes(session: ScoringSession, round_number: int, item: int | None = None) -> list[Vote]:
    """Everybody's votes of a round, on one item or all, once the session is revealed; none while it is blind."""
    if session.status == SessionStatus.BLIND:
        return []
    rows = Vote.objects.filter(session=session, round_number=round_number).exclude(session__status=SessionStatus.BLIND)
    if item is not None:
        rows = rows.filter(item=item)
    return list(rows.order_by("pk"))


def asked_of(user: Any) -> QuerySet[ScoringSession]:
    """Open sessions in which a person's votes are still waited for, those that close first, first."""
    waiting = Q(raters__user=user, raters__left_at=None, raters__finished_round__lt=F("round_number"))
    rows = ScoringSession.objects.visible_to(user).live().filter(waiting, status=SessionStatus.BLIND)
    ordered: QuerySet[ScoringSession] = rows.order_by(F("closes_date").asc(nulls_last=True), "pk")
    return ordered


def overdue_sessions(organization_id: int, day: datetime.date) -> list[ScoringSession]:
    """Sessions of an organization whose closing day is over and that are not closed."""
    rows = ScoringSession.objects.live().filter(organization=organization_id, closes_date__lt=day)
    return list(rows.exclude(status=SessionStatus.CLOSED).order_by("pk"))


def listed_sessions(user: Any) -> QuerySet[ScoringSession]:
    """Sessions with how many items and raters they have, and how many raters are finished or gone."""
    still = Q(raters__left_at=None)
    done = still & Q(raters__finished_round__gte=F("round_number"))
    rows: QuerySet[ScoringSession] = ScoringSession.objects.visible_to(user).annotate(
        item_count=Count("items", distinct=True),
        rater_count=Count("raters", filter=still, distinct=True),
        finished_count=Count("raters", filter=done, distinct=True),
    )
    return rows.select_related("model", "facilitator")
