"""Facts that formulas may speak of besides criteria: each is registered once, with its unit and how it is read.

An app that stands above joins by calling `register` when it is loaded; the language needs to know nothing of it.
"""

import datetime
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from accounts.models import Organization
from scoring.algorithms.weighing import Values


@dataclass(frozen=True)
class Asked:
    """For which items a fact is read.

    Args:
        kind: project, program or product.
        rows: the items themselves, as their tables have them.
    """

    organization: Organization
    kind: str
    rows: Sequence[Any]
    day: datetime.date

    @property
    def ids(self) -> list[int]:
        return [row.pk for row in self.rows]


@dataclass(frozen=True)
class Fact:
    """Something that is known of items.

    Args:
        key: its name in formulas.
        read: item's id -> its value; items of which it is not known are left out.
        column: for a kind of item, an expression that is read along with the items, in their own statement; `read`
            finds it on each row as `fact_` and the key.
        is_costly: reading it takes a while for each item, so that it is not read for many while somebody types.
    """

    key: str
    label: str
    unit: str
    meaning: str
    read: Callable[[Asked], Mapping[int, float]]
    is_amount: bool = False
    is_costly: bool = False
    column: Callable[[str, Organization], Any] | None = None

    @property
    def attribute(self) -> str:
        """What its column is called on a row."""
        return f"fact_{self.key}"


_FACTS: dict[str, Fact] = {}


def register(fact: Fact) -> Fact:
    """Let formulas speak of a fact.

    Raises:
        ValueError: another fact has its name.
    """
    if _FACTS.setdefault(fact.key, fact) is not fact:
        raise ValueError(f"There is a fact called {fact.key} already.")
    return fact


def all_facts() -> list[Fact]:
    """The facts there are, by name."""
    return sorted(_FACTS.values(), key=lambda fact: fact.key)


def fact_units() -> dict[str, str]:
    """Name in formulas -> unit, of all facts."""
    return {fact.key: fact.unit for fact in all_facts()}


def are_amounts(names: Collection[str]) -> bool:
    """Whether one of some facts is an amount of money."""
    return any(_FACTS[name].is_amount for name in names if name in _FACTS)


def are_costly(names: Collection[str]) -> bool:
    """Whether one of some facts takes a while to read."""
    return any(_FACTS[name].is_costly for name in names if name in _FACTS)


def fact_columns(names: Collection[str], kind: str, organization: Organization) -> dict[str, Any]:
    """What items are annotated with, so that facts of them cost no statement of their own."""
    facts = [_FACTS[name] for name in sorted(names) if name in _FACTS]
    return {fact.attribute: fact.column(kind, organization) for fact in facts if fact.column is not None}


def read_facts(names: Collection[str], asked: Asked) -> dict[str, Values]:
    """Facts of items.

    Returns:
        Name -> float64 (items), NaN where it is not known; a fact that is registered no more is known of none.
    Cost: one statement for all facts that have columns, none where the items came with them (`fact_columns`); what the
        others take.
    """
    _read_columns(names, asked)
    found = {}
    for name in names:
        values = _FACTS[name].read(asked) if name in _FACTS else {}
        found[name] = np.array([values.get(pk, np.nan) for pk in asked.ids], dtype=np.float64)
    return found


def _read_columns(names: Collection[str], asked: Asked) -> None:
    columns = fact_columns(names, asked.kind, asked.organization)
    lacking = {name: column for name, column in columns.items() if any(not hasattr(row, name) for row in asked.rows)}
    if not lacking:
        return
    items = type(asked.rows[0]).objects.filter(pk__in=asked.ids).order_by()
    read = {pk: values for pk, *values in items.annotate(**lacking).values_list("pk", *lacking)}
    for row in asked.rows:
        for name, value in zip(lacking, read.get(row.pk, [None] * len(lacking)), strict=True):
            setattr(row, name, value)
