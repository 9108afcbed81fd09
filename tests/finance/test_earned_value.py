"""Earned value from baselines, progress and actual entries."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from events.services import happened_at
from finance.selectors import earned_value
from projects import services as projects
from projects.models import Activity, Project
from tests.filling import text_of
from tests.projects.activities import queries

TODAY = datetime.date(2026, 2, 10)


def at(day: int, month: int = 1) -> datetime.datetime:
    return datetime.datetime(2026, month, day, 12, tzinfo=datetime.UTC)


@pytest.fixture
def build(petra, project):
    """One activity of 20 working days and 20,000: Monday 2 February to Friday 27 February."""
    with happened_at(at(5)):
        return projects.create_activity(
            actor=petra, project=project, name="Build", planned_cost_amount=Decimal(20_000),
            planned_start_date=datetime.date(2026, 2, 2), planned_finish_date=datetime.date(2026, 2, 27),
        )  # fmt: skip


def progress(petra, activity, ratio, when):
    with happened_at(when):
        return projects.update_activity(actor=petra, activity=activity, progress_ratio=Decimal(ratio))


def test_planned_value_follows_working_days(project, build):
    """7 of 20 working days have passed on the evening of Tuesday 10 February."""
    read = earned_value(project, TODAY)

    assert read.figures.pv == 7_000
    assert read.figures.bac == 20_000
    assert read.by_plan == [project]
    assert [row.pv for row in read.series][-1] == 20_000


def test_the_baseline_counts_and_not_the_plan_of_today(petra, project, build):
    projects.take_baseline(actor=petra, project=project, name="Approved")
    build.refresh_from_db()
    projects.update_activity(
        actor=petra, activity=build, planned_cost_amount=Decimal(90_000),
        planned_start_date=datetime.date(2026, 3, 2), planned_finish_date=datetime.date(2026, 3, 27),
    )  # fmt: skip

    read = earned_value(project, TODAY)

    assert (read.figures.pv, read.figures.bac) == (7_000, 20_000)
    assert read.by_plan == []


def test_what_comes_after_the_baseline_earns_nothing_and_is_counted(petra, project, build):
    projects.take_baseline(actor=petra, project=project, name="Approved")
    later = projects.create_activity(actor=petra, project=project, name="More", planned_cost_amount=Decimal(5_000))
    projects.update_activity(actor=petra, activity=later, progress_ratio=Decimal(1))

    read = earned_value(project, TODAY)

    assert (read.figures.ev, read.figures.bac, read.added) == (0, 20_000, 1)


def test_earned_value_is_progress_times_planned_cost_and_the_log_tells_it_for_earlier_months(petra, project, build):
    build = progress(petra, build, "0.1", at(20))
    build = progress(petra, build, "0.4", at(9, 2))
    progress(petra, build, "0.9", at(5, 3))

    assert earned_value(project, TODAY).figures.ev == 18_000  # progress is what it is now
    by_day = {row.day: row.ev for row in earned_value(project, datetime.date(2026, 3, 10)).series}
    assert by_day[datetime.date(2026, 2, 28)] == 8_000


def test_actual_costs_are_entries_of_capital_and_operating_expenditure_until_this_month(project, build, enter):
    enter(project, "actual", "opex", "2026-01", 3_000)
    enter(project, "actual", "capex", "2026-02", 1_000)
    enter(project, "actual", "revenue", "2026-02", 50_000)
    enter(project, "forecast", "opex", "2026-02", 70_000)
    enter(project, "actual", "opex", "2026-03", 90_000)

    read = earned_value(project, TODAY)

    assert read.figures.ac == 4_000
    assert read.has_actuals


def test_without_actuals_the_cost_index_is_not_known_and_the_page_says_why(client, alice, project, build):
    client.force_login(alice)

    text = text_of(client.get(reverse("finance:project-earned-value", args=[project.pk])))

    assert "No actual costs are entered" in text
    assert "Nothing has been spent (AC is 0)" in text
    assert "There is no current baseline with costs" in text


def test_a_project_without_costed_activities_is_taken_by_its_budget(acme, project):
    Project.objects.filter(pk=project.pk).update(reported_progress_ratio=Decimal("0.5"))
    project.refresh_from_db()

    read = earned_value(project, TODAY)

    assert read.by_budget == [project]
    assert (read.figures.bac, read.figures.ev) == (1_000_000, 500_000)
    assert 0 < read.figures.pv < 1_000_000
    assert not read.is_told


def test_a_program_adds_up_its_funded_projects_and_names_those_it_leaves_out(acme, program, project, build, enter):
    idea = {"code": "IDEA", "name": "Idea", "currency": "USD", "budget_amount": 5}
    Project.objects.create(organization=acme, program=program, **idea)
    bare = Project.objects.create(
        organization=acme, program=program, code="BARE", name="Bare", status="active", currency="USD"
    )
    enter(program, "actual", "opex", "2026-02", 7)
    enter(project, "actual", "opex", "2026-02", 5)

    read = earned_value(program, TODAY)

    assert read.figures.bac == 20_000
    assert read.figures.ac == 12
    assert read.left_out == [bare]


def test_nothing_planned_is_an_empty_state(client, alice, acme, program):
    bare = Project.objects.create(organization=acme, program=program, code="BARE", name="Bare", currency="USD")
    client.force_login(alice)

    assert "No planned cost" in text_of(client.get(reverse("finance:project-earned-value", args=[bare.pk])))
    program_page = client.get(reverse("finance:program-earned-value", args=[program.pk]))
    assert "nothing can be earned yet" in text_of(program_page)


def test_the_page_takes_as_few_statements_for_thirteen_projects_as_for_one(
    client, alice, acme, program, project, build
):
    address = reverse("finance:program-earned-value", args=[program.pk])
    client.force_login(alice)
    client.get(address)
    one = queries(client, address)
    for number in range(12):
        more = Project.objects.create(
            organization=acme, program=program, code=f"P{number}", name=f"P{number}", status="active", currency="USD"
        )
        Activity.objects.create(
            organization=acme, project=more, name="Work", position=1, currency="USD", planned_cost_amount=10,
            planned_start_date=datetime.date(2026, 1, 5), planned_finish_date=datetime.date(2026, 1, 30),
        )  # fmt: skip

    client.get(address)  # a plan that has been read is kept

    assert queries(client, address) == one


def test_months_come_as_a_file(client, alice, project, build):
    client.force_login(alice)

    text = text_of(client.get(reverse("finance:project-earned-value", args=[project.pk]) + "?format=csv"))

    assert text.startswith("\ufeffUntil,PV,EV,AC")
