"""Hours, exceptions and weeks are read as people write them, and written so that they are read the same."""

import pytest

from resources.algorithms.calendar_texts import (
    Unreadable,
    exceptions_in_words,
    exceptions_of,
    shifts_of,
    text_of,
    text_of_exceptions,
    text_of_weeks,
    week_in_words,
    weeks_of,
)

OFFICE = [[480, 720], [780, 1020]]


@pytest.mark.parametrize(
    ("text", "shifts"),
    [
        ("8:00-12:00, 13:00-17:00", OFFICE),
        ("8-12; 13 - 17", OFFICE),
        ("08:00–12:00,13:00 to 17:00,", OFFICE),
        ("0:00-24:00", [[0, 1440]]),
        ("22:00-6:00", [[1320, 1800]]),
        ("22:00-30:00", [[1320, 1800]]),
        ("", []),
        ("  off ", []),
        ("–", []),
    ],
)
def test_hours_are_read_as_people_write_them(text, shifts):
    assert shifts_of(text) == shifts


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("morning", "“morning” is not a shift like 8:00-12:00."),
        ("8:00-12:00 13:00-17:00", "“8:00-12:00 13:00-17:00” is not a shift like 8:00-12:00."),
        ("8:60-12:00", "“8:60-12:00” is not a time of day: hours go from 0:00 to 24:00."),
        ("24:00-25:00", "“24:00-25:00” is not a time of day: hours go from 0:00 to 24:00."),
        ("8:00-99:00", "“8:00-99:00” is not a time of day: hours go from 0:00 to 24:00."),
        ("8:00-8:00", "“8:00-8:00” ends when it begins; the whole day is 0:00-24:00."),
    ],
)
def test_hours_that_mean_nothing_are_refused(text, sentence):
    with pytest.raises(Unreadable) as refused:
        shifts_of(text)

    assert str(refused.value) == sentence


def test_typed_lines_and_rows_of_a_spreadsheet_give_the_same_exceptions():
    typed = """
    2026-12-24  2026-12-26  Christmas
    2026-12-31, New Year's Eve 8:00-12:00, 13:00-14:00
    2027-1-1
    2027-02-01 to 2027-02-02: Shutdown 1-2
    """
    pasted = (
        "2026-12-24\t2026-12-26\tChristmas\t\t\n\n2026-12-31\t\tNew Year's Eve\t8:00-12:00, 13-14\r\n"
        "2027-1-1\t\n2027-02-01\t2027-02-02\tShutdown 1-2\toff\n"
    )

    found = exceptions_of(typed)

    assert found == exceptions_of(pasted) == exceptions_of(text_of_exceptions(found))
    assert [(one["first"], one["last"], one["name"], text_of(one["shifts"])) for one in found] == [
        ("2026-12-24", "2026-12-26", "Christmas", ""),
        ("2026-12-31", "2026-12-31", "New Year's Eve", "8:00-12:00, 13:00-14:00"),
        ("2027-01-01", "2027-01-01", "", ""),
        ("2027-02-01", "2027-02-02", "Shutdown 1-2", ""),
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("\nChristmas 2026-12-24", "Line 2: “Christmas 2026-12-24” does not begin with a date like 2026-12-24."),
        ("24.12.2026\t\tEve", "Line 1: “24.12.2026” is not a date like 2026-12-24."),
        ("2026-12-24\tsoon\tEve", "Line 1: “soon” is not a date like 2026-12-24."),
        ("2026-12-24\t\tEve\tmorning", "Line 1: “morning” is not a shift like 8:00-12:00."),
        ("2026-12-24\t\tEve\t\tx", "Line 1 has 5 columns; they are first day, last day, name and hours."),
    ],
)
def test_an_exception_that_cannot_be_read_is_refused_with_its_line(text, sentence):
    with pytest.raises(Unreadable) as refused:
        exceptions_of(text)

    assert str(refused.value) == sentence


def test_other_weeks_are_read_and_written_in_one_line_each():
    text = (
        "2026-07-01 2026-08-31 Summer hours: Mon-Thu 6:00-14:00; Fri 6:00-12:00\n"
        "2026-12-27 to 2026-12-31 Mon-Sun off\n2027-01-02 2027-01-09 Weekend work Saturday-Monday: 8-12"
    )

    found = weeks_of(text)

    assert [one["name"] for one in found] == ["Summer hours", "", "Weekend work"]
    assert found[0]["week"] == [[[360, 840]]] * 4 + [[[360, 720]], [], []]
    assert found[1]["week"] == [[]] * 7
    assert found[2]["week"] == [[[480, 720]], [], [], [], [], [[480, 720]], [[480, 720]]]
    assert weeks_of(text_of_weeks(found)) == found


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2026-07-01 Summer: Mon-Fri 6:00-14:00", "Line 1 is not two dates, a name and a week"),
        ("2026-07-01 2026-08-31 Summer", "Line 1 is not two dates, a name and a week"),
        ("2026-07-01 2026-08-31 Summer: Mon 6:00-14:00; weekend 8-12", "“weekend 8-12” does not begin with days"),
        ("x", "Line 1: “x” does not begin with a date"),
    ],
)
def test_another_week_that_cannot_be_read_is_refused_with_its_line(text, sentence):
    with pytest.raises(Unreadable, match=sentence):
        weeks_of(text)


def test_the_history_says_a_week_and_exceptions_in_words():
    week = [OFFICE] * 5 + [[], []]
    days = [{"name": "Eve", "first": "2026-12-24", "last": "2026-12-24", "shifts": [[480, 720]]}] * 7

    assert week_in_words(week) == "Mon-Fri 8:00-12:00, 13:00-17:00"
    assert exceptions_in_words(days, most=1) == "2026-12-24 Eve 8:00-12:00 and 6 more"
