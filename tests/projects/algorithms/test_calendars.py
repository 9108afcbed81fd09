"""Working time to the minute: where work begins and ends, and how much lies between."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.algorithms.calendars import (
    ALWAYS,
    DAY,
    OFFICE_HOURS,
    STANDARD,
    Calendar,
    CalendarException,
    EffectiveWeek,
    NoWorkingTime,
    WorkingTime,
    to_datetime,
    to_ticks,
)

EPOCH = datetime(2026, 1, 1)  # a Thursday
NIGHTS = Calendar("Nights", (((1320, 1800),),) * 5 + ((), ()))  # 22:00 to 06:00
HOLIDAY = Calendar("With holiday", STANDARD.week, (CalendarException(date(2026, 1, 5), date(2026, 1, 6)),))


def at(*parts: int) -> int:
    return to_ticks(datetime(2026, *parts), EPOCH)


def moment(ticks: int) -> datetime:
    return to_datetime(ticks, EPOCH)


def test_a_start_falls_on_the_next_working_instant_and_a_finish_on_the_previous_one():
    time = WorkingTime([STANDARD], EPOCH)

    assert moment(time.next_working(at(1, 3, 9))) == datetime(2026, 1, 5, 8)
    assert moment(time.previous_working(at(1, 3, 9))) == datetime(2026, 1, 2, 17)
    assert moment(time.next_working(at(1, 2, 12))) == datetime(2026, 1, 2, 13)
    assert moment(time.previous_working(at(1, 2, 13))) == datetime(2026, 1, 2, 12)
    assert time.next_working(at(1, 2, 9, 17)) == time.previous_working(at(1, 2, 9, 17)) == at(1, 2, 9, 17)


def test_a_day_of_work_ends_at_the_end_of_the_day_and_not_on_the_next_morning():
    time = WorkingTime([STANDARD], EPOCH)

    assert moment(time.shift(at(1, 2, 8), 4800)) == datetime(2026, 1, 2, 17)
    assert moment(time.shift(at(1, 5, 17), -4800)) == datetime(2026, 1, 5, 8)
    assert moment(time.shift(at(1, 2, 10), 4800)) == datetime(2026, 1, 5, 10)
    assert time.shift(at(1, 3, 9), 0) == at(1, 3, 9)
    assert time.between(at(1, 1), at(1, 8)) == 5 * 4800
    assert time.between(at(1, 8), at(1, 1)) == -5 * 4800


def test_a_shift_past_midnight_belongs_to_the_night_in_which_it_began():
    time = WorkingTime([NIGHTS], EPOCH)

    assert moment(time.next_working(at(1, 2, 20))) == datetime(2026, 1, 2, 22)
    assert moment(time.shift(at(1, 2, 22), 4800)) == datetime(2026, 1, 3, 6)
    assert moment(time.next_working(at(1, 3, 6))) == datetime(2026, 1, 5, 22)


def test_round_the_clock_time_and_working_time_are_the_same():
    time = WorkingTime([STANDARD, ALWAYS], EPOCH)

    assert time.shift(at(1, 3, 9), 7 * DAY, 1) == at(1, 10, 9)
    assert time.between(at(1, 3, 9), at(1, 10, 9), 1) == 7 * DAY


def test_exceptions_win_over_weeks_and_the_first_over_the_rest():
    worked = Calendar(
        "Half a Saturday",
        STANDARD.week,
        (
            CalendarException(date(2026, 1, 10), date(2026, 1, 10), ((540, 720),)),
            CalendarException(date(2026, 1, 8), date(2026, 1, 12)),
        ),
        (EffectiveWeek(date(2026, 1, 5), date(2026, 1, 9), (((600, 660),),) * 7),),
    )
    time = WorkingTime([HOLIDAY, worked], EPOCH)

    assert moment(time.shift(at(1, 2, 17), 10)) == datetime(2026, 1, 7, 8, 1)
    assert time.between(at(1, 5), at(1, 8), 1) == 3 * 600
    assert time.between(at(1, 8), at(1, 13), 1) == 1800
    assert time.between(at(1, 13), at(1, 14), 1) == 4800


def test_a_calendar_within_another_works_only_where_both_do():
    early = Calendar("Mornings", (((360, 600),),) * 7, within=STANDARD)
    time = WorkingTime([early], EPOCH)

    assert time.between(at(1, 5), at(1, 12)) == 5 * 1200
    assert moment(time.next_working(at(1, 5, 10))) == datetime(2026, 1, 6, 8)


def test_the_horizon_grows_with_what_is_asked():
    time = WorkingTime([STANDARD], EPOCH, -2, 2)

    assert time.shift(at(1, 1, 8), 260 * 30 * 4800) == to_ticks(datetime(2055, 11, 24, 17), EPOCH)
    assert time.between(to_ticks(datetime(1999, 1, 4), EPOCH), to_ticks(datetime(1999, 1, 11), EPOCH)) == 5 * 4800
    assert moment(time.next_working(to_ticks(datetime(1980, 1, 5), EPOCH))) == datetime(1980, 1, 7, 8)


@pytest.mark.parametrize(
    ("calendar", "sentence"),
    [
        (Calendar("Never", ((),) * 7), "The calendar “Never” has no working time, so nothing on it can be scheduled."),
        (Calendar("Inner", STANDARD.week, within=Calendar("Never", ((),) * 7)), "The calendar “Never” has no working"),
    ],
)
def test_a_calendar_that_never_works_is_refused(calendar, sentence):
    with pytest.raises(NoWorkingTime, match=sentence):
        WorkingTime([calendar], EPOCH)


def test_calendars_that_never_meet_and_absurd_durations_end_in_a_sentence():
    apart = Calendar("Apart", (((0, 60),),) * 7, within=Calendar("Late", (((120, 180),),) * 7))
    with pytest.raises(NoWorkingTime, match="further than 400 years"):
        WorkingTime([apart], EPOCH).shift(0, 10)
    with pytest.raises(NoWorkingTime, match="longer than 100 years"):
        WorkingTime([STANDARD], EPOCH).shift(0, 10**9 * DAY)


@pytest.mark.parametrize("shifts", [((600, 600),), ((-5, 60),), ((1440, 1500),), ((0, 2881),)])
def test_a_shift_that_does_not_begin_on_its_day_and_end_after_that_is_refused(shifts):
    with pytest.raises(ValueError, match="has a shift"):
        Calendar("Wrong", (shifts,) * 7)


def test_seconds_that_are_no_tenth_of_a_minute_are_cut_off():
    assert to_ticks(datetime(2026, 1, 1, 0, 1, 11), EPOCH) == 11
    assert to_ticks(datetime(2025, 12, 31, 23, 59, 55), EPOCH) == -1
    assert moment(11) == datetime(2026, 1, 1, 0, 1, 6)


def minutes_worked(calendar: Calendar, days: int) -> np.ndarray:
    """Minute by minute whether a calendar works, from the day before the epoch: what the engine must agree with."""
    works = np.zeros((days + 2) * 1440, dtype=bool)
    for number in range(-1, days):
        day = (EPOCH + timedelta(days=number)).date()
        shifts = next((one.shifts for one in calendar.exceptions if one.first <= day <= one.last), None)
        for start, end in calendar.week[day.weekday()] if shifts is None else shifts:
            works[(number + 1) * 1440 + start : (number + 1) * 1440 + end] = True
    return works[1440 : (days + 1) * 1440]


a_shift = st.tuples(st.integers(0, 1439), st.integers(1, 2880)).filter(lambda pair: pair[0] < pair[1])
some_shifts = st.lists(a_shift, max_size=3).map(tuple)
some_exceptions = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 3), some_shifts).map(
        lambda one: CalendarException(
            EPOCH.date() + timedelta(one[0]), EPOCH.date() + timedelta(one[0] + one[1]), one[2]
        )
    ),
    max_size=3,
).map(tuple)
some_calendars = st.builds(
    Calendar, st.just("Any"), st.lists(some_shifts, min_size=7, max_size=7).map(tuple), some_exceptions
).filter(lambda calendar: sum(end - start for shifts in calendar.week for start, end in shifts) > 600)


@settings(max_examples=150, deadline=None)
@given(some_calendars, st.integers(0, 20 * 1440), st.integers(1, 3000))
def test_it_agrees_with_counting_minute_by_minute(calendar, start, amount):
    works = minutes_worked(calendar, 80)
    time = WorkingTime([STANDARD, calendar], EPOCH)

    assert time.between(0, start * 10, 1) == works[:start].sum() * 10
    assert time.next_working(start * 10, 1) == (start + int(np.argmax(works[start:]))) * 10
    ends = start + np.flatnonzero(works[start:])[amount - 1] + 1 if works[start:].sum() >= amount else None
    if ends is not None:
        assert time.shift(start * 10, amount * 10, 1) == ends * 10
        back = time.shift(int(ends) * 10, -amount * 10, 1)
        assert back == time.next_working(start * 10, 1)


def test_many_instants_on_many_calendars_get_the_answers_that_each_gets_alone():
    calendars = [STANDARD, NIGHTS, ALWAYS, HOLIDAY, Calendar("Days", (OFFICE_HOURS,) * 7)]
    time, random = WorkingTime(calendars, EPOCH), np.random.default_rng(7)
    instants, which = random.integers(0, 60 * DAY, 300), random.integers(0, 5, 300)
    amounts = random.integers(-40_000, 40_000, 300)

    for question, more in (("next_working", ()), ("previous_working", ()), ("shift", (amounts,))):
        together = getattr(time, question)(instants, *more, which)
        for index in range(300):
            alone = WorkingTime([calendars[which[index]]], EPOCH)
            assert together[index] == getattr(alone, question)(int(instants[index]), *(int(m[index]) for m in more))
