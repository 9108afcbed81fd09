"""What the address of a board asks for, read in as few statements as an edit may take."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from core.pages import MemberRequest, id_in, page_of
from scoring.filters.board import MOST_OTHERS, Selection
from scoring.models import ItemKind, ScoringModel
from scoring.selectors.board import Board, board_criteria, board_of, context_of, formula_words, head_unit, tone_of
from scoring.selectors.firmness import Firmness
from scoring.selectors.models import unit_text

#: Rows on a page of the board where the address does not say; ranks are those among all of them.
ROWS = 200
#: With more criteria, or another model beside, a table scrolls in its own frame.
MOST_NARROW = 5
DETAIL_PAGES = {
    ItemKind.PROJECT: "projects:project-detail",
    ItemKind.PROGRAM: "programs:program-detail",
    ItemKind.PRODUCT: "portfolio:product-detail",
}


def other_ids(request: MemberRequest, main: int) -> list[int]:
    """The models that the address puts beside the main one."""
    asked = [pk for pk in map(id_in, request.GET.getlist("with")) if pk is not None and pk != main]
    return list(dict.fromkeys(asked))[:MOST_OTHERS]


def asked_board(request: MemberRequest, model_id: int, known: Mapping[int, ScoringModel] | None = None) -> Board:
    """The board of a model as the address narrows it.

    Args:
        known: models that have been read, by id; without them a model is read along with its criteria.
    Raises:
        Http404: there is no such model for this person, or, where none is known, it has no criteria.
    """
    selection = Selection.asked(request.GET)
    ids = [model_id, *other_ids(request, model_id)]
    criteria = board_criteria(request.user, ids, selection.kind)
    by_id = {row.model_id: row.model for row in criteria} | dict(known or {})
    if model_id not in by_id:
        raise Http404
    models = [by_id[pk] for pk in ids if pk in by_id]
    for model in models:
        model.organization = request.organization
    rows = selection.rows(request.user, models[0])
    return board_of(models, criteria, rows, selection.kind, timezone.localdate())


def places_of(board: Board, selection: Selection) -> list[int]:
    """The numbers of the items that are listed, best first."""
    if not selection.words:
        return board.order
    return [place for place in board.order if selection.finds(board.sheet.items[place])]


def table_context(request: MemberRequest, board: Board, firm: Firmness | None = None) -> dict[str, Any]:
    """What the table of a board is written with, its bars included where they have been drawn."""
    selection = Selection.asked(request.GET)
    page = page_of(request, places_of(board, selection), size=ROWS)
    query = query_of(request)
    model, kind = board.model, selection.kind
    bars, votes = (firm.bars, firm.votes) if firm else ({}, {})
    return {
        "board": board,
        "selection": selection,
        "page": page,
        "firm": firm,
        "rows": [
            (row, context_of(row.item), tone_of(row.item), bars.get(row.item.pk), votes.get(row.item.pk))
            for row in board.rows(list(page.object_list))
        ],
        "columns": [(one, head_unit(one.unit, board.currency)) for one in board.sheet.criteria],
        "formula": formula_words(board.sheet),
        "score_unit": unit_text(board.sheet.definition.unit, board.currency),
        "query": query,
        "firm_url": f"{reverse('scoring:board-firmness')}?{_of_model(query, model.pk)}",
        **addresses_of(model, kind),
        "span": len(board.sheet.criteria) + len(board.sheets) + 5,
        "is_wide": len(board.sheet.criteria) > MOST_NARROW or len(board.sheets) > 1,
    }


def addresses_of(model: ScoringModel, kind: str) -> dict[str, str]:
    """What addresses of cells, explanations and items begin with; the ids of a row follow."""
    return {
        "cell_base": reverse("scoring:score-cell", args=[model.pk, kind, 0, 0]).removesuffix("0/0/"),
        "raters_base": reverse("scoring:score-raters", args=[model.pk, kind, 0, 0]).removesuffix("0/0/"),
        "explain_base": reverse("scoring:explain", args=[model.pk, kind, 0]).removesuffix("0/"),
        "item_base": reverse(DETAIL_PAGES[ItemKind(kind)], args=[0]).removesuffix("0/"),
    }


def query_of(request: MemberRequest, **changed: Any) -> str:
    """The words of the address, some of them changed, as the end of another; without what a file is asked for by."""
    words = [
        (name, value)
        for name, values in request.GET.lists()
        for value in values
        if value and name not in {"format", "firm", "back", *changed}
    ]
    return urlencode([*words, *((name, value) for name, value in changed.items() if value)])


def board_url(request: MemberRequest, model_id: int) -> str:
    """The board that the address came from."""
    return f"{reverse('scoring:board')}?{_of_model(query_of(request), model_id)}"


def _of_model(query: str, model_id: int) -> str:
    words = [part for part in query.split("&") if part and not part.startswith("model=")]
    return "&".join([f"model={model_id}", *words])
