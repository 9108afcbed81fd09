"""Writes in the notation of Microsoft Project: predecessor lists, and rows pasted from a spreadsheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.models import User
from core.access import require
from core.errors import FieldErrors
from projects.algorithms.notation import Predecessor
from projects.models import Activity, Dependency, Project
from projects.services.activity import create_activity
from projects.services.dependency import archive_dependency, create_dependencies, create_dependency, update_dependency

#: So many rows are pasted at once at most.
MOST_PASTED = 1000


@transaction.atomic
def set_predecessors(*, actor: User, activity: Activity, predecessors: Sequence[Predecessor]) -> Activity:
    """Give an activity exactly these predecessors, by the numbers of their rows: the rest is taken away.

    Raises:
        NotAllowed: the actor's role may not change dependencies.
        FieldErrors: there is no such row, in this project or the one that is named.
        Conflict: a link closes a circle; all stays as it was.
    """
    require(actor, "dependency.edit", activity.organization_id)
    wanted = _found(activity.project, predecessors)
    if activity.pk in wanted:
        raise FieldErrors({"predecessors": "An activity cannot wait for itself. Name another row."})
    links = Dependency.objects.live().filter(successor=activity).with_ends()
    for link in links:
        values = wanted.pop(link.predecessor_id, None)
        if values is None:
            archive_dependency(actor=actor, dependency=link)
        elif any(getattr(link, name) != value for name, value in values.items()):
            update_dependency(actor=actor, dependency=link, **values)
    rows = Activity.with_roots.select_related("project").in_bulk(wanted)
    for pk, values in wanted.items():
        create_dependency(actor=actor, predecessor=rows[pk], successor=activity, **values)
    activity.refresh_from_db()
    return activity


def _found(home: Project, predecessors: Sequence[Predecessor]) -> dict[int, dict[str, Any]]:
    """Ids of the activities that rows' numbers stand for, with the links' values."""
    codes = {one.code.upper() for one in predecessors if one.code}
    projects = Project.objects.filter(organization_id=home.organization_id, archived_at=None, code__in=codes)
    by_code = {project.code.upper(): project for project in projects} if codes else {}
    answer: dict[int, dict[str, Any]] = {}
    for one in predecessors:
        project = by_code.get(one.code.upper()) if one.code else home
        if project is None:
            raise FieldErrors({"predecessors": f"There is no project {one.code}. Write its code before the backslash."})
        row = Activity.objects.live().filter(project=project, position=one.number).values_list("pk", flat=True).first()
        if row is None:
            raise FieldErrors({"predecessors": f"There is no row {one.number} in “{project}”. Nothing was changed."})
        answer[row] = _values(one)
    return answer


def _values(one: Predecessor) -> dict[str, Any]:
    return {
        "link_type": one.link_type,
        "lag_unit": one.lag.unit,
        "lag_minutes": one.lag.minutes,
        "lag_ratio": one.lag.ratio,
    }


@dataclass(frozen=True)
class PastedRow:
    """A row of a spreadsheet: `level` 1 is the top; predecessors name rows of the outline, these included."""

    line: int
    level: int
    fields: Mapping[str, Any]
    predecessors: Sequence[Predecessor]


@transaction.atomic
def paste_activities(*, actor: User, project: Project, rows: Sequence[PastedRow]) -> list[Activity]:
    """Add rows of a spreadsheet at the end of a project's outline, with their dependencies; all of them or none.

    Raises:
        FieldErrors: a predecessor's number is no row; the sentence names the line.
        Conflict: the dependencies close a circle.
    """
    require(actor, "activity.edit", project.organization_id)
    made: list[Activity] = []
    above: list[Activity] = []
    for row in rows:
        above = above[: row.level - 1]
        parent = above[-1] if above else None
        activity = create_activity(actor=actor, project=project, parent=parent, **row.fields)
        made.append(activity)
        above.append(activity)
    links = list(_pasted_links(project, rows, made))
    if links:
        create_dependencies(actor=actor, project=project, rows=links)
    return list(Activity.objects.filter(pk__in=[one.pk for one in made]).in_outline())


def _pasted_links(project: Project, rows: Sequence[PastedRow], made: Sequence[Activity]) -> Any:
    places = dict(Activity.objects.live().filter(project=project).values_list("position", "pk"))
    known = Activity.objects.select_related("project").in_bulk(list(places.values()))
    for row, activity in zip(rows, made, strict=True):
        for one in row.predecessors:
            pk = places.get(one.number)
            if pk is None or one.code:
                raise FieldErrors({"rows": f"Line {row.line}: there is no row {one.number} in this project."})
            yield {"predecessor": known[pk], "successor": known[activity.pk], **_values(one)}
