"""What a rater does in a session: vote, finish, leave and return."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.htmx import wants_fragment
from core.pages import MemberRequest, go_on, id_in
from scoring import services
from scoring.forms.sessions import VoteCell, ballots_in
from scoring.models import ScoringSession
from scoring.selectors import SessionRead, own_votes, session_read
from scoring.services import CellErrors
from scoring.views.sessions_common import NAV, found_live, found_session, of_live, page_url


def voting(request: MemberRequest, session: ScoringSession, me: Any, **refused: Any) -> dict[str, Any]:
    """What the page of a blind session shows: the own votes to a rater, and only what is scored to others.

    Args:
        refused: `typed` and `errors` of a form that could not be saved.
    """
    read = session_read(session)
    votes = own_votes(session, request.user) if me else {}
    asked = refused.get("item_id") or id_in(request.GET.get("item"))
    live = read.live_items
    item = next((row for row in live if row.pk == asked), None) or first_open(read, votes)
    return {
        "read": read,
        "marks": [(row, sum((row.pk, each.pk) in votes for each in read.criteria)) for row in read.items],
        "item": item,
        "cells": cells_of(read, votes, [item], **refused)[0] if item else [],
        "rows": cells_of(read, votes, live, **refused) if is_table(request) else [],
        "is_table": is_table(request),
        "place": live.index(item) + 1 if item else 0,
        **progress(read, votes),
    }


def is_table(request: MemberRequest) -> bool:
    """Whether all items are shown at once."""
    return "table" in (request.GET.get("view"), request.POST.get("view"))


def progress(read: SessionRead, votes: Any) -> dict[str, Any]:
    """How many votes a rater has given, of how many that are asked for."""
    items, criteria = {row.pk for row in read.live_items}, {row.pk for row in read.criteria}
    given = sum(item in items and criterion in criteria for item, criterion in votes)
    return {"given": given, "wanted": len(items) * len(criteria)}


def first_open(read: SessionRead, votes: Any) -> Any:
    """The first item that lacks a vote; if none does, the first."""
    live = read.live_items
    lacking = (row for row in live if any((row.pk, each.pk) not in votes for each in read.criteria))
    return next(lacking, live[0] if live else None)


def cells_of(read: SessionRead, votes: Any, items: Any, **refused: Any) -> list[list[VoteCell]]:
    """Each item's criteria as its rater sees them."""
    typed, errors = refused.get("typed", {}), refused.get("errors", {})
    return [
        [
            VoteCell(row, each, votes.get((row.pk, each.pk)), typed, errors.get(f"{row.pk}-{each.pk}", ""))
            for each in read.criteria
        ]
        for row in items
    ]


@require_POST
def session_vote(request: MemberRequest, pk: int) -> HttpResponse:
    """Save votes: one at a time with script, an item's or a table's at once without."""
    session = found_session(request, pk)
    read = session_read(session)
    ballots, errors = ballots_in(request.POST, read.items, read.criteria)
    try:
        if not errors:
            services.set_votes(actor=request.user, session=session, votes=ballots)
    except CellErrors as refused:
        errors = {f"{ballots[at].item_id}-{ballots[at].criterion_id}": text for at, text in refused.by_place.items()}
    if wants_fragment(request):
        return one_vote(request, session, read, errors)
    if not errors:
        return redirect(after(request, session, read))
    return refused_votes(request, session, errors)


def one_vote(request: MemberRequest, session: ScoringSession, read: SessionRead, errors: Any) -> HttpResponse:
    """Beside its field whether a vote is saved, and how far the rater is."""
    votes = own_votes(session, request.user)
    item = id_in(request.POST.get("item"))
    count = sum((item, each.pk) in votes for each in read.criteria)
    context = {"error": next(iter(errors.values()), ""), "item_id": item, "count": count, "read": read}
    status = 422 if errors else 200
    return render(request, "scoring/_vote_saved.html", {**context, **progress(read, votes)}, status=status)


def refused_votes(request: MemberRequest, session: ScoringSession, errors: Any) -> HttpResponse:
    """The form again, with what was typed and why it was not saved."""
    context = of_live(request, found_live(request, session.pk))
    refused = {"typed": request.POST, "errors": errors, "item_id": id_in(request.POST.get("item"))}
    context |= {**voting(request, session, context["me"], **refused), "tab": "sessions", "nav": NAV}
    return render(request, "scoring/session_detail.html", context, status=422)


def after(request: MemberRequest, session: ScoringSession, read: SessionRead) -> str:
    """Where a rater goes once an item is saved: to the next one, or stays in the table."""
    page = page_url(session)
    if is_table(request):
        return f"{page}?view=table"
    live = [row.pk for row in read.live_items]
    now = id_in(request.POST.get("item"))
    place = live.index(now) + 1 if now in live else 0
    return f"{page}?item={live[place % len(live)]}#voting" if live else page


@require_POST
def session_finish(request: MemberRequest, pk: int) -> HttpResponse:
    """Say that one is finished with the round, or take that back."""
    session = found_session(request, pk)
    is_finished = request.POST.get("finished") != "0"
    services.finish_session_round(actor=request.user, session=session, is_finished=is_finished)
    said = "You are finished with this round." if is_finished else "Your votes are open again."
    return go_on(request, page_url(session), said)


@require_POST
def session_leave(request: MemberRequest, pk: int) -> HttpResponse:
    """Leave a session; what one voted stays."""
    session = found_session(request, pk)
    services.leave_session(actor=request.user, session=session)
    undo = reverse("scoring:session-return", args=[pk])
    return go_on(request, page_url(session), "You left. Your votes are kept.", undo)


@require_POST
def session_return(request: MemberRequest, pk: int) -> HttpResponse:
    """Come back to a session that one left."""
    session = found_session(request, pk)
    rater = get_object_or_404(session.raters, user=request.user)
    services.return_session_rater(actor=request.user, session=session, rater=rater)
    return go_on(request, page_url(session), "You are back, with your votes.")
