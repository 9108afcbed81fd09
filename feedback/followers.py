"""What feedback does when something happens, and by which names programs outside are told of it."""

from collections.abc import Sequence

from events.followers import announce, follower
from events.models import Event
from feedback import services
from feedback.selectors.touched import themes_touched

FOLLOWER = "themes"

announce("feedback.received", of="feedback_item.created")
announce("feedback.analysed", of="feedback_item.analyzed")
announce("feedback.linked", of="feedback_link.created")


@follower(FOLLOWER)
def keep_theme_counts(events: Sequence[Event]) -> None:
    """Count anew what the items that events are about add to themes, those that they left included."""
    organization_id = events[0].organization_id
    services.lock_themes(organization_id, alone=False)
    weeks, accounts = themes_touched(events)
    services.count_weeks(organization_id, weeks, accounts)
