"""The capacity heatmap: demand against capacity by role or team and month, who and what is behind a cell, what if."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from core.exports import FORMATS, export
from core.htmx import wants_fragment
from core.pages import MemberRequest, id_in
from finance.algorithms.periods import fiscal_quarter, fiscal_year
from portfolio.algorithms.heat import Cell, Heat, HeatRow, Hire, heatmap
from portfolio.forms import CapacityForm, HireForm
from portfolio.selectors.capacity import Workload, uses_of, workload
from portfolio.views.heat_cells import Column, Shown, shown_rows
from resources.algorithms.months import first_of, plus_months

SPAN, MOST_SPAN, MOST_HIRED = 9, 60, 1000
FIRST_YEAR, LAST_YEAR = 1900, 2200
#: Words of the address about people who are only supposed.
HIRING = ("hire", "hire_role", "hire_team", "hire_from")
BY = {"team": "Team", "role": "Role"}
SHOW = {"load": "Load %", "free": "Free FTE", "open": "Open FTE"}
NONE = "none"
HEADER = (
    "Team or role", "Period", "Planned FTE", "Of it open", "Actual FTE", "Capacity FTE", "Of it supposed", "Free FTE",
    "Load",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What the address asks for; nonsense is what stands there by default."""

    by: str
    show: str
    zoom: str
    first: datetime.date
    span: int
    node: tuple[str, int]
    with_proposals: bool
    hire: Hire | None
    cell: tuple[int | None, datetime.date] | None

    @classmethod
    def of(cls, request: MemberRequest, today: datetime.date) -> "Asked":
        words = request.GET
        span = id_in(words.get("span")) or SPAN
        kind = next((kind for kind in ("program", "portfolio") if id_in(words.get(kind))), "")
        return cls(
            by=words["by"] if words.get("by") in BY else "team",
            show=words["show"] if words.get("show") in SHOW else "load",
            zoom="quarter" if words.get("zoom") == "quarter" else "month",
            first=month_in(words.get("from")) or first_of(today),
            span=min(span, MOST_SPAN),
            node=(kind, id_in(words.get(kind)) or 0),
            with_proposals=words.get("proposals") in ("1", "on"),
            hire=hire_in(words),
            cell=cell_in(words),
        )

    def columns(self, first_month: int) -> list[Column]:
        """The periods: months, or whole fiscal quarters, from the first on."""
        if self.zoom == "month":
            months = [plus_months(self.first, step) for step in range(self.span)]
            quarters = [fiscal_quarter(month, first_month).label for month in months]
            return [
                Column(month, (month,), date_format(month, "M"), date_format(month, "F Y"), quarter)
                for month, quarter in zip(months, quarters, strict=True)
            ]
        start = fiscal_quarter(self.first, first_month).start_date
        columns = []
        for step in range(0, -(-self.span // 3) * 3, 3):
            quarter = fiscal_quarter(plus_months(start, step), first_month)
            year = fiscal_year(quarter.start_date, first_month).label
            name = quarter.label.split(" ")[0]
            columns.append(Column(quarter.start_date, tuple(quarter.months), name, quarter.label, year))
        return columns


def month_in(text: str | None) -> datetime.date | None:
    """The first day of a month as an address writes it: 2026-10."""
    try:
        month = datetime.date.fromisoformat(f"{text}-01") if text and len(text) == 7 else None
    except ValueError:
        return None
    return month if month and FIRST_YEAR <= month.year <= LAST_YEAR else None


def hire_in(words: Any) -> Hire | None:
    """What if: `hire` people of `hire_role`, in `hire_team` or in none, from `hire_from` on."""
    role, month = id_in(words.get("hire_role")), month_in(words.get("hire_from"))
    try:
        count = Decimal(words.get("hire", "0") or "0")
    except InvalidOperation:
        return None
    if role is None or month is None or not count.is_finite() or not 0 < count <= MOST_HIRED:
        return None
    return Hire(role, id_in(words.get("hire_team")), month, count)


def cell_in(words: Any) -> tuple[int | None, datetime.date] | None:
    """The cell that is open: a team or role, or `none`, and a period."""
    key, at = words.get("key"), month_in(words.get("at"))
    if at is None or (key != NONE and id_in(key) is None):
        return None
    return (None if key == NONE else id_in(key)), at


@require_GET
@vary_on_headers("HX-Request")
def capacity(request: MemberRequest) -> HttpResponseBase:
    """The heatmap; htmx gets it without the page around it, `format` gets a file."""
    now = timezone.now()
    asked = Asked.of(request, timezone.localdate(now))
    columns = asked.columns(request.organization.fiscal_year_start_month)
    load = workload(request.organization, *asked.node, columns[0].months[0], columns[-1].months[-1], now)
    heat = heatmap(
        load.demand, load.supply, [column.months for column in columns],
        by=asked.by, with_proposals=asked.with_proposals, hire=asked.hire,
    )  # fmt: skip
    if (file_format := request.GET.get("format", "")) in FORMATS:
        rows = file_rows(heat, load, asked, columns)
        return export(rows, header=HEADER, name="capacity", file_format=file_format)
    return shown(request, asked, columns, load, heat)


def shown(request: MemberRequest, asked: Asked, columns: Sequence[Column], load: Workload, heat: Heat) -> HttpResponse:
    """The page, or its fragment, with the cell that is open."""
    look = Shown(request.GET, asked.by, asked.show, columns, load.named(asked.by), asked.cell)
    context = {
        "asked": asked,
        "form_holder": {"form": CapacityForm(asked, load.portfolios, request.GET.get("program", ""))},
        "hire_form": HireForm(asked, load),
        "kept": [(name, value) for name, value in request.GET.items() if name not in (*HIRING, "format")],
        "without_hire": look.without(*HIRING),
        "load": load,
        "heads": look.heads(),
        "columns": columns,
        "rows": shown_rows(look, heat),
        "effect": heat.effect,
        "opened": opened(request, asked, columns, load, heat),
        "views": look.switches("by", BY),
        "shows": look.switches("show", SHOW),
        "is_empty": not load.demand and not load.supply,
        "people_count": sum(row.people for row in load.roles.values()),
        "as_of": load.freshness.as_of,
        "is_late": load.freshness.is_old,
        "nav": "portfolio:capacity",
    }
    name = "portfolio/_capacity.html" if wants_fragment(request) else "portfolio/capacity.html"
    return render(request, name, context)


def opened(
    request: MemberRequest, asked: Asked, columns: Sequence[Column], load: Workload, heat: Heat
) -> dict[str, Any] | None:
    """The cell that the address opens: its figures and the projects behind it; None where there is none."""
    place = next((p for p, column in enumerate(columns) if asked.cell and asked.cell[1] in column.months), None)
    if asked.cell is None or place is None:
        return None
    key = asked.cell[0]
    row = next((row for row in heat.rows if row.key == key), HeatRow(key, [Cell()] * len(columns)))
    uses = uses_of(
        request.organization, kind=asked.node[0], pk=asked.node[1], by=asked.by, key=key,
        months=columns[place].months, with_proposals=asked.with_proposals,
    )  # fmt: skip
    named = load.named(asked.by).get(key or 0)
    cell = row.cells[place]
    most = max((use.fte for use in uses), default=Decimal(1)) or Decimal(1)
    return {
        "name": named.name if named else f"No {asked.by}",
        "column": columns[place],
        "cell": cell,
        "uses": [(use, use.fte / most, use.fte / cell.demand if cell.demand else None) for use in uses],
        "more": cell.demand - sum((use.fte for use in uses), Decimal(0)),
    }


def file_rows(heat: Heat, load: Workload, asked: Asked, columns: Sequence[Column]) -> Iterator[tuple[Any, ...]]:
    """The heatmap as rows of a file, in the order of `HEADER`."""
    named = load.named(asked.by)
    order = {pk: place for place, pk in enumerate(named)}
    for row in sorted(heat.rows, key=lambda row: order.get(row.key or 0, len(order))):
        name = named[row.key].name if row.key is not None and row.key in named else f"No {asked.by}"
        for column, cell in zip(columns, row.cells, strict=True):
            load_ratio = None if cell.load is None else round(cell.load, 4)
            figures = (cell.demand, cell.open, cell.actual, cell.capacity, cell.hired, cell.free)
            yield name, column.long, *(round(figure, 3) for figure in figures), load_ratio
