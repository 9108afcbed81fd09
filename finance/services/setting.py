"""How many cells of budget grids are set at once: all of them, or none."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Organization, User
from core.errors import Conflict, FieldErrors
from events.services import change_recorded, record
from finance.algorithms.rates import MissingRate, RateTable
from finance.models import Budget, EntryKind, FinancialEntry
from finance.models.subject import SUBJECTS
from finance.selectors.cells import (
    CHANGED,
    Cell,
    CellErrors,
    CellResult,
    Key,
    as_told,
    changes_as_told,
    column_of,
    faults_of,
    key_of,
    last_change,
)
from finance.selectors.figures import FIGURES, derived_figures
from finance.selectors.rates import rates_of
from finance.services.approving import approve_next, approved_among
from finance.services.locking import lock_rates

Subject = tuple[str, int]


class Setting:
    """One call: finds what is there, plans each cell, and writes all of them or none."""

    def __init__(
        self,
        actor: User,
        organization: Organization,
        cells: Sequence[Cell],
        reason: str,
        figures: Mapping[int, Mapping[str, Any]] | None = None,
    ) -> None:
        self.actor, self.organization, self.reason, self.figures = actor, organization, reason, figures or {}
        self.cells = [
            replace(cell, line=cell.line.strip(), currency=cell.currency or organization.currency) for cell in cells
        ]
        self.errors: dict[int, dict[str, str]] = {}
        self.created: dict[int, FinancialEntry] = {}
        self.updated: dict[int, FinancialEntry] = {}
        self.removed: dict[int, FinancialEntry] = {}
        self.before: dict[Subject, dict[Key, dict[str, str]]] = defaultdict(dict)
        self.after: dict[Subject, dict[Key, dict[str, str]]] = defaultdict(dict)

    def carry_out(self) -> list[CellResult]:
        self._hold_rates()
        self._lock_subjects()
        for place, cell in enumerate(self.cells):
            if faults := faults_of(cell):
                self.errors[place] = faults
        self._find()
        for place, cell in enumerate(self.cells):
            if place not in self.errors:
                self._plan(place, cell)
        if self.errors:
            raise CellErrors(dict(sorted(self.errors.items())))
        approved = self._approved()
        self._write()
        self._record(approved)
        return [self._result(place) for place in range(len(self.cells))]

    def _hold_rates(self) -> None:
        """Before the subjects, as a change of a rate does: so neither waits for what the other holds."""
        foreign = {cell.currency for cell in self.cells} - {self.organization.currency}
        if foreign:
            lock_rates(self.organization.pk, to_change=False)
        self.rates = rates_of(self.organization, foreign) if foreign else RateTable(self.organization.currency)

    def _lock_subjects(self) -> None:
        """Let those who write about one subject take turns; always in one order, so that none waits for another."""
        wanted: dict[str, set[int]] = defaultdict(set)
        for cell in self.cells:
            wanted[column_of(cell.subject)].add(cell.subject.pk)
        self.subjects: dict[Subject, Any] = {}
        for column in SUBJECTS:
            model: Any = FinancialEntry._meta.get_field(column).related_model
            if not wanted[column]:
                continue
            rows = model.objects.select_for_update(of=("self",)).filter(organization=self.organization)
            self.subjects |= {(column, row.pk): row for row in rows.filter(pk__in=wanted[column]).order_by("pk")}
        for place, cell in enumerate(self.cells):
            subject = self.subjects.get((column_of(cell.subject), cell.subject.pk))
            if subject is None:
                raise FieldErrors({"subject": "There is no such row in this organization."})
            self.cells[place] = replace(cell, subject=subject)

    def _find(self) -> None:
        """The entries that are there already: by id, by external key and by cell."""
        months = [cell.month for cell in self.cells]
        self.by_cell: dict[tuple[str, int, Key], FinancialEntry] = {}
        for column in SUBJECTS:
            ids = [pk for name, pk in self.subjects if name == column]
            if not ids:
                continue
            kinds = {cell.kind for cell in self.cells if column_of(cell.subject) == column}
            rows = FinancialEntry.objects.filter(
                **{f"{column}_id__in": ids}, kind__in=kinds, month__range=(min(months), max(months))
            )
            self.by_cell |= {(column, getattr(row, f"{column}_id"), key_of(row)): row for row in rows}
        mine = FinancialEntry.objects.filter(organization=self.organization)
        if keys := {cell.external_key for cell in self.cells if cell.external_key}:
            self.by_key = {row.external_key: row for row in mine.filter(external_key__in=keys)}
        else:
            self.by_key = {}
        meant = {cell.entry.pk for cell in self.cells if cell.entry is not None}
        self.by_id = {row.pk: row for row in mine.filter(pk__in=meant)} if meant else {}
        self.taken: dict[Any, int] = {}

    def _plan(self, place: int, cell: Cell) -> None:
        subject = column_of(cell.subject), cell.subject.pk
        key: Key = cell.kind, cell.entry_class, cell.line, cell.month, cell.currency
        in_cell = self.by_cell.get((*subject, key))
        entry = in_cell
        if cell.entry is not None:
            entry = self.by_id.get(cell.entry.pk)
        elif cell.external_key and cell.external_key in self.by_key:
            entry = self.by_key[cell.external_key]
        if fault := self._clash(place, cell, subject, key, entry, in_cell):
            self.errors[place] = fault
            return
        if cell.amount is None:
            if entry is not None:
                self.removed[place] = entry
                self.before[subject][key_of(entry)] = as_told(entry)
            return
        self._set(place, cell, subject, key, entry)

    def _clash(
        self, place: int, cell: Cell, subject: Subject, key: Key, entry: FinancialEntry | None,
        in_cell: FinancialEntry | None,
    ) -> dict[str, str]:  # fmt: skip
        """Why a cell cannot be set beside what is there and the other rows of the call."""
        first = self.taken.setdefault((*subject, key), place)
        if first != place:
            return {"line": f"Row {first + 1} is about the same kind, class, line, month and currency."}
        if entry is not None and self.taken.setdefault(entry.pk, place) != place:
            return {"external_key": f"Row {self.taken[entry.pk] + 1} is about the same entry."}
        if entry is not None and getattr(entry, f"{subject[0]}_id") != subject[1]:
            return {"external_key": f"This key is that of an entry of “{entry.subject}”."}
        if cell.seen is not None and cell.seen != (entry.version if entry else 0):
            now = f"{entry.amount:,.2f} {entry.currency}" if entry else "no entry"
            who = last_change(cell.subject)
            return {"version": f"Not saved: {who[0] if who else 'Somebody'} changed this meanwhile; it is {now} now."}
        if entry is not None and in_cell is not None and in_cell.pk != entry.pk:
            return {"line": "There is an entry for this kind, class, line, month and currency."}
        return {}

    def _set(self, place: int, cell: Cell, subject: Subject, key: Key, entry: FinancialEntry | None) -> None:
        try:
            converted = self.rates.convert(cell.amount or Decimal(0), cell.currency, cell.month)
        except MissingRate as missing:
            self.errors[place] = {"currency": str(missing)}
            return
        row = entry or FinancialEntry(organization=self.organization, **{subject[0]: cell.subject})
        was = (key_of(row), as_told(row)) if entry is not None else None
        row.kind, row.entry_class, row.line, row.month, row.currency = key
        row.amount = cell.amount  # type: ignore[assignment]
        row.reporting_amount, row.rate_date = converted.amount, converted.rate_date
        row.note = row.note if cell.note is None else cell.note
        row.external_key = row.external_key if cell.external_key is None else cell.external_key
        now = (key, as_told(row))
        if was == now:
            return
        if abs(converted.amount) >= 10**16:
            self.errors[place] = {"amount": f"This amount is too large in {self.organization.currency}."}
            return
        if was is not None:
            self.before[subject][was[0]] = was[1]
            row.version += 1
        self.after[subject][key] = now[1]
        (self.created if entry is None else self.updated)[place] = row

    def _approved(self) -> dict[Subject, Budget]:
        """The approved budgets that this call changes.

        Raises:
            NotAllowed, FieldErrors: as `set_entries` says.
        """
        changed = [
            subject
            for subject in {*self.before, *self.after}
            if any(key[0] == EntryKind.BUDGET for key in {*self.before[subject], *self.after[subject]})
        ]
        return approved_among(self.actor, {key: self.subjects[key] for key in changed}, self.reason)

    def _write(self) -> None:
        now = timezone.now()
        fields = [
            "kind", "entry_class", "line", "month", "currency", "amount", "reporting_amount", "rate_date", "note",
            "external_key", "version", "updated_at",
        ]  # fmt: skip
        try:
            with transaction.atomic():
                FinancialEntry.objects.filter(pk__in=[row.pk for row in self.removed.values()]).delete()
                for row in self.updated.values():
                    row.updated_at = now
                FinancialEntry.objects.bulk_update(list(self.updated.values()), fields, batch_size=500)
                FinancialEntry.objects.bulk_create(list(self.created.values()), batch_size=1000)
        except IntegrityError as error:
            raise Conflict(
                "Nothing was saved: two entries would be in one cell or have one key. Look again, then repeat."
            ) from error

    def _record(self, approved: Mapping[Subject, Budget]) -> None:
        """One event for each subject; amounts of projects follow, and budgets that were approved are approved anew."""
        touched = [key for key in self.subjects if self.before[key] or self.after[key]]
        projects = {pk for column, pk in touched if column == "project"}
        figures = self._figures(projects) if projects else {}
        for key in touched:
            told = changes_as_told(self.before[key], self.after[key])
            self._tell(self.subjects[key], told, figures.get(key[1], {}) if key[0] == "project" else {})
        for key, budget in approved.items():
            approve_next(self.actor, self.subjects[key], budget, self.reason)

    def _figures(self, project_ids: set[int]) -> dict[int, dict[str, Any]]:
        """The amounts of projects that this call changes. Without entries of its kind any more, an amount is unknown,
        or what it was before where that is known."""
        derived = derived_figures(project_ids)
        found: dict[int, dict[str, Any]] = {}
        for pk in project_ids:
            project, key = self.subjects["project", pk], ("project", pk)
            kinds = {cell[0] for cell in {*self.before[key], *self.after[key]}} & FIGURES.keys()
            values = {name: derived[pk].get(name, self._kept(pk, name)) for name in (FIGURES[kind] for kind in kinds)}
            found[pk] = {name: value for name, value in values.items() if getattr(project, name) != value}
        return found

    def _kept(self, pk: int, name: str) -> Decimal | None:
        was = self.figures.get(pk, {}).get(name)
        return None if was is None else Decimal(was)

    def _tell(self, subject: Any, told: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        kind = f"{column_of(subject)}.{CHANGED}"
        if values:
            change_recorded(kind, actor=self.actor, subject=subject, values=values, note=self.reason, also=told)
        else:
            record(kind, actor=self.actor, subject=subject, changes=told, note=self.reason)

    def _result(self, place: int) -> CellResult:
        for action, rows in (("created", self.created), ("updated", self.updated), ("removed", self.removed)):
            if place in rows:
                return CellResult(action, None if action == "removed" else rows[place].pk)
        cell = self.cells[place]
        key: Key = cell.kind, cell.entry_class, cell.line, cell.month, cell.currency
        there = self.by_cell.get((column_of(cell.subject), cell.subject.pk, key))
        return CellResult("unchanged", there.pk if there else None)
