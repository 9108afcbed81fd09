"""The schedule of projects as the engine reads it, in a handful of statements however many activities there are."""

import datetime
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from django.utils import timezone

from core.errors import Conflict
from core.sql import fetch
from projects.algorithms.blast import Footing
from projects.algorithms.critical_path import Engine, Schedule
from projects.algorithms.facts import ORIGIN, Dated, Facts, ProjectFacts, Row, plan_of
from projects.algorithms.plan import NONE, FloatBasis, Numbers, Plan
from projects.algorithms.slipping import Links, Policy
from projects.models import Project
from projects.selectors.kept import SHELF, fingerprint
from resources.algorithms.calendar_rows import calendar_of
from resources.algorithms.calendars import DAY, STANDARD, TICKS_PER_MINUTE, Calendar, to_datetime, to_ticks
from resources.models import Calendar as CalendarRow

NUMBERS = f"""
    (a.kind = 'milestone')::int, (a.kind = 'summary')::int,
    array_position(ARRAY['not_started', 'in_progress', 'done', 'cancelled'], a.status::text) - 1,
    a.is_manual::int, a.is_elapsed::int, COALESCE((a.duration_minutes * 10)::bigint, {NONE}),
    COALESCE(a.planned_start_date - date '1970-01-01', {NONE}),
    COALESCE(a.planned_finish_date - date '1970-01-01', {NONE}),
    COALESCE(extract(epoch FROM a.start_at)::bigint / 6, {NONE}),
    COALESCE(extract(epoch FROM a.finish_at)::bigint / 6, {NONE}),
    COALESCE(a.actual_start_date - date '1970-01-01', {NONE}),
    COALESCE(a.actual_finish_date - date '1970-01-01', {NONE}),
    COALESCE(extract(epoch FROM a.actual_start_at)::bigint / 6, {NONE}),
    COALESCE(extract(epoch FROM a.actual_finish_at)::bigint / 6, {NONE}),
    array_position(ARRAY['asap', 'alap', 'mso', 'mfo', 'snet', 'snlt', 'fnet', 'fnlt'], a.constraint_type::text) - 1,
    COALESCE(extract(epoch FROM a.constraint_at)::bigint / 6, {NONE}),
    COALESCE(extract(epoch FROM a.deadline_at)::bigint / 6, {NONE}), (a.progress_ratio * 10000)::int
"""  # in the order of `facts.Row`, after project, parent and calendar
ACTIVITIES = """
SELECT a.id, a.project_id, a.name, a.kind, a.status, a.version, a.outline_level, a.position, a.parent_id, a.assignee_id,
    a.is_manual, a.planned_start_date, a.planned_finish_date, a.planned_cost_amount, a.currency, a.progress_ratio,
    a.delay_group, COALESCE(a.calendar_id, -1)
FROM projects_activity a
WHERE a.organization_id = %s AND a.project_id = ANY(%s) AND a.archived_at IS NULL
ORDER BY a.project_id, a.position, a.id
"""
#: The same rows' numbers in one text, which numpy reads at once: a hundred thousand objects are not made.
FIGURES = f"""
SELECT string_agg(concat_ws(' ', {NUMBERS}), ' ' ORDER BY a.project_id, a.position, a.id)
FROM projects_activity a
WHERE a.organization_id = %s AND a.project_id = ANY(%s) AND a.archived_at IS NULL
"""  # noqa: S608 - constants
#: All numbers in one text too; nobody is 0.
LINKS = """
SELECT string_agg(concat_ws(' ', d.id, d.predecessor_id, d.successor_id, d.version,
    array_position(ARRAY['move', 'consume', 'none'], d.slip_policy::text) - 1,
    COALESCE(d.owner_id, 0), COALESCE(d.agreed_with_id, 0),
    array_position(ARRAY['ff', 'fs', 'sf', 'ss'], d.link_type::text) - 1,
    CASE WHEN d.lag_unit IN ('percent', 'elapsed_percent') THEN (d.lag_ratio * 100)::bigint
         ELSE (d.lag_minutes * 10)::bigint END,
    array_position(ARRAY['working', 'elapsed', 'percent', 'elapsed_percent'], d.lag_unit::text) - 1), ' ' ORDER BY d.id)
FROM projects_activity p
JOIN projects_dependency d ON d.predecessor_id = p.id AND d.archived_at IS NULL
WHERE p.organization_id = %s AND p.project_id = ANY(%s)
"""
#: By scalar subqueries, which are two look-ups for each dependency across projects whatever the planner knows.
CROSSING = """
SELECT DISTINCT
    (SELECT p.project_id FROM projects_activity p WHERE p.id = d.predecessor_id AND p.archived_at IS NULL),
    (SELECT s.project_id FROM projects_activity s WHERE s.id = d.successor_id AND s.archived_at IS NULL)
FROM projects_dependency d
WHERE d.organization_id = %s AND d.crosses_projects AND d.archived_at IS NULL
"""
POLICIES = {"move": Policy.MOVE, "consume": Policy.CONSUME, "none": Policy.NONE}


