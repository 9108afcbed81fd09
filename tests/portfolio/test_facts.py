"""Portfolios nest without circles, shares sum to one, decisions are dated, nothing is archived from under its rows."""

import datetime
import threading
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from core.errors import Conflict, FieldErrors, NotAllowed
from core.tenancy import organization_scope
from events.models import Event
from portfolio import services
from portfolio.models import Portfolio, Product, ProductShare
from programs.services import archive_program, create_program, move_program
from projects.models import Project
from projects.services import create_project, move_project

DAY = datetime.date(2026, 11, 24)


@pytest.fixture
def tree(alice, acme):
    """Group > Region > Country."""
    group = services.create_portfolio(actor=alice, organization=acme, name="Group")
    region = services.create_portfolio(actor=alice, organization=acme, name="Region", parent=group)
    country = services.create_portfolio(actor=alice, organization=acme, name="Country", parent=region)
    return group, region, country


def test_a_circle_of_portfolios_is_refused_with_its_path(alice, tree):
    group, _, country = tree

    with pytest.raises(FieldErrors, match="Group → Region → Country → Group") as caught:
        services.update_portfolio(actor=alice, portfolio=group, parent=country)

    assert list(caught.value.errors) == ["parent"]
    group.refresh_from_db()
    assert group.parent is None


def test_a_portfolio_is_not_its_own_parent(alice, tree):
    with pytest.raises(FieldErrors, match="circle"):
        services.update_portfolio(actor=alice, portfolio=tree[0], parent=tree[0])


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_cannot_close_a_circle(alice, acme):
    left = services.create_portfolio(actor=alice, organization=acme, name="Left")
    right = services.create_portfolio(actor=alice, organization=acme, name="Right")
    refused = []

    def move(row, parent):
        try:
            with organization_scope(acme):
                services.update_portfolio(actor=alice, portfolio=row, parent=parent)
        except FieldErrors as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=move, args=pair) for pair in ((left, right), (right, left))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert Portfolio.objects.filter(parent=None).count() == 1


def test_a_portfolio_that_holds_something_is_not_archived_and_says_what(alice, tree, portfolio, program):
    with pytest.raises(Conflict, match=r"“Group” still holds 1 portfolio \(Region\)"):
        services.archive_portfolio(actor=alice, portfolio=tree[0])
    with pytest.raises(Conflict, match=r"1 program \(EU launch\)"):
        services.archive_portfolio(actor=alice, portfolio=portfolio)

    assert services.archive_portfolio(actor=alice, portfolio=tree[2]).is_archived
    assert Event.objects.filter(kind="portfolio.archived").count() == 1


def test_the_shares_of_a_project_sum_to_one(petra, project, product, acme, line):
    second = Product.objects.create(organization=acme, line=line, name="Atlas Connect", currency="USD")

    with pytest.raises(FieldErrors, match="The shares sum to 90 %"):
        services.set_product_shares(
            actor=petra, project=project, shares={product: Decimal("0.5"), second: Decimal("0.4")}
        )
    assert not ProductShare.objects.exists()

    services.set_product_shares(actor=petra, project=project, shares={product: Decimal("0.6"), second: Decimal("0.4")})
    assert sum(project.product_shares.values_list("share_ratio", flat=True)) == 1
    assert Event.objects.get(kind="project.products_set").changes["product_shares"] == [
        {},
        {"Atlas Insights": "0.6000", "Atlas Connect": "0.4000"},
    ]


def test_a_product_that_projects_serve_is_not_archived(alice, petra, project, product):
    services.set_product_shares(actor=petra, project=project, shares={product: Decimal(1)})

    with pytest.raises(Conflict, match=r"1 project \(Apollo\)"):
        services.archive_product(actor=alice, product=product)

    services.set_product_shares(actor=petra, project=project, shares={})
    assert services.archive_product(actor=alice, product=product).is_archived


