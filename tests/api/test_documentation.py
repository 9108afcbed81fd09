"""The OpenAPI document says what the API does, and is served without asking anybody else."""

import json
import re
from io import StringIO

import pytest
from django.core.management import call_command

from config.api import v1
from core.tenancy import Scope, scope


@pytest.fixture
def document(client, db):
    return json.loads(client.get("/api/schema/").content)


def test_the_document_is_valid_and_made_without_a_warning():
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", stdout=StringIO())


def test_every_address_is_in_the_document(document):
    routes = {re.sub(r"<\w+:(\w+)>", r"{\1}", f"/api/v1/{pattern.pattern}").replace("{pk}", "{id}") for pattern in v1}

    assert routes == set(document["paths"])


def test_every_operation_says_what_it_does_and_how_it_refuses(document):
    ids = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            ids.append(operation["operationId"])
            assert operation["summary"], f"{method} {path}"
            assert operation["description"], f"{method} {path}"
            assert {"401", "429"} <= set(operation["responses"]), f"{method} {path}"
            for code, response in operation["responses"].items():
                if int(code) >= 400:
                    assert list(response["content"]) == ["application/problem+json"]
    assert len(set(ids)) == len(ids)


def test_the_document_does_not_speak_of_the_code(document):
    text = json.dumps(document)

    for word in ("Meta.", "serializer", "Serializer", "queryset", "snippet", "django"):
        assert word not in text, word


def test_the_document_is_made_once_and_kept_by_callers(client, db, django_assert_num_queries):
    tag = client.get("/api/schema/").headers["ETag"]

    with django_assert_num_queries(0):
        response = client.get("/api/schema/", headers={"If-None-Match": tag})

    assert response.status_code == 304
    assert client.post("/api/schema/").status_code == 405


def test_the_page_needs_nothing_from_elsewhere_and_nothing_inline(client, db):
    with scope(Scope()):
        response = client.get("/api/docs/")
    page = response.content.decode()

    assert response.status_code == 200
    assert not re.search(r'(src|href)="(https?:)?//', page)
    assert not re.search(r"<script>|<style|style=", page)
    assert "'unsafe" not in response.headers["Content-Security-Policy"]
