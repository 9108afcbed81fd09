"""How firm ranks are, and numbers as they are typed."""

from decimal import Decimal

import numpy as np
import pytest

from scoring.algorithms.definition import CriterionSpec, Definition, Kind
from scoring.algorithms.firmness import drawn_scores, moves, spoken, varied
from scoring.algorithms.stability import stability
from scoring.algorithms.templates import TEMPLATES
from scoring.algorithms.typed import typed_number, typed_share

RICE = TEMPLATES["rice"].definition
#: Reach, impact, confidence, effort.
VALUES = np.array([[1850, 2, 0.8, 14], [2400, 1, 0.9, 11], [160, 0.25, 0.9, 4], [900, 3, np.nan, 12]], dtype=float)


def drawn(definition, values, voices=None, spread=0.2, samples=400):
    rng = np.random.default_rng(1)
    return drawn_scores(definition, values, {}, spread=spread, samples=samples, rng=rng, voices=voices)


def test_values_vary_by_themselves_within_the_spread_and_stay_on_their_scales():
    found = varied(RICE, VALUES, 0.2, 4000, np.random.default_rng(1))

    reach = found[:, 0, 0]
    assert reach.min() >= 1850 * 0.8
    assert reach.max() <= 1850 * 1.2
    assert reach.std() == pytest.approx(1850 * 0.2 / np.sqrt(3), rel=0.05)
    assert found[:, :, 2][:, :3].max() <= 1
    assert np.isnan(found[:, 3, 2]).all()
    assert np.corrcoef(found[:, 0, 0], found[:, 1, 0])[0, 1] == pytest.approx(0, abs=0.05)


def test_a_level_moves_one_step_with_half_of_the_spread_as_chance_of_each_way():
    found = varied(RICE, VALUES, 0.2, 10_000, np.random.default_rng(1))

    levels, counts = np.unique(found[:, 0, 1], return_counts=True)
    assert levels.tolist() == [1, 2, 3]
    assert counts / 10_000 == pytest.approx([0.1, 0.8, 0.1], abs=0.01)
    assert np.unique(found[:, 2, 1]).tolist() == [0.25, 0.5]  # at the end there is no further one


def test_an_item_without_a_score_has_no_bar_and_the_same_seed_draws_the_same():
    first = stability(drawn(RICE, VALUES), 2)
    again = stability(drawn(RICE, VALUES), 2)

    assert (first.quantiles == again.quantiles).all()
    assert first.quantiles[3].tolist() == [0] * 5
    assert np.isnan(first.in_top[3])
    assert first.in_top[2] == 0
    assert first.in_top[:2].tolist() == [1, 1]


def test_weights_are_drawn_for_a_weighted_model_and_its_values_stay():
    criteria = (CriterionSpec("a", "A"), CriterionSpec("b", "B"), CriterionSpec("c", "C", weight=0))
    model = Definition(Kind.WEIGHTED, criteria)
    values = np.array([[10, 0, np.nan], [0, 10, 1], [5, 5, np.nan], [1, 1, 1]], dtype=float)
    found = np.concatenate(list(drawn(model, values)))

    assert np.allclose(found[:, 0] + found[:, 1], 100)
    assert np.allclose(found[:, 2], 50)
    assert found[:, 0].std() == pytest.approx(10, rel=0.2)
    assert np.allclose(np.concatenate(list(drawn(model, values, spread=0)))[:, 0], 50)


def test_votes_of_two_raters_or_more_are_drawn_in_place_of_the_score():
    model = Definition(Kind.WEIGHTED, (CriterionSpec("a", "A"),))
    voices = np.array([[[2.0], [9.0]], [[8.0], [np.nan]]])
    found = np.concatenate(list(drawn(model, np.array([[5.0], [5.0]]), voices)))

    assert sorted(set(found[:, 0].round(6))) == [20, 80]
    assert set(found[:, 1]) == {50}


def test_classes_and_nothing_are_not_drawn():
    assert list(drawn(TEMPLATES["moscow"].definition, np.array([[1.0]]))) == []
    assert list(drawn(RICE, np.empty((0, 4)))) == []


def test_raters_are_split_by_two_levels_or_a_fifth_of_a_scale():
    voices = np.full((3, 2, 4), np.nan)
    voices[:, 0, 1], voices[:, 1, 1] = [0.5, 1, 2], [1, 2, 2]
    voices[:, 0, 2], voices[:2, 1, 2] = [0.3, 0.35, 0.8], [0.5, 0.6]

    assert [one.is_split for one in spoken(RICE, voices, 1)] == [True, False]
    assert [one.is_split for one in spoken(RICE, voices, 2)] == [True, False]
    assert spoken(RICE, voices, 2)[0].middle == pytest.approx(0.35)
    assert spoken(RICE, voices, 0) == [None, None]


def test_moves_are_read_among_the_items_that_both_rankings_rank():
    now = np.array([1, 2, 3, 0, 4])

    assert moves(now, [5, 1, None, 2, 9]) == [1, -1, None, None, 0]
    assert moves(np.array([], dtype=int), []) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,850", "1850"), ("1 850", "1850"), ("1,850.5", "1850.5"), ("0.5", "0.5"), ("0,5", "0.5"), (".5", "0.5"),
        ("−3", "-3"), ("3.", "3"), ("12,5", "12.5"), ("0,125", "0.125"),
    ],
)  # fmt: skip
def test_a_number_is_read_as_people_type_it(text, value):
    assert typed_number(text) == Decimal(value)


def test_what_is_no_number_is_refused_in_words():
    for text in ("many", "1,2,3", "1.2.3", "--1", "NaN", "1e5", "9" * 50):
        with pytest.raises(ValueError, match="no number"):
            typed_number(text)
    assert typed_number(" – ") is None
    assert [typed_share(text) for text in ("80", "80%", "80 %", "")] == [Decimal("0.8")] * 3 + [None]