def test_a_decision_keeps_the_figures_as_they_stood(alice, product):
    services.update_product(actor=alice, product=product, annual_revenue_amount=Decimal("100.00"))
    decision = services.decide_stance(
        actor=alice, product=Product.objects.get(), stance="invest", reason="Grows 46 %", decided_date=DAY
    )
    services.update_product(actor=alice, product=Product.objects.get(), annual_revenue_amount=Decimal("50.00"))

    decision.refresh_from_db()
    assert decision.evidence["products"][0]["annual_revenue_amount"] == "100.00"


def test_the_latest_decision_holds_and_earlier_ones_stay(alice, product):
    for day, stance in ((DAY, "maintain"), (DAY + datetime.timedelta(days=1), "sunset")):
        services.decide_stance(actor=alice, product=product, stance=stance, reason="Board", decided_date=day)

    assert Product.objects.with_stance().get().stance == "sunset"
    assert product.stance_decisions.count() == 2


def test_a_decision_needs_one_subject_the_right_role_and_a_review_behind_it(alice, bob, product, line):
    with pytest.raises(Conflict, match="about one product or one line"):
        services.decide_stance(actor=alice, stance="invest", reason="x", decided_date=DAY)
    with pytest.raises(NotAllowed, match="decide to invest, maintain or sunset"):
        services.decide_stance(actor=bob, product=product, stance="invest", reason="x", decided_date=DAY)
    with pytest.raises(ValidationError, match="review cannot lie before"):
        services.decide_stance(
            actor=alice,
            line=line,
            stance="invest",
            reason="x",
            decided_date=DAY,
            review_date=DAY - datetime.timedelta(days=1),
        )


def test_a_product_without_revenue_has_no_margin():
    assert Product(annual_cost_amount=Decimal(5)).margin_ratio is None
    assert Product(annual_revenue_amount=Decimal(100), annual_cost_amount=Decimal(73)).margin_ratio == Decimal("0.27")


@pytest.fixture
def gone(alice, acme):
    """An archived portfolio, with an archived program in it."""
    closed = services.create_portfolio(actor=alice, organization=acme, name="Closed")
    ended = archive_program(
        actor=alice, program=create_program(actor=alice, organization=acme, name="Ended", portfolio=closed)
    )
    return services.archive_portfolio(actor=alice, portfolio=closed), ended


def test_nothing_is_created_in_what_is_archived(alice, acme, gone):
    closed, ended = gone
    for name, create in {
        "“Ended” is archived": lambda: create_project(actor=alice, organization=acme, name="P", program=ended),
        "“Closed” is archived. Restore it first": lambda: create_project(
            actor=alice, organization=acme, name="P", portfolio=closed
        ),
        "“Closed” is archived": lambda: create_program(actor=alice, organization=acme, name="G", portfolio=closed),
        "or choose another": lambda: services.create_portfolio(
            actor=alice, organization=acme, name="Below", parent=closed
        ),
    }.items():
        with pytest.raises(ValidationError, match=name):
            create()

    assert not Project.objects.exists()


def test_nothing_is_moved_into_what_is_archived(alice, gone, tree, program, project):
    closed, ended = gone
    with pytest.raises(ValidationError, match="“Ended” is archived"):
        move_project(actor=alice, project=project, program=ended)
    with pytest.raises(ValidationError, match="“Closed” is archived"):
        move_program(actor=alice, program=program, portfolio=closed)
    with pytest.raises(ValidationError, match="“Closed” is archived"):
        services.update_portfolio(actor=alice, portfolio=tree[2], parent=closed)

    project.refresh_from_db()
    assert project.program == program


def test_the_api_names_the_archived_parent_and_the_field(api, acme, gone):
    answer = api.send("post", "/api/v1/projects/", {"name": "P", "program": gone[1].pk})

    assert answer.status_code == 400
    assert answer.json()["errors"] == {"program": ["“Ended” is archived. Restore it first, or choose another."]}
