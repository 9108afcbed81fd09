"""Strategic drivers: their weights, who serves them and how strongly, and what nobody serves."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.access import can, require
from core.errors import Conflict
from core.pages import MemberRequest, form_page, id_in, page_of, posted
from scoring import services
from scoring.algorithms.weighing import normalized
from scoring.filters.candidate import BY_KIND
from scoring.forms.impact import ImpactForm, ImpactsForm
from scoring.forms.weight import DriversForm
from scoring.models import Criterion, ItemKind, ScoringModel
from scoring.selectors import Coverage, candidates, sheet_of
from scoring.selectors.sheet import Cell, Sheet
from scoring.views.undo import undo_url

PAGE_OF = {
    "project": "projects:project-detail",
    "program": "programs:program-detail",
    "product": "portfolio:product-detail",
}


class Impact(NamedTuple):
    """A cell of the grid: how strongly an item serves a driver.

    Args:
        word: the level's name, or the value; empty where it is missing.
        depth: 0 to 4, how strong it is on the driver's scale.
    """

    criterion: Criterion
    item: Any
    cell: Cell | None
    word: str
    depth: int | None
    is_outside: bool

    @property
    def letter(self) -> str:
        return self.word[:1] if self.criterion.levels else self.word

    @property
    def value(self) -> str:
        return f"{self.cell.value:g}" if self.cell else ""


@dataclass(frozen=True)
class Grid:
    """The grid that an address shows: a model of drivers, a kind of items, some of them."""

    request: MemberRequest
    model: ScoringModel
    kind: str

    @cached_property
    def filter(self) -> Any:
        rows: Any = candidates(self.kind, self.request.user)
        if self.model.portfolio is not None and self.kind != "product":
            within = BY_KIND[self.kind]()
            rows = within.within(rows, "portfolio", self.model.portfolio)
        return BY_KIND[self.kind](self.request.GET, rows.order_by("name", "pk"), request=self.request)

    @cached_property
    def sheet(self) -> Sheet:
        return sheet_of(self.model, self.filter.qs, self.kind, timezone.localdate())

    @cached_property
    def coverage(self) -> Coverage:
        return Coverage(self.sheet)

    @property
    def driver(self) -> int | None:
        return id_in(self.request.GET.get("driver"))

    @cached_property
    def places(self) -> list[int]:
        """The items that the address asks for, best score first where it says so."""
        chosen = self.coverage.places(self.request.GET.get("show", ""), self.driver)
        if only := id_in(self.request.GET.get("item")):
            chosen = [place for place in chosen if self.sheet.items[place].pk == only]
        if self.request.GET.get("sort") == "score":
            wanted = set(chosen)
            chosen = [int(place) for place in self.sheet.ranked.order if place in wanted]
        return chosen

    def row(self, place: int) -> dict[str, Any]:
        sheet = self.sheet
        score = sheet.ranked.scores[place]
        return {
            "item": sheet.items[place],
            "url": reverse(PAGE_OF[self.kind], args=[sheet.items[place].pk]),
            "impacts": [self.impact(place, number) for number in range(len(sheet.criteria))],
            "score": None if score != score else float(score),
            "rank": int(sheet.ranked.ranks[place]),
            "serves_none": bool(sheet.criteria) and not self.coverage.serves[place].any(),
        }

    def impact(self, place: int, number: int) -> Impact:
        sheet, criterion = self.sheet, self.sheet.criteria[number]
        cell = sheet.cells[place].get(criterion.pk)
        if cell is None:
            return Impact(criterion, sheet.items[place], None, "", None, False)
        level = sheet.definition.criteria[number].level_of(cell.value)
        word = level.name if level else criterion.shown(Decimal(str(cell.value)))
        return Impact(
            criterion,
            sheet.items[place],
            cell,
            word,
            depth_of(criterion, cell.value),
            bool(sheet.outside[place, number]),
        )

    @property
    def may_edit(self) -> bool:
        return can(self.request.user, "score.edit", self.request.organization)


def depth_of(criterion: Criterion, value: float) -> int:
    """How strong an impact is, from 0 to 4: by its level, else by its place on the scale."""
    levels = [float(level["value"]) for level in criterion.levels]
    if value in levels:
        share = levels.index(value) / max(1, len(levels) - 1)
    else:
        share = (value - float(criterion.lowest)) / float(criterion.highest - criterion.lowest)
    share = 1 - share if criterion.is_lower_better else share
    return max(0, min(4, round(4 * share)))


def driver_models(request: MemberRequest) -> Any:
    rows = ScoringModel.objects.visible_to(request.user).live().filter(has_drivers=True, kind="weighted")
    return rows.select_related("portfolio").order_by("name", "pk")


def found_grid(request: MemberRequest, models: list[ScoringModel]) -> Grid:
    asked = id_in(request.GET.get("model"))
    model = next((model for model in models if model.pk == asked), models[0])
    kind = request.GET.get("kind", "")
    return Grid(request, model, kind if kind in ItemKind.values else "project")


@require_GET
def drivers(request: MemberRequest) -> HttpResponse:
    """A model's drivers, what is not covered, and the impact of each item on each driver."""
    models = list(driver_models(request))
    context: dict[str, Any] = {"nav": "scoring:board", "tab": "drivers", "models": models}
    if not models:
        return render(request, "scoring/drivers.html", context)
    return render(request, "scoring/drivers.html", context | grid_context(found_grid(request, models)))


