"""The list of portfolios as they nest, and the pages that open, change, archive and restore them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portfolio.models import Portfolio
from portfolio.selectors.tree import nested
from portfolio.services import rebuild_rollups, update_portfolio
from programs.models import Program
from projects.models import Project
from tests.filling import answers, fill, sentences, text_of


@pytest.fixture
def url(acme):
    return reverse("portfolio:portfolio-list")


@pytest.fixture
def inner(acme, portfolio):
    return Portfolio.objects.create(organization=acme, name="Growth bets", parent=portfolio)


@pytest.fixture
def innermost(acme, inner):
    return Portfolio.objects.create(organization=acme, name="Moonshots", parent=inner)


def page(name, row=None):
    return reverse(f"portfolio:portfolio-{name}", args=[row.pk] if row else [])


def drawn(response):
    return [(branch.portfolio.name, branch.depth) for branch in response.context["page"]]


def test_portfolios_stand_below_what_they_lie_in(client, vera, acme, portfolio, inner, innermost, url):
    Portfolio.objects.create(organization=acme, name="Another")
    Portfolio.objects.create(organization=acme, name="Compliance", parent=portfolio)
    client.force_login(vera)

    assert drawn(client.get(url)) == [
        ("Another", 0),
        ("Core portfolio", 0),
        ("Compliance", 1),
        ("Growth bets", 1),
        ("Moonshots", 2),
    ]


def test_siblings_are_sorted_and_stay_below_their_parent(client, alice, acme, portfolio, inner, program, project, url):
    Portfolio.objects.create(organization=acme, name="Zero", parent=portfolio)
    Program.objects.filter(pk=program.pk).update(portfolio=inner)
    rebuild_rollups(acme.pk)
    client.force_login(alice)

    assert drawn(client.get(url, {"sort": "-budget"})) == [("Core portfolio", 0), ("Growth bets", 1), ("Zero", 1)]
    assert drawn(client.get(url, {"sort": "-name"})) == [("Core portfolio", 0), ("Zero", 1), ("Growth bets", 1)]


def test_the_sum_counts_what_nests_only_once(client, alice, acme, portfolio, inner, program, project, url):
    Project.objects.create(
        organization=acme, portfolio=inner, code="IN", name="In", status="active", currency="USD", budget_amount=500
    )
    rebuild_rollups(acme.pk)
    client.force_login(alice)

    response = client.get(url)
    assert (response.context["totals"].row_count, response.context["totals"].budget_amount) == (2, 1_000_500)
    narrowed = client.get(url, {"q": "bets"})
    assert narrowed.context["totals"].budget_amount == 500
    both = client.get(url, {"q": "o"})  # none of the matches is counted inside another
    assert both.context["totals"].budget_amount == 1_000_500


def test_what_is_found_says_what_it_lies_in(client, alice, portfolio, inner, innermost, url):
    client.force_login(alice)

    response = client.get(url, {"q": "moon"})

    assert drawn(response) == [("Moonshots", 0)]
    assert "in Core portfolio / Growth bets" in response.content.decode()


def test_figures_open_lists_of_the_same_rows(client, alice, acme, portfolio, project, url):
    rebuild_rollups(acme.pk)
    client.force_login(alice)

    text = client.get(url).content.decode()

    assert f'href="{reverse("programs:program-list")}?portfolio={portfolio.pk}"' in text
    assert f'href="{reverse("projects:project-list")}?portfolio={portfolio.pk}"' in text


@pytest.mark.parametrize(
    "query",
    [{"sort": "x"}, {"health": "purple"}, {"manager": "x"}, {"page": "99"}, {"rows": "7"}, {"q": "\0"}],
    ids=str,
)
def test_nonsense_in_the_address_is_no_error(client, alice, portfolio, url, query):
    client.force_login(alice)

    assert client.get(url, query).status_code == 200


def test_archived_portfolios_are_apart_and_can_be_restored_there(client, alice, portfolio, inner, url):
    Portfolio.objects.filter(pk=inner.pk).update(archived_at=timezone.now())
    client.force_login(alice)

    assert drawn(client.get(url)) == [("Core portfolio", 0)]
    response = client.get(url, {"archived": "1"})
    assert drawn(response) == [("Growth bets", 0)]
    assert page("restore", inner) in response.content.decode()


def test_without_any_portfolio_the_page_says_what_one_is(client, alice, vera, url):
    client.force_login(alice)
    assert b"Open a portfolio" in client.get(url).content
    client.force_login(vera)
    assert b"Open a portfolio" not in client.get(url).content


def test_htmx_gets_the_table_alone(client, alice, portfolio, url):
    client.force_login(alice)

    text = client.get(url, headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in text
    assert 'id="portfolio-table"' in text


def test_the_file_holds_the_nesting_and_the_totals(client, alice, acme, portfolio, inner, project, url):
    rebuild_rollups(acme.pk)
    client.force_login(alice)

    lines = text_of(client.get(url, {"format": "csv"})).splitlines()

    assert lines[1].startswith("Core portfolio,,,")
    assert lines[2].startswith("Growth bets,Core portfolio,,")
    assert ",1000000.00,250000.00,USD," in lines[1]
    assert client.get(url, {"format": "xlsx"})["Content-Disposition"].endswith('"portfolios.xlsx"')


def test_one_row_and_fifty_cost_the_same_queries(client, alice, acme, portfolio, url):
    rebuild_rollups(acme.pk)
    client.force_login(alice)
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    Portfolio.objects.bulk_create(
        Portfolio(organization=acme, name=f"Portfolio {number}", parent=portfolio) for number in range(49)
    )
    rebuild_rollups(acme.pk)
    with CaptureQueriesContext(connection) as fifty:
        response = client.get(url)

    assert len(drawn(response)) == 50
    assert len(fifty) == len(one) <= 5


def test_rows_without_their_parent_stand_at_the_top():
    parent, child = Portfolio(pk=1, name="P"), Portfolio(pk=2, name="C", parent_id=1)

    assert [(branch.portfolio.name, branch.depth) for branch in nested([child])] == [("C", 0)]
    assert [(branch.portfolio.name, branch.path) for branch in nested([child, parent])] == [("P", ""), ("C", "P")]


def test_a_portfolio_is_opened_inside_another_once(client, alice, portfolio):
    client.force_login(alice)
    opened = client.get(page("create"), {"parent": portfolio.pk})
    data = answers(opened, name="Growth bets")

    first, second = client.post(page("create"), data), client.post(page("create"), data)

    row = Portfolio.objects.get(name="Growth bets")
    assert row.parent == portfolio
    assert first["Location"] == second["Location"] == page("detail", row)
    assert sentences(first) == ["Opened portfolio “Growth bets”."]


def test_the_choice_of_parents_is_indented_and_leaves_out_what_lies_inside(client, alice, acme, portfolio, innermost):
    Portfolio.objects.create(organization=acme, name="Another")
    client.force_login(alice)

    def choices(url):
        return [label for _, label in client.get(url).context["form"].fields["parent"].widget.choices]

    everything = ["No other: at the top", "Another", "Core portfolio", "\u2003Growth bets", "\u2003\u2003Moonshots"]
    assert choices(page("create")) == everything
    assert choices(page("edit", innermost.parent)) == everything[:3]


def test_a_circle_is_refused_at_the_field_with_its_path(client, alice, portfolio, inner, innermost):
    client.force_login(alice)

    response = fill(client, page("edit", portfolio), parent=innermost.pk, name="Renamed")

    assert response.status_code == 422
    form = response.context["form"]
    (sentence,) = form.errors["parent"]
    assert "→ Growth bets → Moonshots →" in sentence
    assert form["name"].value() == "Renamed"
    assert f'<option value="{innermost.pk}" selected' in response.content.decode()
    portfolio.refresh_from_db()
    assert (portfolio.name, portfolio.parent) == ("Core portfolio", None)


@pytest.mark.parametrize(
    ("field", "value"), [("name", ""), ("name", "x" * 201), ("parent", "x"), ("parent", "99999"), ("manager", "99999")]
)
def test_a_bad_answer_is_kept_and_named_at_its_field(client, alice, portfolio, field, value):
    client.force_login(alice)

    response = fill(client, page("edit", portfolio), **{field: value})

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert response.context["form"][field].value() == value


def test_a_stale_form_tells_who_changed_what_and_keeps_the_text(client, alice, olivia, portfolio):
    client.force_login(alice)
    data = answers(client.get(page("edit", portfolio)), name="Mine")
    update_portfolio(actor=olivia, portfolio=portfolio, name="Theirs")

    response = client.post(page("edit", portfolio), data)

    assert response.status_code == 409
    assert "Olivia" in response.content.decode()
    assert response.context["form"]["name"].value() == "Mine"


def test_a_portfolio_that_holds_anything_is_not_archived_and_names_it(client, alice, portfolio, inner, program):
    client.force_login(alice)

    response = client.post(page("archive", portfolio), headers={"HX-Request": "true"})

    text = response.content.decode()
    assert response.status_code == 409
    assert "1 portfolio (Growth bets)" in text
    assert "1 program (EU launch)" in text


def test_archiving_an_empty_one_can_be_undone(client, alice, inner, url):
    client.force_login(alice)

    response = client.post(page("archive", inner), {"version": 1}, follow=True)

    inner.refresh_from_db()
    assert inner.is_archived
    assert f'action="{page("restore", inner)}"' in response.content.decode()
    assert client.post(page("restore", inner))["Location"] == url
    inner.refresh_from_db()
    assert not inner.is_archived


@pytest.mark.parametrize("name", ["create", "edit", "archive", "restore"])
def test_the_role_decides(client, petra, vera, portfolio, name):
    for person in (petra, vera):
        client.force_login(person)
        address = page(name, None if name == "create" else portfolio)
        assert client.post(address, {"name": "x"}).status_code == 403


@pytest.mark.parametrize("name", ["list", "edit", "archive", "restore"])
def test_another_organization_gets_404(client, charlie, portfolio, name):
    client.force_login(charlie)
    address = page(name, None if name == "list" else portfolio)

    assert client.get(address).status_code in (404, 405)
    assert client.post(address).status_code == 404


@pytest.mark.parametrize("name", ["archive", "restore"])
def test_an_act_is_not_done_by_looking(client, alice, portfolio, url, name):
    client.force_login(alice)

    assert client.get(page(name, portfolio)).status_code == 405
    assert client.post(url).status_code == 405
