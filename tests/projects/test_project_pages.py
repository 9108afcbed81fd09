"""People find, open, change, report on and archive projects in pages."""

import csv
import datetime
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import load_workbook

from events.models import Event
from projects.models import Project

HTMX = {"HX-Request": "true"}
PLAN = {
    "name": "Offline sync",
    "method": "agile",
    "planned_start_date": "2026-02-02",
    "planned_finish_date": "2026-10-30",
    "budget_amount": "740000",
}


def url(name, *args):
    return reverse(f"projects:{name}", args=args)


def add_many(acme, program):
    Project.objects.bulk_create(
        Project(
            organization=acme,
            program=program,
            code=f"X-{n}",
            name=f"Extra {n:02}",
            status="active",
            planned_finish_date=datetime.date(2026, 1, 1) + datetime.timedelta(days=n),
            budget_amount=Decimal(n),
            currency="USD",
        )
        for n in range(50)
    )


@pytest.fixture
def many(acme, program):
    """Fifty more projects, so that the list has a second page."""
    add_many(acme, program)


def test_the_list_shows_projects_and_a_fragment_shows_the_table_alone(client, vera, project):
    client.force_login(vera)

    whole = client.get(url("project-list"))
    part = client.get(url("project-list"), headers=HTMX)

    assert b"<h1>Projects</h1>" in whole.content
    assert b"Apollo" in whole.content
    assert b"<h1>" not in part.content
    assert b"Apollo" in part.content
    assert "HX-Request" in whole["Vary"]


def test_a_list_of_fifty_costs_the_statements_of_a_list_of_one(client, alice, project, acme, program):
    client.force_login(alice)
    client.get(url("project-list"))
    with CaptureQueriesContext(connection) as one:
        client.get(url("project-list"))
    add_many(acme, program)

    with CaptureQueriesContext(connection) as fifty:
        client.get(url("project-list"))

    assert len(fifty) == len(one) <= 8


@pytest.mark.parametrize("who", ["vera", "olivia"])
def test_the_page_of_fifty_rows_stays_light(client, request, project, many, who):
    """Under 60 kB, whole, for those who only read and for those who may edit every cell."""
    client.force_login(request.getfixturevalue(who))

    assert len(client.get(url("project-list")).content) < 60_000


def test_the_next_page_has_the_rest(client, alice, project, many):
    client.force_login(alice)

    first = client.get(url("project-list"), {"sort": "name"})
    second = client.get(url("project-list"), {"sort": "name", "page": 2})

    assert b"Extra 48" in first.content
    assert b"Extra 49" not in first.content
    assert b"Extra 49" in second.content


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=apol", True),
        ("q=nothing", False),
        ("status=active", True),
        ("status=done", False),
        ("status=done&status=active", True),
        ("late=1", True),
        ("in_flight=1", True),
        ("parked=1", False),
        ("archived=1", False),
        ("health=unreported", True),
        ("health=red", False),
        ("method=agile", False),
        ("ends_to=2026-04-01", True),
        ("ends_from=2027-01-01", False),
    ],
)
def test_a_filter_in_the_address_narrows_the_list(client, alice, project, query, found):
    client.force_login(alice)

    content = client.get(f"{url('project-list')}?{query}", headers=HTMX).content

    assert (b"Apollo" in content) == found


def test_the_portfolio_filter_reaches_portfolios_below(client, alice, project, portfolio, acme):
    above = type(portfolio).objects.create(organization=acme, name="Above")
    type(portfolio).objects.filter(pk=portfolio.pk).update(parent=above)
    client.force_login(alice)

    assert b"Apollo" in client.get(url("project-list"), {"portfolio": above.pk}, headers=HTMX).content


@pytest.mark.parametrize("query", ["page=-1", "page=x", "rows=9999", "sort=__class__", "status=nonsense", "program=0"])
def test_nonsense_in_the_address_is_no_error(client, alice, project, query):
    client.force_login(alice)

    assert client.get(f"{url('project-list')}?{query}").status_code == 200


