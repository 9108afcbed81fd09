"""Until when the totals on a page contain every change, and whether changes have been waiting for too long."""

import datetime
from typing import Any

from events.services import behind_since

#: The follower that keeps the totals, and how long it may take before a page says so.
KEEPER, PATIENCE = "portfolio.rollups", datetime.timedelta(seconds=15)


def freshness_of(rollup: Any, now: datetime.datetime) -> dict[str, Any]:
    """What the top bar says of a page with totals: until when they hold every change, and whether changes wait."""
    if rollup is None:
        return {"as_of": None, "is_late": False}
    waiting_since = behind_since(rollup.organization_id, KEEPER)
    return {"as_of": waiting_since or now, "is_late": waiting_since is not None and now - waiting_since > PATIENCE}
