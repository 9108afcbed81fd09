"""Allocations as a grid of who and month, and how far they fit what people and roles have."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Max, Min, Sum

from resources.algorithms.fte import STEP
from resources.models import Allocation, AllocationKind
from resources.selectors.capacity import capacity_months, people_months

ALLOCATION_HEADER = ("Project", "Project code", "Person", "Role", "Team", "Kind", "Month", "FTE", "Note")
Cells = dict[datetime.date, Decimal]


class Who(NamedTuple):
    """Whose row of a project's grid: a person's, or of a role, a team or a role in a team."""

    project_id: int
    role_id: int | None
    team_id: int | None
    person_id: int | None

    @property
    def key(self) -> str:
        """The row in names of form fields; 0 is none."""
        return "-".join(str(part or 0) for part in self)


@dataclass
class GridRow:
    """A row of the grid: who gives how much, by month, planned and actual."""

    who: Who
    name: str
    about: str = ""
    role_id: int | None = None
    is_placeholder: bool = False
    is_archived: bool = False
    plan: Cells = field(default_factory=dict)
    actual: Cells = field(default_factory=dict)

    def cells(self, kind: str) -> Cells:
        return self.actual if kind == AllocationKind.ACTUAL else self.plan


READ = (
    "project_id", "role_id", "team_id", "person_id", "kind", "month", "fte", "role__name", "team__name",
    "person__name", "person__is_placeholder", "person__archived_at",
)  # fmt: skip


def allocation_rows(
    organization_id: int, project_ids: Collection[int], first: datetime.date, last: datetime.date
) -> list[GridRow]:
    """The rows of projects in the months from `first` to `last`: people first, then placeholders, roles, teams."""
    found: dict[Who, GridRow] = {}
    rows = Allocation.objects.filter(
        organization_id=organization_id, project_id__in=project_ids, month__range=(first, last)
    )
    for values in rows.order_by("month", "pk").values(*READ):
        is_person = values["person_id"] is not None
        who = Who(
            values["project_id"],
            None if is_person else values["role_id"],
            None if is_person else values["team_id"],
            values["person_id"],
        )
        row = found.setdefault(who, GridRow(who, ""))
        row.role_id = values["role_id"]
        row.name, row.about = names_of(values["person__name"], values["role__name"], values["team__name"])
        row.is_placeholder = bool(values["person__is_placeholder"])
        row.is_archived = values["person__archived_at"] is not None
        row.cells(values["kind"])[values["month"]] = values["fte"]
    return sorted(found.values(), key=order_of)


def order_of(row: GridRow) -> Any:
    """People, placeholders, roles, teams; each by name."""
    kind = row.is_placeholder if row.who.person_id else 2 if row.who.role_id else 3
    return kind, row.name.casefold(), row.about.casefold(), row.who.key


def names_of(person: str | None, role: str | None, team: str | None) -> tuple[str, str]:
    """What a row is called, and what stands below it."""
    if person is not None:
        return person, ", ".join(part for part in (role, team) if part)
    return (role, team or "any team") if role else (team or "", "any role")


def allocated_span(organization_id: int, project_ids: Collection[int]) -> tuple[datetime.date, datetime.date] | None:
    """The first and the last month in which projects have anything; None where they have nothing."""
    rows = Allocation.objects.filter(organization_id=organization_id, project_id__in=project_ids)
    ends = rows.aggregate(first=Min("month"), last=Max("month"))
    return (ends["first"], ends["last"]) if ends["first"] else None


@dataclass(frozen=True)
class Limit:
    """What there is of somebody or of a role in a month, and what of it is allocated over all projects."""

    available: Decimal
    allocated: Decimal

    @property
    def free(self) -> Decimal:
        return self.available - self.allocated

    @property
    def is_over(self) -> bool:
        return self.allocated > self.available

    @property
    def ratio(self) -> Decimal | None:
        return self.allocated / self.available if self.available else None


Limits = dict[int, dict[datetime.date, Limit]]


def person_limits(
    organization_id: int, person_ids: Collection[int], months: list[datetime.date], kind: str = AllocationKind.PLAN
) -> Limits:
    """For each live person, no placeholder, and each month what they have and give over all projects."""
    if not person_ids or not months:
        return {}
    there = people_months(organization_id, months[0], months[-1], person_ids).by_person()
    given = _allocated(organization_id, "person_id", person_ids, months, kind)
    return {
        person: {month: Limit(fte.quantize(STEP), given[person, month]) for month, fte in by_month.items()}
        for person, by_month in there.items()
    }


def role_limits(
    organization_id: int, role_ids: Collection[int], months: list[datetime.date], kind: str = AllocationKind.PLAN
) -> Limits:
    """For each role and month its capacity in all teams, and the demand for it over all projects."""
    if not role_ids or not months:
        return {}
    capacity: dict[tuple[int, datetime.date], Decimal] = defaultdict(Decimal)
    for cell in capacity_months(organization_id, months[0], months[-1]):
        if cell.role_id is not None:
            capacity[cell.role_id, cell.month] += cell.fte
    given = _allocated(organization_id, "role_id", role_ids, months, kind)
    return {
        role: {month: Limit(capacity[role, month].quantize(STEP), given[role, month]) for month in months}
        for role in role_ids
    }


def _allocated(
    organization_id: int, column: str, ids: Collection[int], months: list[datetime.date], kind: str
) -> Mapping[tuple[int, datetime.date], Decimal]:
    rows = Allocation.objects.filter(
        organization_id=organization_id,
        kind=kind,
        month__range=(months[0], months[-1]),
        project__archived_at=None,
        **{f"{column}__in": ids},
    )
    sums: dict[tuple[int, datetime.date], Decimal] = defaultdict(Decimal)
    for pk, month, fte in rows.order_by().values_list(column, "month").annotate(whole=Sum("fte")):
        sums[pk, month] = fte
    return sums


def allocation_cells(rows: Any) -> Iterator[tuple[Any, ...]]:
    """Allocations as rows of a file, in the order of `ALLOCATION_HEADER`; an import takes them back as they are."""
    columns = (
        "project__name", "project__code", "person__name", "person__email", "role__name", "team__name", "kind", "month",
        "fte", "note",
    )  # fmt: skip
    for project, code, person, email, role, team, kind, month, fte, note in rows.values_list(*columns):
        yield project, code, email or person or "", role or "", team or "", kind, month, fte, note
