"""Kano's pair of questions against the published evaluation table (Berger et al. 1993)."""

import pytest

from scoring.algorithms.kano import ANSWERS, has_kano_classes, kano_class
from scoring.algorithms.templates import TEMPLATES

LIKE, EXPECT, NEUTRAL, LIVE_WITH, DISLIKE = range(5)


def found(there, missing):
    try:
        return kano_class(there, missing)
    except ValueError:
        return "Questionable"


def test_the_corners_and_the_middle_are_as_published():
    assert found(LIKE, DISLIKE) == "Performance"
    assert {found(LIKE, missing) for missing in (EXPECT, NEUTRAL, LIVE_WITH)} == {"Attractive"}
    assert {found(there, DISLIKE) for there in (EXPECT, NEUTRAL, LIVE_WITH)} == {"Must-be"}
    assert {found(there, LIKE) for there in (EXPECT, NEUTRAL, LIVE_WITH, DISLIKE)} == {"Reverse"}
    assert {found(DISLIKE, missing) for missing in (EXPECT, NEUTRAL, LIVE_WITH)} == {"Reverse"}
    middle = (EXPECT, NEUTRAL, LIVE_WITH)
    assert {found(there, missing) for there in middle for missing in middle} == {"Indifferent"}
    assert found(LIKE, LIKE) == found(DISLIKE, DISLIKE) == "Questionable"


def test_of_25_pairs_so_many_lead_to_each_class():
    counts = [found(there, missing) for there in range(5) for missing in range(5)]

    assert len(ANSWERS) == 5
    assert {name: counts.count(name) for name in counts} == {
        "Questionable": 2, "Attractive": 3, "Performance": 1, "Must-be": 3, "Indifferent": 9, "Reverse": 7,
    }  # fmt: skip


def test_what_contradicts_itself_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="contradict each other"):
        kano_class(LIKE, LIKE)


def test_the_template_has_all_the_classes():
    [criterion] = TEMPLATES["kano"].definition.criteria

    assert has_kano_classes([level.name for level in criterion.levels])
    assert not has_kano_classes(["Must", "Should", "Could", "Won't"])