def test_the_list_sorts_both_ways(client, alice, project, many):
    client.force_login(alice)

    up = client.get(url("project-list"), {"sort": "budget", "rows": 100}).content
    down = client.get(url("project-list"), {"sort": "-budget", "rows": 100}).content

    assert up.index(b"Extra 01") < up.index(b"Extra 40")
    assert down.index(b"Extra 40") < down.index(b"Extra 01")


def test_the_total_row_follows_the_filter_and_not_the_page(client, alice, project, many):
    client.force_login(alice)

    content = client.get(url("project-list"), {"q": "Extra", "rows": 25}, headers=HTMX).content.decode()

    assert 'data-count="50"' in content
    assert f'data-sum="{sum(range(50))}.00"' in content


def test_an_export_has_all_rows_that_match_and_no_formula(client, alice, project, many):
    Project.objects.filter(pk=project.pk).update(name="=HYPERLINK(1)")
    client.force_login(alice)

    answer = client.get(url("project-list"), {"format": "csv", "rows": 25})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    book = client.get(url("project-list"), {"format": "xlsx", "q": "Extra"})

    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 51
    assert "'=HYPERLINK(1)" in {row["Name"] for row in rows}
    sheet = load_workbook(io.BytesIO(b"".join(book.streaming_content))).get_sheet_by_index(0).to_python()
    assert len(sheet) == 51


def test_an_empty_organization_is_told_how_to_begin(client, alice, acme):
    client.force_login(alice)

    assert b"No projects yet" in client.get(url("project-list")).content


def test_nothing_found_offers_to_clear_the_filters(client, alice, project):
    client.force_login(alice)

    assert b"Clear filters" in client.get(url("project-list"), {"q": "zzz"}, headers=HTMX).content


def test_a_project_page_tells_where_it_stands(client, vera, project, django_assert_max_num_queries):
    client.force_login(vera)

    with django_assert_max_num_queries(14):
        content = client.get(url("project-detail", project.pk)).content

    assert b"Apollo" in content
    assert b"EU launch" in content
    assert b"Edit</a>" not in content


def test_a_contributor_proposes_a_project(client, bob, program):
    client.force_login(bob)

    response = client.post(url("project-create"), {**PLAN, "program": program.pk})

    project = Project.objects.get(name="Offline sync")
    assert response["Location"] == url("project-detail", project.pk)
    assert Event.objects.get(kind="project.created").actor == bob


def test_a_form_sent_twice_creates_one_project(client, bob, program):
    client.force_login(bob)
    body = {**PLAN, "program": program.pk, "form_token": "the-same"}

    first, second = client.post(url("project-create"), body), client.post(url("project-create"), body)

    assert first["Location"] == second["Location"]
    assert Project.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "This field is required"),
        ({"planned_finish_date": "2025-01-01"}, "cannot finish before it starts"),
        ({"planned_start_date": "31.02.2026"}, "Enter a valid date"),
        ({"budget_amount": "-1"}, "zero or more"),
        ({"budget_amount": "9" * 40}, "no more than"),
        ({"program": ""}, "needs a program or a portfolio"),
        ({"program": "999999"}, "Select a valid choice"),
        ({"name": "x" * 201}, "at most 200"),
    ],
)
def test_bad_input_is_refused_at_its_field_and_what_was_typed_is_kept(client, bob, program, change, sentence):
    client.force_login(bob)

    response = client.post(url("project-create"), {**PLAN, "program": program.pk, "description": "Kept", **change})

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert b"Kept" in response.content
    assert not Project.objects.exists()


def test_a_viewer_may_not_propose(client, vera, program):
    client.force_login(vera)

    assert client.get(url("project-create")).status_code == 403
    assert client.post(url("project-create"), {**PLAN, "program": program.pk}).status_code == 403


