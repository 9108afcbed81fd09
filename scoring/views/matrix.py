"""The matrix: items as bubbles on two measures, and put elsewhere by hand."""

import math
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import can
from core.errors import DomainError
from core.htmx import wants_fragment
from core.pages import MemberRequest, go_on
from scoring import services
from scoring.algorithms.definition import Kind
from scoring.charts import matrix_chart
from scoring.charts.matrix import shown
from scoring.forms.matrix import MatrixForm, MoveForm
from scoring.models import ScoringModel
from scoring.selectors.matrix import Matrix, axis_of, matrix_of, measures, on_scale, usual_measures
from scoring.views.choosing import choose, group_of, url_of
from scoring.views.undo import undo_url

#: What is offered first: name of the pair -> what it is called.
PRESETS = {"value": "Value and effort", "risk": "Risk and value"}


@dataclass(frozen=True)
class Asked:
    """What a matrix is asked for, and the matrix; nonsense in the address is what stands there by default."""

    form: MatrixForm
    matrix: Matrix
    preset: str

    @property
    def words(self) -> str:
        """The address of this view, after its question mark."""
        data = self.form.data
        names = ("model", "kind", "program", "x", "y")
        return urlencode({name: data[name] for name in names if data.get(name)})


def asked_of(request: MemberRequest) -> Asked | None:
    """The matrix that the address asks for; None where there is no model yet."""
    models = ScoringModel.objects.visible_to(request.user).live().exclude(kind=Kind.CLASSES).order_by("name", "pk")
    chosen = choose(request, MatrixForm, models, usual="value_effort")
    sheet, today = chosen.sheet, timezone.localdate()
    if sheet is None:
        return None
    known = measures(sheet, with_amounts=can(request.user, "finance.read", request.organization))
    preset = request.GET.get("preset", "")
    usual = usual_measures(sheet, preset)
    x, y = (request.GET[name] if request.GET.get(name) in known else usual[place] for place, name in enumerate("xy"))
    chosen.form.offer(known)
    chosen.form.show(x=x, y=y)
    return Asked(chosen.form, matrix_of(sheet, axis_of(sheet, x, today), axis_of(sheet, y, today)), preset)


@require_GET
@vary_on_headers("HX-Request")
def matrix(request: MemberRequest) -> HttpResponse:
    """Items on two measures, with the table that says and edits the same."""
    return matrix_page(request, asked_of(request))


def matrix_page(request: MemberRequest, asked: Asked | None, **more: Any) -> HttpResponse:
    template = "scoring/_matrix.html" if wants_fragment(request) else "scoring/matrix.html"
    return render(request, template, {"tab": "matrix", **(content(request, asked) if asked else {}), **more})


def content(request: MemberRequest, asked: Asked) -> dict[str, Any]:
    """What the page and its fragment show."""
    found, currency = asked.matrix, request.organization.currency
    lines = [
        {
            "place": place, "url": url_of(found.sheet, place.item), "group": group_of(place.item),
            "x": shown(found.x, place.x, currency), "y": shown(found.y, place.y, currency), "typed_x": typed(place.x),
            "typed_y": typed(place.y),
        }
        for place in found.places
    ]  # fmt: skip
    return {
        "asked": asked,
        "filter": {"form": asked.form},
        "matrix": found,
        "lines": lines,
        "presets": PRESETS,
        "figure": matrix_chart(found, currency, lambda item: url_of(found.sheet, item), group_of)
        if found.inside
        else None,
        "can_edit": can(request.user, "score.edit", request.organization),
        "corners": [(corner, found.count(corner)) for corner in found.corners],
    }


def typed(value: float) -> str:
    """A value as it stands in a field of the browser; empty where there is none."""
    return "" if math.isnan(value) else f"{value:.10g}"


@require_POST
def matrix_move(request: MemberRequest) -> HttpResponse:
    """Put an item elsewhere: its scores on the axes that are criteria become the nearest on their scales."""
    asked, form = asked_of(request), MoveForm(request.POST)
    if asked is None or not form.is_valid():
        raise Http404
    place = next((each for each in asked.matrix.places if each.item.pk == form.cleaned_data["item"]), None)
    if place is None:
        raise Http404
    cells = moved(asked.matrix, place.item.pk, form.cleaned_data)
    url = f"{reverse('scoring:matrix')}?{asked.words}"
    try:
        services.set_scores(actor=request.user, organization=request.organization, cells=cells)
    except DomainError as error:
        if not wants_fragment(request):
            raise
        return matrix_page(request, asked_of(request), refused=str(error))
    text = f"{place.item} was moved."
    if not wants_fragment(request):
        return go_on(request, url, text, undo_url(request))
    return matrix_page(request, asked_of(request), done=text, undo=undo_url(request))


def moved(matrix: Matrix, item: int, put: dict[str, Any]) -> list[services.ScoreCell]:
    """The scores that an item gets by being put somewhere."""
    cells = []
    for axis, name in ((matrix.x, "x"), (matrix.y, "y")):
        if axis.criterion is None or put[name] is None:
            continue
        value = on_scale(axis.criterion, put[name])
        seen = services.Seen(put[f"{name}_seen"] or 0)
        cells.append(services.ScoreCell(matrix.sheet.kind, item, axis.criterion.pk, value, seen=seen))
    return cells
