"""When what failed is tried again."""

import datetime

import pytest

from events.algorithms.backoff import LONGEST_WAIT, next_attempt, rest, retry_after

NOW = datetime.datetime(2026, 11, 29, 12, tzinfo=datetime.UTC)
WAITS = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
SECOND = datetime.timedelta(seconds=1)


def test_waits_follow_the_table_and_end_after_three_days():
    waits = [next_attempt(number, NOW, waits=WAITS, chance=0.5) - NOW for number in range(1, 10)]

    assert [wait.total_seconds() for wait in waits] == list(WAITS)
    assert datetime.timedelta(days=3) < sum(waits, datetime.timedelta()) < datetime.timedelta(days=3.5)
    assert next_attempt(10, NOW, waits=WAITS, chance=0.5) is None
    assert next_attempt(1, NOW, waits=(), chance=0.5) is None


def test_chance_spreads_a_wait_by_a_fifth():
    waits = [next_attempt(2, NOW, waits=WAITS, chance=chance) - NOW for chance in (0, 0.5, 1)]

    assert [round(wait.total_seconds()) for wait in waits] == [240, 300, 360]


@pytest.mark.parametrize(
    ("asked", "seconds"), [(None, 5), (2 * SECOND, 5), (600 * SECOND, 600), (LONGEST_WAIT * 9, 86_400)]
)
def test_a_receiver_may_ask_for_more_patience_up_to_a_day(asked, seconds):
    assert next_attempt(1, NOW, waits=WAITS, chance=0.5, asked=asked) == NOW + seconds * SECOND


def test_an_endpoint_rests_longer_the_longer_it_fails():
    assert [rest(failures) for failures in (0, 4)] == [None, None]
    assert [rest(failures) // SECOND for failures in (5, 6, 7, 8, 9, 500)] == [60, 120, 240, 480, 900, 900]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120), (" 0 ", 0), ("Sun, 29 Nov 2026 12:01:00 GMT", 60), ("Sun, 29 Nov 2026 12:01:00 -0000", 60),
        ("Sun, 29 Nov 2026 11:00:00 GMT", 0), ("99999999999999999999", 86_400),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400), ("", None), ("soon", None), ("-5", None), ("1.5", None), ("٣", None),
        ("Mon, 01 Jan 99999999999 00:00:00 GMT", None), ("Sun, 29 Nov 2026 12:01:00 +99999999999999", None),
    ],
)  # fmt: skip
def test_retry_after_is_read_as_seconds_or_as_a_date(text, seconds):
    wait = retry_after(text, NOW)

    assert (wait is None) if seconds is None else (wait == seconds * SECOND)
