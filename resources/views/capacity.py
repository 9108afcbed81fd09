"""The page on which capacity is typed: a grid of roles and teams by month."""

import datetime
import json
import secrets
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from core.access import can, require
from core.errors import Conflict
from core.exports import FORMATS, export
from core.middleware import request_id
from core.pages import MemberRequest, go_on, id_in, posted, remember_sent, sent_before
from resources import selectors, services
from resources.algorithms.fte import STEP, fte_text, parse_fte
from resources.algorithms.months import first_of, months_from, plus_months
from resources.models import Capacity, ResourceRole, Team
from resources.selectors import CapacityRow
from resources.services import CapacityCell, CellErrors, Seen
from resources.views import editing

SHOWN_MONTHS = 12
URL = "resources:capacity-grid"


def month_in(text: str | None) -> datetime.date | None:
    """The month that a part of an address names, as 2026-11; None where it is none."""
    try:
        return datetime.date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


class CapacityGrid:
    """The typed capacity of a year, as the address asks for it and as a form was sent."""

    def __init__(self, request: MemberRequest) -> None:
        self.request = request
        self.errors: dict[str, str] = {}
        self.problem = ""
        self.added: list[tuple[int, int | None]] = []
        start = month_in(request.GET.get("from")) or first_of(timezone.localdate())
        self.months = months_from(start, SHOWN_MONTHS)
        self.role_id, self.team_id = (id_in(request.GET.get(name)) for name in ("role", "team"))
        self.may_edit = can(request.user, editing.EDIT, request.organization)

    @property
    def earlier(self) -> str:
        return f"{plus_months(self.months[0], -SHOWN_MONTHS):%Y-%m}"

    @property
    def later(self) -> str:
        return f"{plus_months(self.months[0], SHOWN_MONTHS):%Y-%m}"

    @cached_property
    def roles(self) -> list[ResourceRole]:
        return list(ResourceRole.objects.visible_to(self.request.user).live().order_by("name", "pk"))

    @cached_property
    def teams(self) -> list[Team]:
        return list(Team.objects.visible_to(self.request.user).live().order_by("name", "pk"))

    @cached_property
    def rows(self) -> list[CapacityRow]:
        sent = [pair for pair, _ in self.sent]
        return selectors.capacity_rows(
            self.request.organization.pk,
            self.months,
            role_id=self.role_id,
            team_id=self.team_id,
            added=(*sent, *self.added),
        )

    def add_row(self) -> None:
        """The row that the picker names; or `problem` says what is missing."""
        role, team = (id_in(self.request.POST.get(name)) for name in ("add_role", "add_team"))
        if role is None:
            self.problem = "Choose the role of the new row."
        else:
            self.added.append((role, team))

    @cached_property
    def sent(self) -> dict[tuple[tuple[int, int | None], datetime.date], str]:
        """The cells of the form as they were sent."""
        found = {}
        for name in self.request.POST:
            prefix, _, rest = name.partition(".")
            key, _, text = rest.partition(".")
            role, team = (id_in(part) for part in (*key.split("-"), "", "")[:2])
            month = month_in(text)
            if prefix == "c" and role and team is not None and month is not None:
                found[(role, team or None), month] = str(self.request.POST[name]).strip()
        return found

    @cached_property
    def seen(self) -> dict[str, str]:
        """What the cells held when the person opened the form."""
        try:
            seen = json.loads(self.request.POST.get("seen", "") or "{}")
        except ValueError:
            return {}
        return seen if isinstance(seen, dict) else {}

    def changes(self) -> list[CapacityCell]:
        """The changed cells, for the service; what cannot be read gets a sentence in `errors`."""
        cells = []
        for (pair, month), text in self.sent.items():
            name = _name(pair, month)
            before = str(self.seen.get(name, ""))
            if text == before:
                continue
            try:
                fte, seen = parse_fte(text), parse_fte(before)
            except ValueError as error:
                self.errors[name] = str(error).replace("An allocation", "A capacity")
                continue
            cells.append(CapacityCell(*pair, month, fte, seen=Seen(seen)))
        return cells

    def lines(self) -> list[dict[str, Any]]:
        """The rows for the template: cells with field name, text, what people add up to, and what is wrong."""
        return [{"row": row, "cells": [self._cell(row, month) for month in self.months]} for row in self.rows]

    def _cell(self, row: CapacityRow, month: datetime.date) -> dict[str, Any]:
        pair = (row.role.pk, row.team.pk if row.team else None)
        name, kept = _name(pair, month), fte_text(row.typed.get(month))
        counted = row.counted.get(month)
        return {
            "name": name,
            "month": month,
            "text": self.sent.get((pair, month), kept),
            "counted": fte_text(counted.quantize(STEP)) if counted is not None else "0",
            "error": self.errors.get(name, ""),
        }

    def seen_now(self) -> str:
        """What the cells hold now, for the next time that the form is sent."""
        return json.dumps(
            {
                _name((row.role.pk, row.team.pk if row.team else None), month): fte_text(fte)
                for row in self.rows
                for month, fte in row.typed.items()
            }
        )

    def sums(self) -> list[str]:
        """The capacity that counts, over all rows, by month."""
        wholes = [sum((row.fte(month) for row in self.rows), Decimal(0)) for month in self.months]
        return [fte_text(whole.quantize(STEP)) for whole in wholes]


