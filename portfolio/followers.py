"""What the portfolio does when something happens: its stored totals follow."""

from collections.abc import Sequence

from django.utils import timezone

from events.followers import follower
from events.models import Event
from portfolio import services
from portfolio.selectors.freshness import FOLLOWER
from portfolio.selectors.touched import nodes_touched


@follower(FOLLOWER)
def keep_rollups(events: Sequence[Event]) -> None:
    """Bring the totals of what events are about, and of all that hold it, up to date."""
    services.roll_up(
        events[0].organization_id,
        nodes_touched(events),
        day=timezone.localdate(),
        as_of=max(event.occurred_at for event in events),
    )