class ActivityRow(NamedTuple):
    """An activity as it is stored."""

    id: int
    project_id: int
    name: str
    kind: str
    status: str
    version: int
    outline_level: int
    position: int
    parent_id: int | None
    assignee_id: int | None
    is_manual: bool
    start_date: datetime.date | None
    finish_date: datetime.date | None
    cost_amount: Decimal | None
    currency: str
    progress_ratio: Decimal
    delay_group: str
    calendar_id: int

    @property
    def is_root(self) -> bool:
        return self.outline_level == 0


class LinkRow(NamedTuple):
    """A dependency as it is stored; an owner, or who agreed, is 0 where there is nobody."""

    id: int
    predecessor_id: int
    successor_id: int
    version: int
    policy: int
    owner_id: int
    agreed_with_id: int


class ProjectRow(NamedTuple):
    """A project as a schedule names it."""

    id: int
    code: str
    name: str
    status: str
    program_id: int | None
    program_name: str | None
    program_manager_id: int | None
    manager_id: int | None
    start_date: datetime.date | None
    finish_date: datetime.date | None
    status_date: datetime.date | None
    calendar_id: int | None


@dataclass(frozen=True)
class LoadedPlan:
    """A plan with the rows that its numbers stand for.

    Args:
        facts: what the plan was made of; links that only warn (slip policy “none”) are not in it: they drive nothing.
        rows: of the plan's activities, roots of projects included; `place` finds an activity's number by its id.
        links: all dependencies between them; `dependencies` has their numbers, and says which drive.
        projects: by id; `calendars` finds a calendar's number by its id.
        basis: what float is measured against.
    """

    facts: Facts
    dated: Dated
    rows: list[ActivityRow]
    place: dict[int, int]
    links: list[LinkRow]
    dependencies: Links
    projects: dict[int, ProjectRow]
    calendars: dict[int, int]
    basis: FloatBasis = FloatBasis.NETWORK

    @property
    def plan(self) -> Plan:
        return self.dated.plan

    @cached_property
    def engine(self) -> Engine:
        """The plan, scheduled; edits start from the same one where float is measured against the whole network."""
        return self.footing.engine if self.basis == FloatBasis.NETWORK else Engine(self.plan, self.basis)

    @cached_property
    def schedule(self) -> Schedule:
        return self.footing.base if self.basis == FloatBasis.NETWORK else self.engine.schedule()

    @cached_property
    def footing(self) -> Footing:
        """What every edit of the plan starts from."""
        return Footing(self.plan, self.dependencies)

    def root_of(self, project_id: int) -> int:
        """The number of the row that stands for a whole project; -1 where it has none."""
        return next((n for n, row in enumerate(self.rows) if row.is_root and row.project_id == project_id), -1)

    def moment(self, ticks: int) -> datetime.datetime:
        """The moment of an instant of the plan."""
        return to_datetime(ticks, self.plan.epoch)

    def ticks(self, moment: datetime.datetime) -> int:
        """The plan's instant of a moment."""
        return to_ticks(moment, self.plan.epoch)

    def moments(self, ticks: Numbers) -> list[datetime.datetime]:
        """The moments of many instants."""
        seconds = np.datetime64(self.plan.epoch, "s") + ticks * (60 // TICKS_PER_MINUTE)
        found: list[datetime.datetime] = seconds.astype("datetime64[us]").tolist()
        return found

    def days(self, start: int, finish: int) -> tuple[datetime.date, datetime.date]:
        """The first and the last day of a span: what ends at midnight ends on the day before."""
        return next(self.spans(np.array([start]), np.array([finish])))

    def spans(self, starts: Numbers, finishes: Numbers) -> Iterator[tuple[datetime.date, datetime.date]]:
        """The first and the last day of many spans."""
        last = np.where(finishes > starts, finishes - 1, finishes)
        return zip(self._dates(starts), self._dates(last), strict=True)

    def _dates(self, ticks: Numbers) -> list[datetime.date]:
        days = np.datetime64(self.plan.epoch, "D") + ticks // DAY
        found: list[datetime.date] = days.tolist()
        return found


def load_plan(
    organization_id: int,
    project_ids: Collection[int],
    *,
    linked: bool = True,
    basis: FloatBasis = FloatBasis.NETWORK,
) -> LoadedPlan:
    """The schedule of some projects; one that this process has read before, if nothing in it has changed (`kept.py`).

    Args:
        linked: with all projects that their dependencies reach, directly or through others.
        basis: what float is measured against.
    Raises:
        NoWorkingTime: a calendar never works.
        ValueError: a fact is absurd; the sentence names the activity.
    Cost: three statements, and four more where it has to be read: about 10 ms and 80 ms for 5,000 activities.
    """
    ids = linked_projects(organization_id, project_ids) if linked else set(project_ids)
    projects = _projects(organization_id, ids)
    today = timezone.localdate()
    key = (basis, *projects.values(), fingerprint(organization_id, sorted(projects), today))
    return SHELF.get(key, lambda: _read(organization_id, projects, today, basis))


def _read(organization_id: int, projects: dict[int, ProjectRow], today: datetime.date, basis: FloatBasis) -> LoadedPlan:
    keys = sorted(projects)
    found = fetch(ACTIVITIES, [organization_id, keys])
    rows = [ActivityRow._make(one) for one in found]
    place = {row.id: index for index, row in enumerate(rows)}
    own = [row.calendar_id for row in rows]
    calendars, calendar_place = _calendars(organization_id, projects.values(), set(own))
    place_of_project = {pk: index for index, pk in enumerate(keys)}
    numbers = np.column_stack(
        (
            [place_of_project[row.project_id] for row in rows],
            _parents(rows, place),
            [calendar_place.get(pk, -1) for pk in own],
            _figures(organization_id, keys, len(rows)),
        )
    ).astype(np.int64)
    links, dependencies = _links(organization_id, keys, place)
    facts = Facts(
        names=[row.name for row in rows],
        rows=numbers,
        links=dependencies.ends[dependencies.driving],
        projects=[_facts_of(projects[pk], calendar_place) for pk in keys],
        calendars=calendars,
        today=day_number(today),
    )
    return LoadedPlan(facts, plan_of(facts), rows, place, links, dependencies, projects, calendar_place, basis)


def _figures(organization_id: int, keys: list[int], count: int) -> Numbers:
    """The numbers of as many activities, in their order."""
    width = len(Row) - 3
    text = fetch(FIGURES, [organization_id, keys])[0][0] if count else ""
    found = np.fromstring(text or "", dtype=np.int64, sep=" ")
    if len(found) != count * width:
        raise Conflict("The plan was changed at this moment. Try again.")
    return found.reshape(count, width)


def linked_projects(organization_id: int, project_ids: Iterable[int]) -> set[int]:
    """Projects, and those that dependencies across projects tie to them, directly or through others."""
    neighbors: dict[int, set[int]] = {}
    for one, other in fetch(CROSSING, [organization_id]):
        if one is None or other is None:
            continue
        neighbors.setdefault(one, set()).add(other)
        neighbors.setdefault(other, set()).add(one)
    found, waiting = set(), list(project_ids)
    while waiting:
        pk = waiting.pop()
        if pk not in found:
            found.add(pk)
            waiting += neighbors.get(pk, ())
    return found


def _projects(organization_id: int, ids: Collection[int]) -> dict[int, ProjectRow]:
    rows = Project.objects.filter(organization_id=organization_id, pk__in=ids, archived_at=None).values_list(
        "id", "code", "name", "status", "program_id", "program__name", "program__manager_id", "manager_id",
        "planned_start_date", "planned_finish_date", "status_date", "calendar_id",
    )  # fmt: skip
    return {row[0]: ProjectRow._make(row) for row in rows}


def _calendars(
    organization_id: int, projects: Iterable[ProjectRow], own: Collection[int]
) -> tuple[list[Calendar], dict[int, int]]:
    """The calendars in use and where each stands; the organization's default, if it has one, comes first."""
    wanted = {project.calendar_id for project in projects if project.calendar_id} | {pk for pk in own if pk > 0}
    rows: Any = CalendarRow.objects.filter(organization_id=organization_id)
    rows = rows.filter(is_default=True) | rows.filter(pk__in=wanted)
    found = list(
        rows.order_by("-is_default", "pk").values_list(
            "pk", "is_default", "name", "week", "exceptions", "effective_weeks"
        )
    )
    calendars = [calendar_of(*row[2:]) for row in found]
    if not found or not found[0][1]:
        return [STANDARD, *calendars], {row[0]: place for place, row in enumerate(found, start=1)}
    return calendars, {row[0]: place for place, row in enumerate(found)}


def _facts_of(project: ProjectRow, calendars: dict[int, int]) -> ProjectFacts:
    place = calendars.get(project.calendar_id, 0) if project.calendar_id else 0
    start = None if project.start_date is None else day_number(project.start_date)
    status = None if project.status_date is None else day_number(project.status_date)
    return ProjectFacts(start, status, place)


def day_number(day: datetime.date) -> int:
    """Days from where facts count."""
    return (day - ORIGIN.date()).days


def _parents(rows: list[ActivityRow], place: dict[int, int]) -> list[int]:
    """Where each activity's summary stands; the project's root above what has none."""
    roots = {row.project_id: index for index, row in enumerate(rows) if row.is_root}
    return [-1 if row.is_root else place.get(row.parent_id or 0, roots.get(row.project_id, -1)) for row in rows]


def _links(organization_id: int, keys: list[int], place: dict[int, int]) -> tuple[list[LinkRow], Links]:
    """Dependencies with both ends among the plan's activities."""
    text = fetch(LINKS, [organization_id, keys])[0][0] if place else ""
    width = len(LinkRow._fields)
    found = np.fromstring(text or "", dtype=np.int64, sep=" ").reshape(-1, width + 3)
    ids = np.array(sorted(place), dtype=np.int64)
    inside = found[np.isin(found[:, 1], ids) & np.isin(found[:, 2], ids)]
    links = [LinkRow._make(row) for row in inside[:, :width].tolist()]
    places = np.array([(place[link.predecessor_id], place[link.successor_id]) for link in links], dtype=np.int64)
    ends = np.column_stack((places.reshape(-1, 2), inside[:, width:]))
    return links, Links(ends, inside[:, LinkRow._fields.index("policy")])
