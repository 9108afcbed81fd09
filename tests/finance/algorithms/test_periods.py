"""Months, fiscal years and quarters."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finance.algorithms.periods import fiscal_quarter, fiscal_year, fiscal_years
from resources.algorithms.months import distance, months_between, plus_months

days = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("day", "first_month", "year", "quarter"),
    [
        (date(2026, 11, 29), 1, "FY2026", "Q4 FY2026"),
        (date(2026, 11, 29), 4, "FY2027", "Q3 FY2027"),  # as the governments of Canada and India
        (date(2026, 11, 29), 10, "FY2027", "Q1 FY2027"),  # as that of the United States
        (date(2026, 6, 30), 7, "FY2026", "Q4 FY2026"),  # as that of Australia
    ],
)
def test_a_fiscal_year_is_named_for_the_year_in_which_it_ends(day, first_month, year, quarter):
    assert fiscal_year(day, first_month).label == year
    assert fiscal_quarter(day, first_month).label == quarter


def test_months_are_counted_and_listed():
    assert months_between(date(2026, 11, 29), date(2027, 1, 3)) == [
        date(2026, 11, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
    ]
    assert months_between(date(2027, 1, 1), date(2026, 12, 31)) == []
    assert distance(date(2026, 11, 29), date(2025, 10, 1)) == -13


@given(days, st.integers(1, 12))
def test_a_day_lies_in_its_year_of_twelve_months_and_its_quarter_of_three(day, first_month):
    year, quarter = fiscal_year(day, first_month), fiscal_quarter(day, first_month)

    assert year.start_date <= quarter.start_date <= day <= quarter.finish_date <= year.finish_date
    assert (len(year.months), len(quarter.months)) == (12, 3)
    assert year.start_date.month == first_month
    assert fiscal_years([day, year.start_date], first_month) == [year]


@given(days, st.integers(-500, 500))
def test_adding_months_and_counting_them_are_each_others_reverse(day, count):
    assert distance(day, plus_months(day, count)) == count
