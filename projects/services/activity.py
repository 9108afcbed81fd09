"""Writes to activities and to their outline."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Max, Q

from accounts.models import User
from core.access import require
from core.errors import Conflict, FieldErrors
from events.services import (
    archive_recorded,
    change_recorded,
    create_all_recorded,
    create_recorded,
    refuse_while_needed,
    restore_recorded,
)
from projects.models import Activity, ActivityKind, ActivityStatus, Dependency, Project
from projects.services.dating import date_new, moved_between, moved_without, save_rescheduled
from projects.services.schedule import reschedule_project, tell_moved


@transaction.atomic
def create_activity(*, actor: User, project: Project, parent: Activity | None = None, **fields: Any) -> Activity:
    """Add an activity at the end of a project's outline, or at the end of a summary, and move what waits for that.

    Raises:
        NotAllowed: the actor's role may not change activities.
        FieldErrors: the summary belongs to another project.
        Conflict: dates would lie beyond what a plan may take.
    """
    require(actor, "activity.edit", project.organization_id)
    Project.objects.select_for_update().get(pk=project.pk)
    _check_parent(project, parent)
    activity = Activity(
        organization_id=project.organization_id,
        project=project,
        parent=parent,
        currency=project.currency,
        **_settled(fields),
    )
    outline = Activity.objects.filter(project=project)
    end = _end_of(parent, outline) if parent else (outline.aggregate(last=Max("position"))["last"] or 0)
    if parent:
        outline.filter(position__gt=end).update(position=F("position") + 1)
    activity.position, activity.outline_level = end + 1, (parent.outline_level + 1 if parent else 1)
    date_new(activity)
    if parent and parent.kind != ActivityKind.SUMMARY:
        change_recorded("activity.updated", actor=actor, subject=parent, values={"kind": ActivityKind.SUMMARY})
    created = create_recorded("activity.created", actor=actor, subject=activity)
    tell_moved(
        actor=actor, project=project, also=moved_between(actor=actor, activity=created, parent=parent, is_new=True)[0]
    )
    return created


@transaction.atomic
def create_activities(*, actor: User, project: Project, rows: Sequence[Mapping[str, Any]]) -> list[Activity]:
    """Add several activities at the end of a project's outline at once, in their order; all or none.

    Args:
        rows: the fields of each activity; none of them lies below a summary.
    """
    require(actor, "activity.edit", project.organization_id)
    Project.objects.select_for_update().get(pk=project.pk)
    end = Activity.objects.filter(project=project).aggregate(last=Max("position"))["last"] or 0
    activities = [
        Activity(
            organization_id=project.organization_id,
            project=project,
            currency=project.currency,
            position=position,
            **_settled(dict(fields)),
        )
        for position, fields in enumerate(rows, start=end + 1)
    ]
    return create_all_recorded("activity.created", actor=actor, subjects=activities)


@transaction.atomic
def update_activity(
    *, actor: User, activity: Activity, expected_version: int | None = None, expected_plan: str = "", **fields: Any
) -> Activity:
    """Change an activity, and move what depends on it. Done means all of it is done; started means some is under way.

    A date typed for an automatic activity becomes a constraint, as in Microsoft Project: start or finish no earlier
    than that day; both together set its duration too.

    Args:
        expected_plan: the token of the effects that the person saw; empty does not ask.
    Raises:
        PlanChanged: the effects are others by now; nothing is written.
        Conflict: dates would lie beyond what a plan may take.
    """
    require(actor, "activity.edit", activity.organization_id)
    if fields.get("status") == ActivityStatus.IN_PROGRESS and activity.progress_ratio >= 1:
        fields.setdefault("progress_ratio", activity.progress_ratio)
    return save_rescheduled(
        actor=actor,
        activity=activity,
        values=_settled(fields),
        expected_version=expected_version,
        expected_plan=expected_plan,
    )


@transaction.atomic
def move_activity(*, actor: User, activity: Activity, direction: str, expected_version: int | None = None) -> Activity:
    """Move an activity, with what is below it, in its project's outline, and what depends on its summaries in time.

    Args:
        direction: up, down (past a sibling), indent (below the sibling above), outdent (behind its summary).
            Archived siblings are not in the way: nobody sees them.
    Raises:
        Conflict: there is nowhere to go in that direction, or its new summary waits for it.
    """
    require(actor, "activity.edit", activity.organization_id)
    Project.objects.select_for_update().get(pk=activity.project_id)
    rows = list(Activity.objects.filter(project_id=activity.project_id).order_by("position", "pk"))
    activity = next(row for row in rows if row.pk == activity.pk)
    siblings = [row for row in rows if row.parent_id == activity.parent_id]
    place = siblings.index(activity)
    above = next((at for at in reversed(range(place)) if not siblings[at].is_archived), None)
    below = next((at for at in range(place + 1, len(siblings)) if not siblings[at].is_archived), None)
    old_parent = activity.parent
    new_parent, order = old_parent, siblings
    if direction == "up" and above is not None:
        siblings.insert(above, siblings.pop(place))
    elif direction == "down" and below is not None:
        siblings.insert(below, siblings.pop(place))
    elif direction == "indent" and above is not None:
        new_parent = siblings[above]
        order = [row for row in rows if row.parent_id == new_parent.pk] + [activity]
    elif direction == "outdent" and old_parent is not None:
        new_parent = next(row for row in rows if row.pk == old_parent.pk).parent
        order = [row for row in rows if row.parent_id == old_parent.parent_id]
        order.insert([row.pk for row in order].index(old_parent.pk) + 1, activity)
    else:
        raise Conflict(f"“{activity}” cannot move {direction} from where it is.")
    if new_parent is not None and new_parent.kind != ActivityKind.SUMMARY:
        change_recorded("activity.updated", actor=actor, subject=new_parent, values={"kind": ActivityKind.SUMMARY})
    also: dict[str, Any] = {}
    days: dict[str, Any] = {}
    if new_parent != old_parent:
        also, days = moved_between(actor=actor, activity=activity, parent=new_parent)
    places = _outline(rows, activity, new_parent, order)
    position, level = places.pop(activity.pk)
    others = [row for row in rows if row.pk in places and (row.position, row.outline_level) != places[row.pk]]
    for row in others:
        row.position, row.outline_level = places[row.pk]
    Activity.objects.bulk_update(others, ["position", "outline_level"])
    return change_recorded(
        "activity.moved",
        actor=actor,
        subject=activity,
        values={"parent": new_parent, "position": position, "outline_level": level, **days},
        expected_version=expected_version,
        also=also,
    )


@transaction.atomic
def archive_activity(*, actor: User, activity: Activity, expected_version: int | None = None) -> Activity:
    """Take an activity out of its project's outline, without losing it.

    Raises:
        Conflict: it is a summary of live activities.
    """
    require(actor, "activity.edit", activity.organization_id)
    refuse_while_needed(activity, activities=Activity.objects.live().filter(parent=activity))
    also = moved_without(actor=actor, activity=activity)
    return archive_recorded(
        "activity.archived", actor=actor, subject=activity, expected_version=expected_version, also=also
    )


@transaction.atomic
def restore_activity(*, actor: User, activity: Activity, expected_version: int | None = None) -> Activity:
    """Bring an archived activity back.

    Raises:
        Conflict: the summary that it is part of is archived.
    """
    require(actor, "activity.edit", activity.organization_id)
    if activity.parent is not None and activity.parent.is_archived:
        raise Conflict(f"“{activity.parent}” is archived. Restore it first, then this activity.")
    restored = restore_recorded("activity.restored", actor=actor, subject=activity, expected_version=expected_version)
    if Dependency.objects.live().filter(Q(predecessor=activity) | Q(successor=activity)).exists():
        reschedule_project(actor=actor, project=activity.project)
    return restored


def _settled(fields: dict[str, Any]) -> dict[str, Any]:
    """Status and progress agree, whichever of them was given."""
    fields = dict(fields)
    status, progress = fields.get("status"), fields.get("progress_ratio")
    if status == ActivityStatus.DONE:
        fields["progress_ratio"] = Decimal(1)
    elif status == ActivityStatus.NOT_STARTED:
        fields["progress_ratio"] = Decimal(0)
    elif status is None and progress is not None:
        started = ActivityStatus.IN_PROGRESS if progress > 0 else ActivityStatus.NOT_STARTED
        fields["status"] = ActivityStatus.DONE if progress >= 1 else started
    elif status == ActivityStatus.IN_PROGRESS and progress is not None and progress >= 1:
        fields["progress_ratio"] = Decimal("0.99")
    return fields


def _check_parent(project: Project, parent: Activity | None) -> None:
    if parent is not None and parent.project_id != project.pk:
        raise FieldErrors({"parent": "The summary belongs to another project."})


def _end_of(parent: Activity, outline: Any) -> int:
    """Position of the last row below a summary."""
    rows = list(outline.filter(position__gte=parent.position).order_by("position", "pk"))
    end = parent.position
    for row in rows[1:]:
        if row.outline_level <= parent.outline_level:
            break
        end = row.position
    return end


def _outline(
    rows: list[Activity], moved: Activity, parent: Activity | None, order: list[Activity]
) -> dict[int, tuple[int, int]]:
    """Position and level of every row of an outline in which `moved` now stands below `parent`, in `order`."""
    children: dict[int | None, list[Activity]] = {}
    for row in rows:
        if row.pk != moved.pk:
            children.setdefault(row.parent_id, []).append(row)
    children[parent.pk if parent else None] = order
    places: dict[int, tuple[int, int]] = {}
    waiting = [(row, 1) for row in reversed(children.get(None, []))]
    while waiting:
        row, level = waiting.pop()
        places[row.pk] = (len(places) + 1, level)
        waiting += [(child, level + 1) for child in reversed(children.get(row.pk, []))]
    return places
