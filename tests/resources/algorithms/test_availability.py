"""How much of people's time there is: cases worked by hand, and any case against a count day by day."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.algorithms.availability import (
    MICRO,
    Away,
    Employed,
    Months,
    available,
    fte_of,
    minutes_by_day,
    summed,
)
from resources.algorithms.calendar_year import months_of
from resources.algorithms.calendars import OFFICE_HOURS, STANDARD, Calendar, CalendarException, EffectiveWeek

MARCH = Months.between(date(2026, 3, 1), date(2026, 3, 31))  # 22 working days
FIRST_QUARTER = Months.between(date(2026, 1, 1), date(2026, 3, 1))
MORNINGS = Calendar("Mornings", (((480, 720),),) * 5 + ((), ()))
SUMMER_OFF = Calendar(
    "Summer off", (OFFICE_HOURS,) * 5 + ((), ()), (CalendarException(date(2026, 7, 1), date(2026, 7, 31)),)
)


def fte(people, absences=(), calendars=(STANDARD,), months=MARCH):
    return [[fte_of(cell) for cell in row] for row in available(people, absences, calendars, months).tolist()]


def test_who_works_the_whole_month_gives_the_contract_whatever_the_month():
    assert fte([Employed(0, 80)], months=FIRST_QUARTER) == [[Decimal("0.8")] * 3]


def test_half_days_by_contract_and_half_days_by_calendar_are_both_one_contract():
    assert fte([Employed(1, 50)], calendars=(STANDARD, MORNINGS)) == [[Decimal("0.5")]]


def test_who_begins_in_the_middle_gives_the_working_days_from_the_first_day_on():
    """Monday 16 March: 12 of 22 working days."""
    assert fte([Employed(0, 100, first=date(2026, 3, 16))]) == [[Decimal("0.545455")]]


def test_the_last_day_is_worked():
    """Until Friday 6 March: 5 of 22 working days."""
    assert fte([Employed(0, 100, last=date(2026, 3, 6))]) == [[Decimal("0.227273")]]


def test_who_left_before_or_comes_after_gives_nothing():
    people = [Employed(0, 100, last=date(2025, 12, 31)), Employed(0, 100, first=date(2026, 4, 1))]
    assert fte(people, [Away(0, date(2026, 3, 2), date(2026, 3, 3))]) == [[0], [0]]


def test_a_week_off_and_a_half_day_are_taken_away():
    """22 days less 5, less a half: 16.5 of 22 is 0.75."""
    absences = [Away(0, date(2026, 3, 7), date(2026, 3, 13)), Away(0, date(2026, 3, 17), date(2026, 3, 17), 50)]
    assert fte([Employed(0, 100)], absences) == [[Decimal("0.75")]]


def test_absences_of_one_day_add_up_to_the_whole_day_at_most():
    """Monday 2 March: a half and a whole day away are one day; Tuesday: 25 % and 25 % are a half. 20.5 of 22."""
    monday, tuesday = date(2026, 3, 2), date(2026, 3, 3)
    absences = [
        Away(0, monday, monday, 50),
        Away(0, monday, monday),
        Away(0, tuesday, tuesday, 25),
        Away(0, tuesday, tuesday, 25),
    ]
    assert fte([Employed(0, 100)], absences) == [[Decimal("0.931818")]]


def test_an_absence_over_three_months_is_taken_from_each():
    """16 January to 13 February 2026: 11 of 22 days of January, 10 of 20 of February."""
    away = [Away(0, date(2026, 1, 16), date(2026, 2, 13))]
    assert fte([Employed(0, 100)], away, months=FIRST_QUARTER) == [[Decimal("0.5"), Decimal("0.5"), Decimal(1)]]


def test_an_absence_outside_the_employment_takes_nothing():
    away = [Away(0, date(2026, 3, 2), date(2026, 3, 13))]
    assert fte([Employed(0, 100, first=date(2026, 3, 16))], away) == [[Decimal("0.545455")]]


def test_a_month_without_working_time_on_the_calendar_gives_nothing():
    months = Months.between(date(2026, 6, 1), date(2026, 8, 1))
    assert fte([Employed(0, 100)], calendars=(SUMMER_OFF,), months=months) == [[1, 0, 1]]


def test_a_holiday_takes_nothing_from_the_share():
    """The calendar's month is what a full contract is measured by."""
    feast = Calendar("Feast", STANDARD.week, (CalendarException(date(2026, 3, 2), date(2026, 3, 20)),))
    assert fte([Employed(0, 100)], calendars=(feast,)) == [[1]]


