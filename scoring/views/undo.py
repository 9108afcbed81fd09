"""Scores taken back: one way for the board, the matrix, the classes and the grid of impacts."""

from urllib.parse import urlsplit, urlunsplit

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.htmx import wants_fragment
from core.middleware import request_id
from core.pages import MemberRequest, go_on, id_in
from scoring.services import undo_scores
from scoring.views.board_asked import asked_board, board_url, query_of, table_context


def undo_url(request: MemberRequest, model: int | None = None) -> str:
    """Where the scores saved in the present request are taken back; empty where nothing would be.

    Args:
        model: of the board that is to come back ranked anew.
    """
    if not (trace := request_id()):
        return ""
    query = f"?{query_of(request, model=model)}" if model else ""
    return f"{reverse('scoring:scores-undo', args=[trace])}{query}"


def place_of(request: MemberRequest) -> str:
    """The page of the organization that the request came from; empty where it is not told."""
    told = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "")
    home = reverse("scoring:board").removesuffix("prioritize/")
    return urlunsplit(("", "", told.path, told.query, "")) if told.path.startswith(home) else ""


@require_POST
def scores_undo(request: MemberRequest, request_id: str) -> HttpResponse:
    """Take back what one request changed, and stay where one was; undone again, it stands as before.

    A board comes back ranked anew, any other page is loaded anew.
    """
    count = undo_scores(actor=request.user, organization=request.organization, request_id=request_id[:64])
    told = f"Took back {count} score{'' if count == 1 else 's'}."
    model = id_in(request.GET.get("model"))
    again = undo_url(request, model)
    page = place_of(request)
    board = reverse("scoring:board")
    if model is None or not wants_fragment(request) or page.split("?")[0] != board:
        return go_on(request, page or (board_url(request, model) if model else board), told, again)
    context = table_context(request, asked_board(request, model)) | {"fragment": True, "told": told, "undo_url": again}
    response = render(request, "scoring/_board_table.html", context)
    response["HX-Retarget"], response["HX-Reswap"] = "#board-table", "outerHTML"
    return response
