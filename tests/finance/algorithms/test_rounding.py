"""Shown rows add up to the shown total."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finance.algorithms.rounding import largest_remainder, rounded

values = st.lists(st.decimals(-(10**9), 10**9, places=4), max_size=30)
steps = st.sampled_from([Decimal("0.01"), Decimal(1), Decimal(1000), Decimal("0.5")])


def test_thirds_of_ten_add_up_to_ten():
    assert largest_remainder([Decimal(10) / 3] * 3, Decimal(1)) == [4, 3, 3]


def test_negative_values_add_up_too():
    assert largest_remainder([Decimal("-1.4"), Decimal("-1.4"), Decimal("-1.4")], Decimal(1)) == [-1, -1, -2]
    assert largest_remainder([Decimal("-0.5"), Decimal("0.5")], Decimal(1)) == [0, 0]


def test_nothing_stays_nothing_and_a_step_of_zero_is_refused():
    assert largest_remainder([]) == []
    with pytest.raises(ValueError, match="above 0"):
        largest_remainder([Decimal(1)], Decimal(0))


@given(values, steps)
def test_rows_add_up_to_the_rounded_total_and_each_moves_by_less_than_a_step(rows, step):
    shown = largest_remainder(rows, step)

    assert sum(shown) == rounded(sum(rows, Decimal(0)), step)
    assert all(abs(new - old) < step for old, new in zip(rows, shown, strict=True))
    assert all(new == old for old, new in zip(rows, shown, strict=True) if old % step == 0)
