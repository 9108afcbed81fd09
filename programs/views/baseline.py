"""Baselines of a whole program: taken for all its projects at once, and how far each is from its own."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_GET, require_http_methods
from django.views.decorators.vary import vary_on_headers

from core.access import require
from core.exports import FORMATS, export
from core.htmx import wants_fragment
from core.pages import MemberRequest, form_page, page_of, posted
from programs.models import Program
from programs.views.program import found_program, head
from projects import selectors as project_selectors
from projects import services as project_services
from projects.forms import BaselineForm
from projects.models import Baseline, Project
from projects.selectors import VarianceRow
from projects.views.baseline import undo_address


@dataclass
class ProgramVariance:
    """The projects of a program and their milestones, each project against its current baseline."""

    request: MemberRequest
    program: Program

    @cached_property
    def projects(self) -> dict[int, Project]:
        """The live projects of the program, by name."""
        rows = Project.objects.visible_to(self.request.user).live().filter(program=self.program)
        return {row.pk: row for row in rows.only("pk", "name", "currency", "organization").order_by("name", "pk")}

    @cached_property
    def baselines(self) -> dict[int, Baseline]:
        """The current baseline of each project that has one."""
        return project_selectors.current_baselines(self.projects)

    @cached_property
    def rows(self) -> list[VarianceRow]:
        """Of each project the whole and its milestones, by the names of the projects."""
        if not self.baselines:
            return []
        found = project_selectors.variance_rows(self.program.organization_id, list(self.baselines.values()))
        place = {pk: number for number, pk in enumerate(self.projects)}
        wanted = [row for row in found if row.is_root or row.kind == "milestone"]
        return sorted(wanted, key=lambda row: (place[row.project_id], row.position, row.id))

    @cached_property
    def shown(self) -> list[VarianceRow]:
        """The rows that the address asks for: all, or only the changed ones."""
        return [row for row in self.rows if row.is_changed or not self.request.GET.get("changed")]

    @cached_property
    def without(self) -> list[Project]:
        """Projects that nothing is measured against."""
        return [project for pk, project in self.projects.items() if pk not in self.baselines]


@require_GET
@vary_on_headers("HX-Request")
def program_baselines(request: MemberRequest, pk: int) -> HttpResponseBase:
    """How far a program's projects and milestones are from their current baselines; `format` gets a file."""
    program = found_program(request, pk)
    variance = ProgramVariance(request, program)
    if (file_format := request.GET.get("format", "")) in FORMATS:
        names = {key: project.name for key, project in variance.projects.items()}
        cells = project_selectors.variance_cells(variance.shown, names)
        header = project_selectors.VARIANCE_HEADER
        return export(cells, header=header, name="program-variance", file_format=file_format)
    context: dict[str, Any] = {
        **head(request, program, "baselines"),
        "variance": variance,
        "page": page_of(request, variance.shown),
        "all": project_selectors.whole_totals(variance.rows),
        "totals": project_selectors.whole_totals(variance.shown),
        "changed": request.GET.get("changed", ""),
        "fragment": wants_fragment(request),
    }
    name = "programs/_variance_table.html" if context["fragment"] else "programs/program_baselines.html"
    return render(request, name, context)


@dataclass(frozen=True)
class Taken:
    """Says how many baselines were taken, and how many projects had nothing to keep."""

    baselines: list[Baseline]
    projects: list[Project]

    def __str__(self) -> str:
        count, left = len(self.baselines), len(self.projects) - len(self.baselines)
        many = f"{count} baseline{'' if count == 1 else 's'} “{self.baselines[0]!s:.80}”"
        return many + (f"; {left} project{'' if left == 1 else 's'} without activities left out" if left else "")


@require_http_methods(["GET", "POST"])
def program_take_baselines(request: MemberRequest, pk: int) -> HttpResponse:
    """Keep the plans of all projects of a program, under one name."""
    program = found_program(request, pk)
    require(request.user, "baseline.take", request.organization)
    projects = list(Project.objects.visible_to(request.user).live().filter(program=program).order_by("name", "pk"))
    form = BaselineForm(posted(request), user=request.user, organization=request.organization)
    return form_page(
        request,
        form=form,
        template="programs/baseline_form.html",
        save=lambda form: Taken(
            project_services.take_program_baselines(actor=request.user, projects=projects, **form.taking()), projects
        ),
        done=lambda taken: reverse("programs:program-baselines", args=[pk]),
        message="Took {row}.",
        undo=lambda taken: undo_address(),
        context={"program": {"pk": pk, "name": program.name}, "count": len(projects), "nav": "programs:program-list"},
    )
