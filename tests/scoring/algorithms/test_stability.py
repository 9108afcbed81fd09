"""How firm ranks are: draws against what can be worked out, flips against algebra."""

import numpy as np
import pytest

from scoring.algorithms.stability import (
    by_weights,
    disagreement,
    draw_raters,
    draw_weights,
    flips,
    stability,
    with_share,
)

NAN = float("nan")


def rng(seed=1):
    return np.random.default_rng(seed)


def test_draws_of_weights_sum_to_one_around_the_chosen_ones_with_the_spread_asked_for():
    drawn = draw_weights(np.array([1.0, 1.0, 1.0, 1.0]), 0.2, 20_000, rng())

    assert drawn.sum(axis=1) == pytest.approx(1)
    assert drawn.mean(axis=0) == pytest.approx(0.25, abs=0.002)
    assert drawn.std(axis=0) / 0.25 == pytest.approx(0.2, abs=0.01)


def test_a_weight_of_zero_stays_zero_and_no_spread_draws_nothing():
    assert (draw_weights(np.array([2.0, 0.0, 1.0]), 0.5, 50, rng())[:, 1] == 0).all()
    assert draw_weights(np.array([3.0, 1.0]), 0, 2, rng()).tolist() == [[0.75, 0.25]] * 2


def test_the_same_seed_draws_the_same():
    one, other = (draw_weights(np.array([1.0, 2.0]), 0.3, 9, rng(7)) for _ in range(2))

    assert (one == other).all()


def test_an_item_that_is_best_by_every_criterion_is_core_and_the_worst_is_out():
    values = np.array([[1.0, 1.0], [0.7, 0.3], [0.3, 0.7], [0.0, 0.0]])

    found = stability(by_weights(values, draw_weights(np.ones(2), 0.5, 4_000, rng())), top=2)

    assert [found.verdict(item) for item in range(4)] == ["core", "border", "border", "out"]
    assert found.in_top[1] == pytest.approx(0.5, abs=0.03)  # the two are each other's mirror
    assert found.quantiles[0].tolist() == [1] * 5
    assert found.quantiles[1].tolist() == [2, 2, pytest.approx(2, abs=1), 3, 3]


def test_an_item_without_a_score_has_no_share_and_no_rank():
    found = stability(by_weights(np.array([[NAN, 1.0], [0.5, 0.5]]), np.full((10, 2), 0.5)), top=1)

    assert found.verdict(0) == ""
    assert found.quantiles.tolist() == [[0] * 5, [1] * 5]


def test_no_draws_and_no_items_have_an_answer():
    assert stability(iter(()), 3).samples == 0
    assert stability(iter([np.empty((5, 0))]), 3).in_top.tolist() == []


def test_each_draw_of_raters_takes_one_voice_of_those_who_spoke():
    voices = np.array([[[1.0, NAN]], [[3.0, NAN]], [[NAN, NAN]]])

    drawn = np.array(list(draw_raters(voices, 2_000, rng())))

    assert set(drawn[:, 0, 0]) == {1.0, 3.0}
    assert drawn[:, 0, 0].mean() == pytest.approx(2, abs=0.1)
    assert np.isnan(drawn[:, 0, 1]).all()


def test_a_flip_is_where_algebra_says():
    values = np.array([[0.9, 0.2], [0.4, 0.8]])  # 0.9 w + 0.2 (1 - w) = 0.4 w + 0.8 (1 - w) at w = 6/11

    found = flips(lambda weights: values @ weights, np.array([0.7, 0.3]), [(0, 1)])

    assert len(found) == 1
    assert (found[0].criterion, found[0].now) == (0, pytest.approx(0.7))
    assert found[0].at == pytest.approx(6 / 11)


def test_a_pair_that_no_single_weight_swaps_is_not_told():
    values = np.array([[0.9, 0.9], [0.4, 0.8]])

    assert flips(lambda weights: values @ weights, np.ones(2), [(0, 1)]) == []


@pytest.mark.parametrize("seed", range(20))
def test_every_flip_turns_the_order_of_its_pair_on_both_sides(seed):
    random = np.random.default_rng(seed)
    values, weights = random.random((6, 4)), random.random(4) + 0.1
    order = np.argsort(-(values @ (weights / weights.sum())))
    pairs = [(int(order[n]), int(order[n + 1])) for n in range(5)]

    for flip in flips(lambda given: values @ given, weights, pairs):
        toward = 1e-4 * np.sign(flip.at - flip.now)
        before = values @ with_share(weights / weights.sum(), flip.criterion, flip.at - toward)
        after = values @ with_share(weights / weights.sum(), flip.criterion, min(max(flip.at + toward, 0), 1))
        assert before[flip.ahead] > before[flip.behind]
        assert after[flip.ahead] < after[flip.behind]


def test_disagreement_is_nothing_where_all_agree_and_one_where_half_stand_at_each_end():
    voices = np.array([[[1.0, 1.0, 3.0]], [[1.0, 5.0, NAN]]])

    found = disagreement(voices, np.ones(3), np.full(3, 5.0))

    assert found[0, :2].tolist() == [0, 1]
    assert np.isnan(found[0, 2])
