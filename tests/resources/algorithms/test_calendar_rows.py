"""A calendar's stored row becomes the engine's calendar and back, or is refused in a sentence that names the place."""

import json
from datetime import date

import pytest

from resources.algorithms.calendar_rows import BadCalendar, calendar_of, clock, minutes_of, rows_of
from resources.algorithms.calendars import (
    STANDARD,
    Calendar,
    CalendarException,
    EffectiveWeek,
    NoWorkingTime,
)

OFFICE = [[480, 720], [780, 1020]]
WEEK = [OFFICE] * 5 + [[], []]


def test_a_row_becomes_the_engines_calendar():
    calendar = calendar_of(
        "Plant",
        WEEK,
        [{"name": "Christmas", "first": "2026-12-24", "last": "2026-12-26", "shifts": []}],
        [{"name": "Summer", "first": "2026-07-01", "last": "2026-08-31", "week": [[[360, 840]]] * 5 + [[], []]}],
    )

    assert calendar == Calendar(
        "Plant",
        STANDARD.week,
        (CalendarException(date(2026, 12, 24), date(2026, 12, 26)),),
        (EffectiveWeek(date(2026, 7, 1), date(2026, 8, 31), (((360, 840),),) * 5 + ((), ())),),
    )


def test_a_calendar_survives_the_way_to_json_and_back():
    calendar = Calendar(
        "Plant",
        (((0, 1440),), (), ((1320, 1800),), (), (), (), ()),
        (CalendarException(date(1900, 1, 1), date(2500, 12, 31), ((60, 120), (120, 180))),),
        (EffectiveWeek(date(2026, 7, 1), date(2026, 8, 31), STANDARD.week),),
    )

    assert calendar_of("Plant", **json.loads(json.dumps(rows_of(calendar)))) == calendar


def test_a_calendar_within_another_cannot_be_kept_as_one_row():
    with pytest.raises(ValueError, match="works within another one"):
        rows_of(Calendar("Part", STANDARD.week, within=STANDARD))


@pytest.mark.parametrize(
    ("week", "sentence", "index"),
    [
        (WEEK[:6], "A week is seven days from Monday; these are 6.", None),
        ("office", "A week is seven days from Monday.", None),
        ([OFFICE, 5, *WEEK[2:]], "Tuesday: the hours are a list of shifts.", 1),
        (
            [[[780, 1020], [480, 720]], *WEEK[1:]],
            "Monday: 8:00-12:00 begins before 13:00-17:00 ends; shifts stand in order and do not overlap.",
            0,
        ),
        (
            [[[480, 720], [700, 1020]], *WEEK[1:]],
            "Monday: 11:40-17:00 begins before 8:00-12:00 ends; shifts stand in order and do not overlap.",
            0,
        ),
        ([[[-60, 720]], *WEEK[1:]], "Monday: a shift cannot begin before midnight (-60 minutes).", 0),
        ([[[720, 480]], *WEEK[1:]], "Monday: the shift from 12:00 to 8:00 does not end after it begins.", 0),
        ([[[480, 480]], *WEEK[1:]], "Monday: the shift from 8:00 to 8:00 does not end after it begins.", 0),
        ([[[0, 1441]], *WEEK[1:]], "Monday: the shift from 0:00 to 24:01 is longer than a day.", 0),
        ([[[1440, 1500]], *WEEK[1:]], "Monday: a shift begins on its day, before 24:00, not at 24:00.", 0),
        ([[[480.5, 720]], *WEEK[1:]], "Monday: a shift is [from, to] in whole minutes from midnight.", 0),
        ([[[True, 720]], *WEEK[1:]], "Monday: a shift is [from, to] in whole minutes from midnight.", 0),
        ([[[1, 2, 3]], *WEEK[1:]], "Monday: a shift is [from, to] in whole minutes from midnight.", 0),
        ([[[n, n + 1] for n in range(49)], *WEEK[1:]], "Monday has 49 shifts; a day has at most 48.", 0),
        (
            [[[1320, 2000]], *WEEK[1:]],
            "Monday works until 9:20 on the next day, but Tuesday begins at 8:00: the two overlap.",
            0,
        ),
        (
            [[[0, 60]], [], [], [], [], [], [[1200, 1560]]],
            "Sunday works until 2:00 on the next day, but Monday begins at 0:00: the two overlap.",
            6,
        ),
    ],
)
def test_a_week_that_means_nothing_is_refused_with_the_day(week, sentence, index):
    with pytest.raises(BadCalendar) as refused:
        calendar_of("Plant", week, [], [])

    assert (str(refused.value), refused.value.column, refused.value.index) == (sentence, "week", index)


