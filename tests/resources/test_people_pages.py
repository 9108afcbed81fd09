"""Pages of teams, people, roles, skills and typed capacity."""

import datetime
import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from resources.algorithms.months import first_of
from resources.models import (
    Absence,
    Allocation,
    Capacity,
    Person,
    PersonSkill,
    ResourceRole,
    RoleRate,
    Skill,
    Team,
)
from tests.filling import fill, sentences, text_of
from tests.resources.staff import staff_of

NOUNS = ("team", "role", "skill", "person")


def this_month():
    return first_of(timezone.localdate())


def url(name, *args):
    return reverse(f"resources:{name}", args=[getattr(one, "pk", one) for one in args])


@pytest.fixture
def staff(acme):
    return staff_of(acme)


@pytest.fixture
def skill(acme):
    return Skill.objects.create(organization=acme, name="Python")


@pytest.fixture
def rate(acme, staff):
    return RoleRate.objects.create(
        organization=acme, role=staff.engineer, from_date=datetime.date(2020, 1, 1), day_amount=Decimal("812.50"),
        currency="EUR",
    )  # fmt: skip


def undo_of(response):
    """The address by which the last message is taken back."""
    [message] = list(response.wsgi_request._messages)
    return message.extra_tags


@pytest.mark.parametrize("noun", NOUNS)
def test_an_empty_list_says_what_it_will_hold_and_offers_the_first_one_to_who_may(client, petra, vera, noun):
    client.force_login(petra)
    assert url(f"{noun}-create") in text_of(client.get(url(f"{noun}-list")))
    client.force_login(vera)
    text = text_of(client.get(url(f"{noun}-list")))
    assert "yet" in text
    assert url(f"{noun}-create") not in text


@pytest.mark.parametrize("noun", NOUNS)
def test_a_row_is_added_changed_archived_with_undo_and_restored(client, petra, acme, noun):
    client.force_login(petra)
    assert fill(client, url(f"{noun}-create"), name="First").status_code == 302
    model = {"team": Team, "role": ResourceRole, "skill": Skill, "person": Person}[noun]
    row = model.objects.get()

    fill(client, url(f"{noun}-edit", row), name="Second")
    stale = client.post(url(f"{noun}-edit", row), {"name": "Third", "version": 1, "fte": "1"})
    archived = client.post(url(f"{noun}-archive", row), {"version": 2})
    shown = text_of(client.get(f"{url(f'{noun}-list')}?archived=1"))
    client.post(undo_of(archived))

    row.refresh_from_db()
    assert (row.name, row.is_archived, stale.status_code) == ("Second", False, 409)
    assert "Second" in shown


def test_a_viewer_reads_all_of_it_and_is_offered_no_change(client, vera, staff, skill, rate):
    client.force_login(vera)
    pages = [
        url("team-list"), url("team-detail", staff.platform), url("person-list"), url("person-detail", staff.maya),
        url("person-detail", staff.unnamed), url("role-list"), url("role-detail", staff.engineer), url("skill-list"),
        url("capacity-grid"),
    ]  # fmt: skip
    for page in pages:
        response = client.get(page)
        assert response.status_code == 200
        assert not [word for word in ("/edit/", "/new/", "/fill/", "Save</button>") if word in text_of(response)], page
    posts = [url(f"team-{verb}", staff.platform) for verb in ("edit", "archive", "restore")]
    posts += [
        url("person-fill", staff.unnamed), url("absence-create", staff.maya), url("rate-create", staff.engineer),
        url("rate-remove", rate), url("capacity-grid"), url("skill-create"),
    ]  # fmt: skip
    assert {client.post(post).status_code for post in posts} == {403}


def test_a_stranger_finds_nothing(client, charlie, staff, rate):
    client.force_login(charlie)
    for page in (url("team-detail", staff.platform), url("person-detail", staff.maya), url("rate-edit", rate)):
        assert client.get(page).status_code == 404
    assert client.get(f"/o/other/people/{staff.maya.pk}/").status_code == 404


def test_a_teams_page_sets_capacity_against_plan_and_actual(client, vera, acme, staff, project):
    for kind, fte in (("plan", "2.500"), ("actual", "0.750")):
        Allocation.objects.create(
            organization=acme, project=project, person=staff.maya, role=staff.engineer, team=staff.platform,
            month=this_month(), kind=kind, fte=fte,
        )  # fmt: skip
    client.force_login(vera)

    response = client.get(url("team-detail", staff.platform))

    load = next(load for load in response.context["loads"] if load.month == this_month())
    assert (load.capacity, load.plan, load.actual, load.free, load.is_over) == (
        Decimal(2), Decimal("2.5"), Decimal("0.75"), Decimal("-0.5"), True,
    )  # fmt: skip
    assert "125%" in text_of(response)
    [(team, now)] = client.get(url("team-list")).context["lines"]
    assert (team.people_count, team.placeholder_count, now.plan) == (2, 1, Decimal("2.5"))


