"""What holds for every resource: it works, roles are asked, strangers find nothing, nonsense is refused by name."""

from itertools import product as pairs

import pytest

from events.models import Event
from tests.api.conftest import FOR_LEADERS, KEYED, errors_of


def test_a_list_shows_the_rows_of_the_tokens_organization(api, resource):
    response = api.get(resource.path)

    assert response.status_code == 200
    assert [row["id"] for row in response.json()["results"]] == [resource.row.pk]


def test_a_row_is_shown_as_the_list_shows_it(api, resource):
    listed = api.get(resource.path).json()["results"][0]

    response = api.get(resource.url)

    assert response.status_code == 200
    assert response.json() == listed


def test_a_row_is_created_recorded_and_shown(api, resource, alice):
    response = api.send("post", resource.path, resource.new)

    assert response.status_code == 201
    row = response.json()
    assert {name: row[name] for name in resource.new} == resource.new
    row.pop("secret", None)  # told this once
    assert api.get(response.headers["Location"]).json() == row
    event = Event.objects.filter(kind__endswith=".created").order_by("id").last()
    assert (event.actor, event.subject_id, event.source) == (alice, str(row["id"]), "api")


def test_a_row_is_changed_and_its_version_counted_up(api, resource):
    response = api.send("patch", resource.url, resource.change)

    assert response.status_code == 200
    row = response.json()
    assert {name: row[name] for name in resource.change} == resource.change
    assert row["version"] == resource.row.version + 1


@pytest.mark.usefixtures("db")
def test_a_row_is_archived_and_restored(api, resource, project, program, activity, risk, measure, product):
    for below in (activity, risk, project, measure, program, product):  # what would hold a parent back
        if type(below) is not type(resource.row):
            api.delete(f"/api/v1/{_path(below)}/{below.pk}/")

    archived = api.delete(resource.url)

    assert archived.status_code == 204
    assert api.get(resource.path).json()["results"] == []
    assert [row["id"] for row in api.get(f"{resource.path}?archived=true").json()["results"]] == [resource.row.pk]
    assert api.get(resource.url).json()["archived_at"]

    for parent in ("portfolio", "program", "project", "line"):
        above = getattr(resource.row, parent, None)
        for node in filter(None, (getattr(above, "program", None), above)):
            api.send("post", f"/api/v1/{_path(node)}/{node.pk}/restore/")
    restored = api.send("post", f"{resource.url}restore/")
    assert restored.status_code == 200
    assert restored.json()["archived_at"] is None


def _path(row) -> str:
    words = {"activity": "activities", "productline": "product-lines"}
    return words.get(row._meta.model_name, f"{row._meta.model_name}s")


def test_a_viewer_may_read_but_not_write(api_for, vera, acme, resource):
    api = api_for(vera, acme)

    assert api.get(resource.url).status_code == (403 if resource.path.split("/")[-2] in FOR_LEADERS else 200)
    refusals = [
        api.send("post", resource.path, resource.new),
        api.send("patch", resource.url, resource.change),
        api.delete(resource.url),
        api.send("post", f"{resource.url}restore/"),
    ]
    for refused in refusals:
        assert refused.status_code == 403
        assert refused.json()["code"] == "not_allowed"
        assert "These roles may" in refused.json()["detail"]


