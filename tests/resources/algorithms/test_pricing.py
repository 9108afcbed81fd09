"""What effort costs, worked by hand."""

from datetime import date
from decimal import Decimal

import pytest

from resources.algorithms.calendars import STANDARD, Calendar, CalendarException
from resources.algorithms.pricing import NoRate, Rate, price, rate_on, working_days_of

MARCH = date(2026, 3, 1)
RATES = [Rate(date(2025, 1, 1), Decimal("800.00"), "EUR"), Rate(date(2026, 3, 16), Decimal("900.50"), "EUR")]


def test_effort_is_the_day_amount_for_each_working_day_of_the_share():
    """February 2026 has 20 working days: 20 x 800 x 0.35."""
    assert price("Designer", RATES, STANDARD, date(2026, 2, 1), Decimal("0.35")) == {"EUR": Decimal("5600")}


def test_a_rate_that_changes_in_the_month_holds_from_its_day_on():
    """10 days until 13 March at 800, 12 days at 900.50."""
    assert price("Designer", RATES, STANDARD, MARCH, Decimal(1)) == {"EUR": Decimal("18806.00")}


def test_a_change_of_currency_gives_an_amount_in_each():
    rates = [RATES[0], Rate(date(2026, 3, 16), Decimal(1000), "USD")]
    assert price("Designer", rates, STANDARD, MARCH, Decimal("0.5")) == {"EUR": Decimal(4000), "USD": Decimal(6000)}


def test_a_missing_rate_is_refused_with_role_and_day():
    with pytest.raises(NoRate, match="Designer has no rate on 2024-12-02"):
        price("Designer", RATES, STANDARD, date(2024, 12, 1), Decimal(1))
    with pytest.raises(NoRate):
        rate_on("Designer", [], MARCH)


def test_a_rate_that_begins_within_the_month_does_not_price_the_days_before():
    with pytest.raises(NoRate, match="2026-03-02"):
        price("Designer", [RATES[1]], STANDARD, MARCH, Decimal(1))


def test_no_effort_and_no_working_days_cost_nothing_and_need_no_rate():
    closed = Calendar("Closed", STANDARD.week, (CalendarException(MARCH, date(2026, 3, 31)),))
    assert price("Designer", [], STANDARD, MARCH, Decimal(0)) == {}
    assert price("Designer", [], closed, MARCH, Decimal(1)) == {}


def test_working_days_are_those_with_any_working_time():
    assert len(working_days_of(STANDARD, date(2026, 2, 10))) == 20
