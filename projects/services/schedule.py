"""Writes that move dates: what an edit moves is saved with it, told by one event, and can be undone."""

import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from django.db import connection, transaction

from accounts.models import User
from core.access import require
from core.errors import Conflict, NotFound
from events.models import Event
from events.selectors import event_lines
from events.services import change_recorded, record
from projects.algorithms.blast import Edit
from projects.models import Activity, Dependency, Project
from projects.selectors.blast import Move, effects_of, moves_of
from projects.selectors.editing import plan_project
from projects.selectors.plan import LoadedPlan

#: Keys of an event's changes that tell what was moved along, and in which projects.
MOVED, TOUCHED = "moved", "touched_projects"
#: Events of one edit of several rows have the same mark there: they are undone together.
TOGETHER = "together"
#: What can be undone: kind of event -> the subject's model.
UNDOABLE: Mapping[str, Any] = {
    "dependency.created": Dependency,
    "dependency.updated": Dependency,
    "dependency.archived": Dependency,
    "dependency.restored": Dependency,
    "activity.updated": Activity,
    "activity.rescheduled": Activity,
    "project.rescheduled": Project,
}
#: Changes to the plan that somebody who saves another one has to hear of.
OF_PLANS = ("projects.activity", "projects.dependency", "projects.project", "resources.calendar")
MOVE = """
UPDATE projects_activity a
SET planned_start_date = v.start_date, planned_finish_date = v.finish_date, start_at = v.start_at,
    finish_at = v.finish_at, version = a.version + 1, updated_at = now()
FROM unnest(%s::bigint[], %s::date[], %s::date[], %s::timestamp[], %s::timestamp[])
    AS v(id, start_date, finish_date, start_at, finish_at)
WHERE a.id = v.id AND a.organization_id = %s
RETURNING a.id, a.version
"""


COLUMNS = ("planned_start_date", "planned_finish_date", "start_at", "finish_at")


class PlanChanged(Conflict):
    """Somebody changed the plan since the effects were shown; carries what happened since, in words."""

    code = "plan_changed"

    def __init__(self, message: str, *, since: Sequence[str]) -> None:
        super().__init__(message)
        self.since = list(since)


def lock_schedule(organization_id: int) -> None:
    """Let one transaction at a time move dates in an organization.

    Two that do not see each other could close a circle together.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('portolan.schedule', %s))", [organization_id])


def move_along(
    organization_id: int,
    loaded: LoadedPlan,
    edit: Edit,
    *,
    actor: Any,
    expected: str = "",
    own: int | None = None,
    versions: Sequence[tuple[int, int]] = (),
) -> tuple[dict[str, Any], Move | None]:
    """Write what an edit moves, inside the transaction that saves the edit.

    Args:
        expected: the token of the effects that the person saw; empty does not ask.
        own: the id of the activity that the edit is about, which its own service saves.
        versions: of rows for which the token stands besides, as `effects_of`.
    Returns:
        What the event tells besides, and where the edit leaves the activity that it is about.
    Raises:
        PlanChanged: the effects are others by now.
        Conflict: the edit closes a circle, or dates lie beyond what a plan may take.
    """
    effects = effects_of(organization_id, loaded, edit, actor, versions)
    if expected and _digest(expected) != _digest(effects.token):
        raise _plan_changed(organization_id, expected)
    moved = _write(organization_id, [move for move in effects.moves if move.row.id != own])
    mine = moves_of(loaded, effects.change, np.array([loaded.place[own]]))[0] if own in loaded.place else None
    return _told(moved), mine


def _digest(token: str) -> str:
    return token.partition(".")[2]


def _write(organization_id: int, moves: Sequence[Move]) -> list[dict[str, Any]]:
    """Move rows; returns what became of each, for the event."""
    if not moves:
        return []
    ids = [move.row.id for move in moves]
    olds = {row["pk"]: row for row in Activity.objects.select_for_update().filter(pk__in=ids).values("pk", *COLUMNS)}
    values = [[move.start, move.finish, move.start_at, move.finish_at] for move in moves]
    versions = _update(organization_id, ids, values)
    return [
        {
            "id": move.row.id,
            "name": move.row.name,
            "project": move.project.id,
            "days": move.days,
            "before": [olds[move.row.id][column] for column in COLUMNS],
            "after": after,
            "version": versions[move.row.id],
        }
        for move, after in zip(moves, values, strict=True)
    ]


def _update(organization_id: int, ids: Sequence[int], values: Sequence[Sequence[Any]]) -> dict[int, int]:
    with connection.cursor() as cursor:
        columns = [list(column) for column in zip(*values, strict=True)]
        cursor.execute(MOVE, [list(ids), *columns, organization_id])
        return dict(cursor.fetchall())


def _told(moved: list[dict[str, Any]]) -> dict[str, Any]:
    if not moved:
        return {}
    return {MOVED: [None, moved], TOUCHED: [None, sorted({one["project"] for one in moved})]}


def _plan_changed(organization_id: int, expected: str) -> PlanChanged:
    seen = expected.partition(".")[0]
    events = Event.objects.filter(organization_id=organization_id, subject_type__in=OF_PLANS)
    since = [line.sentence for line in event_lines(events.filter(id__gt=int(seen) if seen.isdigit() else 0)[:10])]
    who = f" {'; '.join(since[:3])}." if since else ""
    return PlanChanged(
        f"Not saved: the plan has changed since you saw what this moves.{who} "
        "What you typed is kept: look at the new effects, then save again.",
        since=since,
    )


@transaction.atomic
def reschedule_project(*, actor: User, project: Project, expected: str = "") -> Project:
    """Calculate the dates of a project's automatic activities anew, and of what depends on them.

    Needed after its calendar, its start or its status date has changed, which move no dates by themselves.

    Raises:
        NotAllowed: the actor's role may not change activities.
        Conflict: the dependencies go round in a circle, or a calendar has no working time.
    """
    require(actor, "activity.edit", project.organization_id)
    lock_schedule(project.organization_id)
    planned = plan_project(project)
    also, _ = move_along(project.organization_id, planned.loaded, planned.edit, actor=actor, expected=expected)
    tell_moved(actor=actor, project=project, also=also)
    return project


def tell_moved(*, actor: User, project: Project, also: Mapping[str, Any]) -> None:
    """Record what an edit that has an event of its own moved besides; nothing where it moved nothing."""
    if also:
        record("project.rescheduled", actor=actor, subject=project, changes=also)


@transaction.atomic
def undo_schedule_change(*, actor: User, organization_id: int, event_id: int) -> Event:
    """Take back an edit of the schedule with everything that it moved, and with the other rows that it edited.

    Raises:
        NotAllowed: the actor's role may not change what was changed.
        NotFound: there is no such change.
        Conflict: it cannot be undone, or something that it moved has changed since; names it, and changes nothing.
    """
    event = Event.objects.filter(organization_id=organization_id, pk=event_id).first()
    if event is None:
        raise NotFound("There is no such change in this organization.")
    if event.kind not in UNDOABLE:
        raise Conflict("This change is undone on its own page, not here.")
    require(actor, "dependency.edit" if event.kind.startswith("dependency") else "activity.edit", organization_id)
    lock_schedule(organization_id)
    events = _edited_together(event)
    moved = [one for each in events for one in (each.changes.get(MOVED) or [None, []])[1]]
    told, mark = move_back(organization_id, moved), {TOGETHER: [None, uuid.uuid4().hex]} if events[1:] else {}
    return [_undo_subject(actor, one, {**mark, **({} if place else told)}) for place, one in enumerate(events)][0]


def _edited_together(event: Event) -> list[Event]:
    """An event with those of the other rows that the same edit was of."""
    if TOGETHER not in event.changes:
        return [event]
    others = Event.objects.filter(
        organization_id=event.organization_id,
        transaction_id=event.transaction_id,
        changes__together__1=event.changes[TOGETHER][1],
    )
    return list(others.order_by("id"))


def move_back(organization_id: int, moved: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Give activities the dates back that an event says they had, inside the caller's transaction.

    Args:
        moved: what the event tells that was moved.
    Returns:
        What the event of the undoing tells besides.
    Raises:
        Conflict: one of them has changed since; nothing is written.
    """
    _refuse_moved_since(moved)
    values = [_as_stored(one["before"]) for one in moved]
    versions = _update(organization_id, [one["id"] for one in moved], values) if moved else {}
    back = [
        {**one, "days": -one["days"], "before": one["after"], "after": one["before"], "version": versions[one["id"]]}
        for one in moved
    ]
    return _told(back)


