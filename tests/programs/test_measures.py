"""Performance measures: the list across programs, forms, results in place, archive."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programs.models import Measure, Program
from programs.services import update_measure
from tests.filling import answers, fill, sentences, text_of


@pytest.fixture
def url(acme):
    return reverse("programs:measure-list")


def page(name, row=None):
    return reverse(f"programs:measure-{name}", args=[row.pk] if row else [])


def test_everybody_sees_the_measures_of_all_programs(client, vera, measure, url):
    client.force_login(vera)

    response = client.get(url)

    assert [row.name for row in response.context["page"]] == ["Customers moved to the new line"]
    assert b"Archive" not in response.content.split(b"<tbody")[1]


def test_the_list_narrows_by_program_portfolio_result_and_words(client, alice, acme, program, measure, url):
    second = Program.objects.create(organization=acme, portfolio=program.portfolio, code="2", name="Second")
    Measure.objects.create(organization=acme, program=second, name="Uptime", category="Quality", result="met")
    client.force_login(alice)

    def found(**query):
        return sorted(row.name for row in client.get(url, query).context["page"])

    assert found() == ["Customers moved to the new line", "Uptime"]
    assert found(program=second.pk) == ["Uptime"]
    assert found(portfolio=program.portfolio_id) == ["Customers moved to the new line", "Uptime"]
    assert found(result="met") == ["Uptime"]
    assert found(result="unreported") == ["Customers moved to the new line"]
    assert found(q="adoption") == ["Customers moved to the new line"]
    assert found(result="purple", program="x", sort="y") == ["Customers moved to the new line", "Uptime"]


def test_each_count_opens_its_rows(client, alice, acme, program, measure, url):
    Measure.objects.create(organization=acme, program=program, name="Uptime", result="met")
    client.force_login(alice)

    for count in client.get(url, {"portfolio": program.portfolio_id}).context["result_counts"]:
        assert f"portfolio={program.portfolio_id}" in count.url
        assert len(client.get(count.url).context["page"]) == count.count


def test_an_organization_without_measures_is_told_what_they_are(client, alice, url):
    client.force_login(alice)

    assert b"No measures yet" in client.get(url).content


def test_the_file_holds_what_matches(client, alice, measure, url):
    client.force_login(alice)

    lines = text_of(client.get(url, {"format": "csv"})).splitlines()

    assert lines[1] == "Customers moved to the new line,Adoption,Not reported,EU launch,EU,Core portfolio,"
    assert len(text_of(client.get(url, {"format": "csv", "result": "met"})).splitlines()) == 1
    assert client.get(url, {"format": "xlsx"})["Content-Disposition"] == 'attachment; filename="measures.xlsx"'


def test_one_row_and_fifty_cost_the_same_queries(client, alice, acme, program, measure, url):
    client.force_login(alice)
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    Measure.objects.bulk_create(
        Measure(organization=acme, program=program, name=f"Measure {number}") for number in range(49)
    )
    with CaptureQueriesContext(connection) as fifty:
        response = client.get(url)

    assert len(response.context["page"]) == 50
    assert len(fifty) == len(one) <= 8


def test_a_measure_is_added_to_a_program_once(client, petra, program):
    client.force_login(petra)
    url = reverse("programs:measure-create", args=[program.pk])
    data = answers(client.get(url), name="Uptime", category="Quality", result="met")

    first, second = client.post(url, data), client.post(url, data)

    assert first["Location"] == second["Location"] == reverse("programs:program-measures", args=[program.pk])
    assert Measure.objects.get().result == "met"
    assert "Added measure “Uptime”." in sentences(first)


def test_a_measure_is_changed(client, petra, measure):
    client.force_login(petra)

    fill(client, page("edit", measure), name="Customers moved", result="not_met")

    measure.refresh_from_db()
    assert (measure.name, measure.result, measure.version) == ("Customers moved", "not_met", 2)


@pytest.mark.parametrize(("field", "value"), [("name", ""), ("name", "x" * 501), ("result", "maybe")])
def test_a_bad_answer_is_kept_and_named_at_its_field(client, petra, measure, field, value):
    client.force_login(petra)

    response = fill(client, page("edit", measure), **{field: value})

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert response.context["form"][field].value() == value


def test_a_key_that_another_measure_has_is_named_at_its_field(client, petra, acme, program, measure):
    Measure.objects.create(organization=acme, program=program, name="Uptime", external_key="K1")
    client.force_login(petra)

    response = fill(client, page("edit", measure), external_key="K1")

    assert response.context["form"].errors["external_key"] == ["Another measure has this external key."]


def test_a_stale_form_tells_who_changed_what(client, petra, alice, measure):
    client.force_login(petra)
    data = answers(client.get(page("edit", measure)), category="Mine")
    update_measure(actor=alice, measure=measure, category="Theirs")

    response = client.post(page("edit", measure), data)

    assert response.status_code == 409
    assert "Alice" in response.content.decode()


def test_a_result_is_reported_in_place(client, petra, measure):
    client.force_login(petra)
    url = page("result", measure)

    response = client.post(url, answers(client.get(url), result="met"))

    measure.refresh_from_db()
    assert measure.result == "met"
    assert response["HX-Trigger"] == "portolan:saved"
    assert client.post(url, {"result": "maybe"}).status_code == 422


def test_a_measure_can_be_archived_right_after_its_result_was_saved_in_place(client, petra, measure):
    client.force_login(petra)
    assert f'id="act-{measure.pk}">' in client.get(page("list")).content.decode()
    url = page("result", measure)

    saved = client.post(url, answers(client.get(url), result="met")).content.decode()
    cell = saved[saved.index(f'id="act-{measure.pk}" hx-swap-oob="true"') :]
    version = re.search(r'name="version" value="(\d+)"', cell)

    assert client.post(page("archive", measure), {"version": version[1]}).status_code == 302
    measure.refresh_from_db()
    assert measure.is_archived


def test_archiving_can_be_undone(client, petra, measure):
    client.force_login(petra)

    response = client.post(page("archive", measure), {"version": 1}, follow=True)

    assert f'action="{page("restore", measure)}"' in response.content.decode()
    assert [row.pk for row in client.get(page("list"), {"archived": "1"}).context["page"]] == [measure.pk]
    client.post(page("restore", measure))
    measure.refresh_from_db()
    assert not measure.is_archived


@pytest.mark.parametrize("name", ["edit", "result", "archive", "restore"])
def test_the_role_decides(client, vera, bob, measure, name):
    for person in (vera, bob):
        client.force_login(person)
        assert client.post(page(name, measure), {"name": "x"}).status_code == 403


@pytest.mark.parametrize("name", ["edit", "result", "archive", "restore"])
def test_another_organization_gets_404(client, charlie, measure, name):
    client.force_login(charlie)

    assert client.post(page(name, measure)).status_code == 404


def test_adding_to_a_program_needs_the_role_and_the_program(client, bob, charlie, program):
    url = reverse("programs:measure-create", args=[program.pk])
    client.force_login(bob)
    assert client.get(url).status_code == client.post(url, {"name": "x"}).status_code == 403
    client.force_login(charlie)
    assert client.post(url, {"name": "x"}).status_code == 404


@pytest.mark.parametrize("name", ["archive", "restore"])
def test_an_act_is_not_done_by_looking(client, petra, measure, name):
    client.force_login(petra)

    assert client.get(page(name, measure)).status_code == 405
    assert client.post(page("list")).status_code == 405
