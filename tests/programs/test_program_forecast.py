"""A program is forecast with all its projects, and with what they wait for elsewhere."""

import datetime

import pytest
from django.urls import reverse

from events.services import claim_job, run_job
from projects.models import Activity, Dependency, Forecast, Project
from tests.projects.activities import queries

DAY = datetime.date(2041, 1, 7)


def page(program):
    return reverse("programs:program-forecast", args=[program.pk])


def task(project, name, likely):
    return Activity.objects.create(
        organization_id=project.organization_id,
        project=project,
        name=name,
        currency="USD",
        is_manual=False,
        duration_minutes=likely,
        planned_start_date=DAY,
        planned_finish_date=DAY,
        optimistic_minutes=likely / 2,
        likely_minutes=likely,
        pessimistic_minutes=likely * 2,
    )


@pytest.fixture
def fleet(acme, program, project):
    """Apollo waits for Supply, a project outside the program; Bora is of the program as well."""
    bora = Project.objects.create(organization=acme, program=program, code="BORA", name="Bora", currency="USD")
    supply = Project.objects.create(
        organization=acme, portfolio=program.portfolio, code="SUPPLY", name="Supply", currency="USD"
    )
    Project.objects.update(planned_start_date=DAY, planned_finish_date=DAY + datetime.timedelta(days=60))
    first, second = task(supply, "Order", 4800), task(project, "Build", 4800)
    task(bora, "Sail", 2400)
    Dependency.objects.create(organization=acme, predecessor=first, successor=second, crosses_projects=True)
    return program


def test_a_program_is_forecast_from_its_page(client, acme, bob, fleet):
    client.force_login(bob)

    response = client.post(page(fleet), {"samples": "500", "seed": "1"})
    assert response.headers["Location"] == page(fleet)
    run_job(claim_job(acme.pk))
    response = client.get(page(fleet))

    read = response.context["read"]
    assert [row.name for row in read.projects] == ["Apollo", "Bora"]
    assert {each["name"] for each in read.result["drivers"]} == {"Order", "Build"}
    assert read.projects[0].p50 > read.projects[1].p50
    assert read.whole.p80 == read.projects[0].p80
    row = Forecast.objects.get()
    assert row.job.result_path == f"{page(fleet)}?run={row.pk}"
    found = client.get(reverse("projects:forecast-detail", args=[row.pk]))
    assert found.headers["Location"] == row.job.result_path


def test_a_program_without_open_work_says_so(client, bob, program):
    client.force_login(bob)

    response = client.post(page(program), {"samples": "500", "seed": "1", "assumes_spread": "on"})

    assert response.status_code == 409
    assert "“EU launch” has no work that remains to be done" in response.content.decode()


def test_viewers_read_and_run_none(client, vera, fleet):
    client.force_login(vera)

    assert "EU launch has no forecast yet." in client.get(page(fleet)).content.decode()
    assert client.post(page(fleet), {"samples": "500", "seed": "1"}).status_code == 403


def test_the_page_costs_the_same_for_few_projects_and_for_many(client, acme, bob, fleet):
    client.force_login(bob)
    client.get(page(fleet))
    few = queries(client, page(fleet))
    for number in range(10):
        more = Project.objects.create(
            organization=acme, program=fleet, code=f"MORE{number}", name=f"More {number}", currency="USD"
        )
        task(more, "Work", 2400)

    assert queries(client, page(fleet)) == few
