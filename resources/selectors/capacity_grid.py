"""Typed capacity as a grid: a row for each role and team, a column for each month, with what people add up to."""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from resources.algorithms.availability import fte_of, summed
from resources.models import Capacity, ResourceRole, Team
from resources.selectors.capacity import people_months

CAPACITY_HEADER = ("Role", "Team", "Month", "Capacity", "Note")
#: A role and a team; no team is the role outside teams.
Pair = tuple[int, int | None]


@dataclass(frozen=True)
class CapacityRow:
    """A role in a team: what was typed for some months, and what its people add up to in each."""

    role: ResourceRole
    team: Team | None
    typed: dict[datetime.date, Decimal]
    counted: dict[datetime.date, Decimal]

    @property
    def key(self) -> str:
        """What tells the row from others in a form."""
        return f"{self.role.pk}-{self.team.pk if self.team else 0}"

    @property
    def name(self) -> str:
        return f"{self.role.name}, {self.team.name if self.team else 'outside teams'}"

    def fte(self, month: datetime.date) -> Decimal:
        """The capacity that counts in a month."""
        return self.typed.get(month, self.counted.get(month, Decimal(0)))


def capacity_rows(
    organization_id: int,
    months: list[datetime.date],
    *,
    role_id: int | None = None,
    team_id: int | None = None,
    added: tuple[Pair, ...] = (),
) -> list[CapacityRow]:
    """Rows of live roles and teams that have people or typed capacity, by role and team; in six queries.

    Args:
        added: pairs that get a row in any case.
    """
    roles = {row.pk: row for row in ResourceRole.objects.filter(organization_id=organization_id).live()}
    teams = {row.pk: row for row in Team.objects.filter(organization_id=organization_id).live()}
    typed: dict[Pair, dict[datetime.date, Decimal]] = defaultdict(dict)
    cells = Capacity.objects.filter(organization_id=organization_id, month__range=(months[0], months[-1]))
    for role, team, month, fte in cells.values_list("role_id", "team_id", "month", "fte"):
        typed[role, team][month] = fte
    counted = _counted(organization_id, months)
    pairs = {*typed, *counted, *added}
    if role_id is not None:
        pairs = {pair for pair in pairs if pair[0] == role_id}
    if team_id is not None:
        pairs = {pair for pair in pairs if pair[1] == team_id}
    rows = [
        CapacityRow(
            roles[role], teams[team] if team else None, typed.get((role, team), {}), counted.get((role, team), {})
        )
        for role, team in pairs
        if role in roles and (team is None or team in teams)
    ]
    return sorted(rows, key=lambda row: (row.role.name.lower(), row.role.pk, row.team is None, str(row.team).lower()))


def _counted(organization_id: int, months: list[datetime.date]) -> dict[Pair, dict[datetime.date, Decimal]]:
    people = people_months(organization_id, months[0], months[-1])
    pairs = list(dict.fromkeys((role, team) for _, role, team in people.people if role is not None))
    places: dict[tuple[int | None, int | None], int] = {pair: place for place, pair in enumerate(pairs)}
    groups = np.array([places.get((role, team), -1) for _, role, team in people.people], dtype=np.int64)
    totals = summed(people.micro, groups, len(pairs)).tolist()
    return {pair: dict(zip(months, map(fte_of, row), strict=True)) for pair, row in zip(pairs, totals, strict=True)}


def capacity_cells(rows: Any) -> Iterator[tuple[Any, ...]]:
    """Typed capacity as rows of a file, in the order of `CAPACITY_HEADER`, which an import reads back."""
    columns = ("role__name", "team__name", "month", "fte", "note")
    yield from rows.order_by("role__name", "team__name", "month").values_list(*columns)
