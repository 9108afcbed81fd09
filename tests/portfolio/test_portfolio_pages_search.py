"""The search: one box over portfolios, programs, projects and products, as a page and in the palette."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from projects.models import Project

PALETTE = {"HX-Request": "true", "HX-Target": "palette-found"}


@pytest.fixture
def url(acme):
    return reverse("portfolio:search")


def found(response):
    return [(result.kind, result.name) for group in response.context["groups"] for result in group.results]


def test_names_codes_and_keys_of_all_four_kinds_are_found(client, vera, portfolio, program, project, product, url):
    Project.objects.filter(pk=project.pk).update(external_key="2207")
    client.force_login(vera)

    assert found(client.get(url, {"q": "core"})) == [("portfolio", "Core portfolio")]
    assert found(client.get(url, {"q": "launch eu"})) == [("program", "EU launch")]
    assert found(client.get(url, {"q": "apollo"})) == [("project", "Apollo")]
    assert found(client.get(url, {"q": "2207"})) == [("project", "Apollo")]
    assert found(client.get(url, {"q": "insight"})) == [("product", "Atlas Insights")]


def test_an_exact_code_comes_first_then_names_that_begin_so(client, alice, acme, program, project, url):
    for number, name in enumerate(["A late one", "Late one", "One"]):
        Project.objects.create(
            organization=acme, program=program, code=["X1", "X2", "LATE"][number], name=name, currency="USD"
        )
    client.force_login(alice)

    names = [name for _, name in found(client.get(url, {"q": "late"}))]

    assert names == ["One", "Late one", "A late one"]


def test_the_palette_gets_a_few_rows_with_links(client, alice, acme, program, url):
    Project.objects.bulk_create(
        Project(organization=acme, program=program, code=f"N{n}", name=f"EU {n}", currency="USD") for n in range(9)
    )
    client.force_login(alice)

    response = client.get(url, {"q": "eu"}, headers=PALETTE)

    text = response.content.decode()
    assert "<html" not in text
    assert text.count('role="option"') == 6
    assert f'href="{reverse("programs:program-detail", args=[program.pk])}"' in text


def test_more_than_fit_are_a_link_to_the_list(client, alice, acme, program, url):
    Project.objects.bulk_create(
        Project(organization=acme, program=program, code=f"N{n}", name=f"Beta {n}", currency="USD") for n in range(25)
    )
    client.force_login(alice)

    response = client.get(url, {"q": "beta"})

    (group,) = response.context["groups"]
    assert len(group.results) == 20
    assert group.more_url == f"{reverse('projects:project-list')}?q=beta"


def test_archived_rows_are_not_found(client, alice, project, url):
    Project.objects.filter(pk=project.pk).update(archived_at=timezone.now())
    client.force_login(alice)

    assert found(client.get(url, {"q": "apollo"})) == []


@pytest.mark.parametrize("words", ["", "   ", "\0", "%", "_", "\\", "' OR 1=1", "x" * 5000, "a " * 500, "💥", "<i>x"])
def test_any_text_can_be_asked_for(client, alice, project, url, words):
    client.force_login(alice)

    for headers in ({}, PALETTE):
        response = client.get(url, {"q": words}, headers=headers)
        assert response.status_code == 200
        assert "<i>x" not in response.content.decode()


def test_a_wildcard_is_a_letter_like_others(client, alice, project, url):
    client.force_login(alice)

    assert found(client.get(url, {"q": "%"})) == []
    assert found(client.get(url, {"q": "a_ollo"})) == []


def test_the_search_costs_one_query_for_each_kind(client, alice, project, product, url):
    client.force_login(alice)
    client.get(url)

    with CaptureQueriesContext(connection) as queries:
        client.get(url, {"q": "a"}, headers=PALETTE)

    assert len([query for query in queries if "UPPER" in query["sql"]]) == 4
    assert len(queries) <= 8


def test_another_organization_gets_404_and_posting_405(client, charlie, alice, url):
    client.force_login(charlie)
    assert client.get(url, {"q": "apollo"}).status_code == 404
    client.force_login(alice)
    assert client.post(url).status_code == 405
