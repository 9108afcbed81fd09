"""Teams, roles, skills and people are written by services: who may, what is refused, recorded, and comes back."""

import datetime
from decimal import Decimal

import pytest
import structlog
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.errors import Conflict, FieldErrors, NotAllowed, StaleEdit
from core.tenancy import organization_scope
from events.models import Event
from resources import services
from resources.algorithms.months import first_of
from resources.models import Absence, Allocation, Capacity, Person, PersonSkill, RoleRate, Skill, Team
from tests.resources.staff import month, staff_of


@pytest.fixture
def staff(acme):
    return staff_of(acme)


@pytest.fixture
def skill(acme):
    return Skill.objects.create(organization=acme, name="Python")


def allocate(acme, project, person, number, fte, **fields):
    return Allocation.objects.create(
        organization=acme, project=project, person=person, month=month(number), fte=Decimal(fte), **fields
    )


def test_a_contributor_may_change_nothing_of_it(bob, acme, staff, skill):
    writes = [
        lambda: services.create_team(actor=bob, organization=acme, name="Mine"),
        lambda: services.update_team(actor=bob, team=staff.platform, name="Mine"),
        lambda: services.archive_resource_role(actor=bob, role=staff.designer),
        lambda: services.create_skill(actor=bob, organization=acme, name="Mine"),
        lambda: services.create_person(actor=bob, organization=acme, name="Mine"),
        lambda: services.update_person(actor=bob, person=staff.maya, fte=2),
        lambda: services.fill_placeholder(actor=bob, placeholder=staff.unnamed, person=staff.maya),
        lambda: services.create_absence(actor=bob, person=staff.maya, first_date=month(1), last_date=month(2)),
        lambda: services.create_role_rate(actor=bob, role=staff.engineer, from_date=month(1), day_amount=1),
        lambda: services.set_capacities(actor=bob, organization=acme, cells=[]),
        lambda: services.upsert_people(actor=bob, organization=acme, rows=[]),
    ]
    for write in writes:
        with pytest.raises(NotAllowed):
            write()
    assert not Event.objects.exists()


def test_a_team_is_not_archived_while_it_has_people_and_they_are_named(petra, staff):
    with pytest.raises(Conflict, match="still holds 3 people \\(Maya, Joel, Engineer 2\\)"):
        services.archive_team(actor=petra, team=staff.platform)


def test_a_role_is_not_archived_while_a_project_is_planned_with_it_from_this_month_on(petra, acme, staff, project):
    Person.objects.update(role=None)
    planned = Allocation.objects.create(
        organization=acme, project=project, role=staff.designer, fte=1,
        month=first_of(timezone.localdate()),
    )  # fmt: skip
    with pytest.raises(Conflict, match="1 planned project \\(Apollo\\)"):
        services.archive_resource_role(actor=petra, role=staff.designer)
    Allocation.objects.filter(pk=planned.pk).update(month=datetime.date(2020, 1, 1))
    assert services.archive_resource_role(actor=petra, role=staff.designer).is_archived


def test_a_skill_is_not_archived_while_somebody_has_it(petra, staff, skill):
    services.update_person(actor=petra, person=staff.maya, skill_levels={skill: 3})
    with pytest.raises(Conflict, match="1 person"):
        services.archive_skill(actor=petra, skill=skill)


def test_an_archived_team_does_not_come_back_under_a_name_that_is_taken(petra, acme):
    old = services.archive_team(actor=petra, team=services.create_team(actor=petra, organization=acme, name="Data"))
    services.create_team(actor=petra, organization=acme, name="data")
    with pytest.raises(Conflict, match="Another team has this name"):
        services.restore_team(actor=petra, team=old)


def test_skills_are_kept_as_a_whole_and_told_in_words(petra, acme, staff, skill):
    sql = Skill.objects.create(organization=acme, name="SQL")
    services.update_person(actor=petra, person=staff.maya, skill_levels={sql: 2, skill: 4})
    person = services.update_person(actor=petra, person=staff.maya, skill_levels={skill: 5}, expected_version=2)

    assert [(row.skill, row.level) for row in PersonSkill.objects.all()] == [(skill, 5)]
    event = Event.objects.order_by("-pk").first()
    assert event.changes == {"skill_levels": [["Python 4", "SQL 2"], ["Python 5"]]}
    assert person.version == 3
    services.update_person(actor=petra, person=staff.maya, skill_levels={skill: 5})
    assert Event.objects.count() == 2


def test_a_level_is_from_one_to_five_and_a_skill_of_this_organization(petra, other, staff, skill):
    with pytest.raises(FieldErrors, match="from 1 to 5"):
        services.update_person(actor=petra, person=staff.maya, skill_levels={skill: 6})
    with organization_scope(other):
        theirs = Skill.objects.create(organization=other, name="Theirs")
    with pytest.raises(FieldErrors, match="no such skill"):
        services.update_person(actor=petra, person=staff.maya, skill_levels={theirs: 1})


