"""What dragging a bar means: values for its activity, as Microsoft Project takes them."""

import copy
import datetime
from typing import Any

from core.errors import Conflict
from projects.models import Activity, ActivityKind
from projects.selectors.blast import typed_minutes
from projects.selectors.plan import load_plan


def dragged(activity: Activity, start: datetime.date, finish: datetime.date) -> dict[str, Any]:
    """The values of an activity whose bar was dragged to some days.

    What is dated by hand gets the days. What is scheduled gets a constraint when it was moved (start no earlier than),
    and another duration when its end was pulled.

    Raises:
        Conflict: a summary follows its parts; a finish lies before its start.
    """
    if activity.kind == ActivityKind.SUMMARY:
        raise Conflict(f"“{activity}” follows what lies below it. Move that instead.")
    if finish < start:
        raise Conflict("Nothing was moved: it would finish before it starts.")
    if activity.kind == ActivityKind.MILESTONE:
        finish = start
    if activity.is_manual:
        return {"planned_start_date": start, "planned_finish_date": finish}
    if activity.kind == ActivityKind.MILESTONE or start != activity.planned_start_date:
        return {"planned_start_date": start}
    if finish == activity.planned_finish_date:
        return {}
    edited = copy.copy(activity)
    edited.start_at = edited.finish_at = None
    edited.planned_start_date, edited.planned_finish_date = start, finish
    return {"duration_minutes": typed_minutes(load_plan(activity.organization_id, [activity.project_id]), edited)}
