"""Reads that cost more the more rows there are, kept while nothing happens in their organization."""

import contextlib
import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import cache

from core.sessions import AWAY
from core.sql import fetch

Answer = TypeVar("Answer")

#: What changes without an event (a nightly recount) shows after this at the latest.
LONGEST_SECONDS = 60
#: Whether something may have happened that transaction %s did not see; how far followers are; and what is seen now.
SINCE = """
    SELECT EXISTS (SELECT FROM events_event WHERE organization_id = %s AND transaction_id >= %s),
        (SELECT array_agg(event_id ORDER BY follower) FROM events_followercursor WHERE organization_id = %s),
        pg_snapshot_xmin(pg_current_snapshot())::text::bigint
"""


def kept(organization_id: int, asked: tuple[Any, ...], compute: Callable[[], Answer]) -> Answer:
    """What `compute` answers, or what it answered last if nothing has happened in the organization since.

    An answer holds every event of transactions older than the oldest that was running when it was computed, so it is
    good until there is an event of a later one, and until a follower has moved on (stored totals are its work). Never
    by the last event's number alone: a transaction with a smaller one may commit later.

    Args:
        asked: what tells this answer from others: whose it is, of which rows, on which day.
        compute: reads the database; its answer can be pickled.
    Cost: one small statement and one look into the cache, where the answer is kept; without the cache, `compute`.
    """
    text = repr((organization_id, asked))
    key = f"kept:{hashlib.sha256(text.encode()).hexdigest()}"
    oldest, followers, answer = _remembered(key)
    has_happened, read_up_to, xmin = fetch(SINCE, [organization_id, oldest, organization_id])[0]
    if oldest and not has_happened and followers == read_up_to:
        return answer
    fresh = compute()
    with contextlib.suppress(*AWAY):
        cache.set(key, (xmin, read_up_to, fresh), LONGEST_SECONDS)
    return fresh


def _remembered(key: str) -> tuple[int, Any, Any]:
    try:
        found: tuple[int, Any, Any] = cache.get(key) or (0, None, None)
    except AWAY:
        return 0, None, None
    return found
