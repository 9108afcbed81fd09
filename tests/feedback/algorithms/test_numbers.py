"""Agreement and change: published worked examples, and what is said of few items."""

from statistics import fmean, variance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.algorithms.agreement import agreement, agreement_by_period, wilson
from feedback.algorithms.change import (
    Moments,
    Verdict,
    level_of_each,
    mean_change,
    share_change,
    t_quantile,
)
from feedback.algorithms.tally import Comparison, Tally, compared


def scores():
    return st.lists(st.sampled_from([n / 100 for n in range(-100, 101, 5)]), max_size=40)


def moments(values) -> Moments:
    return Moments(len(values), sum(values), sum(value * value for value in values))


def approx(value):
    return value if value is None else pytest.approx(value, abs=1e-9)


def raters(both_yes: int, first_only: int, second_only: int, both_no: int) -> tuple[list[str], list[str]]:
    cells = [("y", "y", both_yes), ("y", "n", first_only), ("n", "y", second_only), ("n", "n", both_no)]
    pairs = [(first, second) for first, second, count in cells for _ in range(count)]
    return [first for first, _ in pairs], [second for _, second in pairs]


def test_kappa_of_the_textbook_example():
    """20 and 15 alike, 5 and 10 not: kappa .4 (Wikipedia, "Cohen's kappa", simple example)."""
    found = agreement(*raters(20, 5, 10, 15))

    assert (found.count, found.share) == (50, 0.7)
    assert found.kappa == pytest.approx(0.4)
    assert found.kappa_interval.low < 0.4 < found.kappa_interval.high
    assert found.kappa_interval.high - found.kappa_interval.low == pytest.approx(0.5, abs=0.02)


def test_full_agreement_on_one_label_says_nothing_of_kappa():
    found = agreement(["a"] * 5, ["a"] * 5)

    assert (found.share, found.kappa, found.kappa_interval) == (1.0, None, None)
    assert found.share_interval.low < 0.6


def test_without_items_there_is_no_agreement():
    assert agreement([], []).share is None


def test_agreement_is_told_by_period_in_order():
    found = agreement_by_period(["w1", "w2", "w1"], [1, 2, 3], [1, 0, 0])

    assert [(period, one.count, one.share) for period, one in found.items()] == [("w1", 2, 0.5), ("w2", 1, 0.0)]


def test_raters_of_different_items_are_refused():
    with pytest.raises(ValueError, match="same items"):
        agreement([1], [])


def test_the_interval_of_a_share_is_wilsons():
    """81 of 263: .2553 to .3662 (Newcombe 1998, table I, method 3)."""
    found = wilson(81, 263)

    assert (found.low, found.high) == (pytest.approx(0.2553, abs=1e-4), pytest.approx(0.3662, abs=1e-4))


@pytest.mark.parametrize(
    ("freedom", "value"), [(1, 12.7062), (2, 4.3027), (5, 2.5706), (10, 2.2281), (30, 2.0423), (1e6, 1.95997)]
)
def test_quantiles_of_students_t_are_those_of_the_tables(freedom, value):
    assert t_quantile(0.95, freedom) == pytest.approx(value, abs=2e-4)


def test_the_difference_of_shares_is_newcombes():
    """56 of 70 and 48 of 80: .2 with .0524 to .3339 (Newcombe 1998, table II, method 10)."""
    found = share_change(48, 80, 56, 70)

    assert found.difference == pytest.approx(0.2)
    assert (found.interval.low, found.interval.high) == (
        pytest.approx(0.0524, abs=1e-4),
        pytest.approx(0.3339, abs=1e-4),
    )
    assert found.is_clear


def test_the_difference_of_means_is_welchs():
    """Means 20.6 and 22.1, t = -2.46 with 25 degrees of freedom in Welch's example A2 as in Wikipedia, "Welch's
    t-test".
    """
    first = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4]
    second = [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 20.5, 24.4]

    found = mean_change(moments(first), moments(second))

    assert found.difference == pytest.approx(2.1667, abs=1e-3)
    assert found.interval.low == pytest.approx(found.difference * (1 - 2.0595 / 2.46), abs=0.03)
    assert found.is_clear


@pytest.mark.parametrize(("before", "after"), [([], [1.0]), ([0.0], [1.0]), ([1.0, 1.0], [1.0, 1.0])])
def test_few_items_or_none_give_no_interval_and_no_clear_change(before, after):
    found = mean_change(moments(before), moments(after))

    assert (found.interval, found.is_clear, found.after_count) == (None, False, len(after))


def test_shares_without_items_are_not_compared():
    assert share_change(0, 0, 1, 2).difference is None


@given(scores())
def test_mean_and_variance_are_the_same_from_sums_as_from_lists(values):
    found = moments(values)

    assert found.mean == approx(fmean(values) if values else None)
    assert found.variance == approx(variance(values) if len(values) > 1 else 0.0)


def test_scores_that_are_all_the_same_have_no_scatter_however_they_are_added_up():
    assert moments([0.1] * 7).variance == 0.0
    assert mean_change(moments([0.1] * 7), moments([0.3] * 9)).interval is None


def test_moments_of_parts_add_up_to_those_of_the_whole():
    assert moments([0.5, -0.25]) + moments([1.0]) == moments([0.5, -0.25, 1.0])


def test_of_fewer_than_ten_items_on_either_side_nothing_is_said():
    assert share_change(9, 9, 0, 1000).verdict == Verdict.TOO_FEW
    assert share_change(10, 10, 0, 1000).verdict == Verdict.CLEAR
    assert share_change(5, 10, 5, 11).verdict == Verdict.NOT_CLEAR
    assert mean_change(moments([0.5] * 20), moments([0.5] * 20)).verdict == Verdict.TOO_FEW


def test_intervals_that_are_told_together_are_the_wider():
    """Of ten comparisons each is taken at 99.5 % (Bonferroni)."""
    assert level_of_each(10) == pytest.approx(0.995)
    pair = (Tally(100, 40, 20, 40), Tally(100, 25, 35, 40))
    alone = Comparison(*pair)

    ten = compared([pair, *[(Tally(50, 10, 20, 20), Tally(50, 10, 20, 20))] * 4, (Tally(2, 1, 1, 0), Tally(3, 1, 2))])

    assert alone.verdict == Verdict.CLEAR
    assert {one.comparisons for one in ten} == {10}  # five pairs have enough items, each is compared by two measures
    assert ten[0].share.interval.low < alone.share.interval.low
    assert ten[0].verdict == Verdict.NOT_CLEAR
    assert ten[5].verdict == Verdict.TOO_FEW


def test_items_that_nobody_has_read_are_in_no_share():
    found = Tally(10, negative=2, neutral=1, positive=1) + Tally(6)

    assert (found.count, found.judged, found.unread, found.negative_ratio) == (16, 4, 12, 0.5)
    assert (Tally(3).negative_ratio, Tally(3).interval) == (None, None)


def test_level_of_each_needs_a_comparison():
    with pytest.raises(ValueError, match="at least one"):
        level_of_each(0)
