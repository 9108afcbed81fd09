"""Teams, roles and people over REST: skills, filling a placeholder, many at once, rates only for who sees amounts."""

from decimal import Decimal

import pytest

from accounts.models import Membership
from resources.models import Absence, Allocation, Capacity, Person, ResourceRole, RoleRate, Skill, Team
from tests.api.conftest import errors_of

PEOPLE, RATES = "/api/v1/people/", "/api/v1/role-rates/"


def test_skills_and_levels_are_told_with_the_person_and_set_as_a_whole(api, person, skill, acme):
    sql = Skill.objects.create(organization=acme, name="SQL")
    url = f"{PEOPLE}{person.pk}/"

    both = [{"skill": skill.pk, "level": 4}, {"skill": sql.pk, "level": 2}]
    api.send("patch", url, {"skill_levels": both})
    answer = api.send("patch", url, {"skill_levels": [{"skill": sql.pk, "level": 5}]}).json()

    assert answer["skill_levels"] == [{"skill": sql.pk, "name": "SQL", "level": 5}]
    assert (answer["team_name"], answer["role_name"], answer["fte"], answer["version"]) == (
        "Platform", "Engineer", "1.00", 3,
    )  # fmt: skip
    assert [row["id"] for row in api.get(f"{PEOPLE}?skill={sql.pk}").json()["results"]] == [person.pk]
    assert api.get(f"{PEOPLE}?skill={skill.pk}").json()["results"] == []


@pytest.mark.parametrize(
    "levels", ["Python", [1], [{"skill": 1}], [{"skill": 1, "level": True}], [{"skill": 7, "level": 3}]]
)
def test_skills_that_are_none_are_refused(api, person, levels):
    assert "skill_levels" in errors_of(api.send("patch", f"{PEOPLE}{person.pk}/", {"skill_levels": levels}))


def test_a_level_above_five_and_a_skill_given_twice_are_refused(api, person, skill):
    url, row = f"{PEOPLE}{person.pk}/", {"skill": skill.pk, "level": 5}
    assert "1 to 5" in errors_of(api.send("patch", url, {"skill_levels": [row | {"level": 6}]}))["skill_levels"][0]
    assert "twice" in errors_of(api.send("patch", url, {"skill_levels": [row, row]}))["skill_levels"][0]


def test_a_placeholder_is_filled_and_its_allocations_go_to_the_person(api, person, project, acme):
    open_place = Person.objects.create(organization=acme, name="Engineer 2", is_placeholder=True)
    Allocation.objects.create(
        organization=acme, project=project, person=open_place, month="2026-02-01", fte=Decimal("0.5")
    )

    answer = api.send("post", f"{PEOPLE}{open_place.pk}/fill/", {"person": person.pk})

    assert answer.status_code == 200
    assert answer.json()["archived_at"]
    assert Allocation.objects.get().person == person
    again = api.send("post", f"{PEOPLE}{open_place.pk}/fill/", {"person": person.pk})
    assert again.status_code == 409


def test_many_people_are_added_and_changed_by_their_key_at_once(api, person, acme):
    Person.objects.update(external_key="HR-1")
    rows = [
        {"external_key": "HR-1", "fte": "0.50"},
        {"external_key": "HR-2", "name": "Joel", "team": "platform", "role": "engineer"},
    ]

    first = api.send("post", f"{PEOPLE}upsert/", {"rows": rows}).json()["results"]
    second = api.send("post", f"{PEOPLE}upsert/", {"rows": rows}).json()["results"]

    assert [row["result"] for row in first] == ["updated", "created"]
    assert [row["result"] for row in second] == ["unchanged", "unchanged"]
    assert Person.objects.get(external_key="HR-2").team.name == "Platform"


def test_one_wrong_row_refuses_all_and_is_named_by_its_number(api, person):
    rows = [
        {"external_key": "HR-2", "name": "Joel"},
        {"external_key": "HR-3", "name": "Ann", "team": "Nowhere"},
        {"external_key": "HR-2", "name": "Joel again"},
        {"external_key": "HR-4", "name": "Bea", "start_date": "2026-02-01", "finish_date": "2026-01-01"},
    ]
    errors = errors_of(api.send("post", f"{PEOPLE}upsert/", {"rows": rows}))
    assert errors["rows.2"] == ["There is no live team “Nowhere”."]
    assert "earlier row" in errors["rows.3"][0]
    assert "before the first" in errors["rows.4"][0]
    assert Person.objects.count() == 1


