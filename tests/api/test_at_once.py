"""Requests that arrive at the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from events.models import Event
from portfolio.models import Portfolio
from projects.models import Project
from tests.conftest import ApiClient

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(api, *requests) -> list[int]:
    """Send each request from a thread of its own; returns the statuses."""
    token = api.defaults["HTTP_AUTHORIZATION"].removeprefix("Bearer ")

    def send(request):
        try:
            method, path, body, headers = request
            return ApiClient(token).send(method, path, body, **headers).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(requests)) as crowd:
        return sorted(crowd.map(send, requests))


def test_one_of_many_gets_a_code_and_the_others_are_told(api, program):
    body = {"name": "Zeus", "code": "ZEUS", "program": program.pk}

    statuses = at_once(api, *[("post", "/api/v1/projects/", body, {})] * 6)

    assert statuses == [201, 400, 400, 400, 400, 400]
    assert Project.objects.filter(code="ZEUS").count() == 1
    assert Event.objects.filter(kind="project.created").count() == 1


def test_one_of_many_changes_a_version_and_the_others_get_412(api, project):
    url = f"/api/v1/projects/{project.pk}/"
    tag = api.get(url).headers["ETag"]

    statuses = at_once(api, *[("patch", url, {"name": f"Name {n}"}, {"If_Match": tag}) for n in range(6)])

    assert statuses == [200, 412, 412, 412, 412, 412]
    assert Project.objects.get(pk=project.pk).version == 2


def test_one_idempotency_key_makes_one_row(api, program):
    request = ("post", "/api/v1/projects/", {"name": "Zeus", "program": program.pk}, {"Idempotency_Key": "k-1"})

    statuses = at_once(api, *[request] * 6)

    assert set(statuses) <= {201, 409}
    assert Project.objects.filter(name="Zeus").count() == 1


def test_two_moves_cannot_close_a_circle(api, acme, portfolio):
    growth = Portfolio.objects.create(organization=acme, name="Growth")

    statuses = at_once(
        api,
        ("patch", f"/api/v1/portfolios/{portfolio.pk}/", {"parent": growth.pk}, {}),
        ("patch", f"/api/v1/portfolios/{growth.pk}/", {"parent": portfolio.pk}, {}),
    )

    assert statuses == [200, 400]