def test_an_account_is_a_members_and_of_no_placeholder_and_of_one_person(petra, bob, charlie, acme, staff):
    with pytest.raises(FieldErrors, match="no member"):
        services.update_person(actor=petra, person=staff.maya, user=charlie)
    with pytest.raises(FieldErrors, match="placeholder"):
        services.update_person(actor=petra, person=staff.unnamed, user=bob)
    services.update_person(actor=petra, person=staff.maya, user=bob)
    with pytest.raises(ValidationError, match="stands for this member"):
        services.update_person(actor=petra, person=staff.joel, user=bob)


def test_an_old_version_is_refused_and_says_who_was_faster(petra, olivia, staff):
    services.update_person(actor=olivia, person=staff.maya, fte=Decimal("0.5"))
    with pytest.raises(StaleEdit, match="Olivia"):
        services.update_person(actor=petra, person=staff.maya, fte=Decimal("0.8"), expected_version=1)


def test_a_filled_placeholder_hands_over_plan_and_actual_and_adds_to_what_is_there(petra, acme, staff, project):
    allocate(acme, project, staff.unnamed, 1, "0.5", note="From May")
    allocate(acme, project, staff.unnamed, 2, "0.25", kind="actual")
    allocate(acme, project, staff.joel, 1, "0.25", role=staff.designer)

    filled = services.fill_placeholder(actor=petra, placeholder=staff.unnamed, person=staff.joel)

    rows = {(row.kind, row.month.month): row for row in Allocation.objects.all()}
    assert {key: (row.person, row.fte) for key, row in rows.items()} == {
        ("plan", 1): (staff.joel, Decimal("0.750")),
        ("actual", 2): (staff.joel, Decimal("0.250")),
    }
    assert (rows["plan", 1].note, rows["plan", 1].role) == ("From May", staff.designer)
    assert filled.is_archived
    event = Event.objects.get(kind="person.placeholder_filled")
    assert event.changes["filled_by"][1]["name"] == "Joel"
    assert event.changes["allocation_count"] == [None, 2]


def test_filling_is_undone_to_the_cell(petra, acme, staff, project):
    allocate(acme, project, staff.unnamed, 1, "0.5", role=staff.engineer, team=staff.platform)
    allocate(acme, project, staff.joel, 1, "0.25", role=staff.designer)
    before = sorted(Allocation.objects.values_list("person", "month", "role", "team", "fte", "note"))
    with structlog.contextvars.bound_contextvars(request_id="7f"):
        services.fill_placeholder(actor=petra, placeholder=staff.unnamed, person=staff.joel)
    event = Event.objects.get(kind="person.placeholder_filled")

    back = services.undo_fill(actor=petra, organization=acme, event_id=event.pk)

    assert sorted(Allocation.objects.values_list("person", "month", "role", "team", "fte", "note")) == before
    assert not back.is_archived
    with pytest.raises(Conflict, match="nothing to take back"):
        services.undo_fill(actor=petra, organization=acme, event_id=event.pk)


def test_only_an_open_placeholder_is_filled_and_only_by_a_person_who_is_there(petra, acme, staff):
    with pytest.raises(Conflict, match="no open placeholder"):
        services.fill_placeholder(actor=petra, placeholder=staff.maya, person=staff.joel)
    other = Person.objects.create(organization=acme, name="Nobody", is_placeholder=True)
    with pytest.raises(Conflict, match="cannot fill"):
        services.fill_placeholder(actor=petra, placeholder=staff.unnamed, person=other)


def test_an_absence_is_removed_and_comes_back_as_it_was(petra, acme, staff):
    absence = services.create_absence(
        actor=petra, person=staff.maya, kind="training", first_date=month(1), last_date=month(2),
        away_ratio=Decimal("0.5"), note="Kafka",
    )  # fmt: skip
    event = services.remove_absence(actor=petra, absence=absence)
    assert not Absence.objects.exists()

    services.return_absence(actor=petra, organization=acme, event_id=event.pk)

    back = Absence.objects.get()
    assert (back.person, back.kind, back.first_date, back.last_date, back.away_ratio, back.note) == (
        staff.maya, "training", month(1), month(2), Decimal("0.50"), "Kafka",
    )  # fmt: skip
    with pytest.raises(Conflict, match="removed this already"):
        services.remove_absence(actor=petra, absence=absence)


def test_nobody_is_never_away(petra, staff):
    with pytest.raises(Conflict, match="placeholder"):
        services.create_absence(actor=petra, person=staff.unnamed, first_date=month(1), last_date=month(1))


def test_an_absence_ends_after_it_began(petra, staff):
    with pytest.raises(ValidationError, match="before the first"):
        services.create_absence(actor=petra, person=staff.maya, first_date=month(2), last_date=month(1))


