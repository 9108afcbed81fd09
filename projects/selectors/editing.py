"""What an edit of a row means for the plan: the rows and the numbers, before anything is saved."""

import copy
import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from projects.algorithms.blast import Edit
from projects.models import Activity, ConstraintType, Dependency, Project
from projects.selectors.blast import (
    activity_edit,
    dependency_edit,
    dependency_edits,
    finish_by_duration,
    stale,
    typed_minutes,
)
from projects.selectors.plan import LoadedPlan, load_plan

RowT = TypeVar("RowT", Activity, Dependency)

#: A typed day -> the instant that was known more exactly, and is so no longer.
INSTANTS = {
    "planned_start_date": "start_at",
    "planned_finish_date": "finish_at",
    "actual_start_date": "actual_start_at",
    "actual_finish_date": "actual_finish_at",
}
#: What a dependency says besides how it ties its two ends.
MOVES_NOTHING = {"owner", "agreed_with", "note", "external_key", "crosses_projects"}


@dataclass(frozen=True)
class Planned:
    """A plan and an edit of it; of an activity also the row as edited, and what to set besides what was asked.

    Args:
        versions: of the rows that the edit is of, where the token of its effects is to stand for them too.
    """

    loaded: LoadedPlan
    edit: Edit
    edited: Any
    values: dict[str, Any]
    versions: Sequence[tuple[int, int]] = ()


def plan_dependency(dependency: Dependency, *, remove: bool = False) -> Planned:
    """Saving a dependency as it is given, new or changed, or removing it.

    Raises:
        Conflict: one of its ends has no place in any plan.
    """
    ends = {dependency.predecessor.project_id, dependency.successor.project_id}
    loaded = load_plan(dependency.organization_id, ends)
    return Planned(loaded, dependency_edit(loaded, dependency, remove=remove), dependency, {})


def plan_dependencies(dependencies: Sequence[Dependency], values: Mapping[str, Any] | None) -> Planned:
    """Giving several dependencies of an organization, with their ends, the same values: one edit of one plan.

    Args:
        values: None removes them.
    Raises:
        Conflict: an end of one of them has no place in any plan.
    """
    rows = [one for one in dependencies if not one.is_archived]
    homes = {end.project_id for one in rows for end in (one.predecessor, one.successor)}
    loaded = load_plan(dependencies[0].organization_id, homes)
    edited = [_edited(one, values or {}) for one in rows]
    edit = dependency_edits(loaded, edited, remove=values is None)
    return Planned(loaded, edit, edited, {}, [(one.pk, one.version) for one in dependencies])


def plan_activity(activity: Activity, values: Mapping[str, Any]) -> Planned:
    """Giving an activity some values.

    Raises:
        Conflict: a value means nothing in a plan.
    """
    all_values = forget_instants(activity, values)
    loaded = load_plan(activity.organization_id, [activity.project_id])
    edited = _edited(activity, all_values)
    if edited.is_manual and _is_typed(activity, all_values, "duration_minutes") and edited.planned_start_date:
        all_values["planned_finish_date"] = finish_by_duration(loaded, edited)
        all_values["finish_at"] = None
        edited = _edited(activity, all_values)
    if not edited.is_manual:
        all_values |= _constrained(activity, edited, all_values, loaded)
        edited = _edited(activity, all_values)
    return Planned(loaded, activity_edit(loaded, edited), edited, all_values)


def plan_project(project: Project) -> Planned:
    """Calculating the dates of a project's automatic activities anew."""
    loaded = load_plan(project.organization_id, [project.pk])
    return Planned(loaded, Edit(refreshed=stale(loaded)), project, {})


def forget_instants(activity: Activity, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values with nothing in place of the instants of days that are typed anew."""
    typed = {day for day in INSTANTS.keys() & values.keys() if values[day] != getattr(activity, day)}
    return {**values, **{INSTANTS[day]: None for day in typed}}


def constrain_typed(activity: Activity) -> None:
    """A new automatic activity does not start before the day typed for it."""
    if activity.planned_start_date and activity.constraint_type == ConstraintType.ASAP:
        for name, value in _typed_constraint(activity, {"planned_start_date"}).items():
            setattr(activity, name, value)


def _is_typed(activity: Activity, values: Mapping[str, Any], name: str) -> bool:
    return values.get(name) is not None and values[name] != getattr(activity, name)


def _edited(row: RowT, values: Mapping[str, Any]) -> RowT:
    """A copy of a row with other values, which shares nothing that setting them would change."""
    edited = copy.copy(row)
    edited._state = copy.copy(row._state)
    edited._state.fields_cache = dict(row._state.fields_cache)
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


def _midnight(day: datetime.date | None) -> datetime.datetime:
    return datetime.datetime.combine(day or datetime.date.min, datetime.time())
