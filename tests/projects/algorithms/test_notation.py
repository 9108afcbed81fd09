"""Durations, lags and predecessors in Microsoft Project's notation."""

from decimal import Decimal

import pytest

from projects.algorithms.notation import (
    lag_text,
    length_text,
    parse_length,
    parse_predecessors,
    predecessor_text,
)


@pytest.mark.parametrize(
    ("text", "minutes", "is_elapsed"),
    [
        ("3d", 1440, False), ("3", 1440, False), ("2 days", 960, False), ("1.5h", 90, False), ("1,5h", 90, False),
        ("2w", 4800, False), ("1mon", 9600, False), ("45m", 45, False), ("2ed", 2880, True), ("1ew", 10080, True),
        ("3d?", 1440, False), ("0.1m", Decimal("0.1"), False),
    ],
)  # fmt: skip
def test_a_duration_is_read(text, minutes, is_elapsed):
    length = parse_length(text)

    assert (length.minutes, length.is_elapsed) == (Decimal(minutes), is_elapsed)


@pytest.mark.parametrize("text", ["", "soon", "-3d", "50%", "3 parsecs", "d3", "1e9999d"])
def test_what_is_no_duration_is_refused_with_how_to_write_one(text):
    with pytest.raises(ValueError, match="is no duration. Write 3d"):
        parse_length(text)


@pytest.mark.parametrize(
    ("text", "unit", "minutes", "ratio"),
    [
        ("+3d", "working", 1440, 0), ("-2d", "working", -960, 0), ("−2d", "working", -960, 0),
        ("2ed", "elapsed", 2880, 0), ("50%", "percent", 0, "0.5"), ("-25e%", "elapsed_percent", 0, "-0.25"),
    ],
)  # fmt: skip
def test_a_lag_is_read_and_written(text, unit, minutes, ratio):
    lag = parse_length(text, is_lag=True)

    assert (lag.unit, lag.minutes, lag.ratio) == (unit, Decimal(minutes), Decimal(ratio))
    again = parse_length(lag_text(lag.unit, lag.minutes, lag.ratio), is_lag=True)
    assert again == lag


def test_a_list_of_predecessors_is_read_and_written():
    found = parse_predecessors("12FS+3d, 14; 7ss-50%")

    assert [(one.number, one.link_type) for one in found] == [(12, "fs"), (14, "fs"), (7, "ss")]
    written = [
        predecessor_text(one.number, one.link_type, lag_text(one.lag.unit, one.lag.minutes, one.lag.ratio))
        for one in found
    ]
    assert written == ["12FS+3d", "14", "7SS−50%"]
    assert parse_predecessors(" ") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A12", "“A12” is no predecessor"),
        ("12XY", "is no lag"),
        ("12FS+soon", "is no lag"),
        ("3, 3SS", "Row 3 is named twice"),
    ],
)
def test_what_is_no_predecessor_is_refused_by_name(text, words):
    with pytest.raises(ValueError, match=words):
        parse_predecessors(text)


@pytest.mark.parametrize(
    ("minutes", "is_elapsed", "text"),
    [
        (1440, False, "3d"),
        (720, False, "1.5d"),
        (90, False, "1.5h"),
        (45, False, "45m"),
        (2880, True, "2ed"),
        (0, False, "0d"),
    ],
)
def test_a_length_is_written_in_the_largest_unit_that_fits(minutes, is_elapsed, text):
    assert length_text(Decimal(minutes), is_elapsed=is_elapsed) == text
