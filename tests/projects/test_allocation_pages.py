"""The grid of allocations: what it shows to whom, what it saves, how it refuses and what it keeps."""

import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership
from accounts.services import show_amounts
from projects.models import Project
from resources.models import Allocation, RoleRate
from tests.resources.staff import month, staff_of


@pytest.fixture
def staff(acme):
    return staff_of(acme)


@pytest.fixture
def given(acme, project, staff):
    """`given(1, "0.5", person=maya)` allocates."""

    def allocate(number, fte, of=project, kind="plan", **who):
        person = who.get("person")
        role, team = (person.role, person.team) if person else (who.get("role"), who.get("team"))
        return Allocation.objects.create(
            organization=acme, project=of, kind=kind, month=month(number), fte=Decimal(fte), person=person, role=role,
            team=team,
        )  # fmt: skip

    return allocate


def of(project, number, person=None, role=None, team=None):
    key = "-".join(str(row.pk if row else 0) for row in (project, role, team, person))
    return f"c.{key}.2026-{number:02}"


def url_of(project):
    return reverse("projects:project-allocations", args=[project.pk])


def send(client, project, cells, seen=None, **also):
    return client.post(url_of(project), {**cells, "seen": json.dumps(seen or {}), "act": "save", **also})


def test_everybody_reads_the_grid_and_only_managers_type_into_it(client, vera, petra, project, staff, given):
    given(1, "0.5", person=staff.maya)
    client.force_login(vera)
    read = client.get(url_of(project)).content.decode()
    client.force_login(petra)
    typed = client.get(url_of(project)).content.decode()

    assert "Maya" in read
    assert ">0.5<" in read
    assert 'name="c.' not in read
    assert f'name="{of(project, 1, staff.maya)}" value="0.5"' in typed
    assert client.get(url_of(project) + "?kind=compare").content.decode().count('name="c.') == 0


def test_only_changed_cells_are_saved_and_commas_and_percent_are_read(client, petra, project, staff, given):
    given(1, "0.5", person=staff.maya)
    client.force_login(petra)
    kept, changed, new = (of(project, number, staff.maya) for number in (1, 2, 3))

    response = send(client, project, {kept: "0.5", changed: "0,25", new: "50 %"}, {kept: "0.5"})

    assert response.status_code == 302
    found = dict(Allocation.objects.values_list("month__month", "fte"))
    assert found == {1: Decimal("0.5"), 2: Decimal("0.25"), 3: Decimal("0.5")}
    page = client.get(response["Location"]).content.decode()
    assert "Saved 2 cells." in page
    assert "/allocations/undo/" in page


def test_a_wrong_cell_says_so_and_the_other_texts_are_kept(client, petra, project, staff, given):
    given(1, "0.5", person=staff.maya)
    client.force_login(petra)
    bad, good = of(project, 1, staff.maya), of(project, 2, staff.maya)

    response = send(client, project, {bad: "half", good: "0,7"}, {bad: "0.5"})

    page = response.content.decode()
    assert response.status_code == 422
    assert "“half” is no FTE. Write 0.5, 0,5 or 50 %." in page
    assert f'name="{bad}" value="half"' in page
    assert f'name="{good}" value="0,7"' in page
    assert Allocation.objects.get().fte == Decimal("0.5")


def test_what_others_changed_meanwhile_is_told_and_what_the_person_left_alone_is_fresh(
    client, petra, project, staff, given
):
    given(1, "0.9", person=staff.maya)
    given(2, "0.8", person=staff.maya)
    client.force_login(petra)
    first, second = of(project, 1, staff.maya), of(project, 2, staff.maya)

    response = send(client, project, {first: "0.3", second: "0.5"}, {first: "0.5", second: "0.5"})

    page = response.content.decode()
    assert response.status_code == 422
    assert "Somebody changed it to 0.9 after you opened this" in page
    assert f'name="{first}" value="0.3"' in page
    assert f'name="{second}" value="0.8"' in page


def test_a_row_is_added_by_the_picker_and_what_was_typed_stays(client, petra, project, staff, given):
    given(1, "0.5", person=staff.maya)
    client.force_login(petra)
    cell = of(project, 1, staff.maya)

    response = send(client, project, {cell: "0.9"}, {cell: "0.5"}, act="add", add_role=staff.designer.pk)

    page = response.content.decode()
    assert response.status_code == 200
    assert f'name="{cell}" value="0.9"' in page
    assert f'name="{of(project, 1, role=staff.designer)}" value=""' in page
    refused = send(client, project, {cell: "0.9"}, {cell: "0.5"}, act="add")
    assert refused.status_code == 422
    assert "Choose a person, a role or a team for the new row." in refused.content.decode()
    assert Allocation.objects.count() == 1


def test_a_person_over_what_there_is_over_all_projects_is_marked(client, acme, program, petra, project, staff, given):
    orion = Project.objects.create(organization=acme, program=program, code="ORION", name="Orion", currency="USD")
    given(1, "0.6", person=staff.maya)
    given(1, "0.6", of=orion, person=staff.maya)
    given(2, "1", person=staff.maya)
    given(1, "9", person=staff.unnamed)
    client.force_login(petra)

    page = client.get(url_of(project)).content.decode()

    assert 'title="1.2 FTE over all projects, 1 there"' in page
    assert ">Over in Jan<" in page
    assert page.count(">Over in") == 1  # nobody's placeholder gives more than there is: there is nothing
    assert 'title="10.2 FTE asked for over all projects, 1 there"' in page


