"""Opening, changing, moving, archiving and restoring programs in pages."""

import pytest
from django.urls import reverse

from core.tenancy import organization_scope
from events.models import Event
from portfolio.models import Portfolio
from programs.models import Program
from programs.services import archive_program, update_program
from tests.filling import answers, fill, sentences


def page(name, program=None):
    return reverse(f"programs:program-{name}", args=[program.pk] if program else [])


def test_a_manager_opens_a_program_and_comes_to_its_page(client, petra, portfolio):
    client.force_login(petra)

    response = fill(client, page("create"), name="Beacon", portfolio=portfolio.pk)

    program = Program.objects.get(name="Beacon")
    assert response["Location"] == page("detail", program)
    assert program.code == f"G-{program.pk}"
    assert sentences(response) == ["Opened program “Beacon”."]
    assert Event.objects.get().kind == "program.created"


def test_the_address_chooses_the_portfolio(client, petra, portfolio):
    client.force_login(petra)

    form = client.get(page("create"), {"portfolio": portfolio.pk}).context["form"]

    assert form["portfolio"].value() == str(portfolio.pk)


def test_a_form_sent_twice_opens_one_program(client, petra, portfolio):
    client.force_login(petra)
    data = answers(client.get(page("create")), name="Beacon", portfolio=portfolio.pk)

    first, second = client.post(page("create"), data), client.post(page("create"), data)

    assert Program.objects.count() == 1
    assert first["Location"] == second["Location"]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "This field is required."),
        ("name", "x" * 201, "Ensure this value has at most 200 characters (it has 201)."),
        ("portfolio", "", "This field is required."),
        ("portfolio", "999999", "Select a valid choice. That choice is not one of the available choices."),
        ("code", "EU", "Another program has this code."),
        ("reported_health", "purple", "Select a valid choice. purple is not one of the available choices."),
        ("reported_health", "red", None),
        ("name", "a\0b", "Null characters are not allowed."),
    ],
)
def test_a_bad_answer_is_kept_and_named_at_its_field(client, petra, program, portfolio, field, value, sentence):
    client.force_login(petra)
    good = {"name": "Beacon", "portfolio": portfolio.pk}

    response = fill(client, page("create"), **{**good, field: value})

    assert response.status_code == 422
    form = response.context["form"]
    if sentence:
        assert form.errors[field] == [sentence]
    else:
        assert "health_note" in form.errors
    assert form[field].value() == value
    assert Program.objects.count() == 1


def test_a_portfolio_of_another_organization_is_no_choice(client, petra, other, program):
    with organization_scope(other):
        theirs = Portfolio.objects.create(organization=other, name="Theirs")
    client.force_login(petra)

    response = fill(client, page("create"), name="Beacon", portfolio=theirs.pk)

    assert response.status_code == 422
    assert "portfolio" in response.context["form"].errors


def test_a_program_is_changed(client, petra, program):
    client.force_login(petra)

    response = fill(client, page("edit", program), name="EU launch 2027", reported_health="amber", health_note="Late")

    program.refresh_from_db()
    assert response["Location"] == page("detail", program)
    assert (program.name, program.reported_health, program.version) == ("EU launch 2027", "amber", 2)


def test_a_stale_form_tells_who_changed_what_and_keeps_the_text(client, petra, alice, program):
    client.force_login(petra)
    data = answers(client.get(page("edit", program)), name="Mine")
    update_program(actor=alice, program=program, name="Theirs")

    response = client.post(page("edit", program), data)

    assert response.status_code == 409
    text = response.content.decode()
    assert "Alice changed “Theirs” after you opened it" in text
    assert response.context["form"]["name"].value() == "Mine"
    again = client.post(page("edit", program), answers(response))
    assert again.status_code == 302
    program.refresh_from_db()
    assert program.name == "Mine"


def test_a_program_moves_with_its_projects(client, petra, acme, program, project):
    target = Portfolio.objects.create(organization=acme, name="Growth")
    client.force_login(petra)

    response = fill(client, page("move", program), portfolio=target.pk)

    program.refresh_from_db()
    assert program.portfolio == target
    assert Event.objects.get().kind == "program.moved"
    assert sentences(response) == ["Moved program “EU launch”."]


def test_a_move_to_nowhere_is_refused(client, petra, program):
    client.force_login(petra)

    response = fill(client, page("move", program), portfolio="")

    assert response.status_code == 422
    assert b"It holds no projects yet" in response.content


def test_archiving_goes_back_to_the_list_and_can_be_undone(client, petra, program):
    client.force_login(petra)

    response = client.post(page("archive", program), {"version": 1}, follow=True)

    program.refresh_from_db()
    assert program.is_archived
    assert response.request["PATH_INFO"] == page("list")
    undo = page("restore", program)
    assert f'action="{undo}"' in response.content.decode()
    assert client.post(undo)["Location"] == page("detail", program)
    program.refresh_from_db()
    assert not program.is_archived


def test_htmx_is_sent_to_the_list_by_a_header(client, petra, program):
    client.force_login(petra)

    response = client.post(page("archive", program), headers={"HX-Request": "true"})

    assert response["HX-Redirect"] == page("list")


def test_a_program_that_holds_projects_is_not_archived_and_names_them(client, petra, program, project):
    client.force_login(petra)

    response = client.post(page("archive", program), headers={"HX-Request": "true"})

    assert response.status_code == 409
    assert response["HX-Retarget"] == "#messages"
    assert "still holds 1 project (Apollo)" in response.content.decode()


def test_a_stale_archive_button_is_refused(client, petra, alice, program):
    update_program(actor=alice, program=program, name="Theirs")
    client.force_login(petra)

    assert client.post(page("archive", program), {"version": "1"}).status_code == 409


def test_a_program_of_an_archived_portfolio_is_not_restored(client, petra, alice, program, portfolio):
    archive_program(actor=alice, program=program)
    Portfolio.objects.filter(pk=portfolio.pk).update(archived_at="2026-01-01T00:00Z")
    client.force_login(petra)

    response = client.post(page("restore", program))

    assert response.status_code == 409
    assert "“Core portfolio” is archived" in response.content.decode()


@pytest.mark.parametrize("name", ["create", "edit", "move", "archive", "restore"])
def test_the_role_decides(client, vera, bob, program, name):
    for person in (vera, bob):
        client.force_login(person)
        url = page(name, None if name == "create" else program)
        assert client.post(url, {"name": "x"}).status_code == 403
        if name not in ("archive", "restore"):
            assert client.get(url).status_code == 403
    program.refresh_from_db()
    assert program.version == 1


@pytest.mark.parametrize("name", ["edit", "move", "archive", "restore"])
def test_another_organization_gets_404(client, charlie, program, name):
    client.force_login(charlie)

    assert client.post(page(name, program)).status_code == 404


@pytest.mark.parametrize("name", ["archive", "restore"])
def test_an_act_is_not_done_by_looking(client, petra, program, name):
    client.force_login(petra)

    assert client.get(page(name, program)).status_code == 405
