"""Teams, roles, people and typed capacity from files: checked first, matched by key or cell, taken back."""

import datetime
from decimal import Decimal

import pytest

from integrations.models import ImportRun
from resources.models import Calendar, Capacity, Person, ResourceRole, Skill, Team
from tests.filling import text_of
from tests.integrations.conftest import carried_out, counts, csv_text, reasons, said, undone, upload

PEOPLE = csv_text(
    "employee number,name,e-mail,role,team,fte,first day,placeholder",
    "7,Maya,maya@acme.example,Engineer,Platform,0.8,2026-02-02,no",
    "8,Engineer 2,,Engineer,Platform,1,,yes",
)
CAPACITY = csv_text("role,team,month,fte,note", "Engineer,Platform,2026-03,2.5,", "Engineer,,04/2026,1,Contractors")


@pytest.fixture(autouse=True)
def staff(acme):
    Team.objects.create(organization=acme, name="Platform")
    ResourceRole.objects.create(organization=acme, name="Engineer")


def test_people_are_read_with_role_team_contract_and_days(imported):
    run = imported(upload("people.csv", PEOPLE))

    assert reasons(run) == []
    maya, place = Person.objects.order_by("external_key")
    assert (maya.external_key, maya.email, maya.fte, maya.start_date) == (
        "7", "maya@acme.example", Decimal("0.80"), datetime.date(2026, 2, 2),
    )  # fmt: skip
    assert (maya.team.name, maya.role.name, place.is_placeholder, maya.is_placeholder) == (
        "Platform", "Engineer", True, False,
    )  # fmt: skip
    assert imported(upload("people.csv", PEOPLE)).count("unchanged") == 2


def test_a_check_writes_nothing_and_says_what_is_wrong_row_by_row(checked):
    bad = csv_text("employee number,name,role,fte", "1,Ann,Pilot,1", "2,Bea,Engineer,much", "3,Cid,Engineer,1")

    run = checked(upload("people.csv", bad))

    told = " ".join(reasons(run))
    assert "The role “Pilot” is neither in this organization nor in these files." in told
    assert "“much” in column “fte”" in told
    assert not Person.objects.exists()


def test_people_are_taken_back_to_what_they_were(imported, alice, acme):
    Person.objects.create(organization=acme, name="Maya", external_key="7", fte=1)
    run = imported(upload("people.csv", PEOPLE))

    undone(alice, run)

    assert Person.objects.get(external_key="7").fte == Decimal("1.00")
    assert Person.objects.get(external_key="8").is_archived


def test_capacity_is_set_by_role_team_and_month_and_not_doubled(imported):
    run = imported(upload("capacity.csv", CAPACITY))

    assert reasons(run) == []
    assert [
        (row.team and row.team.name, row.month.month, row.fte, row.note) for row in Capacity.objects.order_by("month")
    ] == [
        ("Platform", 3, Decimal("2.500"), ""),
        (None, 4, Decimal("1.000"), "Contractors"),
    ]
    again = imported(upload("capacity.csv", CAPACITY.replace("2.5", "3")))
    assert counts(again, "capacity") == {"rows": 2, "parked": 0, "unchanged": 1, "updated": 1}
    assert Capacity.objects.count() == 2


def test_capacity_is_taken_back(imported, alice):
    imported(upload("capacity.csv", CAPACITY))
    run = imported(upload("capacity.csv", CAPACITY.replace("2.5", "3").replace("04/2026", "05/2026")))

    undone(alice, run)

    assert sorted((row.month.month, row.fte) for row in Capacity.objects.all()) == [
        (3, Decimal("2.500")),
        (4, Decimal(1)),
    ]


def test_a_cell_that_stands_in_two_rows_is_taken_from_the_first(imported):
    run = imported(upload("capacity.csv", CAPACITY + "Engineer,Platform,2026-03-31,9,\r\n"))

    [reason] = reasons(run)
    assert "gives the capacity of this role, team and month already" in reason
    assert sorted(row.fte for row in Capacity.objects.all()) == [Decimal(1), Decimal("2.5")]


