"""Amounts of a project that follow from its financial entries (docs/decisions/0015)."""

from typing import Any

from projects.models import Project

#: Amount -> the kind of entries that it is the sum of, as soon as there is one.
DERIVED = {"budget_amount": "budget", "actual_amount": "actual"}


def derived_amounts(project: Project) -> list[str]:
    """The amounts of a project that follow from its entries, and are not typed."""
    row: Any = project  # its entries belong to an app above, and are reached by their reverse accessor
    if row.pk is None:
        return []
    kinds = {kind: name for name, kind in DERIVED.items()}
    found = row.financial_entries.filter(kind__in=kinds).order_by().values_list("kind", flat=True).distinct()
    return [kinds[kind] for kind in found]
