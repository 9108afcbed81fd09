"""Pages of activities: the outline of a project's work, and the list across projects."""

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import require
from core.amounts import refuse_amounts
from core.errors import DomainError
from core.exports import FORMATS, export
from core.htmx import wants_fragment
from core.pages import (
    MemberRequest,
    add_errors,
    asked,
    cell_page,
    form_page,
    go_on,
    ordered,
    page_of,
    posted,
    remember_sent,
    seen_version,
    sent_before,
)
from events.selectors import kept
from projects import selectors, services
from projects.filters import ActivityListFilter
from projects.forms import OF_PARTS, SCHEDULE_CELLS, QuickActivityForm, ScheduledActivityForm
from projects.models import Activity, ActivityKind, Project
from projects.views.activity_rows import MOVING, ActivityRows
from projects.views.project import found_project, head

SORTS: dict[str, str | tuple[str, ...]] = {
    "outline": ("project_id", "position"),
    "name": "name",
    "project": "project__name",
    "kind": "kind",
    "status": "status",
    "assignee": "assignee__name",
    "start": "planned_start_date",
    "finish": "planned_finish_date",
    "progress": "progress_ratio",
    "planned": "planned_cost_amount",
    "actual": "actual_cost_amount",
}
#: The columns that a row of the list reads.
READ = (
    "organization", "name", "kind", "status", "archived_at", "planned_start_date", "planned_finish_date",
    "progress_ratio", "planned_cost_amount", "actual_cost_amount", "currency", "project__name",
    "project__archived_at", "assignee__name", "assignee__email",
)  # fmt: skip


def found_activity(request: MemberRequest, pk: int) -> Activity:
    """The activity of an address, with its project."""
    rows = Activity.objects.visible_to(request.user).select_related("project", "parent", "assignee")
    return get_object_or_404(rows, pk=pk)


def outline_of(activity: Activity) -> str:
    """Where an activity stands among those of its project."""
    return reverse("projects:project-activities", args=[activity.project_id])


@require_GET
@vary_on_headers("HX-Request")
def activity_list(request: MemberRequest) -> HttpResponseBase:
    """Activities of all projects; htmx gets the table alone, `format` gets a file."""
    rows = Activity.objects.visible_to(request.user).filter(project__archived_at=None)
    chosen = ActivityListFilter(request.GET, rows.select_related("project", "assignee"), request=request)
    activities, sort = ordered(request, chosen.qs, SORTS, "outline")
    if (file_format := request.GET.get("format", "")) in FORMATS:
        cells = selectors.activity_cells(activities)
        return export(cells, header=selectors.ACTIVITY_HEADER, name="activities", file_format=file_format)
    totals = kept(request.organization.pk, asked(request), lambda: selectors.activity_totals(chosen.qs))
    page = page_of(request, activities.only(*READ), count=totals.count)
    context = {
        "filter": chosen,
        "page": page,
        "rows": ActivityRows(request, base="").rows(page),
        "sort": sort,
        "totals": totals,
        "of_project": chosen.form.cleaned_data.get("project") if chosen.form.is_valid() else None,
        "is_empty": not totals.count and not request.GET,
        "fragment": wants_fragment(request),
        "nav": "projects:project-list",
    }
    name = "projects/_activity_table.html" if context["fragment"] else "projects/activity_list.html"
    return render(request, name, context)


@require_GET
@vary_on_headers("HX-Request")
def project_activities(request: MemberRequest, pk: int) -> HttpResponse:
    """A project's work breakdown, each cell to be edited in place; htmx gets the outline alone."""
    return render_outline(request, found_project(request, pk))


def render_outline(request: MemberRequest, project: Project, status: int = 200, **more: Any) -> HttpResponse:
    context = outline_context(request, project) | more
    if wants_fragment(request):
        return render(request, "projects/_activity_outline.html", context, status=status)
    return render(request, "projects/project_activities.html", head(project, "activities") | context, status=status)


def outline_context(request: MemberRequest, project: Project) -> dict[str, Any]:
    """A project's outline, what it adds up to, and the line that adds to it."""
    live = Activity.objects.visible_to(request.user).live().filter(project=project)
    activities = list(live.select_related("assignee").defer("description").in_outline())
    for activity in activities:
        activity.project = project
    rows = selectors.outline(activities)
    return {
        "project": project,
        "rows": rows,
        "rows_html": ActivityRows(request).outline(rows, project, selectors.scheduled(project)),
        "summary_ids": ",".join(f"#activity-{row.activity.pk}" for row in rows if row.is_summary),
        "totals": selectors.outline_totals(activities),
        "render_token": secrets.token_urlsafe(8),
        "form": quick_form(request, project),
    }


def quick_form(request: MemberRequest, project: Project, data: Any = None) -> QuickActivityForm:
    return QuickActivityForm(data, project=project, user=request.user, organization=request.organization)


@require_http_methods(["GET", "POST"])
def activity_create(request: MemberRequest, pk: int) -> HttpResponse:
    """Add an activity to a project: with all it has, or by the line below the outline, which sends only a name."""
    project = found_project(request, pk)
    require(request.user, "activity.edit", request.organization)
    if "line" in request.POST:
        return add_line(request, project)
    form = ScheduledActivityForm(
        posted(request),
        project=project,
        initial={"parent": request.GET.get("parent")},
        user=request.user,
        organization=request.organization,
    )
    return form_page(
        request,
        form=form,
        template="projects/activity_form.html",
        save=lambda form: services.create_activity(actor=request.user, project=project, **form.values()),
        done=outline_of,
        message="Added activity “{row!s:.80}”.",
        context={"project": project, "nav": "projects:project-list"},
    )


