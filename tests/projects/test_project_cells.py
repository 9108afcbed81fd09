"""One value of a project is changed where it stands, in place."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

HTMX = {"HX-Request": "true"}


def cell(project, field):
    return reverse("projects:project-cell", args=[project.pk, field])


@pytest.mark.parametrize(
    ("field", "column", "typed", "saved"),
    [
        ("name", "name", "Apollo 2", "Apollo 2"),
        ("budget", "budget_amount", "5", Decimal(5)),
        ("actual", "actual_amount", "7", Decimal(7)),
        ("finish", "expected_finish_date", "2026-05-01", datetime.date(2026, 5, 1)),
        ("progress", "reported_progress_ratio", "25", Decimal("0.25")),
        ("health", "reported_health", "green", "green"),
    ],
)
def test_a_cell_opens_saves_and_closes(client, petra, project, field, column, typed, saved):
    client.force_login(petra)

    opened = client.get(cell(project, field), headers=HTMX)
    closed = client.post(cell(project, field), {column: typed, "version": 1}, headers=HTMX)

    assert b"<form" in opened.content
    assert closed.status_code == 200
    project.refresh_from_db()
    assert getattr(project, column) == saved


def test_without_script_a_cell_is_a_page(client, petra, project):
    client.force_login(petra)

    page = client.get(cell(project, "budget"))
    saved = client.post(cell(project, "budget"), {"budget_amount": "5", "version": 1})

    assert b"<h1" in page.content
    assert saved.status_code == 302
    project.refresh_from_db()
    assert project.budget_amount == 5


def test_a_cell_says_what_is_wrong_and_stays_open(client, petra, project):
    client.force_login(petra)

    answer = client.post(cell(project, "health"), {"reported_health": "red", "version": 1}, headers=HTMX)

    assert answer.status_code == 422
    assert "one line of why" in answer.content.decode()


def test_a_cell_that_somebody_else_changed_is_refused_with_their_value(client, petra, alice, project):
    client.force_login(alice)
    client.post(cell(project, "budget"), {"budget_amount": "5", "version": 1}, headers=HTMX)
    client.force_login(petra)

    answer = client.post(cell(project, "budget"), {"budget_amount": "6", "version": 1}, headers=HTMX)

    assert answer.status_code == 422
    assert "Alice changed this to" in answer.content.decode()


def test_a_change_of_another_field_is_no_conflict_for_a_cell(client, petra, alice, project):
    client.force_login(alice)
    client.post(cell(project, "budget"), {"budget_amount": "5", "version": 1}, headers=HTMX)
    client.force_login(petra)

    assert client.post(cell(project, "name"), {"name": "Apollo 2", "version": 1}, headers=HTMX).status_code == 200


def test_a_contributor_edits_reports_in_place_but_no_budget(client, bob, vera, project):
    client.force_login(bob)

    assert client.get(cell(project, "actual"), headers=HTMX).status_code == 200
    assert client.get(cell(project, "budget"), headers=HTMX).status_code == 403
    assert client.get(cell(project, "organization"), headers=HTMX).status_code == 404
    client.force_login(vera)
    assert client.post(cell(project, "actual"), {"actual_amount": "1"}, headers=HTMX).status_code == 403


def test_a_stranger_opens_no_cell(client, charlie, project):
    client.force_login(charlie)

    assert client.get(cell(project, "name"), headers=HTMX).status_code == 404
