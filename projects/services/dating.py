"""How the dates of an activity follow from what is changed about it."""

import datetime
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Q

from accounts.models import User
from events.services import change_recorded
from projects.algorithms.blast import Edit
from projects.models import Activity, ActivityKind, Dependency
from projects.selectors.blast import dates_of_new
from projects.selectors.editing import constrain_typed, forget_instants, plan_activity
from projects.selectors.plan import load_plan
from projects.services.schedule import COLUMNS, lock_schedule, move_along

#: Values of an activity that its dates, or those of others, follow from.
SCHEDULED = {
    "kind",
    "status",
    "planned_start_date",
    "planned_finish_date",
    "actual_start_date",
    "actual_finish_date",
    "progress_ratio",
    "is_manual",
    "is_elapsed",
    "duration_minutes",
    "constraint_type",
    "constraint_at",
    "calendar",
}


def save_rescheduled(
    *, actor: User, activity: Activity, values: dict[str, Any], expected_version: int | None, expected_plan: str
) -> Activity:
    """Change an activity inside the caller's transaction, and move along what depends on it, in one event."""
    also: dict[str, Any] = {}
    if _has_effects(activity, values):
        lock_schedule(activity.organization_id)
        planned = plan_activity(activity, values)
        values = planned.values
        also, own = move_along(
            activity.organization_id,
            planned.loaded,
            planned.edit,
            actor=actor,
            expected=expected_plan,
            own=activity.pk,
        )
        if own is not None and not planned.edited.is_manual and planned.edited.kind != ActivityKind.SUMMARY:
            values |= dates(own.start_at, own.finish_at)
    else:
        values = forget_instants(activity, values)
    return change_recorded(
        "activity.updated",
        actor=actor,
        subject=activity,
        values=values,
        expected_version=expected_version,
        also=also,
    )


def date_new(activity: Activity) -> None:
    """Give an automatic activity that is about to be saved the dates that the plan gives it."""
    if activity.is_manual or activity.kind == ActivityKind.SUMMARY:
        return
    lock_schedule(activity.organization_id)
    loaded = load_plan(activity.organization_id, [activity.project_id])
    constrain_typed(activity)
    for name, value in dates(*dates_of_new(loaded, activity)).items():
        setattr(activity, name, value)


def moved_without(*, actor: User, activity: Activity) -> dict[str, Any]:
    """Move what waits for an activity that is about to be archived; returns what the event tells besides."""
    if not Dependency.objects.live().filter(Q(predecessor=activity) | Q(successor=activity)).exists():
        return {}
    lock_schedule(activity.organization_id)
    loaded = load_plan(activity.organization_id, [activity.project_id])
    number = loaded.place.get(activity.pk)
    if number is None:
        return {}
    links = [n for n, link in enumerate(loaded.links) if activity.pk in (link.predecessor_id, link.successor_id)]
    edit = Edit(activities={number: {"is_inactive": True}}, removed=links)
    return move_along(activity.organization_id, loaded, edit, actor=actor, own=activity.pk)[0]


def moved_between(
    *, actor: User, activity: Activity, parent: Activity | None, is_new: bool = False
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Move what depends on the summaries that an activity leaves and enters, before its new place is saved.

    Args:
        parent: the summary that it enters; None is the project itself.
        is_new: it was saved a moment ago and leaves no other place; days typed for it stay.
    Returns:
        What the event tells besides, and the days of the activity itself where they are others.
    Raises:
        Conflict: the dependencies would go round in a circle, or dates lie beyond what a plan may take.
    """
    summaries = _above(parent) | (set() if is_new else _above(activity.parent))
    tied = Q(predecessor__in=summaries) | Q(successor__in=summaries)
    if not summaries or not Dependency.objects.live().filter(tied).exists():
        return {}, {}
    lock_schedule(activity.organization_id)
    loaded = load_plan(activity.organization_id, [activity.project_id])
    number = loaded.place.get(activity.pk)
    if number is None:
        return {}, {}
    plan = loaded.plan
    whole = loaded.root_of(activity.project_id)
    values: dict[str, Any] = {"parents": loaded.place[parent.pk] if parent else whole}
    if is_new:
        before = plan.changed(parents=_put(plan.parents, number, whole), is_inactive=_put(plan.is_inactive, number, 1))
        loaded = replace(loaded, dated=replace(loaded.dated, plan=before))
        values |= {"is_inactive": False, "manual_starts": plan.manual_starts[number]}
    edit = Edit(activities={number: values})
    also, own = move_along(activity.organization_id, loaded, edit, actor=actor, own=activity.pk)
    row = loaded.rows[number]
    if own is None or own.is_summary or loaded.dated.is_undated[number]:
        return also, {}
    if (own.start, own.finish) == (row.start_date, row.finish_date):
        return also, {}
    return also, dict(zip(COLUMNS, (own.start, own.finish, own.start_at, own.finish_at), strict=True))


def _above(summary: Activity | None) -> set[int]:
    """The ids of a summary and of those that it lies below."""
    found = set()
    while summary is not None:
        found.add(summary.pk)
        summary = summary.parent
    return found


def _put(values: Any, number: int, value: int) -> Any:
    other = values.copy()
    other[number] = value
    return other


def dates(start_at: datetime.datetime, finish_at: datetime.datetime) -> dict[str, Any]:
    """The columns of a span: what ends at midnight ends on the day before."""
    last = finish_at - datetime.timedelta(seconds=1) if finish_at > start_at else finish_at
    return {
        "planned_start_date": start_at.date(),
        "planned_finish_date": last.date(),
        "start_at": start_at,
        "finish_at": finish_at,
    }


def _has_effects(activity: Activity, values: Mapping[str, Any]) -> bool:
    """Whether a change can move dates: not where only typed dates change that nothing waits for."""
    if not any(values[name] != getattr(activity, name) for name in SCHEDULED & values.keys()):
        return False
    if not activity.is_manual or not values.get("is_manual", True):
        return True
    if values.get("duration_minutes", activity.duration_minutes) != activity.duration_minutes:
        return True  # it sets the finish
    waiting = Dependency.objects.live().filter(predecessor__project_id=activity.project_id)
    return waiting.filter(Q(predecessor=activity) | Q(predecessor__kind=ActivityKind.SUMMARY)).exists()
