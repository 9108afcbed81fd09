"""Pages of dependencies: the list, that of a project, the form, and one change to many."""

from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import get_script_prefix, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import require
from core.exports import FORMATS, export
from core.htmx import wants_fragment
from core.pages import MemberRequest, form_page, go_on, id_in, ordered, page_of, posted, seen_version
from projects import selectors, services
from projects.filters import DependencyListFilter
from projects.forms import DependencyForm, activity_words, found_activities
from projects.models import Activity, Dependency, LinkType
from projects.views.effects import undo_of
from projects.views.project import found_project, head

SORTS: dict[str, str | tuple[str, ...]] = {
    "predecessor": ("predecessor__project__name", "predecessor__name"),
    "successor": ("successor__project__name", "successor__name"),
    "type": "link_type",
    "ends": "predecessor__planned_finish_date",
    "needed": "successor__planned_start_date",
    "policy": "slip_policy",
    "owner": "owner__name",
    "updated": "updated_at",
}


def found_dependency(request: MemberRequest, pk: int) -> Dependency:
    """The dependency of an address, with its ends."""
    rows = Dependency.objects.visible_to(request.user).with_ends()
    found: Dependency = get_object_or_404(rows, pk=pk)
    return found


def listed(request: MemberRequest, rows: Any, base: str = "") -> dict[str, Any]:
    """The dependencies that the address asks for.

    Args:
        rows: those of a project or a program, or all.
    """
    chosen = DependencyListFilter(request.GET, rows, request=request)
    dependencies, sort = ordered(request, chosen.qs.with_ends(), SORTS, "predecessor")
    page = page_of(request, dependencies)
    return {
        "filter": chosen,
        "dependencies": dependencies,
        "page": page,
        "rows": selectors.dependency_lines(page.object_list),
        "sort": sort,
        "is_empty": not page.paginator.count and not request.GET,
        "fragment": wants_fragment(request),
        "nav": "projects:dependency-list",
    }


@require_GET
@vary_on_headers("HX-Request")
def dependency_list(request: MemberRequest) -> HttpResponseBase:
    """Dependencies of all projects; htmx gets the table alone, `format` gets a file."""
    context = listed(request, Dependency.objects.visible_to(request.user))
    if (file_format := request.GET.get("format", "")) in FORMATS:
        cells = selectors.dependency_cells(context["dependencies"])
        return export(cells, header=selectors.DEPENDENCY_HEADER, name="dependencies", file_format=file_format)
    name = "projects/_dependency_table.html" if context["fragment"] else "projects/dependency_list.html"
    return render(request, name, context)


@require_GET
@vary_on_headers("HX-Request")
def project_dependencies(request: MemberRequest, pk: int) -> HttpResponse:
    """What a project waits for, what waits for it, and what its activities wait for among themselves."""
    project = found_project(request, pk)
    context = listed(request, Dependency.objects.visible_to(request.user).touching([project.pk]))
    context |= head(project, "dependencies") | {"new_query": f"project={project.pk}"}
    name = "projects/_dependency_table.html" if context["fragment"] else "projects/project_dependencies.html"
    return render(request, name, context)


@require_GET
def activity_find(request: MemberRequest) -> HttpResponse:
    """Activities and projects to choose from, as options of a list, by a part of their names."""
    words = next((request.GET[name] for name in ("q", "predecessor", "successor") if name in request.GET), "")
    rows = Activity.with_roots.visible_to(request.user).filter(archived_at=None, project__archived_at=None)
    found = found_activities(rows.select_related("project"), words[:200]) if words.strip() else []
    options = [(activity_words(activity), activity) for activity in found]
    return render(request, "projects/_activity_options.html", {"options": options})


@require_http_methods(["GET", "POST"])
def dependency_create(request: MemberRequest) -> HttpResponse:
    """Let one activity wait for another, after showing what that moves."""
    require(request.user, "dependency.edit", request.organization)
    form = DependencyForm(
        posted(request), initial=_named_ends(request), user=request.user, organization=request.organization
    )
    return form_page(
        request,
        form=form,
        template="projects/dependency_form.html",
        save=lambda form: services.create_dependency(
            actor=request.user, expected_plan=request.POST.get("expected_plan", ""), **form.values()
        ),
        done=lambda row: _back(request),
        message="Added dependency “{row!s:.120}”.",
        undo=undo_of,
        context={"back_url": _back(request), "nav": "projects:dependency-list"},
    )


def _named_ends(request: MemberRequest) -> dict[str, Any]:
    """The ends that the address names by id."""
    found: dict[str, Any] = {}
    for name in ("predecessor", "successor"):
        if (pk := id_in(request.GET.get(name))) is not None:
            rows = Activity.with_roots.visible_to(request.user).select_related("project")
            found[name] = rows.filter(pk=pk).first()
    if (kind := request.GET.get("link_type")) in LinkType.values:
        found["link_type"] = kind
    return {name: value for name, value in found.items() if value is not None}


def _back(request: MemberRequest) -> str:
    """Where the person came from: a page of this organization that the address names."""
    back, here = request.GET.get("back", ""), get_script_prefix()
    if back.startswith(here) and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return back
    if (pk := id_in(request.GET.get("project"))) is not None:
        return reverse("projects:project-dependencies", args=[pk])
    return reverse("projects:dependency-list")


@require_http_methods(["GET", "POST"])
def dependency_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change a dependency, after showing what that moves."""
    dependency = found_dependency(request, pk)
    require(request.user, "dependency.edit", request.organization)
    form = DependencyForm(posted(request), instance=dependency, user=request.user, organization=request.organization)
    return form_page(
        request,
        form=form,
        template="projects/dependency_form.html",
        save=lambda form: services.update_dependency(
            actor=request.user,
            dependency=dependency,
            expected_version=form.expected_version,
            expected_plan=request.POST.get("expected_plan", ""),
            **form.values(),
        ),
        done=lambda row: _back(request),
        message="Saved dependency “{row!s:.120}”.",
        undo=undo_of,
        context={"dependency": dependency, "back_url": _back(request), "nav": "projects:dependency-list"},
    )


@require_POST
def dependency_archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Take a dependency away; what it held back may move."""
    dependency = found_dependency(request, pk)
    row = services.archive_dependency(actor=request.user, dependency=dependency, expected_version=seen_version(request))
    return go_on(request, _back(request), f"Removed dependency “{dependency!s:.120}”.", undo_of(row))


@require_POST
def dependency_restore(request: MemberRequest, pk: int) -> HttpResponse:
    """Bring a dependency back."""
    dependency = found_dependency(request, pk)
    row = services.restore_dependency(actor=request.user, dependency=dependency, expected_version=seen_version(request))
    return go_on(request, _back(request), f"Restored dependency “{dependency!s:.120}”.", undo_of(row))


@require_GET
def dependency_map(request: MemberRequest) -> HttpResponse:
    """Which project waits for which, as a picture and as a table."""
    chosen = DependencyListFilter(request.GET, Dependency.objects.visible_to(request.user), request=request)
    picture = selectors.dependency_map(chosen.qs.in_force())
    context = {"map": picture, "filter": chosen, "nav": "projects:dependency-list"}
    return render(request, "projects/dependency_map.html", context)


def refuse_unknown(acts: Any, act: str) -> Any:
    """What is done to many, by its word in the address."""
    chosen = acts.get(act)
    if chosen is None:
        raise Http404
    return chosen