def _name(pair: tuple[int, int | None], month: datetime.date) -> str:
    return f"c.{pair[0]}-{pair[1] or 0}.{month:%Y-%m}"


@require_http_methods(["GET", "POST"])
def capacity_grid(request: MemberRequest) -> HttpResponseBase:
    """Typed capacity by role, team and month, as a grid to type into; `format` gets a file."""
    if (file_format := request.GET.get("format", "")) in FORMATS:
        rows = Capacity.objects.visible_to(request.user).filter(role__archived_at=None, team__archived_at=None)
        cells = selectors.capacity_cells(rows)
        return export(cells, header=selectors.CAPACITY_HEADER, name="capacity", file_format=file_format)
    grid, status = CapacityGrid(request), 200
    if posted(request) is not None:
        require(request.user, editing.EDIT, request.organization)
        if request.POST.get("act") == "add":
            grid.add_row()
        elif (answer := _saved(request, grid)) is not None:
            return answer
        status = 422 if grid.problem else 200
    context = {
        "grid": grid,
        "seen": grid.seen_now(),
        "form_token": secrets.token_urlsafe(16),
        "tab": "capacity",
        "nav": "resources:team-list",
    }
    return render(request, "resources/capacity_grid.html", context, status=status)


def _saved(request: MemberRequest, grid: CapacityGrid) -> HttpResponse | None:
    """Save the changed cells and go on; None where some could not be saved, which then say why."""
    if url := sent_before(request):
        return go_on(request, url, "Saved.")
    cells = grid.changes()
    if grid.errors:
        count = len(grid.errors)
        grid.problem = f"{count} cell{'s' if count > 1 else ''} cannot be read, so nothing was saved yet."
        return None
    try:
        services.set_capacities(actor=request.user, organization=request.organization, cells=cells)
    except CellErrors as refused:
        grid.problem = str(refused)
        for place, text in refused.by_place.items():
            cell = cells[place]
            grid.errors[_name((cell.role_id, cell.team_id), cell.month)] = text
        return None
    remember_sent(request, request.get_full_path())
    text = f"Saved {len(cells)} cell{'s' if len(cells) != 1 else ''}." if cells else "Nothing was changed."
    return go_on(request, request.get_full_path(), text, _undo_url() if cells else "")


def _undo_url() -> str:
    """Where the capacity typed in the present request is taken back."""
    found = request_id()
    return reverse("resources:capacity-undo", args=[found]) if found else ""


@require_POST
def capacity_copy(request: MemberRequest) -> HttpResponse:
    """Copy what was typed in a month across the months after it."""
    start, end = (month_in(request.POST.get(name)) for name in ("from", "until"))
    if start is None or end is None:
        raise Conflict("Choose both months. Nothing was changed.")
    if sent_before(request):
        return go_on(request, reverse(URL), "Copied.")
    count = services.copy_capacities_across(
        actor=request.user, organization=request.organization, from_month=start, until_month=end
    )
    remember_sent(request, reverse(URL))
    text = f"Copied {start:%B %Y} across: {count} cell{'s' if count != 1 else ''} changed."
    return go_on(request, f"{reverse(URL)}?from={start:%Y-%m}", text, _undo_url() if count else "")


@require_POST
def capacity_undo(request: MemberRequest, request_id: str) -> HttpResponse:
    """Take back what the person typed as capacity in one request."""
    services.undo_capacities(actor=request.user, organization=request.organization, request_id=request_id[:64])
    return go_on(request, reverse(URL), "The capacity is as it was before.", _undo_url())
