"""The budget of a portfolio and the statement of a product: figures, their rows, the right, and what they cost."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership
from portfolio.models import Portfolio, Product
from portfolio.selectors.money import children_of, money_standing, parts_of
from portfolio.selectors.profit import profit_table
from portfolio.services import rebuild_rollups, set_product_shares
from programs.models import Program
from projects.models import Project
from tests.portfolio.monthly import FEBRUARY, JANUARY, MARCH, entry
from tests.portfolio.test_dashboard_pages import text_of

TODAY = datetime.date(2026, 2, 20)


@pytest.fixture
def budgeted(acme, portfolio, program, project):
    """The portfolio was given 1,000 and the program 900; the project has 700, spent 320 of it and expects 350 more."""
    entry(portfolio, "1000", kind="budget")
    entry(program, "900", kind="budget")
    for month, amount in ((JANUARY, "300"), (FEBRUARY, "200"), (MARCH, "200")):
        entry(project, amount, kind="budget", month=month)
        entry(project, "350" if month == MARCH else amount, kind="forecast", month=month)
    entry(project, "320", month=JANUARY)
    rebuild_rollups(acme.pk)
    portfolio.organization = acme
    return portfolio


def hide_amounts(user):
    Membership.objects.filter(user=user).update(sees_amounts=False)
    user.__class__.objects.get(pk=user.pk)


def test_a_portfolio_stands_where_its_monthly_totals_say(budgeted, program):
    standing = money_standing("portfolio", budgeted, TODAY)
    assert (standing.given.given_amount, standing.given.children_amount) == (1000, 700)
    assert standing.given.difference == 300
    assert standing.estimate() == Decimal(320 + 200 + 350)

    (child,) = children_of(standing).rows
    assert (child.kind, child.pk) == ("program", program.pk)
    assert (child.given, child.summed, child.difference) == (900, 700, 200)
    assert (child.actual, child.estimate, child.variance) == (320, 870, -170)


def test_what_is_shown_adds_up_to_the_total_though_many_children_are_not_shown(budgeted, acme, program):
    for number in range(40):
        direct = Project.objects.create(
            organization=acme, portfolio=budgeted, code=f"D{number}", name=f"D{number}", status="active",
            currency="USD", budget_amount=Decimal("33.33"),
        )  # fmt: skip
        entry(direct, "33.33", kind="budget")
        entry(direct, "11.11")
    rebuild_rollups(acme.pk)
    children = children_of(money_standing("portfolio", budgeted, TODAY))
    assert (len(children.rows), children.count, children.rest.name) == (25, 41, "All others")
    for name, exact in (("summed", Decimal(700) + 40 * Decimal("33.33")), ("actual", 320 + 40 * Decimal("11.11"))):
        shown = [getattr(row, name) for row in (*children.rows, children.rest)]
        assert sum(shown) == getattr(children.total, name) == round(exact)


def test_the_page_shows_given_and_summed_with_the_difference(budgeted, client, alice, program):
    client.force_login(alice)
    response = client.get(reverse("portfolio:portfolio-budget", args=[budgeted.pk]))
    text, html = text_of(response), response.content.decode()
    assert "$1,000 given, $700 in budgets below, $300 unallocated." in text
    assert "Given to it" in text
    assert "EU launch program 900 700 200 320 870" in text
    assert reverse("finance:program-budget", args=[program.pk]) in html
    assert f"portfolio={budgeted.pk}&amp;kind=budget" in html
    assert "figure-burn-up" in html
    assert "figures as of" in text


def test_more_given_on_than_there_is_is_called_over_allocated(budgeted, client, alice, project, acme):
    entry(project, "5000", kind="budget", entry_class="capex")
    rebuild_rollups(acme.pk)
    client.force_login(alice)
    text = text_of(client.get(reverse("portfolio:portfolio-budget", args=[budgeted.pk])))
    assert "Over-allocated by $4,700." in text
    assert "4,800 over-allocated" in text


@pytest.mark.parametrize("zoom", ["month", "quarter", "year", "nonsense"])
def test_periods_follow_the_address_and_the_fiscal_year(budgeted, client, alice, acme, zoom):
    acme.fiscal_year_start_month = 4
    acme.save()
    client.force_login(alice)
    response = client.get(f"{reverse('portfolio:portfolio-budget', args=[budgeted.pk])}?zoom={zoom}")
    assert "FY2026" in text_of(response)
    if zoom == "quarter":
        assert "Q4" in text_of(response)


def test_an_empty_portfolio_and_product_say_where_money_is_entered(client, alice, portfolio, product, acme):
    rebuild_rollups(acme.pk)
    client.force_login(alice)
    text = text_of(client.get(reverse("portfolio:portfolio-budget", args=[portfolio.pk])))
    assert "No money in this portfolio yet" in text
    assert "Give it a budget" in text
    text = text_of(client.get(reverse("portfolio:product-profit", args=[product.pk])))
    assert "No revenue or expense yet" in text


def test_a_member_to_whom_amounts_are_hidden_is_refused_and_a_stranger_finds_nothing(
    budgeted, client, bob, charlie, product
):
    pages = [
        reverse("portfolio:portfolio-budget", args=[budgeted.pk]),
        reverse("portfolio:product-profit", args=[product.pk]),
    ]
    hide_amounts(bob)
    client.force_login(bob)
    assert [client.get(page).status_code for page in pages] == [403, 403]
    assert (
        "Budget"
        not in client.get(reverse("portfolio:portfolio-detail", args=[budgeted.pk]))
        .content.decode()
        .split('aria-label="Portfolio"')[1]
        .split("</nav>")[0]
    )
    client.force_login(charlie)
    assert [client.get(page).status_code for page in pages] == [404, 404]


@pytest.fixture
def earning(acme, project, product, alice):
    """The product has 60 % of a project that costs 100 in January; it earns 500 in February and expects 90 in March."""
    other = Product.objects.create(organization=acme, name="Other", currency="USD")
    set_product_shares(actor=alice, project=project, shares={product: Decimal("0.6"), other: Decimal("0.4")})
    entry(project, "100")
    entry(product, "500", entry_class="revenue", month=FEBRUARY)
    entry(product, "480", kind="forecast", entry_class="revenue", month=FEBRUARY)
    entry(product, "90", kind="forecast", entry_class="revenue", month=MARCH)
    rebuild_rollups(acme.pk)
    product.organization = acme
    return product


def test_a_products_statement_has_its_own_entries_and_its_share_of_projects(earning):
    table = profit_table(money_standing("product", earning, TODAY), "month", 1)
    amounts = {line.key: list(line.amounts) for group in table.groups for line in group.lines}
    assert amounts["revenue-actual"] == [0, 500, 0]
    assert amounts["revenue-estimate"] == [0, 480, 90]
    assert amounts["expense-actual"] == [60, 0, 0]
    assert amounts["margin-expected"] == [-60, 500, 90]
    assert amounts["cumulative"] == [-60, 440, 530]


def test_its_parts_add_up_to_its_statement(earning, project):
    parts = parts_of(money_standing("product", earning, TODAY))
    assert [(part.pk, part.share, part.income, part.cost) for part in parts.rows] == [
        (0, None, 500, 0), (project.pk, Decimal("0.6"), 0, 60),
    ]  # fmt: skip
    assert (parts.total.income, parts.total.cost, parts.total.margin) == (500, 60, 440)


def test_the_statement_page_links_each_figure_to_its_rows(earning, client, alice, project):
    client.force_login(alice)
    response = client.get(reverse("portfolio:product-profit", args=[earning.pk]))
    text, html = text_of(response), response.content.decode()
    assert "Apollo 60% 0 60" in text
    assert f"{reverse('finance:entry-list')}?product={earning.pk}" in html
    assert reverse("finance:project-budget", args=[project.pk]) in html
    assert "has paid for itself in" in text


def test_the_budget_page_takes_five_statements_of_its_own_however_many_projects_there_are(
    budgeted, client, alice, acme, program
):
    client.force_login(alice)

    def statements():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse("portfolio:portfolio-budget", args=[budgeted.pk])).status_code == 200
        own = [q["sql"] for q in seen if "portfolio_" in q["sql"] or "finance_" in q["sql"]]
        return len(own), len(seen)

    statements()
    few = statements()
    for number in range(30):
        place = {"program": program} if number % 2 else {"portfolio": budgeted}
        other = Project.objects.create(
            organization=acme, code=f"P{number}", name=f"P{number}", status="active", currency="USD", **place
        )
        entry(other, "1", kind="budget")
    Program.objects.create(organization=acme, portfolio=budgeted, code="X", name="X")
    Portfolio.objects.create(organization=acme, parent=budgeted, name="Inner")
    rebuild_rollups(acme.pk)
    assert statements() == few
    assert few[0] <= 5
