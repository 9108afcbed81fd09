"""Allocations and utilization over REST: many cells at once, filters, who may."""

from decimal import Decimal

import pytest

from resources.models import Allocation
from tests.api.conftest import errors_of
from tests.resources.staff import month, staff_of

ALLOCATIONS, SET = "/api/v1/allocations/", "/api/v1/allocations/set/"


@pytest.fixture
def staff(acme):
    return staff_of(acme)


@pytest.fixture
def row(acme, project, staff):
    return Allocation.objects.create(
        organization=acme, project=project, person=staff.maya, role=staff.engineer, team=staff.platform,
        month=month(1), fte=Decimal("0.5"),
    )  # fmt: skip


def test_an_allocation_is_told_with_its_names(api, row, project, staff):
    body = api.get(f"{ALLOCATIONS}{row.pk}/").json()

    assert (body["project_name"], body["person_name"], body["role_name"], body["team_name"]) == (
        "Apollo", "Maya", "Engineer", "Platform",
    )  # fmt: skip
    assert (body["kind"], body["month"], body["fte"]) == ("plan", "2026-01-01", "0.500")


def test_the_list_is_narrowed(api, row, project, staff):
    def found(query):
        return [each["id"] for each in api.get(f"{ALLOCATIONS}?{query}").json()["results"]]

    assert found(f"person={staff.maya.pk}&kind=plan&from_month=2026-01-01&until_month=2026-01-01") == [row.pk]
    assert found(f"project={project.pk}&program={project.program_id}&role={staff.engineer.pk}") == [row.pk]
    assert found("from_month=2026-02-01") == []
    assert found(f"person={staff.joel.pk}") == []
    assert api.get(f"{ALLOCATIONS}?somebody=1").status_code == 400


def test_many_cells_are_set_at_once_with_a_result_for_each(api, row, project, staff):
    cells = [
        {"project": project.pk, "person": staff.maya.pk, "month": "2026-01-01", "fte": "0.7"},
        {"project": project.pk, "role": staff.designer.pk, "month": "2026-01-01", "fte": "2"},
        {"project": project.pk, "person": staff.joel.pk, "month": "2026-01-01", "fte": None},
    ]

    results = api.send("post", SET, {"cells": cells}).json()["results"]

    assert [each["result"] for each in results] == ["updated", "created", "unchanged"]
    assert results[0]["id"] == row.pk
    assert Allocation.objects.get(pk=row.pk).fte == Decimal("0.7")


def test_a_thousand_cells_go_at_once_and_one_more_does_not(api, project, staff):
    cells = [
        {"project": project.pk, "role": staff.designer.pk, "month": f"{2010 + n // 12}-{n % 12 + 1:02}-01", "fte": "1"}
        for n in range(1001)
    ]

    assert errors_of(api.send("post", SET, {"cells": cells}))["cells"]
    assert len(api.send("post", SET, {"cells": cells[:1000]}).json()["results"]) == 1000


def test_the_wrong_cells_are_named_by_their_place_and_nothing_is_saved(api, project, staff):
    good = {"project": project.pk, "person": staff.maya.pk, "month": "2026-01-01", "fte": "1"}

    refused = api.send("post", SET, {"cells": [good, good | {"month": "2026-01-02"}, good | {"person": 1}]})

    assert refused.status_code == 400
    errors = errors_of(refused)
    assert set(errors) == {"1", "2"}
    assert errors["2"] == ["There is no such person."]
    assert not Allocation.objects.exists()


def test_a_contributor_may_set_none_and_strangers_see_none(api_for, bob, charlie, acme, other, row, project, staff):
    cells = [{"project": project.pk, "person": staff.maya.pk, "month": "2026-01-01", "fte": "1"}]

    assert api_for(bob, acme).send("post", SET, {"cells": cells}).status_code == 403
    stranger = api_for(charlie, other)
    assert stranger.get(f"{ALLOCATIONS}{row.pk}/").status_code == 404
    assert stranger.send("post", SET, {"cells": cells}).status_code == 400
    assert Allocation.objects.get().fte == Decimal("0.5")


def test_utilization_tells_what_people_have_and_give(api, row, staff):
    Allocation.objects.update(fte=Decimal("1.5"))
    url = "/api/v1/utilization/?first_month=2026-01-01&last_month=2026-02-01"

    joel, maya = api.get(url).json()

    assert (joel["person_name"], joel["allocated"]) == ("Joel", "0.000")
    assert (maya["available"], maya["allocated"], maya["over_count"]) == ("2.000", "1.500", 1)
    assert maya["months"][0] == {
        "month": "2026-01-01", "available": "1.000", "allocated": "1.500", "is_over": True,
    }  # fmt: skip
    assert [each["person_name"] for each in api.get(f"{url}&show=over").json()] == ["Maya"]
    assert [each["person_name"] for each in api.get(f"{url}&role={staff.designer.pk}").json()] == ["Joel"]


JANUARY = "first_month=2026-01-01&last_month=2026-01-01"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "first_month=2026-01-01&last_month=2036-01-01",
        "first_month=soon&last_month=late",
        f"{JANUARY}&show=some",
        f"{JANUARY}&role=x",
    ],
)
def test_utilization_of_no_months_or_too_many_is_refused(api, query):
    assert api.get(f"/api/v1/utilization/?{query}").status_code == 400
