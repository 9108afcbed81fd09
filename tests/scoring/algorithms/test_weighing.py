"""Weighted scores and ranks: one item more changes nobody's score, and missing is not zero."""

import numpy as np
import pytest

from scoring.algorithms.formula import evaluate, parse
from scoring.algorithms.weighing import Ranges, normalized, ranks, shares, weighted_scores

NAN = float("nan")
RANGES = Ranges(np.array([0.0, 1.0]), np.array([100.0, 5.0]), np.array([False, True]))


def test_a_weighted_score_is_the_sum_of_shares_of_fixed_ranges():
    values = np.array([[100.0, 1.0], [0.0, 5.0], [50.0, 3.0], [100.0, 5.0]])

    assert weighted_scores(values, RANGES, np.array([3, 1])).tolist() == [100, 0, 50, 75]


def test_an_item_more_changes_nobodys_score():
    values = np.array([[20.0, 2.0], [90.0, 4.0]])

    with_one_more = np.vstack((values, [[100.0, 1.0]]))

    assert weighted_scores(with_one_more, RANGES, np.ones(2))[:2].tolist() == (
        weighted_scores(values, RANGES, np.ones(2)).tolist()
    )


def test_missing_stays_missing_unless_it_does_not_count():
    values = np.array([[NAN, 1.0]])

    assert np.isnan(weighted_scores(values, RANGES, np.array([1, 1])))
    assert weighted_scores(values, RANGES, np.array([0, 1])).tolist() == [100]
    assert np.isnan(normalized(values, RANGES)[0, 0])


@pytest.mark.parametrize("weights", [[0, 0], [1, -1], [1, NAN], [1, float("inf")]])
def test_weights_that_mean_nothing_are_refused(weights):
    with pytest.raises(ValueError, match="weight"):
        shares(np.array(weights, dtype=float))


def test_equal_scores_share_a_rank_and_what_has_none_takes_nobodys_place():
    assert ranks(np.array([5.0, 9.0, NAN, 5.0, 1.0])).tolist() == [2, 1, 0, 2, 4]
    assert ranks(np.empty(0)).tolist() == []


def test_safes_sheet_of_weighted_shortest_job_first():
    # Scaled Agile's sheet: cost of delay is user-business value + time criticality + risk reduction and opportunity
    # enablement, WSJF is that over job size. Rows of a filled copy that is public, with the scores that it shows.
    formula = parse("(business_value + time_criticality + risk_reduction) / job_size")
    sheet = {
        "job_size": [5.0, 5.0, 8.0, 13.0],
        "business_value": [8.0, 8.0, 13.0, 8.0],
        "time_criticality": [5.0, 5.0, 5.0, 5.0],
        "risk_reduction": [13.0, 8.0, 8.0, 8.0],
    }

    found = evaluate(formula, sheet).values

    assert found == pytest.approx([5.2, 4.2, 3.25, 1.62], abs=0.005)
    assert ranks(found).tolist() == [1, 2, 3, 4]


def test_one_row_more_changes_no_score_in_its_last_digit():
    rng = np.random.default_rng(4)
    values, weights = rng.random((40, 12)), rng.random(12)
    ranges = Ranges(np.zeros(12), np.ones(12), np.arange(12) % 2 == 0)

    whole = weighted_scores(values, ranges, weights)

    assert all(
        np.array_equal(whole[:count], weighted_scores(values[:count], ranges, weights)) for count in range(1, 40)
    )
