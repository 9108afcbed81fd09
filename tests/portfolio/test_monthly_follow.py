"""Monthly totals of money and demand follow the event log, each level from the level below."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.services import record
from finance.models import ExchangeRate, FinancialEntry
from portfolio.models import MoneyMonth, Portfolio, Product, ProductShare
from portfolio.services import check_rollups, rebuild_rollups, set_product_shares, update_portfolio
from programs.models import Program
from programs.services import update_program
from projects.models import Project
from projects.services import archive_project, change_status, restore_project, update_project
from resources.models import Person, ResourceRole, Team
from tests.portfolio.following import Follower, totals_of
from tests.portfolio.monthly import (
    FEBRUARY,
    JANUARY,
    MARCH,
    allocation,
    demand_of,
    entry,
    given_to,
    money_of,
    stored_months,
    summed,
)
from tests.portfolio.test_rollups_checked import mark_as_read

OPEX = ("actual", "opex", JANUARY)


@pytest.fixture
def follower(acme, project, alice):
    rebuild_rollups(acme.pk)
    return Follower()


def told(actor, row, kind="entry.created"):
    record(kind, actor=actor, subject=row)
    return row


def test_an_entry_of_a_project_reaches_everything_that_holds_it(follower, alice, project, program, portfolio):
    told(alice, entry(project, "100.25"))
    told(alice, entry(project, "50", kind="budget", entry_class="capex", month=MARCH))
    follower.follow()

    expected = {OPEX: Decimal("100.25"), ("budget", "capex", MARCH): Decimal(50)}
    for node in ({"project": project}, {"program": program}, {"portfolio": portfolio}, {}):
        assert money_of(**node) == expected


def test_read_twice_an_event_changes_nothing(follower, alice, project):
    told(alice, entry(project, "100"))
    follower.follow()
    before, moved_at = stored_months(), totals_of().as_of
    follower.position = 0
    follower.follow()
    assert (stored_months(), totals_of().as_of) == (before, moved_at)


def test_the_totals_of_a_node_move_with_its_months_so_that_open_pages_hear_of_it(follower, alice, project, portfolio):
    follower.follow()
    before = totals_of(portfolio=portfolio).as_of
    told(alice, entry(project, "100"))
    follower.follow()
    assert totals_of(portfolio=portfolio).as_of > before


def test_a_proposal_adds_no_money_before_it_is_approved(follower, alice, project, portfolio):
    Project.objects.update(status="screened")
    told(alice, entry(project, "100"))
    follower.follow()
    assert money_of(project=project) == money_of(portfolio=portfolio) == {}

    project.refresh_from_db()
    change_status(actor=alice, project=project, to="approved")
    follower.follow()
    assert money_of(portfolio=portfolio) == {OPEX: Decimal(100)}


def test_an_archived_project_takes_its_money_along_and_brings_it_back(follower, alice, project, program):
    told(alice, entry(project, "100"))
    follower.follow()
    project = archive_project(actor=alice, project=project)
    follower.follow()
    assert money_of(program=program) == money_of() == {}
    restore_project(actor=alice, project=project)
    follower.follow()
    assert money_of(program=program) == money_of() == {OPEX: Decimal(100)}


def test_a_project_that_moves_takes_its_money_from_one_parent_to_the_other(follower, alice, acme, project, program):
    elsewhere = Portfolio.objects.create(organization=acme, name="Elsewhere")
    target = Program.objects.create(organization=acme, portfolio=elsewhere, code="US", name="US launch")
    told(alice, entry(project, "100"))
    follower.follow()

    update_project(actor=alice, project=project, program=target)
    follower.follow()

    assert money_of(program=program) == {}
    assert money_of(program=target) == money_of(portfolio=elsewhere) == money_of() == {OPEX: Decimal(100)}


def test_a_program_that_moves_takes_what_it_holds(follower, alice, acme, project, program, portfolio):
    inner = Portfolio.objects.create(organization=acme, name="Inner", parent=portfolio)
    told(alice, entry(project, "100"))
    allocation(project, "2", role=ResourceRole.objects.create(organization=acme, name="Developer"))
    follower.follow()
    update_program(actor=alice, program=program, portfolio=inner)
    follower.follow()
    assert money_of(portfolio=inner) == money_of(portfolio=portfolio) == money_of() == {OPEX: Decimal(100)}

    update_portfolio(actor=alice, portfolio=Portfolio.objects.get(pk=inner.pk), parent=None)
    follower.follow()
    assert (money_of(portfolio=inner), money_of(portfolio=portfolio)) == ({OPEX: Decimal(100)}, {})
    assert money_of() == {OPEX: Decimal(100)}


def test_what_a_program_was_given_stands_beside_what_its_projects_add_up_to(follower, alice, project, program):
    told(alice, entry(program, "900", kind="budget"))
    told(alice, entry(project, "700", kind="budget"))
    told(alice, entry(program, "30"))
    follower.follow()

    assert given_to(program=program) == {("opex", JANUARY): Decimal(900)}
    assert money_of(program=program) == {("budget", "opex", JANUARY): Decimal(700), OPEX: Decimal(30)}


def test_a_portfolio_holds_what_it_was_given_apart_from_what_its_programs_were(follower, alice, program, portfolio):
    told(alice, entry(portfolio, "5000", kind="budget"))
    told(alice, entry(program, "900", kind="budget"))
    follower.follow()
    assert given_to(portfolio=portfolio) == {("opex", JANUARY): Decimal(5000)}
    assert money_of(portfolio=portfolio) == given_to() == {}


def test_a_product_has_its_share_of_projects_and_its_own_entries(follower, alice, acme, project, product):
    other = Product.objects.create(organization=acme, name="Other", currency="USD")
    set_product_shares(actor=alice, project=project, shares={product: Decimal("0.6"), other: Decimal("0.4")})
    told(alice, entry(project, "100"))
    told(alice, entry(product, "1000", entry_class="revenue"))
    follower.follow()

    revenue = ("actual", "revenue", JANUARY)
    assert money_of(product=product) == {OPEX: Decimal(60), revenue: Decimal(1000)}
    assert money_of(product=other) == {OPEX: Decimal(40)}
    assert money_of() == {OPEX: Decimal(100), revenue: Decimal(1000)}

    set_product_shares(actor=alice, project=project, shares={other: Decimal(1)})
    follower.follow()
    assert (money_of(product=product), money_of(product=other)) == ({revenue: Decimal(1000)}, {OPEX: Decimal(100)})


def test_an_entry_that_is_deleted_is_named_by_what_its_event_says(follower, alice, project, portfolio):
    row = told(alice, entry(project, "100"))
    follower.follow()
    record("entry.deleted", actor=alice, subject=row, changes={"project": [{"id": project.pk, "name": "Apollo"}, None]})
    row.delete()
    follower.follow()
    assert money_of(portfolio=portfolio) == {}


def test_an_event_about_many_rows_lists_the_nodes(follower, alice, acme, project, program, product, portfolio):
    for subject, kind in ((project, "actual"), (program, "actual"), (product, "actual"), (portfolio, "budget")):
        entry(subject, "10", kind=kind)
    touched = {f"touched_{row._meta.model_name}s": [None, [row.pk]] for row in (project, program, product, portfolio)}
    record("entries.pasted", actor=alice, subject=acme, changes=touched)
    follower.follow()
    assert (money_of(portfolio=portfolio), money_of()) == ({OPEX: Decimal(20)}, {OPEX: Decimal(30)})
    assert given_to(portfolio=portfolio) == {("opex", JANUARY): Decimal(10)}


def test_a_rate_moves_whatever_has_entries_in_its_currency(follower, alice, acme, project, portfolio):
    row = told(alice, entry(project, "100"))
    follower.follow()
    FinancialEntry.objects.filter(pk=row.pk).update(currency="EUR", reporting_amount=Decimal("117.3"))
    rate = ExchangeRate.objects.create(
        organization=acme, currency="EUR", from_date=JANUARY, rate=Decimal("1.173"), source="ECB"
    )
    told(alice, rate, "exchange_rate.created")
    follower.follow()
    assert money_of(portfolio=portfolio) == {OPEX: Decimal("117.3")}


@pytest.fixture
def developer(acme):
    return ResourceRole.objects.create(organization=acme, name="Developer")


@pytest.fixture
def team(acme):
    return Team.objects.create(organization=acme, name="Ingest")


def test_demand_is_summed_by_role_and_team_with_what_nobody_does_yet(
    follower, alice, acme, project, program, portfolio, developer, team
):
    ann = Person.objects.create(organization=acme, name="Ann", role=developer, team=team)
    somebody = Person.objects.create(organization=acme, name="Developer 2", role=developer, is_placeholder=True)
    for row in (
        allocation(project, "0.8", role=developer, team=team, person=ann),
        allocation(project, "1", role=developer, team=team),
        allocation(project, "0.5", role=developer, person=somebody),
        allocation(project, "0.7", role=developer, team=team, person=ann, kind="actual"),
    ):
        told(alice, row, "allocation.created")
    follower.follow()

    expected = {
        (developer.pk, team.pk, JANUARY): (Decimal("1.8"), Decimal(1), Decimal("0.7"), Decimal(0)),
        (developer.pk, None, JANUARY): (Decimal("0.5"), Decimal("0.5"), Decimal(0), Decimal(0)),
    }
    for node in ({"project": project}, {"program": program}, {"portfolio": portfolio}, {}):
        assert demand_of(**node) == expected

    Person.objects.filter(pk=somebody.pk).update(is_placeholder=False)
    record("person.changed", actor=alice, subject=somebody, changes={"is_placeholder": [True, False]})
    follower.follow()
    assert demand_of()[developer.pk, None, JANUARY][:2] == (Decimal("0.5"), Decimal(0))


def test_what_a_proposal_would_need_stands_apart(follower, alice, project, portfolio, developer):
    Project.objects.update(status="proposed")
    told(alice, allocation(project, "3", role=developer), "allocation.created")
    follower.follow()
    assert demand_of(portfolio=portfolio) == {(developer.pk, None, JANUARY): (0, 0, 0, Decimal(3))}


def test_a_project_that_is_done_plans_nothing_beyond_its_last_month(follower, alice, project, developer):
    Project.objects.update(status="done", actual_start_date=JANUARY, actual_finish_date=FEBRUARY.replace(day=20))
    for month in (JANUARY, FEBRUARY, MARCH):
        told(alice, allocation(project, "1", month=month, role=developer), "allocation.created")
    follower.follow()
    assert {month for _, _, month in demand_of()} == {JANUARY, FEBRUARY}


def test_after_anything_the_follower_has_what_a_rebuild_makes(
    follower, alice, acme, project, program, portfolio, product
):
    inner = Portfolio.objects.create(organization=acme, name="Inner", parent=portfolio)
    loose = Project.objects.create(
        organization=acme, portfolio=inner, code="L", name="Loose", status="active", currency="USD"
    )
    for subject in (project, program, product, loose):
        told(alice, entry(subject, "33.33", kind="forecast"))
    ProductShare.objects.create(organization=acme, project=loose, product=product, share_ratio=Decimal("0.3333"))
    record("project.changed", actor=alice, subject=loose)
    follower.follow()
    followed = stored_months()
    MoneyMonth.objects.all().delete()
    assert rebuild_rollups(acme.pk) > 0
    assert stored_months() == followed
    # The whole is all entries, each once, whatever way they lie.
    assert money_of() == summed(FinancialEntry.objects.exclude(kind="budget"))


def test_the_nightly_check_finds_a_month_that_is_wrong_and_repairs_it(follower, alice, acme, project, portfolio):
    told(alice, entry(project, "100"))
    follower.follow()
    right = stored_months()
    MoneyMonth.objects.filter(portfolio=portfolio).update(amount=Decimal(1))
    entry(project, "7", month=MARCH)  # past the services: no event tells of it
    mark_as_read(acme)
    errors = check_rollups(actor=None, organization=acme, day=JANUARY)
    assert {(error.kind, error.field, error.expected) for error in errors} >= {
        ("portfolio", "money actual opex 2026-01-01 amount", Decimal(100)),
        ("project", "money actual opex 2026-03-01 amount", Decimal(7)),
    }
    assert money_of(portfolio=portfolio) == {OPEX: Decimal(100), ("actual", "opex", MARCH): Decimal(7)}
    assert len(stored_months()) == len(right) + 4


def test_one_entry_costs_the_same_number_of_statements_however_many_projects_there_are(
    follower, alice, acme, project, program
):
    row = entry(project, "100")
    counts = []
    for number in (0, 30):
        for place in range(number):
            other = Project.objects.create(
                organization=acme, program=program, code=f"P{place}", name=f"P{place}", status="active", currency="USD"
            )
            entry(other, "1")
        rebuild_rollups(acme.pk)
        FinancialEntry.objects.filter(pk=row.pk).update(reporting_amount=Decimal(200 + number))
        told(alice, row, "entry.changed")
        with CaptureQueriesContext(
            connection,
        ) as seen:
            follower.follow()
        counts.append(len(seen))
    assert counts[0] == counts[1]
