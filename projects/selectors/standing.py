"""Where every activity of some projects stands today, summaries with what lies below them: what a baseline copies."""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from projects.models import Activity, ActivityKind
from projects.selectors.plan import LoadedPlan, load_plan
from resources.algorithms.calendars import DAY, TICKS_PER_MINUTE, WorkingTime

NIGHT = datetime.time()


class Standing(NamedTuple):
    """Dates, work and cost of an activity, planned or as a baseline has them."""

    start_date: datetime.date | None
    finish_date: datetime.date | None
    start_at: datetime.datetime | None
    finish_at: datetime.datetime | None
    duration_minutes: Decimal | None
    work_minutes: Decimal | None
    cost_amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Line:
    """An activity in its project's outline, and where it stands.

    Args:
        is_leaf: nothing live lies below it, so that its work and cost are its own; only those are added up.
    """

    id: int
    project_id: int
    parent_id: int | None
    name: str
    kind: str
    level: int
    position: int
    currency: str
    is_leaf: bool
    deadline_at: datetime.datetime | None
    standing: Standing


def standing_lines(organization_id: int, project_ids: Collection[int]) -> list[Line]:
    """The live activities of projects in outline order, each project's root first, and where they stand today.

    A summary starts with the first and finishes with the last below it, and has their work and cost together. Where no
    duration is kept, it is the working time between the two dates.

    Cost: six statements; about 100 ms for 5,000 activities.
    """
    lines = [_line(row) for row in _rows(organization_id, project_ids)]
    lines = _rolled_up(lines)
    return _with_durations(lines, load_plan(organization_id, project_ids, linked=False)) if lines else []


def _rows(organization_id: int, project_ids: Collection[int]) -> Iterable[tuple[Any, ...]]:
    rows = Activity.with_roots.filter(
        organization_id=organization_id, project_id__in=project_ids, project__archived_at=None, archived_at=None
    )
    found: Any = rows.order_by("project_id", "position", "pk").values_list(
        "pk", "project_id", "parent_id", "name", "kind", "outline_level", "position", "currency", "deadline_at",
        "planned_start_date", "planned_finish_date", "start_at", "finish_at", "duration_minutes", "work_minutes",
        "planned_cost_amount",
    )  # fmt: skip
    return found


def _line(row: tuple[Any, ...]) -> Line:
    pk, project_id, parent_id, name, kind, level, position, currency, deadline, *facts = row
    standing = Standing._make(facts)
    return Line(pk, project_id, parent_id, name, kind, level, position, currency, True, deadline, standing)


def _rolled_up(lines: list[Line]) -> list[Line]:
    """Give every summary what its leaves amount to; what lies below an archived summary counts for the root alone."""
    by_id = {line.id: line for line in lines}
    roots = {line.project_id: line.id for line in lines if line.level == 0}
    above = {
        line.id: line.parent_id if line.parent_id in by_id else roots.get(line.project_id)
        for line in lines
        if line.level > 0
    }
    summaries = {pk for pk in above.values() if pk is not None}
    summaries |= {line.id for line in lines if line.kind == ActivityKind.SUMMARY}
    leaves: dict[int, list[Standing]] = {}
    for line in lines:
        up = above.get(line.id) if line.id not in summaries else None
        while up is not None:
            leaves.setdefault(up, []).append(line.standing)
            up = above.get(up)
    return [
        replace(line, is_leaf=line.id not in summaries and line.level > 0, standing=_together(leaves[line.id]))
        if line.id in leaves
        else replace(line, is_leaf=line.id not in summaries and line.level > 0)
        for line in lines
    ]


def _together(parts: list[Standing]) -> Standing:
    first = min((part for part in parts if part.start_date), key=_begins, default=None)
    last = max((part for part in parts if part.finish_date), key=_ends, default=None)
    return Standing(
        first and first.start_date,
        last and last.finish_date,
        first and first.start_at,
        last and last.finish_at,
        None,
        total(part.work_minutes for part in parts),
        total(part.cost_amount for part in parts),
    )


def _begins(part: Standing) -> tuple[Any, ...]:
    return part.start_date, part.start_at or datetime.datetime.combine(part.start_date or datetime.date.min, NIGHT)


def _ends(part: Standing) -> tuple[Any, ...]:
    day = part.finish_date or datetime.date.min
    return day, part.finish_at or datetime.datetime.combine(day, datetime.time.max)


def total(values: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of what is known; None where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None


def _with_durations(lines: list[Line], loaded: LoadedPlan) -> list[Line]:
    """Fill in durations that are not kept: the working time from the first to the last date, on the own calendar."""
    plan = loaded.plan
    places = [
        place
        for place, line in enumerate(lines)
        if line.standing.duration_minutes is None and line.standing.start_date and line.standing.finish_date
    ]
    if not places:
        return lines
    time = WorkingTime(plan.working_calendars, plan.epoch)
    spans = np.array([_span(lines[place].standing, loaded) for place in places], dtype=np.int64)
    calendars = plan.calendars[[loaded.place[lines[place].id] for place in places]]
    worked = time.between(spans[:, 0], spans[:, 1], calendars)
    filled = list(lines)
    for place, ticks in zip(places, worked.tolist(), strict=True):
        is_point = lines[place].kind == "milestone"
        length = Decimal(0 if is_point else max(ticks, 0)) / TICKS_PER_MINUTE
        filled[place] = replace(lines[place], standing=lines[place].standing._replace(duration_minutes=length))
    return filled


def _span(standing: Standing, loaded: LoadedPlan) -> tuple[int, int]:
    first, last = standing.start_date, standing.finish_date
    begin = standing.start_at or datetime.datetime.combine(first or datetime.date.min, NIGHT)
    end = loaded.ticks(standing.finish_at) if standing.finish_at else None
    if end is None:
        end = loaded.ticks(datetime.datetime.combine(last or datetime.date.min, NIGHT)) + DAY
    return loaded.ticks(begin), end
