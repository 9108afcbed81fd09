"""The page of what an import parked: each row is given its name and its place, one by one or many at once."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import require
from core.errors import Conflict
from core.htmx import wants_fragment
from core.pages import MemberRequest, cell_page, form_page, go_on, page_of, posted
from portfolio import services
from portfolio.forms import BulkForm, ParkedFilter, ParkedProgramForm, ParkedProjectForm
from portfolio.selectors import parked as selectors
from programs.models import Program
from programs.services import update_program
from projects.services import update_project

FORMS: dict[str, Any] = {"program": ParkedProgramForm, "project": ParkedProjectForm}
ACTIONS = {"program": "program.edit", "project": "project.edit"}


@dataclass(frozen=True)
class Placed:
    """Rows that were given a place together."""

    rows: list[Any]

    def __str__(self) -> str:
        return f"{len(self.rows)} row" if len(self.rows) == 1 else f"{len(self.rows)} rows"


@require_http_methods(["GET", "POST"])
@vary_on_headers("HX-Request")
def parked(request: MemberRequest) -> HttpResponse:
    """What waits for a name or a place; a POST gives all ticked rows one place. htmx gets the table alone."""
    context = listed(request)
    if request.method == "GET" and context["fragment"]:
        return render(request, "portfolio/_parked_table.html", context)
    if request.method == "POST":
        require(request.user, "project.edit", request.organization)
    picked = selectors.picked_rows(request.user, request.POST.getlist("picked"))
    context["picked"] = [row.key for row in picked]
    return form_page(
        request,
        form=BulkForm(posted(request), places=context["all_places"], keys=context["picked"]),
        template="portfolio/parked.html",
        save=lambda form: place_all(request, [row.row for row in picked], form.cleaned_data["parent"]),
        done=lambda placed: reverse("portfolio:parked"),
        message="Gave {row} a place.",
        context=context,
        undo=lambda placed: undo_url(request, placed.rows),
    )


def place_all(request: MemberRequest, rows: list[Any], place: Any) -> Placed:
    services.place_parked(actor=request.user, rows=rows, place=place)
    return Placed(rows)


@require_POST
def parked_save(request: MemberRequest, kind: str, pk: int) -> HttpResponse:
    """Give one parked row its name and its place; for htmx its table row leaves, or comes back with what is wrong."""
    rows = selectors.MODELS[kind].objects.visible_to(request.user).live() if kind in FORMS else Program.objects.none()
    row = selectors.ParkedRow(kind, get_object_or_404(rows, pk=pk))
    require(request.user, ACTIONS[kind], request.organization)
    form = row_form(request, row, selectors.Places(request.user, kind), request.POST)
    if wants_fragment(request):
        return saved_in_place(request, row, form)
    return form_page(
        request,
        form=form,
        template="portfolio/parked.html",
        save=lambda form: place_one(request, row, form),
        done=lambda placed: reverse("portfolio:parked"),
        message="“{row}” has its place.",
        context=with_sent_row(listed(request), row, form),
        undo=lambda placed: undo_url(request, [placed]),
    )


def saved_in_place(request: MemberRequest, row: selectors.ParkedRow, form: Any) -> HttpResponse:
    """The answer to htmx; when the last row has left, the page is loaded anew and says that nothing is parked."""

    def context(placed: Any) -> dict[str, Any]:
        counted = selectors.parked_count(request.user)
        return {"parked": row, "placed": placed, "parked_count": counted, "undo_url": undo_url(request, [placed])}

    response = cell_page(
        request,
        form=form,
        at_rest="portfolio/_parked_done.html",
        opened="portfolio/_parked_row.html",
        save=lambda form: place_one(request, row, form),
        context=context,
    )
    if response.status_code == 200 and not selectors.parked_count(request.user):
        text = f"“{form.instance}” has its place."
        return go_on(request, reverse("portfolio:parked"), text, undo_url(request, [row.row]))
    return response


def place_one(request: MemberRequest, parked: selectors.ParkedRow, form: Any) -> Any:
    """Save one row through its app's service."""
    if not parked.row.is_parked:
        raise Conflict(f"“{parked.row}” was given a place in the meantime. Reload the page to see what is left.")
    change: dict[str, Any] = {"actor": request.user, "expected_version": form.expected_version, **form.values()}
    if parked.kind == "program":
        return update_program(program=parked.row, **change)
    return update_project(project=parked.row, **change)


@require_POST
def parked_undo(request: MemberRequest, first: int, last: int) -> HttpResponse:
    """Park again what was given a place by this person's events of a range."""
    events = selectors.placing_events(request.user, first, last)
    if not events:
        raise Http404
    rows = services.park_again(actor=request.user, events=events)
    what = f"“{rows[0]}”" if len(rows) == 1 else f"{len(rows)} rows"
    return go_on(request, reverse("portfolio:parked"), f"Parked {what} again.")


def undo_url(request: MemberRequest, rows: list[Any]) -> str:
    """What parks rows again, named by the events that gave them their places; empty where nothing was changed."""
    events = selectors.last_events(request.user, rows)
    return reverse("portfolio:parked-undo", args=[min(events), max(events)]) if events else ""


def listed(request: MemberRequest) -> dict[str, Any]:
    """The rows that the address asks for, each with its form."""
    reasons = selectors.reasons(request.user)
    chosen = ParkedFilter(request.GET, reasons=reasons)
    page = page_of(request, selectors.parked_keys(request.user, **chosen.narrowing()))
    places, only_portfolios = selectors.Places(request.user), selectors.Places(request.user, "program")
    rows = selectors.parked_rows(page, request.user)
    return {
        "filter": chosen,
        "page": page,
        "rows": [(row, row_form(request, row, only_portfolios if row.kind == "program" else places)) for row in rows],
        "all_places": places,
        "offered": places.offered,
        "portfolios": only_portfolios.offered,
        "parked_count": sum(reason.count for reason in reasons),
        "fragment": wants_fragment(request),
        "nav": "projects:project-list",
    }


def with_sent_row(context: dict[str, Any], sent: selectors.ParkedRow, form: Any) -> dict[str, Any]:
    """The list with the row that was sent on top, as it was typed."""
    others = [(row, other) for row, other in context["rows"] if row.key != sent.key]
    return {**context, "rows": [(sent, form), *others]}


def row_form(request: MemberRequest, parked: selectors.ParkedRow, places: selectors.Places, data: Any = None) -> Any:
    """The form of one parked row, whose fields stand in the cells of its table row."""
    form = FORMS[parked.kind](
        data,
        instance=parked.row,
        places=places,
        user=request.user,
        organization=request.organization,
        auto_id=f"id_{parked.kind}_{parked.row.pk}_%s",
    )
    for name, field in form.fields.items():
        field.widget.attrs["form"] = f"park-{parked.kind}-{parked.row.pk}"
        if name in ("name", "parent"):
            field.widget.attrs["aria-label"] = f"{field.label} of {parked.row.code}"
    form.fields["parent"].widget.attrs["list"] = "portfolios" if parked.kind == "program" else "places"
    return form
