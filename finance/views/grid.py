"""The budget grid: lines by months, typed, pasted and saved as one."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core.access import can, require
from core.errors import Conflict, DomainError, FieldErrors
from core.middleware import request_id
from core.pages import MemberRequest, go_on, remember_sent, sent_before
from finance import services
from finance.algorithms.periods import FiscalPeriod, fiscal_year, fiscal_years
from finance.algorithms.rates import MissingRate
from finance.filters import MONTH
from finance.forms.grid import Changed, GridForm
from finance.models import Budget, BudgetStatus, EntryClass, EntryKind, FinancialEntry
from finance.selectors.cells import CellErrors
from finance.selectors.rates import rates_of
from finance.views.subject import Subject, found_subject

ZERO = Decimal(0)


@dataclass
class Grid:
    """What a grid shows, as its address says: a subject, a kind of entries, a fiscal year."""

    request: MemberRequest
    subject: Subject

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """The kinds of entries that the subject has; a portfolio is given a budget, and the rest rises from below."""
        return EntryKind.choices[:1] if self.subject.kind == "portfolio" else EntryKind.choices

    @property
    def kind(self) -> str:
        asked = self.request.GET.get("kind", "")
        return asked if asked in dict(self.kinds) else EntryKind.BUDGET.value

    @cached_property
    def year(self) -> FiscalPeriod:
        first_month = self.request.organization.fiscal_year_start_month
        match = MONTH.fullmatch(self.request.GET.get("from", ""))
        if match and 1900 <= int(match[1]) <= 2199:
            return fiscal_year(datetime.date(int(match[1]), int(match[2]), 1), first_month)
        return fiscal_year(timezone.localdate(), first_month)

    @cached_property
    def years(self) -> list[FiscalPeriod]:
        """Fiscal years with entries, the shown one, and the ones around."""
        rows = FinancialEntry.objects.filter(**{self.subject.kind: self.subject.row})
        used = rows.order_by("month").values_list("month", flat=True).distinct()
        around = [self.year.start_date - datetime.timedelta(days=1), self.year.start_date]
        around.append(self.year.finish_date + datetime.timedelta(days=1))
        return fiscal_years([*used, *around], self.request.organization.fiscal_year_start_month)

    @cached_property
    def entries(self) -> list[FinancialEntry]:
        rows = FinancialEntry.objects.filter(**{self.subject.kind: self.subject.row}, kind=self.kind)
        return list(rows.filter(month__range=(self.year.start_date, self.year.finish_date)))

    @cached_property
    def approved(self) -> Budget | None:
        if self.kind != EntryKind.BUDGET:
            return None
        rows = Budget.objects.filter(**{self.subject.kind: self.subject.row}, status=BudgetStatus.APPROVED)
        return rows.first()

    @property
    def may_edit(self) -> bool:
        """Whether the person may change these entries; those of an approved budget ask for the right to approve."""
        action = "budget.approve" if self.approved else "finance.edit"
        is_archived = getattr(self.subject.row, "archived_at", None) is not None
        return not is_archived and can(self.request.user, action, self.request.organization)

    def form(self) -> GridForm:
        return GridForm(
            subject=self.subject.row,
            kind=self.kind,
            months=self.year.months,
            entries=self.entries,
            currency=self.request.organization.currency,
            data=self.request.POST if self.request.method == "POST" else None,
        )

    @property
    def url(self) -> str:
        return f"{self.subject.url('budget-grid')}?kind={self.kind}&from={self.year.start_date:%Y-%m}"


@dataclass(frozen=True)
class Preview:
    """What a change of an approved budget does to it, before it is saved: from, to, in the organization's currency."""

    before: Decimal
    after: Decimal
    rows: list[Changed]


@require_http_methods(["GET", "POST"])
def budget_grid(request: MemberRequest, pk: int, kind: str) -> HttpResponse:
    """Entries of one kind in a fiscal year, by line and month; saved all together or not at all."""
    subject = found_subject(request, kind, pk)
    grid = Grid(request, subject)
    if request.method == "POST":
        require(request.user, "finance.edit", request.organization)
        if url := sent_before(request):
            return go_on(request, url, "Saved already.")
    form = grid.form()
    preview = None
    if request.method == "POST" and form.is_valid:
        preview = previewed(grid, form)
        if preview is None and form.is_valid and save(grid, form):
            return saved(request, grid, form)
    context = {
        **subject.head(request, "budget"), "grid": grid, "form": form, "preview": preview,
        "classes": EntryClass.choices, "back_url": subject.url("budget"),
    }  # fmt: skip
    refused = request.method == "POST" and preview is None
    return render(request, "finance/budget_grid.html", context, status=422 if refused else 200)


def previewed(grid: Grid, form: GridForm) -> Preview | None:
    """What is asked first: a change of an approved budget that was not confirmed yet, or has no reason."""
    if grid.approved is None or not form.changed:
        return None
    is_confirmed = bool(grid.request.POST.get("confirm"))
    if is_confirmed and form.reason.strip():
        return None
    if is_confirmed:
        form.reason_error = "Say why it changes; the reason is kept with the budget."
    rates = rates_of(grid.request.organization)
    total = ZERO
    for one in form.changed:
        try:
            moved = (one.after or ZERO) - (one.before or ZERO)
            sign = 1 if one.line.entry_class in ("capex", "opex") else 0
            total += sign * rates.convert(moved, one.line.currency, one.cell.month).amount
        except MissingRate as missing:
            one.cell.error = str(missing)
    if form.error_cells:
        return None
    return Preview(grid.approved.cost_amount, grid.approved.cost_amount + total, form.changed)


def save(grid: Grid, form: GridForm) -> bool:
    """Save what was changed; what is refused is put at its cell."""
    try:
        services.set_entries(
            actor=grid.request.user, organization=grid.request.organization, cells=form.cells(), reason=form.reason
        )
    except CellErrors as wrong:
        form.refuse(wrong.rows, _versions(grid.entries))
    except FieldErrors as wrong:
        form.reason_error = wrong.errors.get("reason", "")
        form.error = "" if form.reason_error else str(wrong)
    except (Conflict, ValidationError, DomainError) as wrong:
        form.error = " ".join(getattr(wrong, "messages", [str(wrong)]))
    else:
        return True
    return False


def saved(request: MemberRequest, grid: Grid, form: GridForm) -> HttpResponse:
    """Back to the grid, with an offer to undo."""
    remember_sent(request, grid.url)
    count = len(form.changed)
    if not count:
        return go_on(request, grid.url, "Nothing has changed.")
    trace = request_id()
    undo = reverse("finance:entries-undo", args=[trace]) if trace else ""
    approved = f" Budget {grid.approved.number + 1} is approved." if grid.approved else ""
    return go_on(request, grid.url, f"Saved {count} cell{'' if count == 1 else 's'}.{approved}", undo)


def _versions(entries: Iterable[Any]) -> dict[Any, int]:
    return {(entry.entry_class, entry.line, entry.month, entry.currency): entry.version for entry in entries}