@pytest.mark.parametrize("name", ["team-list", "person-list", "role-list", "skill-list", "capacity-grid"])
def test_a_list_of_thirty_takes_as_many_statements_as_a_list_of_one(client, petra, acme, staff, skill, name):
    client.force_login(petra)
    client.get(url(name))

    def count():
        with CaptureQueriesContext(connection) as captured:
            client.get(url(name))
        return len(captured)

    one = count()
    for number in range(30):
        team = Team.objects.create(organization=acme, name=f"T{number}", lead=petra)
        role = ResourceRole.objects.create(organization=acme, name=f"R{number}")
        person = Person.objects.create(organization=acme, name=f"P{number}", team=team, role=role)
        PersonSkill.objects.create(
            organization=acme, person=person, skill=Skill.objects.create(organization=acme, name=f"S{number}")
        )
    assert count() == one


def test_people_are_found_by_team_role_skill_and_as_placeholders(client, vera, acme, staff, skill):
    PersonSkill.objects.create(organization=acme, person=staff.joel, skill=skill, level=4)
    client.force_login(vera)

    def shown(words):
        return [row.name for row in client.get(f"{url('person-list')}?{words}").context["page"]]

    assert shown(f"role={staff.engineer.pk}") == ["Engineer 2", "Maya"]
    assert shown(f"role={staff.engineer.pk}&is_placeholder=false") == ["Maya"]
    assert shown(f"skill={skill.pk}") == ["Joel"]
    assert shown("q=may") == ["Maya"]
    assert shown(f"team={staff.platform.pk}&is_placeholder=true") == ["Engineer 2"]


def test_skills_are_typed_line_by_line_and_nonsense_is_told(client, petra, staff, skill):
    client.force_login(petra)
    page = url("person-edit", staff.maya)

    assert fill(client, page, skills="Python 4").status_code == 302
    wrong = {
        words: fill(client, page, skills=words) for words in ("Cobol 3", "Python", "Python 9", "Python 1\npython 2")
    }

    assert PersonSkill.objects.get().level == 4
    assert {response.status_code for response in wrong.values()} == {422}
    assert "There is no skill “Cobol”" in text_of(wrong["Cobol 3"])
    assert "two lines" in text_of(wrong["Python 1\npython 2"])


def test_a_person_with_days_away_shows_them_in_the_year(client, vera, acme, staff):
    Person.objects.filter(pk=staff.maya.pk).update(finish_date=datetime.date(2026, 11, 30))
    Absence.objects.create(
        organization=acme, person=staff.maya, first_date=datetime.date(2026, 7, 6), last_date=datetime.date(2026, 7, 17)
    )
    client.force_login(vera)

    year = client.get(f"{url('person-detail', staff.maya)}?year=2026").context["year"]

    kinds = [square.kind for row in year.rows for square in row.squares]
    assert (kinds.count("away"), kinds.count("gone")) == (10, 31)
    assert "vacation 100%" in year.rows[6].squares[5].text
    assert {kind for kind, _ in year.kinds} == {"work", "off", "away", "gone"}


def test_a_placeholder_is_filled_and_that_is_undone(client, petra, acme, staff, project):
    Allocation.objects.create(organization=acme, project=project, person=staff.unnamed, month=this_month(), fte=1)
    client.force_login(petra)

    response = fill(client, url("person-fill", staff.unnamed), person=staff.joel.pk)
    assert Allocation.objects.get().person == staff.joel
    client.post(undo_of(response))

    assert Allocation.objects.get().person == staff.unnamed
    staff.unnamed.refresh_from_db()
    assert not staff.unnamed.is_archived


def test_an_absence_is_added_changed_removed_and_comes_back(client, petra, staff):
    client.force_login(petra)
    fill(
        client, url("absence-create", staff.maya), first_date="2026-07-06", last_date="2026-07-17", away_ratio="50",
        kind="training",
    )  # fmt: skip
    absence = Absence.objects.get()
    assert (absence.away_ratio, absence.person) == (Decimal("0.50"), staff.maya)
    wrong = fill(client, url("absence-edit", absence), last_date="2026-07-01")
    removed = client.post(url("absence-remove", absence), {"version": 1})
    assert not Absence.objects.exists()
    client.post(undo_of(removed))

    assert wrong.status_code == 422
    assert Absence.objects.get().away_ratio == Decimal("0.50")


