"""Pages across projects: how much of people's time is allocated, and the allocations that a figure is made of."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Sum
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from core.exports import FORMATS, export
from core.htmx import wants_fragment
from core.pages import MemberRequest, ordered, page_of
from projects.views.allocation_grid import month_in
from resources import selectors as staff
from resources.algorithms.months import first_of, months_from
from resources.filters import AllocationFilter, UtilizationForm
from resources.models import Allocation, Person
from resources.selectors import UTILIZATION_SORTS, Limit, UtilizationRow

ALLOCATION_SORTS = {
    "project": "project__name",
    "person": "person__name",
    "role": "role__name",
    "team": "team__name",
    "month": "month",
    "kind": "kind",
    "fte": "fte",
}
#: Months of the panel that a person's page shows.
PANEL_MONTHS = 9
#: So many people are named in an address.
MOST_NAMED = 300


class UtilizationPage:
    """What the utilization page shows, as its address asks for it."""

    def __init__(self, request: MemberRequest) -> None:
        self.request = request
        self.form = UtilizationForm(request.GET, user=request.user, month=first_of(timezone.localdate()))
        asked = self.form.asked
        self.kind = asked.get("kind") or "plan"
        self.months = months_from(self.form.first_month, asked.get("months") or 1)
        self.found = staff.utilization(
            request.organization.pk,
            self.months,
            kind=self.kind,
            role_id=getattr(asked.get("role"), "pk", None),
            team_id=getattr(asked.get("team"), "pk", None),
            words=asked.get("q", ""),
            show=asked.get("show", ""),
        )
        self.sort = self._sort()

    def _sort(self) -> str:
        word = self.request.GET.get("sort", "name")
        key = UTILIZATION_SORTS.get(word.removeprefix("-"))
        if key is None:
            return "name"
        self.found.rows.sort(key=key, reverse=word.startswith("-"))
        return word

    def drill(self, **narrowed: Any) -> str:
        """Where the allocations that a figure is made of are listed."""
        months = {"from_month": f"{self.months[0]:%Y-%m}", "until_month": f"{self.months[-1]:%Y-%m}"}
        words = urlencode({"kind": self.kind, **months, **narrowed}, doseq=True)
        return f"{reverse('projects:allocation-list')}?{words}"

    def drill_whole(self, **narrowed: Any) -> str:
        """Where those of all shown people are listed; nowhere where they are too many to name."""
        asked = self.form.asked
        if not any(asked.get(name) for name in ("q", "role", "team", "show")):
            return self.drill(**narrowed, of_people="true")
        ids = [row.person_id for row in self.found.rows]
        return self.drill(**narrowed, person=ids) if 0 < len(ids) <= MOST_NAMED else ""

    def line(self, row: UtilizationRow) -> dict[str, Any]:
        """A row with where each of its figures leads."""
        cells = [
            (limit, self.drill(person=row.person_id, from_month=f"{month:%Y-%m}", until_month=f"{month:%Y-%m}"))
            for month, limit in zip(self.months, row.months, strict=True)
        ]
        return {"row": row, "cells": cells, "url": self.drill(person=row.person_id)}

    def totals(self) -> list[tuple[Limit, str]]:
        return [
            (limit, self.drill_whole(from_month=f"{month:%Y-%m}", until_month=f"{month:%Y-%m}"))
            for month, limit in zip(self.months, self.found.totals, strict=True)
        ]


@require_GET
@vary_on_headers("HX-Request")
def utilization(request: MemberRequest) -> HttpResponseBase:
    """People by month with what they have and give; htmx gets the table alone, `format` gets a file."""
    shown = UtilizationPage(request)
    if (file_format := request.GET.get("format", "")) in FORMATS:
        header = staff.utilization_header(shown.months)
        return export(staff.utilization_cells(shown.found), header=header, name="utilization", file_format=file_format)
    page = page_of(request, shown.found.rows)
    context = {
        "filter": shown,
        "shown": shown,
        "page": page,
        "lines": [shown.line(row) for row in page],
        "totals": shown.totals(),
        "whole": shown.found.whole,
        "whole_url": shown.drill_whole(),
        "counts": shown.found.counts,
        "sort": shown.sort,
        "is_empty": not shown.found.rows and not request.GET,
        "fragment": wants_fragment(request),
    }
    name = "projects/_utilization_table.html" if context["fragment"] else "projects/utilization.html"
    return render(request, name, context)


@require_GET
@vary_on_headers("HX-Request")
def allocation_list(request: MemberRequest) -> HttpResponseBase:
    """Allocations of live projects, one row for each month; htmx gets the table alone, `format` gets a file."""
    rows = Allocation.objects.visible_to(request.user).filter(project__archived_at=None)
    chosen = AllocationFilter(request.GET, rows.select_related("project", "person", "role", "team"), request=request)
    found, sort = ordered(request, chosen.qs, ALLOCATION_SORTS, "month")
    if (file_format := request.GET.get("format", "")) in FORMATS:
        cells = staff.allocation_cells(found)
        return export(cells, header=staff.ALLOCATION_HEADER, name="allocations", file_format=file_format)
    page = page_of(request, found)
    context = {
        "filter": chosen,
        "page": page,
        "sort": sort,
        "sums": dict(chosen.qs.order_by().values_list("kind").annotate(whole=Sum("fte"))),
        "is_empty": not page.paginator.count and not request.GET,
        "fragment": wants_fragment(request),
        "nav": "projects:utilization",
    }
    name = "projects/_allocation_table.html" if context["fragment"] else "projects/allocation_list.html"
    return render(request, name, context)


@require_GET
def allocation_open(request: MemberRequest, pk: int) -> HttpResponse:
    """Where an allocation stands among those of its project."""
    row = get_object_or_404(Allocation.objects.visible_to(request.user), pk=pk)
    words = urlencode({"kind": row.kind, "from": f"{row.month:%Y-%m}", "months": 12})
    return redirect(f"{reverse('projects:project-allocations', args=[row.project_id])}?{words}")


@require_GET
def person_allocations(request: MemberRequest, pk: int) -> HttpResponse:
    """What somebody gives to which project, as a part of another page."""
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    start = month_in(request.GET.get("from")) or first_of(timezone.localdate())
    months = months_from(start, PANEL_MONTHS)
    organization_id = request.organization.pk
    limits = staff.person_limits(organization_id, [pk], months).get(pk, {})
    lines = staff.person_projects(organization_id, pk, months)
    sums = [sum((line.cells[place] or 0 for line in lines), 0) for place in range(len(months))]
    context = {
        "person": person,
        "months": months,
        "lines": lines,
        "sums": [(fte, limits.get(month)) for month, fte in zip(months, sums, strict=True)],
    }
    return render(request, "projects/_person_allocations.html", context)
