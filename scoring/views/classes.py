"""The board of classes: MoSCoW, Kano, or an own set."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import can
from core.errors import DomainError
from core.htmx import wants_fragment
from core.pages import MemberRequest, go_on, id_in
from scoring import services
from scoring.algorithms.definition import Kind
from scoring.forms.matrix import ItemsForm
from scoring.models import ScoringModel
from scoring.selectors.classes import ClassBoard, class_board
from scoring.views.choosing import choose, group_of, url_of
from scoring.views.undo import undo_url


def board_of(request: MemberRequest) -> tuple[ItemsForm, ClassBoard | None]:
    """The board that the address asks for; none where there is no model of classes yet."""
    models = ScoringModel.objects.visible_to(request.user).live().filter(kind=Kind.CLASSES).order_by("name", "pk")
    chosen = choose(request, ItemsForm, models)
    sheet = chosen.sheet
    if sheet is None:
        return chosen.form, None
    return chosen.form, class_board(sheet, group_of, lambda item: url_of(sheet, item))


@require_GET
@vary_on_headers("HX-Request")
def classes(request: MemberRequest) -> HttpResponse:
    """Items in columns by their class."""
    form, board = board_of(request)
    return classes_page(request, form, board)


def classes_page(request: MemberRequest, form: ItemsForm, board: ClassBoard | None, **more: Any) -> HttpResponse:
    template = "scoring/_classes.html" if wants_fragment(request) else "scoring/classes.html"
    context = {
        "tab": "classes", "filter": {"form": form}, "board": board,
        "can_edit": can(request.user, "score.edit", request.organization), "words": request.GET.urlencode(),
        "ask_base": ask_base(board) if board is not None and board.asks_both_ways else "",
    }  # fmt: skip
    return render(request, template, {**context, **more})


def ask_base(board: ClassBoard) -> str:
    """What the addresses of the two questions begin with; the item's id follows, and the criterion's."""
    return reverse("scoring:score-cell", args=[board.sheet.model.pk, board.sheet.kind, 0, 0]).removesuffix("0/0/")


@require_POST
def classes_move(request: MemberRequest) -> HttpResponse:
    """Put an item into a class, or out of all."""
    form, board = board_of(request)
    item, seen = id_in(request.POST.get("item")), id_in(request.POST.get("seen")) or 0
    if board is None or item is None or item not in board.sheet.numbers:
        raise Http404
    cell = services.ScoreCell(
        board.sheet.kind, item, board.criterion.pk, value_in(request.POST.get("level", "")), seen=services.Seen(seen)
    )
    try:
        services.set_scores(actor=request.user, organization=request.organization, cells=[cell])
    except DomainError as error:
        if not wants_fragment(request):
            raise
        return classes_page(request, *board_of(request), refused=str(error))
    text = f"{board.sheet.items[board.sheet.numbers[item]]} was moved."
    if not wants_fragment(request):
        return go_on(request, f"{reverse('scoring:classes')}?{request.GET.urlencode()}", text, undo_url(request))
    return classes_page(request, *board_of(request), done=text, undo=undo_url(request), moved=item)


def value_in(text: str) -> Decimal | None:
    """The level that a form sent; None takes an item out of all classes."""
    try:
        return Decimal(text) if text else None
    except InvalidOperation as error:
        raise Http404 from error
