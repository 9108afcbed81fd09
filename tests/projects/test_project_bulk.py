"""Several projects are changed in one step, and the step is taken back in one."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from events.models import Event
from projects.models import Project


def url(act, projects):
    return reverse("projects:project-bulk", args=[act]) + "?" + "&".join(f"id={project.pk}" for project in projects)


@pytest.fixture
def three(acme, program, alice):
    return [
        Project.objects.create(
            organization=acme, program=program, code=f"T-{n}", name=f"Third {n}", currency="USD", manager=alice
        )
        for n in range(3)
    ]


def send(client, act, projects, **body):
    """Send a bulk form; returns the answer and the address that undoes it."""
    answer = client.post(url(act, projects), body)
    notices = list(get_messages(answer.wsgi_request))
    return answer, notices[-1].extra_tags if notices else ""


def reread(projects):
    return [Project.objects.get(pk=project.pk) for project in projects]


def test_the_page_names_what_is_chosen(client, petra, three):
    client.force_login(petra)

    page = client.get(url("manager", three[:2])).content.decode()

    assert "Who manages 2 projects?" in page
    assert "Third 0" in page
    assert "Third 2" not in page


def test_one_manager_for_several_and_undo(client, petra, bob, alice, three):
    client.force_login(petra)

    _, undo = send(client, "manager", three, manager=bob.pk)

    assert {project.manager for project in reread(three)} == {bob}
    assert Event.objects.filter(kind="project.updated", actor=petra).count() == 3
    client.post(undo)
    assert {project.manager for project in reread(three)} == {alice}


def test_one_health_for_several_and_undo(client, bob, three):
    client.force_login(bob)

    refused, _ = send(client, "health", three, reported_health="red")
    _, undo = send(client, "health", three, reported_health="red", health_note="Shared supplier")

    assert refused.status_code == 422
    assert {(project.reported_health, project.health_note) for project in reread(three)} == {("red", "Shared supplier")}
    client.post(undo)
    assert {(project.reported_health, project.health_note) for project in reread(three)} == {("", "")}


def test_several_are_archived_and_come_back(client, petra, three):
    client.force_login(petra)

    answer, undo = send(client, "archive", three)

    assert answer["Location"] == reverse("projects:project-list")
    assert all(project.is_archived for project in reread(three))
    client.post(undo)
    assert not any(project.is_archived for project in reread(three))


def test_undo_leaves_what_others_changed_since(client, petra, alice, bob, three):
    client.force_login(petra)
    _, undo = send(client, "manager", three, manager=bob.pk)
    client.force_login(alice)
    client.post(reverse("projects:project-cell", args=[three[0].pk, "name"]), {"name": "Renamed", "version": 2})

    client.force_login(petra)
    answer = client.post(undo)

    assert [project.manager for project in reread(three)] == [bob, alice, alice]
    assert "1 project changed since and left: Renamed." in [str(m) for m in get_messages(answer.wsgi_request)][-1]


def test_nobody_undoes_what_another_did_and_nothing_is_undone_twice(client, petra, alice, bob, three):
    client.force_login(petra)
    _, undo = send(client, "manager", three, manager=bob.pk)
    client.force_login(alice)

    assert client.post(undo).status_code == 409
    assert {project.manager for project in reread(three)} == {bob}
    client.force_login(petra)
    client.post(undo)
    again = client.post(undo)
    assert {project.manager for project in reread(three)} == {alice}
    assert "left" in [str(message) for message in get_messages(again.wsgi_request)][-1]


def test_a_form_sent_twice_changes_each_project_once(client, petra, bob, three):
    client.force_login(petra)

    for _ in range(2):
        send(client, "manager", three, manager=bob.pk, form_token="the-same")

    assert Event.objects.filter(kind="project.updated").count() == 3


@pytest.mark.parametrize("query", ["", "?id=", "?id=x", "?id=999999999", "?id=" + "9" * 30, "?id=-1"])
def test_choosing_none_is_told(client, petra, three, query):
    client.force_login(petra)

    answer = client.get(reverse("projects:project-bulk", args=["archive"]) + query)

    assert answer.status_code == 409
    assert "Tick some in the list" in answer.content.decode()


def test_roles_hold_for_many_as_for_one(client, bob, vera, three):
    client.force_login(bob)
    assert client.post(url("manager", three), {"manager": bob.pk}).status_code == 403
    assert client.post(url("archive", three)).status_code == 403

    client.force_login(vera)
    assert client.post(url("health", three), {"reported_health": "green"}).status_code == 403
    assert client.post(reverse("projects:project-undo", args=["x"])).status_code == 403
    assert "bulk.js" not in client.get(reverse("projects:project-list")).content.decode()


def test_a_stranger_reaches_none_of_them(client, charlie, three):
    client.force_login(charlie)

    assert client.post(url("archive", three)).status_code == 404
    assert not any(project.is_archived for project in reread(three))


def test_undo_is_no_link_and_unknown_acts_are_not_found(client, petra, three):
    client.force_login(petra)

    assert client.get(reverse("projects:project-undo", args=["x"])).status_code == 405
    assert client.get(url("delete", three)).status_code == 404
