"""What the pages of scoring sessions share."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from core.pages import MemberRequest
from scoring.models import ITEM_KINDS, ScoringSession
from scoring.selectors import Live, live_session

NAV = "scoring:board"
#: Kinds of items, with their plurals.
KIND_LINKS = [(kind, f"{kind.title()}s") for kind in ITEM_KINDS]


def found_session(request: MemberRequest, pk: int) -> ScoringSession:
    """The session of an address, if the person may see it."""
    rows = ScoringSession.objects.visible_to(request.user).select_related("model", "facilitator", "organization")
    session: ScoringSession = get_object_or_404(rows, pk=pk)
    return session


def found_live(request: MemberRequest, pk: int) -> Live:
    """The session of an address as an open page follows it."""
    live = live_session(request.user, pk)
    if live is None:
        raise Http404
    return live


def page_url(session: ScoringSession) -> str:
    return reverse("scoring:session-detail", args=[session.pk])


def of_live(request: MemberRequest, live: Live) -> dict[str, Any]:
    """The context of the region that follows the session."""
    return {
        "live": live,
        "session": live.session,
        "me": live.of(request.user),
        "leads": live.session.facilitator_id == request.user.pk,
        "today": timezone.localdate(),
    }