def test_who_may_not_see_amounts_gets_no_rates_at_all(api_for, acme, petra, role):
    rate = RoleRate.objects.create(
        organization=acme, role=role, from_date="2026-01-01", day_amount=Decimal("812.50"), currency="EUR"
    )
    Membership.objects.filter(user=petra).update(sees_amounts=False)
    api = api_for(petra, acme)

    answers = [
        api.get(RATES),
        api.get(f"{RATES}{rate.pk}/"),
        api.send("post", RATES, {"role": role.pk, "from_date": "2027-01-01", "day_amount": "1.00"}),
        api.send("patch", f"{RATES}{rate.pk}/", {"day_amount": "1.00"}),
        api.send("delete", f"{RATES}{rate.pk}/"),
    ]

    assert [answer.status_code for answer in answers] == [403] * 5
    assert b"812.5" not in b"".join(answer.content for answer in answers)
    assert b"812.5" not in api.get(f"/api/v1/resource-roles/{role.pk}/").content


def test_a_rate_is_added_in_the_organizations_currency_changed_and_removed(api, role):
    made = api.send("post", RATES, {"role": role.pk, "from_date": "2027-01-01", "day_amount": "800.00"}).json()
    url = f"{RATES}{made['id']}/"
    changed = api.send("patch", url, {"day_amount": "850.50", "currency": "chf"}).json()
    twice = api.send("post", RATES, {"role": role.pk, "from_date": "2027-01-01", "day_amount": "1.00"})

    assert (made["currency"], changed["currency"], changed["day_amount"]) == ("USD", "CHF", "850.50")
    assert twice.status_code == 400
    assert "already" in twice.content.decode()
    assert api.send("delete", url).status_code == 204
    assert not RoleRate.objects.exists()


def test_an_absence_is_added_changed_at_its_version_and_removed(api, person):
    body = {"person": person.pk, "first_date": "2026-07-06", "last_date": "2026-07-17", "away_ratio": "0.50"}
    made = api.send("post", "/api/v1/absences/", body).json()
    url = f"/api/v1/absences/{made['id']}/"

    assert api.send("patch", url, {"kind": "training"}, If_Match='"1"').json()["version"] == 2
    assert api.send("patch", url, {"kind": "illness"}, If_Match='"1"').status_code == 412
    assert "before the first" in api.send("patch", url, {"last_date": "2026-07-01"}).content.decode()
    assert [r["id"] for r in api.get("/api/v1/absences/?first_date=2026-07-17").json()["results"]] == [made["id"]]
    assert api.get("/api/v1/absences/?first_date=2026-07-18").json()["results"] == []
    assert api.send("delete", url).status_code == 204
    assert api.send("post", f"{url}restore/").status_code == 404
    assert not Absence.objects.exists()


def test_typed_capacity_is_set_by_the_cell_and_emptied_by_null(api, role, team):
    cell = {"role": role.pk, "team": team.pk, "month": "2026-03-01", "fte": "2.500"}

    [pk] = api.send("post", "/api/v1/capacities/set/", {"cells": [cell]}).json()["results"]
    [row] = api.get(f"/api/v1/capacities/?role={role.pk}").json()["results"]
    wrong = api.send("post", "/api/v1/capacities/set/", {"cells": [cell, cell | {"month": "2026-03-02"}]})
    emptied = api.send("post", "/api/v1/capacities/set/", {"cells": [cell | {"fte": None}]}).json()["results"]

    assert (row["id"], row["fte"], row["team_name"]) == (pk, "2.500", "Platform")
    assert "first day" in errors_of(wrong)["1"][0]
    assert emptied == [None]
    assert not Capacity.objects.exists()


def test_capacity_by_month_is_what_was_typed_or_what_people_add_up_to(api, person, role, team):
    Capacity.objects.create(organization=person.organization, role=role, team=team, month="2026-02-01", fte=3)

    rows = api.get("/api/v1/capacity-months/?first_month=2026-01-15&last_month=2026-02-01").json()

    assert [(row["month"], row["fte"], row["is_typed"]) for row in rows] == [
        ("2026-01-01", "1.000000", False),
        ("2026-02-01", "3.000000", True),
    ]
    assert "last_month" in errors_of(api.get("/api/v1/capacity-months/?first_month=2026-01-15&last_month=2025-02-01"))
    assert "first_month" in errors_of(api.get("/api/v1/capacity-months/?first_month=soon&last_month=2025-02-01"))


def test_a_viewer_reads_and_changes_nothing(api_for, vera, acme, person, team, role):
    api = api_for(vera, acme)
    assert api.get(PEOPLE).json()["results"][0]["name"] == "Maya"
    cell = {"role": role.pk, "team": team.pk, "month": "2026-03-01", "fte": "1"}
    writes = [
        api.send("post", PEOPLE, {"name": "Eve"}),
        api.send("post", f"{PEOPLE}upsert/", {"rows": [{"external_key": "E", "name": "Eve"}]}),
        api.send("delete", f"/api/v1/teams/{team.pk}/"),
        api.send("post", "/api/v1/capacities/set/", {"cells": [cell]}),
    ]
    assert [answer.status_code for answer in writes] == [403] * 4
    assert (Person.objects.count(), Team.objects.live().count(), ResourceRole.objects.count()) == (1, 1, 1)
