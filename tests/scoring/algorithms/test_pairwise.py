"""Pairwise comparison against Saaty's published matrices, and what contradicts itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.algorithms.pairwise import Step, matrix_of, together, weigh


def full(rows):
    """A matrix from the rows right of the diagonal."""
    size = len(rows) + 1
    ratios = {(i, i + 1 + j): value for i, row in enumerate(rows) for j, value in enumerate(row)}
    return matrix_of(size, ratios)


# Saaty, "The Analytic Hierarchy Process" (1980), chapter 2; "A scaling method for priorities in hierarchical
# structures" (1977), table of the wealth of nations: US, USSR, China, France, UK, Japan, West Germany.
WEALTH = full(
    [[4, 9, 6, 6, 5, 5], [7, 5, 5, 3, 4], [1 / 5, 1 / 5, 1 / 7, 1 / 5], [1, 1 / 3, 1 / 3], [1 / 3, 1 / 3], [2]]
)


def test_the_wealth_of_nations_as_saaty_published_it():
    found = weigh(WEALTH)

    assert found.weights == pytest.approx([0.427, 0.230, 0.021, 0.052, 0.052, 0.123, 0.094], abs=0.004)
    assert found.largest_eigenvalue == pytest.approx(7.61, abs=0.01)
    assert found.consistency_index == pytest.approx(0.10, abs=0.005)
    assert found.consistency_ratio == pytest.approx(0.08, abs=0.005)
    assert found.is_accepted


def test_a_consistent_matrix_gives_its_weights_back_and_names_no_triple():
    weights = np.array([0.5, 0.3, 0.15, 0.05])

    found = weigh(weights[:, None] / weights[None, :])

    assert found.weights == pytest.approx(weights)
    assert found.consistency_ratio == pytest.approx(0, abs=1e-9)
    assert found.worst is None


def test_a_contradictory_set_is_not_accepted_and_its_worst_triple_is_named():
    matrix = full([[9, 1 / 9, 3], [9, 2], [2]])  # A over B over C over A

    found = weigh(matrix)

    assert not found.is_accepted
    assert found.worst.criteria == (0, 1, 2)
    assert found.worst.implied == pytest.approx(81)
    assert found.worst.stated == pytest.approx(1 / 9)


def test_what_is_not_compared_yet_is_told_and_the_others_give_weights():
    weights = np.array([0.6, 0.3, 0.1])
    matrix = weights[:, None] / weights[None, :]
    matrix[0, 2] = matrix[2, 0] = np.nan

    found = weigh(matrix)

    assert found.missing == ((0, 2),)
    assert found.weights == pytest.approx(weights)
    assert not found.is_accepted


def test_criteria_that_no_comparison_ties_together_count_as_equal():
    found = weigh(matrix_of(4, {(0, 1): 9.0, (2, 3): 3.0}))

    assert found.weights == pytest.approx([0.25] * 4)


def test_a_group_says_the_geometric_mean():
    one, other = matrix_of(2, {(0, 1): 9.0}), matrix_of(2, {(0, 1): 1.0})

    assert together([one, other])[0, 1] == pytest.approx(3)
    assert weigh(together([one, other])).weights == pytest.approx([0.75, 0.25])
    assert together([matrix_of(2, {}), other])[0, 1] == 1  # who says nothing does not count


def test_steps_stand_for_ratios_and_their_opposites():
    assert [step.ratio for step in Step if step >= 0] == [1, 3, 6, 9]
    assert all(step.ratio * Step(-step).ratio == pytest.approx(1) for step in Step)


@pytest.mark.parametrize("ratios", [{(0, 1): 0.0}, {(0, 1): -2.0}, {(0, 0): 1.0}, {(0, 1): 2.0, (1, 0): 2.0}])
def test_what_is_no_comparison_is_refused(ratios):
    with pytest.raises(ValueError, match="Criteria"):
        matrix_of(2, ratios)


def test_a_matrix_that_is_not_reciprocal_is_refused():
    with pytest.raises(ValueError, match="reciprocal"):
        weigh(np.array([[1.0, 2.0], [2.0, 1.0]]))


@given(st.lists(st.sampled_from(list(Step)), min_size=10, max_size=10))
def test_weights_are_shares_and_renaming_criteria_renames_them(steps):
    pairs = [(i, j) for i in range(5) for j in range(i + 1, 5)]
    matrix = matrix_of(5, {pair: step.ratio for pair, step in zip(pairs, steps, strict=True)})
    order = np.array([3, 1, 4, 0, 2])

    found, renamed = weigh(matrix), weigh(matrix[np.ix_(order, order)])

    assert found.weights.sum() == pytest.approx(1)
    assert (found.weights > 0).all()
    assert renamed.weights == pytest.approx(found.weights[order], abs=1e-8)
    assert found.consistency_ratio >= 0
