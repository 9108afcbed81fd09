"""The IT portfolio of the US Department of Health and Human Services, imported as it is."""

import csv
import datetime
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.db import transaction

from accounts.models import Organization, User
from core.access import Role
from core.tenancy import organization_scope
from events.models import Event
from integrations import services
from integrations.models import ImportRow, ImportRun
from portfolio.models import Portfolio
from programs.models import Measure, Program
from projects.models import Activity, Project
from tests.conftest import member
from tests.integrations.conftest import HHS, carried_out, counts, hhs_files, said, undone, upload


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker):
    """An organization with the whole portfolio in it, imported once for all tests here and rolled back after them."""
    if not HHS.is_dir():
        pytest.skip("the HHS portfolio is not beside this project (../shared/data/hhs-portfolio)")
    with django_db_blocker.unblock(), transaction.atomic():
        organization = Organization.objects.create(name="HHS", slug="hhs-once")
        actor = member("hhs-owner", organization, Role.OWNER)
        with organization_scope(organization, actor):
            checked = services.upload_files(actor=actor, organization=organization, files=hhs_files())
            checked = services.check_run(actor=actor, run=checked)
            findings, plans = said(checked), {kind: counted["create"] for kind, counted in checked.totals.items()}
            assert not Portfolio.objects.exists()
            run = carried_out(actor, checked)
            yield Stage(organization, actor, run, findings, plans)
        transaction.set_rollback(True)


@dataclass
class Stage:
    organization: Organization
    actor: User
    run: ImportRun
    findings: list[str]
    plans: dict[str, int]


@pytest.fixture
def hhs_run(stage):
    """The import of the portfolio; what a test changes is rolled back behind it."""
    with transaction.atomic():
        yield stage
        transaction.set_rollback(True)


def rows(name: str) -> list[dict[str, str]]:
    with (HHS / name).open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_is_checked_before_any_is_written(hhs_run):
    assert hhs_run.plans == {
        "portfolio": 11,
        "program": 81,
        "project": 202,
        "activity": 1102,
        "measure": 455,
    }
    assert hhs_run.findings == [
        "94 projects have no name",
        "94 projects have no program or portfolio",
        "59 programs have no name",
    ]


def test_the_portfolio_is_here_as_it_is_in_the_files(hhs_run):
    run = hhs_run.run
    assert run.status == "done"
    assert [model.objects.live().count() for model in (Portfolio, Program, Project, Activity, Measure)] == [
        11,
        81,
        202,
        1102,
        455,
    ]
    assert Project.objects.parked().count() == 94
    assert not Program.objects.parked().exists()
    assert counts(run, "project") == {"rows": 202, "parked": 94, "created": 202}
    assert not ImportRow.objects.exclude(status="created").exists()


def test_amounts_dates_and_states_are_those_of_the_files(hhs_run):
    project = Project.objects.get(external_key="2006")

    assert project.name == "NEDSS - Base System Development"
    assert project.program.external_key == "009-000001378"
    assert project.budget_amount == Decimal("1585000.00")
    assert project.actual_amount == Decimal("1413000.00")
    assert project.planned_start_date == datetime.date(2010, 12, 21)
    assert project.planned_finish_date == datetime.date(2010, 12, 21) + datetime.timedelta(days=638)
    assert project.expected_finish_date == project.planned_finish_date + datetime.timedelta(days=375)
    planned = sum((Decimal(row["planned_cost_musd"]) for row in rows("activities.csv")), Decimal(0))
    assert sum(Activity.objects.values_list("planned_cost_amount", flat=True)) == planned * 1_000_000


def test_activities_carry_status_progress_and_actual_days(hhs_run):
    assert Counter(Activity.objects.values_list("status", "progress_ratio")) == {
        ("done", Decimal("1.0000")): 713,
        ("in_progress", Decimal("0.0000")): 389,
    }
    activity = Activity.objects.get(external_key="8040")
    assert activity.actual_start_date == datetime.date(2011, 2, 28) + datetime.timedelta(days=58)
    assert activity.planned_cost_amount == Decimal("143000.00")
    assert Activity.objects.get(external_key="8045").actual_finish_date == datetime.date(2011, 12, 15)
    places = list(
        Activity.objects.filter(project__external_key="2067").order_by("position").values_list("position", flat=True)
    )
    assert places == list(range(1, 42))


def test_a_project_is_done_when_all_its_activities_are(hhs_run):
    done = {row["project_id"] for row in rows("activities.csv")} - {
        row["project_id"] for row in rows("activities.csv") if row["status"] == "In-progress"
    }

    assert set(Project.objects.filter(status="done").values_list("external_key", flat=True)) == done
    assert Project.objects.filter(status="active").count() == 202 - len(done)


def test_ratings_and_results_are_understood(hhs_run):
    assert Counter(Program.objects.values_list("reported_health", flat=True)) == {"green": 59, "amber": 19, "red": 3}
    assert Counter(Measure.objects.values_list("result", flat=True)) == {"": 248, "met": 165, "not_met": 42}


def test_what_lacks_a_name_or_a_parent_says_so_where_it_is(hhs_run):
    project = Project.objects.get(external_key="1997")
    program = Program.objects.get(external_key="009-000000704")

    assert project.name == "Unnamed project 1997"
    assert project.parked_reason == "No program or portfolio is given. (projects.csv, row 110)"
    assert project.activities.count() == 3
    assert program.name == "Unnamed program 009-000000704"
    assert program.description.startswith("The overall scope of this investment is to provide Operations")
    assert program.portfolio.external_key == "38"


def test_the_same_files_change_nothing_the_second_time(hhs_run):
    before = Event.objects.exclude(subject_type="integrations.importrun").count()

    run = services.upload_files(actor=hhs_run.actor, organization=hhs_run.organization, files=hhs_files())
    assert all(file.is_remembered for file in run.files.all())
    run = carried_out(hhs_run.actor, services.check_run(actor=hhs_run.actor, run=run))

    assert run.findings == []
    assert run.count("unchanged") == run.row_count == 1851
    assert Event.objects.exclude(subject_type="integrations.importrun").count() == before
    assert Activity.objects.count() == 1102


def test_a_changed_file_changes_only_what_changed(hhs_run):
    text = (HHS / "projects.csv").read_text()
    changed = text.replace(
        "VTrckS - Release 2,009-000001386,2011-06-13,292.0,6.05", "VTrckS 2,009-000001386,2011-06-13,292.0,7.05"
    )
    assert text != changed
    before = set(Event.objects.values_list("pk", flat=True))

    run = services.upload_files(
        actor=hhs_run.actor, organization=hhs_run.organization, files=[upload("projects.csv", changed)]
    )
    run = carried_out(hhs_run.actor, services.check_run(actor=hhs_run.actor, run=run))

    assert counts(run, "project") == {"rows": 202, "parked": 94, "unchanged": 201, "updated": 1}
    assert Project.objects.get(external_key="2012").budget_amount == Decimal("7050000.00")
    event = Event.objects.exclude(pk__in=before).exclude(subject_type="integrations.importrun").get()
    assert event.kind == "project.updated"
    assert set(event.changes) == {"name", "budget_amount", "actual_amount"}
    assert event.source == "import"


def test_undo_takes_all_of_it_back(hhs_run):
    run = undone(hhs_run.actor, ImportRun.objects.get(pk=hhs_run.run.pk))

    assert run.status == "undone"
    assert run.count("undone") == 1851
    assert not any(model.objects.live().exists() for model in (Portfolio, Program, Project, Activity, Measure))