def test_an_edit_is_saved_and_told(client, petra, project):
    client.force_login(petra)
    body = {**PLAN, "name": "Apollo 2", "code": "APOLLO", "program": project.program_id, "version": 1}

    client.post(url("project-edit", project.pk), body)

    project.refresh_from_db()
    assert (project.name, project.version) == ("Apollo 2", 2)
    assert Event.objects.get(kind="project.updated").changes["name"] == ["Apollo", "Apollo 2"]


def test_a_stale_form_is_told_who_changed_what_and_can_be_saved_on_purpose(client, petra, alice, project):
    body = {**PLAN, "code": "APOLLO", "program": project.program_id, "version": 1}
    client.force_login(alice)
    client.post(url("project-edit", project.pk), {**body, "name": "By Alice"})
    client.force_login(petra)

    refused = client.post(url("project-edit", project.pk), {**body, "name": "By Petra"})

    assert refused.status_code == 409
    content = refused.content.decode()
    assert "Alice" in content
    assert "By Alice" in content
    assert "By Petra" in content
    client.post(url("project-edit", project.pk), {**body, "name": "By Petra", "version": 2})
    project.refresh_from_db()
    assert project.name == "By Petra"


def test_a_contributor_reports_with_a_reason(client, bob, project):
    client.force_login(bob)

    without = client.post(url("project-report", project.pk), {"reported_health": "red", "version": 1})
    client.post(
        url("project-report", project.pk),
        {"reported_health": "red", "health_note": "Supplier", "reported_progress_ratio": "40", "version": 1},
    )

    assert without.status_code == 422
    assert "one line of why" in without.content.decode()
    project.refresh_from_db()
    assert (project.reported_health, project.reported_progress_ratio) == ("red", Decimal("0.4"))


def test_a_contributor_may_report_but_not_edit(client, bob, project):
    client.force_login(bob)

    assert client.get(url("project-report", project.pk)).status_code == 200
    assert client.get(url("project-edit", project.pk)).status_code == 403
    assert client.post(url("project-change-status", project.pk), {"to": "done"}).status_code == 403


def test_the_lifecycle_moves_with_a_reason_or_says_why_not(client, petra, project):
    client.force_login(petra)

    refused = client.post(url("project-change-status", project.pk), {"to": "approved", "version": 1})
    client.post(url("project-change-status", project.pk), {"to": "on_hold", "reason": "Money", "version": 1})

    assert refused.status_code == 409
    assert "cannot become approved" in refused.content.decode()
    project.refresh_from_db()
    assert project.status == "on_hold"
    assert Event.objects.get(kind="project.status_changed").note == "Money"


def test_archive_leaves_the_list_and_undo_brings_it_back(client, petra, project):
    client.force_login(petra)

    client.post(url("project-archive", project.pk), {"version": 1})
    assert b"Apollo</a>" not in client.get(url("project-list"), headers=HTMX).content
    assert b"is archived" in client.get(url("project-detail", project.pk)).content

    client.post(url("project-restore", project.pk))
    assert b"Apollo</a>" in client.get(url("project-list"), headers=HTMX).content


@pytest.mark.parametrize(
    "name", ["project-detail", "project-edit", "project-report", "project-change-status", "project-history"]
)
def test_a_stranger_gets_404(client, charlie, project, name):
    client.force_login(charlie)

    assert client.get(url(name, project.pk)).status_code == 404


@pytest.mark.parametrize("name", ["project-archive", "project-restore"])
def test_acts_are_not_for_get_and_not_for_contributors(client, bob, project, name):
    client.force_login(bob)

    assert client.get(url(name, project.pk)).status_code == 405
    assert client.post(url(name, project.pk)).status_code == 403


def test_the_history_tells_who_did_what(client, petra, project):
    client.force_login(petra)
    client.post(url("project-change-status", project.pk), {"to": "done", "version": 1})

    assert b"Petra" in client.get(url("project-history", project.pk)).content
