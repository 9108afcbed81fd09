"""Who may call: tokens, their scope, their end, and how often."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.utils import timezone

from accounts.models import ApiToken
from core.errors import RateLimited
from core.limits import forget, take
from tests.conftest import ApiClient


@pytest.mark.parametrize(
    "header",
    [
        "", "Bearer", "Bearer ", "Bearer x", "Bearer ptl_", "Bearer ptl_1_", "Bearer ptl_x_y", "Basic YWxpY2U6cGFzcw==",
        "Bearer ptl_99999999999999999999_x", "Bearer ptl_1_\u00e9", "Bearer ptl_²_x", "bearer ptl_1_wrong",
    ],
)  # fmt: skip
def test_without_a_token_that_is_known_nothing_is_read(db, header):
    response = ApiClient().get("/api/v1/projects/", headers={"Authorization": header} if header else {})

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["code"] in {"not_authenticated", "authentication_failed"}


def test_a_token_that_may_only_read_writes_nothing(api_for, alice, acme, project):
    api = api_for(alice, acme, scope="read")

    assert api.get(f"/api/v1/projects/{project.pk}/").status_code == 200
    for response in (
        api.send("patch", f"/api/v1/projects/{project.pk}/", {"name": "X"}),
        api.send("post", "/api/v1/projects/", {"name": "X"}),
        api.delete(f"/api/v1/projects/{project.pk}/"),
        api.send("put", f"/api/v1/projects/{project.pk}/products/", {"shares": []}),
    ):
        assert response.status_code == 403
        assert response.json()["code"] == "permission_denied"
        assert response.json()["detail"] == "This token may only read."


@pytest.mark.parametrize(
    "end",
    [
        lambda token: {"revoked_at": timezone.now()},
        lambda token: {"expires_at": timezone.now() - datetime.timedelta(seconds=1)},
    ],
    ids=["revoked", "expired"],
)
def test_a_token_that_has_ended_opens_nothing(api, end):
    token = ApiToken.objects.get()
    ApiToken.objects.update(**end(token))

    assert api.get("/api/v1/projects/").status_code == 401


def test_a_token_of_somebody_who_left_or_is_blocked_opens_nothing(api, alice):
    alice.is_active = False
    alice.save()
    assert api.get("/api/v1/projects/").status_code == 401

    alice.is_active = True
    alice.save()
    alice.memberships.get().delete()
    assert api.get("/api/v1/projects/").status_code == 401


def test_a_token_with_another_organizations_number_opens_nothing(api, acme, other):
    secret = api.defaults["HTTP_AUTHORIZATION"].replace(f"ptl_{acme.pk}_", f"ptl_{other.pk}_")

    assert ApiClient(secret.removeprefix("Bearer ")).get("/api/v1/me/").status_code == 401


def test_a_role_that_changes_counts_from_the_next_call(api, alice, portfolio):
    alice.memberships.update(role="viewer")

    assert api.send("patch", f"/api/v1/portfolios/{portfolio.pk}/", {"name": "X"}).status_code == 403


def test_the_last_use_is_noted_but_not_at_every_call(api, django_assert_num_queries):
    api.get("/api/v1/me/")
    used_at = ApiToken.objects.get().last_used_at

    with django_assert_num_queries(1):
        api.get("/api/v1/me/")

    assert used_at is not None
    assert ApiToken.objects.get().last_used_at == used_at


def test_every_answer_tells_what_is_left_of_the_minute(api, settings):
    settings.API_RATE_LIMIT_PER_MINUTE = 3

    answers = [api.get("/api/v1/me/") for _ in range(2)] + [api.get("/api/v1/projects/999999/")]

    assert [answer.headers["RateLimit-Limit"] for answer in answers] == ["3"] * 3
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0"]
    assert 0 < int(answers[0].headers["RateLimit-Reset"]) <= 60


def test_a_token_that_calls_too_often_is_told_when_to_come_back(api, api_for, bob, acme, settings):
    settings.API_RATE_LIMIT_PER_MINUTE = 2
    api.get("/api/v1/me/")
    api.get("/api/v1/me/")

    refused = api.get("/api/v1/me/")

    assert refused.status_code == 429
    assert refused.json()["code"] == "rate_limited"
    assert refused.headers["RateLimit-Remaining"] == "0"
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert api_for(bob, acme).get("/api/v1/me/").status_code == 200


def test_many_at_once_do_not_slip_past_the_limit(db):
    def try_once(_):
        try:
            take("test:crowd", limit=20, window_seconds=60, message="Too many.")
        except RateLimited:
            return 0
        return 1

    with ThreadPoolExecutor(16) as crowd:
        admitted = sum(crowd.map(try_once, range(200)))
    forget("test:crowd")

    assert admitted == 20
