"""Pages of performance measures."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import require
from core.exports import FORMATS, export
from core.htmx import wants_fragment
from core.pages import MemberRequest, cell_page, form_page, go_on, ordered, page_of, posted, seen_version
from programs import selectors, services
from programs.filters import MeasurePageFilter
from programs.forms import MeasureForm, ResultCell
from programs.models import Measure, Program

SORTS = {"name": "name", "category": "category", "result": "result", "program": "program__name"}


def found_measure(request: MemberRequest, pk: int) -> Any:
    """The measure of an address, with its program."""
    return get_object_or_404(Measure.objects.visible_to(request.user).select_related("program"), pk=pk)


def measures_of(measure: Measure) -> str:
    """Where a measure is listed among those of its program."""
    return reverse("programs:program-measures", args=[measure.program_id])


@require_GET
@vary_on_headers("HX-Request")
def measure_list(request: MemberRequest) -> HttpResponseBase:
    """The performance measures of all programs; htmx gets the table alone, `format` gets a file."""
    rows = Measure.objects.visible_to(request.user).select_related("program__portfolio")
    chosen = MeasurePageFilter(request.GET, rows, request=request)
    measures, sort = ordered(request, chosen.qs, SORTS, "program")
    if (file_format := request.GET.get("format", "")) in FORMATS:
        cells = selectors.measure_cells(measures)
        return export(cells, header=selectors.MEASURE_HEADER, name="measures", file_format=file_format)
    page = page_of(request, measures)
    context: dict[str, Any] = {
        "filter": chosen,
        "page": page,
        "sort": sort,
        "result_counts": selectors.result_counts(chosen.qs, other_filters(request)),
        "is_empty": not page.paginator.count and not Measure.objects.visible_to(request.user).exists(),
        "fragment": wants_fragment(request),
        "nav": "programs:program-list",
    }
    name = "programs/_measure_table.html" if context["fragment"] else "programs/measure_list.html"
    return render(request, name, context)


def other_filters(request: MemberRequest) -> str:
    """The filters of the address besides the result, as a query string."""
    query = request.GET.copy()
    for name in ("result", "page", "format"):
        query.pop(name, None)
    return query.urlencode()


@require_http_methods(["GET", "POST"])
def measure_create(request: MemberRequest, pk: int) -> HttpResponse:
    """Name a measure by which a program is judged."""
    program = get_object_or_404(Program.objects.visible_to(request.user), pk=pk)
    require(request.user, "measure.edit", request.organization)
    return form_page(
        request,
        form=MeasureForm(posted(request), user=request.user, organization=request.organization),
        template="programs/measure_form.html",
        save=lambda form: services.create_measure(actor=request.user, program=program, **form.values()),
        done=measures_of,
        message="Added measure “{row!s:.80}”.",
        context={"program": program},
    )


@require_http_methods(["GET", "POST"])
def measure_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change a measure, or report whether its target was met."""
    measure = found_measure(request, pk)
    require(request.user, "measure.edit", request.organization)
    return form_page(
        request,
        form=MeasureForm(posted(request), instance=measure, user=request.user, organization=request.organization),
        template="programs/measure_form.html",
        save=lambda form: services.update_measure(
            actor=request.user, measure=measure, expected_version=form.expected_version, **form.values()
        ),
        done=measures_of,
        message="Saved measure “{row!s:.80}”.",
        context={"program": measure.program, "measure": measure},
    )


@require_http_methods(["GET", "POST"])
def measure_result(request: MemberRequest, pk: int) -> HttpResponse:
    """The cell of a measure's result, at rest or open."""
    measure = found_measure(request, pk)
    require(request.user, "measure.edit", request.organization)
    form = ResultCell(
        posted(request),
        instance=measure,
        auto_id=f"id_{pk}_%s",
        user=request.user,
        organization=request.organization,
    )
    return cell_page(
        request,
        form=form,
        at_rest="programs/_result_cell.html",
        opened="programs/_result_open.html",
        save=lambda form: services.update_measure(
            actor=request.user, measure=measure, expected_version=form.expected_version, **form.values()
        ),
        context=lambda row: {"measure": row},
    )


@require_POST
def measure_archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Put a measure out of sight."""
    measure = found_measure(request, pk)
    services.archive_measure(actor=request.user, measure=measure, expected_version=seen_version(request))
    undo = reverse("programs:measure-restore", args=[pk])
    return go_on(request, measures_of(measure), f"Archived measure “{measure!s:.80}”.", undo)


@require_POST
def measure_restore(request: MemberRequest, pk: int) -> HttpResponse:
    """Bring an archived measure back."""
    measure = found_measure(request, pk)
    services.restore_measure(actor=request.user, measure=measure, expected_version=seen_version(request))
    return go_on(request, measures_of(measure), f"Restored measure “{measure!s:.80}”.")
