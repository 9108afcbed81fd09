"""One project's pages tell where it stands, and offer to each role what it may do."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from events.models import Event
from events.services import happened_at, record
from portfolio.models import ProductShare
from portfolio.services import rebuild_rollups
from programs.models import Program
from projects import services
from projects.models import Project, Risk
from projects.selectors import lifecycle


def url(name, *args):
    return reverse(f"projects:{name}", args=args)


def page(client, project, name="project-detail"):
    return client.get(url(name, project.pk)).content.decode()


@pytest.mark.parametrize("name", ["project-detail", "project-activities", "project-risks", "project-history"])
def test_every_tab_says_until_when_its_figures_hold_every_change(client, alice, acme, project, name):
    rebuild_rollups(acme.pk)
    project.rollup.as_of -= datetime.timedelta(days=9)  # long ago since something about it moved
    project.rollup.save()
    client.force_login(alice)
    context = client.get(url(name, project.pk)).context
    assert not context["is_late"]
    assert timezone.now() - context["as_of"] < datetime.timedelta(seconds=10)

    with happened_at(timezone.now() - datetime.timedelta(minutes=3)):
        services.update_project(actor=alice, project=project, name="Apollo 2")
    context = client.get(url(name, project.pk)).context
    assert context["is_late"]
    assert timezone.now() - context["as_of"] > datetime.timedelta(minutes=2)


def test_reported_and_computed_health_stand_side_by_side_with_their_reasons(client, vera, bob, project):
    services.report_project(actor=bob, project=project, reported_health="green", health_note="All is well")
    client.force_login(vera)

    content = page(client, project)

    assert "All is well" in content
    assert "what is reported counts" in content
    assert "Planned to finish on 27 Mar 2026 and not done" in content


def test_a_project_serves_products_with_shares(client, alice, acme, project, product):
    ProductShare.objects.create(organization=acme, project=project, product=product, share_ratio=Decimal("0.4"))
    client.force_login(alice)

    content = page(client, project)

    assert "Atlas Insights" in content
    assert "40%" in content
    assert "$400k" in content
    assert reverse("portfolio:project-shares", args=[project.pk]) in content


def test_the_largest_risk_comes_first(client, vera, acme, project):
    for name, impact in (("Small", 10), ("Large", 90_000)):
        Risk.objects.create(
            organization=acme, project=project, name=name, probability_ratio=Decimal("0.5"), impact_amount=impact
        )
    client.force_login(vera)

    content = page(client, project)

    assert content.index("Large") < content.index("Small")
    assert "$45k" in content


@pytest.mark.parametrize(
    ("who", "edit", "report", "govern"),
    [("vera", False, False, False), ("bob", False, True, False), ("petra", True, True, True)],
)
def test_a_role_is_offered_what_it_may_do(client, request, project, who, edit, report, govern):
    client.force_login(request.getfixturevalue(who))

    content = page(client, project)

    assert (url("project-edit", project.pk) in content) is edit
    assert (url("project-report", project.pk) in content) is report
    assert (url("project-change-status", project.pk) in content) is govern


def test_the_lifecycle_offers_only_the_next_steps(client, petra, project):
    client.force_login(petra)

    content = page(client, project)
    form = page(client, project, "project-change-status")

    assert "?to=done" in content
    assert "?to=approved" not in content
    assert 'value="on_hold"' in form
    assert 'value="approved"' not in form


def test_the_way_of_a_project_has_passed_steps_the_present_one_and_the_next(project):
    states = {step.status: step.state for step in lifecycle(project)}

    assert states == {
        "proposed": "passed",
        "screened": "passed",
        "approved": "passed",
        "active": "now",
        "on_hold": "next",
        "done": "next",
        "cancelled": "next",
    }


def test_a_proposal_does_not_stand_before_on_hold(project):
    project.status = "proposed"

    assert "on_hold" not in {step.status for step in lifecycle(project)}


def test_the_history_has_pages(client, petra, project):
    for _ in range(30):
        record("project.updated", actor=petra, subject=project, changes={"name": ["a", "b"]})
    client.force_login(petra)

    first = client.get(url("project-history", project.pk), {"rows": 25}).content.decode()

    assert "Page 1 of 2" in first
    assert client.post(url("project-history", project.pk)).status_code == 405


def test_the_history_holds_what_happened_to_activities_and_risks(client, petra, project):
    services.create_activity(actor=petra, project=project, name="Dig")
    services.create_risk(actor=petra, project=project, name="Rain", probability_ratio=Decimal("0.1"))
    client.force_login(petra)

    content = page(client, project, "project-history")

    assert "Dig" in content
    assert "Rain" in content


def test_a_project_moves_to_another_program_or_straight_into_a_portfolio(client, petra, acme, project, portfolio):
    other = Program.objects.create(organization=acme, portfolio=portfolio, code="US", name="US launch")
    client.force_login(petra)
    body = {"name": "Apollo", "code": "APOLLO", "method": "waterfall"}

    client.post(url("project-edit", project.pk), body | {"program": other.pk, "version": 1})
    project.refresh_from_db()
    assert project.program == other
    both = client.post(
        url("project-edit", project.pk), body | {"program": other.pk, "portfolio": portfolio.pk, "version": 2}
    )
    client.post(url("project-edit", project.pk), body | {"portfolio": portfolio.pk, "version": 2})
    project.refresh_from_db()

    assert both.status_code == 422
    assert "not in both" in both.content.decode()
    assert (project.program, project.portfolio) == (None, portfolio)


def test_a_parked_project_says_what_is_missing_and_counts_once_it_has_it(client, petra, acme, program):
    parked = Project.objects.create(
        organization=acme, code="LOST", name="Homeless", currency="USD", parked_reason="It names no program."
    )
    client.force_login(petra)
    assert "Parked: It names no program." in page(client, parked)

    client.post(
        url("project-edit", parked.pk),
        {"name": "Homeless", "code": "LOST", "method": "agile", "program": program.pk, "version": 1},
    )

    assert "Parked" not in page(client, parked)


def test_a_project_of_an_archived_program_waits_for_it(client, petra, project):
    client.force_login(petra)
    client.post(url("project-archive", project.pk))
    Program.objects.filter(pk=project.program_id).update(archived_at=datetime.datetime.now(datetime.UTC))

    refused = client.post(url("project-restore", project.pk))

    assert refused.status_code == 409
    assert "Restore it first" in refused.content.decode()


def test_an_archived_project_offers_only_to_be_restored(client, petra, vera, project):
    client.force_login(petra)
    client.post(url("project-archive", project.pk))

    content = page(client, project)

    assert "is archived" in content
    assert url("project-restore", project.pk) in content
    assert url("project-report", project.pk) not in content
    client.force_login(vera)
    assert url("project-restore", project.pk) not in page(client, project)


def test_a_report_sent_twice_is_told_once(client, bob, project):
    client.force_login(bob)
    body = {"reported_health": "green", "actual_amount": "5", "version": 1, "form_token": "the-same"}

    for _ in range(2):
        client.post(url("project-report", project.pk), body)

    assert Event.objects.filter(kind="project.reported").count() == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"reported_progress_ratio": "101"}, "less than or equal to 100"),
        ({"actual_finish_date": "2026-01-01", "actual_start_date": "2026-02-01"}, "finished before it started"),
        ({"actual_amount": "x"}, "Enter a number"),
        ({"health_note": "x" * 501}, "at most 500"),
    ],
)
def test_a_report_that_cannot_be_is_refused_and_kept(client, bob, project, change, sentence):
    client.force_login(bob)

    answer = client.post(
        url("project-report", project.pk), {"reported_health": "", "health_note": "Kept", "version": 1} | change
    )

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Event.objects.filter(kind="project.reported").exists()


def test_a_stale_report_shows_who_changed_what(client, bob, petra, project):
    client.force_login(petra)
    client.post(url("project-report", project.pk), {"reported_health": "green", "actual_amount": "1", "version": 1})
    client.force_login(bob)

    refused = client.post(
        url("project-report", project.pk), {"reported_health": "green", "actual_amount": "2", "version": 1}
    )

    assert refused.status_code == 409
    assert "Petra" in refused.content.decode()


def test_an_unknown_status_is_refused_in_words(client, petra, project):
    client.force_login(petra)

    answer = client.post(url("project-change-status", project.pk), {"to": "exploded", "version": 1})

    assert answer.status_code == 422
    assert "Select a valid choice" in answer.content.decode()


def test_new_projects_begin_where_the_address_says(client, bob, program):
    client.force_login(bob)

    content = client.get(url("project-create"), {"program": program.pk}).content.decode()

    assert f'<option value="{program.pk}" selected>' in content


def test_a_detail_page_costs_the_same_with_many_parts(
    client, vera, acme, petra, project, django_assert_max_num_queries
):
    for n in range(12):
        services.create_activity(actor=petra, project=project, name=f"Step {n}")
        services.create_risk(actor=petra, project=project, name=f"Risk {n}", probability_ratio=Decimal("0.1"))
    client.force_login(vera)

    with django_assert_max_num_queries(13):
        page(client, project)
