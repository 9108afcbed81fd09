"""Teams, roles and people in figures: what there is of them by month, what is planned and what happened."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from resources.algorithms.calendar_rows import calendar_of
from resources.algorithms.months import months_from, plus_months
from resources.models import Absence, Allocation, AllocationKind, Calendar, Person, RoleRate
from resources.selectors.calendar import Row, Square, Year, year_of
from resources.selectors.capacity import HOURS, capacity_months

PERSON_HEADER = (
    "External key", "Name", "E-mail", "Account", "Placeholder", "Role", "Team", "Calendar", "FTE", "First day",
    "Last day", "Skills",
)  # fmt: skip
TEAM_HEADER = ("External key", "Team", "Lead", "People", "Placeholders", "Capacity", "Planned", "Description")
ROLE_HEADER = ("External key", "Role", "People", "Placeholders", "Capacity", "Planned", "Description")
RATE_HEADER = ("Role", "From", "Amount a day", "Currency")
#: A team's and a role's page show so many months, beginning so many before the present one.
MONTHS, BACK = 12, 3
AWAY, GONE = "away", "gone"


@dataclass(frozen=True)
class Load:
    """A month of a team or a role in FTE: what there is, what is planned and what happened."""

    month: datetime.date
    capacity: Decimal = Decimal(0)
    plan: Decimal = Decimal(0)
    actual: Decimal = Decimal(0)
    is_typed: bool = False

    @property
    def free(self) -> Decimal:
        """What is left of the capacity; negative is missing."""
        return self.capacity - self.plan

    @property
    def ratio(self) -> Decimal | None:
        """The planned share of the capacity; None where there is no capacity."""
        return self.plan / self.capacity if self.capacity else None

    @property
    def is_over(self) -> bool:
        return self.plan > self.capacity


def shown_months(today: datetime.date) -> list[datetime.date]:
    """The months that pages of teams and roles show."""
    return months_from(plus_months(today, -BACK), MONTHS)


def loads(organization_id: int, months: list[datetime.date], column: str) -> dict[int | None, list[Load]]:
    """Every team (`team_id`) or role (`role_id`) by month, from two selectors' queries: five in all.

    Allocations of archived projects count nowhere.
    """
    capacity: dict[tuple[int | None, datetime.date], Decimal] = defaultdict(Decimal)
    typed = set()
    for row in capacity_months(organization_id, months[0], months[-1]):
        key = (getattr(row, column), row.month)
        capacity[key] += row.fte
        if row.is_typed:
            typed.add(key)
    given: dict[tuple[int | None, datetime.date, str], Decimal] = defaultdict(Decimal)
    rows = Allocation.objects.filter(
        organization_id=organization_id, month__range=(months[0], months[-1]), project__archived_at=None
    )
    for pk, month, kind, fte in rows.order_by().values_list(column, "month", "kind").annotate(whole=Sum("fte")):
        given[pk, month, kind] = fte
    keys = {pk for pk, _ in capacity} | {pk for pk, _, _ in given}
    return {
        pk: [
            Load(
                month,
                capacity[pk, month],
                given[pk, month, str(AllocationKind.PLAN)],
                given[pk, month, str(AllocationKind.ACTUAL)],
                (pk, month) in typed,
            )
            for month in months
        ]
        for pk in keys
    }


def load_now(organization_id: int, month: datetime.date, column: str) -> dict[int | None, Load]:
    """Every team or role in one month."""
    return {pk: found[0] for pk, found in loads(organization_id, [month], column).items()}


def rates_now(organization_id: int, today: datetime.date) -> dict[int, RoleRate]:
    """The rate of each role that holds on a day."""
    rows = RoleRate.objects.filter(organization_id=organization_id, from_date__lte=today)
    return {row.role_id: row for row in rows.order_by("role", "from_date")}


def person_year(person: Person, number: int) -> Year:
    """A year of a person's calendar, with the days on which they are away or not employed."""
    row = person.calendar or Calendar.objects.filter(organization_id=person.organization_id, is_default=True).first()
    row = row or Calendar(name="Standard")
    year = year_of(calendar_of(*(getattr(row, name) for name in HOURS)), number)
    first, last = datetime.date(number, 1, 1), datetime.date(number, 12, 31)
    absences = list(Absence.objects.filter(person=person, last_date__gte=first, first_date__lte=last))
    rows = [
        Row(each.month, [_square(person, absences, day.date, square) for day, square in _days(each)])
        for each in year.rows
    ]
    return Year(year.number, rows, year.before, year.after)


def _days(row: Row) -> Iterator[tuple[Any, Square]]:
    return zip(row.month.days, row.squares, strict=True)


def _square(person: Person, absences: Iterable[Absence], day: datetime.date, square: Square) -> Square:
    start, finish = person.start_date, person.finish_date
    if (start and day < start) or (finish and day > finish):
        return Square(GONE, f"{square.text}, not employed")
    away = [one for one in absences if one.first_date <= day <= one.last_date]
    if not away or square.kind in ("off", "holiday"):
        return square
    words = ", ".join(f"{one.get_kind_display().lower()} {one.away_ratio:.0%}" for one in away)
    return Square(AWAY, f"{square.text}, {words}")


def person_cells(rows: Any) -> Iterator[tuple[Any, ...]]:
    """People as rows of a file, in the order of `PERSON_HEADER`, which an import reads back."""
    columns = (
        "external_key", "name", "email", "user__email", "is_placeholder", "role__name", "team__name", "calendar__name",
        "fte", "start_date", "finish_date", "skill_levels",
    )  # fmt: skip
    for *cells, levels in rows.values_list(*columns):
        yield (*cells, "; ".join(f"{level['name']} {level['level']}" for level in levels))


def team_cells(rows: Any, now: dict[int | None, Load]) -> Iterator[tuple[Any, ...]]:
    """Teams as rows of a file, in the order of `TEAM_HEADER`; figures are of the present month."""
    columns = ("pk", "external_key", "name", "lead__name", "people_count", "placeholder_count", "description")
    for pk, *cells, description in rows.values_list(*columns):
        load = now.get(pk)
        yield (*cells, load.capacity if load else 0, load.plan if load else 0, description)


def role_cells(rows: Any, now: dict[int | None, Load]) -> Iterator[tuple[Any, ...]]:
    """Roles as rows of a file, in the order of `ROLE_HEADER`; figures are of the present month."""
    columns = ("pk", "external_key", "name", "people_count", "placeholder_count", "description")
    for pk, *cells, description in rows.values_list(*columns):
        load = now.get(pk)
        yield (*cells, load.capacity if load else 0, load.plan if load else 0, description)


def rate_cells(rows: Any) -> Iterator[tuple[Any, ...]]:
    """Rates as rows of a file, in the order of `RATE_HEADER`."""
    yield from rows.order_by("role__name", "from_date").values_list("role__name", "from_date", "day_amount", "currency")
