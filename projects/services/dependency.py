"""Writes to dependencies: each moves what it must, in one event, after the person has seen what that is."""

import copy
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction

from accounts.models import User
from core.access import require
from core.errors import Conflict, FieldErrors
from events.services import (
    archive_recorded,
    change_recorded,
    create_all_recorded,
    create_recorded,
    restore_recorded,
)
from projects.algorithms.blast import Edit
from projects.models import IN_PERCENT, Activity, Dependency, Project
from projects.selectors.blast import dependency_edit
from projects.selectors.editing import MOVES_NOTHING, plan_dependencies, plan_dependency
from projects.selectors.plan import load_plan
from projects.services.schedule import TOGETHER, lock_schedule, move_along, tell_moved

#: Changes one row; told besides its values what the event says.
Change = Callable[[Dependency, dict[str, Any]], Dependency]


@transaction.atomic
def create_dependency(
    *, actor: User, predecessor: Activity, successor: Activity, expected_plan: str = "", **fields: Any
) -> Dependency:
    """Let one activity wait for another, and move what has to move.

    Args:
        expected_plan: the token of the effects that the person saw; empty does not ask.
    Raises:
        NotAllowed: the actor's role may not change dependencies.
        FieldErrors: the two are one activity, or lie in different organizations.
        Conflict: they are linked already, or the link closes a circle; its path is in words.
        PlanChanged: the effects are others by now; nothing is written.
    """
    require(actor, "dependency.edit", predecessor.organization_id)
    dependency = _new(predecessor, successor, **fields)
    also = _moved_along(actor, dependency, expected_plan)
    return create_recorded("dependency.created", actor=actor, subject=dependency, also=also)


@transaction.atomic
def create_dependencies(*, actor: User, project: Project, rows: Sequence[Mapping[str, Any]]) -> list[Dependency]:
    """Let several activities of a project wait for others, all at once, and move what has to move.

    Args:
        rows: the fields of each: predecessor, successor and what `create_dependency` takes.
    Raises:
        As `create_dependency`; all of them are saved, or none.
    """
    require(actor, "dependency.edit", project.organization_id)
    made = [_new(**row) for row in rows]
    lock_schedule(project.organization_id)
    homes = {project.pk, *(end.project_id for one in made for end in (one.predecessor, one.successor))}
    loaded = load_plan(project.organization_id, homes)
    added = [row for one in made for row in dependency_edit(loaded, one).added]
    also, _ = move_along(project.organization_id, loaded, Edit(added=added), actor=actor)
    tell_moved(actor=actor, project=project, also=also)
    return create_all_recorded("dependency.created", actor=actor, subjects=made)


@transaction.atomic
def update_dependency(
    *,
    actor: User,
    dependency: Dependency,
    expected_version: int | None = None,
    expected_plan: str = "",
    **fields: Any,
) -> Dependency:
    """Change a dependency, and move what has to move.

    Raises:
        StaleEdit: somebody changed it after version `expected_version`.
        As `create_dependency`.
    """
    require(actor, "dependency.edit", dependency.organization_id)
    edited = copy.copy(dependency)
    for name, value in _one_lag(fields, dependency).items():
        setattr(edited, name, value)
    _check_ends(edited.predecessor, edited.successor)
    fields = _one_lag(fields, dependency)
    fields["crosses_projects"] = edited.predecessor.project_id != edited.successor.project_id
    also = _moved_along(actor, edited, expected_plan) if _moves(dependency, fields) else {}
    return change_recorded(
        "dependency.updated",
        actor=actor,
        subject=dependency,
        values=fields,
        expected_version=expected_version,
        also=also,
    )


@transaction.atomic
def archive_dependency(
    *, actor: User, dependency: Dependency, expected_version: int | None = None, expected_plan: str = ""
) -> Dependency:
    """Take a dependency away: automatic activities that waited for it may start earlier, typed dates stay."""
    require(actor, "dependency.edit", dependency.organization_id)
    also = {} if dependency.is_archived else _moved_along(actor, dependency, expected_plan, remove=True)
    return archive_recorded(
        "dependency.archived", actor=actor, subject=dependency, expected_version=expected_version, also=also
    )


@transaction.atomic
def restore_dependency(
    *, actor: User, dependency: Dependency, expected_version: int | None = None, expected_plan: str = ""
) -> Dependency:
    """Bring an archived dependency back, and move what has to move.

    Raises:
        Conflict: one of its activities is archived, or the link would close a circle by now.
    """
    require(actor, "dependency.edit", dependency.organization_id)
    also = _moved_along(actor, dependency, expected_plan) if dependency.is_archived else {}
    return restore_recorded(
        "dependency.restored", actor=actor, subject=dependency, expected_version=expected_version, also=also
    )


