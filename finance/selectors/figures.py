"""Amounts of projects that follow from their entries (docs/decisions/0015)."""

from collections.abc import Collection, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django.db.models import Case, Sum, When

from core.errors import FieldErrors
from finance.models import EntryKind, FinancialEntry
from finance.models.entry import COSTS
from finance.selectors.cells import CENT

#: Kind of entry -> the amount of a project that follows from it.
FIGURES: Mapping[str, str] = {EntryKind.BUDGET: "budget_amount", EntryKind.ACTUAL: "actual_amount"}


def derived_figures(project_ids: Collection[int]) -> dict[int, dict[str, Decimal]]:
    """By project: the amounts that follow from its entries, in the organization's currency, to the cent.

    An amount without entries of its kind does not follow from anything, and is left out.

    Raises:
        FieldErrors: the costs of a budget add up to less than zero.
    """
    rows = FinancialEntry.objects.filter(project_id__in=project_ids, kind__in=FIGURES)
    costs = Sum(Case(When(entry_class__in=COSTS, then="reporting_amount"), default=Decimal(0)))
    found: dict[int, dict[str, Decimal]] = {pk: {} for pk in project_ids}
    for pk, kind, total in rows.values_list("project_id", "kind").annotate(total=costs).order_by():
        amount = total.quantize(CENT, ROUND_HALF_EVEN)
        if kind == EntryKind.BUDGET and amount < 0:
            raise FieldErrors({"amount": f"The budget would be {amount:,.2f}; a budget of costs is zero or more."})
        found[pk][FIGURES[kind]] = amount
    return found


def derived_kinds(project: Any) -> set[str]:
    """The kinds of entries that a project has, of those from which an amount follows."""
    rows = FinancialEntry.objects.filter(project=project, kind__in=FIGURES)
    return set(rows.values_list("kind", flat=True).distinct().order_by())
