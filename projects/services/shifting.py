"""Putting whole projects off: their dates, their activities and what is planned of people's time, together."""

import datetime
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db.models import F

from accounts.models import Organization, User
from events.services import change_recorded
from projects.algorithms.blast import Edit
from projects.algorithms.plan import NONE
from projects.models import Activity, ActivityStatus, ConstraintType, Project
from projects.selectors.blast import stale
from projects.selectors.plan import LoadedPlan, load_plan
from projects.services.schedule import TOUCHED, PlanChanged, move_along
from resources.algorithms.calendars import DAY
from resources.services import shift_allocations

#: Constraints that say when work may begin or end at the earliest: they go along. Those that say the latest stay.
GO_ALONG = (ConstraintType.SNET, ConstraintType.FNET)


class Shift(NamedTuple):
    """How far a project is put off: its allocations by months, its dates by days."""

    months: int
    days: int


def put_off(
    *, actor: User, organization: Organization, shifts: Mapping[int, Shift], first_month: datetime.date
) -> dict[str, Any]:
    """Put projects off inside the caller's transaction, which has locked the schedule.

    Args:
        shifts: by the project's id; none of the projects has begun.
        first_month: what is planned of people's time from this month on goes along.
    Returns:
        What the caller's event tells besides.
    Raises:
        PlanChanged: other projects would have to move too.
        Conflict: allocations cannot be moved that far, or dates lie beyond what a plan may take.
    """
    projects = list(Project.objects.select_for_update(of=("self",)).filter(pk__in=shifts).order_by("pk"))
    for project in projects:
        shift = shifts[project.pk]
        shift_dates(actor=actor, project=project, days=shift.days)
        move_constraints(project, shift.days)
        shift_allocations(
            actor=actor,
            organization=organization,
            project_id=project.pk,
            months=shift.months,
            from_month=first_month,
        )
    loaded = load_plan(organization.pk, list(shifts))
    told, _ = move_along(organization.pk, loaded, _edit(loaded, shifts), actor=actor)
    pushed = set(told.get(TOUCHED, [None, []])[1]) - shifts.keys()
    if pushed:
        names = ", ".join(f"“{loaded.projects[pk].name}”" for pk in sorted(pushed)[:3])
        raise PlanChanged(
            f"Not accepted: it would move activities of {names} too. The plan or the choice is another than what "
            "was suggested. Nothing was changed: ask for a new suggestion.",
            since=[],
        )
    return told


def shift_dates(*, actor: User, project: Project, days: int) -> Project:
    """Put a project's planned dates off, inside the caller's transaction."""
    names = ("planned_start_date", "planned_finish_date", "expected_finish_date")
    values = {
        name: getattr(project, name) + datetime.timedelta(days=days)
        for name in names
        if getattr(project, name) is not None
    }
    return change_recorded("project.put_off", actor=actor, subject=project, values=values)


def move_constraints(project: Project, days: int) -> None:
    """Earliest dates of what has not begun go along."""
    rows = Activity.objects.live().filter(project=project, is_manual=False, status=ActivityStatus.NOT_STARTED)
    rows = rows.filter(constraint_type__in=GO_ALONG, constraint_at__isnull=False)
    rows.update(constraint_at=F("constraint_at") + datetime.timedelta(days=days), version=F("version") + 1)


def _edit(loaded: LoadedPlan, shifts: Mapping[int, Shift]) -> Edit:
    """All dates typed by hand go along; those of automatic activities follow."""
    plan, edited = loaded.plan, {}
    for number, row in enumerate(loaded.rows):
        shift = shifts.get(row.project_id)
        is_open = not plan.is_inactive[number] and row.status == ActivityStatus.NOT_STARTED
        if shift is None or not plan.is_manual[number] or not is_open:
            continue
        ticks = shift.days * DAY
        edited[number] = {
            name: getattr(plan, name)[number] + ticks
            for name in ("manual_starts", "manual_finishes")
            if getattr(plan, name)[number] != NONE
        }
    own = [number for number in stale(loaded) if loaded.rows[number].project_id in shifts]
    return Edit(activities=edited, refreshed=own)
