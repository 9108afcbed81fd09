"""Pages of allocations: who gives how much of which month to a project, planned and actual."""

import secrets
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.access import can, require
from core.errors import Conflict
from core.exports import FORMATS, export
from core.middleware import request_id
from core.pages import MemberRequest, go_on, posted, remember_sent, sent_before
from projects.models import Project
from projects.views.allocation_cost import CostTable
from projects.views.allocation_grid import KINDS, AllocationGrid, Who, cell_name, month_in
from projects.views.allocation_rows import AllocationRows
from projects.views.project import found_project, head
from resources import selectors as staff
from resources import services
from resources.models import Allocation
from resources.services import CellErrors


@require_http_methods(["GET", "POST"])
def project_allocations(request: MemberRequest, pk: int) -> HttpResponseBase:
    """Who works on a project, month by month, as a grid to type into; `format` gets a file."""
    project = found_project(request, pk)
    grid = AllocationGrid(request, [project])
    return grid_page(request, grid, "projects/project_allocations.html", lambda: head(project, "allocations"))


def grid_page(
    request: MemberRequest, grid: AllocationGrid, template: str, context: Callable[[], dict[str, Any]]
) -> HttpResponseBase:
    """Show a grid of allocations, save what was typed into it, or say at its cells what is wrong."""
    if (file_format := request.GET.get("format", "")) in FORMATS:
        rows = Allocation.objects.visible_to(request.user).filter(project__in=grid.ids)
        cells = staff.allocation_cells(rows.order_by("project__code", "kind", "month", "pk"))
        return export(cells, header=staff.ALLOCATION_HEADER, name="allocations", file_format=file_format)
    status = 200
    if posted(request) is not None:
        require(request.user, "allocation.edit", request.organization)
        status = 422
        if request.POST.get("act") == "add":
            grid.add_row()
            status = 422 if grid.problem else 200
        elif (answer := saved(request, grid)) is not None:
            return answer
    return render(request, template, context() | shown(request, grid), status=status)


def saved(request: MemberRequest, grid: AllocationGrid) -> HttpResponse | None:
    """Save the changed cells and go on; None where some could not be saved, which then say why."""
    if url := sent_before(request):
        return go_on(request, url, "Saved.")
    cells = grid.changes()
    if grid.errors:
        grid.problem = count_words(len(grid.errors), "cell") + " cannot be read, so nothing was saved yet."
        return None
    try:
        outcomes = services.set_allocations(actor=request.user, organization=request.organization, cells=cells)
    except CellErrors as refused:
        grid.problem = str(refused)
        for place, text in refused.by_place.items():
            cell = cells[place]
            who = Who(cell.project_id, cell.role_id, cell.team_id, cell.person_id)
            grid.errors[cell_name(who.key, cell.month)] = text
        return None
    changed = sum(outcome.is_change for outcome in outcomes)
    remember_sent(request, request.get_full_path())
    text = f"Saved {count_words(changed, 'cell')}." if changed else "Nothing was changed."
    return go_on(request, request.get_full_path(), text, undo_address() if changed else "")


def count_words(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def shown(request: MemberRequest, grid: AllocationGrid) -> dict[str, Any]:
    """What the grid's template shows."""
    rows = AllocationRows(grid)
    return {
        "grid": grid,
        "kinds": KINDS,
        "last_month": grid.months[-1],
        "seen": grid.seen_now(),
        "limits": grid.limits_json(),
        "form_token": secrets.token_urlsafe(16),
        "thead": rows.head(),
        "tbodies": rows.body(),
        "tfoot": rows.foot(),
        "has_rows": bool(grid.rows),
        "cost": CostTable.of(grid) if can(request.user, "finance.read", request.organization) else None,
    }


def undo_address() -> str:
    """Where the allocations changed by the present request are taken back; nowhere without a request id."""
    found = request_id()
    return reverse("projects:allocation-undo", args=[found]) if found else ""


@require_POST
def allocation_undo(request: MemberRequest, request_id: str) -> HttpResponse:
    """Take back what the person changed about allocations in one request."""
    back = services.undo_allocations(actor=request.user, organization=request.organization, request_id=request_id[:64])
    url = reverse("projects:project-allocations", args=[back[0]])
    program = Project.objects.filter(pk=back[0]).values_list("program_id", flat=True).first()
    if len(back) > 1 and program:
        url = reverse("programs:program-allocations", args=[program])
    return go_on(request, url, "The allocations are as they were before.", undo_address())


def act_on(request: MemberRequest, pk: int, act: Callable[..., str]) -> HttpResponse:
    """Do something to all allocations of a project, and offer to take it back."""
    project = found_project(request, pk)
    require(request.user, "allocation.edit", request.organization)
    url = reverse("projects:project-allocations", args=[pk])
    if sent_before(request):
        return go_on(request, url, "Done.")
    text = act(actor=request.user, organization=request.organization, project_id=project.pk)
    remember_sent(request, url)
    return go_on(request, url, text, undo_address())


@require_POST
def allocations_shift(request: MemberRequest, pk: int) -> HttpResponse:
    """Move a project's plan by whole months."""

    def shift(**who: Any) -> str:
        text = request.POST.get("by", "").strip().replace("\u2212", "-")
        months = int(text) if text.lstrip("+-").isdigit() and len(text) < 5 else 0
        start = month_in(request.POST.get("from"))
        count = services.shift_allocations(**who, months=months, from_month=start)
        back = " back" if months < 0 else ""
        return f"Moved {count_words(count, 'cell')}{back} by {count_words(abs(months), 'month')}."

    return act_on(request, pk, shift)


@require_POST
def allocations_copy(request: MemberRequest, pk: int) -> HttpResponse:
    """Copy a month of a project's plan or actual across the months after it."""

    def copy(**who: Any) -> str:
        start, end = (month_in(request.POST.get(name)) for name in ("from", "until"))
        if start is None or end is None:
            raise Conflict("Choose both months. Nothing was changed.")
        kind = "actual" if request.POST.get("kind") == "actual" else "plan"
        count = services.copy_allocations_across(**who, from_month=start, until_month=end, kind=kind)
        return f"Copied {start:%B %Y} across: {count_words(count, 'cell')} changed."

    return act_on(request, pk, copy)


@require_POST
def allocations_take_plan(request: MemberRequest, pk: int) -> HttpResponse:
    """Take what was planned in some months as what happened."""

    def take(**who: Any) -> str:
        start, end = (month_in(request.POST.get(name)) for name in ("from", "until"))
        if start is None or end is None:
            raise Conflict("Choose both months. Nothing was changed.")
        count = services.copy_plan_to_actual(**who, first_month=start, last_month=end)
        return f"Took the plan as what happened: {count_words(count, 'cell')} filled."

    return act_on(request, pk, take)
