"""All projects of a program are kept at once, and one table says which of them have moved since."""

import csv
import datetime
import io
from decimal import Decimal

import pytest
from django.urls import reverse

from projects import services
from projects.models import Activity, Baseline, Project
from tests.projects.activities import many, queries

GATE = datetime.date(2026, 3, 2)


def tab(program):
    return reverse("programs:program-baselines", args=[program.pk])


def take(program):
    return reverse("programs:program-take-baselines", args=[program.pk])


@pytest.fixture
def fleet(acme, petra, program, project):
    """Apollo and Bora, each with work and a milestone, and Calm without anything."""
    bora = Project.objects.create(organization=acme, program=program, code="BORA", name="Bora", currency="USD")
    Project.objects.create(organization=acme, program=program, code="CALM", name="Calm", currency="USD")
    for each in (project, bora):
        dates = {"planned_start_date": GATE, "planned_finish_date": GATE}
        services.create_activity(actor=petra, project=each, name="Build", planned_cost_amount=Decimal(1000), **dates)
        services.create_activity(actor=petra, project=each, name=f"{each} ready", kind="milestone", **dates)
    return [project, bora]


@pytest.fixture
def kept(petra, fleet):
    return services.take_program_baselines(actor=petra, projects=fleet, name="Gate 1")


def test_baselines_of_all_projects_are_taken_and_taken_back_together(client, petra, program, fleet):
    client.force_login(petra)

    response = client.post(take(program), {"name": "Gate 1", "make_current": "on"}, follow=True)

    said = next(iter(response.context["messages"]))
    assert str(said) == "Took 2 baselines “Gate 1”; 1 project without activities left out."
    assert Baseline.objects.filter(name="Gate 1", is_current=True).count() == 2
    response = client.post(said.extra_tags.split()[0])
    assert response.headers["Location"] == tab(program)
    assert not Baseline.objects.live().exists()


def test_a_name_in_use_is_refused_with_the_project_and_what_was_typed_is_kept(client, petra, program, fleet, kept):
    client.force_login(petra)

    response = client.post(take(program), {"name": "Gate 1", "note": "Again"})

    assert response.status_code == 409
    assert "Apollo and Bora already have a baseline “Gate 1”" in response.content.decode()
    assert response.context["form"]["note"].value() == "Again"
    assert Baseline.objects.count() == 2


def test_each_project_and_milestone_stands_against_its_own_baseline_and_the_sum_is_that_of_the_projects(
    client, petra, program, fleet, kept
):
    build = Activity.objects.get(name="Build", project=fleet[1])
    services.update_activity(actor=petra, activity=build, planned_cost_amount=Decimal(1400))
    ready = Activity.objects.get(name="Bora ready")
    services.update_activity(actor=petra, activity=ready, planned_finish_date=GATE + datetime.timedelta(days=10))
    client.force_login(petra)

    response = client.get(tab(program))

    rows = {row.name: row for row in response.context["page"]}
    assert list(rows) == ["Apollo", "Apollo ready", "Bora", "Bora ready"]
    assert (rows["Bora"].finish_days, rows["Bora ready"].finish_days, rows["Apollo"].finish_days) == (10, 10, 0)
    totals = response.context["totals"]
    assert totals.cost_amount == sum(row.cost_amount for row in rows.values() if row.is_root) == 400
    assert totals.later == 1
    page = response.content.decode()
    assert "1 without a baseline" in page
    assert f"{reverse('projects:project-variance', args=[fleet[1].pk])}" in page
    assert [row.name for row in client.get(tab(program) + "?changed=1").context["page"]] == ["Bora", "Bora ready"]


def test_the_table_leaves_as_a_file(client, petra, program, kept):
    client.force_login(petra)

    text = client.get(tab(program), {"format": "csv"}).getvalue().decode("utf-8-sig")

    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["Project"], row["Activity"]) for row in rows][2:] == [("Bora", "Bora"), ("Bora", "Bora ready")]


def test_a_program_that_keeps_nothing_says_what_a_baseline_is(client, petra, vera, program, fleet):
    client.force_login(petra)
    assert "Nothing to measure against yet" in client.get(tab(program)).content.decode()
    client.force_login(vera)
    page = client.get(tab(program)).content.decode()
    assert "No project of EU launch has a current baseline." in page
    assert client.get(take(program)).status_code == 403


def test_a_program_without_projects_has_nothing_to_keep(client, petra, program):
    client.force_login(petra)

    assert "EU launch has no projects" in client.get(tab(program)).content.decode()
    assert client.post(take(program), {"name": "Gate 1"}).status_code == 409


def test_the_page_costs_the_same_for_few_activities_and_for_many(client, petra, acme, program, fleet, kept):
    client.force_login(petra)
    client.get(tab(program))
    few = queries(client, tab(program))
    many(acme, fleet[0], petra, 60)
    services.take_program_baselines(actor=petra, projects=fleet, name="Gate 2")

    assert queries(client, tab(program)) == few
