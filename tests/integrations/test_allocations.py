"""Allocations from files: checked first, told row by row, written in batches, and taken back."""

from decimal import Decimal

import pytest
from django.urls import reverse

from events.models import Event
from integrations import services
from resources.models import Allocation
from resources.services import set_allocations
from tests.integrations.conftest import carried_out, counts, reasons, undone, upload
from tests.resources.staff import cell, staff_of

HEADER = "project code,person,role,team,kind,month,fte,note"


@pytest.fixture
def staff(acme):
    return staff_of(acme)


def allocations(*lines):
    return upload("allocations.csv", "\n".join([HEADER, *lines]) + "\n")


def test_allocations_of_people_roles_and_teams_are_imported(imported, project, staff):
    run = imported(
        allocations(
            "APOLLO,Maya,,,plan,2026-01,0.5,half days",
            'APOLLO,,Designer,Platform,plan,2026-02,"1,25",',
            "APOLLO,,,Platform,actual,2026-02-01,50 %,",
            "APOLLO,Joel,,,,Mar 2026,1,",
        )
    )

    assert counts(run, "allocation")["created"] == 4
    rows = {str(row.person or row.role or row.team): row for row in Allocation.objects.select_related(None)}
    assert (rows["Maya"].fte, rows["Maya"].role, rows["Maya"].note) == (Decimal("0.5"), staff.engineer, "half days")
    assert (rows["Designer"].fte, rows["Designer"].team) == (Decimal("1.25"), staff.platform)
    assert (rows["Platform"].fte, rows["Platform"].kind) == (Decimal("0.5"), "actual")
    assert (rows["Joel"].kind, f"{rows['Joel'].month:%Y-%m-%d}") == ("plan", "2026-03-01")
    assert Event.objects.filter(kind="project.allocations_changed").count() == 1


def test_a_check_writes_nothing_and_says_what_is_wrong_with_which_row(checked, project, staff):
    run = checked(
        allocations(
            "APOLLO,Nobody,,,plan,2026-01,0.5,",
            "APOLLO,,,,plan,2026-01,0.5,",
            "APOLLO,Maya,,,plan,2026-01,much,",
            "ZEUS,Maya,,,plan,2026-01,1,",
            "APOLLO,Joel,,,plan,2026-01,1,",
            "APOLLO,Joel,,,plan,2026-01,0.5,",
        )
    )

    told = " ".join(reasons(run))
    assert "There is no person “Nobody” here." in told
    assert "Nobody gives it: name a person, a role or a team." in told
    assert "“much” is no FTE" in told
    assert "“ZEUS”" in told
    assert "gives the same month already" in told
    assert not Allocation.objects.exists()


def test_of_two_rows_of_one_month_the_second_is_imported_when_the_first_is_left_out(checked, alice, project, staff):
    run = checked(allocations("APOLLO,Maya,,,plan,2026-01,0.5,", "APOLLO,Maya,,,plan,2026-01,0.7,"))

    services.leave_out(actor=alice, run=run, rows=[run.rows.order_by("number")[0].pk])
    carried_out(alice, services.request_check(actor=alice, run=run))

    assert Allocation.objects.get().fte == Decimal("0.7")


def test_the_same_file_changes_nothing_the_second_time_and_another_share_changes_the_cell(imported, project, staff):
    imported(allocations("APOLLO,Maya,,,plan,2026-01,0.5,"))

    again = imported(allocations("APOLLO,Maya,,,plan,2026-01,0.5,"))
    changed = imported(allocations("APOLLO,Maya,,,plan,2026-01,0.75,"))

    assert counts(again, "allocation")["unchanged"] == 1
    assert counts(changed, "allocation")["updated"] == 1
    assert Allocation.objects.get().fte == Decimal("0.75")


def test_an_import_is_taken_back_but_for_what_somebody_changed_since(imported, acme, petra, alice, project, staff):
    imported(allocations("APOLLO,Maya,,,plan,2026-01,0.5,"))
    run = imported(
        allocations(
            "APOLLO,Maya,,,plan,2026-01,0.9,",
            "APOLLO,Maya,,,plan,2026-02,0.9,",
            "APOLLO,Maya,,,plan,2026-03,0.9,",
        )
    )
    set_allocations(actor=petra, organization=acme, cells=[cell(project, 3, "0.1", person=staff.maya)])

    undone(alice, run)

    left = dict(Allocation.objects.values_list("month__month", "fte"))
    assert left == {1: Decimal("0.5"), 3: Decimal("0.1")}


def test_our_own_export_is_known_and_changes_nothing(client, imported, alice, vera, acme, project, staff):
    set_allocations(
        actor=alice, organization=acme,
        cells=[cell(project, 1, "0.5", person=staff.maya), cell(project, 2, "2", role=staff.designer)],
    )  # fmt: skip
    client.force_login(vera)
    response = client.get(reverse("projects:allocation-list") + "?format=csv")

    run = imported(upload("allocations.csv", b"".join(response.streaming_content)))

    assert counts(run, "allocation")["unchanged"] == 2


def test_a_row_leads_to_the_grid_where_it_stands(client, imported, vera, project, staff):
    imported(allocations("APOLLO,Maya,,,plan,2026-01,0.5,"))
    client.force_login(vera)

    response = client.get(reverse("projects:allocation-open", args=[Allocation.objects.get().pk]))

    assert response.status_code == 302
    assert response["Location"].endswith(f"/projects/{project.pk}/allocations/?kind=plan&from=2026-01&months=12")