def test_a_stranger_finds_nothing_and_changes_nothing(api_for, charlie, other, resource):
    api = api_for(charlie, other)

    assert api.get(resource.path).json()["results"] == []
    answers = [
        api.get(resource.url),
        api.send("patch", resource.url, resource.change),
        api.delete(resource.url),
        api.send("post", f"{resource.url}restore/"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    resource.row.refresh_from_db()
    assert resource.row.version == 1


def test_a_parent_in_another_organization_is_refused_at_its_field(api, resource, foreign):
    for parent in resource.parents:
        response = api.send("post", resource.path, {**resource.new, parent: foreign[parent].pk})

        assert response.status_code == 400
        assert errors_of(response) == {parent: ["There is no such row, or it is not yours to see."]}


def test_a_wrong_value_is_refused_at_its_field_and_nothing_is_saved(api, resource):
    for send in (
        lambda: api.send("post", resource.path, {**resource.new, **resource.wrong}),
        lambda: api.send("patch", resource.url, resource.wrong),
    ):
        response = send()
        assert response.status_code == 400
        assert set(errors_of(response)) & {*resource.wrong, "non_field_errors"}
    resource.row.refresh_from_db()
    assert resource.row.version == 1


def test_a_misspelt_field_is_refused_by_name_and_not_dropped(api, resource):
    for method, url, body in (("post", resource.path, resource.new), ("patch", resource.url, resource.change)):
        response = api.send(method, url, {**body, "nmae": "Typo"})

        assert response.status_code == 400
        assert errors_of(response)["nmae"][0].startswith("There is no such field. Known: ")


def test_a_field_that_is_only_read_is_refused_with_what_to_do(api, resource):
    response = api.send("patch", resource.url, {"archived_at": "2026-01-01T00:00:00Z", "version": 7})

    assert errors_of(response) == {
        "archived_at": ["DELETE archives, POST to restore/ brings back."],
        "version": ["This field is only read."],
    }


def test_characters_that_the_database_cannot_keep_are_refused(api, resource):
    for value in ("\x00", "a\x00b", "\ud800"):
        response = api.send("post", resource.path, {**resource.new, "name": value})

        assert response.status_code == 400, value
        assert "name" in errors_of(response), value


def test_an_id_that_is_none_is_refused_at_its_field(api, resource):
    for parent, value in pairs(resource.parents, (10**30, -1, 0, True, 1.5, "x", [], {}, None, "9" * 400)):
        if parent == "parent" or (value is None and resource.path.endswith(("/people/", "/scoring-models/"))):
            continue  # a portfolio may have no parent, a person no team and no role, a scoring model no portfolio
        response = api.send("post", resource.path, {**resource.new, parent: value})

        assert response.status_code == 400, (parent, value)
        assert errors_of(response), (parent, value)


def test_a_method_that_the_address_does_not_take_gets_405(api, resource):
    for method, url in (
        ("put", resource.url),
        ("post", resource.url),
        ("delete", resource.path),
        ("put", resource.path),
    ):
        response = api.send(method, url, {})

        assert response.status_code == 405
        assert response.json()["code"] == "method_not_allowed"
        assert method.upper() not in response.headers["Allow"]


def test_a_body_that_is_not_json_is_refused(api, resource):
    as_form = api.post(resource.path, resource.new)
    torn = api.post(resource.path, '{"name": ', content_type="application/json")
    listed = api.send("post", resource.path, [resource.new])

    assert (as_form.status_code, as_form.json()["code"]) == (415, "unsupported_media_type")
    assert (torn.status_code, torn.json()["code"]) == (400, "parse_error")
    assert listed.status_code == 400


def test_a_stale_change_gets_412_and_tells_who_changed_what(api, api_for, olivia, acme, resource):
    tag = api.get(resource.url).headers["ETag"]
    api_for(olivia, acme).send("patch", resource.url, resource.change)

    response = api.send("patch", resource.url, resource.change, If_Match=tag)

    assert response.status_code == 412
    problem = response.json()
    assert problem["code"] == "stale"
    assert "Olivia changed" in problem["detail"]
    ((field, value),) = resource.change.items()
    assert [(change["field"], change["after"], change["who"]) for change in problem["changes"]] == [
        (field, value, "Olivia")
    ]


def test_a_stale_archive_gets_412(api, resource):
    tag = api.get(resource.url).headers["ETag"]
    api.send("patch", resource.url, resource.change)

    assert api.send("delete", resource.url, If_Match=tag).status_code in {409, 412}


@pytest.mark.parametrize("resource", KEYED, indirect=True)
def test_two_rows_with_one_external_key_are_refused(api, resource):
    api.send("patch", resource.url, {"external_key": "K-1"})

    response = api.send("post", resource.path, {**resource.new, "external_key": "K-1"})

    assert response.status_code == 400
    assert "has this external key" in str(errors_of(response))
