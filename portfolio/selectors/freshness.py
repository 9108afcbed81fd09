"""Until when the totals contain everything, and whether changes have been waiting for too long."""

import datetime
from dataclasses import dataclass

from django.db.models import DateTimeField
from django.db.models.expressions import RawSQL

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


#: When the oldest change of organization %s happened that the totals do not contain.
WAITING = f"""(
    SELECT event.occurred_at FROM events_event event
    LEFT JOIN events_followercursor done
        ON done.organization_id = event.organization_id AND done.follower = '{FOLLOWER}'
    WHERE event.organization_id = %s
        AND (event.transaction_id, event.id) > (coalesce(done.transaction_id, 0), coalesce(done.event_id, 0))
    ORDER BY event.transaction_id, event.id LIMIT 1
)"""


def oldest_waiting_change(organization_id: int) -> RawSQL:
    """The same, to be read along with a row of the totals."""
    return RawSQL(WAITING, [organization_id], output_field=DateTimeField())
