"""The list of entries, and undoing an edit of them."""

from typing import Any

from django.db.models import Case, Count, Sum, When
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import require
from core.exports import FORMATS, export
from core.htmx import wants_fragment
from core.pages import MemberRequest, go_on, ordered, page_of
from finance import services
from finance.filters import EntryFilter
from finance.models import FinancialEntry
from finance.models.entry import COSTS, INCOME
from finance.models.subject import SUBJECTS
from finance.selectors.cells import column_of
from finance.selectors.entries import HEADER, entry_cells
from finance.views.subject import Subject, subject_of

SORTS: dict[str, str | tuple[str, ...]] = {
    "month": "month",
    "kind": "kind",
    "class": "entry_class",
    "line": "line",
    "amount": "amount",
    "reported": "reporting_amount",
}
#: Filters that choose a subject, in the order in which the page names it.
NAMED = (*SUBJECTS, "in_program", "below_program", "in_portfolio")

MEANT = {
    "in_program": " with its projects",
    "below_program": ": its projects",
    "in_portfolio": " with all that counts in it",
}


@require_GET
@vary_on_headers("HX-Request")
def entry_list(request: MemberRequest) -> HttpResponseBase:
    """Entries of all subjects, or of the one that the address names; `format` gets a file."""
    require(request.user, "finance.read", request.organization)
    mine = FinancialEntry.objects.visible_to(request.user)
    chosen = EntryFilter(request.GET, mine, request=request)
    rows, sort = ordered(request, chosen.qs.select_related(*SUBJECTS), SORTS, "-month")
    if (file_format := request.GET.get("format", "")) in FORMATS:
        return export(entry_cells(rows), header=HEADER, name="entries", file_format=file_format)
    totals = totals_of(chosen.qs)
    context = {
        "filter": chosen,
        "page": page_of(request, rows, count=totals["count"]),
        "sort": sort,
        "totals": totals,
        "about": about(chosen),
        "has_foreign": mine.exclude(currency=request.organization.currency).exists(),
        "is_empty": not mine.exists(),
        "fragment": wants_fragment(request),
    }
    name = "finance/_entry_table.html" if context["fragment"] else "finance/entry_list.html"
    return render(request, name, context)


def totals_of(rows: Any) -> dict[str, Any]:
    """What the rows amount to, in the organization's currency: what goes out, what comes in."""
    sides = {"costs": COSTS, "income": INCOME}
    sums = {name: Sum(Case(When(entry_class__in=side, then="reporting_amount"))) for name, side in sides.items()}
    return dict(rows.order_by().aggregate(count=Count("pk"), **sums))


def about(chosen: EntryFilter) -> Any:
    """The subject that the address names, with how it is meant."""
    if not chosen.form.is_valid():
        return None
    for name in NAMED:
        row = chosen.form.cleaned_data.get(name)
        if row is not None:
            kind = name.removeprefix("in_").removeprefix("below_")
            return {
                "name": f"{row}{MEANT.get(name, '')}", "url": Subject(kind, row).url("budget"), "filter": name
            }  # fmt: skip
    return None


@require_GET
def entry_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """An entry, in the grid of its subject."""
    require(request.user, "finance.read", request.organization)
    row = get_object_or_404(FinancialEntry.objects.visible_to(request.user), pk=pk)
    return redirect(f"{subject_of(row).url('budget-grid')}?kind={row.kind}&from={row.month:%Y-%m}")


@require_POST
def entries_undo(request: MemberRequest, request_id: str) -> HttpResponse:
    """Take back what the person set in one request."""
    undone = services.undo_entries(actor=request.user, organization=request.organization, request_id=request_id[:64])
    subject = undone.subjects[0]
    left = f" Left as changed by others since: {undone.left}." if undone.left else ""
    url = Subject(column_of(subject), subject).url("budget-grid")
    return go_on(request, url, f"Took the change of “{subject!s:.80}” back.{left}")
