"""Triage: items done with, put aside or assigned, one or many, and taken back."""

from typing import Any

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.pages import MemberRequest, go_on, id_in, ids_asked
from feedback import services
from feedback.models import FeedbackItem
from feedback.services.triage import MOST_AT_ONCE
from feedback.views.item import undo_address

#: The button pressed -> what items become, and what is said of it.
ACTS: dict[str, tuple[dict[str, Any], str]] = {
    "done": ({"status": "done"}, "done"),
    "not_feedback": ({"status": "not_feedback"}, "put aside: not feedback"),
    "untriaged": ({"status": "untriaged"}, "back in the inbox"),
    "mine": ({}, "yours"),
}


def counted(number: int) -> str:
    return f"{number} item{'' if number == 1 else 's'}"


@require_POST
def triage(request: MemberRequest) -> HttpResponse:
    """Do one thing to the items that are named, and go on to the next."""
    chosen = FeedbackItem.objects.visible_to(request.user).filter(pk__in=ids_asked(request, MOST_AT_ONCE + 1))
    items = list(chosen.defer("search"))
    act = request.POST.get("act", "")
    values, said = ACTS.get(act, ({}, ""))
    if act == "mine":
        values = {"owner": request.user}
    changed = services.triage_items(actor=request.user, organization=request.organization, items=items, **values)
    return go_on(request, _next(request), f"{counted(changed)} {said}.", undo_address() if changed else "")


def _next(request: MemberRequest) -> str:
    """The item that the page says comes next, or the inbox."""
    pk = id_in(request.POST.get("next"))
    query = QueryDict(request.POST.get("query", "")).urlencode()
    is_there = pk and FeedbackItem.objects.visible_to(request.user).filter(pk=pk).exists()
    path = reverse("feedback:item-detail", args=[pk]) if is_there else reverse("feedback:inbox")
    return f"{path}?{query}" if query else path


@require_POST
def triage_undo(request: MemberRequest, request_id: str) -> HttpResponse:
    """Take back what the person triaged in one request; what others changed since stays."""
    undone, left = services.undo_triage(
        actor=request.user, organization=request.organization, request_id=request_id[:64]
    )
    text = f"{counted(undone)} as before."
    if left:
        text += f" {counted(left)} changed since, and stay{'s' if left == 1 else ''}."
    return go_on(request, reverse("feedback:inbox"), text)
