"""Rows of an import that are financial entries, written through their service: those of one subject together, so that
a budget that is approved is approved anew once for each reason, and not once for each row."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from accounts.models import Organization, User
from finance import services as finance
from finance.models import FinancialEntry
from finance.selectors import Cell
from finance.selectors.cells import column_of, key_of

#: What of an entry makes a cell besides its subject.
FIELDS = ("kind", "entry_class", "line", "month", "currency", "amount", "note", "external_key")


class EntryWriter:
    """Sets, empties and gives back entries as a person; each call writes one event for each subject.

    Args:
        note: what the log says where the rows give no reason.
    """

    def __init__(self, actor: User, organization: Organization, note: str) -> None:
        self.actor, self.organization, self.note = actor, organization, note

    def together(self, rows: Iterable[tuple[Any, Mapping[str, Any]]]) -> Iterator[list[int]]:
        """The places of the rows of each call: those of one subject that give the same reason.

        Args:
            rows: the entry, None for a new one, and the values to be written.
        """
        placed = []
        for place, (entry, values) in enumerate(rows):
            subject = entry.subject if entry is not None else values["subject"]
            placed.append((column_of(subject), subject.pk, str(values.get("reason", "")), place))
        for _, group in groupby(sorted(placed), key=lambda one: one[:3]):
            yield [place for *_, place in group]

    def write(self, rows: Sequence[tuple[Any, Mapping[str, Any]]]) -> list[FinancialEntry]:
        """New entries and changes of one call; all or none, in their order."""
        reason = next((str(values["reason"]) for _, values in rows if values.get("reason")), "")
        cells = [
            Cell(**_without_reason(values), seen=0) if entry is None else _cell(entry, _without_reason(values))
            for entry, values in rows
        ]
        return self._set(cells, reason or self.note)

    def take_back(self, rows: Sequence[tuple[FinancialEntry, Mapping[str, Any] | None]]) -> dict[int, FinancialEntry]:
        """Give entries of one call the values that they had; None removes them. Returns those that stay, by id."""
        cells = []
        for entry, values in rows:
            if values is not None:
                cells.append(_cell(entry, values))
                continue
            kind, entry_class, line, month, currency = key_of(entry)
            cells.append(
                Cell(entry.subject, kind, entry_class, month, None, currency, line, seen=entry.version, entry=entry)
            )
        return {entry.pk: entry for entry in self._set(cells, self.note)}

    def _set(self, cells: Sequence[Cell], reason: str) -> list[FinancialEntry]:
        results = finance.set_entries(actor=self.actor, organization=self.organization, cells=cells, reason=reason)
        found = FinancialEntry.objects.in_bulk([result.entry_id for result in results if result.entry_id])
        return [found[result.entry_id] for result in results if result.entry_id]


def _without_reason(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "reason"}


def _cell(entry: FinancialEntry, values: Mapping[str, Any]) -> Cell:
    kept: dict[str, Any] = {name: getattr(entry, name) for name in FIELDS}
    kept |= values
    kept["amount"] = Decimal(kept["amount"])
    return Cell(subject=entry.subject, seen=entry.version, entry=entry, **kept)
