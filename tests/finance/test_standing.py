"""Where money stands: given and summed up, expected and missed."""

import datetime
from decimal import Decimal

import pytest

from finance.algorithms.fan import spread_of
from finance.selectors.standing import standing_of
from finance.selectors.variance import variance_table
from projects.models import Project
from tests.finance.conftest import cell, month

TODAY = datetime.date(2026, 3, 20)


@pytest.fixture
def site(acme, program):
    return Project.objects.create(
        organization=acme, program=program, code="SITE", name="Site", status="active", currency="USD"
    )


@pytest.mark.django_db
def test_the_budget_given_to_a_program_stands_beside_what_its_projects_have(put, program, project, site):
    put(
        cell(program, "2026-01", "1000"),
        cell(project, "2026-01", "300"),
        cell(site, "2026-02", "900"),
        cell(site, "2026-02", "5000", of="revenue"),
    )

    standing = standing_of(program, TODAY)

    assert (standing.given.given_amount, standing.given.children_amount) == (Decimal(1000), Decimal(1200))
    assert standing.given.difference == Decimal(-200)
    assert [(child.name, child.budget_amount) for child in standing.children] == [("Apollo", 300), ("Site", 900)]
    assert standing.total("budget") == Decimal(1000)


@pytest.mark.django_db
def test_a_program_to_which_nothing_was_given_has_what_its_projects_have(put, program, project, site):
    put(cell(project, "2026-01", "300"), cell(site, "2026-02", "900"), cell(program, "2026-01", "7", kind="actual"))

    standing = standing_of(program, TODAY)

    assert (standing.total("budget"), standing.given.difference) == (Decimal(1200), None)
    assert standing.total("actual") == Decimal(7)


@pytest.mark.django_db
def test_projects_that_are_not_approved_count_in_no_total(put, program, project, site):
    Project.objects.filter(pk=site.pk).update(status="proposed")
    put(cell(project, "2026-01", "300"), cell(site, "2026-02", "900"))

    assert standing_of(program, TODAY).total("budget") == Decimal(300)


@pytest.mark.django_db
def test_the_estimate_at_completion_is_actuals_and_after_them_the_forecast(put, project):
    put(
        cell(project, "2026-01", "100"),
        cell(project, "2026-04", "100"),
        *[cell(project, f"2026-0{n}", "110", kind="forecast") for n in (1, 2, 3, 4)],
        cell(project, "2026-01", "90", kind="actual"),
        cell(project, "2026-02", "95", kind="actual"),
    )

    standing = standing_of(project, TODAY)

    assert standing.last_actual == month("2026-02")
    assert standing.estimate() == Decimal(90 + 95 + 110 + 110)


@pytest.mark.django_db
def test_without_a_forecast_the_budget_is_expected_to_hold(put, project):
    put(cell(project, "2026-01", "100"), cell(project, "2026-04", "100"), cell(project, "2026-01", "90", kind="actual"))

    assert standing_of(project, TODAY).estimate() == Decimal(190)


@pytest.mark.django_db
def test_a_program_is_read_in_few_statements_whatever_it_holds(put, program, project, site, django_assert_num_queries):
    put(cell(project, "2026-01", "300"), cell(site, "2026-02", "900"))

    with django_assert_num_queries(4):
        standing_of(program, TODAY)


@pytest.mark.django_db
def test_shown_rows_add_up_to_shown_totals(put, euro, project):
    put(
        *[cell(project, f"2026-0{n}", "33.33", currency="EUR", of=of) for n in (1, 2, 3, 4) for of in ("opex", "capex")]
    )

    table = variance_table(standing_of(project, TODAY), "month", 1)

    for group in table.groups:
        for line in group.lines:
            assert sum(amount or 0 for amount in line.amounts) == line.total
    capex, opex, costs = (group.lines[0].total for group in table.groups)
    assert capex + opex == costs == Decimal(293)


@pytest.mark.django_db
@pytest.mark.parametrize(("zoom", "labels"), [("quarter", ["Q4", "Q1"]), ("year", ["FY2026", "FY2027"])])
def test_periods_follow_the_fiscal_year(put, project, zoom, labels):
    put(cell(project, "2026-03", "1"), cell(project, "2026-04", "1"))

    table = variance_table(standing_of(project, TODAY), zoom, 4)

    assert [column.label for column in table.columns] == labels
    assert table.years == [("FY2026", 1), ("FY2027", 1)]


def test_the_fan_is_as_wide_as_past_forecasts_have_missed():
    said = [Decimal(100)] * 5

    spread = spread_of(said, [Decimal(n) for n in (80, 90, 100, 110, 120)])

    assert (spread.low, spread.high, spread.month_count) == (Decimal("0.84"), Decimal("1.16"), 5)


def test_too_few_months_say_nothing_and_ten_percent_is_assumed():
    spread = spread_of([Decimal(100)] * 3, [Decimal(500)] * 3)

    assert (spread.low, spread.high, spread.month_count) == (Decimal("0.9"), Decimal("1.1"), 0)


def test_the_forecast_itself_lies_within_the_fan():
    spread = spread_of([Decimal(100)] * 4, [Decimal(130)] * 4)

    assert spread.low == 1
