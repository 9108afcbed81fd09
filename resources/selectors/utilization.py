"""How much of what people have is allocated, month by month: who is over, who is free, who is on the bench."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from resources.algorithms.fte import STEP
from resources.models import Allocation, AllocationKind, Person
from resources.selectors.allocation import Limit
from resources.selectors.capacity import people_months

#: Which people are shown -> its words, and whether a row is one.
SHOWN: dict[str, tuple[str, Callable[["UtilizationRow"], bool]]] = {
    "over": ("Only over 100 %", lambda row: row.over_count > 0),
    "bench": ("On the bench", lambda row: row.whole.available > 0 and not row.whole.allocated),
    "free": ("With time left", lambda row: any(month.free > 0 for month in row.months)),
}
UTILIZATION_SORTS: dict[str, Callable[["UtilizationRow"], Any]] = {
    "name": lambda row: row.name.casefold(),
    "role": lambda row: row.role.casefold(),
    "team": lambda row: row.team.casefold(),
    "available": lambda row: row.whole.available,
    "allocated": lambda row: row.whole.allocated,
    "ratio": lambda row: (row.whole.ratio is None and row.whole.allocated > 0, row.whole.ratio or 0),
    "over": lambda row: (row.over_count, row.most_over),
}
NO_TIME = Limit(Decimal(0), Decimal(0))


@dataclass(frozen=True)
class UtilizationRow:
    """A person's months, in FTE; `whole` is their sum in person-months."""

    person_id: int
    name: str
    role_id: int | None
    role: str
    team_id: int | None
    team: str
    months: list[Limit]

    @property
    def whole(self) -> Limit:
        return summed_limits(self.months)

    @property
    def over_count(self) -> int:
        return sum(month.is_over for month in self.months)

    @property
    def most_over(self) -> Decimal:
        return max((-month.free for month in self.months), default=Decimal(0))


@dataclass(frozen=True)
class Utilization:
    """People by month, with the sums of the rows that are shown."""

    months: list[datetime.date]
    rows: list[UtilizationRow]
    counts: dict[str, int]

    @property
    def totals(self) -> list[Limit]:
        return [summed_limits([row.months[place] for row in self.rows]) for place in range(len(self.months))]

    @property
    def whole(self) -> Limit:
        return summed_limits(self.totals)


def summed_limits(limits: list[Limit]) -> Limit:
    return Limit(
        sum((limit.available for limit in limits), Decimal(0)), sum((limit.allocated for limit in limits), Decimal(0))
    )


def utilization(
    organization_id: int,
    months: list[datetime.date],
    *,
    kind: str = AllocationKind.PLAN,
    role_id: int | None = None,
    team_id: int | None = None,
    words: str = "",
    show: str = "",
    person_id: int | None = None,
) -> Utilization:
    """Live people, no placeholders, with what they have and give over all live projects; in five queries.

    Args:
        months: one behind the other.
        words: each occurs in the name.
        show: a key of `SHOWN`; others show everybody.
    Returns:
        Rows by name; `counts` tells for each key of `SHOWN` how many of the narrowed people it would show.
    """
    people: Any = Person.objects.filter(organization_id=organization_id, is_placeholder=False).live()
    narrowed = {"role_id": role_id, "team_id": team_id, "pk": person_id}
    people = people.filter(**{name: pk for name, pk in narrowed.items() if pk is not None})
    for word in words.split()[:8]:
        people = people.filter(name__icontains=word)
    columns = ("pk", "name", "role_id", "role__name", "team_id", "team__name")
    found = list(people.order_by("name", "pk").values_list(*columns))
    ids = None if not (words or any(narrowed.values())) else [row[0] for row in found]
    there = people_months(organization_id, months[0], months[-1], ids).by_person() if found else {}
    given = _given(organization_id, months, kind, ids)
    rows = [
        UtilizationRow(
            pk, name, role_id, role or "", team_id, team or "",
            [Limit(there[pk][month].quantize(STEP), given[pk, month]) if pk in there else NO_TIME for month in months],
        )
        for pk, name, role_id, role, team_id, team in found
    ]  # fmt: skip
    counts = {key: sum(map(is_one, rows)) for key, (_, is_one) in SHOWN.items()}
    if show in SHOWN:
        rows = [row for row in rows if SHOWN[show][1](row)]
    return Utilization(months, rows, counts)


def _given(
    organization_id: int, months: list[datetime.date], kind: str, ids: list[int] | None
) -> dict[tuple[int, datetime.date], Decimal]:
    rows = Allocation.objects.filter(
        organization_id=organization_id,
        kind=kind,
        month__range=(months[0], months[-1]),
        person__isnull=False,
        project__archived_at=None,
    )
    if ids is not None:
        rows = rows.filter(person_id__in=ids)
    sums: dict[tuple[int, datetime.date], Decimal] = defaultdict(Decimal)
    for pk, month, fte in rows.order_by().values_list("person_id", "month").annotate(whole=Sum("fte")):
        sums[pk, month] = fte
    return sums


def utilization_header(months: list[datetime.date]) -> tuple[str, ...]:
    return (
        "Person", "Role", "Team", "Available", "Allocated", "Utilization", "Months over",
        *(f"{month:%Y-%m} {what}" for month in months for what in ("available", "allocated")),
    )  # fmt: skip


def utilization_cells(found: Utilization) -> Iterator[tuple[Any, ...]]:
    """Rows of a file, in the order of `utilization_header`; the utilization is a share of one."""
    for row in found.rows:
        ratio = row.whole.ratio
        yield (
            row.name, row.role, row.team, row.whole.available, row.whole.allocated,
            "" if ratio is None else ratio.quantize(Decimal("0.0001")), row.over_count,
            *(fte for month in row.months for fte in (month.available, month.allocated)),
        )  # fmt: skip


@dataclass(frozen=True)
class PersonProject:
    """What a person gives to one project, by month."""

    project_id: int
    name: str
    cells: list[Decimal | None]

    @property
    def whole(self) -> Decimal:
        return sum((fte for fte in self.cells if fte), Decimal(0))


def person_projects(
    organization_id: int, person_id: int, months: list[datetime.date], kind: str = AllocationKind.PLAN
) -> list[PersonProject]:
    """The live projects that a person gives something to in some months, by name."""
    rows = Allocation.objects.filter(
        organization_id=organization_id,
        person_id=person_id,
        kind=kind,
        month__range=(months[0], months[-1]),
        project__archived_at=None,
    )
    names: dict[int, str] = {}
    cells: dict[int, dict[datetime.date, Decimal]] = defaultdict(dict)
    for project_id, name, month, fte in rows.values_list("project_id", "project__name", "month", "fte"):
        names[project_id] = name
        cells[project_id][month] = fte
    order = sorted(names, key=lambda pk: (names[pk].casefold(), pk))
    return [PersonProject(pk, names[pk], [cells[pk].get(month) for month in months]) for pk in order]
