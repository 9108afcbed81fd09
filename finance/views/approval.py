"""Approving budgets, and the budgets that were approved."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from core.access import require
from core.exports import FORMATS, export
from core.pages import MemberRequest, form_page, id_in, page_of, posted
from finance import services
from finance.forms import ApprovalForm
from finance.models import Budget, EntryKind, FinancialEntry
from finance.selectors.history import Difference, budgets_of, compared
from finance.views.subject import found_subject, subject_of

HEADER = ("Class", "Line", "Month", "Currency", "Before", "After", "Change")


@require_GET
def budget_history(request: MemberRequest, pk: int, kind: str) -> HttpResponseBase:
    """The approved budgets of a subject with their reasons; `from` and `to` name two numbers to compare."""
    subject = found_subject(request, kind, pk)
    budgets = list(budgets_of(subject.row))
    by_number = {budget.number: budget for budget in budgets}
    after = by_number.get(id_in(request.GET.get("to")) or 0) or (budgets[0] if len(budgets) > 1 else None)
    before = by_number.get(id_in(request.GET.get("from")) or (after.number - 1 if after else 0))
    rows = compared(before, after) if before and after else []
    if (file_format := request.GET.get("format", "")) in FORMATS:
        return export(map(cells_of, rows), header=HEADER, name="budget-changes", file_format=file_format)
    context = subject.head(request, "budget") | {
        "budgets": budgets,
        "before": before,
        "after": after,
        "page": page_of(request, rows),
        "cost_change": after.cost_amount - before.cost_amount if before and after else None,
        "income_change": after.income_amount - before.income_amount if before and after else None,
        "urls": {
            "budget": subject.url("budget"),
            **{name: subject.url(f"budget-{name}") for name in ("grid", "approve")},
        },
    }
    return render(request, "finance/budget_history.html", context)


def cells_of(row: Difference) -> tuple[Any, ...]:
    """A line that differs, in the order of `HEADER`."""
    return row.entry_class, row.line, f"{row.month:%Y-%m}", row.currency, row.before, row.after, row.change


@require_http_methods(["GET", "POST"])
def budget_approve(request: MemberRequest, pk: int, kind: str) -> HttpResponse:
    """Approve the budget entries of a subject as they stand."""
    subject = found_subject(request, kind, pk)
    require(request.user, "budget.approve", request.organization)
    former = budgets_of(subject.row).filter(status="approved").first()
    number = former.number if former else 0
    rows = FinancialEntry.objects.filter(**{kind: subject.row}, kind=EntryKind.BUDGET)
    return form_page(
        request,
        form=ApprovalForm(posted(request), number=number),
        template="finance/budget_approve.html",
        save=lambda form: _approve(request, subject.row, form.cleaned_data),
        done=lambda row: subject.url("budget-history"),
        message="{row} is approved.",
        context={
            **subject.head(request, "budget"),
            "former": former,
            "next_number": number + 1,
            "entry_count": rows.count(),
            "back_url": subject.url("budget"),
        },
    )


def _approve(request: MemberRequest, row: Any, values: dict[str, Any]) -> Budget:
    return services.approve_budget(
        actor=request.user, subject=row, reason=values["reason"], expected_number=values["expected_number"]
    )


@require_GET
def budget_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """An approved budget among those of its subject."""
    require(request.user, "finance.read", request.organization)
    budget = get_object_or_404(Budget.objects.visible_to(request.user), pk=pk)
    return redirect(f"{subject_of(budget).url('budget-history')}?to={budget.number}")
