"""The page of a program and its tabs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from events.services import happened_at
from portfolio.services import rebuild_rollups
from programs.models import Measure, Program
from programs.services import create_measure, update_measure, update_program
from projects.models import Project

TABS = ("program-detail", "program-measures", "program-history")


@pytest.mark.parametrize("tab", TABS)
def test_a_tab_is_a_page_of_its_own_for_everybody(client, vera, program, tab):
    client.force_login(vera)

    response = client.get(reverse(f"programs:{tab}", args=[program.pk]))

    assert response.status_code == 200
    assert b"EU launch" in response.content
    assert b"/edit/" not in response.content


@pytest.mark.parametrize("tab", TABS)
def test_another_organization_gets_404(client, charlie, program, tab):
    client.force_login(charlie)

    assert client.get(reverse(f"programs:{tab}", args=[program.pk])).status_code == 404


@pytest.mark.parametrize("tab", TABS)
def test_a_tab_is_only_read(client, alice, program, tab):
    client.force_login(alice)

    assert client.post(reverse(f"programs:{tab}", args=[program.pk])).status_code == 405


def test_a_program_whose_totals_are_not_there_yet_shows_dashes(client, alice, program, project):
    client.force_login(alice)

    response = client.get(reverse("programs:program-detail", args=[program.pk]))

    assert response.status_code == 200
    assert response.context["health"] == "unreported"
    assert response.context["as_of"] is None


def test_the_page_says_until_when_its_figures_hold_every_change(client, alice, acme, program, project):
    rebuild_rollups(acme.pk)
    client.force_login(alice)
    url = reverse("programs:program-detail", args=[program.pk])
    context = client.get(url).context
    assert (context["is_late"], timezone.now() - context["as_of"] < timedelta(seconds=10)) == (False, True)

    with happened_at(timezone.now() - timedelta(minutes=3)):
        update_program(actor=alice, program=program, name="EU launch 2027")
    context = client.get(url).context
    assert context["is_late"]
    assert timezone.now() - context["as_of"] > timedelta(minutes=2)


def test_the_head_tells_reported_from_computed_health(client, alice, acme, program, project):
    update_program(actor=alice, program=program, reported_health="green")
    Project.objects.filter(pk=project.pk).update(reported_health="red", health_note="Late")
    rebuild_rollups(acme.pk)
    client.force_login(alice)

    response = client.get(reverse("programs:program-detail", args=[program.pk]))

    assert response.context["health"] == "green"
    assert b"the figures say" in response.content
    assert b"1 of 1 off track" in response.content


def test_the_overview_lists_live_projects_with_their_sums(client, alice, acme, program, project):
    Project.objects.create(
        organization=acme, program=program, code="IDEA", name="Idea", currency="USD", budget_amount=500
    )
    Project.objects.create(
        organization=acme, program=program, code="OLD", name="Old", currency="USD", archived_at=timezone.now()
    )
    rebuild_rollups(acme.pk)
    client.force_login(alice)

    response = client.get(reverse("programs:program-detail", args=[program.pk]))

    assert [row.name for row in response.context["page"]] == ["Apollo", "Idea"]
    assert response.context["totals"].row_count == 2
    assert response.context["totals"].budget_amount == 1_000_000  # what is only proposed is no budget yet
    tiles = {tile.label: tile for tile in response.context["tiles"]}
    assert tiles["In flight"].value == "1"
    assert tiles["In flight"].url.endswith(f"?program={program.pk}&in_flight=1")


def test_the_overview_costs_the_same_queries_for_one_project_and_for_fifty(client, alice, acme, program, project):
    url = reverse("programs:program-detail", args=[program.pk])
    rebuild_rollups(acme.pk)
    client.force_login(alice)
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    Project.objects.bulk_create(
        Project(organization=acme, program=program, code=f"N{number}", name=f"N{number}", currency="USD")
        for number in range(49)
    )
    rebuild_rollups(acme.pk)
    with CaptureQueriesContext(connection) as fifty:
        response = client.get(url)

    assert len(response.context["page"]) == 50
    assert len(fifty) == len(one) <= 10


def test_the_measures_tab_counts_results_and_narrows_to_one(client, alice, acme, program):
    for result in ("met", "met", "not_met", ""):
        Measure.objects.create(organization=acme, program=program, name=f"Measure {result}", result=result)
    client.force_login(alice)
    url = reverse("programs:program-measures", args=[program.pk])

    assert [(count.label, count.count) for count in client.get(url).context["result_counts"]] == [
        ("met", 2),
        ("not met", 1),
        ("not reported", 1),
    ]
    assert len(client.get(url, {"result": "met"}).context["page"]) == 2
    assert len(client.get(url, {"result": "unreported"}, headers={"HX-Request": "true"}).context["page"]) == 1


def test_the_history_tells_of_the_program_and_of_its_measures(client, vera, alice, program):
    update_program(actor=alice, program=program, name="EU launch 2027")
    measure = create_measure(actor=alice, program=program, name="Customers moved")
    update_measure(actor=alice, measure=measure, result="met")
    client.force_login(vera)

    response = client.get(reverse("programs:program-history", args=[program.pk]))

    assert [line.kind for line in response.context["lines"]] == [
        "measure.updated",
        "measure.created",
        "program.updated",
    ]
    assert b"EU launch 2027" in response.content


def test_an_archived_program_says_so_and_offers_only_to_restore_it(client, alice, vera, program):
    Program.objects.filter(pk=program.pk).update(archived_at=timezone.now())
    url = reverse("programs:program-detail", args=[program.pk])
    client.force_login(alice)
    text = client.get(url).content.decode()
    assert "This program is archived" in text
    assert reverse("programs:program-restore", args=[program.pk]) in text
    assert "/edit/" not in text

    client.force_login(vera)
    assert reverse("programs:program-restore", args=[program.pk]) not in client.get(url).content.decode()


def test_a_parked_program_says_why(client, alice, acme):
    program = Program.objects.create(organization=acme, code="P", name="Parked", parked_reason="No portfolio.")
    client.force_login(alice)

    response = client.get(reverse("programs:program-detail", args=[program.pk]))

    assert b"No portfolio." in response.content
    assert reverse("portfolio:parked").encode() in response.content
