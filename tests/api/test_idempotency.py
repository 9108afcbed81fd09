"""Idempotency-Key: a POST sent twice is done once."""

import pytest
from django.core.cache import cache

from core.api.idempotency import UNDER_WAY_SECONDS
from projects.models import Activity, Project
from tests.api.conftest import errors_of


@pytest.fixture
def body(program):
    return {"name": "Zeus", "program": program.pk}


def test_a_creation_sent_twice_makes_one_row_and_the_same_answer(api, body):
    first = api.send("post", "/api/v1/projects/", body, Idempotency_Key="k-1")
    second = api.send("post", "/api/v1/projects/", body, Idempotency_Key="k-1")

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert second.headers["ETag"] == first.headers["ETag"]
    assert second.headers["Location"] == first.headers["Location"]
    assert second.headers["Idempotency-Replayed"] == "true"
    assert Project.objects.filter(name="Zeus").count() == 1


def test_an_action_sent_twice_is_done_once(api, acme, project):
    for name in ("A", "B", "C"):
        api.send("post", "/api/v1/activities/", {"name": name, "project": project.pk})
    last = Activity.objects.get(name="C")

    for _ in range(2):
        api.send("post", f"/api/v1/activities/{last.pk}/move/", {"direction": "up"}, Idempotency_Key="k-1")

    assert [row.name for row in Activity.objects.order_by("position")] == ["A", "C", "B"]


def test_one_key_for_two_different_bodies_is_refused(api, body):
    api.send("post", "/api/v1/projects/", body, Idempotency_Key="k-1")

    response = api.send("post", "/api/v1/projects/", {**body, "name": "Hera"}, Idempotency_Key="k-1")

    assert response.status_code == 409
    assert "another request" in response.json()["detail"]


def test_a_key_whose_first_request_is_at_work_waits(api, body, monkeypatch):
    api.send("post", "/api/v1/projects/", body, Idempotency_Key="k-1")
    (name,) = [key for key in _keys() if "idempotency" in key]
    kept = cache.get(name)
    cache.set(name, {"body": kept["body"]}, UNDER_WAY_SECONDS)

    response = api.send("post", "/api/v1/projects/", body, Idempotency_Key="k-1")

    assert response.status_code == 409
    assert "still at work" in response.json()["detail"]


def _keys() -> list[str]:
    client = cache._cache.get_client(None)
    return [key.decode().partition(":1:")[2] for key in client.keys("*")]


def test_a_request_that_failed_may_be_sent_again_under_its_key(api, body):
    assert api.send("post", "/api/v1/projects/", {**body, "name": ""}, Idempotency_Key="k-1").status_code == 400
    assert api.send("post", "/api/v1/projects/", body, Idempotency_Key="k-1").status_code == 201


def test_keys_belong_to_a_token_and_an_address(api, api_for, olivia, acme, body):
    api.send("post", "/api/v1/projects/", body, Idempotency_Key="k-1")
    api_for(olivia, acme).send("post", "/api/v1/projects/", body, Idempotency_Key="k-1")
    program = api.send("post", "/api/v1/programs/", {"name": "P", "portfolio": 0}, Idempotency_Key="k-1")

    assert Project.objects.filter(name="Zeus").count() == 2
    assert program.status_code == 400


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_a_key_that_is_none_is_refused(api, body, key):
    response = api.send("post", "/api/v1/projects/", body, Idempotency_Key=key)

    assert response.status_code == 400
    assert "Idempotency-Key" in errors_of(response)
