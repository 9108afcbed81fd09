"""Stored totals follow the facts: a change is in its project and in all that hold it, up to the whole."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Event
from portfolio.followers import keep_rollups
from portfolio.models import Portfolio, Product, Rollup
from portfolio.services import (
    archive_portfolio,
    create_portfolio,
    rebuild_rollups,
    set_product_shares,
    update_portfolio,
)
from programs.services import archive_program, create_program, move_program, restore_program, update_program
from projects.models import Project
from projects.services import (
    archive_activity,
    archive_project,
    archive_risk,
    change_status,
    create_activity,
    create_project,
    create_risk,
    move_project,
    report_project,
    restore_project,
    update_activity,
    update_project,
    update_risk,
)
from tests.portfolio.following import Follower, stored_totals, totals_of


@pytest.fixture
def follower(acme):
    return Follower()


@pytest.fixture
def rolled_up(acme, project):
    """Apollo and all above it, as they stand."""
    rebuild_rollups(acme.pk)
    return project


def test_a_new_project_is_counted_up_to_the_whole(follower, alice, acme, rolled_up, program, portfolio):
    create_project(actor=alice, organization=acme, program=program, name="Gemini", budget_amount=Decimal("500000.00"))

    follower.follow()

    counts = [totals_of(program=program), totals_of(portfolio=portfolio), totals_of()]
    assert [row.project_count for row in counts] == [2, 2, 2]
    assert [row.in_flight_count for row in counts] == [1, 1, 1]


def test_money_counts_from_approval_on_and_not_after_a_cancellation(follower, alice, rolled_up, acme, program):
    gemini = create_project(
        actor=alice, organization=acme, program=program, name="Gemini", budget_amount=Decimal("500000.00")
    )
    seen = []
    for status in ("screened", "approved", "active", "cancelled"):
        gemini = change_status(actor=alice, project=gemini, to=status)
        follower.follow()
        seen.append(totals_of(program=program).budget_amount)

    assert seen == [1_000_000, 1_500_000, 1_500_000, 1_000_000]


def test_a_report_moves_health_and_money(follower, alice, rolled_up, portfolio):
    report_project(
        actor=alice, project=rolled_up, reported_health="amber", health_note="Kit is late.",
        actual_amount=Decimal("900000.00"),
    )  # fmt: skip

    follower.follow()

    project, above = totals_of(project=rolled_up), totals_of(portfolio=portfolio)
    assert (project.health, project.computed_health) == ("amber", "red")
    assert project.health_reasons[0] == "Reported at risk: Kit is late."
    assert (above.green_count, above.amber_count, above.red_count, above.unreported_count) == (0, 1, 0, 0)
    assert above.actual_amount == 900_000


def test_activities_move_progress_and_their_number(follower, alice, rolled_up, program):
    first = create_activity(actor=alice, project=rolled_up, name="Build", planned_cost_amount=Decimal("300.00"))
    create_activity(actor=alice, project=rolled_up, name="Test", planned_cost_amount=Decimal("100.00"))
    update_activity(actor=alice, activity=first, progress_ratio=Decimal(1))
    follower.follow()

    assert totals_of(project=rolled_up).progress_ratio == Decimal("0.75")
    assert totals_of(project=rolled_up).progress_method == "activities by planned cost"
    assert totals_of(program=program).progress_ratio == Decimal("0.75")
    assert totals_of(program=program).activity_count == 2

    archive_activity(actor=alice, activity=first)
    follower.follow()

    assert totals_of(program=program).progress_ratio == 0
    assert totals_of(program=program).activity_count == 1


def test_open_risks_sum_to_their_expected_cost(follower, alice, rolled_up, portfolio):
    risk = create_risk(
        actor=alice, project=rolled_up, name="Supplier fails", probability_ratio=Decimal("0.25"),
        impact_amount=Decimal("400000.00"),
    )  # fmt: skip
    other = create_risk(
        actor=alice, project=rolled_up, name="Frost", probability_ratio=Decimal("0.1"), impact_amount=Decimal("100.00")
    )
    follower.follow()
    assert totals_of(portfolio=portfolio).risk_exposure_amount == Decimal("100010.00")

    update_risk(actor=alice, risk=risk, status="closed")
    archive_risk(actor=alice, risk=other)
    follower.follow()

    assert totals_of(portfolio=portfolio).open_risk_count == 0
    assert totals_of(portfolio=portfolio).risk_exposure_amount == 0


def test_a_moved_project_leaves_its_old_program_and_joins_the_new(follower, alice, acme, rolled_up, program, portfolio):
    elsewhere = create_portfolio(actor=alice, organization=acme, name="Elsewhere")
    there = create_program(actor=alice, organization=acme, portfolio=elsewhere, name="There")
    move_project(actor=alice, project=rolled_up, program=there)
    follower.follow()

    assert [totals_of(program=p).project_count for p in (program, there)] == [0, 1]
    assert [totals_of(portfolio=p).budget_amount for p in (portfolio, elsewhere)] == [0, 1_000_000]

    move_project(actor=alice, project=rolled_up, portfolio=portfolio)
    follower.follow()

    assert [totals_of(portfolio=p).budget_amount for p in (portfolio, elsewhere)] == [1_000_000, 0]
    assert totals_of().budget_amount == 1_000_000


def test_a_moved_program_takes_its_projects_with_it(follower, alice, acme, rolled_up, program, portfolio):
    elsewhere = create_portfolio(actor=alice, organization=acme, name="Elsewhere")
    move_program(actor=alice, program=program, portfolio=elsewhere)
    follower.follow()

    assert [totals_of(portfolio=p).project_count for p in (portfolio, elsewhere)] == [0, 1]
    assert [totals_of(portfolio=p).program_count for p in (portfolio, elsewhere)] == [0, 1]


def test_a_portfolio_moved_below_another_counts_there_and_in_all_above(follower, alice, acme, rolled_up, portfolio):
    group = create_portfolio(actor=alice, organization=acme, name="Group")
    division = create_portfolio(actor=alice, organization=acme, name="Division", parent=group)
    update_portfolio(actor=alice, portfolio=portfolio, parent=division)
    follower.follow()
    assert [totals_of(portfolio=p).budget_amount for p in (portfolio, division, group)] == [1_000_000] * 3
    assert totals_of().project_count == 1

    update_portfolio(actor=alice, portfolio=portfolio, parent=group)
    follower.follow()

    assert [totals_of(portfolio=p).budget_amount for p in (portfolio, division, group)] == [1_000_000, 0, 1_000_000]


def test_what_is_archived_leaves_every_total_and_comes_back(follower, alice, rolled_up, program, portfolio):
    archive_project(actor=alice, project=rolled_up)
    archive_program(actor=alice, program=program)
    archive_portfolio(actor=alice, portfolio=portfolio)
    follower.follow()
    assert not Rollup.objects.exclude(project=None, program=None, portfolio=None).exists()
    assert totals_of().project_count == 0

    Portfolio.objects.update(archived_at=None)
    restore_program(actor=alice, program=program)
    restore_project(actor=alice, project=Project.objects.get())
    follower.follow()

    assert totals_of().project_count == 1
    assert totals_of(program=program).budget_amount == 1_000_000


def test_a_product_has_its_share_of_the_money_and_the_whole_of_the_count(follower, alice, acme, rolled_up, product):
    second = Product.objects.create(organization=acme, name="Atlas Connect", currency="USD")
    shares = {product: Decimal("0.7000"), second: Decimal("0.3000")}
    set_product_shares(actor=alice, project=rolled_up, shares=shares)
    follower.follow()
    assert [totals_of(product=p).budget_amount for p in (product, second)] == [700_000, 300_000]
    assert [totals_of(product=p).project_count for p in (product, second)] == [1, 1]

    set_product_shares(actor=alice, project=rolled_up, shares={second: Decimal(1)})
    update_project(actor=alice, project=rolled_up, budget_amount=Decimal("2000000.00"))
    follower.follow()

    assert [totals_of(product=p).budget_amount for p in (product, second)] == [0, 2_000_000]
    assert [totals_of(product=p).project_count for p in (product, second)] == [0, 1]


def test_a_program_is_as_its_manager_says(follower, alice, rolled_up, program):
    update_program(actor=alice, program=program, reported_health="green", health_note="All agreed.")
    follower.follow()

    assert totals_of(program=program).health == "green"
    assert totals_of(program=program).computed_health == "red"
    assert totals_of(program=program).health_reasons == [
        "Reported on track: All agreed.", "The figures alone: 1 of 1 off track",
    ]  # fmt: skip


def test_a_parked_row_counts_in_the_whole_only(follower, acme, alice, rolled_up, portfolio):
    Project.objects.create(organization=acme, code="X1", name="Bare id", parked_reason="No program.", currency="USD")
    rebuild_rollups(acme.pk)

    assert totals_of().project_count == 2
    assert totals_of().parked_count == 1
    assert totals_of(portfolio=portfolio).project_count == 1


def test_dates_span_what_is_funded_and_the_slip_is_that_of_the_end(follower, alice, acme, rolled_up, program):
    create_project(
        actor=alice, organization=acme, program=program, name="Only an idea", planned_start_date="2020-01-01",
        planned_finish_date="2040-01-01",
    )  # fmt: skip
    report_project(actor=alice, project=rolled_up, expected_finish_date=datetime.date(2026, 4, 6))
    follower.follow()

    row = totals_of(program=program)
    assert (row.start_date, row.planned_finish_date) == (datetime.date(2026, 1, 5), datetime.date(2026, 3, 27))
    assert (row.finish_date, row.slip_days) == (datetime.date(2026, 4, 6), 10)


def test_reading_the_same_events_again_changes_nothing(follower, alice, rolled_up):
    update_project(actor=alice, project=rolled_up, budget_amount=Decimal("7.00"))
    follower.follow()
    before = list(Rollup.objects.order_by("pk").values())
    follower.position = 0

    assert follower.follow() > 0

    assert list(Rollup.objects.order_by("pk").values()) == before


def test_a_change_that_no_total_shows_moves_no_row(follower, alice, rolled_up, portfolio):
    before = totals_of(portfolio=portfolio).as_of
    update_project(actor=alice, project=rolled_up, description="More words.")
    follower.follow()

    assert totals_of(portfolio=portfolio).as_of == before
    assert totals_of(project=rolled_up).as_of <= Event.objects.latest("pk").occurred_at


def test_as_of_is_the_instant_of_the_newest_event_contained_and_never_goes_back(follower, alice, rolled_up, portfolio):
    Rollup.objects.update(as_of=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    update_project(actor=alice, project=rolled_up, budget_amount=Decimal("7.00"))
    event = Event.objects.latest("pk")
    follower.follow()
    assert totals_of(portfolio=portfolio).as_of == event.occurred_at

    update_project(actor=alice, project=rolled_up, budget_amount=Decimal("8.00"))
    late = Event.objects.latest("pk")
    late.occurred_at = event.occurred_at - datetime.timedelta(minutes=5)  # its transaction committed late
    keep_rollups([late])

    assert totals_of(portfolio=portfolio).as_of > event.occurred_at


def many(alice, acme, program, count):
    return [
        create_project(actor=alice, organization=acme, program=program, name=f"Project {number}")
        for number in range(count)
    ]


def statements_to_follow_one_change(follower, alice, project):
    project.refresh_from_db()
    update_project(actor=alice, project=project, budget_amount=project.budget_amount + 1)
    with CaptureQueriesContext(connection) as queries:
        follower.follow()
    return len(queries)


def test_one_change_costs_the_same_in_a_large_organization(follower, alice, acme, rolled_up, portfolio, program):
    few = statements_to_follow_one_change(follower, alice, rolled_up)
    for number in range(5):
        there = create_program(actor=alice, organization=acme, portfolio=portfolio, name=f"Program {number}")
        many(alice, acme, there, 8)
    follower.follow()

    assert statements_to_follow_one_change(follower, alice, rolled_up) == few
    assert few <= 32


def test_a_thousand_events_cost_hardly_more_statements_than_one(follower, alice, acme, rolled_up, program):
    one = statements_to_follow_one_change(follower, alice, rolled_up)
    for project in many(alice, acme, program, 60):
        create_activity(actor=alice, project=project, name="Build")
    with CaptureQueriesContext(connection) as queries:
        read = follower.follow()

    assert read >= 120
    assert len(queries) <= one + 4


def test_rebuilding_from_nothing_gives_what_the_follower_kept(follower, alice, acme, rolled_up, program):
    many(alice, acme, program, 3)
    follower.follow()
    kept = stored_totals()
    Rollup.objects.all().delete()

    rebuild_rollups(acme.pk)

    assert stored_totals() == kept
    assert rebuild_rollups(acme.pk) == 0