def grid_context(grid: Grid) -> dict[str, Any]:
    """What the page shows of a grid."""
    request = grid.request
    page = page_of(request, grid.places)
    return {
        "grid": grid,
        "model": grid.model,
        "kind": grid.kind,
        "kinds": ItemKind.choices,
        "filter": grid.filter,
        "drivers": grid.coverage.drivers,
        "gaps": grid.coverage.gaps,
        "page": page,
        "rows": [grid.row(place) for place in page.object_list],
        "driver": next((read for read in grid.coverage.drivers if read.criterion.pk == grid.driver), None),
        "narrowed": request.GET.get("show", "") or request.GET.get("item", ""),
        "base": f"?model={grid.model.pk}&kind={grid.kind}{kept_words(request)}",
        "levels": levels_of(grid.sheet),
        "single": score_lines(grid, grid.places[0]) if request.GET.get("item") and grid.places else None,
        "pages": f"{request.path}?{without(request, 'page')}",
    }


def without(request: MemberRequest, *names: str) -> str:
    """The words of the address but for some."""
    query = request.GET.copy()
    for name in names:
        query.pop(name, None)
    return query.urlencode()


def score_lines(grid: Grid, place: int) -> list[dict[str, Any]]:
    """How the score of an item comes about: weight times the place of each impact on its scale."""
    shares = [read.share for read in grid.coverage.drivers]
    parts = normalized(grid.coverage.known, grid.sheet.definition.ranges)[place]
    return [
        {
            "criterion": criterion,
            "share": shares[number],
            "word": grid.impact(place, number).word,
            "part": None if parts[number] != parts[number] else float(parts[number]),
            "points": None if parts[number] != parts[number] else 100 * shares[number] * float(parts[number]),
        }
        for number, criterion in enumerate(grid.sheet.criteria)
    ]


def kept_words(request: MemberRequest) -> str:
    """The filters of the address, to go on with in links that narrow further."""
    words = without(request, "model", "kind", "show", "driver", "item", "page")
    return f"&{words}" if words else ""


def levels_of(sheet: Sheet) -> list[dict[str, Any]]:
    """The scales of the drivers, as the script of the grid takes them."""
    return [
        {
            "criterion": criterion.pk,
            "levels": [[f"{float(level['value']):g}", level["name"]] for level in criterion.levels],
            "lowest": f"{float(criterion.lowest):g}",
            "highest": f"{float(criterion.highest):g}",
        }
        for criterion in sheet.criteria
    ]


@require_http_methods(["GET", "POST"])
def drivers_create(request: MemberRequest) -> HttpResponse:
    """Begin with strategic drivers, from the template."""
    require(request.user, "scoring.edit", request.organization)
    initial = {"name": "Strategic drivers"}
    form = DriversForm(posted(request), user=request.user, organization=request.organization, initial=initial)
    return form_page(
        request,
        form=form,
        template="scoring/drivers_form.html",
        save=lambda form: services.create_scoring_model(
            actor=request.user, organization=request.organization, template="drivers", **form.values()
        ),
        done=lambda row: f"{reverse('scoring:drivers')}?model={row.pk}",
        message="Added the drivers “{row!s:.80}”. Weigh them, then say how strongly each project serves them.",
        context={"nav": "scoring:board", "tab": "drivers"},
    )


def found_item(request: MemberRequest, pk: int, kind: str, item: int) -> tuple[Grid, int]:
    """The grid of an address, and the place of an item on it.

    Raises:
        Http404: there is no such model, kind or candidate.
    """
    model = get_object_or_404(driver_models(request), pk=pk)
    if kind not in ItemKind.values:
        raise Http404
    grid = Grid(request, model, kind)
    place = grid.sheet.numbers.get(item)
    if place is None:
        raise Http404
    return grid, place


@require_http_methods(["GET", "POST"])
def impact_form(request: MemberRequest, pk: int, kind: str, item: int) -> HttpResponse:
    """An item's impacts on all drivers, as a form: for who has no script, and to comment."""
    grid, place = found_item(request, pk, kind, item)
    require(request.user, "score.edit", request.organization)
    row = grid.sheet.items[place]
    form = ImpactsForm(posted(request), criteria=grid.sheet.criteria, cells=grid.sheet.cells[place])
    back = f"{reverse('scoring:drivers')}?model={pk}&kind={kind}"
    return form_page(
        request,
        form=form,
        template="scoring/impact_form.html",
        save=lambda form: services.set_scores(
            actor=request.user, organization=request.organization, cells=form.cells(kind, item)
        ),
        done=lambda outcomes: back,
        message=f"Saved the impacts of “{str(row)[:80].replace('{', '').replace('}', '')}”.",
        undo=lambda outcomes: undo_url(request) if any(what != "unchanged" for what, _ in outcomes) else "",
        context={"nav": "scoring:board", "tab": "drivers", "model": grid.model, "item": row, "back_url": back},
    )


@require_POST
def impact_cell(request: MemberRequest, pk: int, kind: str, item: int, criterion: int) -> HttpResponse:
    """Save one cell of the grid; the answer brings the cell back with the totals that it changes."""
    grid, place = found_item(request, pk, kind, item)
    require(request.user, "score.edit", request.organization)
    number = next((n for n, one in enumerate(grid.sheet.criteria) if one.pk == criterion), None)
    if number is None:
        raise Http404
    form = ImpactForm(request.POST)
    if not form.is_valid():
        raise Conflict("This is no value of the scale. Nothing was saved.")
    cell = form.cell(kind, item, criterion)
    saved = services.set_scores(actor=request.user, organization=request.organization, cells=[cell])
    after = Grid(request, grid.model, kind)
    context = grid_context(after) | {"impact": after.impact(place, number), "row": after.row(place), "saved": True}
    context["undo_url"] = undo_url(request) if saved[0].what != "unchanged" else ""
    context["told"] = f"{after.sheet.items[place]}: {after.sheet.criteria[number]} saved."
    return render(request, "scoring/_impact_saved.html", context)
