"""Cells of budget grids as the log tells them, in words."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def entries_in_words(cells: Mapping[str, Any]) -> str:
    """Cells of a budget grid as `finance` tells them: budget capex Licences 2026-01 12,000 USD."""
    words = []
    for key, cell in cells.items():
        kind, entry_class, month, currency, line = key.split("|", 4)
        amount = f"{Decimal(cell['amount']):,.2f}".removesuffix(".00")
        words.append(" ".join(part for part in (kind, entry_class, line, month[:7], amount, currency) if part))
    return "; ".join(words)
