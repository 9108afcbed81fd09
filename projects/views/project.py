"""Pages of projects."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import can, require
from core.exports import FORMATS, export
from core.htmx import wants_fragment
from core.pages import cell_page, form_page, go_on, ordered, page_of, posted, seen_version
from events.selectors import event_lines
from projects import selectors, services
from projects.filters import ProjectListFilter, period
from projects.forms import PROJECT_CELLS, ProjectForm, ReportForm, StatusForm
from projects.models import Project, ProjectStatus

SORTS = {
    "name": "name",
    "code": "code",
    "program": "program__name",
    "manager": "manager__name",
    "status": "status",
    "health": "health",
    "progress": "rollup__progress_ratio",
    "finish": "finish",
    "slip": "rollup__slip_days",
    "budget": "budget_amount",
    "actual": "actual_amount",
    "changed": "updated_at",
}


def found_project(request: HttpRequest, pk: int) -> Project:
    """The project of an address, with what its page head shows."""
    rows = Project.objects.visible_to(request.user).with_parents().with_health().select_related("rollup")
    return get_object_or_404(rows, pk=pk)


@require_GET
@vary_on_headers("HX-Request")
def project_list(request: HttpRequest) -> HttpResponseBase:
    """The organization's projects; htmx gets the table alone, `format` gets a file."""
    rows = Project.objects.visible_to(request.user).for_list().with_finish().select_related("rollup")
    chosen = ProjectListFilter(request.GET, rows, request=request)
    projects, sort = ordered(request, chosen.qs, SORTS, "name")
    if (file_format := request.GET.get("format", "")) in FORMATS:
        cells = selectors.project_cells(projects)
        return export(cells, header=selectors.PROJECT_HEADER, name="projects", file_format=file_format)
    product = chosen.form.cleaned_data.get("product") if chosen.form.is_valid() else None
    totals = selectors.project_totals(chosen.qs, product)
    context = {"filter": chosen, "sort": sort, "totals": totals, "product": product, "nav": "projects:project-list"}
    context["page"] = page_of(request, projects, count=totals.count)
    context["fragment"] = wants_fragment(request)
    if not context["fragment"]:
        context |= saved_views(request)
    name = "projects/_project_table.html" if context["fragment"] else "projects/project_list.html"
    return render(request, name, context)


def saved_views(request: HttpRequest) -> dict[str, Any]:
    """The tabs of the list: name, address, count, and which of them is open; and whether there is anything at all."""
    today = timezone.localdate()
    quarter = period("quarter", today, request.organization)
    counts = selectors.project_view_counts(request.user, today, quarter).counts
    words = {
        "live": ("All", ""),
        "mine": ("Mine", f"manager={request.user.pk}"),
        "red": ("Off track", "health=red"),
        "late": ("Late", "late=1"),
        "ends": ("Ends this quarter", "ends=quarter&in_flight=1"),
        "parked": ("Parked", "parked=1"),
        "archived": ("Archived", "archived=1"),
    }
    here = request.GET.urlencode()
    views = [
        {"label": label, "query": query, "count": counts[key], "current": here == query}
        for key, (label, query) in words.items()
        if counts[key] or key == "live" or here == query
    ]
    return {"views": views, "is_empty": not (counts["live"] or counts["archived"])}


def head(project: Project, tab: str) -> dict[str, Any]:
    """What the head of a project's page shows on every tab."""
    rollup = getattr(project, "rollup", None)
    return {
        "project": project,
        "rollup": rollup,
        "tab": tab,
        "nav": "projects:project-list",
        "as_of": rollup and rollup.as_of,
        "spent_ratio": selectors.spent_ratio(project),
    }


