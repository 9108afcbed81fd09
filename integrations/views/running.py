"""The last step and what comes of it: importing, undoing, the result and its rows."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from core.exports import FORMATS, export
from core.htmx import wants_fragment
from core.pages import MemberRequest, go_to, ordered, page_of, remember_sent, seen_version, sent_before
from integrations import services
from integrations.algorithms.mapping import Mapping
from integrations.filters import RowFilter
from integrations.models import ImportRow, ImportRun, RowPlan, RowStatus
from integrations.models.row import WRITTEN
from integrations.selectors import count_rows, files_in_order, kind_summaries, object_url
from integrations.views.found import found_file, found_run, next_step, result_path, rows_of
from integrations.views.summary import summary_table

SORTS = {"row": "place", "name": "label", "file": "file__position", "outcome": "status"}
HEADER = ["file", "row", "kind", "key", "name", "outcome", "parked", "what to know"]
MOST_LISTED = 10


@require_POST
def import_run(request: MemberRequest, pk: int) -> HttpResponse:
    """Import what was checked, or the rest of what was stopped, as a job. Sent twice, it begins once."""
    run = found_run(request, pk)
    if url := sent_before(request):
        return redirect(url)
    path = result_path(run)
    services.begin_import(actor=request.user, run=run, expected_version=seen_version(request), result_path=path)
    remember_sent(request, path)
    return redirect(path)


@require_POST
def import_undo(request: MemberRequest, pk: int) -> HttpResponse:
    """Take the whole import back, as a job."""
    run = found_run(request, pk)
    if url := sent_before(request):
        return redirect(url)
    path = result_path(run)
    services.begin_undo(actor=request.user, run=run, expected_version=seen_version(request), result_path=path)
    remember_sent(request, path)
    return redirect(path)


@require_GET
@vary_on_headers("HX-Request")
def import_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """How far an import has come and what came of it; htmx gets the part that moves."""
    run = found_run(request, pk)
    if run.is_open or run.status == "checking":
        return go_to(request, next_step(run))
    if run.is_under_way:
        run.totals = count_rows(run)
    context = {
        "run": run,
        "step": 4,
        "summary": summary_table(run, kind_summaries(run.totals)),
        "files": [(file, Mapping.from_json(file.mapping).not_imported(file.header)) for file in files_in_order(run)],
        "lists": result_lists(request, run),
        "is_stuck": run.is_lost,
        "pending": run.count("pending"),
        "fragment": wants_fragment(request),
    }
    template = "integrations/_result.html" if context["fragment"] else "integrations/import_detail.html"
    return render(request, template, context)


def result_lists(request: MemberRequest, run: ImportRun) -> list[dict[str, Any]]:
    """The rows that a person should look at after an import: refused, parked, kept at undo, and those with a note."""
    if run.is_under_way:
        return []
    rows = rows_of(request, run)
    groups = (
        ("refused", "not imported", rows.filter(status=RowStatus.FAILED)),
        ("kept", "kept at undo", rows.filter(status=RowStatus.KEPT)),
        ("parked", "parked", rows.filter(is_parked=True).exclude(status=RowStatus.UNDONE)),
        ("noted", "with something to know", noted(rows)),
    )
    lists = []
    for outcome, words, found in groups:
        count = run.count("failed" if outcome == "refused" else outcome) if outcome != "noted" else found.count()
        if count:
            listed = [(row, object_url(row.kind, row.object_id)) for row in found.order_by("place", "pk")[:MOST_LISTED]]
            lists.append({"outcome": outcome, "words": words, "count": count, "rows": listed})
    return lists


def noted(rows: Any) -> Any:
    """Written rows about which something is to be known, those that are parked aside."""
    return rows.filter(is_parked=False, status__in=WRITTEN).exclude(messages=[])


@require_GET
@vary_on_headers("HX-Request")
def import_rows(request: MemberRequest, pk: int) -> HttpResponseBase:
    """Every row of an import with what becomes or became of it; htmx gets the table alone, `format` a file."""
    run = found_run(request, pk)
    chosen = RowFilter(request.GET, rows_of(request, run), request=request)
    found, sort = ordered(request, chosen.qs, SORTS, "row")
    if (file_format := request.GET.get("format", "")) in FORMATS:
        return export(map(row_cells, found), header=HEADER, name=f"import-{run.pk}-rows", file_format=file_format)
    page = page_of(request, found)
    page.object_list = [(row, object_url(row.kind, row.object_id)) for row in page.object_list]
    context = {"run": run, "filter": chosen, "page": page, "sort": sort, "fragment": wants_fragment(request)}
    template = "integrations/_row_table.html" if context["fragment"] else "integrations/import_rows.html"
    return render(request, template, context)


def row_cells(row: ImportRow) -> list[Any]:
    """A row of an import as a line of a file."""
    outcome = row.get_plan_display() if row.status == RowStatus.PENDING else row.get_status_display()
    parked = "parked" if row.is_parked else ""
    return [row.file.name, row.number, row.kind, row.key, row.label, outcome, parked, row.reasons]


@require_GET
def import_file_refused(request: MemberRequest, pk: int) -> HttpResponseBase:
    """The rows of one file that are not imported, as they stand in it, each with its reason: to correct and import."""
    file = found_file(request, pk)
    rows = ImportRow.objects.visible_to(request.user).filter(file=file, is_left_out=False, plan=RowPlan.ERROR)
    refused = rows | ImportRow.objects.visible_to(request.user).filter(file=file, status=RowStatus.FAILED)
    header = [*file.header, "Portolan row", "Portolan problem"]
    width = len(file.header)

    def lines() -> Iterator[list[Any]]:
        for row in refused.order_by("number"):
            cells = (row.cells + [""] * width)[:width]
            yield [*cells, row.number, row.reasons]

    name = f"{file.name.rsplit('.', 1)[0]}-not-imported"
    return export(lines(), header=header, name=name, file_format="csv")