def _refuse_moved_since(moved: Sequence[Mapping[str, Any]]) -> None:
    ids = [one["id"] for one in moved]
    versions = dict(Activity.objects.select_for_update().filter(pk__in=ids).values_list("pk", "version"))
    others = [one["name"] for one in moved if versions.get(one["id"]) != one["version"]]
    if others:
        names = ", ".join(f"“{name}”" for name in others[:3]) + (f" and {len(others) - 3} more" if others[3:] else "")
        raise Conflict(f"Not undone: {names} changed since. Nothing was taken back.")


def _as_stored(before: Sequence[str | None]) -> list[Any]:
    days = [None if day is None else datetime.date.fromisoformat(day) for day in before[:2]]
    moments = [None if moment is None else datetime.datetime.fromisoformat(moment) for moment in before[2:]]
    return [*days, *moments]


def _undo_subject(actor: User, event: Event, also: Mapping[str, Any]) -> Event:
    """Give the subject of an event its values before; that is an event too."""
    model = UNDOABLE[event.kind]
    subject = model._base_manager.get(pk=event.subject_id)
    noun = event.kind.partition(".")[0]
    if model is Project:
        return record("project.rescheduled", actor=actor, subject=subject, changes=also, note="Undone.")
    if event.kind == "dependency.created":
        values: dict[str, Any] = {"archived_at": event.occurred_at}
    else:
        values = {
            name: _value(model._meta.get_field(name), pair[0])
            for name, pair in event.changes.items()
            if name not in (MOVED, TOUCHED, TOGETHER)
        }
    change_recorded(
        f"{noun}.updated"
        if "archived_at" not in values
        else f"{noun}.{'archived' if values['archived_at'] else 'restored'}",
        actor=actor,
        subject=subject,
        values=values,
        expected_version=event.subject_version,
        note="Undone.",
        also=also,
    )
    return (
        Event.objects.filter(organization_id=event.organization_id).about(event.subject_type, subject.pk).latest("id")
    )


def _value(field: Any, logged: Any) -> Any:
    """A value of the log as the row takes it."""
    if field.is_relation:
        return None if logged is None else field.related_model._base_manager.get(pk=logged["id"])
    return field.to_python(logged)
