"""Reading projects: the list with its views, filters and files, and the pages of one."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from core.exports import FORMATS, export
from core.pages import ordered, page_of
from events.selectors import event_lines
from projects import selectors
from projects.filters import ProjectListFilter, period
from projects.models import Project, ProjectStatus
from projects.views.listing import filters_of, listing

WORST_FIRST = Case(*(When(health=health, then=Value(place)) for place, health in enumerate(("red", "amber", "green"))))
LIFECYCLE = Case(*(When(status=status, then=Value(place)) for place, status in enumerate(ProjectStatus.values)))
#: The address's word -> the column; what is no column is made by `sortable`.
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


@dataclass(frozen=True)
class SavedView:
    """A tab of the list: filters with a name, and how many projects they leave."""

    label: str
    query: str
    count: int | None
    is_current: bool


def found_project(request: HttpRequest, pk: int) -> Project:
    """The project of an address, with what its page head shows."""
    rows = Project.objects.visible_to(request.user).with_parents().with_health().select_related("rollup")
    return get_object_or_404(rows, pk=pk)


def sortable(rows: Any) -> Any:
    """Projects with what they can be ordered by."""
    return rows.with_finish().alias(
        home=Coalesce("program__name", "portfolio__name"),
        worst_first=WORST_FIRST,
        lifecycle=LIFECYCLE,
        slip=F("finish") - F("planned_finish_date"),
        spent=Case(When(budget_amount__gt=0, then=F("actual_amount") / F("budget_amount"))),
    )


@require_GET
@vary_on_headers("HX-Request")
def project_list(request: HttpRequest) -> HttpResponseBase:
    """The organization's projects; htmx gets the table and what goes with it, `format` gets a file."""
    chosen = ProjectListFilter(request.GET, Project.objects.visible_to(request.user), request=request)
    rows, sort = ordered(request, sortable(chosen.qs.for_list()), SORTS, "name")
    if (file_format := request.GET.get("format", "")) in FORMATS:
        cells = selectors.project_cells(rows.select_related("program__portfolio", "rollup"))
        return export(cells, header=selectors.PROJECT_HEADER, name="projects", file_format=file_format)
    product = chosen.form.cleaned_data.get("product")
    totals = selectors.project_totals(chosen.qs, product)
    views, is_empty = saved_views(request)
    context = {
        **listing(request, chosen),
        "page": page_of(request, rows, count=totals.count),
        "sort": sort,
        "totals": totals,
        "product": product,
        "views": views,
        "is_empty": is_empty,
        "nav": "projects:project-list",
    }
    name = "projects/_project_table.html" if context["fragment"] else "projects/project_list.html"
    return render(request, name, context)


def saved_views(request: HttpRequest) -> tuple[list[SavedView], bool]:
    """The tabs of the list, and whether there is anything to list at all; too many to count have no numbers."""
    today = timezone.localdate()
    found = selectors.project_view_counts(request.user, today, period("quarter", today, request.organization))
    here = {name: values for name, values in filters_of(request).items() if name != "q"}
    tabs = (
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
    return views, not found.count


@require_GET
def project_filters(request: HttpRequest) -> HttpResponse:
    """All that projects can be filtered by: a drawer beside the list, or without script a page that leads to it."""
    chosen = ProjectListFilter(request.GET, Project.objects.none(), request=request)
    context = {
        **listing(request, chosen),
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
        "as_of": rollup and rollup.as_of,
    }


@require_GET
def project_detail(request: HttpRequest, pk: int) -> HttpResponse:
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
def project_history(request: HttpRequest, pk: int) -> HttpResponse:
    """What happened to a project, its activities and its risks, newest first."""
    project = found_project(request, pk)
    page = page_of(request, selectors.project_events(project))
    context = head(project, "history") | {"page": page, "lines": event_lines(page.object_list)}
    return render(request, "projects/project_history.html", context)
