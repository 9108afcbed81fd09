"""Every count on the lists of portfolios, programs and products opens as many rows."""

from decimal import Decimal

import pytest
from django.urls import reverse

from portfolio.models import Portfolio, Product, ProductShare
from portfolio.services import rebuild_rollups
from programs.models import Program
from projects.models import Project
from tests.filling import counted_links, rows_behind

STATUSES = ("proposed", "approved", "active", "active", "on_hold", "done", "cancelled")
HEALTHS = ("green", "amber", "red", "", "", "red", "green")


@pytest.fixture
def work(acme, portfolio, program, product):
    """Projects of every status and health, in a program, in a portfolio inside another, and for two products."""
    inner = Portfolio.objects.create(organization=acme, name="Inner", parent=portfolio)
    below = Program.objects.create(organization=acme, portfolio=inner, code="BL", name="Below")
    twin = Product.objects.create(organization=acme, name="Twin", currency="USD")
    for number, place in enumerate(
        [{"program": program}, {"program": below}, {"portfolio": inner}, {"portfolio": portfolio}]
    ):
        for status, health in zip(STATUSES, HEALTHS, strict=True):
            row = Project.objects.create(
                organization=acme, code=f"{number}{Project.objects.count()}", name=status, status=status,
                reported_health=health, health_note="x", currency="USD", budget_amount=1000, actual_amount=100,
                planned_start_date="2026-01-01", planned_finish_date="2026-02-01", **place,
            )  # fmt: skip
            for served in (product, twin):
                ProductShare.objects.create(organization=acme, project=row, product=served, share_ratio=Decimal("0.5"))
    rebuild_rollups(acme.pk)


@pytest.mark.parametrize("page", ["portfolio:portfolio-list", "programs:program-list", "portfolio:product-list"])
def test_a_count_opens_as_many_rows(client, alice, work, page):
    client.force_login(alice)

    links = counted_links(client.get(reverse(page)))

    assert len(links) > 3
    assert {address: rows_behind(client, address) for address, _ in links} == dict(links)


def test_the_figures_at_the_head_of_a_program_open_their_rows(client, alice, work, program):
    client.force_login(alice)

    tiles = client.get(reverse("programs:program-detail", args=[program.pk])).context["tiles"]

    counts = {tile.label: (tile.url, int(tile.value)) for tile in tiles if tile.url and tile.value.isdigit()}
    assert set(counts) == {"In flight", "Late"}
    for address, count in counts.values():
        assert rows_behind(client, address) == count
    (spent,) = [tile for tile in tiles if tile.label == "Spent"]
    assert (spent.value, spent.of) == ("$500", "of $5k")  # approved, active, on hold and done
    behind = client.get(spent.url).context["totals"]
    assert (behind.count, behind.sums["budget"], behind.sums["actual"]) == (5, 5000, 500)