def add_line(request: MemberRequest, project: Project) -> HttpResponse:
    """Add an activity by its name alone; the outline comes back with the next line ready to type in."""
    form = quick_form(request, project, request.POST)
    if not sent_before(request):
        if form.is_valid():
            try:
                services.create_activity(actor=request.user, project=project, **form.values())
            except (ValidationError, DomainError) as error:
                add_errors(form, error)
        if form.errors:
            return render_outline(request, project, status=422, form=form)
        remember_sent(request, request.path)
    if wants_fragment(request):
        return render_outline(request, project, added=True)
    url = reverse("projects:project-activities", args=[project.pk])
    return go_on(request, f"{url}#add", f"Added activity “{form.data.get('name', '')[:80]}”.")


@require_http_methods(["GET", "POST"])
def activity_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change an activity."""
    activity = found_activity(request, pk)
    require(request.user, "activity.edit", request.organization)
    form = ScheduledActivityForm(
        posted(request),
        instance=activity,
        project=activity.project,
        user=request.user,
        organization=request.organization,
    )
    return form_page(
        request,
        form=form,
        template="projects/activity_form.html",
        save=lambda form: services.update_activity(
            actor=request.user, activity=activity, expected_version=form.expected_version, **form.values()
        ),
        done=outline_of,
        message="Saved activity “{row!s:.80}”.",
        context={"project": activity.project, "activity": activity, "nav": "projects:project-list"},
    )


@require_http_methods(["GET", "POST"])
def activity_cell(request: MemberRequest, pk: int, field: str) -> HttpResponse:
    """One cell of an activity, at rest or open; saved, it brings along what follows from it."""
    activity = found_activity(request, pk)
    of_parts = activity.kind == ActivityKind.SUMMARY and field in OF_PARTS
    if field not in SCHEDULE_CELLS or of_parts:
        raise Http404
    require(request.user, "dependency.edit" if field == "predecessors" else "activity.edit", request.organization)
    refuse_amounts(request.user, request.organization, [field])
    form = SCHEDULE_CELLS[field](
        posted(request), instance=activity, prefix=str(pk), user=request.user, organization=request.organization
    )
    if not wants_fragment(request):
        return _cell_as_page(request, form, field)
    form.fields[field].widget.attrs["aria-label"] = f"{form.fields[field].label} of {activity!s:.80}"
    response = cell_page(
        request,
        form=form,
        at_rest="projects/_activity_cell.html",
        opened="projects/_activity_cell_open.html",
        save=lambda form: _save_cell(request, form),
        context=lambda row: {"activity": row, "field": field, "cells": saved_cells(request, row, field)},
    )
    if field in MOVING and response.headers.get("HX-Trigger"):
        response["HX-Trigger"] = "portolan:moved"
    return response


def saved_cells(request: MemberRequest, activity: Activity, field: str) -> str:
    rows = ActivityRows(request)
    if field in MOVING:
        rows.plan = selectors.scheduled(activity.project)
    return rows.saved(activity, field)


def _save_cell(request: MemberRequest, form: Any) -> Activity:
    if "predecessors" in form.fields:
        return services.set_predecessors(actor=request.user, activity=form.instance, **form.values())
    return services.update_activity(
        actor=request.user, activity=form.instance, expected_version=form.expected_version, **form.values()
    )


def _cell_as_page(request: MemberRequest, form: Any, field: str) -> HttpResponse:
    """The same without script: a page with the one field."""
    activity = form.instance
    return form_page(
        request,
        form=form,
        template="projects/activity_cell.html",
        save=lambda form: _save_cell(request, form),
        done=outline_of,
        message="Saved activity “{row!s:.80}”.",
        context={"activity": activity, "label": form.fields[field].label, "nav": "projects:project-list"},
    )


@require_POST
def activity_move(request: MemberRequest, pk: int) -> HttpResponse:
    """Move an activity in its outline; htmx gets the outline as it is now."""
    activity = found_activity(request, pk)
    if not sent_before(request):
        services.move_activity(actor=request.user, activity=activity, direction=request.POST.get("direction", ""))
        remember_sent(request, request.path)
    if wants_fragment(request):
        return render_outline(request, activity.project)
    return go_on(request, outline_of(activity), f"Moved activity “{activity!s:.80}”.")


@require_POST
def activity_archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Take an activity out of its outline."""
    activity = found_activity(request, pk)
    services.archive_activity(actor=request.user, activity=activity, expected_version=seen_version(request))
    undo = reverse("projects:activity-restore", args=[pk])
    return go_on(request, outline_of(activity), f"Archived activity “{activity!s:.80}”.", undo)


@require_POST
def activity_restore(request: MemberRequest, pk: int) -> HttpResponse:
    """Bring an archived activity back to its place."""
    activity = found_activity(request, pk)
    services.restore_activity(actor=request.user, activity=activity, expected_version=seen_version(request))
    return go_on(request, outline_of(activity), f"Restored activity “{activity!s:.80}”.")
