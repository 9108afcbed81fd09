"""Rows of an import that are allocations, written through their service."""

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.models import Organization, User
from resources import services as resources
from resources.models import Allocation


class AllocationWriter:
    """Sets and empties cells as a person; each call writes one event for each project."""

    def __init__(self, actor: User, organization: Organization, note: str) -> None:
        self.actor, self.organization, self.note = actor, organization, note

    def create(self, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """New cells, all or none, in their order."""
        cells = [
            resources.Cell(
                project_id=row["project"].pk,
                month=row["month"],
                fte=row["fte"],
                kind=row["kind"],
                note=row.get("note"),
                **{f"{name}_id": getattr(row.get(name), "pk", None) for name in ("person", "role", "team")},
            )
            for row in rows
        ]
        outcomes = self._set(cells)
        found = Allocation.objects.in_bulk([outcome.pk for outcome in outcomes if outcome.pk])
        return [found[outcome.pk] for outcome in outcomes if outcome.pk]

    def update(self, row: Any, values: Mapping[str, Any]) -> Any:
        """A cell with another FTE or note; a person's takes the role and team that the person has now."""
        self._set([self._cell(row, values.get("fte", row.fte), values.get("note", row.note))])
        return Allocation.objects.get(pk=row.pk)

    def remove(self, row: Any) -> Any:
        self._set([self._cell(row, None, None)])
        return row

    def _cell(self, row: Any, fte: Any, note: str | None) -> resources.Cell:
        return resources.Cell(
            row.project_id, row.month, fte, row.role_id, row.team_id, row.person_id, kind=row.kind, note=note
        )

    def _set(self, cells: Sequence[resources.Cell]) -> list[resources.Outcome]:
        return resources.set_allocations(actor=self.actor, organization=self.organization, cells=cells, note=self.note)
