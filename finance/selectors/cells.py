"""What is to be set: cells of budget grids as people and programs give them, and what is wrong with which."""

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from core.errors import DomainError
from events.models import Event
from finance.models import EntryClass, EntryKind, FinancialEntry
from finance.models.subject import SUBJECTS

#: kind, class, line, month, currency: what tells the entries of one subject apart.
Key = tuple[str, str, str, datetime.date, str]
#: What an event about the entries of a subject is called, after the subject.
CHANGED = "entries_changed"
CENT = Decimal("0.01")
LARGEST = Decimal(10) ** 14
FIRST_MONTH, LAST_MONTH = datetime.date(1900, 1, 1), datetime.date(2200, 12, 1)


@dataclass(frozen=True)
class Cell:
    """What an entry of a subject is to be; without an amount it is to be gone.

    Args:
        note, external_key: None leaves them as they are.
        seen: the version of the entry that the person saw, 0 where they saw none; None does not ask.
        entry: the entry that is meant, where it is known; else it is found by its external key or by its cell.
    """

    subject: Any
    kind: str
    entry_class: str
    month: datetime.date
    amount: Decimal | None
    currency: str = ""
    line: str = ""
    note: str | None = None
    external_key: str | None = None
    seen: int | None = None
    entry: FinancialEntry | None = None


class CellErrors(DomainError):
    """Some cells are wrong and nothing was saved; `rows` has sentences by field for each of them, by its place."""

    def __init__(self, rows: Mapping[int, Mapping[str, str]]) -> None:
        count = len(rows)
        super().__init__(f"Nothing was saved: {count} row{' is' if count == 1 else 's are'} wrong.")
        self.rows = {place: dict(errors) for place, errors in rows.items()}


@dataclass(frozen=True)
class CellResult:
    """What became of a cell: created, updated, unchanged or removed; and the entry's id, None where there is none."""

    action: str
    entry_id: int | None


def column_of(subject: Any) -> str:
    """The column of an entry that names this subject: portfolio, program, project or product."""
    name = str(subject._meta.model_name)
    if name not in SUBJECTS:
        raise TypeError(f"{subject._meta.label} has no money of its own.")
    return name


def key_of(entry: Any) -> Key:
    """The cell of an entry."""
    return entry.kind, entry.entry_class, entry.line, entry.month, entry.currency


def faults_of(cell: Cell) -> dict[str, str]:
    """What is wrong with a cell by itself, by field."""
    faults = {}
    if cell.kind not in EntryKind.values:
        faults["kind"] = f"One of {', '.join(EntryKind.values)}."
    elif column_of(cell.subject) == "portfolio" and cell.kind != EntryKind.BUDGET:
        faults["kind"] = "A portfolio has budgets alone; forecasts and actuals rise from below it."
    if cell.entry_class not in EntryClass.values:
        faults["entry_class"] = f"One of {', '.join(EntryClass.values)}."
    if len(cell.line) > 200 or "\x00" in cell.line:
        faults["line"] = "A line has at most 200 characters."
    if cell.month.day != 1:
        faults["month"] = "A month is given by its first day."
    elif not FIRST_MONTH <= cell.month <= LAST_MONTH:
        faults["month"] = "A month lies between 1900 and 2200."
    if not re.fullmatch(r"[A-Z]{3}", cell.currency):
        faults["currency"] = "A currency is three capital letters (ISO 4217), for example USD."
    if cell.amount is not None and (fault := fault_of_amount(cell.amount)):
        faults["amount"] = fault
    if cell.note is not None and len(cell.note) > 500:
        faults["note"] = "A note has at most 500 characters."
    if cell.external_key is not None and len(cell.external_key) > 200:
        faults["external_key"] = "A key has at most 200 characters."
    if getattr(cell.subject, "archived_at", None) is not None:
        faults["subject"] = f"“{cell.subject}” is archived. Restore it first."
    return faults


def fault_of_amount(amount: Decimal) -> str:
    """Why a number is no amount; empty where it is one."""
    if not amount.is_finite():
        return "An amount is a number."
    if abs(amount) >= LARGEST:
        return "An amount has at most 14 digits before the point."
    return "" if amount == amount.quantize(CENT, ROUND_HALF_EVEN) else "An amount has at most two decimals."


def as_told(entry: Any) -> dict[str, str]:
    """An entry as the log tells it, so that it can be brought back."""
    told = {"amount": format(entry.amount.quantize(CENT), "f")}
    return told | {name: value for name in ("note", "external_key") if (value := getattr(entry, name))}


def key_as_text(key: Key) -> str:
    """A cell as the log names it: budget|capex|2026-01|USD|Licences."""
    kind, entry_class, line, month, currency = key
    return "|".join((kind, entry_class, month.isoformat(), currency, line))


def key_from_text(text: str) -> Key:
    """The cell that the log names."""
    kind, entry_class, month, currency, line = text.split("|", 4)
    return kind, entry_class, line, datetime.date.fromisoformat(month), currency


def changes_as_told(
    before: Mapping[Key, dict[str, str]], after: Mapping[Key, dict[str, str]]
) -> dict[str, Sequence[Any]]:
    """The change of a grid as an event carries it."""
    told = [{key_as_text(key): value for key, value in sorted(state.items())} for state in (before, after)]
    return {"entries_amount": told}


def last_change(subject: Any) -> tuple[str, datetime.datetime] | None:
    """Who changed the entries of a subject last, and when."""
    events = Event.objects.filter(organization_id=subject.organization_id).about(subject._meta.label_lower, subject.pk)
    last = events.filter(kind__endswith=f".{CHANGED}").order_by("-id").first()
    return (last.actor_name, last.occurred_at) if last else None
