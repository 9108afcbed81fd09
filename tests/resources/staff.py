"""Who works at Acme, for tests of what they are given to do."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from resources.models import Person, ResourceRole, Team
from resources.services import Cell


@dataclass(frozen=True)
class Staff:
    """A team with an engineer, a designer, and a placeholder for a second engineer."""

    platform: Team
    engineer: ResourceRole
    designer: ResourceRole
    maya: Person
    joel: Person
    unnamed: Person


def staff_of(organization: Any) -> Staff:
    platform = Team.objects.create(organization=organization, name="Platform")
    engineer, designer = [
        ResourceRole.objects.create(organization=organization, name=name) for name in ("Engineer", "Designer")
    ]
    maya, joel, unnamed = [
        Person.objects.create(organization=organization, name=name, role=role, team=platform, is_placeholder=nobody)
        for name, role, nobody in (("Maya", engineer, False), ("Joel", designer, False), ("Engineer 2", engineer, True))
    ]
    return Staff(platform, engineer, designer, maya, joel, unnamed)


def month(number: int, year: int = 2026) -> datetime.date:
    return datetime.date(year, number, 1)


def cell(project: Any, number: int, fte: str | None, **who: Any) -> Cell:
    """A cell of a month of 2026; who gives it is named by rows: `person=maya`."""
    ids = {f"{name}_id": row.pk for name, row in who.items() if name in ("person", "role", "team")}
    also = {name: value for name, value in who.items() if f"{name}_id" not in ids}
    return Cell(project.pk, month(number), None if fte is None else Decimal(fte), **ids, **also)