def test_capacity_of_nobody_in_no_month_is_refused(checked):
    run = checked(
        upload("capacity.csv", csv_text("role,team,month,fte", "Pilot,,2026-03,1", "Engineer,Platform,soon,1"))
    )

    assert run.count("error") == 2
    assert not Capacity.objects.exists()


@pytest.mark.parametrize(("page", "kind"), [("people", "person"), ("capacity/typed", "capacity")])
def test_our_own_export_changes_nothing(client, alice, acme, imported, page, kind):
    team, role = Team.objects.get(), ResourceRole.objects.get()
    Person.objects.create(organization=acme, name="Maya", external_key="7", team=team, role=role, user=alice)
    Person.objects.create(organization=acme, name="Engineer 2", external_key="8", is_placeholder=True)
    Capacity.objects.create(organization=acme, team=team, role=role, month=datetime.date(2026, 3, 1), fte=2, note="So")
    client.force_login(alice)
    text = text_of(client.get(f"/o/acme/{page}/?format=csv"))

    run: ImportRun = imported(upload("export.csv", text))

    assert (reasons(run), set(run.totals)) == ([], {kind})
    assert run.count("unchanged") == run.row_count > 0


SKILLED = "employee number,name,skills,calendar"


@pytest.fixture
def known(acme):
    for name in ("Python", "SQL", "Web 2"):
        Skill.objects.create(organization=acme, name=name)
    Calendar.objects.create(organization=acme, name="Norway")


def skills_of(person):
    return {row.skill.name: row.level for row in person.levels.select_related("skill")}


def test_people_get_their_skills_and_their_calendar_by_name(imported, known):
    text = csv_text(SKILLED, "7,Maya,python 4 ; SQL;,norway", "8,Joel,Web 2; Web 2 5,", "9,Ann,,")

    run = imported(upload("people.csv", text))

    assert reasons(run) == []
    maya, joel, ann = Person.objects.order_by("external_key")
    assert (skills_of(maya), maya.calendar.name) == ({"Python": 4, "SQL": 3}, "Norway")
    assert (skills_of(joel), joel.calendar, skills_of(ann)) == ({"Web 2": 5}, None, {})
    assert imported(upload("people.csv", text)).count("unchanged") == 3


def test_unknown_skills_and_calendars_are_told_at_their_row_with_what_there_is(checked, known):
    text = csv_text(SKILLED, "7,Maya,Rust 2,", "8,Joel,,Mars", '9,Ann,"Python, SQL",', "10,Bea,SQL 6,", "11,Cid,SQL,")

    run = checked(upload("people.csv", text))

    assert reasons(run) == [
        "There is no skill “Rust 2” here; there are: Python, SQL, Web 2.",
        "There is no calendar “Mars” here; there are: Norway.",
        "There is no skill “Python, SQL” here (skills are divided by semicolons); there are: Python, SQL, Web 2.",
        "“SQL 6”: a level is from 1 to 5.",
    ]
    assert "2 people name a skill that is not known" in said(run)
    assert counts(run, "person")["create"] == 1


def test_where_nothing_is_known_the_row_says_so(checked):
    assert reasons(checked(upload("people.csv", csv_text(SKILLED, "7,Maya,SQL,")))) == [
        "There is no skill “SQL” here: none is kept yet. Add it first, or clear the cell."
    ]


def test_skills_that_change_are_shown_written_and_taken_back(checked, imported, alice, acme, known):
    imported(upload("people.csv", csv_text(SKILLED, "7,Maya,Python 4; SQL 2,Norway")))
    run = checked(upload("people.csv", csv_text(SKILLED, "7,Maya,Python; Web 2 1,")))
    maya = Person.objects.get()

    assert run.rows.get().change_lines == [("skills", "Python 4; SQL 2", "Python 4; Web 2 1")]
    run = carried_out(alice, run)
    assert skills_of(maya) == {"Python": 4, "Web 2": 1}

    undone(alice, run)

    assert skills_of(maya) == {"Python": 4, "SQL": 2}
    assert Person.objects.get().calendar.name == "Norway"
