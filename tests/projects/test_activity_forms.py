"""Activities are added, changed, moved and archived; what is typed is never lost."""

from decimal import Decimal

import pytest
from django.urls import reverse

from projects import services
from projects.models import Activity
from tests.projects.activities import HTMX, edit, form_of, move, tab


def test_a_line_adds_an_activity_and_the_next_is_ready_to_type_in(client, bob, project, activity):
    client.force_login(bob)
    url = reverse("projects:activity-create", args=[project.pk])

    response = client.post(url, {"name": "Build", "line": 1}, **HTMX)

    assert response.status_code == 200
    assert [row.activity.name for row in response.context["rows"]] == ["Design", "Build"]
    assert b"autofocus" in response.content


def test_a_line_sent_twice_adds_one_activity(client, bob, project):
    client.force_login(bob)
    url = reverse("projects:activity-create", args=[project.pk])
    for _ in range(2):
        client.post(url, {"name": "Build", "line": 1, "form_token": "once"}, **HTMX)

    assert Activity.objects.count() == 1


def test_a_line_without_script_leads_back_to_the_outline(client, bob, project):
    client.force_login(bob)
    url = reverse("projects:activity-create", args=[project.pk])

    response = client.post(url, {"name": "Build", "line": 1})

    assert response.headers["Location"] == f"{tab(project)}#add"


@pytest.mark.parametrize("name", ["", "x" * 301])
def test_a_line_without_a_fitting_name_comes_back_as_typed(client, bob, project, name):
    client.force_login(bob)
    url = reverse("projects:activity-create", args=[project.pk])

    for more in ({}, HTMX):
        response = client.post(url, {"name": name, "line": 1}, **more)
        assert response.status_code == 422
        assert response.context["form"].errors["name"]
    assert not Activity.objects.exists()


def test_the_form_adds_an_activity_below_another(client, bob, project, activity):
    client.force_login(bob)
    url = reverse("projects:activity-create", args=[project.pk])
    form = client.get(f"{url}?parent={activity.pk}").context["form"]
    assert form["parent"].value() == str(activity.pk)

    values = {"name": "Sketch", "kind": "task", "status": "not_started", "parent": activity.pk, "form_token": "one"}
    first, second = client.post(url, values), client.post(url, values)

    assert first.headers["Location"] == second.headers["Location"] == tab(project)
    assert Activity.objects.get(name="Sketch").parent == activity
    activity.refresh_from_db()
    assert activity.kind == "summary"


def test_an_activity_that_ends_before_it_begins_is_refused_with_what_was_typed(client, bob, project):
    client.force_login(bob)
    url = reverse("projects:activity-create", args=[project.pk])
    dates = {"planned_start_date": "2026-05-02", "planned_finish_date": "2026-05-01"}

    response = client.post(url, {"name": "Sketch", "kind": "task", "status": "not_started", **dates})

    assert response.status_code == 422
    assert "An activity cannot finish before it starts." in response.content.decode()
    assert "Sketch" in response.content.decode()


def test_the_form_changes_an_activity(client, bob, project, activity):
    client.force_login(bob)

    response = client.post(edit(activity), form_of(activity, name="Design, second round", progress_ratio="30"))

    activity.refresh_from_db()
    assert response.headers["Location"] == tab(project)
    assert (activity.name, activity.progress_ratio, activity.status) == (
        "Design, second round", Decimal("0.3"), "in_progress"
    )  # fmt: skip


def test_a_cancelled_activity_stays_cancelled_when_only_its_name_changes(client, bob, activity):
    activity = services.update_activity(actor=bob, activity=activity, progress_ratio=Decimal("0.4"))
    activity = services.update_activity(actor=bob, activity=activity, status="cancelled")
    client.force_login(bob)

    client.post(edit(activity), form_of(activity, name="Old design"))

    activity.refresh_from_db()
    assert (activity.name, activity.status, activity.progress_ratio) == ("Old design", "cancelled", Decimal("0.4"))


