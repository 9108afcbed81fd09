"""The explanation of a score."""

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.access import can
from core.pages import MemberRequest
from scoring.filters.board import Selection
from scoring.models import ITEM_KINDS, ItemKind, ScoringModel
from scoring.selectors.board import Board, board_criteria, board_of, context_of, formula_words, tone_of
from scoring.selectors.explanation import explanation_of
from scoring.selectors.models import unit_text
from scoring.selectors.sheet import item_model
from scoring.selectors.voices import heard_items
from scoring.views.board_asked import DETAIL_PAGES, board_url, query_of


@require_GET
def score_explanation(request: MemberRequest, model: int, kind: str, item: int) -> HttpResponse:
    """The formula in words and in an item's numbers, who gave them, and what they were before."""
    if kind not in ITEM_KINDS:
        raise Http404
    row = get_object_or_404(ScoringModel.objects.visible_to(request.user).live(), pk=model)
    row.organization = request.organization
    subject = get_object_or_404(item_model(kind).objects.visible_to(request.user), pk=item)
    board, is_candidate = ranked_with(request, row, kind, subject)
    place = board.sheet.numbers[subject.pk]
    [shown] = board.rows([place])
    context = {
        "model": row,
        "board": board,
        "row": shown,
        "is_candidate": is_candidate,
        "is_narrowed": Selection.asked(request.GET).is_narrowed,
        "explanation": explanation_of(board, place, request.organization),
        **around(request, board, row, kind, shown.item),
    }
    return render(request, "scoring/explain.html", context)


def ranked_with(request: MemberRequest, model: ScoringModel, kind: str, subject: Any) -> tuple[Board, bool]:
    """The board that an item is ranked on; one of its own where it is no candidate there."""
    criteria = board_criteria(request.user, [model.pk], kind)
    selection = replace(Selection.asked(request.GET), kind=kind)
    day = timezone.localdate()
    board = board_of([model], criteria, selection.rows(request.user, model), kind, day)
    if subject.pk in board.sheet.numbers:
        return board, True
    own = item_model(kind).objects.visible_to(request.user).filter(pk=subject.pk)
    return board_of([model], criteria, own, kind, day), False


def raters_url(board: Board, kind: str, item: Any, query: str) -> str:
    """Who gave which score on the first criterion; empty where nobody voted that is known of."""
    if not board.sheet.criteria or not heard_items(board.model, kind, [item.pk]).exists():
        return ""
    first = board.sheet.criteria[0]
    return f"{reverse('scoring:score-raters', args=[board.model.pk, kind, item.pk, first.pk])}?{query}"


def around(request: MemberRequest, board: Board, model: ScoringModel, kind: str, item: Any) -> dict[str, Any]:
    """Addresses and names around an explanation."""
    query = query_of(request)
    return {
        "formula": formula_words(board.sheet),
        "unit": unit_text(board.sheet.definition.unit, board.currency),
        "belongs_to": context_of(item),
        "tone": tone_of(item),
        "board_url": board_url(request, model.pk),
        "item_url": reverse(DETAIL_PAGES[ItemKind(kind)], args=[item.pk]),
        "cell_base": reverse("scoring:score-cell", args=[model.pk, kind, item.pk, 0]).removesuffix("0/"),
        "raters_url": raters_url(board, kind, item, query),
        "back_query": "&".join(filter(None, (query, "back=explain"))),
        "may_edit": can(request.user, "score.edit", request.organization) and not item.is_archived,
        "nav": "scoring:board",
    }
