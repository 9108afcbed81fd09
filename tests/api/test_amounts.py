"""Amounts over REST for a token whose owner sees none: left out of answers, refused in bodies and orders."""

import django_filters
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from core.api.documentation import _document
from projects.api import resources
from projects.services import update_project
from tests.api.conftest import errors_of


@pytest.fixture
def blind(api_for, petra, acme):
    """The API as a program manager calls it to whom amounts are hidden."""
    Membership.objects.filter(user=petra).update(sees_amounts=False)
    return api_for(petra, acme)


def test_fields_of_amounts_are_left_out_and_not_null(blind, api, project, risk):
    row = blind.get(f"/api/v1/projects/{project.pk}/").json()

    assert not {"budget_amount", "actual_amount"} & set(row)
    assert {"name", "currency", "health"} <= set(row)
    [listed] = blind.get("/api/v1/risks/").json()["results"]
    assert not {"impact_amount", "exposure_amount"} & set(listed)
    assert api.get(f"/api/v1/projects/{project.pk}/").json()["budget_amount"] == "1000000.00"


def test_an_amount_in_a_body_is_refused_with_a_sentence_and_nothing_is_saved(blind, project):
    response = blind.send("patch", f"/api/v1/projects/{project.pk}/", {"name": "Zeus", "budget_amount": "5.00"})

    assert response.status_code == 400
    assert "Amounts of money are hidden from you here" in errors_of(response)["budget_amount"][0]
    project.refresh_from_db()
    assert project.name == "Apollo"


def test_what_is_no_amount_is_changed_and_the_amounts_stay(blind, project):
    response = blind.send("patch", f"/api/v1/projects/{project.pk}/", {"name": "Zeus"})

    assert response.status_code == 200
    assert "budget_amount" not in response.json()
    project.refresh_from_db()
    assert (project.name, str(project.budget_amount)) == ("Zeus", "1000000.00")


def test_a_row_is_created_without_amounts(blind, program):
    new = blind.send("post", "/api/v1/projects/", {"name": "Hermes", "program": program.pk})

    assert new.status_code == 201


def test_ordering_and_filtering_by_an_amount_is_refused(blind, api, project, monkeypatch):
    class BudgetFilter(resources.ProjectViewSet.filterset_class):
        dear = django_filters.NumberFilter(field_name="budget_amount", lookup_expr="gte")

    monkeypatch.setattr(resources.ProjectViewSet, "filterset_class", BudgetFilter)
    monkeypatch.setitem(resources.ProjectViewSet.orderings, "budget", ("budget_amount",))

    for query in ("ordering=budget", "dear=1"):
        assert api.get(f"/api/v1/projects/?{query}").status_code == 200
        response = blind.get(f"/api/v1/projects/?{query}")
        assert response.status_code == 400
        assert "may not send or ask for them" in errors_of(response)[query.partition("=")[0]][0]


def test_a_stale_change_is_told_without_what_became_of_amounts(blind, alice, project):
    tag = blind.get(f"/api/v1/projects/{project.pk}/").headers["ETag"]
    update_project(actor=alice, project=project, budget_amount="77.00", method="agile")

    response = blind.send("patch", f"/api/v1/projects/{project.pk}/", {"name": "Zeus"}, If_Match=tag)

    assert response.status_code == 412
    assert [change["field"] for change in response.json()["changes"]] == ["method"]


def test_me_tells_what_who_sees_no_amounts_may_not_do(blind):
    may = blind.get("/api/v1/me/").json()["may"]

    assert "project.edit" in may
    assert not {"finance.read", "finance.edit", "import.run"} & set(may)


def test_imports_are_refused_with_the_way_out(blind):
    response = blind.get("/api/v1/plan-imports/")

    assert response.status_code == 403
    assert "An owner can show them" in response.json()["detail"]


def test_hidden_amounts_cost_no_query(blind, api_for, bob, acme, project):
    seeing = api_for(bob, acme)
    counts = []
    for client in (seeing, blind):
        client.get("/api/v1/projects/")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/api/v1/projects/")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_the_documentation_marks_amounts_and_promises_none(db):
    text, _ = _document()

    assert "An amount: the field is left out for members to whom amounts are hidden." in text
