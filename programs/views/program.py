"""Pages of programs."""

from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import require
from core.exports import FORMATS, export
from core.htmx import wants_fragment
from core.pages import MemberRequest, asked, cell_page, form_page, go_on, ordered, page_of, posted, seen_version
from events.selectors import event_lines, kept
from programs import selectors, services
from programs.filters import MeasurePageFilter, ProgramPageFilter
from programs.forms import PROGRAM_CELLS, MoveForm, ProgramForm
from programs.models import Measure, Program
from programs.views.program_rows import READ, ProgramRows
from projects.selectors import freshness_of

SORTS = {
    "name": "name",
    "code": "code",
    "portfolio": "portfolio__name",
    "manager": "manager__name",
    "projects": "rollup__project_count",
    "progress": "rollup__progress_ratio",
    "finish": "rollup__finish_date",
    "slip": "rollup__slip_days",
    "budget": "rollup__budget_amount",
    "actual": "rollup__actual_amount",
    "changed": "updated_at",
}
PROJECT_SORTS = {
    "name": "name",
    "progress": "rollup__progress_ratio",
    "finish": "rollup__finish_date",
    "slip": "rollup__slip_days",
    "budget": "budget_amount",
    "actual": "actual_amount",
}


def found_program(request: MemberRequest, pk: int) -> Any:
    """The program of an address, with what its page head shows."""
    rows = Program.objects.visible_to(request.user).with_parents().select_related("rollup")
    return get_object_or_404(rows, pk=pk)


@require_GET
@vary_on_headers("HX-Request")
def program_list(request: MemberRequest) -> HttpResponseBase:
    """The organization's programs; htmx gets the table alone, `format` gets a file."""
    rows = Program.objects.visible_to(request.user).with_parents().select_related("rollup")
    chosen = ProgramPageFilter(request.GET, rows, request=request)
    programs, sort = ordered(request, chosen.qs, SORTS, "name")
    if (file_format := request.GET.get("format", "")) in FORMATS:
        cells = selectors.program_cells(programs)
        return export(cells, header=selectors.PROGRAM_HEADER, name="programs", file_format=file_format)
    totals = kept(request.organization.pk, asked(request), lambda: selectors.totals(chosen.qs))
    page = page_of(request, programs.only(*READ), count=totals.row_count)
    context = {
        "filter": chosen,
        "page": page,
        "rows": ProgramRows(request).rows(page),
        "sort": sort,
        "totals": totals,
        "is_empty": not totals.row_count and not Program.objects.visible_to(request.user).exists(),
        "fragment": wants_fragment(request),
    }
    name = "programs/_program_table.html" if context["fragment"] else "programs/program_list.html"
    return render(request, name, context)


@require_GET
@vary_on_headers("HX-Request")
def program_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """A program: where it stands, and its projects."""
    program = found_program(request, pk)
    live = program.projects.visible_to(request.user).live()
    rows, sort = ordered(request, live.select_related("manager", "rollup"), PROJECT_SORTS, "name")
    context = head(request, program, "overview")
    context |= {
        "tiles": selectors.program_tiles(program, context["result_counts"]),
        "page": page_of(request, rows),
        "sort": sort,
        "totals": selectors.totals(live),
    }
    name = "programs/_project_table.html" if wants_fragment(request) else "programs/program_detail.html"
    return render(request, name, context)


@require_GET
@vary_on_headers("HX-Request")
def program_measures(request: MemberRequest, pk: int) -> HttpResponse:
    """A program's performance measures, with their results."""
    program = found_program(request, pk)
    chosen = MeasurePageFilter(request.GET, program.measures.visible_to(request.user), request=request)
    rows, sort = ordered(request, chosen.qs, {"name": "name", "category": "category", "result": "result"}, "category")
    context = {**head(request, program, "measures"), "filter": chosen, "page": page_of(request, rows), "sort": sort}
    name = "programs/_measure_table.html" if wants_fragment(request) else "programs/program_measures.html"
    return render(request, name, context)


@require_GET
def program_history(request: MemberRequest, pk: int) -> HttpResponse:
    """What happened to a program, newest first."""
    program = found_program(request, pk)
    events = selectors.program_events(program)[:100]
    context = {**head(request, program, "history"), "lines": event_lines(events)}
    return render(request, "programs/program_history.html", context)


