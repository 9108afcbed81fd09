"""Values drawn anew stay on their scales, with the spread that was asked for."""

import numpy as np
import pytest

from scoring.algorithms.definition import CriterionSpec, Definition, Kind, Level
from scoring.algorithms.drawing import draw_values

STEPS = tuple(Level(value, str(value)) for value in (1, 2, 3, 5, 8, 13, 20))
MODEL = Definition(
    Kind.FORMULA,
    (
        CriterionSpec("reach", "Reach", lowest=0, highest=1000),
        CriterionSpec("size", "Size", lowest=1, highest=20, levels=STEPS),
    ),
    "reach / size",
)


def drawn(values, spread=0.2, samples=4_000, seed=1):
    given = np.array(values, dtype=np.float64)
    return np.array(list(draw_values(MODEL, given, spread, samples, np.random.default_rng(seed))))


def test_errors_have_the_spread_that_was_asked_for_and_shift_no_mean():
    found = drawn([[500, 8], [500, 5]])

    assert found[:, 0, 0].mean() == pytest.approx(500, rel=0.01)
    assert found[:, 0, 0].std() == pytest.approx(100, rel=0.05)
    assert np.corrcoef(found[:, 0, 0], found[:, 1, 0])[0, 1] == pytest.approx(0, abs=0.05)
    for item, level in enumerate((8, 5)):
        assert found[:, item, 1].mean() == pytest.approx(level, rel=0.02)
        assert found[:, item, 1].std() == pytest.approx(0.2 * level, rel=0.06)
        assert set(np.unique(found[:, item, 1])) <= {3, 5, 8, 13}


def test_nothing_leaves_its_scale_and_an_end_has_one_neighbor():
    found = drawn([[1000, 20], [0, 1]], spread=0.9)

    assert found[:, :, 0].min() >= 0
    assert found[:, :, 0].max() == 1000
    assert set(np.unique(found[:, 0, 1])) == {13, 20}
    assert set(np.unique(found[:, 1, 1])) == {1, 2}
    assert (found[:, 0, 1] == 13).mean() == pytest.approx(0.5, abs=0.03)
    assert (found[:, 1, 0] == 0).all()


def test_a_level_of_zero_is_varied_by_its_nearest_step():
    scale = (Level(0, "None"), Level(1, "Low"), Level(2, "High"))
    model = Definition(Kind.CLASSES, (CriterionSpec("v", "V", lowest=0, highest=2, levels=scale),))

    found = np.array(list(draw_values(model, np.zeros((1, 1)), 0.3, 4_000, np.random.default_rng(2))))

    assert (found == 1).mean() == pytest.approx(0.09, abs=0.02)


def test_what_is_missing_or_off_its_scale_stays_missing_and_the_seed_decides():
    given = [[np.nan, np.nan], [2000, 7], [10, 3]]
    found = drawn(given, samples=20)

    assert np.isnan(found[:, :2]).all()
    assert np.array_equal(found, drawn(given, samples=20), equal_nan=True)
    assert not np.array_equal(found, drawn(given, samples=20, seed=2), equal_nan=True)
    assert np.array_equal(drawn([[10, 3]], spread=0, samples=2), np.array([[[10, 3]]] * 2, dtype=float))


def test_a_negative_spread_is_refused_and_no_items_are_no_items():
    with pytest.raises(ValueError, match="0 or more"):
        drawn([[1, 1]], spread=-0.1)
    assert drawn(np.empty((0, 2)), samples=3).shape == (3, 0, 2)
