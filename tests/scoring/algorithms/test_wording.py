"""What a model says in words, and how its versions differ."""

from dataclasses import replace

import numpy as np
import pytest

from scoring.algorithms.definition import CriterionSpec, Definition, Kind, Level
from scoring.algorithms.difference import differences
from scoring.algorithms.formula import evaluate, parse
from scoring.algorithms.formula.language import LANGUAGE
from scoring.algorithms.formula.parsing import FUNCTIONS, TABLES
from scoring.algorithms.ranking import score
from scoring.algorithms.templates import SOURCES, TEMPLATES
from scoring.algorithms.wording import filled_words, result_text, score_text, words_of


def test_every_word_of_the_language_is_told_with_an_example_that_can_be_reckoned():
    told = {entry.name for entry in LANGUAGE}

    assert {*FUNCTIONS, *TABLES} <= told
    for entry in LANGUAGE:
        formula = parse(entry.example, {"value", "effort", "class"})
        assert np.isfinite(evaluate(formula, {"value": 7.0, "effort": 4.0, "class": 1.0}).values)
    assert SOURCES.keys() == TEMPLATES.keys()


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("rice", "reach × impact × confidence ÷ effort"),
        ("wsjf", "(business value + time criticality + risk reduction or opportunity) ÷ job size"),
        ("weighted", "35 % customer value + 30 % strategic fit + 20 % effort + 15 % risk"),
        ("moscow", "Must, Should, Could, Won't"),
    ],
)
def test_a_model_says_how_its_score_is_made(key, words):
    assert words_of(TEMPLATES[key].definition, {}) == words


def test_an_items_numbers_are_filled_in_with_what_is_missing_named():
    rice, weighted, kano = (TEMPLATES[key].definition for key in ("rice", "weighted", "kano"))
    values = np.array([1850, 2, 0.8, np.nan])

    assert filled_words(rice, values, {}) == "1,850 × 2 × 80 % ÷ missing"
    assert filled_words(weighted, np.array([10, 5.5, 1, 10]), {}) == "35 % × 100 + 30 % × 50 + 20 % × 100 + 15 % × 0"
    assert filled_words(kano, np.array([4.0]), {}) == "Must-be"
    ranked = score(rice, np.array([values, [1850, 2, 0.8, 14]]), {})
    assert result_text(rice, ranked, 0) == "no score: a value is missing"
    assert result_text(rice, ranked, 1) == "211"


@pytest.mark.parametrize(
    ("value", "text"),
    [(211.4, "211"), (12_345.6, "12,346"), (9.456, "9.46"), (0.04567, "0.0457"), (-3, "−3"), (0, "0"), (1e-6, "1e−06")],
)
def test_a_score_is_told_in_three_figures(value, text):
    assert score_text(value) == text
    assert score_text(float("nan")) == "–"


def spec(key, **more):
    return CriterionSpec(key, key.title(), **more)


def model(*criteria, kind=Kind.WEIGHTED, formula=""):
    return Definition(kind, criteria, formula)


def test_versions_differ_in_sentences():
    low, high = Level(1, "Low", "Few."), Level(3, "High", "Many.")
    before = model(spec("value", weight=3), spec("risk"), spec("size", unit="%", lowest=0, highest=1), spec("old"))
    after = model(
        spec("size", unit="%", lowest=0.1, highest=1, is_lower_better=True),
        spec("value", weight=1, levels=(low, high)),
        replace(spec("risk"), key="hazard", meaning="What may go wrong."),
        spec("new", weight=0),
    )

    assert differences(before, after) == [
        "Added “New” (new), 0 to 10.",
        "Took out “Old” (old).",
        "“Size”: lower is better.",
        "Scale of “Size”: 0 to 100 % → 10 to 100 %.",
        "“Value” has levels.",
        "“Risk” in formulas: risk → hazard.",
        "“Risk” means: What may go wrong.",
        "Weights: Size 16.7 % → 33.3 %, Value 50 % → 33.3 %, Risk 16.7 % → 33.3 %.",
        "The criteria stand in another order.",
    ]
    assert differences(before, before) == []
    assert any("has no levels" in change for change in differences(after, before))


def test_a_formula_a_kind_and_single_levels_differ_too():
    scale = (Level(1, "Low"), Level(2, "Mid"), Level(3, "High"))
    before = model(spec("value", levels=scale), kind=Kind.FORMULA, formula="value")
    other = (Level(1, "Small"), Level(2, "Mid", "Some."), Level(4, "Huge"))
    after = model(spec("value", levels=other), kind=Kind.FORMULA, formula="value ^ 2")

    assert differences(before, after) == [
        "Formula: value → value ^ 2.",
        "“Value”: level 4 “Huge” added.",
        "“Value”: level 3 “High” taken out.",
        "“Value”: level 1 is “Small”",
        "“Value”: level 2 means: Some.",
    ]
    assert differences(before, model(spec("value", levels=scale)))[0] == (
        "Scores come from weighted criteria, before from a formula."
    )
