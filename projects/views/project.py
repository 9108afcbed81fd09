"""Reading projects: the list with its views, filters and files, and the pages of one."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from core.exports import FORMATS, export
from core.pages import MemberRequest, asked, ordered, page_of
from events.selectors import event_lines, kept
from projects import selectors
from projects.filters import ProjectListFilter, period
from projects.models import Project, ProjectStatus
from projects.views.listing import Narrowed, filters_of, listing, query_of
from projects.views.rows import RowWriter

#: The address's word -> the column.
SORTS = {
    "name": "name",
    "code": "code",
    "program": "home",
    "health": "worst_first",
    "manager": "manager__name",
    "status": "lifecycle",
    "start": "planned_start_date",
    "finish": "finish",
    "slip": "slip",
    "progress": "rollup__progress_ratio",
    "budget": "budget_amount",
    "actual": "actual_amount",
    "spent": "spent",
    "updated": "updated_at",
}
FINISH = Coalesce("actual_finish_date", "expected_finish_date", "planned_finish_date")
WORST_FIRST = ("red", "amber", "green")
#: What is no column, made when it is asked for.
MADE: dict[str, Any] = {
    "home": Coalesce("program__name", "portfolio__name"),
    "worst_first": Case(*(When(health=health, then=Value(place)) for place, health in enumerate(WORST_FIRST))),
    "lifecycle": Case(*(When(status=status, then=Value(n)) for n, status in enumerate(ProjectStatus.values))),
    "finish": FINISH,
    "slip": FINISH - F("planned_finish_date"),
    "spent": Case(When(budget_amount__gt=0, then=F("actual_amount") / F("budget_amount"))),
}


@dataclass(frozen=True)
class SavedView:
    """A tab of the list: filters with a name, and how many projects they leave."""

    label: str
    query: str
    count: int | None
    is_current: bool


def found_project(request: MemberRequest, pk: int) -> Project:
    """The project of an address, with what its page head shows."""
    rows = Project.objects.visible_to(request.user).with_parents().with_health().select_related("rollup")
    return get_object_or_404(rows, pk=pk)


def in_order(request: MemberRequest, rows: Any) -> tuple[Any, str]:
    """Projects in the order that the address asks for, and its word for it."""
    column = SORTS.get(request.GET.get("sort", "").removeprefix("-"), "")
    if column == "worst_first":
        rows = rows.with_health()
    if column in MADE:
        rows = rows.alias(**{column: MADE[column]})
    return ordered(request, rows, SORTS, "name")


@require_GET
@vary_on_headers("HX-Request")
def project_list(request: MemberRequest) -> HttpResponseBase:
    """The organization's projects; htmx gets the table and what goes with it, `format` gets a file."""
    narrowed = Narrowed(request, ProjectListFilter, Project.objects.visible_to(request.user))
    rows, sort = in_order(request, narrowed.rows)
    if (file_format := request.GET.get("format", "")) in FORMATS:
        cells = selectors.project_cells(rows.for_list().select_related("program__portfolio", "rollup"))
        return export(cells, header=selectors.PROJECT_HEADER, name="projects", file_format=file_format)
    product = narrowed.values.get("product")
    totals, standing = kept(request.organization.pk, asked(request), lambda: amounts(request, narrowed.rows, product))
    page = page_of(request, rows.values_list(*selectors.LISTED), count=totals.count)
    context = {
        **listing(request, narrowed),
        "page": page,
        "rows": RowWriter(request).rows(selectors.listed_projects(page.object_list)),
        "sort": sort,
        "totals": totals,
        "product": product,
        "views": saved_views(request, standing),
        "is_empty": not standing.count,
        "nav": "projects:project-list",
    }
    name = "projects/_project_table.html" if context["fragment"] else "projects/project_list.html"
    return render(request, name, context)


def amounts(request: MemberRequest, rows: Any, product: Any) -> tuple[selectors.Totals, selectors.Totals]:
    """What the rows of a list amount to, and how many projects stand in each of its tabs."""
    today = timezone.localdate()
    quarter = period("quarter", today, request.organization)
    return selectors.project_totals(rows, product), selectors.project_view_counts(request.user, today, quarter)


def saved_views(request: MemberRequest, found: selectors.Totals) -> list[SavedView]:
    """The tabs of the list; too many to count have no numbers."""
    here = {name: values for name, values in filters_of(request).items() if name != "q"}
    tabs: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("All", "live", {}),
        ("Mine", "mine", {"manager": str(request.user.pk)}),
        ("Off track", "red", {"in_flight": "1", "health": "red"}),
        ("Late", "late", {"late": "1"}),
        ("Ends this quarter", "ends", {"in_flight": "1", "ends": "quarter"}),
        ("Parked", "parked", {"parked": "1"}),
        ("Archived", "archived", {"archived": "1"}),
    )
    views = []
    for label, key, words in tabs:
        is_current = here == {name: [value] for name, value in words.items()}
        if found.counts[key] or found.is_capped or is_current or key in ("live", "mine"):
            query = "&".join(f"{name}={value}" for name, value in words.items())
            views.append(SavedView(label, query, None if found.is_capped else found.counts[key], is_current))
    return views


@require_GET
def project_filters(request: MemberRequest) -> HttpResponse:
    """All that projects can be filtered by: a drawer beside the list, or without script a page that leads to it."""
    context = {
        "form": ProjectListFilter(request.GET, Project.objects.none(), request=request).form,
        "query": query_of(request),
        "action": reverse("projects:project-list"),
        "also": [(name, request.GET[name]) for name in ("q", "sort", "rows") if request.GET.get(name)],
        "nav": "projects:project-list",
    }
    return render(request, "projects/project_filters.html", context)


def head(project: Project, tab: str) -> dict[str, Any]:
    """What the head of a project's page shows on every tab."""
    rollup = getattr(project, "rollup", None)
    return {
        "project": project,
        "rollup": rollup,
        "tab": tab,
        "counts": selectors.part_counts(project),
        "nav": "projects:project-list",
        **selectors.freshness_of(rollup, timezone.now()),
    }


@require_GET
def project_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """A project: where it stands, what it serves, what happened lately."""
    project = found_project(request, pk)
    context = head(project, "overview") | {
        "served": selectors.served_products(project),
        "lines": event_lines(selectors.project_events(project)[:6]),
        "computed": selectors.computed_health(project, timezone.localdate()),
        "path": selectors.lifecycle(project),
        "risks": selectors.largest_risks(project),
    }
    return render(request, "projects/project_detail.html", context)


@require_GET
def project_history(request: MemberRequest, pk: int) -> HttpResponse:
    """What happened to a project, its activities and its risks, newest first."""
    project = found_project(request, pk)
    page = page_of(request, selectors.project_events(project))
    context = head(project, "history") | {"page": page, "lines": event_lines(page.object_list)}
    return render(request, "projects/project_history.html", context)
