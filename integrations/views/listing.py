"""The list of imports, and example files."""

from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from core.access import require
from core.exports import FORMATS, export
from core.htmx import wants_fragment
from core.pages import MemberRequest, ordered, page_of
from integrations.algorithms.catalog import KINDS
from integrations.algorithms.examples import EXAMPLES, example_name
from integrations.filters import RunFilter
from integrations.models import ImportRun, PlanImport
from integrations.selectors import kind_summaries
from integrations.views.found import next_step

SORTS = {"when": "created_at", "files": "title", "rows": "row_count", "status": "status", "by": "started_by__name"}
MOST_PLANS = 25
HEADER = ["files", "status", "rows", "created", "changed", "unchanged", "parked", "not imported", "by", "started"]


def cells(run: ImportRun) -> list[Any]:
    """An import as a line of a file."""
    lines = kind_summaries(run.totals)
    sums = [sum(getattr(line, name) for line in lines) for name in ("new", "changed", "unchanged", "parked", "refused")]
    return [run.title, run.get_status_display(), run.row_count, *sums, run.started_by.name, run.created_at]


def plans_of(request: MemberRequest) -> Any:
    """The newest Microsoft Project files that were uploaded."""
    rows = PlanImport.objects.visible_to(request.user).defer("content").select_related("started_by", "project", "job")
    return rows.order_by("-pk")[:MOST_PLANS]


@require_GET
@vary_on_headers("HX-Request")
def import_list(request: MemberRequest) -> HttpResponseBase:
    """The organization's imports, newest first; htmx gets the table alone, `format` gets a file of all that matches."""
    require(request.user, "import.run", request.organization)
    rows = ImportRun.objects.visible_to(request.user).select_related("started_by", "job").defer("findings")
    chosen = RunFilter(request.GET, rows, request=request)
    runs, sort = ordered(request, chosen.qs, SORTS, "-when")
    if (file_format := request.GET.get("format", "")) in FORMATS:
        return export(map(cells, runs), header=HEADER, name="imports", file_format=file_format)
    page = page_of(request, runs)
    page.object_list = [(run, next_step(run), kind_summaries(run.totals)) for run in page.object_list]
    context = {
        "filter": chosen, "page": page, "sort": sort, "fragment": wants_fragment(request),
        "is_empty": not page.paginator.count and not request.GET, "kinds": KINDS.values(), "plans": plans_of(request),
    }  # fmt: skip
    template = "integrations/_import_table.html" if context["fragment"] else "integrations/import_list.html"
    return render(request, template, context)


@require_GET
def import_example(request: MemberRequest, kind: str) -> HttpResponseBase:
    """A small file of one kind, to fill in."""
    require(request.user, "import.run", request.organization)
    if kind not in EXAMPLES:
        raise Http404
    header, *rows = EXAMPLES[kind]
    return export(rows, header=header, name=example_name(kind), file_format="csv")