def test_a_stale_form_shows_who_changed_what_and_keeps_what_was_typed(client, bob, petra, activity):
    services.update_activity(actor=petra, activity=Activity.objects.get(), name="Design by Petra")
    client.force_login(bob)

    response = client.post(edit(activity), form_of(activity, name="Design by Bob"))

    page = response.content.decode()
    assert response.status_code == 409
    assert "Petra" in page
    assert "Design by Petra" in page
    assert 'value="Design by Bob"' in page


def test_a_summary_has_no_figures_of_its_own_to_fill_in(client, bob, work):
    client.force_login(bob)

    fields = client.get(edit(work["Design"])).context["form"].fields

    assert {"name", "assignee", "description"} <= set(fields)
    assert not {"kind", "status", "progress_ratio", "planned_cost_amount"} & set(fields)
    response = client.post(edit(work["Design"]), {"name": "Design all", "version": work["Design"].version})
    assert response.status_code == 302


def test_an_activity_moves_and_htmx_gets_the_outline_as_it_is_now(client, bob, work):
    client.force_login(bob)

    response = client.post(move(work["Build"]), {"direction": "indent"}, **HTMX)

    assert [(row.activity.name, row.level) for row in response.context["rows"]][-1] == ("Build", 2)
    assert b"<html" not in response.content


def test_an_activity_moves_without_script(client, bob, project, work):
    client.force_login(bob)

    response = client.post(move(work["Build"]), {"direction": "up"})

    assert response.headers["Location"] == tab(project)
    assert Activity.objects.in_outline().first().name == "Build"


def test_a_move_sent_twice_moves_once(client, bob, project, work):
    services.create_activity(actor=bob, project=project, name="Ship")
    client.force_login(bob)
    for _ in range(2):
        client.post(move(work["Design"]), {"direction": "down", "form_token": "once"}, **HTMX)

    top = Activity.objects.filter(parent=None).in_outline()
    assert [row.name for row in top] == ["Build", "Design", "Ship"]


@pytest.mark.parametrize("direction", ["up", "outdent", "sideways", ""])
def test_where_there_is_nowhere_to_go_the_person_is_told(client, bob, work, direction):
    client.force_login(bob)

    response = client.post(move(work["Design"]), {"direction": direction}, **HTMX)

    assert response.status_code == 409
    assert response.headers["HX-Retarget"] == "#messages"


def test_archived_activities_are_not_in_the_way(client, bob, work):
    services.archive_activity(actor=bob, activity=work["Prototype"])
    client.force_login(bob)
    build = move(work["Build"])
    client.post(build, {"direction": "indent"}, **HTMX)

    response = client.post(build, {"direction": "up"}, **HTMX)

    assert [row.activity.name for row in response.context["rows"]] == ["Design", "Build", "Sketch"]


def test_an_archived_activity_leaves_the_outline_and_comes_back(client, bob, project, work):
    client.force_login(bob)
    restore = reverse("projects:activity-restore", args=[work["Build"].pk])

    page = client.post(reverse("projects:activity-archive", args=[work["Build"].pk]), follow=True)

    assert "Build" not in [row.activity.name for row in page.context["rows"]]
    assert restore in page.content.decode()  # Undo
    page = client.post(restore, follow=True)
    assert "Build" in [row.activity.name for row in page.context["rows"]]


def test_a_summary_of_live_activities_is_not_archived(client, bob, work):
    client.force_login(bob)

    response = client.post(reverse("projects:activity-archive", args=[work["Design"].pk]))

    assert response.status_code == 409
    assert "Sketch" in response.content.decode()


def test_a_part_of_an_archived_summary_waits_for_its_summary(client, bob, work):
    for name in ("Sketch", "Prototype", "Design"):
        services.archive_activity(actor=bob, activity=Activity.objects.get(name=name))
    client.force_login(bob)

    response = client.post(reverse("projects:activity-restore", args=[work["Sketch"].pk]))

    assert response.status_code == 409
    assert "Restore it first" in response.content.decode()


def test_an_activity_changed_since_it_was_seen_is_not_archived(client, bob, petra, activity):
    services.update_activity(actor=petra, activity=Activity.objects.get(), name="Design by Petra")
    client.force_login(bob)

    response = client.post(reverse("projects:activity-archive", args=[activity.pk]), {"version": 1})

    assert response.status_code == 409
    assert "Petra" in response.content.decode()
