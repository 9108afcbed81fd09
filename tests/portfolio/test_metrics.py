"""Every figure of the dashboards is what its rows add up to."""

import csv
import re
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from core.templatetags.portolan import day, money_short, number, percent, signed_days
from portfolio.metrics import METRICS, Figures, node_query
from portfolio.models import Portfolio, Product, Rollup
from portfolio.services import rebuild_rollups
from projects.algorithms.progress import project_weight
from projects.models import Project
from tests.portfolio.rich import rich_organization

LISTS = ("projects:project-list", "projects:risk-list", "programs:program-list", "portfolio:parked")


class Doors(HTMLParser):
    """The figures of a page that lead somewhere: (metric or nothing, address, words)."""

    def __init__(self, response):
        super().__init__()
        self.found, self.open = [], None
        self.feed(response.content.decode())

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "a" and "n" in (attributes.get("class") or "").split():
            self.open = [attributes.get("data-metric", ""), attributes["href"], ""]

    def handle_data(self, data):
        if self.open:
            self.open[2] += data

    def handle_endtag(self, tag):
        if tag == "a" and self.open:
            self.found.append(tuple(self.open))
            self.open = None


class Rows:
    """The rows behind a figure, as the list at an address has them."""

    def __init__(self, client, address):
        response = client.get(address)
        assert response.status_code == 200, address
        self.client, self.address = client, address
        self.context = response.context
        self.totals = self.context.get("totals")

    @property
    def count(self):
        page = self.context.get("page")
        return page.paginator.count if page else len(self.context["rows"])

    @property
    def sums(self):
        return self.totals.sums

    @property
    def projects(self):
        """The list's rows, as its file has them."""
        file = self.client.get(f"{self.address}{'&' if '?' in self.address else '?'}format=csv").getvalue()
        codes = [row["Code"] for row in csv.DictReader(file.decode("utf-8-sig").splitlines())]
        return list(Project.objects.filter(code__in=codes))

    def expected(self, metric):
        """What the figure must say."""
        if metric.adds_up == "count":
            return number(self.count)
        if metric.adds_up:
            return money_short(self.sums[metric.adds_up], "USD")
        return getattr(self, f"{metric.key}_of_rows")()

    def spent_of_rows(self):
        return percent(self.sums["actual"] / self.sums["budget"])

    def progress_of_rows(self):
        weights = earned = Decimal(0)
        for project in self.projects:
            ratio = Rollup.objects.get(project=project).progress_ratio
            if ratio is not None:
                weight = project_weight(project.budget_amount, Decimal(0))
                weights, earned = weights + weight, earned + weight * ratio
        return percent(earned / weights)

    def finish_of_rows(self):
        return day(max(project.finish_date for project in self.projects if project.finish_date))

    def slip_of_rows(self):
        dated = [project for project in self.projects if project.finish_date]
        return signed_days(max(p.finish_date for p in dated) - max(p.planned_finish_date for p in dated))

    def latest_of_rows(self):
        return signed_days(max(Rollup.objects.get(project=project).late_days for project in self.projects))


@pytest.fixture
def group(acme, olivia):
    return rich_organization(olivia, acme)


def test_every_figure_of_every_dashboard_is_what_its_rows_add_up_to(client, petra, group):
    client.force_login(petra)
    pages = [reverse("portfolio:home")]
    pages += [reverse("portfolio:portfolio-detail", args=[portfolio.pk]) for portfolio in Portfolio.objects.all()]
    doors = {door for page in pages for door in Doors(client.get(page)).found}
    lists = {reverse(name) for name in LISTS}
    seen, rows = set(), {}
    for key, address, words in doors:
        if address.partition("?")[0] not in lists:
            continue
        if address not in rows:
            rows[address] = Rows(client, address)
        if key:
            assert words == rows[address].expected(METRICS[key]), (key, address)
        elif words.startswith("$"):  # an amount of a product: by share
            assert words in {money_short(total, "USD") for total in rows[address].sums.values()}, address
        else:
            assert re.sub(r"\D", "", words) == str(rows[address].count), (words, address)
        seen.add(key)

    assert seen >= {
        "projects", "in_flight", "on_track", "at_risk", "off_track", "unreported", "late", "programs", "budget",
        "actual", "progress", "open_risks", "exposure", "parked", "latest", "",
    }  # fmt: skip
    assert len(rows) > 60


def test_every_metric_that_has_rows_agrees_with_them_for_every_node(client, vera, group):
    """Also those that no page shows at present, for portfolios, the organization and products."""
    client.force_login(vera)
    nodes = [((), Rollup.objects.get(project=None, program=None, portfolio=None, product=None))]
    nodes += [(node_query("portfolio", p.pk), p.rollup) for p in Portfolio.objects.select_related("rollup")]
    for query, rollup in nodes:
        for key, figure in Figures(rollup, query).items():
            if figure.url and METRICS[key].rows in LISTS:
                assert figure.words == Rows(client, figure.url).expected(METRICS[key]), (key, query)


def test_a_products_money_is_the_sum_of_its_shares(client, vera, group):
    client.force_login(vera)
    for product in Product.objects.select_related("rollup"):
        figures = Figures(product.rollup, node_query("product", product.pk))
        budget = Rows(client, figures["budget"].url)

        assert figures["budget"].words == money_short(budget.sums["budget_share"], "USD")
        assert figures["in_flight"].words == number(Rows(client, figures["in_flight"].url).count)


def test_a_figure_without_rows_is_no_door(acme, portfolio):
    rebuild_rollups(acme.pk)
    figures = Figures(Rollup.objects.get(portfolio=portfolio), node_query("portfolio", portfolio.pk))

    assert [figure.url for figure in figures.values()] == [""] * len(METRICS)
    assert figures["late"].link == "0"
    assert figures["late"].explained == "0"


def test_a_figure_says_what_it_means_and_escapes_its_words(acme, project, program):
    rebuild_rollups(acme.pk)
    figures = Figures(Rollup.objects.get(program=program), node_query("program", program.pk))

    assert f"?program={program.pk}&amp;late=1" in figures["late"].link
    assert METRICS["late"].meaning in figures["late"].explained
    assert figures["budget"].words == "$1M"


def test_the_whole_adds_up_from_its_portfolios_and_the_rest(client, vera, group):
    client.force_login(vera)
    board = client.get(reverse("portfolio:home")).context["board"]
    rows = [*(part.rollup for part in board.parts), board.rest.rollup]

    for name in ("project_count", "in_flight_count", "red_count", "late_count", "budget_amount", "actual_amount"):
        assert sum(getattr(row, name) for row in rows) == getattr(board.rollup, name), name


@pytest.mark.parametrize("key", METRICS)
def test_a_metric_is_wholly_declared(key):
    metric = METRICS[key]

    assert metric.key == key
    assert metric.unit in {"count", "money", "ratio", "days", "date"}
    assert metric.meaning.endswith(".")
    assert bool(metric.query) <= bool(metric.rows)
