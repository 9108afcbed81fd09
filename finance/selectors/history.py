"""Approved budgets: which there were, and how two differ."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from finance.models import Budget, BudgetLine, EntryClass
from finance.selectors.cells import column_of

ZERO = Decimal(0)


def budgets_of(subject: Any) -> Any:
    """The approved budgets of a subject, the newest first."""
    return Budget.objects.filter(**{column_of(subject): subject}).select_related("approved_by").order_by("-number")


@dataclass(frozen=True)
class Difference:
    """A line of a budget in one month, then and now, in its currency; None where there was none."""

    entry_class: str
    line: str
    month: Any
    currency: str
    before: Decimal | None
    after: Decimal | None

    @property
    def class_label(self) -> str:
        return str(EntryClass(self.entry_class).label)

    @property
    def change(self) -> Decimal:
        return (self.after or ZERO) - (self.before or ZERO)


def compared(before: Budget, after: Budget) -> list[Difference]:
    """Where two budgets of one subject differ, by month, class and line."""
    cells: dict[tuple[Any, ...], dict[int, Decimal]] = defaultdict(dict)
    rows = BudgetLine.objects.filter(budget__in=[before, after])
    for budget_id, month, entry_class, line, currency, amount in rows.values_list(
        "budget_id", "month", "entry_class", "line", "currency", "amount"
    ):
        cells[month, entry_class, line, currency][budget_id] = amount
    return [
        Difference(entry_class, line, month, currency, pair.get(before.pk), pair.get(after.pk))
        for (month, entry_class, line, currency), pair in sorted(cells.items())
        if pair.get(before.pk) != pair.get(after.pk)
    ]
