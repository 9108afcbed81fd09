"""Writes of financial entries: one, or many cells of budget grids at once; and their undoing."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import Organization, User
from core.access import require
from core.errors import Change, Conflict, FieldErrors, StaleEdit
from events.models import Event
from finance.models import FinancialEntry
from finance.selectors.cells import (
    CHANGED,
    Cell,
    CellErrors,
    CellResult,
    as_told,
    column_of,
    key_from_text,
    key_of,
    last_change,
)
from finance.services.setting import Setting as _Setting


@dataclass(frozen=True)
class Undone:
    """The subjects whose entries were taken back, and how many cells were left since somebody changed them after."""

    subjects: list[Any]
    left: int


@transaction.atomic
def set_entries(
    *, actor: User, organization: Organization, cells: Sequence[Cell], reason: str = ""
) -> list[CellResult]:
    """Set many cells at once, of any subjects: all of them, or none and what is wrong with which.

    An entry is found by its external key or by its kind, class, line, month and currency; an empty cell removes it.
    One event for each subject carries what was and what is, from which `undo_entries` takes it back. Amounts of
    projects that follow from their entries follow at once. A change of an approved budget approves the next one.

    Args:
        reason: why; asked for where a budget that is approved changes.
    Raises:
        NotAllowed: the actor's role may not change entries, or not a budget that is approved.
        CellErrors: some cells are wrong, somebody changed them meanwhile, or a rate is missing; by row.
        FieldErrors: an approved budget changes without a reason.
    """
    require(actor, "finance.edit", organization)
    return _Setting(actor, organization, cells, reason.strip()).carry_out()


@transaction.atomic
def create_entry(*, actor: User, organization: Organization, reason: str = "", **fields: Any) -> FinancialEntry:
    """Add an entry to a subject.

    Args:
        fields: as `Cell` has them.
    Raises:
        FieldErrors: a value is wrong, there is such an entry already, or a rate is missing.
    """
    require(actor, "finance.edit", organization)
    cell = Cell(**{"amount": None, **fields, "seen": 0})
    if cell.amount is None:
        raise FieldErrors({"amount": "An entry has an amount."})
    return _one(actor, organization, cell, reason)


@transaction.atomic
def update_entry(
    *, actor: User, entry: FinancialEntry, expected_version: int | None = None, reason: str = "", **fields: Any
) -> FinancialEntry:
    """Change an entry; it stays with its subject.

    Raises:
        FieldErrors: a value is wrong, another entry is in that cell, or a rate is missing.
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, "finance.edit", entry.organization_id)
    names = ("kind", "entry_class", "line", "month", "amount", "currency", "note", "external_key")
    values = {**{name: getattr(entry, name) for name in names}, **fields}
    if values["amount"] is None:
        raise FieldErrors({"amount": "An entry has an amount. To remove it, remove it."})
    cell = Cell(subject=entry.subject, seen=expected_version, entry=entry, **values)
    return _one(actor, entry.organization, cell, reason)


@transaction.atomic
def remove_entry(*, actor: User, entry: FinancialEntry, expected_version: int | None = None, reason: str = "") -> None:
    """Take an entry away; the history keeps what it was.

    Raises:
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, "finance.edit", entry.organization_id)
    kind, entry_class, line, month, currency = key_of(entry)
    cell = Cell(entry.subject, kind, entry_class, month, None, currency, line, seen=expected_version, entry=entry)
    _one(actor, entry.organization, cell, reason)


@transaction.atomic
def undo_entries(*, actor: User, organization: Organization, request_id: str) -> Undone:
    """Take back what the actor set in one request; a cell that somebody has changed since is left as it is.

    Where the budget was approved, taking back approves the next number, with that reason.

    Raises:
        Conflict: there is nothing of the actor's to take back.
    """
    require(actor, "finance.edit", organization)
    events = list(
        Event.objects.filter(
            organization_id=organization.pk, actor=actor, request_id=request_id, kind__endswith=f".{CHANGED}"
        )
        .exclude(request_id="")
        .order_by("-id")
    )
    if not events:
        raise Conflict("There is nothing to undo: it was not you who did this, or it is undone already.")
    subjects, cells, left, figures = [], [], 0, {}
    for event in events:
        subject = _subject_of(event)
        if subject is None:
            continue
        subjects.append(subject)
        found, changed_since = _taken_back(subject, event)
        left += changed_since
        cells += found
        if column_of(subject) == "project" and not changed_since:
            figures[subject.pk] = {name: pair[0] for name, pair in event.changes.items() if name != "entries_amount"}
    setting = _Setting(actor, organization, cells, "Took back the change before.", figures)
    if not cells:
        raise Conflict("Nothing was taken back: somebody has changed these cells since.")
    setting.carry_out()
    return Undone(subjects, left)


def _subject_of(event: Event) -> Any:
    name = event.subject_type.rpartition(".")[2]
    model: Any = FinancialEntry._meta.get_field(name).related_model
    return model.objects.filter(organization_id=event.organization_id, pk=int(event.subject_id)).first()


def _taken_back(subject: Any, event: Event) -> tuple[list[Cell], int]:
    """The cells of an event as they were before, and how many are others by now."""
    before, after = event.changes.get("entries_amount", ({}, {}))
    keys = {text: key_from_text(text) for text in {*before, *after}}
    months = [key[3] for key in keys.values()]
    mine = FinancialEntry.objects.filter(**{column_of(subject): subject}, month__range=(min(months), max(months)))
    here = {key_of(entry): entry for entry in mine}
    cells, left = [], 0
    for text, key in keys.items():
        entry = here.get(key)
        if (as_told(entry) if entry else None) != after.get(text):
            left += 1
            continue
        was = before.get(text, {})
        kind, entry_class, line, month, currency = key
        cells.append(
            Cell(
                subject, kind, entry_class, month, Decimal(was["amount"]) if was else None, currency, line,
                note=was.get("note", ""), external_key=was.get("external_key", ""),
            )
        )  # fmt: skip
    return cells, left


def _one(actor: User, organization: Organization, cell: Cell, reason: str) -> Any:
    """Set one cell; what is wrong with it is said by field."""
    try:
        result = _Setting(actor, organization, [cell], reason.strip()).carry_out()[0]
    except CellErrors as wrong:
        if cell.entry is not None and "version" in wrong.rows[0]:
            raise _stale(cell, wrong.rows[0]["version"]) from wrong
        raise FieldErrors({name.replace("version", "month"): text for name, text in wrong.rows[0].items()}) from wrong
    return None if result.entry_id is None else FinancialEntry.objects.get(pk=result.entry_id)


def _stale(cell: Cell, sentence: str) -> StaleEdit:
    now = FinancialEntry.objects.filter(pk=cell.entry.pk).first() if cell.entry else None
    who = last_change(cell.subject)
    changes = [Change("amount", "amount", None, now and format(now.amount, "f"), *who)] if who else []
    return StaleEdit(sentence, changes=changes, current_version=now.version if now else 0)
