"""The capacity of roles and teams by month: what people add up to, and what was typed instead."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from core.tenancy import organization_scope
from resources.models import Absence, Calendar, Capacity, Person, ResourceRole, Team
from resources.selectors import capacity_months, people_months

JANUARY, FEBRUARY = datetime.date(2026, 1, 1), datetime.date(2026, 2, 1)


@pytest.fixture
def role(acme):
    return ResourceRole.objects.create(organization=acme, name="Developer")


@pytest.fixture
def team(acme):
    return Team.objects.create(organization=acme, name="Platform")


def person(acme, **fields):
    return Person.objects.create(organization=acme, **{"name": "Somebody", **fields})


def told(acme, first=JANUARY, last=JANUARY):
    return [
        (row.role_id, row.team_id, row.month.month, row.fte, row.is_typed)
        for row in capacity_months(acme.pk, first, last)
    ]


def test_people_of_a_role_and_team_add_up(acme, role, team):
    person(acme, role=role, team=team)
    half = person(acme, role=role, team=team, fte=Decimal("0.5"))
    person(acme, role=role)
    Absence.objects.create(  # 11 of 22 working days
        organization=acme, person=half, first_date=JANUARY, last_date=datetime.date(2026, 1, 15)
    )
    assert told(acme) == [
        (role.pk, team.pk, 1, Decimal("1.25"), False),
        (role.pk, None, 1, Decimal(1), False),
    ]


def test_several_absences_count_each_and_those_of_other_months_do_not(acme, role):
    somebody = person(acme, role=role)
    other = person(acme, role=role)
    days = ((2, 2), (5, 5), (6, 8))  # 5 of 22 working days
    for first, last in days:
        Absence.objects.create(
            organization=acme,
            person=somebody,
            first_date=JANUARY.replace(day=first),
            last_date=JANUARY.replace(day=last),
        )
    Absence.objects.create(organization=acme, person=somebody, first_date=FEBRUARY, last_date=FEBRUARY)
    Absence.objects.create(
        organization=acme, person=other, first_date=datetime.date(2025, 12, 1), last_date=datetime.date(2025, 12, 31)
    )
    months = people_months(acme.pk, JANUARY, JANUARY)
    assert [row[0] for row in months.people] == [somebody.pk, other.pk]
    assert months.micro.tolist() == [[round(17 / 22 * 1_000_000)], [1_000_000]]


def test_placeholders_and_archived_people_give_no_capacity(acme, role, team):
    person(acme, role=role, team=team, is_placeholder=True)
    person(acme, role=role, team=team, archived_at=timezone.now())
    assert told(acme) == []


def test_typed_capacity_stands_in_place_of_the_sum_in_its_month_alone(acme, role, team):
    person(acme, role=role, team=team)
    Capacity.objects.create(organization=acme, role=role, team=team, month=FEBRUARY, fte=Decimal("0.000"))
    Capacity.objects.create(organization=acme, role=role, month=FEBRUARY, fte=Decimal("2.500"))
    assert told(acme, JANUARY, FEBRUARY) == [
        (role.pk, team.pk, 1, Decimal(1), False),
        (role.pk, team.pk, 2, Decimal(0), True),
        (role.pk, None, 2, Decimal("2.5"), True),
    ]


def test_typed_capacity_of_an_archived_role_or_team_counts_nowhere(acme, role, team):
    Capacity.objects.create(organization=acme, role=role, team=team, month=JANUARY, fte=1)
    Team.objects.update(archived_at=timezone.now())
    assert told(acme) == []


def test_people_without_a_calendar_work_on_the_default_one(acme, role):
    closed = [{"name": "", "first": "2026-01-01", "last": "2026-01-31", "shifts": []}]
    Calendar.objects.create(organization=acme, name="Closed in January", exceptions=closed, is_default=True)
    own = Calendar.objects.create(organization=acme, name="Open")
    absent = person(acme, role=role)
    there = person(acme, role=role, calendar=own)
    months = people_months(acme.pk, JANUARY, FEBRUARY).by_person()
    assert months[absent.pk] == {JANUARY: Decimal(0), FEBRUARY: Decimal(1)}
    assert months[there.pk] == {JANUARY: Decimal(1), FEBRUARY: Decimal(1)}


def test_another_organizations_people_are_not_counted(acme, other, role):
    with organization_scope(other):
        Person.objects.create(organization=other, name="Stranger")
    assert told(acme) == []


def test_only_the_people_asked_for_are_told(acme, role):
    one, _ = person(acme), person(acme)
    assert set(people_months(acme.pk, JANUARY, JANUARY, ids=[one.pk]).by_person()) == {one.pk}


@pytest.mark.parametrize("count", [1, 30])
def test_however_many_people_it_takes_three_queries(acme, role, team, count, django_assert_num_queries):
    for number in range(count):
        somebody = person(acme, role=role, team=team if number % 2 else None)
        Absence.objects.create(
            organization=acme, person=somebody, first_date=JANUARY, last_date=datetime.date(2026, 1, 9)
        )
    with django_assert_num_queries(3):
        assert len(capacity_months(acme.pk, JANUARY, datetime.date(2026, 12, 1))) == 12 * min(count, 2)
