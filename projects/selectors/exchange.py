"""Projects as plans that travel to other programs."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from core.errors import DomainError
from projects.algorithms.exchange import (
    ROOT,
    CrossingLink,
    ExchangedActivity,
    ExchangedBaseline,
    ExchangedBaselineRow,
    ExchangedCalendar,
    ExchangedLink,
    ExchangedPlan,
)
from projects.models import Activity, Baseline, Dependency, Project
from projects.selectors.plan import LoadedPlan, load_plan
from resources.models import Calendar, office_week

NUMBERED = re.compile(r"Baseline(?: (10|[1-9]))?")
MOST_BASELINES = 11
Places = dict[int, tuple[int, int]]


def exchanged_plans(
    organization_id: int, project_ids: Collection[int]
) -> tuple[list[ExchangedPlan], list[CrossingLink]]:
    """Live projects as plans in the order of their names, and the links between them.

    Dates and durations that nobody has set yet are those that the schedule gives.

    Raises:
        DomainError: the plan cannot be scheduled; the sentence says why.
    """
    rows = Project.objects.filter(organization_id=organization_id, pk__in=project_ids, archived_at=None)
    projects = list(rows.select_related("calendar").order_by("name", "pk"))
    ids = [project.pk for project in projects]
    try:
        loaded = load_plan(organization_id, ids, linked=False)
        loaded.schedule  # noqa: B018 - scheduled now, so that a fault is told here
    except ValueError as problem:
        raise DomainError(f"{problem} Nothing was exported.") from problem
    usual = Calendar.objects.filter(organization_id=organization_id, is_default=True, archived_at=None).first()
    usual = usual or Calendar(name="Standard", week=office_week(), exceptions=[], effective_weeks=[])
    found: dict[int, list[Activity]] = defaultdict(list)
    activities = Activity.with_roots.filter(project__in=ids, archived_at=None).select_related("calendar")
    for activity in activities.in_outline():
        found[activity.project_id].append(activity)
    places: Places = {}
    for place, project in enumerate(projects):
        parts = [one for one in found[project.pk] if not one.is_root]
        places |= {one.pk: (place, number) for number, one in enumerate(parts, start=1)}
        places |= {one.pk: (place, ROOT) for one in found[project.pk] if one.is_root}
    links, crossing = _links(ids, places)
    baselines = _baselines(ids, places)
    plans = [
        _plan(project, found[project.pk], usual, loaded, links[place], baselines[project.pk])
        for place, project in enumerate(projects)
    ]
    return plans, crossing


def _plan(
    project: Project,
    rows: list[Activity],
    usual: Calendar,
    loaded: LoadedPlan,
    links: list[ExchangedLink],
    baselines: list[ExchangedBaseline],
) -> ExchangedPlan:
    own = project.calendar or usual
    calendars = {own.name: own, **{row.calendar.name: row.calendar for row in rows if row.calendar}}
    parts = [row for row in rows if not row.is_root]
    root = next((row for row in rows if row.is_root), None)
    start, finish = _dates(root, loaded) if root else (None, None)
    if root and root.constraint_type == "snet" and root.constraint_at:
        start = root.constraint_at
    elif root and project.planned_start_date and root.pk in loaded.place:
        home = sorted(loaded.projects).index(project.pk)
        start = loaded.moment(int(loaded.plan.project_starts[home]))
    return ExchangedPlan(
        name=project.name.strip(),
        description=project.description.strip(),
        external_key=project.external_key,
        start_at=start,
        finish_at=_end_of_project(project, finish),
        status_date=project.status_date,
        calendar=own.name,
        currency=project.currency,
        calendars=tuple(
            ExchangedCalendar(row.name, row.week, row.exceptions, row.effective_weeks)
            for row in sorted(calendars.values(), key=lambda row: row.name)
        ),
        activities=tuple(_activity(row, number, loaded) for number, row in enumerate(parts, start=1)),
        links=tuple(links),
        baselines=tuple(baselines),
    )


def _end_of_project(project: Project, finish: datetime | None) -> datetime | None:
    if finish is None and project.planned_finish_date:
        return datetime.combine(project.planned_finish_date, time(17))
    return finish


def _dates(row: Activity, loaded: LoadedPlan) -> tuple[datetime | None, datetime | None]:
    """When an activity is, to the minute: as stored, else as the schedule has it; none where it has none."""
    place = loaded.place[row.pk]
    start, finish = row.start_at, row.finish_at
    if loaded.dated.is_undated[place] and not row.is_root:
        return start, finish
    answer = loaded.schedule
    start = start or loaded.moment(int(answer.early_start[place]))
    finish = finish or loaded.moment(int(answer.early_finish[place]))
    return start, max(start, finish)


def _activity(row: Activity, number: int, loaded: LoadedPlan) -> ExchangedActivity:
    start, finish = _dates(row, loaded)
    duration = row.duration_minutes
    if duration is None and start and row.kind != "summary":
        duration = Decimal(int(loaded.plan.durations[loaded.place[row.pk]])) / 10
    return ExchangedActivity(
        number=number,
        level=row.outline_level,
        name=row.name.strip(),
        kind=row.kind,
        status=row.status,
        description=row.description.strip(),
        external_key=row.external_key,
        progress_ratio=row.progress_ratio,
        is_manual=row.is_manual,
        is_elapsed=row.is_elapsed,
        duration_minutes=duration,
        work_minutes=row.work_minutes or None,
        start_at=start,
        finish_at=finish,
        actual_start_at=row.actual_start_at or _at(row.actual_start_date, time(8)),
        actual_finish_at=row.actual_finish_at or _at(row.actual_finish_date, time(17)),
        planned_cost_amount=row.planned_cost_amount or None,
        actual_cost_amount=row.actual_cost_amount or None,
        constraint_type=row.constraint_type,
        constraint_at=row.constraint_at if row.constraint_type not in ("asap", "alap") else None,
        deadline_at=row.deadline_at,
        calendar=row.calendar.name if row.calendar else "",
        optimistic_minutes=row.optimistic_minutes,
        likely_minutes=row.likely_minutes,
        pessimistic_minutes=row.pessimistic_minutes,
        delay_group=row.delay_group.strip(),
    )


def _at(day: Any, hour: time) -> datetime | None:
    return None if day is None else datetime.combine(day, hour)


def _links(ids: Collection[int], places: Places) -> tuple[dict[int, list[ExchangedLink]], list[CrossingLink]]:
    """Links within each project by its place, and those between projects, both ends of which travel."""
    within: dict[int, list[ExchangedLink]] = defaultdict(list)
    crossing: list[CrossingLink] = []
    rows = Dependency.objects.in_force().filter(predecessor__project__in=ids, successor__project__in=ids)
    for row in rows.order_by("pk"):
        source, target = places[row.predecessor_id], places[row.successor_id]
        link = ExchangedLink(source[1], target[1], row.link_type, row.lag_unit, row.lag_minutes, row.lag_ratio)
        if source[0] == target[0]:
            within[source[0]].append(link)
        else:
            crossing.append(CrossingLink(source, target, link))
    for links in within.values():
        links.sort(key=lambda one: (one.successor, one.predecessor))
    return within, crossing


def _baselines(ids: Collection[int], places: Places) -> dict[int, list[ExchangedBaseline]]:
    """Baselines by project: one that is named as Project numbers them has that number, the others take free ones."""
    found: dict[int, list[Baseline]] = defaultdict(list)
    rows = Baseline.objects.live().filter(project__in=ids).prefetch_related("activities")
    for row in rows.order_by("-is_current", "-taken_at", "pk"):
        found[row.project_id].append(row)
    return {pk: list(_numbered(baselines, places)) for pk, baselines in found.items()} | {
        pk: [] for pk in ids if pk not in found
    }


def _numbered(baselines: list[Baseline], places: Places) -> Iterable[ExchangedBaseline]:
    numbers = {row.pk: int(named[1] or 0) for row in baselines if (named := NUMBERED.fullmatch(row.name))}
    free = [number for number in range(MOST_BASELINES) if number not in numbers.values()]
    for row in baselines:
        if row.pk not in numbers and free:
            numbers[row.pk] = free.pop(0)
    for row in sorted((row for row in baselines if row.pk in numbers), key=lambda row: numbers[row.pk]):
        yield ExchangedBaseline(
            numbers[row.pk],
            {
                places[one.activity_id][1]: ExchangedBaselineRow(
                    one.start_at or _at(one.start_date, time(8)),
                    one.finish_at or _at(one.finish_date, time(17)),
                    one.duration_minutes,
                    one.work_minutes or None,
                    one.cost_amount or None,
                )
                for one in row.activities.all()
                if one.activity_id in places
            },
        )
