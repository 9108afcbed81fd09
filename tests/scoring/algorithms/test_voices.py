"""The middle voice, and where raters are split."""

import numpy as np
import pytest

from scoring.algorithms.definition import CriterionSpec, Level
from scoring.algorithms.voices import counted, indexes, medians, on_scale, split

FIVE = CriterionSpec(
    "fit", "Fit", lowest=1, highest=13, levels=tuple(Level(value, str(value)) for value in (1.0, 2.0, 5.0, 8.0, 13.0))
)
YES = CriterionSpec("legal", "Legal", lowest=0, highest=1, levels=(Level(0.0, "No"), Level(1.0, "Yes")))
REACH = CriterionSpec("reach", "Reach", lowest=0, highest=100)


def voices(*of_raters):
    """One item, one criterion."""
    return np.array(of_raters, dtype=np.float64).reshape(-1, 1, 1)


@pytest.mark.parametrize(
    ("given", "criterion", "middle"),
    [
        ((2, 8, 5), FIVE, 5),
        ((2, 8), FIVE, 2),
        ((1, 2, 8, 13), FIVE, 2),
        ((13, np.nan, 1, np.nan, 5), FIVE, 5),
        ((10, 20), REACH, 15),
        ((10, 10.0001), REACH, 10.0),
        ((7,), REACH, 7),
        ((1, 2, 90), REACH, 2),
        ((np.nan, np.nan), REACH, np.nan),
        ((), REACH, np.nan),
    ],
)
def test_the_median_of_levels_is_a_level_and_of_numbers_the_mean_of_the_middle(given, criterion, middle):
    found = medians(voices(*given), [criterion])[0, 0]

    assert found == pytest.approx(middle, nan_ok=True, abs=1e-4)


@pytest.mark.parametrize(
    ("given", "criterion", "is_split"),
    [
        ((1, 2), FIVE, False),
        ((2, 5, 5), FIVE, False),
        ((1, 5), FIVE, True),
        ((8, np.nan, 13), FIVE, False),
        ((np.nan, 1), FIVE, False),
        ((0, 1), YES, True),
        ((1, 1), YES, False),
        ((40, 60), REACH, False),
        ((30, 80), REACH, True),
        ((99,), REACH, False),
        ((), FIVE, False),
    ],
)
def test_raters_are_split_by_two_levels_or_by_the_index(given, criterion, is_split):
    assert split(voices(*given), [criterion])[0, 0] == is_split


def test_each_item_and_criterion_is_judged_by_itself():
    given = np.array([[[1, 10], [5, np.nan]], [[13, 20], [5, 30]], [[np.nan, 30], [8, np.nan]]], dtype=np.float64)
    criteria = [FIVE, REACH]

    assert medians(given, criteria).tolist() == [[1, 20], [5, 30]]
    assert counted(given).tolist() == [[2, 3], [3, 1]]
    assert split(given, criteria).tolist() == [[True, False], [False, False]]
    assert indexes(given, criteria)[0, 0] == pytest.approx(1.0)
    assert np.isnan(indexes(given, criteria)[1, 1])


def test_voices_that_the_scale_no_longer_allows_are_left_out():
    given = np.array([[[3, 50]], [[5, 101]]], dtype=np.float64)

    assert np.isnan(on_scale(given, [FIVE, REACH])).tolist() == [[[True, False]], [[False, True]]]
