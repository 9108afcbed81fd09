"""How firm a ranking is: seeded, told in words, and true on both sides of each turning point."""

import numpy as np
import pytest

from scoring.algorithms.definition import CriterionSpec, Definition, Kind
from scoring.algorithms.firmness import Asked, firmness, flip_words, pairs_to_look_at, result_of, turning_points
from scoring.algorithms.stability import with_share
from scoring.algorithms.weighing import shares, weighted_scores

WEIGHTED = Definition(
    Kind.WEIGHTED,
    (
        CriterionSpec("value", "Customer value", weight=70),
        CriterionSpec("fit", "Strategic fit", weight=30),
        CriterionSpec("idle", "Idle", weight=0),
    ),
)
FORMULA = Definition(
    Kind.FORMULA,
    (CriterionSpec("reach", "Reach", highest=1000), CriterionSpec("effort", "Effort", lowest=0.5, highest=20)),
    "reach / effort",
)
NAN = np.nan
#: The first is ahead by value, the second by fit; the third is far behind, the fourth has no score.
VALUES = np.array([[9, 3, NAN], [7, 7, 1], [1, 1, NAN], [NAN, 9, 9]], dtype=np.float64)


def asked(definition=WEIGHTED, values=VALUES, **more):
    given = {"top": 1, "samples": 400, "spread": 0.3, "seed": 5, **more}
    return Asked(definition, np.array(values, dtype=np.float64), {}, **given)


def test_the_same_seed_gives_the_same_and_another_does_not():
    first, again, other = (firmness(asked(seed=seed)) for seed in (5, 5, 6))

    assert np.array_equal(first.in_top, again.in_top, equal_nan=True)
    assert np.array_equal(first.quantiles, again.quantiles)
    assert not np.array_equal(first.in_top, other.in_top, equal_nan=True)


def test_rivals_are_at_the_border_and_what_has_no_score_has_no_share():
    found = firmness(asked())

    assert [found.verdict(item) for item in range(4)] == ["border", "border", "out", ""]
    assert found.in_top[0] + found.in_top[1] == pytest.approx(1)


def test_a_turning_point_is_where_the_order_turns():
    (flip,) = [one for one in turning_points(asked()) if one.behind == 0 or one.ahead == 0]
    scores = [
        weighted_scores(VALUES, WEIGHTED.ranges, with_share(shares(WEIGHTED.weights), flip.criterion, flip.at + step))
        for step in (-1e-4, 1e-4)
    ]

    # 9 v + 3 f = 7 v + 7 f with v + f = 1: f is a third; it weighs 0.3 now, and the first is ahead.
    assert (flip.ahead, flip.behind) == (0, 1)
    assert flip.at == pytest.approx(1 / 3 if flip.criterion == 1 else 2 / 3)
    assert (scores[0][0] - scores[0][1]) * (scores[1][0] - scores[1][1]) < 0
    names = {0: "A", 1: "B"}
    assert flip_words(flip, names, WEIGHTED) in (
        "“A” stays above “B” until Strategic fit weighs 33 % or more (now 30 %).",
        "“A” stays above “B” until Customer value weighs 67 % or less (now 70 %).",
    )


def test_a_formula_has_no_weights_and_its_values_are_varied():
    close = asked(FORMULA, [[500, 5], [520, 5.3], [10, 10], [NAN, 3]])

    assert turning_points(close) == []
    assert [firmness(close).verdict(item) for item in range(4)] == ["border", "border", "out", ""]
    assert firmness(asked(FORMULA, [[500, 5], [520, 5.3]], spread=0)).in_top.tolist() == [1, 0]


@pytest.mark.parametrize("definition", [WEIGHTED, FORMULA])
def test_raters_who_disagree_make_a_firm_rank_soft(definition):
    values = [[8, 5, 5], [5, 5, 5]] if definition is WEIGHTED else [[800, 5], [400, 5]]
    given = np.array(values, dtype=np.float64)
    split = np.stack([given, given[::-1]])
    alone, heard = (asked(definition, values, voices=voices, spread=0.01) for voices in (None, split))

    assert firmness(alone).in_top.tolist() == [1, 0]
    assert 0.5 < firmness(heard).in_top[0] < 0.9  # equals stand in their order
    result = result_of(heard, [{"id": 1, "name": "A"}, {"id": 2, "name": "B"}])
    assert result["raters"] == 2
    assert result["items"][0]["disagreement"] > 0
    assert result_of(alone, [{"id": 1, "name": "A"}, {"id": 2, "name": "B"}])["items"][0]["disagreement"] is None


def test_a_result_lists_items_by_rank_and_reports_how_far_it_is():
    done = []
    result = result_of(asked(samples=600), [{"id": n, "name": f"I{n}"} for n in range(4)], done.append)

    assert [row["id"] for row in result["items"]] == [0, 1, 2, 3]
    assert [row["verdict"] for row in result["items"]] == ["border", "border", "out", ""]
    assert len(result["items"][0]["quantiles"]) == 5
    assert result["items"][3]["score"] is None
    assert done == [250, 500, 600]
    assert result["flips"][0]["sentence"].startswith("“I0” stays above “I1” until")


def test_pairs_are_neighbors_and_those_around_the_line():
    assert pairs_to_look_at([7, 8, 9], 1) == [(7, 8), (8, 9), (7, 9)]
    assert pairs_to_look_at([], 3) == []
    many = pairs_to_look_at(list(range(2_000)), 500)
    assert len(many) == 39 + 9
    assert (498, 501) in many


def test_no_items_are_no_items():
    result = result_of(asked(values=np.empty((0, 3))), [])

    assert (result["items"], result["flips"]) == ([], [])
