"""A project's outline is read, and edited in place, by those who may."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from projects import services
from projects.models import Activity
from tests.projects.activities import HTMX, cell, edit, many, move, queries, tab


def test_the_outline_shows_the_work_indented_with_what_summaries_amount_to(client, bob, project, work):
    client.force_login(bob)

    response = client.get(tab(project))

    rows = response.context["rows"]
    assert [(row.activity.name, row.level) for row in rows] == [
        ("Design", 1), ("Sketch", 2), ("Prototype", 2), ("Build", 1)
    ]  # fmt: skip
    assert rows[0].planned_cost_amount == Decimal(3500)
    assert rows[0].finish_date == datetime.date(2026, 2, 20)
    assert response.context["totals"].planned_cost_amount == Decimal(8500)
    assert b"lvl-2" in response.content


def test_a_summary_is_under_way_once_some_of_it_is(client, bob, project, work):
    services.update_activity(actor=bob, activity=work["Sketch"], status="done")
    client.force_login(bob)

    summary = client.get(tab(project)).context["rows"][0]

    assert summary.status == "in_progress"
    assert summary.progress_ratio == Decimal("0.5")


def test_the_tab_costs_the_same_for_one_activity_and_for_fifty(client, bob, acme, project, activity):
    client.force_login(bob)
    client.get(tab(project))
    one = queries(client, tab(project))
    many(acme, project, bob, 49)
    client.get(tab(project))  # a plan is read once, and kept

    assert queries(client, tab(project)) == one


def test_htmx_gets_the_outline_alone(client, bob, project, work):
    client.force_login(bob)

    response = client.get(tab(project), **HTMX)

    assert response.content.strip().startswith(b'<div id="outline" hx-get=')
    assert f'hx-select-oob="#activity-{work["Design"].pk}"' in response.content.decode()


def test_a_viewer_sees_the_outline_and_no_buttons(client, vera, project, work):
    client.force_login(vera)

    page = client.get(tab(project)).content.decode()

    assert "Sketch" in page
    assert "data-edit" not in page
    assert 'name="direction"' not in page
    assert 'name="line"' not in page


def test_a_project_without_activities_says_what_they_are_for(client, bob, vera, project):
    client.force_login(bob)
    assert "No activities yet" in client.get(tab(project)).content.decode()
    client.force_login(vera)
    assert "Apollo has no activities." in client.get(tab(project)).content.decode()


def test_what_people_typed_is_shown_and_not_run(client, bob, project):
    services.create_activity(actor=bob, project=project, name="<script>alert(1)</script>")
    client.force_login(bob)

    assert b"<script>alert(1)" not in client.get(tab(project)).content
    assert b"<script>alert(1)" not in client.get(reverse("projects:activity-list")).content


def test_a_cell_opens_and_saves_and_comes_back_at_rest(client, bob, project, activity):
    client.force_login(bob)
    opened = client.get(cell(activity, "status"), **HTMX)
    assert b"data-cell" in opened.content
    prefix = activity.pk

    saved = client.post(cell(activity, "status"), {f"{prefix}-status": "done", f"{prefix}-version": 1}, **HTMX)

    activity.refresh_from_db()
    assert (activity.status, activity.progress_ratio) == ("done", 1)
    assert saved.headers["HX-Trigger"] == "portolan:saved"
    assert f'id="status-{activity.pk}"'.encode() in saved.content
    assert f'<td hx-swap-oob="true" id="progress_ratio-{activity.pk}"'.encode() in saved.content


def test_what_is_taken_up_again_is_no_longer_all_done(client, bob, activity):
    services.update_activity(actor=bob, activity=activity, status="done")
    client.force_login(bob)

    client.post(cell(activity, "status"), {f"{activity.pk}-status": "in_progress"}, **HTMX)

    assert Activity.objects.get().progress_ratio == Decimal("0.99")


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("progress_ratio", "40", Decimal("0.4")),
        ("planned_start_date", "2026-01-12", datetime.date(2026, 1, 12)),
        ("planned_finish_date", "2026-02-27", datetime.date(2026, 2, 27)),
        ("planned_cost_amount", "1200.50", Decimal("1200.50")),
        ("actual_cost_amount", "900", Decimal(900)),
    ],
)
def test_each_cell_saves_what_is_typed(client, bob, activity, field, typed, kept):
    client.force_login(bob)

    response = client.post(cell(activity, field), {f"{activity.pk}-{field}": typed}, **HTMX)

    activity.refresh_from_db()
    assert response.status_code == 200
    assert getattr(activity, field) == kept


def test_an_activity_is_given_to_a_member(client, bob, petra, activity):
    client.force_login(bob)

    client.post(cell(activity, "assignee"), {f"{activity.pk}-assignee": petra.pk}, **HTMX)

    activity.refresh_from_db()
    assert activity.assignee == petra


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("progress_ratio", "140", "100"),
        ("status", "nearly", "not one of the available choices"),
        ("planned_finish_date", "2025-01-01", "cannot finish before it starts"),
        ("planned_start_date", "soon", "valid date"),
    ],
)
def test_a_cell_with_nonsense_stays_open_and_says_why(client, bob, activity, field, typed, sentence):
    client.force_login(bob)

    response = client.post(cell(activity, field), {f"{activity.pk}-{field}": typed}, **HTMX)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert Activity.objects.get().version == 1


def test_a_person_of_another_organization_is_nobody_to_give_work_to(client, bob, charlie, activity):
    client.force_login(bob)

    response = client.post(cell(activity, "assignee"), {f"{activity.pk}-assignee": charlie.pk}, **HTMX)

    assert response.status_code == 422


def test_a_cell_that_somebody_else_changed_says_who_and_then_gives_way(client, bob, petra, activity):
    services.update_activity(actor=petra, activity=Activity.objects.get(), status="done")
    client.force_login(bob)
    typed = {f"{activity.pk}-status": "in_progress", f"{activity.pk}-version": 1}

    refused = client.post(cell(activity, "status"), typed, **HTMX)

    assert refused.status_code == 422
    assert "Petra changed this" in refused.content.decode()
    accepted = client.post(cell(activity, "status"), {**typed, f"{activity.pk}-version": 2}, **HTMX)
    assert accepted.status_code == 200


def test_what_a_summary_has_from_its_parts_is_no_cell(client, bob, work):
    client.force_login(bob)

    assert client.get(cell(work["Design"], "status"), **HTMX).status_code == 404
    assert client.get(cell(work["Design"], "assignee"), **HTMX).status_code == 200
    assert client.get(cell(work["Sketch"], "version"), **HTMX).status_code == 404


def pages(project, activity):
    """Every address of an activity, and how it is asked."""
    return {
        "get": [
            tab(project),
            reverse("projects:activity-create", args=[project.pk]),
            edit(activity),
            cell(activity, "status"),
        ],
        "post": [
            reverse("projects:activity-create", args=[project.pk]),
            edit(activity),
            cell(activity, "status"),
            move(activity),
            reverse("projects:activity-archive", args=[activity.pk]),
            reverse("projects:activity-restore", args=[activity.pk]),
        ],
    }


def test_a_viewer_changes_nothing(client, vera, project, activity):
    client.force_login(vera)
    addresses = pages(project, activity)

    for url in addresses["get"][1:]:
        assert client.get(url).status_code == 403, url
    for url in addresses["post"]:
        assert client.post(url, {"direction": "up", "name": "x"}).status_code == 403, url
    assert client.post(addresses["post"][0], {"name": "x", "line": 1}).status_code == 403
    assert Activity.objects.get().version == 1


def test_an_outsider_finds_nothing(client, charlie, project, activity):
    client.force_login(charlie)

    for method, addresses in pages(project, activity).items():
        for url in [*addresses, reverse("projects:activity-list")]:
            assert getattr(client, method)(url).status_code == 404, url


def test_pages_refuse_other_methods(client, bob, project, activity):
    client.force_login(bob)

    for url in (tab(project), reverse("projects:activity-list")):
        assert client.post(url).status_code == 405, url
    for url in pages(project, activity)["post"][3:]:
        assert client.get(url).status_code == 405, url
    for url in (edit(activity), cell(activity, "status")):
        assert client.delete(url).status_code == 405, url
