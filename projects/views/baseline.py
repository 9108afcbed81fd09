"""Pages of baselines: what was approved, and how far the plan is from it."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import require
from core.amounts import are_hidden
from core.exports import FORMATS, export
from core.htmx import wants_fragment
from core.middleware import request_id
from core.pages import MemberRequest, form_page, go_on, ordered, page_of, posted, seen_version
from projects import selectors, services
from projects.filters import SHOWN_ROWS, VarianceFilter
from projects.forms import BaselineForm
from projects.models import Baseline, Project
from projects.selectors import VarianceRow
from projects.views.project import found_project, head

SORTS = {"name": "name", "taken": "taken_at"}
#: The address's word -> what a row is ordered by; outline order is the other way to read them.
ROW_SORTS: dict[str, Any] = {
    "name": lambda row: row.name.casefold(),
    "start": lambda row: row.shown.start_date,
    "start_days": lambda row: row.start_days,
    "finish": lambda row: row.shown.finish_date,
    "finish_days": lambda row: row.finish_days,
    "duration": lambda row: row.duration_minutes,
    "work": lambda row: row.work_minutes,
    "cost": lambda row: row.cost_amount,
}


def found_baseline(request: MemberRequest, pk: int) -> Baseline:
    """The baseline of an address, with its project."""
    return get_object_or_404(Baseline.objects.visible_to(request.user).select_related("project"), pk=pk)


def baselines_of(baseline: Baseline) -> str:
    """Where a baseline is listed among those of its project."""
    return reverse("projects:project-baselines", args=[baseline.project_id])


@require_GET
@vary_on_headers("HX-Request")
def project_baselines(request: MemberRequest, pk: int) -> HttpResponse:
    """A project's baselines, the newest first."""
    project = found_project(request, pk)
    kept = Baseline.objects.visible_to(request.user).filter(project=project)
    archived = bool(request.GET.get("archived"))
    rows = kept.exclude(archived_at=None) if archived else kept.live()
    rows, sort = ordered(request, selectors.with_whole(rows.select_related("taken_by")), SORTS, "-taken")
    page = page_of(request, rows)
    context = head(project, "baselines") | {
        "page": page,
        "sort": sort,
        "archived": archived,
        "today": selectors.whole_today(project),
        "is_empty": not archived and not page.paginator.count and not kept.exists(),
    }
    name = "projects/_baseline_table.html" if wants_fragment(request) else "projects/project_baselines.html"
    return render(request, name, context)


@require_http_methods(["GET", "POST"])
def baseline_take(request: MemberRequest, pk: int) -> HttpResponse:
    """Keep a project's plan as it stands."""
    project = found_project(request, pk)
    require(request.user, "baseline.take", request.organization)
    form = BaselineForm(posted(request), user=request.user, organization=request.organization)
    return form_page(
        request,
        form=form,
        template="projects/baseline_form.html",
        save=lambda form: services.take_baseline(actor=request.user, project=project, **form.taking()),
        done=baselines_of,
        message="Took baseline “{row!s:.80}”.",
        undo=lambda row: undo_address(),
        context={"project": project, "nav": "projects:project-list"},
    )


def undo_address() -> str:
    """Where the baselines taken by the present request are taken back; nowhere without a request id."""
    found = request_id()
    return reverse("projects:baseline-undo", args=[found]) if found else ""


@require_POST
def baseline_undo(request: MemberRequest, request_id: str) -> HttpResponse:
    """Take back the baselines that the person took in one request."""
    rows = services.undo_baselines(actor=request.user, organization=request.organization, request_id=request_id[:64])
    many = f"{len(rows)} baselines" if len(rows) > 1 else f"baseline “{rows[0]!s:.80}”"
    program = Project.objects.filter(pk=rows[0].project_id).values_list("program_id", flat=True).get()
    of_program = reverse("programs:program-baselines", args=[program]) if program and len(rows) > 1 else ""
    return go_on(request, of_program or baselines_of(rows[0]), f"Took back {many}.")