@transaction.atomic
def update_dependencies(
    *, actor: User, dependencies: Sequence[Dependency], expected_plan: str = "", **fields: Any
) -> list[Dependency]:
    """Give several dependencies the same values, and move what all of that together has to move; all or nothing.

    Args:
        expected_plan: the token of the effects that the person saw; empty does not ask.
    Returns:
        The dependencies; each that has other values now has an event, the first of which tells what moved.
    Raises:
        NotAllowed: the actor's role may not change dependencies.
        Conflict: none is given, or together they close a circle; its path is in words.
        PlanChanged: the effects are others by now, or one of the dependencies is; nothing is written.
    """
    rows = _allowed(actor, dependencies)
    for row in rows:
        _check_ends(row.predecessor, row.successor)
    if fields.keys() <= MOVES_NOTHING:
        return _each(rows, {}, lambda row, also: _changed(actor, row, fields, also))
    told = _all_moved_along(actor, rows, expected_plan, fields)
    return _each(rows, told, lambda row, also: _changed(actor, row, _one_lag(fields, row), also))


@transaction.atomic
def archive_dependencies(
    *, actor: User, dependencies: Sequence[Dependency], expected_plan: str = ""
) -> list[Dependency]:
    """Take several dependencies away, and move what they held back; all or nothing, as `update_dependencies`."""
    rows = _allowed(actor, dependencies)
    told = _all_moved_along(actor, rows, expected_plan, None)
    live = [row for row in rows if not row.is_archived]
    return _each(
        live, told, lambda row, also: archive_recorded("dependency.archived", actor=actor, subject=row, also=also)
    )


def _new(predecessor: Activity, successor: Activity, **fields: Any) -> Dependency:
    _check_ends(predecessor, successor)
    return Dependency(
        organization_id=predecessor.organization_id,
        predecessor=predecessor,
        successor=successor,
        crosses_projects=predecessor.project_id != successor.project_id,
        **_one_lag(fields),
    )


def _check_ends(predecessor: Activity, successor: Activity) -> None:
    if predecessor.pk == successor.pk:
        raise FieldErrors({"successor": "An activity cannot wait for itself. Choose another."})
    if predecessor.organization_id != successor.organization_id:
        raise FieldErrors({"successor": "No such activity in this organization."})
    for name, activity in (("predecessor", predecessor), ("successor", successor)):
        if activity.is_archived or activity.project.is_archived:
            what = activity if activity.is_archived else activity.project
            raise FieldErrors({name: f"“{what}” is archived. Restore it first, or choose another."})


def _one_lag(fields: Mapping[str, Any], dependency: Dependency | None = None) -> dict[str, Any]:
    """A lag is in one unit: what belongs to the other is nothing."""
    fields = dict(fields)
    unit = fields.get("lag_unit", dependency.lag_unit if dependency else None)
    if "lag_unit" in fields or {"lag_minutes", "lag_ratio"} & fields.keys():
        fields["lag_minutes" if unit in IN_PERCENT else "lag_ratio"] = 0
    return fields


def _moves(dependency: Dependency, fields: Mapping[str, Any]) -> bool:
    """Whether a change touches more than who owns it and why."""
    asked = fields.keys() - MOVES_NOTHING
    return not dependency.is_archived and any(getattr(dependency, name) != fields[name] for name in asked)


def _moved_along(actor: User, dependency: Dependency, expected: str, *, remove: bool = False) -> dict[str, Any]:
    lock_schedule(dependency.organization_id)
    planned = plan_dependency(dependency, remove=remove)
    return move_along(dependency.organization_id, planned.loaded, planned.edit, actor=actor, expected=expected)[0]


def _allowed(actor: User, dependencies: Sequence[Dependency]) -> list[Dependency]:
    """The dependencies as they are once nobody else moves dates."""
    if not dependencies:
        raise Conflict("No dependency is chosen. Tick some in the list.")
    organization_id = dependencies[0].organization_id
    require(actor, "dependency.edit", organization_id)
    lock_schedule(organization_id)
    ids = [one.pk for one in dependencies]
    return list(Dependency.objects.filter(organization_id=organization_id, pk__in=ids).with_ends().order_by("pk"))


def _all_moved_along(
    actor: User, rows: Sequence[Dependency], expected: str, values: Mapping[str, Any] | None
) -> dict[str, Any]:
    planned = plan_dependencies(rows, values)
    organization_id = rows[0].organization_id
    return move_along(
        organization_id, planned.loaded, planned.edit, actor=actor, expected=expected, versions=planned.versions
    )[0]


def _changed(actor: User, row: Dependency, values: Mapping[str, Any], also: dict[str, Any]) -> Dependency:
    differs = any(getattr(row, name) != value for name, value in values.items())
    if not differs and also.keys() <= {TOGETHER}:
        return row
    return change_recorded("dependency.updated", actor=actor, subject=row, values=values, also=also)


def _each(rows: Sequence[Dependency], told: Mapping[str, Any], change: Change) -> list[Dependency]:
    """Change each row; the first event tells what moved, and all of them that they belong together."""
    together = {TOGETHER: [None, uuid.uuid4().hex]}
    return [change(row, {**together, **(told if place == 0 else {})}) for place, row in enumerate(rows)]
