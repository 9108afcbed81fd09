"""Dates, amounts, shares and days as people write them."""

import contextlib
import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.algorithms.values import Ambiguous, NotRead, is_nothing, parse_date, parse_days, parse_number

DAY = datetime.date(2026, 3, 4)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-04",
        "2026/3/4",
        "2026.03.04",
        "20260304",
        "2026-03-04T00:00:00",
        "2026-03-04 13:45:10.123 +01:00",
        "4 Mar 2026",
        "4-Mar-26",
        "4. März 2026",
        "04/March/2026",
        "March 4, 2026",
        "Mar 4 2026",
        "Wed, 4 Mar 2026",
        "4th March 2026",
        "04.03.2026".replace("04.03", "4.3"),
    ],
)
def test_a_day_that_can_only_be_one_is_read_without_asking(text):
    order = "dmy" if text == "4.3.2026" else ""
    assert parse_date(text, order) == DAY


@pytest.mark.parametrize(("text", "order"), [("04/03/2026", "dmy"), ("03/04/2026", "mdy"), ("46085", "excel")])
def test_a_day_in_two_ways_is_read_in_the_order_that_was_said(text, order):
    assert parse_date(text, order) == DAY


def test_a_day_in_two_ways_is_not_guessed():
    with pytest.raises(Ambiguous, match="with the day or the month first"):
        parse_date("03/04/2026")


def test_a_day_with_a_number_above_twelve_needs_no_order():
    assert parse_date("31/12/2026") == parse_date("12/31/2026") == datetime.date(2026, 12, 31)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("31/02/2026", "no day of the calendar"),
        ("2026-13-01", "no day of the calendar"),
        ("0211-01-01", "outside 1900 to 2200"),
        ("soon", "no date"),
        ("12", "no date"),
        ("2026", "no date"),
        ("", "no date"),
    ],
)
def test_what_is_no_day_is_refused_in_words(text, why):
    with pytest.raises(NotRead, match=why):
        parse_date(text)


@given(st.dates(datetime.date(1970, 1, 1), datetime.date(2068, 12, 31)), st.sampled_from("-/."))
def test_every_day_is_read_back_in_every_order(day, mark):
    assert parse_date(day.isoformat()) == day
    assert parse_date(f"{day:%d}{mark}{day:%m}{mark}{day:%Y}", "dmy") == day
    assert parse_date(f"{day:%m}{mark}{day:%d}{mark}{day:%y}", "mdy") == day
    assert parse_date(f"{day:%d %B %Y}") == day


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("1234.5", ".", "1234.5"),
        ("1,234,567.89", ".", "1234567.89"),
        ("1.234.567,89", ",", "1234567.89"),
        ("1 234,5", ",", "1234.5"),
        ("1'234.50", ".", "1234.50"),
        ("$6,279,429", ".", "6279429"),
        ("€ 5", ".", "5"),
        ("12,50 €", ",", "12.50"),
        ("USD 12", ".", "12"),
        ("(3.2)", ".", "-3.2"),
        ("-$3.20", ".", "-3.20"),
        ("−3", ".", "-3"),
        ("1.2M", ".", "1200000"),
        ("3 bn", ".", "3000000000"),
        ("250k", ".", "250000"),
        ("12%", ".", "0.12"),
        ("1.5e6", ".", "1500000"),
        ("0.042", ".", "0.042"),
        (".5", ".", "0.5"),
    ],
)
def test_an_amount_is_read_as_people_write_it(text, decimal, number):
    assert parse_number(text, decimal) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "decimal"), [("1,23", "."), ("1.234.5", "."), ("0.042", ","), ("12-13", "."), ("abc", "."), ("1,2,3", ".")]
)
def test_a_number_that_would_mean_something_else_is_refused(text, decimal):
    with pytest.raises(NotRead, match="no number"):
        parse_number(text, decimal)


@given(st.decimals(-(10**12), 10**12, places=2))
def test_every_amount_is_read_back_with_either_decimal_sign(amount):
    grouped = f"{amount:,.2f}"

    assert parse_number(grouped, ".") == amount
    assert parse_number(grouped.translate(str.maketrans(",.", ".,")), ",") == amount


@given(st.text(max_size=30), st.sampled_from([".", ","]))
def test_no_text_breaks_the_reading_of_numbers_and_days(text, decimal):
    for parse in (lambda: parse_number(text, decimal), lambda: parse_date(text), lambda: parse_days(text, decimal)):
        with contextlib.suppress(NotRead):
            parse()


def test_whole_days_may_be_written_as_a_fraction_but_not_be_one():
    assert parse_days("94.0") == 94
    assert parse_days("5 days") == 5
    with pytest.raises(NotRead, match="whole number"):
        parse_days("94.5")


@pytest.mark.parametrize("text", ["", " ", "N/A", "null", "NaN", "-", "#N/A", "None"])
def test_the_words_for_nothing_are_nothing(text):
    assert is_nothing(text)


@pytest.mark.parametrize("parse", [parse_date, parse_days, parse_number])
@pytest.mark.parametrize(
    "cell", ["1" + " " * 60_000 + "x", "1" * 60_000, "1 " * 30_000 + "x", "2026-01-05" + " " * 60_000 + "x"]
)
def test_a_very_long_cell_is_refused_unread_whatever_it_holds(parse, cell):
    with pytest.raises(NotRead):
        parse(cell)


def test_spaces_inside_a_value_count_once():
    assert parse_number("1   234,5", ",") == Decimal("1234.5")
    assert parse_days("12     days") == 12
    assert parse_date("5    Jul   2026") == datetime.date(2026, 7, 5)
