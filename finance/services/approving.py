"""Budgets as they are approved: a snapshot of the entries, numbered, the former one superseded."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django.utils import timezone

from accounts.models import User
from core.access import require
from core.errors import Conflict, FieldErrors
from events.services import create_recorded, happening_at
from finance.models import Budget, BudgetLine, BudgetStatus, EntryKind, FinancialEntry
from finance.models.entry import COSTS
from finance.models.subject import SUBJECTS
from finance.selectors.cells import CENT, column_of

Subject = tuple[str, int]


def approved_among(actor: User, subjects: Mapping[Subject, Any], reason: str) -> dict[Subject, Budget]:
    """The approved budgets of subjects whose budget entries change; that needs the right to approve, and a reason.

    Raises:
        NotAllowed: the actor's role may not approve budgets.
        FieldErrors: no reason is given.
    """
    ids: dict[str, list[int]] = defaultdict(list)
    for column, pk in subjects:
        ids[column].append(pk)
    found: dict[Subject, Budget] = {}
    for column in SUBJECTS:
        if ids[column]:
            rows = Budget.objects.filter(**{f"{column}_id__in": ids[column]}, status=BudgetStatus.APPROVED)
            found |= {(column, getattr(row, f"{column}_id")): row for row in rows}
    for subject, budget in found.items():
        require(actor, "budget.approve", budget.organization_id)
        if not reason:
            sentence = (
                f"Budget {budget.number} of “{subjects[subject]}” is approved. Say why it changes:"
                f" budget {budget.number + 1} is approved with your reason, and the former stays readable."
            )
            raise FieldErrors({"reason": sentence})
    return found


def approve_next(actor: User, subject: Any, former: Budget | None, reason: str) -> Budget:
    """Keep a subject's budget entries as they stand under the next number; its row is locked by the caller.

    Raises:
        Conflict: it has no budget entries.
    """
    column = column_of(subject)
    entries = list(
        FinancialEntry.objects.filter(**{column: subject}, kind=EntryKind.BUDGET).order_by("month", "entry_class", "pk")
    )
    if not entries and former is None:
        raise Conflict(f"“{subject}” has no budget entries yet. Enter its budget, then approve it.")
    if former is not None:
        former.status = BudgetStatus.SUPERSEDED
        former.version += 1
        former.save(update_fields=["status", "version", "updated_at"])
    budget = Budget(
        organization_id=subject.organization_id,
        **{column: subject},
        number=former.number + 1 if former else 1,
        reason=reason,
        approved_at=happening_at() or timezone.now(),
        approved_by=actor,
        cost_amount=_sum(entry for entry in entries if entry.entry_class in COSTS),
        income_amount=_sum(entry for entry in entries if entry.entry_class not in COSTS),
        currency=subject.organization.currency,
    )
    create_recorded("budget.approved", actor=actor, subject=budget, note=reason)
    names = ("entry_class", "line", "month", "amount", "currency", "reporting_amount")
    lines = [
        BudgetLine(
            organization_id=subject.organization_id, budget=budget, **{name: getattr(entry, name) for name in names}
        )
        for entry in entries
    ]
    BudgetLine.objects.bulk_create(lines, batch_size=1000)
    return budget


def _sum(entries: Iterable[Any]) -> Decimal:
    return sum((entry.reporting_amount for entry in entries), Decimal(0)).quantize(CENT, ROUND_HALF_EVEN)