def holiday(**other):
    return {"name": "", "first": "2026-12-24", "last": "2026-12-24", "shifts": []} | other


@pytest.mark.parametrize(
    ("exceptions", "sentence"),
    [
        ({}, "The exceptions are a list."),
        (["2026-12-24"], "Exception 1 is not an object with name, first, last and shifts."),
        (
            [holiday(), holiday(day=4)],
            "Exception 2 has an unknown key, “day”; the keys are name, first, last and shifts.",
        ),
        ([{"first": "2026-12-24", "last": "2026-12-24"}], "Exception 1 has no “shifts”."),
        ([holiday(name=5)], "The name of exception 1 is a text of at most 200 characters."),
        ([holiday(name="x" * 201)], "The name of exception 1 is a text of at most 200 characters."),
        ([holiday(name="a\x00b")], "The name of exception 1 has a character that cannot be kept."),
        ([holiday(name="a\ud800b")], "The name of exception 1 has a character that cannot be kept."),
        ([holiday(first="\ud800")], "Exception 1: first: “?” is not a date like 2026-12-24."),
        (
            [holiday(name="Eve", first="2026-12-25")],
            "Exception 1 (“Eve”) ends (2026-12-24) before it begins (2026-12-25).",
        ),
        ([holiday(first="24.12.2026")], "Exception 1: first: “24.12.2026” is not a date like 2026-12-24."),
        ([holiday(first=20261224)], "Exception 1: first: “20261224” is not a date like 2026-12-24."),
        ([holiday(first="2026-02-30")], "Exception 1: first: “2026-02-30” is not a date like 2026-12-24."),
        ([holiday(first="1899-12-31")], "Exception 1: first: 1899-12-31 is not between the years 1900 and 2500."),
        ([holiday(last="2501-01-01")], "Exception 1: last: 2501-01-01 is not between the years 1900 and 2500."),
        ([holiday(shifts=[[600, 540]])], "Exception 1: the shift from 10:00 to 9:00 does not end after it begins."),
        ([holiday()] * 2001, "A calendar has at most 2,000 exceptions; these are 2,001."),
    ],
)
def test_an_exception_that_means_nothing_is_refused_with_its_number(exceptions, sentence):
    with pytest.raises(BadCalendar) as refused:
        calendar_of("Plant", WEEK, exceptions, [])

    assert (str(refused.value), refused.value.column) == (sentence, "exceptions")


@pytest.mark.parametrize(
    ("week", "sentence"),
    [
        ([], "Other week 1 (“Summer”): a week is seven days from Monday; these are 0."),
        (
            [[], [[10, 5]], [], [], [], [], []],
            "Other week 1 (“Summer”): Tuesday: the shift from 0:10 to 0:05 does not end after it begins.",
        ),
    ],
)
def test_another_week_that_means_nothing_is_refused_with_its_name_and_day(week, sentence):
    with pytest.raises(BadCalendar) as refused:
        calendar_of("Plant", WEEK, [], [{"name": "Summer", "first": "2026-07-01", "last": "2026-07-31", "week": week}])

    assert (str(refused.value), refused.value.column, refused.value.index) == (sentence, "effective_weeks", 0)


def test_two_thousand_exceptions_are_kept():
    assert len(calendar_of("Plant", WEEK, [holiday()] * 2000).exceptions) == 2000


def test_a_calendar_that_never_works_is_refused():
    with pytest.raises(NoWorkingTime, match="has no working time, so nothing on it can be scheduled"):
        calendar_of("Plant", [[]] * 7, [holiday()])


def test_a_calendar_that_works_on_one_exception_alone_is_kept():
    assert calendar_of("Shutdown", [[]] * 7, [holiday(shifts=[[0, 1440]])])


def test_minutes_are_counted_and_written_as_people_do():
    assert minutes_of(OFFICE) == 480
    assert [clock(minutes) for minutes in (0, 5, 480, 1440, 1800)] == ["0:00", "0:05", "8:00", "24:00", "30:00"]