@require_GET
def project_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A project: where it stands, what it serves, what happened lately."""
    project = found_project(request, pk)
    context = head(project, "overview") | {
        "served": selectors.served_products(project),
        "lines": event_lines(selectors.project_events(project)[:8]),
        "counts": selectors.part_counts(project),
        "statuses": ProjectStatus.choices,
    }
    return render(request, "projects/project_detail.html", context)


@require_GET
def project_history(request: HttpRequest, pk: int) -> HttpResponse:
    """What happened to a project, its activities and its risks, newest first."""
    project = found_project(request, pk)
    context = head(project, "history") | {"lines": event_lines(selectors.project_events(project)[:100])}
    return render(request, "projects/project_history.html", context)


@require_http_methods(["GET", "POST"])
def project_create(request: HttpRequest) -> HttpResponse:
    """Propose a project; `program` or `portfolio` in the address chooses where."""
    require(request.user, "project.create", request.organization)
    initial = {"program": request.GET.get("program"), "portfolio": request.GET.get("portfolio")}
    form = ProjectForm(posted(request), initial=initial, user=request.user, organization=request.organization)
    return form_page(
        request,
        form=form,
        template="projects/project_form.html",
        save=lambda form: services.create_project(
            actor=request.user, organization=request.organization, **form.values()
        ),
        done=lambda project: reverse("projects:project-detail", args=[project.pk]),
        message="Proposed project “{row}”.",
        context={"nav": "projects:project-list"},
    )


@require_http_methods(["GET", "POST"])
def project_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a project's plan, place, people or budget."""
    project = found_project(request, pk)
    require(request.user, "project.edit", request.organization)
    form = ProjectForm(posted(request), instance=project, user=request.user, organization=request.organization)
    return form_page(
        request,
        form=form,
        template="projects/project_form.html",
        save=lambda form: services.update_project(
            actor=request.user, project=project, expected_version=form.expected_version, **form.values()
        ),
        done=lambda project: reverse("projects:project-detail", args=[project.pk]),
        message="Saved project “{row}”.",
        context={"project": found_project(request, pk), "nav": "projects:project-list"},
    )


@require_http_methods(["GET", "POST"])
def project_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Report where a project stands."""
    project = found_project(request, pk)
    require(request.user, "project.report", request.organization)
    form = ReportForm(posted(request), instance=project, user=request.user, organization=request.organization)
    return form_page(
        request,
        form=form,
        template="projects/project_report.html",
        save=lambda form: services.report_project(
            actor=request.user, project=project, expected_version=form.expected_version, **form.values()
        ),
        done=lambda project: reverse("projects:project-detail", args=[project.pk]),
        message="Reported on “{row}”.",
        context={"project": found_project(request, pk), "nav": "projects:project-list"},
    )


@require_http_methods(["GET", "POST"])
def project_change_status(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a project along its lifecycle, with a reason."""
    project = found_project(request, pk)
    require(request.user, "project.govern", request.organization)
    form = StatusForm(posted(request), instance=project, user=request.user, organization=request.organization)
    form.fields["to"].initial = request.GET.get("to")
    return form_page(
        request,
        form=form,
        template="projects/project_status.html",
        save=lambda form: services.change_status(
            actor=request.user,
            project=project,
            to=form.cleaned_data["to"],
            reason=form.cleaned_data["reason"],
            expected_version=form.expected_version,
        ),
        done=lambda project: reverse("projects:project-detail", args=[project.pk]),
        message="Moved “{row}” along its lifecycle.",
        context={"project": found_project(request, pk), "nav": "projects:project-list"},
    )


@require_POST
def project_archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a project out of sight."""
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=pk)
    services.archive_project(actor=request.user, project=project, expected_version=seen_version(request))
    undo = reverse("projects:project-restore", args=[pk])
    return go_on(request, reverse("projects:project-list"), f"Archived project “{project}”.", undo)


@require_POST
def project_restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring an archived project back."""
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=pk)
    services.restore_project(actor=request.user, project=project, expected_version=seen_version(request))
    return go_on(request, reverse("projects:project-detail", args=[pk]), f"Restored project “{project}”.")


@require_http_methods(["GET", "POST"])
def project_cell(request: HttpRequest, pk: int, field: str) -> HttpResponse:
    """One cell of the project list, at rest or open."""
    project = found_project(request, pk)
    if field not in PROJECT_CELLS:
        raise Http404
    action, form_class = PROJECT_CELLS[field]
    require(request.user, action, request.organization)
    form = form_class(
        posted(request), instance=project, user=request.user, organization=request.organization, prefix=pk
    )
    save = services.update_project if action == "project.edit" else services.report_project
    return cell_page(
        request,
        form=form,
        at_rest=f"projects/_{field}_cell.html",
        opened="projects/_project_cell_open.html",
        save=lambda form: save(
            actor=request.user, project=project, expected_version=form.expected_version, **form.values()
        ),
        context=lambda row: {"project": row, "field": field, "may": can(request.user, action, request.organization)},
    )
