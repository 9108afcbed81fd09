"""The audit log and jobs over REST."""

import pytest
from django.utils import timezone

from events.models import JobStatus
from tests.api.conftest import errors_of


def test_leaders_read_what_happened_newest_first(api, project):
    api.send("patch", f"/api/v1/projects/{project.pk}/", {"name": "Artemis"})

    row = api.get("/api/v1/events/").json()["results"][0]

    assert (row["kind"], row["actor_name"], row["source"]) == ("project.updated", "Alice", "api")
    assert row["changes"] == {"name": ["Apollo", "Artemis"]}
    assert api.get(f"/api/v1/events/{row['id']}/").json() == row


def test_the_log_is_narrowed_by_kind_subject_person_and_time(api, project, activity, alice):
    api.send("patch", f"/api/v1/projects/{project.pk}/", {"name": "Artemis"})
    api.send("patch", f"/api/v1/activities/{activity.pk}/", {"name": "Draw"})

    def kinds(query: str) -> list[str]:
        return [row["kind"] for row in api.get(f"/api/v1/events/?{query}").json()["results"]]

    assert kinds("kind=activity.updated") == ["activity.updated"]
    assert kinds(f"subject_type=projects.project&subject_id={project.pk}") == ["project.updated"]
    assert "project.updated" in kinds(f"actor={alice.pk}")
    assert kinds("until=2020-01-01T00:00:00Z") == []
    assert errors_of(api.get("/api/v1/events/?since=yesterday"))


def test_in_the_order_of_commits_the_log_can_be_followed(api, project):
    api.send("patch", f"/api/v1/projects/{project.pk}/", {"name": "Artemis"})

    response = api.get("/api/v1/events/?ordering=commit")

    # The test's own transaction is still running, so that nothing in it is settled yet.
    assert response.status_code == 200
    assert response.json()["results"] == []


@pytest.mark.parametrize("who", ["petra", "bob", "vera"])
def test_others_may_not_read_the_log(request, api_for, acme, who):
    api = api_for(request.getfixturevalue(who), acme)

    assert api.get("/api/v1/events/").status_code == 403
    assert api.get("/api/v1/events/1/").status_code == 403


def test_the_log_is_only_read(api, project):
    for method in ("post", "put", "patch", "delete"):
        assert api.send(method, "/api/v1/events/", {}).status_code == 405


def test_a_stranger_reads_their_own_log_alone(api_for, charlie, other, api, project):
    api.send("patch", f"/api/v1/projects/{project.pk}/", {"name": "Artemis"})
    mine = api.get("/api/v1/events/").json()["results"][0]["id"]

    stranger = api_for(charlie, other)

    assert {row["kind"] for row in stranger.get("/api/v1/events/").json()["results"]} == {"api_token.created"}
    assert stranger.get(f"/api/v1/events/{mine}/").status_code == 404


def test_a_job_shows_its_progress(api, job):
    job.status, job.started_at, job.heartbeat_at = JobStatus.RUNNING, timezone.now(), timezone.now()
    job.done_count, job.total_count = 50, 200
    job.save()

    row = api.get(f"/api/v1/jobs/{job.pk}/").json()

    assert (row["status"], row["done_ratio"], row["started_by_name"]) == ("running", 0.25, "Bob")
    assert [each["id"] for each in api.get("/api/v1/jobs/?status=running").json()["results"]] == [job.pk]
    assert "payload" not in row
    assert "error" not in row


def test_a_waiting_job_is_stopped_by_a_leader_or_whoever_started_it(api_for, bob, petra, acme, job):
    assert api_for(petra, acme).send("post", f"/api/v1/jobs/{job.pk}/stop/").status_code == 403

    response = api_for(bob, acme).send("post", f"/api/v1/jobs/{job.pk}/stop/")

    assert response.status_code == 200
    assert response.json()["status"] == "stopped"
    assert api_for(bob, acme).send("post", f"/api/v1/jobs/{job.pk}/stop/").status_code == 409


def test_a_stranger_finds_and_stops_no_job(api_for, charlie, other, job):
    api = api_for(charlie, other)

    assert api.get(f"/api/v1/jobs/{job.pk}/").status_code == 404
    assert api.send("post", f"/api/v1/jobs/{job.pk}/stop/").status_code == 404
    assert api.get(f"/api/v1/jobs/{job.pk}/stop/").status_code == 405