def test_nobody_is_no_row():
    assert available([], [], [STANDARD], FIRST_QUARTER).shape == (0, 3)


def test_groups_are_the_sums_of_their_people_and_minus_one_is_in_none():
    rows = available([Employed(0, 100), Employed(0, 50), Employed(0, 25)], [], [STANDARD], MARCH)
    assert summed(rows, np.array([1, 1, -1]), 2).tolist() == [[0], [1_500_000]]


def test_months_run_from_the_one_of_the_first_day_to_the_one_of_the_last():
    assert Months.between(date(2025, 12, 31), date(2026, 1, 1)).firsts == (date(2025, 12, 1), date(2026, 1, 1))
    with pytest.raises(ValueError, match="cannot be before"):
        Months.between(date(2026, 2, 1), date(2026, 1, 31))


DAYS = st.dates(date(2025, 12, 1), date(2026, 5, 31))
SPANS = st.tuples(DAYS, DAYS).map(sorted)
SHIFTS = st.sampled_from([(), OFFICE_HOURS, ((480, 720),), ((1320, 1800),), ((0, 1440),)])
WEEKS = st.lists(SHIFTS, min_size=7, max_size=7).map(tuple)
CALENDARS = st.builds(
    lambda week, exceptions, others: Calendar(
        "Any",
        week,
        tuple(CalendarException(*span, shifts) for span, shifts in exceptions),
        tuple(EffectiveWeek(*span, other) for span, other in others),
    ),
    WEEKS,
    st.lists(st.tuples(SPANS, SHIFTS), max_size=3),
    st.lists(st.tuples(SPANS, WEEKS), max_size=2),
)
PEOPLE = st.builds(
    lambda calendar, share, first, last: Employed(calendar, share, first, last if not first or last > first else None),
    st.integers(0, 1),
    st.integers(0, 200),
    st.none() | DAYS,
    DAYS,
)
ABSENCES = st.builds(
    lambda person, span, share: Away(person, *span, share), st.integers(0, 2), SPANS, st.integers(1, 100)
)


def counted(person, absences, calendar, month):
    """The definition, day by day."""
    days = next(each for each in months_of(calendar, month.year) if each.first == month).days
    whole = sum(day.minutes for day in days)
    worked = Fraction(0)
    for day in days:
        if (person.first and day.date < person.first) or (person.last and day.date > person.last):
            continue
        away = sum(one.share for one in absences if one.first <= day.date <= one.last)
        worked += day.minutes * Fraction(100 - min(away, 100), 100)
    return Fraction(person.fte, 100) * worked / whole if whole else Fraction(0)


@settings(deadline=None)
@given(
    st.lists(PEOPLE, min_size=3, max_size=3),
    st.lists(ABSENCES, max_size=8),
    st.lists(CALENDARS, min_size=2, max_size=2),
)
def test_any_case_is_as_counted_day_by_day(people, absences, calendars):
    months = Months.between(date(2026, 1, 1), date(2026, 4, 1))
    rows = available(people, absences, calendars, months).tolist()
    for number, (person, row) in enumerate(zip(people, rows, strict=True)):
        theirs = [one for one in absences if one.person == number]
        for month, micro in zip(months.firsts, row, strict=True):
            exact = counted(person, theirs, calendars[person.calendar], month) * MICRO
            assert abs(exact - micro) <= Fraction(1, 2)


@given(CALENDARS, DAYS)
def test_minutes_of_a_day_are_those_of_the_calendars_picture(calendar, first):
    days = minutes_by_day(calendar, first, 40).tolist()
    told = {
        day.date: day.minutes
        for year in (first.year, first.year + 1)
        for m in months_of(calendar, year)
        for day in m.days
    }
    assert days == [told[first + timedelta(days=number)] for number in range(40)]
