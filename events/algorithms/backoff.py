"""When to try again what failed."""

import datetime
import email.utils
from collections.abc import Sequence

#: A receiver may ask for so much patience and no more.
LONGEST_WAIT = datetime.timedelta(hours=24)
#: How far a wait may lie from the table's, as a share of it: receivers that failed together are not met together again.
SPREAD = 0.2
#: After so many failures in a row an endpoint rests between attempts, so that one that is down holds no worker.
FAILURES_BEFORE_REST = 5
SHORTEST_REST, LONGEST_REST = datetime.timedelta(minutes=1), datetime.timedelta(minutes=15)


def next_attempt(
    attempts: int,
    now: datetime.datetime,
    *,
    waits: Sequence[int],
    chance: float,
    asked: datetime.timedelta | None = None,
) -> datetime.datetime | None:
    """When to try again after a number of failed attempts; None when it is given up.

    Args:
        attempts: how many have failed, 1 or more.
        now: when the last one did.
        waits: seconds to wait after the first failure, the second, and so on.
        chance: 0 to 1, drawn anew for each wait; 0.5 gives the table's wait itself.
        asked: how long the receiver asked to be left alone (Retry-After); the wait is never shorter, up to a day.
    """
    if attempts > len(waits):
        return None
    wait = datetime.timedelta(seconds=waits[attempts - 1] * (1 + SPREAD * (2 * chance - 1)))
    return now + max(wait, min(asked or wait, LONGEST_WAIT))


def rest(failures: int) -> datetime.timedelta | None:
    """How long an endpoint is left alone after failures in a row; None while it is not.

    It doubles from a minute up to a quarter of an hour.
    """
    beyond = failures - FAILURES_BEFORE_REST
    if beyond < 0:
        return None
    return min(SHORTEST_REST * 2 ** min(beyond, 10), LONGEST_REST)


def retry_after(text: str, now: datetime.datetime) -> datetime.timedelta | None:
    """The wait that a Retry-After header asks for (RFC 9110, 10.2.3): seconds or a date; None where it says nothing."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return min(datetime.timedelta(seconds=int(text[:9])), LONGEST_WAIT)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    return min(max(moment - now, datetime.timedelta()), LONGEST_WAIT)
