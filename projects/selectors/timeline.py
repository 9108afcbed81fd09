"""Projects on one timeline: where everything lies, what has no float, what has slipped, and what drives the date."""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from accounts.models import User
from core.sql import fetch
from projects.algorithms.driving import Drivers, find_drivers, path_to
from projects.algorithms.plan import FloatBasis
from projects.algorithms.slipping import with_typed
from projects.models import ActivityKind, ActivityStatus
from projects.selectors.plan import ActivityRow, LoadedPlan, load_plan
from resources.algorithms.calendars import WORKING_DAY

#: So many of the last activities of the driving chain are shown.
CHAIN = 5
BASELINED = """
SELECT v.activity_id, v.start_date, v.finish_date, b.taken_at
FROM projects_baseline b JOIN projects_baselineactivity v ON v.baseline_id = b.id
WHERE b.organization_id = %s AND b.project_id = ANY(%s) AND b.is_current AND b.archived_at IS NULL
    AND v.organization_id = b.organization_id
"""
CODES = {"ff": 2, "fs": 0, "sf": 3, "ss": 1}


class Bar(NamedTuple):
    """A row of a timeline: a project, a summary, a task or a milestone; without dates it has no bar.

    `slip_days` are calendar days against the current baseline, None where that does not know the row. `is_foreign`:
    of a project that is there only because a dependency reaches it.
    """

    id: int
    parent_id: int | None
    project_id: int
    name: str
    kind: str
    status: str
    level: int
    start: datetime.date | None
    finish: datetime.date | None
    progress_ratio: Decimal
    is_critical: bool
    float_days: Decimal
    slip_days: int | None
    baseline_start: datetime.date | None
    baseline_finish: datetime.date | None
    owner_id: int | None
    team: str
    is_manual: bool
    is_foreign: bool
    version: int

    @property
    def is_work(self) -> bool:
        return self.kind in (ActivityKind.TASK, ActivityKind.MILESTONE)

    @property
    def is_milestone(self) -> bool:
        return self.kind == ActivityKind.MILESTONE

    @property
    def is_project(self) -> bool:
        return self.kind == "project"


class Arrow(NamedTuple):
    """A dependency on a timeline; `is_driving` if it decides where its successor lies, on a path without float."""

    id: int
    predecessor_id: int
    successor_id: int
    link_type: str
    is_driving: bool


@dataclass(frozen=True)
class Timeline:
    """Rows in outline order, project after project, the program's own before those that its links reach.

    Args:
        chain: the last of the activities that drive the last milestone, which comes last.
        baseline_date: when the newest of the current baselines was taken.
    """

    bars: list[Bar]
    arrows: list[Arrow]
    chain: list[Bar]
    people: dict[int, User]
    projects: dict[int, Any]
    baseline_date: datetime.date | None

    @property
    def has_dates(self) -> bool:
        return any(bar.start for bar in self.bars if not bar.is_project)

    @property
    def slipped(self) -> list[Bar]:
        """Own milestones that lie later than in the baseline, the last of them first."""
        late = [bar for bar in self.bars if bar.is_milestone and not bar.is_foreign and (bar.slip_days or 0) > 0]
        return sorted(late, key=lambda bar: (bar.finish, bar.slip_days), reverse=True)

    @property
    def foreign_count(self) -> int:
        return sum(bar.is_project and bar.is_foreign for bar in self.bars)


def timeline(organization_id: int, project_ids: Collection[int]) -> Timeline:
    """The timeline of some projects and of those that their dependencies reach.

    Raises:
        NoWorkingTime: a calendar never works.
        ValueError: the dependencies go round in a circle, or a fact is absurd; the sentence names it.
    Cost: nine statements; about 0.6 s for 5,000 activities.
    """
    if not project_ids:
        return Timeline([], [], [], {}, {}, None)
    loaded = load_plan(organization_id, project_ids, basis=FloatBasis.PROJECT)
    if not loaded.rows:
        return Timeline([], [], [], {}, loaded.projects, None)
    drivers = with_typed(loaded.plan, loaded.schedule, find_drivers(loaded.engine))
    baselined = fetch(BASELINED, [organization_id, sorted(loaded.projects)])
    own = set(project_ids)
    bars = _in_order(_bars(loaded, {row[0]: row[1:3] for row in baselined}, own), loaded, own)
    people = User.objects.filter(pk__in={bar.owner_id for bar in bars if bar.owner_id})
    return Timeline(
        bars=bars,
        arrows=_arrows(loaded, drivers),
        chain=_chain(loaded, drivers, bars),
        people={user.pk: user for user in people},
        projects=loaded.projects,
        baseline_date=max((row[3] for row in baselined), default=None),
    )


