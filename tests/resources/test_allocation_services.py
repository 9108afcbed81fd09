"""Allocations are written by services: what holds afterwards, what is refused, what is told, what is taken back."""

from decimal import Decimal

import pytest
import structlog
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import Conflict, NotAllowed, StaleEdit
from core.tenancy import organization_scope
from events.models import Event
from events.selectors import history_of
from projects.models import Project
from projects.services import update_project
from resources.models import Allocation
from resources.services import (
    CellErrors,
    Seen,
    copy_allocations_across,
    copy_plan_to_actual,
    set_allocations,
    shift_allocations,
    undo_allocations,
)
from tests.resources.staff import cell, month, staff_of


@pytest.fixture
def staff(acme):
    return staff_of(acme)


@pytest.fixture
def orion(acme, program):
    return Project.objects.create(organization=acme, program=program, code="ORION", name="Orion", currency="USD")


@pytest.fixture
def write(petra, acme):
    """Set cells as Petra, in a request of its own."""
    numbers = iter(range(1, 100))

    def set_cells(*cells, **also):
        with structlog.contextvars.bound_contextvars(request_id=f"request-{next(numbers)}"):
            return set_allocations(actor=petra, organization=acme, cells=cells, **also)

    return set_cells


def grid(project, kind="plan"):
    """What is allocated: (who, month) -> FTE."""
    rows = Allocation.objects.filter(project=project, kind=kind).select_related("person", "role", "team")
    return {(str(row.person or row.role or row.team), row.month.month): row.fte for row in rows}


def test_cells_of_a_person_a_role_and_a_team_are_set_at_once(write, project, staff):
    outcomes = write(
        cell(project, 1, "0.5", person=staff.maya),
        cell(project, 1, "2", role=staff.engineer),
        cell(project, 2, "1.25", team=staff.platform),
    )

    assert [outcome.what for outcome in outcomes] == ["created"] * 3
    assert grid(project) == {("Maya", 1): Decimal("0.5"), ("Engineer", 1): 2, ("Platform", 2): Decimal("1.25")}
    row = Allocation.objects.get(pk=outcomes[0].pk)
    assert (row.role, row.team) == (staff.engineer, staff.platform)


def test_a_cell_is_changed_in_place_and_an_empty_one_is_removed(write, project, staff):
    first = write(cell(project, 1, "0.5", person=staff.maya), cell(project, 2, "1", person=staff.maya))

    outcomes = write(
        cell(project, 1, "0.8", person=staff.maya),
        cell(project, 2, None, person=staff.maya),
        cell(project, 3, None, person=staff.maya),
    )

    assert [outcome.what for outcome in outcomes] == ["updated", "removed", "unchanged"]
    assert outcomes[0].pk == first[0].pk
    assert Allocation.objects.get().version == 2
    assert grid(project) == {("Maya", 1): Decimal("0.8")}


def test_a_person_who_changed_roles_keeps_one_cell_a_month_and_takes_the_new_role(write, project, staff):
    write(cell(project, 1, "0.5", person=staff.maya), cell(project, 2, "0.5", person=staff.maya))
    staff.maya.role = staff.designer
    staff.maya.save()

    write(cell(project, 1, "0.7", person=staff.maya))

    roles = Allocation.objects.order_by("month").values_list("role__name", flat=True)
    assert list(roles) == ["Designer", "Engineer"]


def test_more_than_a_whole_person_is_allowed_also_outside_the_projects_dates(write, project, orion, staff):
    write(cell(project, 1, "1", person=staff.maya), cell(orion, 1, "0.8", person=staff.maya))
    write(cell(project, 12, "0.5", person=staff.maya))

    assert sum(row.fte for row in Allocation.objects.filter(person=staff.maya, month=month(1))) == Decimal("1.8")


def test_one_wrong_cell_among_many_is_told_by_its_place_and_nothing_is_written(write, project, staff):
    with pytest.raises(CellErrors, match="2 of 3 cells cannot be saved, so nothing was") as refused:
        write(
            cell(project, 1, "0.5", person=staff.maya),
            cell(project, 1, "1001", role=staff.engineer),
            cell(project, 1, "1"),
        )

    assert refused.value.by_place == {
        1: "An allocation is between 0 and 1,000 FTE.",
        2: "Name a role, a team or a person.",
    }
    assert not Allocation.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"fte": Decimal("-0.1")}, "An allocation is between 0 and 1,000 FTE."),
        ({"fte": Decimal("NaN")}, "An allocation is between 0 and 1,000 FTE."),
        ({"fte": Decimal("0.12345")}, "0.12345 has more than three decimals. Round it."),
        ({"month": month(1).replace(day=2)}, "A month is given by its first day, in the years 2000 to 2100."),
        ({"month": month(1, 1999)}, "A month is given by its first day, in the years 2000 to 2100."),
        ({"kind": "guess"}, "An allocation is plan or actual."),
        ({"person_id": 1}, "There is no such person."),
        ({"role_id": 1, "person_id": None}, "There is no such role."),
        ({"project_id": 1}, "There is no such project."),
        ({"note": "x" * 201}, "A note has at most 200 characters."),
    ],
)
def test_a_cell_that_means_nothing_is_refused_in_a_sentence(write, project, staff, change, sentence):
    good = cell(project, 1, "0.5", person=staff.maya)

    with pytest.raises(CellErrors) as refused:
        write(type(good)(**{**vars(good), **change}))

    assert refused.value.by_place == {0: sentence}


