"""Split votes, moved ranks, and numbers as they are typed."""

from decimal import Decimal

import numpy as np
import pytest

from scoring.algorithms.marks import moves, spoken
from scoring.algorithms.templates import TEMPLATES
from scoring.algorithms.typed import typed_number, typed_share
from scoring.algorithms.voices import split

RICE = TEMPLATES["rice"].definition


def test_what_raters_said_is_placed_on_the_scale_and_split_by_the_rule_of_sessions():
    voices = np.full((3, 2, 4), np.nan)
    voices[:, 0, 1], voices[:, 1, 1] = [0.5, 1, 2], [1, 2, 2]
    voices[:, 0, 2], voices[:2, 1, 2] = [0.3, 0.35, 0.8], [0.5, 0.6]

    assert [one.is_split for one in spoken(RICE, voices, 1)] == [True, False]
    assert [one.is_split for one in spoken(RICE, voices, 2)] == [True, False]
    voices[:2, 0, 2], voices[2, 0, 2] = [0.5, 0.72], np.nan
    assert spoken(RICE, voices, 2)[0].is_split == split(voices, RICE.criteria)[0, 2]
    assert not spoken(RICE, voices, 2)[0].is_split, "22 % of the scale, but an index of 0.22"
    assert spoken(RICE, voices, 2)[0].middle == pytest.approx(0.61)
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
