"""Baselines over REST: taken, made current, compared."""

import datetime
from decimal import Decimal

import pytest

from projects import services
from projects.models import Activity, Baseline

BASELINES = "/api/v1/baselines/"


@pytest.fixture
def api(petra, acme, api_for):
    return api_for(petra, acme)


@pytest.fixture
def sail(petra, project):
    day = datetime.date(2026, 5, 4)
    return services.create_activity(
        actor=petra,
        project=project,
        name="Sail",
        planned_start_date=day,
        planned_finish_date=day,
        planned_cost_amount=Decimal(500),
    )


@pytest.fixture
def taken(api, project, sail):
    return api.send("post", BASELINES, {"project": project.pk, "name": "Approved"}).json()


def test_to_create_a_baseline_is_to_take_it(api, project, sail):
    response = api.send("post", BASELINES, {"project": project.pk, "name": "Approved", "note": "Gate 2"})

    assert response.status_code == 201
    body = response.json()
    assert (body["name"], body["is_current"], body["taken_by_name"]) == ("Approved", True, "Petra")
    rows = api.get(f"{BASELINES}{body['id']}/activities/").json()["results"]
    kept = {row["name"]: row for row in rows}
    assert (kept["Sail"]["start_date"], kept["Sail"]["cost_amount"]) == ("2026-05-04", "500.00")
    assert kept["Apollo"]["cost_amount"] == "500.00"


def test_a_project_without_activities_is_refused_with_a_sentence(api, project):
    response = api.send("post", BASELINES, {"project": project.pk, "name": "Approved"})

    assert response.status_code == 409
    assert "no activities yet" in response.json()["detail"]


def test_contributors_may_read_and_not_take(bob, acme, api_for, project, taken):
    api = api_for(bob, acme)

    assert api.get(BASELINES).json()["results"][0]["name"] == "Approved"
    assert api.send("post", BASELINES, {"project": project.pk, "name": "Mine"}).status_code == 403


def test_variance_is_against_today_or_another_baseline(api, petra, project, sail, taken):
    later = datetime.date(2026, 5, 8)
    services.update_activity(
        actor=petra, activity=Activity.objects.get(pk=sail.pk), planned_finish_date=later, planned_cost_amount=800
    )
    second = api.send("post", BASELINES, {"project": project.pk, "name": "Replanned", "make_current": False}).json()
    path = f"{BASELINES}{taken['id']}/variance/"

    body = api.get(path).json()
    row = next(row for row in body["rows"] if row["name"] == "Sail")
    assert (row["start_days"], row["finish_days"], row["cost_amount"]) == (0, 4, "300.00")
    assert (row["then"]["finish_date"], row["now"]["finish_date"]) == ("2026-05-04", "2026-05-08")
    assert body["totals"]["cost_amount"] == "300.00"
    assert api.get(f"{path}?against={second['id']}&show=changed").json()["totals"]["changed"] == 1
    assert api.get(f"{path}?against=1").status_code == 400
    assert api.get(f"{path}?show=nonsense").status_code == 400


def test_a_baseline_is_renamed_made_current_archived_and_restored(api, project, taken):
    second = api.send("post", BASELINES, {"project": project.pk, "name": "Thought", "make_current": False}).json()
    path = f"{BASELINES}{second['id']}/"

    assert api.send("patch", path, {"name": "Spring"}).json()["name"] == "Spring"
    assert api.send("patch", path, {"is_current": True}).status_code == 400
    assert api.send("post", f"{path}make-current/", None).json()["is_current"] is True
    assert api.send("delete", path).status_code == 204
    assert api.send("post", f"{path}restore/", None).json()["archived_at"] is None
    assert Baseline.objects.get(pk=taken["id"]).is_current is False
