"""The prioritize board."""

from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from core.exports import FORMATS, export
from core.htmx import wants_fragment
from core.pages import MemberRequest, id_in
from programs.models import Program
from scoring.algorithms.definition import Kind
from scoring.filters.board import MOST_OTHERS, Selection, portfolio_model, stages
from scoring.models import ItemKind, ScoringModel
from scoring.selectors.board import Board
from scoring.selectors.firmness import firmness_of
from scoring.selectors.sheet import item_model
from scoring.views.board_asked import addresses_of, asked_board, other_ids, places_of, query_of, table_context

#: More models than this are chosen from a list, not from buttons.
MOST_BUTTONS = 5


@require_GET
@vary_on_headers("HX-Request")
def board(request: MemberRequest) -> HttpResponseBase:
    """Projects, programs or products ranked by a model; htmx gets the table alone, `format` gets a file."""
    models = list(ScoringModel.objects.visible_to(request.user).live().order_by("name", "pk"))
    if not models:
        return render(request, "scoring/board_empty.html", {"tab": "board", "nav": "scoring:board"})
    model = chosen_model(request, models)
    found = asked_board(request, model.pk, {one.pk: one for one in models})
    if (file_format := request.GET.get("format", "")) in FORMATS:
        places = places_of(found, Selection.asked(request.GET))
        return export(found.file_rows(places), header=found.file_header, name="ranking", file_format=file_format)
    firm = firmness_of(found.sheet, found.top) if request.GET.get("firm") else None
    context = table_context(request, found, firm) | {"fragment": wants_fragment(request)}
    if context["fragment"]:
        return render(request, "scoring/_board_table.html", context)
    return render(request, "scoring/board.html", context | page_context(request, found, models))


@require_GET
def board_firmness(request: MemberRequest) -> HttpResponse:
    """How firm the ranks of a board are: what its table fills in a moment after it is shown."""
    model_id = id_in(request.GET.get("model"))
    if model_id is None:
        raise Http404
    found = asked_board(request, model_id)
    context = {"board": found, "firm": firmness_of(found.sheet, found.top), "query": query_of(request)}
    context |= addresses_of(found.model, found.sheet.kind)
    return render(request, "scoring/_board_firmness.html", context)


def chosen_model(request: MemberRequest, models: list[ScoringModel]) -> ScoringModel:
    """The model that the address names; else the first that counts, classes last.

    Raises:
        Http404: it names one that this person does not see.
    """
    asked = id_in(request.GET.get("model"))
    if asked is None:
        return min(models, key=lambda model: model.kind == Kind.CLASSES)
    for model in models:
        if model.pk == asked:
            return model
    raise Http404


def page_context(request: MemberRequest, found: Board, models: list[ScoringModel]) -> dict[str, Any]:
    """What stands around the table: other models, kinds, filters."""
    kind = found.sheet.kind
    beside = other_ids(request, found.model.pk)
    return {
        "tab": "board",
        "nav": "scoring:board",
        "models": [(one, query_of(request, model=one.pk, page="")) for one in models],
        "as_buttons": len(models) <= MOST_BUTTONS,
        "others": [(one, one.pk in beside) for one in models if one.pk != found.model.pk],
        "most_others": MOST_OTHERS,
        "kinds": [(value, label, kind_query(request, value)) for value, label in ItemKind.choices],
        "choices": choices(request, kind),
        "is_empty": not found.sheet.items and not Selection.asked(request.GET).is_narrowed,
    }


def kind_query(request: MemberRequest, kind: str) -> str:
    """The address of the board of another kind of item; its stages are others."""
    return query_of(request, kind="" if kind == ItemKind.PROJECT else kind, stage="", page="")


def choices(request: MemberRequest, kind: str) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    """The filters: word of the address, label, what is chosen, and what may be."""
    tables = {"portfolio": portfolio_model(), "program": Program, "product": item_model(ItemKind.PRODUCT)}
    found = []
    for name, table in tables.items():
        if name != kind:
            rows = table.objects.visible_to(request.user).live().order_by("name", "pk").values_list("pk", "name")
            found.append((name, name.capitalize(), [(str(pk), label) for pk, label in rows]))
    found.append(("stage", "Stage", stages(kind)))
    return [(name, label, request.GET.get(name, ""), options) for name, label, options in found if options]
