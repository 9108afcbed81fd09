"""Own formulas: what they mean, what they refuse and where, and that one item is worked out as many are."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.algorithms.formula import FormulaError, evaluate, filled_in, in_words, parse, unit_of

NAN = float("nan")


def worth(text, **columns):
    return evaluate(parse(text), columns, None if columns else 1)


def one(text, **values):
    return float(worth(text, **{name: [value] for name, value in values.items()}).values[0])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("2 ^ 3 ^ 2", 512),
        ("-2 ^ 2", -4),
        ("2 ^ -1", 0.5),
        ("10 - 4 - 3", 3),
        ("100 / 10 / 2", 5),
        ("80%", 0.8),
        ("3 × 4 ÷ 2 − 1", 5),
        ("min(3, 1, 2) + max(4, 5)", 6),
        ("log(exp(2))", 2),
        ("log(100, 10)", 2),
        ("sqrt(16)", 4),
        ("abs(-3)", 3),
        ("round(2.5)", 3),
        ("round(1234, -2)", 1200),
        ("clamp(7, 1, 5)", 5),
        ("clamp(0, 1, 5)", 1),
        ("if(1 < 2, 10, 20)", 10),
        ("if(1 >= 2 or 3 != 3, 10, 20)", 20),
        ("if(not 1 = 2 and 2 <= 2, 10, 20)", 10),
        ("case(2, 1: 10, 2: 20, else: 0)", 20),
        ("case(3, 1: 10, 2: 20, else: 5)", 5),
        ("steps(37, 0: 1, 10: 2, 50: 3)", 2),
        ("steps(50, 0: 1, 10: 2, 50: 3)", 3),
        ("1e3", 1000),
    ],
)
def test_the_language_reckons_as_people_write(text, value):
    assert one(text) == pytest.approx(value)


def test_rice_as_intercom_defines_it():
    # McBride, “RICE: Simple prioritization for product managers” (Intercom): customers a quarter × impact from 0.25
    # (minimal) to 3 (massive) × confidence of 50, 80 or 100 % ÷ person-months.
    rice = "reach * impact * confidence / effort"

    assert one(rice, reach=2000, impact=2, confidence=0.8, effort=4) == 800
    assert one(rice, reach=1200 * 0.3, impact=3, confidence=0.5, effort=1) == 540


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ("", 0, "empty"),
        ("1 +", 3, "ends where"),
        ("1 + * 2", 4, "“*” stands"),
        ("(1 + 2", 0, "never closed"),
        ("1 + 2)", 5, "not expected"),
        ("reach impact", 6, "operator missing"),
        ("reech * 2", 0, "Is “reach” meant?"),
        ("2 * medan(3)", 4, "no function “medan”"),
        ("sqrt(1, 2)", 0, "takes 1 arguments; there are 2"),
        ("clamp(1)", 0, "takes 3 arguments"),
        ("reach > 3", 0, "where a number is needed"),
        ("if(reach, 1, 0)", 3, "where yes or no is needed"),
        ("1 < reach < 3", 10, "two numbers at a time"),
        ("reach # 2", 6, "“#” is no part"),
        ("min", 0, "needs its arguments"),
        ("case(reach)", 0, "needs at least one row"),
        ("case(reach, 1, 2)", 13, "value: result"),
        ("'text'", 0, "no part of a formula"),
        ("__import__(reach)", 0, "no function “__import__”"),
        ("reach.impact", 5, "no part of a formula"),
        ("1 + (2 > 1)", 2, "needs numbers"),
        ("9" * 400, 0, "too large"),
    ],
)
def test_a_mistake_is_told_with_its_character(text, position, says):
    with pytest.raises(FormulaError, match=None) as refused:
        parse(text, {"reach", "impact"})

    assert says in str(refused.value)
    assert refused.value.position == position


def test_a_mistake_is_pointed_at_in_its_line():
    with pytest.raises(FormulaError) as refused:
        parse("value /\n  * 2")

    assert refused.value.pointing("value /\n  * 2") == "  * 2\n  ^"


@pytest.mark.parametrize(
    "text",
    ["(" * 5_000 + "1" + ")" * 5_000, "1" + "+1" * 900, "(" * 60 + "1" + ")" * 60, "-" * 1_900 + "1", "2" + "^2" * 60],
    ids=["long", "many parts", "deep brackets", "many minuses", "a tower of powers"],
)
def test_size_and_depth_are_limited(text):
    with pytest.raises(FormulaError):
        parse(text)


def test_division_by_zero_is_told_of_its_item_and_the_others_stand():
    found = worth("value / effort", value=[10, 10, NAN], effort=[2, 0, 0])

    assert found.values[0] == 5
    assert np.isnan(found.values[1:]).all()
    assert (found.problem(1).sentence, found.problem(1).position) == ("divides by zero", 6)
    assert found.problem(0) is None
    assert found.problem(2) is None  # its value is missing, which is no mistake


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("log(x)", "takes the logarithm of a number that is not positive"),
        ("sqrt(x - 1)", "takes the square root of a negative number"),
        ("exp(1000) + x", "gets too large"),
        ("(x - 1) ^ 0.5", "raises to a power that has no value"),
        ("case(x, 1: 2)", "finds no row in a table without “else”"),
    ],
)
def test_what_has_no_value_says_why(text, sentence):
    assert worth(text, x=[0.0]).problem(0).sentence == sentence


def test_only_the_branch_that_an_item_takes_counts_for_it():
    found = worth("if(effort = 0, 0, value / effort)", value=[6, 6], effort=[0, 3])

    assert found.values.tolist() == [0, 2]
    assert not found.codes.any()


def test_missing_is_never_zero():
    assert math.isnan(one("a + b", a=1, b=NAN))
    assert math.isnan(one("max(a, b)", a=1, b=NAN))
    assert math.isnan(one("if(b > 0, 1, 2)", b=NAN))
    assert one("if(missing(b), 7, b)", b=NAN) == 7
    assert one("coalesce(b, a, 3)", a=NAN, b=NAN) == 3
    assert one("if(a > 0 or b > 0, 1, 2)", a=1, b=NAN) == 1
    assert one("if(a > 1 and b > 0, 1, 2)", a=1, b=NAN) == 2
    assert math.isnan(one("if(a > 0 and b > 0, 1, 2)", a=1, b=NAN))
    assert math.isnan(one("case(b, 1: 2, else: 3)", b=NAN))


def test_names_are_told_in_their_order_and_a_column_that_is_not_there_is_an_error():
    assert parse("b * a + b").names == ("b", "a")
    with pytest.raises(KeyError):
        evaluate(parse("a + b"), {"a": [1.0]})


def test_no_items_give_no_values():
    assert worth("a / b", a=np.empty(0), b=np.empty(0)).values.shape == (0,)


def test_a_formula_is_written_with_its_words_and_with_an_items_numbers():
    formula = parse("reach*impact * 80%/(effort - 1)")

    assert in_words(formula, {"reach": "Reach"}) == "Reach × impact × 80 % ÷ (effort − 1)"
    assert filled_in(formula, {"reach": "1,850", "impact": "2", "effort": "14"}) == "1,850 × 2 × 80 % ÷ (14 − 1)"
    assert filled_in(parse("a - (b - c)"), {"a": "1", "b": "2"}) == "1 − (2 − missing)"
    assert filled_in(parse("if(not a > 1, -b, steps(a, 0: 1, else: 2))"), {"a": "3", "b": "4"}) == (
        "if(not 3 > 1, −4, steps(3, 0: 1, else: 2))"
    )


def test_units_multiply_and_cancel_and_what_does_not_fit_is_noted():
    units = {"reach": "people", "effort": "person-months", "cost": "USD", "months": "months"}

    assert unit_of(parse("reach * 2 / effort"), units).text == "people / person-months"
    assert unit_of(parse("cost / months * months"), units).text == "USD"
    assert unit_of(parse("sqrt(cost ^ 2) + 5"), units).text == "USD"
    assert unit_of(parse("1 / (effort * months)"), units).text == "1 / (person-months × months)"
    odd = unit_of(parse("cost + months"), units)
    assert odd.notes == (("It adds USD and months.", 5),)
    assert unit_of(parse("if(cost > 100, cost, 0)"), units).notes == ()


# What any formula does to one item it does to it among many, and written out it means the same.
LEAVES = st.sampled_from(["a", "b", "c", "1", "2.5", "0", "40%"])


def _grow(inner):
    pair = st.tuples(inner, inner)
    return st.one_of(
        st.tuples(pair, st.sampled_from("+-*/")).map(lambda t: f"({t[0][0]} {t[1]} {t[0][1]})"),
        pair.map(lambda t: f"min({t[0]}, {t[1]})"),
        st.tuples(inner, inner, inner, st.sampled_from(["<", "<=", "=", "!="])).map(
            lambda t: f"if({t[0]} {t[3]} {t[1]}, {t[1]}, {t[2]})"
        ),
        inner.map(lambda t: f"sqrt(abs({t}))"),
        inner.map(lambda t: f"-{t}"),
        pair.map(lambda t: f"steps({t[0]}, 0: {t[1]}, 2: 5)"),
        pair.map(lambda t: f"coalesce({t[0]}, {t[1]})"),
    )


FORMULAS = st.recursive(LEAVES, _grow, max_leaves=12)
NUMBERS = st.lists(st.sampled_from([NAN, 0.0, 1.0, -2.0, 3.5, 10.0]), min_size=6, max_size=6)


@given(FORMULAS, NUMBERS, NUMBERS, NUMBERS)
def test_one_item_is_worked_out_as_it_is_among_many_and_as_the_formula_written_out_is(text, a, b, c):
    formula = parse(text)
    columns = {"a": np.array(a), "b": np.array(b), "c": np.array(c)}

    whole = evaluate(formula, columns, 6)
    again = evaluate(parse(in_words(formula, {})), columns, 6)

    np.testing.assert_array_equal(whole.values, again.values)
    for item in range(6):
        alone = evaluate(formula, {name: column[item : item + 1] for name, column in columns.items()}, 1)
        np.testing.assert_array_equal(alone.values, whole.values[item : item + 1])
        assert (alone.problem(0) is None) == (whole.problem(item) is None)
        assert whole.problem(item) is None or math.isnan(whole.values[item])
