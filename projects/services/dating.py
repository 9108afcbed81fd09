"""How the dates of an activity follow from what is changed about it."""

import copy
import datetime
from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from accounts.models import User
from events.services import change_recorded
from projects.algorithms.blast import Edit
from projects.models import Activity, ActivityKind, ConstraintType, Dependency
from projects.selectors.blast import activity_edit, dates_of_new, typed_minutes
from projects.selectors.plan import LoadedPlan, load_plan
from projects.services.schedule import lock_schedule, move_along

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
#: A typed day -> the instant that was known more exactly, and is so no longer.
INSTANTS = {
    "planned_start_date": "start_at",
    "planned_finish_date": "finish_at",
    "actual_start_date": "actual_start_at",
    "actual_finish_date": "actual_finish_at",
}


def save_rescheduled(
    *, actor: User, activity: Activity, values: dict[str, Any], expected_version: int | None, expected_plan: str
) -> Activity:
    """Change an activity inside the caller's transaction, and move along what depends on it, in one event."""
    values = {**values, **{INSTANTS[day]: None for day in INSTANTS.keys() & values.keys()}}
    also: dict[str, Any] = {}
    if _has_effects(activity, values):
        lock_schedule(activity.organization_id)
        loaded = load_plan(activity.organization_id, [activity.project_id])
        edited = _edited(activity, values)
        if not edited.is_manual:
            values |= _constrained(activity, edited, values, loaded)
            edited = _edited(activity, values)
        edit = activity_edit(loaded, edited)
        also, own = move_along(
            activity.organization_id, loaded, edit, actor=actor, expected=expected_plan, own=activity.pk
        )
        if own is not None and not edited.is_manual and edited.kind != ActivityKind.SUMMARY:
            values |= dates(own.start_at, own.finish_at)
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
    _constrain_typed(activity)
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
    waiting = Dependency.objects.live().filter(predecessor__project_id=activity.project_id)
    return waiting.filter(Q(predecessor=activity) | Q(predecessor__kind=ActivityKind.SUMMARY)).exists()


def _edited(activity: Activity, values: Mapping[str, Any]) -> Activity:
    edited = copy.copy(activity)
    edited._state = copy.copy(activity._state)
    edited._state.fields_cache = dict(activity._state.fields_cache)
    for name, value in values.items():
        setattr(edited, name, value)
    return edited


def _constrained(activity: Activity, edited: Activity, values: Mapping[str, Any], loaded: LoadedPlan) -> dict[str, Any]:
    """What days typed for an automatic activity mean: constraints, and with both of them a duration."""
    typed = {
        name
        for name in ("planned_start_date", "planned_finish_date")
        if values.get(name) and values[name] != getattr(activity, name)
    }
    given = {name: getattr(activity, name) for name in ("planned_start_date", "planned_finish_date") if name in values}
    if not typed or activity.is_manual:  # one that becomes automatic leaves its typed dates behind
        return given if not activity.is_manual else {}
    found = {**given, **_typed_constraint(edited, typed)}
    if len(typed) == 2:
        found["duration_minutes"] = typed_minutes(loaded, edited)
    return found


def _typed_constraint(edited: Activity, typed: set[str]) -> dict[str, Any]:
    if "planned_start_date" in typed:
        return {"constraint_type": ConstraintType.SNET, "constraint_at": _midnight(edited.planned_start_date)}
    after = _midnight(edited.planned_finish_date) + datetime.timedelta(days=1)
    return {"constraint_type": ConstraintType.FNET, "constraint_at": after}


def _constrain_typed(activity: Activity) -> None:
    """A new automatic activity does not start before the day typed for it."""
    if activity.planned_start_date and activity.constraint_type == ConstraintType.ASAP:
        for name, value in _typed_constraint(activity, {"planned_start_date"}).items():
            setattr(activity, name, value)


def _midnight(day: datetime.date | None) -> datetime.datetime:
    return datetime.datetime.combine(day or datetime.date.min, datetime.time())