def test_a_cell_given_twice_at_once_is_refused(write, project, staff):
    with pytest.raises(CellErrors, match="given twice at once"):
        write(cell(project, 1, "1", person=staff.maya), cell(project, 1, "0.5", person=staff.maya))


def test_somebody_archived_gets_nothing_more_and_may_be_taken_off(write, project, staff):
    write(cell(project, 1, "1", person=staff.maya))
    staff.maya.archived_at = staff.maya.created_at
    staff.maya.save()

    with pytest.raises(CellErrors, match="“Maya” is archived"):
        write(cell(project, 2, "1", person=staff.maya))
    write(cell(project, 1, None, person=staff.maya))

    assert not Allocation.objects.exists()


def test_an_archived_project_keeps_its_allocations_as_they_are(write, petra, acme, project, staff):
    write(cell(project, 1, "1", person=staff.maya))
    Project.objects.filter(pk=project.pk).update(archived_at=project.created_at)

    with pytest.raises(CellErrors, match="“Apollo” is archived"):
        write(cell(project, 1, "2", person=staff.maya))
    with pytest.raises(Conflict, match="“Apollo” is archived"):
        shift_allocations(actor=petra, organization=acme, project_id=project.pk, months=1)


def test_what_somebody_else_changed_meanwhile_is_not_written_over(write, project, staff):
    write(cell(project, 1, "0.5", person=staff.maya))
    stale = cell(project, 1, "0.9", person=staff.maya, seen=Seen(None))

    with pytest.raises(CellErrors) as refused:
        write(stale)

    assert refused.value.by_place == {
        0: "Somebody changed it to 0.5 after you opened this. Save again to write over it."
    }
    write(cell(project, 1, "0.9", person=staff.maya, seen=Seen(Decimal("0.5"))))
    assert grid(project) == {("Maya", 1): Decimal("0.9")}


def test_each_project_gets_one_event_that_tells_before_and_after(write, project, orion, staff):
    write(cell(project, 1, "0.5", person=staff.maya), cell(project, 2, "0.5", person=staff.maya))
    write(
        cell(project, 1, "1", person=staff.maya),
        cell(project, 2, None, person=staff.maya),
        cell(orion, 1, "2", role=staff.engineer, team=staff.platform),
    )

    assert Event.objects.filter(kind="project.allocations_changed").count() == 3
    line = history_of(project)[0]
    assert (
        line.sentence
        == "Petra changed the allocations of project Apollo: plan of Maya 2026-01 0.5, 2026-02 0.5 → 2026-01 1"
    )
    assert history_of(orion)[0].changes[0].label == "plan of Engineer, Platform"


def test_a_stale_form_of_the_project_is_not_told_of_its_allocations(write, alice, project, staff):
    update_project(actor=alice, project=project, name="Apollo 2")
    write(cell(project, 1, "0.5", person=staff.maya))

    with pytest.raises(StaleEdit) as stale:
        update_project(actor=alice, project=project, expected_version=1, name="Apollo 3")

    assert [change.field for change in stale.value.changes] == ["name"]


def test_saving_what_is_there_already_records_nothing(write, project, staff):
    write(cell(project, 1, "0.5", person=staff.maya))

    outcomes = write(cell(project, 1, "0.500", person=staff.maya))

    assert outcomes[0].what == "unchanged"
    assert Event.objects.count() == 1


def test_one_edit_of_many_projects_is_taken_back_whole(write, petra, acme, project, orion, staff):
    write(cell(project, 1, "0.5", person=staff.maya, note="half days"))
    write(
        cell(project, 1, "1", person=staff.maya),
        cell(project, 3, "1", role=staff.engineer),
        cell(orion, 1, "2", team=staff.platform),
    )

    back = undo_allocations(actor=petra, organization=acme, request_id="request-2")

    assert back == sorted([project.pk, orion.pk])
    assert grid(project) == {("Maya", 1): Decimal("0.5")}
    assert grid(orion) == {}
    assert Allocation.objects.get().note == "half days"


def test_a_removed_cell_comes_back_with_the_role_that_it_had(write, petra, acme, project, staff):
    write(cell(project, 1, "0.5", person=staff.maya))
    write(cell(project, 1, None, person=staff.maya))
    staff.maya.role = staff.designer
    staff.maya.save()

    undo_allocations(actor=petra, organization=acme, request_id="request-2")

    assert Allocation.objects.get().role == staff.engineer


