"""Amounts of money, and how they are left out for members to whom they are hidden (the right `finance.read`).

An amount is a column called `amount` or ending in `_amount`, and what is figured from such columns alone: exposure,
margin, growth, and shares of a budget. What reads and shows asks `are_hidden` for the person of the present request,
which needs no query; what writes asks `core.access.can` for its actor.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from core.access import ASK_AN_OWNER, can
from core.errors import NotAllowed
from core.tenancy import current_scope

#: What is figured from amounts and tells of them, as columns, annotations and fields of the API call it.
FIGURED = frozenset(
    {
        "amount", "planned_value", "realized_value", "exposure", "margin", "margin_ratio", "revenue_growth_ratio",
        "spent", "spent_ratio", "money", "risk_cost",
    }
)  # fmt: skip
#: Sentences of `projects.algorithms.health` that are about money.
OF_MONEY = re.compile(r"\d% over its budget\.|Spent \d+% of its budget")
HIDDEN = "Judged by figures of money, which are hidden from you."
REFUSED = f"Amounts of money are hidden from you here, so you may not send or ask for them. {ASK_AN_OWNER}"
#: What the API's documentation adds to a field that is an amount.
LEFT_OUT = "An amount: the field is left out for members to whom amounts are hidden."


def are_hidden() -> bool:
    """True when amounts are hidden from the person of the present request."""
    return current_scope().hides_amounts


def is_amount(name: str) -> bool:
    """True for the name of a column, lookup or field that is an amount or is figured from amounts."""
    word = name.removeprefix("-").rpartition("__")[2]
    return word.endswith("_amount") or word in FIGURED


def is_hidden(name: str) -> bool:
    """True where a column, lookup or field is an amount and amounts are hidden from the person of the request."""
    return are_hidden() and is_amount(name)


def shown(names: Iterable[str]) -> list[str]:
    """Names of columns or fields without those that are hidden."""
    return [name for name in names if not is_hidden(name)]


def without_amounts(data: Any) -> Any:
    """JSON without its amounts: in objects by the names of their fields, in a list of changes by the field of each."""
    if isinstance(data, Mapping):
        return {name: _of_field(name, value) for name, value in data.items() if not is_amount(str(name))}
    if isinstance(data, list | tuple):
        kept = [item for item in data if not (isinstance(item, Mapping) and is_amount(str(item.get("field", ""))))]
        return [without_amounts(item) for item in kept]
    return data


def _of_field(name: Any, value: Any) -> Any:
    """The value of a field; what is wrong with a body is told of every field that was sent."""
    if name == "errors":
        return value
    return shown_reasons(value) if name == "health_reasons" else without_amounts(value)


def shown_reasons(reasons: Iterable[str]) -> list[str]:
    """Reasons for a health without those that are about money; where no other is left, that they are hidden."""
    reasons = list(reasons)
    return [reason for reason in reasons if not OF_MONEY.search(reason)] or ([HIDDEN] if reasons else [])


def refuse_amounts(actor: Any, organization: Any, names: Iterable[str]) -> None:
    """Refuse a write of amounts by somebody to whom they are hidden; the system itself has no actor.

    Raises:
        NotAllowed: one of the names is an amount, and `actor` sees none in the organization.
    """
    if any(map(is_amount, names)) and actor is not None and not can(actor, "finance.read", organization):
        raise NotAllowed(REFUSED)
