"""Delivery forecasts over REST: asked for, followed by their job, read."""

import datetime

import pytest

from events.services import claim_job, run_job
from projects.models import Activity

FORECASTS = "/api/v1/forecasts/"
DAY = datetime.date(2041, 1, 7)


@pytest.fixture
def sail(acme, project):
    return Activity.objects.create(
        organization=acme,
        project=project,
        name="Sail",
        currency="USD",
        is_manual=False,
        duration_minutes=4800,
        planned_start_date=DAY,
        planned_finish_date=DAY + datetime.timedelta(days=11),
        optimistic_minutes=2400,
        likely_minutes=4800,
        pessimistic_minutes=9600,
    )


@pytest.fixture
def api(bob, acme, api_for):
    return api_for(bob, acme)


def test_a_forecast_is_accepted_followed_and_read(api, acme, project, sail):
    response = api.send("post", FORECASTS, {"project": project.pk, "samples": 500, "seed": 2})

    assert response.status_code == 202
    asked = response.json()
    assert (asked["job_status"], asked["result"], asked["seed"]) == ("queued", None, 2)
    assert api.get(f"/api/v1/jobs/{asked['job']}/").json()["status"] == "queued"
    run_job(claim_job(acme.pk))
    done = api.get(f"{FORECASTS}{asked['id']}/").json()
    assert done["job_status"] == "done"
    assert done["result"]["projects"][0]["name"] == "Apollo"
    listed = api.get(f"{FORECASTS}?project={project.pk}").json()["results"][0]
    assert listed["id"] == asked["id"]
    assert "result" not in listed  # it may be megabytes; each run has its own at its address


def test_a_program_is_forecast_with_all_its_projects(api, acme, program, sail):
    asked = api.send("post", FORECASTS, {"program": program.pk, "samples": 500}).json()
    run_job(claim_job(acme.pk))

    assert [row["name"] for row in api.get(f"{FORECASTS}{asked['id']}/").json()["result"]["projects"]] == ["Apollo"]


def test_a_forecast_is_of_a_project_or_of_a_program(api, project, program, sail):
    for body in ({}, {"project": project.pk, "program": program.pk}):
        response = api.send("post", FORECASTS, body)
        assert response.status_code == 400
        assert "one of the two" in response.content.decode()


def test_bad_numbers_and_plans_without_estimates_are_refused_at_their_field(api, project, sail):
    assert "samples" in api.send("post", FORECASTS, {"project": project.pk, "samples": 5}).json()["errors"]
    Activity.objects.update(optimistic_minutes=None, likely_minutes=None, pessimistic_minutes=None)
    response = api.send("post", FORECASTS, {"project": project.pk})
    assert response.status_code == 400
    assert "assumes_spread" in response.json()["errors"]


def test_viewers_read_and_run_none(vera, acme, api_for, project, sail):
    api = api_for(vera, acme)

    assert api.get(FORECASTS).status_code == 200
    assert api.send("post", FORECASTS, {"project": project.pk}).status_code == 403
