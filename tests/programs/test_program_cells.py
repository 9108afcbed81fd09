"""Changing the health and the manager of a program in the list."""

import pytest
from django.urls import reverse

from programs.services import update_program
from tests.filling import answers


def cell(program, field):
    return reverse("programs:program-cell", args=[program.pk, field])


@pytest.fixture
def petra_in(client, petra):
    client.force_login(petra)
    return client


def test_a_cell_opens_with_what_it_holds(petra_in, program):
    response = petra_in.get(cell(program, "health"))

    assert response.status_code == 200
    assert "<html" not in response.content.decode()
    assert b"data-cell" in response.content


def test_health_is_saved_and_the_cell_closes(petra_in, program):
    url = cell(program, "health")

    response = petra_in.post(url, answers(petra_in.get(url), reported_health="green"))

    program.refresh_from_db()
    assert program.reported_health == "green"
    assert b"cell-edit saved" in response.content
    assert response["HX-Trigger"] == "portolan:saved"


def test_bad_health_asks_for_the_reason_and_stays_open(petra_in, program):
    url = cell(program, "health")
    opened = petra_in.get(url)

    refused = petra_in.post(url, answers(opened, reported_health="red"))

    assert refused.status_code == 422
    assert 'type="text" name="health_note"' in refused.content.decode()
    saved = petra_in.post(url, answers(refused, reported_health="red", health_note="The carrier waits."))
    program.refresh_from_db()
    assert saved.status_code == 200
    assert (program.reported_health, program.health_note) == ("red", "The carrier waits.")


def test_the_manager_is_one_of_the_members(petra_in, petra, program, charlie):
    url = cell(program, "manager")

    assert petra_in.post(url, answers(petra_in.get(url), manager=charlie.pk)).status_code == 422
    assert petra_in.post(url, answers(petra_in.get(url), manager=petra.pk)).status_code == 200
    program.refresh_from_db()
    assert program.manager == petra


def test_nobody_may_be_the_manager_again(petra_in, petra, program):
    update_program(actor=petra, program=program, manager=petra)
    url = cell(program, "manager")

    petra_in.post(url, answers(petra_in.get(url), manager=""))

    program.refresh_from_db()
    assert program.manager is None


def test_a_change_to_another_field_in_the_meantime_is_no_conflict(petra_in, alice, program):
    url = cell(program, "health")
    data = answers(petra_in.get(url), reported_health="green")
    update_program(actor=alice, program=program, name="EU launch 2027")

    assert petra_in.post(url, data).status_code == 200
    program.refresh_from_db()
    assert (program.name, program.reported_health) == ("EU launch 2027", "green")


def test_a_change_to_the_same_field_says_who_made_it_and_the_next_save_wins(petra_in, alice, program):
    url = cell(program, "health")
    data = answers(petra_in.get(url), reported_health="green")
    update_program(actor=alice, program=program, reported_health="amber", health_note="Late")

    refused = petra_in.post(url, data)

    assert refused.status_code == 422
    assert "Alice changed this" in refused.content.decode()
    assert petra_in.post(url, answers(refused, health_note="")).status_code == 200
    program.refresh_from_db()
    assert program.reported_health == "green"


def test_a_cell_sent_twice_is_saved_once(petra_in, program):
    url = cell(program, "health")
    data = answers(petra_in.get(url), reported_health="green")

    assert petra_in.post(url, data).status_code == petra_in.post(url, data).status_code == 200
    program.refresh_from_db()
    assert program.version == 2


def test_only_some_fields_are_cells(petra_in, program):
    assert petra_in.get(cell(program, "name")).status_code == 404


def test_the_role_decides(client, bob, vera, program):
    for person in (bob, vera):
        client.force_login(person)
        assert client.get(cell(program, "health")).status_code == 403
        assert client.post(cell(program, "health"), {"reported_health": "green"}).status_code == 403


def test_another_organization_gets_404(client, charlie, program):
    client.force_login(charlie)

    assert client.post(cell(program, "health")).status_code == 404


def test_a_cell_is_not_deleted(petra_in, program):
    assert petra_in.delete(cell(program, "health")).status_code == 405