def test_rates_are_seen_and_changed_by_who_sees_amounts_alone(client, petra, staff, rate):
    client.force_login(petra)
    page = url("role-detail", staff.engineer)
    assert "812" in text_of(client.get(page))
    assert "812" in text_of(client.get(url("role-list")))
    assert "812.50" in text_of(client.get(url("rate-export")))
    fill(client, url("rate-create", staff.engineer), from_date="2030-01-01", day_amount="900", currency="chf")
    assert RoleRate.objects.get(from_date="2030-01-01").currency == "CHF"

    Membership.objects.filter(user=petra).update(sees_amounts=False)

    for shown in (page, url("role-list"), f"{url('role-list')}?format=csv", url("team-detail", staff.platform)):
        assert "812" not in text_of(client.get(shown))
    refused = [
        client.get(url("rate-export")), client.get(url("rate-create", staff.engineer)),
        client.get(url("rate-edit", rate)), client.post(url("rate-remove", rate)),
    ]  # fmt: skip
    assert [response.status_code for response in refused] == [403] * 4


def grid_values(response):
    """What the grid's form would send as it stands."""
    grid = response.context["grid"]
    cells = {cell["name"]: cell["text"] for line in grid.lines() for cell in line["cells"]}
    return cells | {"seen": response.context["seen"], "form_token": response.context["form_token"], "act": "save"}


def test_typed_capacity_is_saved_from_the_grid_with_undo_and_people_count_where_it_is_empty(client, petra, staff):
    client.force_login(petra)
    page = f"{url('capacity-grid')}?from=2026-03"
    values = grid_values(client.get(page))
    name = f"c.{staff.engineer.pk}-{staff.platform.pk}.2026-03"
    assert values[name] == ""

    saved = client.post(page, values | {name: "2,5"})

    assert sentences(saved) == ["Saved 1 cell."]
    assert Capacity.objects.get().fte == Decimal("2.5")
    grid = client.get(page).context["grid"]
    assert grid.sums()[:2] == ["3.5", "2"]
    client.post(undo_of(saved))
    assert not Capacity.objects.exists()


def test_cells_that_cannot_be_read_keep_what_was_typed_and_say_why(client, petra, staff):
    client.force_login(petra)
    page = f"{url('capacity-grid')}?from=2026-03"
    values = grid_values(client.get(page))
    name = f"c.{staff.engineer.pk}-{staff.platform.pk}.2026-03"

    response = client.post(page, values | {name: "many"})
    over = client.post(page, values | {name: "2000", "form_token": "x"})

    assert (response.status_code, over.status_code) == (422, 422)
    assert "“many” is no FTE" in text_of(response)
    assert 'value="many"' in text_of(response)
    assert "A capacity is between 0 and 1,000 FTE." in text_of(over)
    assert not Capacity.objects.exists()


def test_what_somebody_else_typed_meanwhile_is_not_written_over(client, petra, acme, staff):
    client.force_login(petra)
    page = f"{url('capacity-grid')}?from=2026-03"
    values = grid_values(client.get(page))
    Capacity.objects.create(organization=acme, role=staff.engineer, team=staff.platform, month="2026-03-01", fte=7)
    name = f"c.{staff.engineer.pk}-{staff.platform.pk}.2026-03"

    response = client.post(page, values | {name: "2"})

    assert "Somebody changed it to 7" in text_of(response)
    assert json.loads(response.context["seen"])[name] == "7"
    assert client.post(page, grid_values(response) | {"form_token": "again"}).status_code == 302
    assert Capacity.objects.get().fte == 2


def test_a_row_for_a_role_outside_teams_is_added_and_a_month_copied_across(client, petra, staff):
    client.force_login(petra)
    page = f"{url('capacity-grid')}?from=2026-03"
    added = client.post(page, {"act": "add", "add_role": staff.designer.pk, "add_team": ""})
    name = f"c.{staff.designer.pk}-0.2026-03"
    assert name in grid_values(added)
    client.post(page, grid_values(added) | {name: "1.5"})

    copied = client.post(url("capacity-copy"), {"from": "2026-03", "until": "2026-05"})

    assert sentences(copied)[-1] == "Copied March 2026 across: 2 cells changed."
    assert Capacity.objects.filter(team=None, fte=Decimal("1.5")).count() == 3


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
@pytest.mark.parametrize("name", ["team-list", "person-list", "role-list", "capacity-grid"])
def test_lists_are_files_as_well(client, vera, staff, name, file_format):
    client.force_login(vera)
    response = client.get(f"{url(name)}?format={file_format}")
    assert f".{file_format}" in response["Content-Disposition"]
