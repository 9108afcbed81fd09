"""The list of programs: what is in it, how it narrows, sorts, sums, pages and leaves as a file."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from core.tenancy import Scope, scope
from portfolio.models import Portfolio
from portfolio.services import rebuild_rollups
from programs.models import Program
from projects.models import Project
from tests.filling import text_of

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def url(acme):
    return reverse("programs:program-list")


def names(response):
    return [program.name for program in response.context["page"]]


def test_everybody_of_the_organization_sees_its_programs(client, vera, program, url):
    client.force_login(vera)

    response = client.get(url)

    assert response.status_code == 200
    assert names(response) == ["EU launch"]
    assert b"New program" not in response.content


def test_who_may_change_programs_is_offered_a_new_one_and_open_cells(client, petra, program, url):
    client.force_login(petra)

    response = client.get(url)

    assert b"New program" in response.content
    assert reverse("programs:program-cell", args=[program.pk, "health"]).encode() in response.content


def test_another_organization_gets_404(client, charlie, program, url):
    client.force_login(charlie)

    assert client.get(url).status_code == 404


def test_the_list_is_only_read(client, alice, url):
    client.force_login(alice)

    assert client.post(url).status_code == 405


def test_without_any_program_the_page_says_what_one_is(client, alice, url):
    client.force_login(alice)

    response = client.get(url)

    assert b"No programs yet" in response.content
    assert b"Start a program" in response.content


def test_filters_without_a_match_offer_to_clear_them(client, alice, program, url):
    client.force_login(alice)

    response = client.get(url, {"q": "nothing is called so"})

    assert b"No programs match these filters" in response.content
    assert b"No programs yet" not in response.content


def test_htmx_gets_the_table_alone_with_an_export_of_the_same_filters(client, alice, program, url):
    client.force_login(alice)

    response = client.get(url, {"q": "eu"}, headers=FRAGMENT)

    text = response.content.decode()
    assert "<html" not in text
    assert 'id="program-table"' in text
    assert "q=eu&amp;format=csv" in text
    assert "HX-Request" in response["Vary"]


def test_a_portfolio_shows_the_programs_of_those_inside_it_too(client, alice, acme, program, inner_portfolio, url):
    Program.objects.create(organization=acme, portfolio=inner_portfolio, code="IN", name="Inner launch")
    Program.objects.create(
        organization=acme, portfolio=Portfolio.objects.create(organization=acme, name="Else"), code="EL", name="Else"
    )
    client.force_login(alice)

    response = client.get(url, {"portfolio": program.portfolio_id})

    assert names(response) == ["EU launch", "Inner launch"]


def test_health_narrows_by_what_is_reported_else_by_what_the_projects_amount_to(
    client, alice, acme, program, project, many_programs, url
):
    many_programs(1)
    Project.objects.filter(pk=project.pk).update(reported_health="red", health_note="Late")
    rebuild_rollups(acme.pk)
    client.force_login(alice)

    assert names(client.get(url, {"health": "red"})) == ["EU launch"]
    assert names(client.get(url, {"health": "unreported"})) == ["Program 000"]
    Program.objects.filter(pk=program.pk).update(reported_health="green")  # not rolled up yet
    assert names(client.get(url, {"health": "green"})) == ["EU launch"]
    assert names(client.get(url, {"health": "red"})) == []


def test_words_are_found_in_name_code_and_external_key(client, alice, acme, program, many_programs, url):
    many_programs(3)
    Program.objects.filter(name="Program 002").update(external_key="009-000000704")
    client.force_login(alice)

    assert names(client.get(url, {"q": "launch eu"})) == ["EU launch"]
    assert names(client.get(url, {"q": "m1"})) == ["Program 001"]
    assert names(client.get(url, {"q": "000704"})) == ["Program 002"]


@pytest.mark.parametrize(
    "query",
    [
        {"portfolio": "nonsense"},
        {"portfolio": "999999999999"},
        {"health": "purple"},
        {"sort": "password"},
        {"sort": "--name"},
        {"page": "-1"},
        {"page": "x", "rows": "x"},
        {"q": "a\0b"},
        {"q": "%' OR 1=1 --"},
        {"q": "x" * 5000},
        {"archived": "maybe"},
        {"format": "pdf"},
    ],
    ids=str,
)
def test_nonsense_in_the_address_is_no_error(client, alice, program, url, query):
    client.force_login(alice)

    assert client.get(url, query).status_code == 200


def test_archived_programs_are_apart(client, alice, program, many_programs, url):
    many_programs(1)
    Program.objects.filter(pk=program.pk).update(archived_at=timezone.now())
    client.force_login(alice)

    assert names(client.get(url)) == ["Program 000"]
    assert names(client.get(url, {"archived": "1"})) == ["EU launch"]


def test_what_has_no_figure_comes_last_in_either_order(client, alice, acme, program, project, many_programs, url):
    rebuild_rollups(acme.pk)
    many_programs(1)
    client.force_login(alice)

    assert names(client.get(url, {"sort": "budget"})) == ["EU launch", "Program 000"]
    assert names(client.get(url, {"sort": "-budget"})) == ["EU launch", "Program 000"]
    assert names(client.get(url, {"sort": "-name"})) == ["Program 000", "EU launch"]


def test_the_sum_row_adds_up_all_rows_that_match_not_only_the_page(
    client, alice, acme, project, portfolio, many_programs, url
):
    for number, program in enumerate(many_programs(30)):
        Project.objects.create(
            organization=acme, program=program, code=f"S{number}", name="x", status="active", currency="USD",
            budget_amount=100, actual_amount=10,
        )  # fmt: skip
    rebuild_rollups(acme.pk)
    client.force_login(alice)

    totals = client.get(url, {"rows": 25}).context["totals"]

    assert (totals.row_count, totals.project_count) == (31, 31)
    assert (totals.budget_amount, totals.actual_amount) == (1_003_000, 250_300)


def test_a_figure_opens_the_projects_that_it_counts(client, alice, acme, project, url):
    rebuild_rollups(acme.pk)
    client.force_login(alice)

    text = client.get(url).content.decode()

    projects = f"{reverse('projects:project-list')}?program={project.program_id}"
    assert f'href="{projects}"' in text
    assert f'href="{projects}&amp;in_flight=1&amp;health=' in text


def test_one_row_and_fifty_cost_the_same_queries(client, alice, acme, program, project, many_programs, url):
    rebuild_rollups(acme.pk)
    client.force_login(alice)
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url, {"first": "time"})
    many_programs(49)
    rebuild_rollups(acme.pk)
    with CaptureQueriesContext(connection) as fifty:
        response = client.get(url, {"second": "time"})

    assert len(names(response)) == 50
    assert len(fifty) == len(one) <= 8


def test_the_file_holds_all_rows_that_match_and_not_the_page(client, alice, acme, program, many_programs, url):
    many_programs(60)
    Program.objects.filter(pk=program.pk).update(name='=HYPERLINK("http://evil")')
    client.force_login(alice)

    response = client.get(url, {"format": "csv", "rows": 25, "sort": "code"})
    with scope(Scope()):  # the file is sent after the request's scope has ended
        lines = text_of(response).splitlines()

    assert response["Content-Disposition"] == 'attachment; filename="programs.csv"'
    assert len(lines) == 62
    assert lines[0].startswith("\ufeffCode,Name,Portfolio")
    assert any("'=HYPERLINK" in line for line in lines)
    assert len(text_of(client.get(url, {"format": "csv", "q": "Program 00"})).splitlines()) == 11


def test_the_workbook_holds_the_same(client, alice, acme, program, project, url):
    rebuild_rollups(acme.pk)
    client.force_login(alice)

    response = client.get(url, {"format": "xlsx"})

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(response.streaming_content))).get_sheet_by_index(0)
    header, row = sheet.to_python()
    assert dict(zip(header, row, strict=True))["Budget"] == 1_000_000
