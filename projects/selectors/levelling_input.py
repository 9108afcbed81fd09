"""What a levelling reads: the planned work of projects in flight, how far each may be put off, and what there is."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
from django.db.models import Count, F, Max, Q, Sum
from django.utils import timezone

from projects.algorithms.facts import Row, Status
from projects.algorithms.plan import LagKind, Numbers
from projects.algorithms.slipping import link_gaps
from projects.models import Activity, ActivityKind, LevellingGroup, LevellingProposal, Project, ProjectStatus
from projects.selectors.plan import LoadedPlan, load_plan
from resources.algorithms.calendars import DAY, WORKING_DAY
from resources.algorithms.levelling import Levelling
from resources.algorithms.months import distance, months_from, plus_months
from resources.models import Allocation, AllocationKind, ResourceRole, Team
from resources.selectors.capacity import capacity_months

#: Demand and capacity are counted in thousandths of an FTE.
UNITS = 1000
#: Months that are looked at, the present one first; what is planned further out stays.
HORIZON = 60
#: Calendar days of a working week, and its working days.
WEEK, WORKED = 7, 5
#: The longest month: what leaves so many days leaves a month.
MONTH_DAYS = 31

UNDER_WAY = "It is under way."
ON_HOLD = "It is on hold: nobody knows when it goes on."
BEGUN = "Its planned start lies before this month."
UNDATED = "None of its activities has a date, so its float is not known."
NO_START = "It has no planned start."
NO_FLOAT = "It has no float: any later start delays what waits for it, or the end of all."
NO_ROOM = "Its float is shorter than a month."


@dataclass(frozen=True)
class Package:
    """The planned work of one project.

    Args:
        first: the month of its first demand, from the first month that is looked at.
        float_months, float_days: by how much it may start later; 0 for what does not move.
        stays: why it does not move; empty where it may.
        token: stands for the project, its activities and its allocations as they were read.
    """

    project: Any
    first: int
    demand: Numbers
    float_months: int
    float_days: int
    stays: str
    token: str


@dataclass(frozen=True)
class Asked:
    """What is planned of people's time, and what there is.

    Args:
        months: those that are looked at, the present one first.
        groups: (id, name) of the roles or teams that something is asked of.
        in_flight: ids of all projects looked at; they make the plan that float is measured in.
        projects: those of them that ask for something; `demands` of each is int64 (months, groups), thousandths.
        others: int64 (months, groups), what all other projects in flight ask for.
        capacities: int64 (groups, months).
        without_capacity: names of groups of which nothing is known; they are not looked at.
        unplaced: thousandths of FTE-months that name no role, or no team.
    """

    months: list[datetime.date]
    groups: list[tuple[int, str]]
    in_flight: list[int]
    projects: list[Any]
    demands: dict[int, Numbers]
    others: Numbers
    capacities: Numbers
    without_capacity: list[str]
    unplaced: int


@dataclass(frozen=True)
class LevellingInput:
    """All that a levelling reads, as of one moment.

    Args:
        packages: of the projects looked at; in `plan` they come after what all other projects ask for.
    """

    as_of: datetime.datetime
    asked: Asked
    packages: list[Package]
    plan: Levelling


def levelled_projects(proposal: LevellingProposal) -> Any:
    """The projects in flight that a levelling is of: those of its program, or of its portfolio and all below it."""
    rows = Project.objects.live().in_flight().filter(organization_id=proposal.organization_id)
    if proposal.program_id:
        return rows.filter(program_id=proposal.program_id)
    portfolios: Any = Project._meta.get_field("portfolio").related_model
    below = list(portfolios.objects.at_or_below(proposal.portfolio_id).values_list("pk", flat=True))
    return rows.filter(Q(portfolio__in=below) | Q(program__portfolio__in=below, program__archived_at=None))


def asked_for(proposal: LevellingProposal, today: datetime.date) -> Asked:
    """What is asked for and what there is, without the schedule.

    Cost: about eight statements, however many projects there are.
    """
    first = today.replace(day=1)
    projects = list(levelled_projects(proposal).order_by("name", "pk"))
    rows, ids = _demand(proposal, first), {project.pk for project in projects}
    months = months_from(first, _periods(rows, first, proposal.most_months))
    there = _capacity(proposal, months)
    groups, unknown = _groups(proposal, rows, there, ids)
    demands = _by_project(rows, {pk: number for number, (pk, _) in enumerate(groups)}, months)
    found = [[there.get((pk, month), 0) for month in months] for pk, _ in groups]
    return Asked(
        months=months,
        groups=groups,
        in_flight=[project.pk for project in projects],
        projects=[project for project in projects if project.pk in demands],
        demands={pk: demand for pk, demand in demands.items() if pk in ids},
        others=sum((demands[pk] for pk in demands.keys() - ids), np.zeros((len(months), len(groups)), dtype=np.int64)),
        capacities=np.array(found, dtype=np.int64).reshape(len(groups), len(months)),
        without_capacity=unknown,
        unplaced=sum(row["units"] for row in rows if row["group"] is None and row["project"] in ids),
    )


def levelling_input(proposal: LevellingProposal, today: datetime.date) -> LevellingInput:
    """Read what a levelling is about, at one moment.

    Cost: the statements of `asked_for` and of the schedule, and three more.
    """
    as_of, asked = timezone.now(), asked_for(proposal, today)
    loaded, tokens = load_plan(proposal.organization_id, asked.in_flight), tokens_of(asked.demands)
    own: dict[int, list[int]] = {}
    for number, row in enumerate(loaded.rows):
        own.setdefault(row.project_id, []).append(number)
    packages = []
    for project in asked.projects:
        room = _room(project, loaded, own.get(project.pk, []), asked.months[0], proposal.most_months)
        packages.append(_package(project, asked.demands[project.pk], room, tokens[project.pk]))
    packages = _within_links(packages, loaded)
    plan = _plan(packages, asked.others, asked.capacities, _links(packages, loaded))
    return LevellingInput(as_of, asked, packages, plan)


def tokens_of(project_ids: Collection[int]) -> dict[int, str]:
    """For each project what stands for its row, its activities and its planned allocations as they are now."""
    versions = dict(Project.objects.filter(pk__in=project_ids).values_list("pk", "version"))
    summed = {"count": Count("pk"), "versions": Sum("version"), "ids": Sum("pk"), "last": Max("pk")}
    of_rows = [
        Activity.objects.live().filter(project__in=project_ids),
        Allocation.objects.filter(project__in=project_ids, kind=AllocationKind.PLAN),
    ]
    parts = {pk: [str(version)] for pk, version in versions.items()}
    for rows in of_rows:
        for pk, *sums in rows.order_by().values("project").annotate(**summed).values_list("project", *summed):
            parts[pk].append("-".join(map(str, sums)))
    return {pk: ".".join(found) for pk, found in parts.items()}


def days_of(start: datetime.date, months: int) -> int:
    """The days by which work is put off so that it starts `months` later: whole weeks, so that weekdays stay, and in
    the month meant if a whole number of weeks leads there."""
    target = plus_months(start, months)
    wanted = (target - start.replace(day=1)).days
    near = round(wanted / WEEK) * WEEK
    tries = sorted((near - WEEK, near, near + WEEK), key=lambda days: abs(days - wanted))
    return next((days for days in tries if (start + datetime.timedelta(days)).replace(day=1) == target), near)


def _demand(proposal: LevellingProposal, first: datetime.date) -> list[dict[str, Any]]:
    """What live projects in flight of the whole organization plan from a month on, by project, month and group."""
    rows = Allocation.objects.filter(
        organization_id=proposal.organization_id,
        kind=AllocationKind.PLAN,
        month__gte=first,
        month__lt=plus_months(first, HORIZON),
        project__archived_at=None,
        project__in=Project.objects.live().in_flight(),
    )
    found = rows.order_by().values("project", "month", group=F(_column(proposal))).annotate(fte=Sum("fte"))
    return [{**row, "units": int(row["fte"] * UNITS)} for row in found if row["fte"]]


def _column(proposal: LevellingProposal) -> str:
    return "role_id" if proposal.group == LevellingGroup.ROLE else "team_id"


def _periods(asked: Sequence[Mapping[str, Any]], first: datetime.date, most_months: int) -> int:
    """From the first month to the last that something is asked for in, or may be."""
    last = max((row["month"] for row in asked), default=first)
    return min(distance(first, last) + 1 + most_months, HORIZON + most_months)


def _capacity(proposal: LevellingProposal, months: Sequence[datetime.date]) -> dict[tuple[int, datetime.date], int]:
    """Thousandths of an FTE that there are of each role or team in each month."""
    column, found = _column(proposal), dict[tuple[int, datetime.date], Decimal]()
    for cell in capacity_months(proposal.organization_id, months[0], months[-1]):
        if (pk := getattr(cell, column)) is not None:
            found[pk, cell.month] = found.get((pk, cell.month), Decimal(0)) + cell.fte
    return {key: int(fte * UNITS) for key, fte in found.items()}


def _groups(
    proposal: LevellingProposal,
    asked: Sequence[Mapping[str, Any]],
    there: Mapping[tuple[int, datetime.date], int],
    ids: Collection[int],
) -> tuple[list[tuple[int, str]], list[str]]:
    """The roles or teams that the projects ask something of; and the names of those of which nothing is known."""
    wanted = {row["group"] for row in asked if row["project"] in ids and row["group"] is not None}
    model: Any = ResourceRole if proposal.group == LevellingGroup.ROLE else Team
    named = list(model.objects.filter(pk__in=wanted).order_by("name", "pk").values_list("pk", "name"))
    known = {pk for pk, _ in there}
    return [pair for pair in named if pair[0] in known], [name for pk, name in named if pk not in known]


def _by_project(
    asked: Sequence[Mapping[str, Any]], place: Mapping[int, int], months: Sequence[datetime.date]
) -> dict[int, Numbers]:
    """For each project int64 (months, groups)."""
    found: dict[int, Numbers] = {}
    for row in asked:
        if (group := place.get(row["group"])) is not None:
            if row["project"] not in found:
                found[row["project"]] = np.zeros((len(months), len(place)), dtype=np.int64)
            found[row["project"]][distance(months[0], row["month"]), group] += row["units"]
    return found


def _package(project: Project, demand: Numbers, room: tuple[int, int, str], token: str) -> Package:
    """What is asked for, from the first month with something to the last."""
    busy = np.flatnonzero(demand.any(axis=1))
    return Package(project, int(busy[0]), demand[busy[0] : busy[-1] + 1], *room, token)


def _room(
    project: Project, loaded: LoadedPlan, own: Sequence[int], first: datetime.date, most_months: int
) -> tuple[int, int, str]:
    """By how many months, and days, a project with its `own` activities may start later; and if by none, why."""
    if project.status == ProjectStatus.ON_HOLD:
        return 0, 0, ON_HOLD
    if project.status != ProjectStatus.APPROVED or project.actual_start_date is not None:
        return 0, 0, UNDER_WAY
    if project.planned_start_date is None:
        return 0, 0, NO_START
    if project.planned_start_date < first:
        return 0, 0, BEGUN
    statuses = loaded.facts.rows[list(own), Row.STATUS]
    if (statuses == Status.IN_PROGRESS).any() or (statuses == Status.DONE).any():
        return 0, 0, UNDER_WAY
    work = [n for n in own if not loaded.plan.is_inactive[n] and loaded.rows[n].kind != ActivityKind.SUMMARY]
    if not work:
        return 0, 0, UNDATED
    dates = loaded.schedule
    room = min(_days_between(loaded, int(dates.early_start[n]), int(dates.late_start[n])) for n in work)
    months = [k for k in range(1, most_months + 1) if days_of(project.planned_start_date, k) <= room]
    return len(months), max(room, 0), "" if months else (NO_ROOM if room > 0 else NO_FLOAT)


def _days_between(loaded: LoadedPlan, early: int, late: int) -> int:
    return (loaded.moment(late) - loaded.moment(early)).days


def _room_of_links(loaded: LoadedPlan) -> list[tuple[int, int, int]]:
    """(project, project, days) of each dependency across projects that drives: by so many days the first may start
    later before the second must."""
    plan, ends = loaded.plan, loaded.dependencies.ends[loaded.dependencies.driving]
    if not len(ends):
        return []
    found = []
    for end, gap in zip(ends.tolist(), link_gaps(plan, ends, loaded.schedule).tolist(), strict=True):
        tail, head = (loaded.rows[number].project_id for number in end[:2])
        if tail != head and not plan.is_inactive[end[:2]].any():
            is_elapsed = end[4] in (LagKind.ELAPSED, LagKind.ELAPSED_PERCENT)
            days = gap // DAY if is_elapsed else gap // WORKING_DAY * WEEK // WORKED
            found.append((tail, head, max(days, 0)))
    return found


def _within_links(packages: Sequence[Package], loaded: LoadedPlan) -> list[Package]:
    """What waits for a project and is not looked at stays where it is: the project may not push it."""
    looked_at, room = {one.project.pk for one in packages}, dict[int, int]()
    for tail, head, days in _room_of_links(loaded):
        if head not in looked_at:
            room[tail] = min(room.get(tail, days), days)
    return [_held(one, room[one.project.pk]) if one.project.pk in room else one for one in packages]


def _held(package: Package, days: int) -> Package:
    if package.stays or days >= package.float_days:
        return package
    months = sum(days_of(package.project.planned_start_date, k) <= days for k in range(1, package.float_months + 1))
    return replace(package, float_months=months, float_days=days, stays="" if months else NO_FLOAT)


def _links(packages: Sequence[Package], loaded: LoadedPlan) -> list[tuple[int, int, int]]:
    """Between packages, by their places in the plan, in months from start to start: no closer than they may come."""
    place = {one.project.pk: number for number, one in enumerate(packages, start=1)}
    closest: dict[tuple[int, int], int] = {}
    for tail, head, days in _room_of_links(loaded):
        if tail in place and head in place:
            pair = place[tail], place[head]
            closest[pair] = min(closest.get(pair, days), days)
    firsts = [0, *(one.first for one in packages)]
    return [(a, b, firsts[b] - firsts[a] - days // MONTH_DAYS) for (a, b), days in sorted(closest.items())]


def _plan(
    packages: Sequence[Package], others: Numbers, capacities: Numbers, links: Sequence[tuple[int, int, int]]
) -> Levelling:
    """The packages as the engine levels them, after one that stands for all other projects."""
    starts = np.array([0, *(one.first for one in packages)], dtype=np.int64)
    room = np.array([0, *(one.float_months for one in packages)], dtype=np.int64)
    return Levelling(
        starts=starts,
        earliest=starts,
        latest=starts + room,
        demands=(others, *(one.demand for one in packages)),
        capacities=capacities,
        links=tuple(links),
    )