def test_what_was_changed_again_since_is_not_taken_back(write, petra, alice, acme, project, staff):
    write(cell(project, 1, "0.5", person=staff.maya))
    set_allocations(actor=alice, organization=acme, cells=[cell(project, 1, "0.7", person=staff.maya)])

    with pytest.raises(Conflict, match="“Apollo” that this changed were changed again since"):
        undo_allocations(actor=petra, organization=acme, request_id="request-1")
    with pytest.raises(Conflict, match="nothing to take back"):
        undo_allocations(actor=alice, organization=acme, request_id="request-1")
    assert grid(project) == {("Maya", 1): Decimal("0.7")}


def test_a_plan_moves_by_whole_months_and_what_happened_stays(write, petra, acme, project, staff):
    write(
        cell(project, 1, "1", person=staff.maya),
        cell(project, 2, "0.5", person=staff.maya),
        cell(project, 1, "0.9", person=staff.maya, kind="actual"),
    )

    moved = shift_allocations(actor=petra, organization=acme, project_id=project.pk, months=1)

    assert moved == 2
    assert grid(project) == {("Maya", 2): 1, ("Maya", 3): Decimal("0.5")}
    assert grid(project, "actual") == {("Maya", 1): Decimal("0.9")}


def test_only_what_is_planned_from_a_month_on_moves_and_not_onto_what_stays(write, petra, acme, project, staff):
    write(*[cell(project, number, str(number), role=staff.engineer) for number in (1, 2, 3)])

    with pytest.raises(Conflict, match="January 2026 has a plan that would stay"):
        shift_allocations(actor=petra, organization=acme, project_id=project.pk, months=-1, from_month=month(2))
    shift_allocations(actor=petra, organization=acme, project_id=project.pk, months=2, from_month=month(2))

    assert grid(project) == {("Engineer", 1): 1, ("Engineer", 4): 2, ("Engineer", 5): 3}


@pytest.mark.parametrize("months", [0, 121, -121])
def test_a_plan_moves_by_at_most_ten_years(write, petra, acme, project, staff, months):
    write(cell(project, 1, "1", person=staff.maya))

    with pytest.raises(Conflict, match="Move the plan by 1 to 120 months"):
        shift_allocations(actor=petra, organization=acme, project_id=project.pk, months=months)


def test_a_month_is_copied_across_the_months_after_it(write, petra, acme, project, staff):
    write(cell(project, 1, "1", person=staff.maya), cell(project, 3, "0.2", role=staff.engineer))

    changed = copy_allocations_across(
        actor=petra, organization=acme, project_id=project.pk, from_month=month(1), until_month=month(4)
    )

    assert changed == 3
    assert grid(project) == {**{("Maya", number): 1 for number in (1, 2, 3, 4)}, ("Engineer", 3): Decimal("0.2")}


def test_the_plan_is_taken_as_what_happened_where_nothing_was_said(write, petra, acme, project, staff):
    write(
        cell(project, 1, "1", person=staff.maya),
        cell(project, 2, "1", person=staff.maya),
        cell(project, 3, "1", person=staff.maya),
        cell(project, 1, "0.6", person=staff.maya, kind="actual"),
    )

    filled = copy_plan_to_actual(
        actor=petra, organization=acme, project_id=project.pk, first_month=month(1), last_month=month(2)
    )

    assert filled == 1
    assert grid(project, "actual") == {("Maya", 1): Decimal("0.6"), ("Maya", 2): 1}


def test_a_contributor_may_change_no_allocation(bob, acme, project, staff):
    of_project = {"actor": bob, "organization": acme, "project_id": project.pk}
    writes = [
        lambda: set_allocations(actor=bob, organization=acme, cells=[cell(project, 1, "1", person=staff.maya)]),
        lambda: shift_allocations(**of_project, months=1),
        lambda: copy_allocations_across(**of_project, from_month=month(1), until_month=month(2)),
        lambda: copy_plan_to_actual(**of_project, first_month=month(1), last_month=month(2)),
        lambda: undo_allocations(actor=bob, organization=acme, request_id="request-1"),
    ]
    for each in writes:
        with pytest.raises(NotAllowed, match="may not change allocations"):
            each()


def test_rows_of_another_organization_are_unknown(write, other, project, staff):
    with organization_scope(other):
        theirs = staff_of(other)

    with pytest.raises(CellErrors, match="There is no such person"):
        write(cell(project, 1, "1", person=theirs.maya))


def test_a_thousand_cells_take_as_many_statements_as_one(write, project, staff):
    months = [(year, number) for year in range(2020, 2040) for number in range(1, 13)]
    one = [cell(project, 1, "1", person=staff.maya)]
    many = [
        type(one[0])(project.pk, month(number, year), Decimal(1), role_id=role.pk, team_id=staff.platform.pk)
        for year, number in months
        for role in (staff.engineer, staff.designer)
    ]
    with CaptureQueriesContext(
        connection,
    ) as first:
        write(*one)
    with CaptureQueriesContext(connection) as second:
        write(*many)

    assert len(second) - len(first) == 1  # roles and teams are two names to read, a person is one
