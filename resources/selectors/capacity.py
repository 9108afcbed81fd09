"""How much of people's time an organization has, by role and team and by person, month by month."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from django.db.models import FilteredRelation, Q
from numpy.typing import NDArray

from resources.algorithms.availability import (
    Away,
    Employed,
    Months,
    available,
    fte_of,
    summed,
)
from resources.algorithms.calendar_rows import calendar_of
from resources.algorithms.calendars import STANDARD
from resources.algorithms.calendars import Calendar as EngineCalendar
from resources.models import Calendar, Capacity, Person

HOURS = ("name", "week", "exceptions", "effective_weeks")


@dataclass(frozen=True, slots=True)
class CapacityMonth:
    """The capacity of a role in a team in a month.

    `is_typed` is true where somebody typed it; otherwise it is what the people of that role and team add up to. No role
    or no team: of people who have none.
    """

    role_id: int | None
    team_id: int | None
    month: datetime.date
    fte: Decimal
    is_typed: bool


@dataclass(frozen=True, slots=True)
class PeopleMonths:
    """The FTE that people are there for.

    Args:
        people: id, role id and team id of each, by id.
        months: the columns.
        micro: int64 of shape (people, months), in millionths of an FTE.
    """

    people: tuple[tuple[int, int | None, int | None], ...]
    months: Months
    micro: NDArray[np.int64]

    def by_person(self) -> dict[int, dict[datetime.date, Decimal]]:
        """Person's id -> month -> FTE."""
        return {
            person: dict(zip(self.months.firsts, map(fte_of, row), strict=True))
            for (person, _, _), row in zip(self.people, self.micro.tolist(), strict=True)
        }


class Calendars:
    """An organization's calendars as the engine knows them, each read from its row once; one query."""

    def __init__(self, organization_id: int) -> None:
        self.engines: list[EngineCalendar] = [STANDARD]
        self.places: dict[int | None, int] = {}
        rows = Calendar.objects.filter(organization_id=organization_id).values_list("pk", "is_default", *HOURS)
        for pk, is_default, *hours in rows:
            self.places[pk] = len(self.engines)
            if is_default:
                self.places[None] = len(self.engines)
            self.engines.append(calendar_of(*hours))

    def place(self, calendar_id: int | None) -> int:
        """The index of a calendar; without one, of the default; without a default, of the standard week."""
        return self.places.get(calendar_id, 0)

    def engine(self, calendar_id: int | None) -> EngineCalendar:
        return self.engines[self.place(calendar_id)]


def people_months(
    organization_id: int, first: datetime.date, last: datetime.date, ids: Collection[int] | None = None
) -> PeopleMonths:
    """What each live person, no placeholder, gives in each month; in two queries.

    Args:
        first, last: any days of the first and the last month.
        ids: only these people; None: all.
    """
    months = Months.between(first, last)
    people: Any = Person.objects.filter(organization_id=organization_id, is_placeholder=False).live()
    if ids is not None:
        people = people.filter(pk__in=ids)
    away = FilteredRelation(
        "absences",
        condition=Q(
            absences__organization=organization_id,
            absences__last_date__gte=months.firsts[0],
            absences__first_date__lt=months.after,
        ),
    )
    columns = ("pk", "role_id", "team_id", "calendar_id", "fte", "start_date", "finish_date")
    absence = ("away__first_date", "away__last_date", "away__away_ratio")
    calendars = Calendars(organization_id)
    found: dict[int, tuple[int, int | None, int | None]] = {}
    employed, absences = [], []
    for *person, begin, end, share in people.annotate(away=away).order_by("pk").values_list(*columns, *absence):
        pk, role, team, calendar, fte, *days = person
        if pk not in found:
            found[pk] = (pk, role, team)
            employed.append(Employed(calendars.place(calendar), int(fte * 100), *days))
        if begin is not None:
            absences.append(Away(len(found) - 1, begin, end, int(share * 100)))
    return PeopleMonths(
        people=tuple(found.values()),
        months=months,
        micro=available(employed, absences, calendars.engines, months),
    )


def capacity_months(organization_id: int, first: datetime.date, last: datetime.date) -> list[CapacityMonth]:
    """The capacity of every role and team in every month, in three queries; what gives nothing is left out.

    Typed capacity stands in place of what people add up to, for its role, team and month alone; a typed 0 is told. That
    of an archived role or team counts nowhere.

    Args:
        first, last: any days of the first and the last month; both months are included.
    Returns:
        By role, team and month; those without a role or team last.
    """
    people = people_months(organization_id, first, last)
    firsts = people.months.firsts
    pairs = list(dict.fromkeys((role, team) for _, role, team in people.people))
    places = {pair: place for place, pair in enumerate(pairs)}
    groups = np.array([places[(role, team)] for _, role, team in people.people], dtype=np.int64)
    totals = summed(people.micro, groups, len(pairs)).tolist()
    cells: dict[tuple[int | None, int | None, datetime.date], tuple[Decimal, bool]] = {
        (*pair, month): (fte_of(micro), False)
        for pair, row in zip(pairs, totals, strict=True)
        for month, micro in zip(firsts, row, strict=True)
        if micro
    }
    typed = Capacity.objects.filter(
        organization_id=organization_id,
        month__range=(firsts[0], firsts[-1]),
        role__archived_at=None,
        team__archived_at=None,
    ).values_list("role_id", "team_id", "month", "fte")
    cells |= {(role, team, month): (fte, True) for role, team, month, fte in typed}
    order = sorted(cells, key=lambda key: (key[0] is None, key[0] or 0, key[1] is None, key[1] or 0, key[2]))
    return [CapacityMonth(*key, *cells[key]) for key in order]