@require_http_methods(["GET", "POST"])
def baseline_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Rename a baseline, or change its note."""
    baseline = found_baseline(request, pk)
    require(request.user, "baseline.take", request.organization)
    form = BaselineForm(posted(request), instance=baseline, user=request.user, organization=request.organization)
    return form_page(
        request,
        form=form,
        template="projects/baseline_form.html",
        save=lambda form: services.update_baseline(
            actor=request.user, baseline=baseline, expected_version=form.expected_version, **form.values()
        ),
        done=baselines_of,
        message="Saved baseline “{row!s:.80}”.",
        context={"project": baseline.project, "baseline": baseline, "nav": "projects:project-list"},
    )


@require_POST
def baseline_make_current(request: MemberRequest, pk: int) -> HttpResponse:
    """Measure variances against another baseline; the notice offers to go back to the one before."""
    baseline = found_baseline(request, pk)
    before = selectors.current_baselines([baseline.project_id]).get(baseline.project_id)
    services.make_baseline_current(actor=request.user, baseline=baseline, expected_version=seen_version(request))
    undo = reverse("projects:baseline-make-current", args=[before.pk]) if before and before.pk != pk else ""
    return go_on(request, baselines_of(baseline), f"“{baseline!s:.80}” is the current baseline.", undo)


@require_POST
def baseline_archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Put a baseline out of sight."""
    baseline = found_baseline(request, pk)
    services.archive_baseline(actor=request.user, baseline=baseline, expected_version=seen_version(request))
    undo = reverse("projects:baseline-restore", args=[pk])
    return go_on(request, baselines_of(baseline), f"Archived baseline “{baseline!s:.80}”.", undo)


@require_POST
def baseline_restore(request: MemberRequest, pk: int) -> HttpResponse:
    """Bring an archived baseline back."""
    baseline = found_baseline(request, pk)
    try:
        services.restore_baseline(actor=request.user, baseline=baseline, expected_version=seen_version(request))
    except ValidationError as error:
        return go_on(request, f"{baselines_of(baseline)}?archived=1", f"Not restored: {error.messages[0]}")
    return go_on(request, baselines_of(baseline), f"Restored baseline “{baseline!s:.80}”.")


@dataclass
class Compared:
    """What a variance page compares, as its address says: a baseline against today's plan or against another one."""

    request: MemberRequest
    project: Project

    @cached_property
    def filter(self) -> VarianceFilter:
        rows = Baseline.objects.visible_to(self.request.user).live().filter(project=self.project)
        return VarianceFilter(self.request.GET, list(rows.order_by("-is_current", "-taken_at", "-pk")))

    @cached_property
    def rows(self) -> list[VarianceRow]:
        """All rows, in outline order."""
        if self.filter.then is None:
            return []
        now = None if self.filter.now is None else [self.filter.now]
        return selectors.variance_rows(self.project.organization_id, [self.filter.then], now)

    @cached_property
    def shown(self) -> tuple[list[VarianceRow], str]:
        """The rows that the filters leave, sorted, and the address's word for the order."""
        kept = [row for row in self.rows if SHOWN_ROWS[self.filter.show].keeps(row)]
        return in_order(kept, self.request.GET.get("sort", ""))


def in_order(rows: list[VarianceRow], word: str) -> tuple[list[VarianceRow], str]:
    """Rows by one of `ROW_SORTS`, what has no value last; in outline order where the word is none of them."""
    key = ROW_SORTS.get(word.removeprefix("-"))
    if key is None or (word.endswith("cost") and are_hidden()):
        return rows, ""
    known = [row for row in rows if key(row) is not None]
    nothing = [row for row in rows if key(row) is None]
    return [*sorted(known, key=key, reverse=word.startswith("-")), *nothing], word


@require_GET
@vary_on_headers("HX-Request")
def project_variance(request: MemberRequest, pk: int) -> HttpResponseBase:
    """A baseline against today's plan, or against another baseline; `format` gets a file."""
    project = found_project(request, pk)
    compared = Compared(request, project)
    rows, sort = compared.shown
    if (file_format := request.GET.get("format", "")) in FORMATS:
        cells = selectors.variance_cells(rows, {project.pk: project.name})
        return export(cells, header=selectors.VARIANCE_HEADER, name="variance", file_format=file_format)
    context = head(project, "baselines") | {
        "filter": compared.filter,
        "page": page_of(request, rows),
        "sort": sort,
        "all": selectors.variance_totals(compared.rows),
        "whole": next((row for row in compared.rows if row.is_root), None),
        "totals": selectors.variance_totals(rows),
        "fragment": wants_fragment(request),
    }
    name = "projects/_variance_table.html" if context["fragment"] else "projects/project_variance.html"
    return render(request, name, context)