def _bars(loaded: LoadedPlan, baselined: dict[int, Any], own: set[int]) -> list[Bar]:
    dates, undated = loaded.schedule, loaded.dated.is_undated
    starts, finishes = dates.early_start.tolist(), dates.early_finish.tolist()
    floats, critical = dates.total_float.tolist(), dates.is_critical.tolist()
    roots = {row.project_id: row.id for row in loaded.rows if row.is_root}
    has_work = set()
    for number, row in enumerate(loaded.rows):
        if not undated[number] and row.kind != ActivityKind.SUMMARY:
            has_work.add(row.project_id)
    bars = []
    for number, row in enumerate(loaded.rows):
        project = loaded.projects[row.project_id]
        is_dated = row.project_id in has_work if row.is_root else not undated[number]
        start, finish = loaded.days(starts[number], finishes[number]) if is_dated else (None, None)
        was = baselined.get(row.id, (None, None))
        bars.append(
            Bar(
                id=row.id,
                parent_id=None if row.is_root else row.parent_id or roots.get(row.project_id),
                project_id=row.project_id,
                name=project.name if row.is_root else row.name,
                kind="project" if row.is_root else row.kind,
                status=row.status,
                level=row.outline_level,
                start=start,
                finish=finish,
                progress_ratio=row.progress_ratio,
                is_critical=bool(critical[number]) and row.status not in ("done", "cancelled"),
                float_days=(Decimal(floats[number]) / WORKING_DAY).quantize(Decimal("0.1")),
                slip_days=(finish - was[1]).days if finish and was[1] else None,
                baseline_start=was[0],
                baseline_finish=was[1],
                owner_id=_owner(row, project),
                team=row.delay_group,
                is_manual=row.is_manual,
                is_foreign=row.project_id not in own,
                version=row.version,
            )
        )
    return bars


def _owner(row: ActivityRow, project: Any) -> int | None:
    return project.manager_id if row.is_root else row.assignee_id or project.manager_id


def _in_order(bars: Iterable[Bar], loaded: LoadedPlan, own: set[int]) -> list[Bar]:
    """Own projects first, those that start sooner first; each with its outline as it is."""
    bars = list(bars)
    begins: dict[int, datetime.date] = {bar.project_id: bar.start for bar in bars if bar.is_project and bar.start}
    latest = datetime.date.max

    def place(bar: Bar) -> tuple[Any, ...]:
        return bar.is_foreign, begins.get(bar.project_id, latest), loaded.projects[bar.project_id].name, bar.project_id

    return sorted(bars, key=place)


def _arrows(loaded: LoadedPlan, drivers: Drivers) -> list[Arrow]:
    ends, critical = loaded.dependencies.ends, loaded.schedule.is_critical
    numbers = np.flatnonzero(loaded.dependencies.driving)
    driving = set(drivers.link[drivers.link >= 0].tolist())
    drives = {int(numbers[place]) for place in driving}
    names = ("ff", "fs", "sf", "ss")
    return [
        Arrow(
            link.id,
            link.predecessor_id,
            link.successor_id,
            names[int(ends[number, 2])],
            number in drives and bool(critical[ends[number, 0]] and critical[ends[number, 1]]),
        )
        for number, link in enumerate(loaded.links)
    ]


def _chain(loaded: LoadedPlan, drivers: Drivers, bars: list[Bar]) -> list[Bar]:
    by_id = {bar.id: bar for bar in bars}
    mine = [bar for bar in bars if bar.is_work and not bar.is_foreign and bar.finish and bar.status != "cancelled"]
    ends = [bar for bar in mine if bar.is_milestone] or mine
    last = max(ends, key=lambda bar: (bar.finish, bar.id), default=None)
    if last is None or last.status == ActivityStatus.DONE:
        return []
    path = path_to(drivers, loaded.place[last.id])
    found = [by_id[loaded.rows[number].id] for number in path]
    return [bar for bar in found if bar.status != ActivityStatus.DONE][-CHAIN:] if len(found) > 1 else []
