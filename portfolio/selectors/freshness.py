"""Until when the totals contain everything, and whether changes have been waiting for too long."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Subquery, Value
from django.db.models.functions import Coalesce

from events.models import Event, FollowerCursor

#: The follower that keeps the totals (portfolio/followers.py).
FOLLOWER = "portfolio.rollups"
#: Totals follow within a second or two; a change that has waited for longer than this deserves a word.
PATIENCE = datetime.timedelta(seconds=15)


@dataclass(frozen=True)
class Freshness:
    """What a page says about how current its figures are.

    Args:
        now: when the page was made.
        waiting_since: when the oldest change happened that is not in the totals; None when all are.
        moved_at: `as_of` of the totals shown: when they last moved. It is what the page asks with for news.
    """

    now: datetime.datetime
    waiting_since: datetime.datetime | None
    moved_at: datetime.datetime | None

    @property
    def as_of(self) -> datetime.datetime:
        """The instant until which the figures contain every change."""
        return self.waiting_since or self.now

    @property
    def is_old(self) -> bool:
        return self.waiting_since is not None and self.now - self.waiting_since > PATIENCE

    @property
    def token(self) -> str:
        """What changes when something on the page has: the totals moved, or began or ceased to be old."""
        return f"{self.moved_at.isoformat() if self.moved_at else 'none'}{'-old' if self.is_old else ''}"


def oldest_waiting_change(organization_id: int) -> Any:
    """When the oldest change happened that the totals do not contain, to be read along with a row of theirs."""
    keys = {"organization_id": organization_id}
    cursor = FollowerCursor.objects.filter(follower=FOLLOWER, **keys)
    position = [Coalesce(Subquery(cursor.values(name)[:1]), Value(0)) for name in ("transaction_id", "event_id")]
    waiting: Any = Event.objects.filter(**keys)
    return Subquery(waiting.after(*position).in_commit_order().values("occurred_at")[:1])
