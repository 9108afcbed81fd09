"""Changing projects: forms, cells, lifecycle, archive."""

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.access import require
from core.amounts import refuse_amounts
from core.errors import Conflict
from core.htmx import wants_fragment
from core.pages import MemberRequest, cell_page, form_page, go_on, go_to, posted, seen_version
from projects import selectors, services
from projects.forms import PROJECT_CELLS, ProjectForm, ReportForm, StatusForm
from projects.models import Project, ProjectStatus
from projects.views.project import found_project
from projects.views.rows import RowWriter


def page_of_project(project: Project) -> str:
    return reverse("projects:project-detail", args=[project.pk])


def found_to_change(request: MemberRequest, pk: int, action: str) -> Project:
    """The project of an address, if the person may do `action` to it and it is not put away.

    Raises:
        NotAllowed: the role does not permit it.
        Conflict: it is archived.
    """
    project = found_project(request, pk)
    require(request.user, action, project.organization_id)
    if project.is_archived:
        raise Conflict(f"“{project}” is archived. Restore it first, then change it.")
    return project


@require_http_methods(["GET", "POST"])
def project_create(request: MemberRequest) -> HttpResponse:
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
        done=page_of_project,
        message="Proposed project “{row}”.",
        context={"project": None, "nav": "projects:project-list"},
    )


@require_http_methods(["GET", "POST"])
def project_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change a project's plan, place, people or budget."""
    project = found_to_change(request, pk, "project.edit")
    form = ProjectForm(posted(request), instance=project, user=request.user, organization=request.organization)
    return form_page(
        request,
        form=form,
        template="projects/project_form.html",
        save=lambda form: services.update_project(
            actor=request.user, project=project, expected_version=form.expected_version, **form.values()
        ),
        done=page_of_project,
        message="Saved project “{row}”.",
        context={"project": found_project(request, pk), "nav": "projects:project-list"},
    )


@require_http_methods(["GET", "POST"])
def project_report(request: MemberRequest, pk: int) -> HttpResponse:
    """Report where a project stands: a minute's work for the people who do the rest."""
    project = found_to_change(request, pk, "project.report")
    form = ReportForm(posted(request), instance=project, user=request.user, organization=request.organization)
    return form_page(
        request,
        form=form,
        template="projects/project_report.html",
        save=lambda form: services.report_project(
            actor=request.user, project=project, expected_version=form.expected_version, **form.values()
        ),
        done=page_of_project,
        message="Reported on “{row}”.",
        context={"project": found_project(request, pk), "nav": "projects:project-list"},
    )


@require_http_methods(["GET", "POST"])
def project_change_status(request: MemberRequest, pk: int) -> HttpResponse:
    """Move a project along its lifecycle, with a reason; `to` in the address chooses the step beforehand."""
    project = found_to_change(request, pk, "project.govern")
    form = StatusForm(
        posted(request),
        instance=project,
        initial={"to": request.GET.get("to")},
        user=request.user,
        organization=request.organization,
    )
    words = dict(ProjectStatus.choices).get(request.POST.get("to", ""), "").lower()
    return form_page(
        request,
        form=form,
        template="projects/project_status.html",
        save=lambda form: _change_status(request, project, form),
        done=page_of_project,
        message=f"“{{row}}” is {words} now.",
        context={"project": found_project(request, pk), "nav": "projects:project-list"},
    )


def _change_status(request: MemberRequest, project: Project, form: Any) -> Project:
    to, reason = form.cleaned_data["to"], form.cleaned_data["reason"]
    return services.change_status(
        actor=request.user, project=project, to=to, reason=reason, expected_version=form.expected_version
    )


@require_http_methods(["GET", "POST"])
def project_cell(request: MemberRequest, pk: int, field: str) -> HttpResponse:
    """One value of a project, edited where it stands: in the list or among the facts; without script on a page.
    Saved, the whole row comes back, because one value moves others: a finish the slip, a cost the share spent.
    """
    action, form_class = PROJECT_CELLS.get(field, ("", None))
    if form_class is None:
        raise Http404
    project = found_to_change(request, pk, action)
    refuse_amounts(request.user, request.organization, form_class.base_fields)
    form = form_class(
        posted(request), instance=project, auto_id=f"{pk}-%s", user=request.user, organization=request.organization
    )
    if any(bound.field.disabled for bound in form.visible_fields()):
        return go_to(request, reverse("finance:project-budget", args=[pk]))  # the amount is the sum of its entries
    if not wants_fragment(request):
        return _cell_as_page(request, form, field, action)
    at_rest = "projects/_project_facts.html" if "facts" in request.GET else "projects/_project_row.html"
    save: Any = partial(_save_cell, request, action=action)
    opened, told = "projects/_project_cell.html", lambda row: _cell_context(request, row.pk, field)
    response = cell_page(request, form=form, at_rest=at_rest, opened=opened, save=save, context=told)
    if request.method == "POST" and response.status_code == 200:
        response["HX-Retarget"] = "closest [data-row]"
    return response


def _cell_context(request: MemberRequest, pk: int, field: str) -> dict[str, Any]:
    """What the open cell and, after a save, the row or the facts show."""
    if "facts" in request.GET:
        return {"project": found_project(request, pk), "field": field}
    rows = Project.objects.visible_to(request.user).filter(pk=pk).values_list(*selectors.LISTED)
    listed = selectors.listed_projects(rows)
    return {"project": listed[0], "field": field, "rows": RowWriter(request).rows(listed)}


def _save_cell(request: MemberRequest, form: Any, *, action: str) -> Project:
    save = services.update_project if action == "project.edit" else services.report_project
    return save(actor=request.user, project=form.instance, expected_version=form.expected_version, **form.values())


def _cell_as_page(request: MemberRequest, form: Any, field: str, action: str) -> HttpResponse:
    project = found_project(request, form.instance.pk)
    return form_page(
        request,
        form=form,
        template="projects/project_cell.html",
        save=lambda form: _save_cell(request, form, action=action),
        done=page_of_project,
        message="Saved “{row}”.",
        context={"project": project, "label": form.visible_fields()[0].label, "nav": "projects:project-list"},
    )


@require_POST
def project_archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Put a project out of sight."""
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=pk)
    services.archive_project(actor=request.user, project=project, expected_version=seen_version(request))
    undo = reverse("projects:project-restore", args=[pk])
    return go_on(request, reverse("projects:project-list"), f"Archived project “{project}”.", undo)


@require_POST
def project_restore(request: MemberRequest, pk: int) -> HttpResponse:
    """Bring an archived project back."""
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=pk)
    services.restore_project(actor=request.user, project=project, expected_version=seen_version(request))
    return go_on(request, page_of_project(project), f"Restored project “{project}”.")
