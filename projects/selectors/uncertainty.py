"""What a delivery forecast is made of: a plan, what is uncertain about it, and the dates that are wanted."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from projects.algorithms.forecast_model import Risks, Uncertainty
from projects.algorithms.plan import NONE, Numbers
from projects.models import Activity, ActivityKind, ActivityStatus, BaselineActivity, Project, Risk
from projects.selectors.plan import LoadedPlan, load_plan
from resources.algorithms.calendars import DAY, TICKS_PER_MINUTE

#: The spread that may be assumed where no estimate is given, as shares of the planned duration.
ASSUMED = (0.9, 1.3)
ASSUMED_WORDS = "−10 % to +30 %"
#: Where a wanted date comes from.
FROM_DEADLINE, FROM_BASELINE, FROM_PLAN = "deadline", "baseline", "plan"
OPEN_STATUSES = (ActivityStatus.NOT_STARTED, ActivityStatus.IN_PROGRESS)


@dataclass(frozen=True)
class Wanted:
    """When something should finish, and who says so."""

    day: datetime.date | None
    ticks: int
    source: str


@dataclass(frozen=True)
class Aim:
    """A milestone or a whole project, its activities in the plan, and when it should finish."""

    key: int
    project_id: int
    name: str
    members: Numbers
    wanted: Wanted
    is_whole: bool = False


@dataclass(frozen=True)
class ForecastInput:
    """All that a forecast of some projects reads, as of one moment.

    Args:
        places: the plan's numbers of the projects asked about.
        aims: the projects first, then their milestones that are still ahead, in outline order.
    """

    loaded: LoadedPlan
    uncertainty: Uncertainty
    places: list[int]
    aims: list[Aim]
    risks: Risks | None
    risk_rows: list[dict[str, Any]]
    as_of: datetime.datetime
    not_before: int


def forecast_project_ids(project: Project | None, program: Any) -> list[int]:
    """The projects that a forecast is about: one, or the live ones of a program."""
    if project is not None:
        return [project.pk]
    rows = Project.objects.live().filter(program=program).order_by("name", "pk")
    return list(rows.values_list("pk", flat=True))


def open_work(project_ids: Collection[int]) -> Any:
    """The activities that a forecast draws: neither done nor cancelled, and no summaries."""
    rows = Activity.objects.live().leaves().filter(project_id__in=project_ids, project__archived_at=None)
    return rows.filter(status__in=OPEN_STATUSES)


def has_estimates(project_ids: Collection[int]) -> bool:
    """Whether some open activity of the projects has a three-point estimate with a spread."""
    rows = open_work(project_ids).filter(likely_minutes__isnull=False)
    return bool(rows.exclude(Q(optimistic_minutes=F("pessimistic_minutes"))).exists())


def open_risks(project_ids: Collection[int]) -> Any:
    """Risks that may still delay or cost the projects."""
    rows = Risk.objects.live().open().filter(project_id__in=project_ids, probability_ratio__gt=0)
    return rows.exclude(impact_days=0, impact_amount=0)


def forecast_input(
    organization_id: int, project_ids: Collection[int], *, assumes: bool, includes_risks: bool
) -> ForecastInput:
    """Read a plan and what is uncertain about it, at one moment.

    Args:
        assumes: where no estimate is given, the spread `ASSUMED` holds.
    Cost: the plan's statements and four more.
    """
    as_of = timezone.now()
    loaded = load_plan(organization_id, project_ids)
    order = {pk: place for place, pk in enumerate(sorted(loaded.projects))}
    places = [order[pk] for pk in project_ids if pk in order]
    risk_rows = _risk_rows(list(order)) if includes_risks else []
    today = timezone.localtime(as_of).date()
    return ForecastInput(
        loaded=loaded,
        uncertainty=_uncertainty(loaded, assumes),
        places=places,
        aims=_aims(loaded, [pk for pk in project_ids if pk in order]),
        risks=_risks(risk_rows, order),
        risk_rows=risk_rows,
        as_of=as_of,
        not_before=loaded.ticks(datetime.datetime.combine(today, datetime.time())),
    )


def _uncertainty(loaded: LoadedPlan, assumes: bool) -> Uncertainty:
    count = len(loaded.rows)
    low, likely, high = (np.full(count, np.nan) for _ in range(3))
    rows = Activity.objects.filter(project_id__in=list(loaded.projects), archived_at=None, likely_minutes__isnull=False)
    for pk, *points in rows.values_list("pk", "optimistic_minutes", "likely_minutes", "pessimistic_minutes"):
        place = loaded.place.get(pk)
        if place is not None:
            low[place], likely[place], high[place] = (float(point) * TICKS_PER_MINUTE for point in points)
    groups = [row.delay_group for row in loaded.rows]
    return Uncertainty(low, likely, high, groups, ASSUMED if assumes else None)


def _risk_rows(project_ids: list[int]) -> list[dict[str, Any]]:
    rows = open_risks(project_ids).order_by("pk")
    return list(rows.values("pk", "name", "project_id", "probability_ratio", "impact_days", "impact_amount"))


def _risks(rows: list[dict[str, Any]], order: dict[int, int]) -> Risks | None:
    if not rows:
        return None
    return Risks(
        probability=np.array([float(row["probability_ratio"]) for row in rows]),
        delay=np.array([float(row["impact_days"]) for row in rows]),
        cost=np.array([float(row["impact_amount"]) for row in rows]),
        projects=np.array([order[row["project_id"]] for row in rows], dtype=np.int64),
    )


def _aims(loaded: LoadedPlan, project_ids: list[int]) -> list[Aim]:
    asked = set(project_ids)
    members: dict[int, list[int]] = {}
    milestones, roots = [], {}
    inactive = loaded.plan.is_inactive
    for place, row in enumerate(loaded.rows):
        if row.project_id not in asked:
            continue
        if row.is_root:
            roots[row.project_id] = place
        elif row.kind != ActivityKind.SUMMARY and not inactive[place]:
            members.setdefault(row.project_id, []).append(place)
            if row.kind == ActivityKind.MILESTONE and row.status in OPEN_STATUSES:
                milestones.append(place)
    kept = _baselined(project_ids)
    whole = [
        Aim(
            key=pk,
            project_id=pk,
            name=loaded.projects[pk].name,
            members=np.array(members[pk], dtype=np.int64),
            wanted=_wanted(loaded, roots.get(pk), kept, loaded.projects[pk].finish_date),
            is_whole=True,
        )
        for pk in project_ids
        if pk in members
    ]
    parts = [
        Aim(
            loaded.rows[place].id,
            loaded.rows[place].project_id,
            loaded.rows[place].name,
            np.array([place], dtype=np.int64),
            _wanted(loaded, place, kept, loaded.rows[place].finish_date),
        )
        for place in milestones
    ]
    return [*whole, *parts]


def _baselined(project_ids: list[int]) -> dict[int, tuple[Any, Any]]:
    """What current baselines have of the projects and their milestones: activity -> (day, moment) of the finish."""
    rows = BaselineActivity.objects.filter(
        baseline__project_id__in=project_ids, baseline__is_current=True, baseline__archived_at=None
    ).filter(Q(activity__kind=ActivityKind.MILESTONE) | Q(activity__outline_level=0))
    found = rows.exclude(finish_date=None).values_list("activity_id", "finish_date", "finish_at")
    return {pk: (day, moment) for pk, day, moment in found}


def _wanted(
    loaded: LoadedPlan, place: int | None, kept: dict[int, tuple[Any, Any]], planned: datetime.date | None
) -> Wanted:
    """Its deadline, else its date in the current baseline, else the planned one; days count to their end."""
    deadline = NONE if place is None else int(loaded.plan.deadlines[place])
    if deadline != NONE:
        return Wanted(loaded.days(deadline, deadline)[1], deadline, FROM_DEADLINE)
    if place is not None and loaded.rows[place].id in kept:
        day, moment = kept[loaded.rows[place].id]
        return Wanted(day, loaded.ticks(moment) if moment else end_of(loaded, day), FROM_BASELINE)
    return Wanted(planned, end_of(loaded, planned), FROM_PLAN) if planned else Wanted(None, NONE, FROM_PLAN)


def end_of(loaded: LoadedPlan, day: datetime.date) -> int:
    """The end of a day in the plan."""
    return loaded.ticks(datetime.datetime.combine(day, datetime.time())) + DAY


CHANGED_SINCE = """
SELECT greatest(
    (SELECT max(updated_at) FROM projects_activity WHERE organization_id = %(org)s AND project_id = ANY(%(ids)s)),
    (SELECT max(updated_at) FROM projects_risk WHERE organization_id = %(org)s AND project_id = ANY(%(ids)s)),
    (SELECT max(d.updated_at) FROM projects_dependency d JOIN projects_activity s ON s.id = d.successor_id
     WHERE d.organization_id = %(org)s AND s.project_id = ANY(%(ids)s))
)
"""


def plan_changed_at(organization_id: int, project_ids: Collection[int]) -> datetime.datetime | None:
    """When the activities, dependencies or risks of projects changed last."""
    with connection.cursor() as cursor:
        cursor.execute(CHANGED_SINCE, {"org": organization_id, "ids": list(project_ids)})
        found: tuple[datetime.datetime | None] = cursor.fetchone()
    return found[0]
