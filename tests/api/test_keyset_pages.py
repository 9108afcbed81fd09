"""Pages by key: every row once, in order, forward and back, whatever is equal, empty or new."""

import base64
import datetime
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing

from projects.models import Activity, Project
from tests.api.conftest import errors_of


def walk(api, url: str, direction: str = "next") -> list[list[int]]:
    """Ids of all pages, following `next` or `previous`."""
    pages = []
    while url:
        answer = api.get(url).json()
        pages.append([row["id"] for row in answer["results"]])
        url = answer[direction]
        assert len(pages) < 100
    return pages


@pytest.fixture
def many(acme, program):
    """Projects of which some share a finish date, and some have none."""
    days = [None, datetime.date(2026, 3, 1), datetime.date(2026, 3, 1), datetime.date(2026, 1, 1), None]
    rows = [
        Project(
            organization=acme, program=program, code=f"P{number:02}", name=f"Twin {number % 3}", currency="USD",
            planned_finish_date=days[number % 5],
        )
        for number in range(23)
    ]  # fmt: skip
    return Project.objects.bulk_create(rows)


@pytest.mark.parametrize("ordering", ["id", "name", "code", "planned_finish_date", "updated_at"])
@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("size", [1, 4, 23, 50])
def test_following_next_shows_every_row_once_in_order(api, many, ordering, sign, size):
    url = f"/api/v1/projects/?ordering={sign}{ordering}&page_size={size}"
    columns = [ordering] if ordering == "id" else [ordering, "id"]
    expected = list(Project.objects.order_by(*[f"{sign}{each}" for each in columns]).values_list("id", flat=True))

    pages = walk(api, url)

    assert [pk for page in pages for pk in page] == expected
    assert all(len(page) == size for page in pages[:-1])


@pytest.mark.parametrize("ordering", ["id", "-name", "planned_finish_date", "-planned_finish_date"])
def test_following_previous_leads_back_the_same_way(api, many, ordering):
    forth, url = [], f"/api/v1/projects/?ordering={ordering}&page_size=5"
    while url:
        last, answer = url, api.get(url).json()
        forth.append([row["id"] for row in answer["results"]])
        url = answer["next"]

    back = walk(api, last, "previous")

    assert back[::-1] == forth


def test_the_first_page_has_no_previous_and_the_last_no_next(api, many):
    only = api.get("/api/v1/projects/?page_size=100").json()

    assert (only["next"], only["previous"]) == (None, None)
    assert len(only["results"]) == 23


def test_fifty_rows_are_the_default(api, acme, project):
    Activity.objects.bulk_create(
        Activity(organization=acme, project=project, name=f"A{number}", currency="USD") for number in range(51)
    )

    assert len(api.get("/api/v1/activities/").json()["results"]) == 50


def test_a_row_that_comes_in_between_shifts_no_page(api, acme, program, many):
    first = api.get("/api/v1/projects/?ordering=name&page_size=5").json()
    Project.objects.create(organization=acme, program=program, code="AAA", name="Aardvark", currency="USD")

    second = api.get(first["next"]).json()

    assert {row["id"] for row in first["results"]} & {row["id"] for row in second["results"]} == set()
    assert len(second["results"]) == 5


def test_filters_stay_on_every_page(api, many):
    pages = walk(api, "/api/v1/projects/?q=P0&page_size=3")

    assert [len(page) for page in pages] == [3, 3, 3, 1]


def test_a_cursor_belongs_to_its_list_and_its_order(api, many, project):
    url = api.get("/api/v1/projects/?ordering=name&page_size=5").json()["next"]

    assert errors_of(api.get(url.replace("ordering=name", "ordering=-name"))).keys() == {"cursor"}
    assert errors_of(api.get(url.replace("/projects/", "/programs/"))).keys() == {"cursor"}


def test_a_cursor_that_somebody_made_is_refused(api, many):
    following = urlsplit(api.get("/api/v1/projects/?ordering=name&page_size=5").json()["next"])
    (honest,) = parse_qs(following.query)["cursor"]
    forged = base64.urlsafe_b64encode(json.dumps(["name", False, ["\x00", 1]]).encode()).decode()
    foreign = base64.urlsafe_b64encode(signing.Signer(salt="other").sign('["name", false, ["x", 1]]').encode()).decode()

    for cursor in (forged, foreign, honest[:-3], honest + "A", "%ff%fe", "=" * 9, "é"):
        response = api.get(f"/api/v1/projects/?ordering=name&cursor={cursor}")
        assert response.status_code == 400, cursor
        assert errors_of(response).keys() == {"cursor"}


def test_a_cursor_of_another_organization_shows_none_of_its_rows(api, api_for, charlie, other, many):
    (cursor,) = parse_qs(urlsplit(api.get("/api/v1/projects/?page_size=5").json()["next"]).query)["cursor"]

    assert api_for(charlie, other).get(f"/api/v1/projects/?cursor={cursor}").json()["results"] == []
