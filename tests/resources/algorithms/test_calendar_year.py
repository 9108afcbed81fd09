"""A year of a calendar, day by day: what the week gives, what differs, and sums that agree with the engine."""

import random
from datetime import date, datetime, time

from resources.algorithms.calendar_year import DIFFERENT, HOLIDAY, OFF, WORK, months_of
from resources.algorithms.calendars import (
    STANDARD,
    TICKS_PER_MINUTE,
    Calendar,
    CalendarException,
    EffectiveWeek,
    working_intervals,
)

SUMMER = EffectiveWeek(date(2026, 7, 1), date(2026, 7, 31), (((360, 840),),) * 5 + ((), ()))
PLANT = Calendar(
    "Plant",
    STANDARD.week,
    (
        CalendarException(date(2026, 7, 3), date(2026, 7, 3)),
        CalendarException(date(2025, 12, 24), date(2026, 1, 2)),
        CalendarException(date(2026, 12, 31), date(2027, 1, 1), ((480, 720),)),
        CalendarException(date(2026, 12, 31), date(2026, 12, 31), ((0, 1440),)),
        CalendarException(date(2026, 1, 3), date(2026, 1, 3)),
    ),
    (SUMMER,),
)


def kinds(year=2026):
    return {day.date: (day.kind, day.minutes) for month in months_of(PLANT, year) for day in month.days}


def test_each_day_says_how_it_comes_to_its_hours():
    found = kinds()

    assert found[date(2026, 1, 2)] == (HOLIDAY, 0)
    assert found[date(2026, 1, 3)] == (OFF, 0), "a Saturday off is no holiday"
    assert found[date(2026, 1, 5)] == (WORK, 480)
    assert found[date(2026, 7, 3)] == (HOLIDAY, 0), "an exception wins over another week"
    assert found[date(2026, 7, 6)] == (DIFFERENT, 480), "as many hours, but others"
    assert found[date(2026, 7, 4)] == (OFF, 0)
    assert found[date(2026, 12, 31)] == (DIFFERENT, 240), "the first exception that holds a day decides it"
    assert kinds(2027)[date(2027, 1, 1)] == (DIFFERENT, 240)


def test_every_day_of_a_leap_year_is_there():
    months = months_of(STANDARD, 2028)

    assert [len(month.days) for month in months] == [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    assert (sum(month.working_days for month in months), sum(month.hours for month in months)) == (260, 2080)


def test_the_hours_of_random_calendars_agree_with_the_engine():
    for seed in range(20):
        rng = random.Random(seed)

        def hours(rng=rng):
            return tuple((start, start + rng.randrange(60, 200)) for start in (300, 600, 900) if rng.random() < 0.6)

        def span(rng=rng):
            first = date.fromordinal(date(2025, 11, 1).toordinal() + rng.randrange(480))
            return first, date.fromordinal(first.toordinal() + rng.randrange(30))

        calendar = Calendar(
            "Random",
            tuple(hours() for _ in range(7)),
            tuple(CalendarException(*span(), hours()) for _ in range(9)),
            tuple(EffectiveWeek(*span(), tuple(hours() for _ in range(7))) for _ in range(3)),
        )
        starts, ends = working_intervals(calendar, datetime.combine(date(2026, 1, 1), time()), 0, 365)

        told = sum(month.hours for month in months_of(calendar, 2026)) * 60

        assert round(told) == (ends - starts).sum() / TICKS_PER_MINUTE