def head(request: MemberRequest, program: Program, tab: str) -> dict[str, Any]:
    """What the head of a program's page shows on every tab."""
    measures: Any = Measure.objects.visible_to(request.user).live().filter(program=program)
    results = selectors.result_counts(measures, f"program={program.pk}")
    rollup = selectors.rollup_of(program)
    return {
        "program": program,
        "rollup": rollup,
        **freshness_of(rollup, timezone.now()),
        "health": selectors.health_of(program),
        "funded": selectors.FUNDED,
        "result_counts": results,
        "measure_count": sum(result.count for result in results),
        "tab": tab,
        "nav": "programs:program-list",
    }


@require_http_methods(["GET", "POST"])
def program_create(request: MemberRequest) -> HttpResponse:
    """Open a program in a portfolio; `portfolio` in the address chooses one."""
    require(request.user, "program.edit", request.organization)
    form = ProgramForm(
        posted(request),
        initial={"portfolio": request.GET.get("portfolio")},
        user=request.user,
        organization=request.organization,
    )
    return form_page(
        request,
        form=form,
        template="programs/program_form.html",
        save=lambda form: services.create_program(
            actor=request.user, organization=request.organization, **form.values()
        ),
        done=lambda program: reverse("programs:program-detail", args=[program.pk]),
        message="Opened program “{row}”.",
    )


@require_http_methods(["GET", "POST"])
def program_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change a program."""
    program = get_object_or_404(Program.objects.visible_to(request.user), pk=pk)
    require(request.user, "program.edit", request.organization)
    form = ProgramForm(posted(request), instance=program, user=request.user, organization=request.organization)
    return form_page(
        request,
        form=form,
        template="programs/program_form.html",
        save=lambda form: services.update_program(
            actor=request.user, program=program, expected_version=form.expected_version, **form.values()
        ),
        done=lambda program: reverse("programs:program-detail", args=[program.pk]),
        message="Saved program “{row}”.",
        context={"program": program},
    )


@require_http_methods(["GET", "POST"])
def program_move(request: MemberRequest, pk: int) -> HttpResponse:
    """Put a program, with all its projects, into another portfolio."""
    program = found_program(request, pk)
    require(request.user, "program.edit", request.organization)
    rollup = selectors.rollup_of(program)
    context = {"pk": pk, "name": program.name, "rollup": rollup, "portfolio": program.portfolio}
    form = MoveForm(posted(request), instance=program, user=request.user, organization=request.organization)
    return form_page(
        request,
        form=form,
        template="programs/program_move.html",
        save=lambda form: services.move_program(
            actor=request.user, program=program, expected_version=form.expected_version, **form.values()
        ),
        done=lambda program: reverse("programs:program-detail", args=[program.pk]),
        message="Moved program “{row}”.",
        context=context,
    )


@require_POST
def program_archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Put a program out of sight."""
    program = get_object_or_404(Program.objects.visible_to(request.user), pk=pk)
    services.archive_program(actor=request.user, program=program, expected_version=seen_version(request))
    undo = reverse("programs:program-restore", args=[pk])
    return go_on(request, reverse("programs:program-list"), f"Archived program “{program}”.", undo)


@require_POST
def program_restore(request: MemberRequest, pk: int) -> HttpResponse:
    """Bring an archived program back."""
    program = get_object_or_404(Program.objects.visible_to(request.user), pk=pk)
    services.restore_program(actor=request.user, program=program, expected_version=seen_version(request))
    return go_on(request, reverse("programs:program-detail", args=[pk]), f"Restored program “{program}”.")


@require_http_methods(["GET", "POST"])
def program_cell(request: MemberRequest, pk: int, field: str) -> HttpResponse:
    """One cell of the program list, at rest or open."""
    program = found_program(request, pk)
    if field not in PROGRAM_CELLS:
        raise Http404
    require(request.user, "program.edit", request.organization)
    form = PROGRAM_CELLS[field](posted(request), instance=program, user=request.user, organization=request.organization)
    return cell_page(
        request,
        form=form,
        at_rest="programs/_program_cell.html",
        opened=f"programs/_{field}_open.html",
        save=lambda form: services.update_program(
            actor=request.user, program=program, expected_version=form.expected_version, **form.values()
        ),
        context=lambda row: {"program": row, "cell": ProgramRows(request).cell(field, row, is_saved=True)},
    )
