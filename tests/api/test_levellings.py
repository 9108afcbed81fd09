"""Levelling proposals over REST: asked for, followed by their job, accepted or discarded."""

import pytest

from events.services import claim_job, run_job
from projects.models import Project
from tests.projects.levelling import month

LEVELLINGS = "/api/v1/levellings/"


@pytest.fixture
def proposal(api, acme, program, rivals):
    """Asked for by Alice and looked for by a worker."""
    asked = api.send("post", LEVELLINGS, {"program": program.pk}).json()
    run_job(claim_job(acme.pk))
    return f"{LEVELLINGS}{asked['id']}/"


def test_a_proposal_is_accepted_for_work_followed_and_read(api, acme, program, rivals):
    response = api.send("post", LEVELLINGS, {"program": program.pk, "most_months": 3, "seed": 2})

    assert response.status_code == 202
    asked = response.json()
    assert (asked["status"], asked["result"], asked["job_status"]) == ("open", None, "queued")
    run_job(claim_job(acme.pk))
    done = api.get(f"{LEVELLINGS}{asked['id']}/").json()
    assert [move["name"] for move in done["result"]["moves"]] == ["Zeus"]
    assert done["result"]["after"] == {"peak": 0.0, "total": 0.0}
    assert api.get(f"{LEVELLINGS}?program={program.pk}&status=open").json()["results"][0]["id"] == asked["id"]
    assert api.get(f"{LEVELLINGS}?program={program.pk}&status=accepted").json()["results"] == []


def test_a_proposal_is_accepted_taken_back_and_discarded(api, proposal, rivals):
    accepted = api.send("post", f"{proposal}accept/", {"projects": [rivals["zeus"].pk]})

    assert accepted.status_code == 200
    assert accepted.json()["status"] == "accepted"
    assert Project.objects.get(name="Zeus").planned_start_date.replace(day=1) == month(4)
    assert api.send("post", f"{proposal}discard/").status_code == 409
    assert api.send("post", f"{proposal}take-back/").json()["status"] == "open"
    assert Project.objects.get(name="Zeus").planned_start_date == month(2)
    assert api.send("post", f"{proposal}discard/").json()["status"] == "discarded"


def test_an_old_version_and_a_changed_plan_are_refused(api, proposal, rivals):
    etag = api.get(proposal)["ETag"]
    api.send("post", f"{proposal}discard/")
    api.send("post", f"{proposal}take-back/")

    assert api.send("post", f"{proposal}accept/", {}, **{"If-Match": etag}).status_code == 412
    Project.objects.filter(name="Zeus").update(version=9)
    response = api.send("post", f"{proposal}accept/", {})
    assert response.status_code == 409
    assert "“Zeus” changed since" in response.json()["detail"]


def test_a_proposal_is_of_a_program_or_of_a_portfolio(api, portfolio, program, rivals):
    for body in ({}, {"program": program.pk, "portfolio": portfolio.pk}):
        assert api.send("post", LEVELLINGS, body).status_code == 400
    assert "most_months" in api.send("post", LEVELLINGS, {"program": program.pk, "most_months": 99}).json()["errors"]


def test_without_capacity_the_answer_says_what_to_enter(api, program, zeus):
    response = api.send("post", LEVELLINGS, {"program": program.pk})

    assert response.status_code == 409
    assert "Enter allocations" in response.json()["detail"]


def test_viewers_read_and_strangers_see_nothing(api_for, acme, other, bob, vera, charlie, program, proposal, rivals):
    viewer, contributor, stranger = api_for(vera, acme), api_for(bob, acme), api_for(charlie, other)
    assert viewer.get(proposal).status_code == 200
    assert viewer.send("post", LEVELLINGS, {"program": program.pk}).status_code == 403
    for act in ("accept", "discard", "take-back"):
        assert contributor.send("post", f"{proposal}{act}/", {}).status_code == 403
        assert stranger.send("post", f"{proposal}{act}/", {}).status_code == 404
    assert stranger.get(proposal).status_code == 404
