"""Activities of all projects stand in one list, narrowed by its address."""

import csv
import io
from decimal import Decimal

import pytest
from django.urls import reverse

from portfolio.models import Portfolio
from programs.models import Program
from projects import services
from projects.models import Activity, Project
from tests.projects.activities import HTMX, many, queries


def names(response):
    return [activity.name for activity in response.context["page"]]


@pytest.fixture
def elsewhere(acme, portfolio):
    """An activity in a sub-portfolio of another program."""
    below = Portfolio.objects.create(organization=acme, name="Below", parent=portfolio)
    program = Program.objects.create(organization=acme, portfolio=below, code="US", name="US launch")
    project = Project.objects.create(organization=acme, program=program, code="BORA", name="Bora", currency="USD")
    return Activity.objects.create(
        organization=acme,
        project=project,
        name="Sail",
        kind="milestone",
        status="in_progress",
        progress_ratio=Decimal("0.5"),
        currency="USD",
    )


def test_the_list_is_narrowed_by_what_stands_in_the_address(client, bob, project, portfolio, activity, elsewhere):
    client.force_login(bob)

    def found(query):
        return set(names(client.get(reverse("projects:activity-list") + query)))

    assert found("") == {"Design", "Sail"}
    assert found(f"?project={project.pk}") == {"Design"}
    assert found(f"?program={elsewhere.project.program_id}") == {"Sail"}
    assert found(f"?portfolio={portfolio.pk}") == {"Design", "Sail"}
    assert found(f"?portfolio={elsewhere.project.program.portfolio_id}") == {"Sail"}
    assert found("?status=in_progress") == {"Sail"}
    assert found("?kind=milestone") == {"Sail"}
    assert found("?q=bora sail") == {"Sail"}
    assert found("?late=1") == {"Design"}
    assert found("?archived=1") == set()


def test_the_list_adds_up_what_it_shows_and_counts_no_cost_twice(client, bob, work):
    Activity.objects.filter(name="Design").update(planned_cost_amount=Decimal(3500))
    client.force_login(bob)

    totals = client.get(reverse("projects:activity-list")).context["totals"]

    assert totals.count == 4
    assert totals.sums["planned"] == Decimal(8500)
    assert totals.counts["not_started"] == 3


def test_activities_of_an_archived_project_are_not_listed(client, alice, project, activity):
    services.archive_project(actor=alice, project=project)
    client.force_login(alice)

    assert names(client.get(reverse("projects:activity-list"))) == []


def test_without_a_word_for_it_activities_stand_project_by_project_in_their_outlines(client, bob, project, elsewhere):
    second = services.create_activity(actor=bob, project=project, name="Build")
    services.create_activity(actor=bob, project=project, name="Adopt")
    services.move_activity(actor=bob, activity=second, direction="down")
    client.force_login(bob)

    assert names(client.get(reverse("projects:activity-list"))) == ["Adopt", "Build", "Sail"]


def test_the_list_is_sorted_by_the_address(client, bob, activity, elsewhere):
    client.force_login(bob)

    assert names(client.get(reverse("projects:activity-list") + "?sort=-name")) == ["Sail", "Design"]
    assert names(client.get(reverse("projects:activity-list") + "?sort=nonsense")) == ["Design", "Sail"]


def test_the_list_costs_the_same_for_one_activity_and_for_fifty(client, bob, acme, project, activity):
    client.force_login(bob)
    url = reverse("projects:activity-list")
    client.get(url)
    one = queries(client, url)
    many(acme, project, bob, 49)

    assert queries(client, url) == one


def test_the_list_has_pages(client, bob, acme, project):
    many(acme, project, bob, 60)
    client.force_login(bob)

    response = client.get(reverse("projects:activity-list") + "?page=2&rows=25")

    assert len(names(response)) == 25
    assert response.context["page"].paginator.count == 60


def test_htmx_gets_the_table_alone(client, bob, activity):
    client.force_login(bob)

    response = client.get(reverse("projects:activity-list"), **HTMX)

    assert response.content.strip().startswith(b'<div id="activity-table">')


def test_nothing_found_is_told_from_nothing_there(client, bob, project):
    client.force_login(bob)
    url = reverse("projects:activity-list")
    assert "No activities yet" in client.get(url).content.decode()
    assert "No activities match" in client.get(f"{url}?q=nonesuch").content.decode()


def test_the_export_holds_all_that_match_and_no_formulas(client, bob, acme, project):
    many(acme, project, bob, 60)
    services.create_activity(actor=bob, project=project, name="=HYPERLINK(1)")
    client.force_login(bob)
    url = reverse("projects:activity-list")

    rows = list(csv.reader(io.StringIO(b"".join(client.get(f"{url}?format=csv")).decode("utf-8-sig"))))

    assert len(rows) == 62
    assert "'=HYPERLINK(1)" in {row[2] for row in rows}
    assert len(list(csv.reader(io.StringIO(b"".join(client.get(f"{url}?format=csv&q=HYPER")).decode())))) == 2
    assert b"".join(client.get(f"{url}?format=xlsx"))[:2] == b"PK"