def test_a_rate_is_removed_and_comes_back_and_is_never_given_twice_for_a_day(petra, acme, staff):
    rate = services.create_role_rate(
        actor=petra, role=staff.engineer, from_date=month(1), day_amount=Decimal("812.50"), currency="eur"
    )
    with pytest.raises(ValidationError, match="from that day on already"):
        services.create_role_rate(actor=petra, role=staff.engineer, from_date=month(1), day_amount=1)
    event = services.remove_role_rate(actor=petra, rate=rate)

    services.return_role_rate(actor=petra, organization=acme, event_id=event.pk)

    back = RoleRate.objects.get()
    assert (back.role, back.from_date, back.day_amount, back.currency) == (
        staff.engineer, month(1), Decimal("812.50"), "EUR",
    )  # fmt: skip


def cell(staff, number, fte, **fields):
    team = fields.pop("team", staff.platform)
    value = None if fte is None else Decimal(fte)
    return services.CapacityCell(staff.engineer.pk, team and team.pk, month(number), value, **fields)


def test_capacity_is_typed_by_the_cell_and_told_in_one_event_per_role(petra, acme, staff):
    cells = [cell(staff, 1, "2.5"), cell(staff, 2, "3"), cell(staff, 1, "1", team=None, note="Contractors")]
    services.set_capacities(actor=petra, organization=acme, cells=cells)
    services.set_capacities(actor=petra, organization=acme, cells=[cell(staff, 1, None), cell(staff, 2, "3")])

    assert sorted((row.month.month, row.fte) for row in Capacity.objects.all()) == [(1, 1), (2, 3)]
    first, second = Event.objects.order_by("pk")
    assert first.changes["Platform"] == [[], ["2026-01 2.5", "2026-02 3"]]
    assert first.changes["outside teams"] == [[], ["2026-01 1"]]
    assert second.changes["Platform"] == [["2026-01 2.5"], []]


def test_wrong_cells_are_named_and_nothing_is_written(petra, acme, other, staff):
    with organization_scope(other):
        theirs = Team.objects.create(organization=other, name="Theirs")
    cells = [
        cell(staff, 1, "1"),
        cell(staff, 1, "2"),
        cell(staff, 2, "1001"),
        cell(staff, 3, "0.0001"),
        cell(staff, 4, "1", team=theirs),
        services.CapacityCell(staff.engineer.pk, None, datetime.date(2026, 5, 2), Decimal(1)),
        cell(staff, 6, "1", seen=services.Seen(Decimal(7))),
    ]
    with pytest.raises(services.CellErrors) as refused:
        services.set_capacities(actor=petra, organization=acme, cells=cells)
    told = refused.value.by_place
    assert sorted(told) == [1, 2, 3, 4, 5, 6]
    assert told[1] == "This is given twice at once. Keep one of both."
    assert told[2] == "A capacity is between 0 and 1,000 FTE."
    assert "three decimals" in told[3]
    assert told[4] == "There is no such team."
    assert "first day" in told[5]
    assert "Somebody removed it" in told[6]
    assert not Capacity.objects.exists()


def test_a_month_is_copied_across_and_taken_back(petra, acme, staff):
    services.set_capacities(
        actor=petra, organization=acme, cells=[cell(staff, 1, "2"), cell(staff, 3, "5"), cell(staff, 1, "1", team=None)]
    )
    with structlog.contextvars.bound_contextvars(request_id="8a"):
        changed = services.copy_capacities_across(
            actor=petra, organization=acme, from_month=month(1), until_month=month(3)
        )
    assert changed == 4
    assert Capacity.objects.get(month=month(3), team=staff.platform).fte == 2

    services.undo_capacities(actor=petra, organization=acme, request_id="8a")

    assert sorted((row.month.month, row.fte) for row in Capacity.objects.all()) == [(1, 1), (1, 2), (3, 5)]


def test_what_was_changed_again_is_not_taken_back(petra, olivia, acme, staff):
    with structlog.contextvars.bound_contextvars(request_id="9b"):
        services.set_capacities(actor=petra, organization=acme, cells=[cell(staff, 1, "2")])
    services.set_capacities(actor=olivia, organization=acme, cells=[cell(staff, 1, "3")])
    with pytest.raises(Conflict, match="changed again since"):
        services.undo_capacities(actor=petra, organization=acme, request_id="9b")


def test_nothing_to_copy_and_too_far_are_refused(petra, acme, staff):
    with pytest.raises(Conflict, match="No capacity was typed"):
        services.copy_capacities_across(actor=petra, organization=acme, from_month=month(1), until_month=month(2))
    with pytest.raises(Conflict, match="Copy until a month from"):
        services.copy_capacities_across(actor=petra, organization=acme, from_month=month(2), until_month=month(2))