def test_months_outside_the_projects_dates_are_marked(client, petra, project, staff, given):
    given(6, "0.5", person=staff.maya)
    client.force_login(petra)

    page = client.get(url_of(project)).content.decode()

    assert page.count('title="After the project ends"') == 3
    assert "Before the project starts" not in page


def test_what_happened_stands_beside_the_plan(client, vera, project, staff, given):
    given(1, "0.5", person=staff.maya)
    given(1, "0.8", person=staff.maya, kind="actual")
    client.force_login(vera)

    page = client.get(url_of(project) + "?kind=compare").content.decode()

    assert "0.8 ▲" in page
    assert "more than planned" in page


def test_effort_is_priced_and_a_missing_rate_is_said_by_role_and_day(client, acme, petra, project, staff, given):
    RoleRate.objects.create(
        organization=acme, role=staff.engineer, from_date=month(1), day_amount=Decimal("800.00"), currency="USD"
    )
    given(2, "0.5", person=staff.maya)
    given(2, "1", person=staff.joel)
    client.force_login(petra)
    seen = client.get(url_of(project)).content.decode()

    assert "8,000" in seen  # half of 20 working days of 800
    assert "Designer has no rate on 2026-02-02." in seen


def test_amounts_are_kept_from_who_may_not_see_them(client, acme, olivia, bob, project, staff, given):
    RoleRate.objects.create(
        organization=acme, role=staff.engineer, from_date=month(1), day_amount=Decimal("800.00"), currency="USD"
    )
    given(2, "0.5", person=staff.maya)
    show_amounts(actor=olivia, membership=Membership.objects.get(user=bob), sees_amounts=False)
    client.force_login(bob)

    page = client.get(url_of(project)).content.decode()

    assert "Maya" in page
    assert "8,000" not in page
    assert "What this effort costs" not in page


def test_a_program_shows_all_its_projects_in_one_grid_and_saves_it(client, acme, program, petra, project, staff, given):
    orion = Project.objects.create(organization=acme, program=program, code="ORION", name="Orion", currency="USD")
    given(1, "0.5", person=staff.maya)
    client.force_login(petra)
    url = reverse("programs:program-allocations", args=[program.pk])

    page = client.get(url).content.decode()
    response = client.post(url, {of(orion, 2, role=staff.engineer): "2", "seen": "{}", "act": "save"})

    assert "Apollo" in page
    assert "Orion" in page
    assert response.status_code == 302
    assert Allocation.objects.get(project=orion).fte == 2


def test_a_grid_changes_no_project_that_is_not_its_own(client, acme, program, petra, project, staff):
    orion = Project.objects.create(organization=acme, program=program, code="ORION", name="Orion", currency="USD")
    client.force_login(petra)

    response = send(client, project, {of(orion, 2, role=staff.engineer): "2"})

    assert response.status_code == 422
    assert not Allocation.objects.exists()


@pytest.mark.parametrize(
    ("act", "body", "words"),
    [
        ("shift", {"by": "1"}, "Moved 1 cell by 1 month."),
        ("copy", {"from": "2026-01", "until": "2026-03"}, "Copied January 2026 across: 2 cells changed."),
        ("take-plan", {"from": "2026-01", "until": "2026-03"}, "Took the plan as what happened: 1 cell filled."),
    ],
)
def test_all_of_a_projects_allocations_are_moved_or_copied_and_it_is_taken_back(
    client, petra, project, staff, given, act, body, words
):
    given(1, "0.5", person=staff.maya)
    client.force_login(petra)

    response = client.post(reverse(f"projects:allocations-{act}", args=[project.pk]), body, follow=True)
    page = response.content.decode()
    undo = page.split('action="')
    address = next(part.partition('"')[0] for part in undo if "/allocations/undo/" in part.partition('"')[0])
    client.post(address)

    assert words in page
    assert Allocation.objects.count() == 1
    assert Allocation.objects.get().month == month(1)


def test_a_viewer_saves_nothing_and_strangers_find_nothing(client, vera, charlie, project, staff):
    client.force_login(vera)
    refused = send(client, project, {of(project, 1, staff.maya): "1"})
    moved = client.post(reverse("projects:allocations-shift", args=[project.pk]), {"by": "1"})
    client.force_login(charlie)
    unknown = client.get(url_of(project))

    assert (refused.status_code, moved.status_code, unknown.status_code) == (403, 403, 404)
    assert not Allocation.objects.exists()


def test_allocations_are_a_file_too(client, vera, project, staff, given):
    given(1, "0.5", person=staff.maya)
    client.force_login(vera)

    response = client.get(url_of(project) + "?format=csv")

    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert lines == [
        "Project,Project code,Person,Role,Team,Kind,Month,FTE,Note",
        "Apollo,APOLLO,Maya,Engineer,Platform,plan,2026-01-01,0.500,",
    ]


def test_a_grid_of_many_rows_takes_as_many_queries_as_one_of_one(client, acme, petra, project, staff, given):
    given(1, "0.5", person=staff.maya)
    client.force_login(petra)
    client.get(url_of(project))
    with CaptureQueriesContext(connection) as few:
        client.get(url_of(project))
    for number in range(2, 13):
        given(number, "0.5", person=staff.maya)
        given(number, "1", person=staff.joel)
        given(number, "1", person=staff.unnamed)
        given(number, "1", role=staff.engineer)
        given(number, "1", team=staff.platform)
    with CaptureQueriesContext(connection) as many:
        client.get(url_of(project))

    assert len(many) <= len(few)
