"""Every error below /api/ is application/problem+json, whoever raises it."""

import re

import pytest
from django.db import connection, transaction

from core.api.errors import KINDS
from core.tenancy import Scope, scope
from projects import services
from tests.conftest import ApiClient


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "head", "options", "trace"])
@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v1/projets/", "/api/v1/projects", "/api/v2/projects/"])
def test_an_unknown_address_is_a_problem_for_every_method(db, client, method, path):
    response = getattr(client, method)(path)

    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"
    if method != "head":
        assert response.json()["code"] == "not_found"


@pytest.mark.parametrize("pk", ["x", "0", "-1", "1.5", "99999999999999999999", "9" * 5000, "%00", "1%00", "１"])
def test_an_id_that_is_none_is_a_404(api, pk):
    for path in ("projects", "events", "jobs", "rollups"):
        assert api.get(f"/api/v1/{path}/{pk}/").status_code == 404


def test_a_problem_says_what_kind_it_is_and_which_request(api):
    response = api.get("/api/v1/projects/999999/")

    problem = response.json()
    assert problem["title"] == "Not found"
    assert problem["type"] == "/api/docs/#problem-not_found"
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", problem["instance"])
    assert problem["instance"].endswith(response.headers["X-Request-ID"])


def test_each_kind_of_problem_has_its_paragraph(db, client):
    with scope(Scope()):
        page = client.get("/api/docs/").content.decode()

    assert [kind for kind in KINDS if f'id="problem-{kind}"' not in page] == []


def test_a_bug_is_a_problem_too_and_tells_nothing_of_itself(api, monkeypatch, project):
    def broken(**arguments):
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr(services, "update_project", broken)
    api.raise_request_exception = False

    response = api.send("patch", f"/api/v1/projects/{project.pk}/", {"name": "X"})

    assert response.status_code == 500
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "error"
    assert b"secret of the house" not in response.content


def test_two_who_save_the_same_at_once_get_a_conflict_and_not_a_crash(api, monkeypatch, project):
    def late(**arguments):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE unique_violation; END $$")

    monkeypatch.setattr(services, "update_project", late)

    response = api.send("patch", f"/api/v1/projects/{project.pk}/", {"name": "X"})

    assert (response.status_code, response.json()["code"]) == (409, "conflict")


def test_a_body_that_is_too_large_is_refused(api, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    response = api.send("post", "/api/v1/projects/", {"name": "x" * 2000})

    assert (response.status_code, response.json()["code"]) == (413, "too_large")


def test_a_wrong_host_is_a_problem(db):
    response = ApiClient().get("/api/v1/projects/", headers={"Host": "evil.example"})

    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "body",
    [
        "", "null", "1", '"text"', "[]", "{", '{"name": NaN}', '{"name": Infinity}', '{"a": 1e999}', "[" * 200_000,
        '{"name": "a", "name": "b"}', '{"x": ' + "9" * 5000 + "}", "{'name': 'a'}",
    ],
)  # fmt: skip
def test_a_body_that_makes_no_sense_is_refused_and_breaks_nothing(api, project, body):
    for method, path in (("post", "/api/v1/projects/"), ("put", f"/api/v1/projects/{project.pk}/products/")):
        response = getattr(api, method)(path, body, content_type="application/json")

        assert response.status_code == 400, response.content
        assert response.headers["Content-Type"] == "application/problem+json"


def test_other_encodings_of_json_are_refused_and_not_misread(api):
    body = '{"name": "Zeus"}'.encode("utf-16")

    assert api.post("/api/v1/projects/", body, content_type="application/json").status_code == 400


def test_an_answer_is_json_whatever_is_asked_for(api, project):
    response = api.get("/api/v1/projects/", headers={"Accept": "text/html"})

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"


def test_pages_keep_their_own_error_pages(client, alice):
    client.force_login(alice)

    response = client.get("/o/acme/nowhere/")

    assert response.headers["Content-Type"].startswith("text/html")
