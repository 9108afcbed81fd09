"""One field of a project is changed in the list, in place."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

HTMX = {"HX-Request": "true"}


def url(name, *args):
    return reverse(f"projects:{name}", args=args)


@pytest.mark.parametrize(
    ("field", "body", "saved"),
    [
        ("name", {"name": "Apollo 2"}, "Apollo 2"),
        ("budget_amount", {"budget_amount": "5"}, Decimal(5)),
        ("actual_amount", {"actual_amount": "7"}, Decimal(7)),
        ("expected_finish_date", {"expected_finish_date": "2026-05-01"}, datetime.date(2026, 5, 1)),
        ("reported_progress_ratio", {"reported_progress_ratio": "25"}, Decimal("0.25")),
        ("reported_health", {"reported_health": "green"}, "green"),
    ],
)
def test_a_cell_opens_saves_and_closes(client, petra, project, field, body, saved):
    client.force_login(petra)
    address = url("project-cell", project.pk, field)

    opened = client.get(address, headers=HTMX)
    closed = client.post(
        address, {f"{project.pk}-{k}": v for k, v in body.items()} | {f"{project.pk}-version": 1}, headers=HTMX
    )

    assert b"<form" in opened.content
    assert closed.status_code == 200
    assert b"saved" in closed.content
    project.refresh_from_db()
    assert getattr(project, field) == saved


def test_a_cell_says_what_is_wrong_and_stays_open(client, petra, project):
    client.force_login(petra)

    answer = client.post(
        url("project-cell", project.pk, "reported_health"),
        {f"{project.pk}-reported_health": "red", f"{project.pk}-version": 1},
        headers=HTMX,
    )

    assert answer.status_code == 422
    assert "one line of why" in answer.content.decode()


def test_a_cell_that_somebody_else_changed_is_refused_with_their_value(client, petra, alice, project):
    address = url("project-cell", project.pk, "budget_amount")
    client.force_login(alice)
    client.post(address, {f"{project.pk}-budget_amount": "5", f"{project.pk}-version": 1}, headers=HTMX)
    client.force_login(petra)

    answer = client.post(address, {f"{project.pk}-budget_amount": "6", f"{project.pk}-version": 1}, headers=HTMX)

    assert answer.status_code == 422
    assert "Alice changed this to" in answer.content.decode()


def test_a_contributor_edits_reports_in_place_but_no_budget(client, bob, project):
    client.force_login(bob)

    assert client.get(url("project-cell", project.pk, "actual_amount")).status_code == 200
    assert client.get(url("project-cell", project.pk, "budget_amount")).status_code == 403
    assert client.get(url("project-cell", project.pk, "organization")).status_code == 404
