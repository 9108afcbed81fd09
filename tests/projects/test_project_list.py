"""The list of projects says what it is narrowed to, leads to its other views, and adds up what it shows."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portfolio.models import ProductShare
from projects.models import Project
from projects.views.project import SORTS

HTMX = {"HX-Request": "true"}
LIST = "projects:project-list"


def shown(client, query="", **options):
    return client.get(f"{reverse(LIST)}{query}", **options).content.decode()


@pytest.fixture
def mixed(acme, program, project, petra):
    """Beside Apollo: one that is fine and Petra's, one off track and late, one archived, one parked."""
    make = {"organization": acme, "currency": "USD"}
    Project.objects.create(
        **make, program=program, code="OK", name="Fine", status="active", reported_health="green", manager=petra
    )
    Project.objects.create(
        **make,
        program=program,
        code="RED",
        name="Trouble",
        status="active",
        reported_health="red",
        health_note="Supplier",
        planned_finish_date=datetime.date(2020, 1, 1),
    )
    Project.objects.create(
        **make, program=program, code="OLD", name="Put away", archived_at=datetime.datetime.now(datetime.UTC)
    )
    return Project.objects.create(**make, code="LOST", name="Homeless", parked_reason="No program")


@pytest.mark.parametrize(
    ("query", "tab", "found", "missing"),
    [
        ("", "All", {"Apollo", "Fine", "Trouble", "Homeless"}, {"Put away"}),
        ("?in_flight=1&health=red", "Off track", {"Trouble"}, {"Fine"}),
        ("?late=1", "Late", {"Trouble", "Apollo"}, {"Fine"}),
        ("?parked=1", "Parked", {"Homeless"}, {"Apollo"}),
        ("?archived=1", "Archived", {"Put away"}, {"Apollo"}),
    ],
)
def test_a_saved_view_is_an_address_and_counts_its_rows(client, alice, mixed, query, tab, found, missing):
    client.force_login(alice)

    page = shown(client, query)

    assert f'aria-current="page">{tab} <span class="c">{len(found)}</span>' in page
    assert all(f">{name}</a>" in page for name in found)
    assert not [name for name in missing if f">{name}</a>" in page]


def test_mine_is_what_i_manage(client, petra, mixed):
    client.force_login(petra)

    page = shown(client, f"?manager={petra.pk}")

    assert 'aria-current="page">Mine <span class="c">1</span>' in page
    assert ">Fine</a>" in page


def test_filters_in_force_are_chips_that_can_be_taken_away(client, alice, project, program):
    client.force_login(alice)

    page = shown(client, f"?program={program.pk}&status=active&status=on_hold&late=1&sort=-budget&page=3")

    assert "<b>Program</b> EU launch" in page
    assert "<b>Status</b> Active or On hold" in page
    assert "<b>Late</b>" in page
    assert f'href="?program={program.pk}&amp;status=active&amp;status=on_hold&amp;sort=-budget"' in page
    assert "Clear filters" in page


def test_a_filter_that_is_not_understood_is_said_and_narrows_nothing(client, alice, project):
    client.force_login(alice)

    page = shown(client, "?program=999999&status=nonsense")

    assert page.count("not understood") == 2
    assert ">Apollo</a>" in page


def test_the_search_carries_the_filters_along(client, alice, project):
    client.force_login(alice)

    page = shown(client, "?late=1&q=apo")

    assert '<input type="hidden" name="late" value="1">' in page
    assert 'name="q" value="apo"' in page


def test_a_fragment_brings_along_views_chips_and_the_export(client, alice, project):
    client.force_login(alice)

    part = shown(client, "?late=1", headers=HTMX)

    assert part.count("hx-swap-oob") == 3
    assert "late=1&amp;format=csv" in part


@pytest.mark.parametrize("word", [*SORTS, *(f"-{word}" for word in SORTS)])
def test_every_column_sorts_both_ways(client, alice, mixed, word):
    client.force_login(alice)

    page = shown(client, f"?sort={word}")

    assert all(f">{name}</a>" in page for name in ("Apollo", "Fine", "Trouble", "Homeless"))


def test_worst_health_comes_first_and_what_is_unknown_last(client, alice, mixed):
    client.force_login(alice)

    by_health, by_budget = shown(client, "?sort=health"), shown(client, "?sort=-budget")

    assert by_health.index(">Trouble<") < by_health.index(">Fine<")
    assert by_budget.index(">Apollo<") < by_budget.index(">Fine<")


def test_the_filter_page_offers_what_there_is_and_keeps_what_is_set(client, alice, project, program, other, charlie):
    client.force_login(alice)

    page = client.get(reverse("projects:project-filters"), {"program": program.pk, "q": "apo"}).content.decode()

    assert f'<option value="{program.pk}" selected>EU launch</option>' in page
    assert 'name="q" value="apo"' in page
    assert "Charlie" not in page
    assert client.post(reverse("projects:project-filters")).status_code == 405


def test_for_a_product_the_sums_say_which_part_serves_it(client, alice, acme, project, product):
    ProductShare.objects.create(organization=acme, project=project, product=product, share_ratio=Decimal("0.25"))
    client.force_login(alice)

    page = shown(client, f"?product={product.pk}")

    assert "$250k for Atlas Insights" in page
    assert 'data-sum="1000000.00"' in page


def test_the_health_of_the_total_row_narrows_the_list(client, alice, mixed):
    client.force_login(alice)

    assert 'href="?late=1&amp;health=red">1</a>' in shown(client, "?late=1")


def test_filters_cost_at_most_one_statement_each(client, alice, mixed, program, portfolio):
    client.force_login(alice)
    shown(client)
    with CaptureQueriesContext(connection) as plain:
        shown(client, "?q=o")
    with CaptureQueriesContext(connection) as again:
        shown(client, "?q=o")

    with CaptureQueriesContext(connection) as narrowed:
        shown(client, f"?portfolio={portfolio.pk}&program={program.pk}&health=red&late=1&q=t")

    assert len(narrowed) <= len(plain) + 2
    assert len(again) == len(plain) - 2  # what the rows amount to is kept


def test_an_empty_archive_says_so(client, alice, project):
    client.force_login(alice)

    assert "Nothing is archived" in shown(client, "?archived=1")
    assert "Nothing is parked" in shown(client, "?parked=1")


def test_only_get_reads_the_list(client, alice):
    client.force_login(alice)

    assert client.post(reverse(LIST)).status_code == 405


def test_a_name_is_text_and_never_markup(client, alice, project):
    Project.objects.filter(pk=project.pk).update(name="<script>alert(1)</script>", health_note='"><img>')
    client.force_login(alice)

    page = shown(client)

    assert "<script>alert" not in page
    assert '"><img>' not in page
