"""Planned money month by month, and what of it a move shifts."""

import datetime
from decimal import Decimal

import pytest

from projects.algorithms.spending import by_month, moved_money


def day(text):
    return datetime.date.fromisoformat(text)


def test_an_amount_is_spread_over_calendar_days_of_months():
    found = by_month(Decimal("62.00"), day("2026-01-01"), day("2026-02-28"))

    assert found == {day("2026-01-01"): Decimal("32.58"), day("2026-02-01"): Decimal("29.42")}


@pytest.mark.parametrize("cents", range(0, 200, 7))
@pytest.mark.parametrize("days", [1, 17, 90, 400])
def test_the_parts_sum_up_to_the_amount_to_the_cent(cents, days):
    amount = Decimal(cents + 1001) / 100

    parts = by_month(amount, day("2026-01-20"), day("2026-01-20") + datetime.timedelta(days))

    assert sum(parts.values()) == amount


def test_a_negative_amount_sums_up_too():
    assert sum(by_month(Decimal("-100.01"), day("2026-01-20"), day("2026-03-03")).values()) == Decimal("-100.01")


def test_a_move_tells_only_the_months_that_differ_and_keeps_the_sum():
    spans = [
        (Decimal(310), day("2026-05-01"), day("2026-05-31"), day("2026-06-01"), day("2026-06-30")),
        (Decimal(50), day("2026-08-01"), day("2026-08-02"), day("2026-08-01"), day("2026-08-02")),
    ]

    found = moved_money(spans)

    assert found == {
        day("2026-05-01"): (Decimal("310.00"), Decimal(0)),
        day("2026-06-01"): (Decimal(0), Decimal("310.00")),
    }
