"""What a levelling says, as its row keeps it, and as pages show it."""

import datetime
from dataclasses import dataclass
from typing import Any

import numpy as np

from projects.algorithms.plan import Numbers
from projects.models import LevellingGroup, LevellingProposal, LevellingStatus
from projects.selectors.levelling_input import (
    UNITS,
    LevellingInput,
    Package,
    asked_for,
    days_of,
    levelled_projects,
    tokens_of,
)
from resources.algorithms.levelling import Excess, Levelled, load_of

#: How many proposals a page lists.
MOST_RUNS = 20
NOT_IN_FLIGHT = "None of its projects is in flight, so there is nothing to level."
NOTHING_PLANNED = (
    "Nothing is planned of people's time from this month on. Enter allocations of its projects first: what they ask of "
    "roles or teams is what is levelled."
)


def standstill(proposal: LevellingProposal, today: datetime.date) -> str:
    """Why a proposal that is not asked for yet would come to nothing; empty where it would not."""
    if not levelled_projects(proposal).exists():
        return NOT_IN_FLIGHT
    asked, noun = asked_for(proposal, today), LevellingGroup(proposal.group).label.lower()
    if asked.projects:
        return ""
    if asked.without_capacity:
        names = ", ".join(asked.without_capacity[:5])
        return f"No capacity is known of any {noun} that is asked for ({names}). Enter people or capacity first."
    if asked.unplaced:
        return f"What is planned names no {noun}. Name one with each allocation, or level the other kind of capacity."
    return NOTHING_PLANNED


def levelling_result(row: LevellingProposal, given: LevellingInput, found: Levelled) -> dict[str, Any]:
    """What a levelling says, as its row keeps it: FTE as numbers, months and days as ISO texts."""
    plan = given.plan
    before, after = load_of(plan, plan.starts), load_of(plan, found.starts)
    return {
        "group": row.group,
        "months": [month.isoformat() for month in given.asked.months],
        "groups": _groups(given, before, after),
        "before": _excess(found.before),
        "after": _excess(found.after),
        "bound": {"peak": found.peak_bound / UNITS, "total": found.total_bound / UNITS},
        "method": found.method,
        "is_proven": found.is_proven,
        "seed": found.seed,
        "moves": _moves(given, found, before, after),
        "stays": [_stay(one) for one in given.packages if one.stays],
        "left": _left(given, after),
        "without_capacity": given.asked.without_capacity,
        "unplaced": given.asked.unplaced / UNITS,
    }


def _excess(excess: Excess) -> dict[str, float]:
    return {"peak": excess.peak / UNITS, "total": excess.total / UNITS}


def _groups(given: LevellingInput, before: Numbers, after: Numbers) -> list[dict[str, Any]]:
    told = []
    for number, (pk, name) in enumerate(given.asked.groups):
        capacity = given.plan.capacities[number]
        over = [np.maximum(load[number] - capacity, 0) for load in (before, after)]
        told.append(
            {
                "id": pk,
                "name": name,
                "capacity": (capacity / UNITS).tolist(),
                "before": (before[number] / UNITS).tolist(),
                "after": (after[number] / UNITS).tolist(),
                "peak": [int(one.max()) / UNITS for one in over],
                "total": [int(one.sum()) / UNITS for one in over],
            }
        )
    return told


def _moves(given: LevellingInput, found: Levelled, before: Numbers, after: Numbers) -> list[dict[str, Any]]:
    """What starts later, the earliest first."""
    plan, told = given.plan, []
    shifts = (found.starts - plan.starts).tolist()
    for place, package in enumerate(given.packages, start=1):
        if months := shifts[place]:
            project, start = package.project, package.project.planned_start_date
            days = days_of(start, months)
            told.append(
                {
                    "project": project.pk,
                    "name": project.name,
                    "code": project.code,
                    "months": months,
                    "days": days,
                    "start": [start.isoformat(), (start + datetime.timedelta(days=days)).isoformat()],
                    "finish": _finish(project, days),
                    "float_months": package.float_months,
                    "float_left": package.float_months - months,
                    "fte_months": int(package.demand.sum()) / UNITS,
                    "why": _why(given, package, place, shifts, before, after),
                    "along": _along(given, place, shifts),
                    "token": package.token,
                }
            )
    return sorted(told, key=lambda move: (move["start"][0], move["name"], move["project"]))


def _finish(project: Any, days: int) -> list[str | None]:
    finish = project.planned_finish_date
    return (
        [None, None]
        if finish is None
        else [
            finish.isoformat(),
            (finish + datetime.timedelta(days=days)).isoformat(),
        ]
    )


def _along(given: LevellingInput, place: int, shifts: list[int]) -> list[int]:
    """The projects that have to be put off with one, as they wait for it more closely."""
    starts = given.plan.starts.tolist()
    found = [
        given.packages[head - 1].project.pk
        for tail, head, gap in given.plan.links
        if tail == place and starts[tail] + shifts[tail] + gap > starts[head]
    ]
    return sorted(set(found))


def _why(
    given: LevellingInput, package: Package, place: int, shifts: list[int], before: Numbers, after: Numbers
) -> str:
    """The month in which putting a project off relieves most; or the project that it makes way for."""
    plan = given.plan
    span = slice(package.first, package.first + len(package.demand))
    over = np.maximum(before - plan.capacities, 0)[:, span]
    less = over - np.maximum(after - plan.capacities, 0)[:, span]
    relief = np.minimum(np.maximum(less, 0), package.demand.T)
    if relief.any():
        group, month = (int(one) for one in np.unravel_index(int(relief.argmax()), relief.shape))
        day, name = given.asked.months[package.first + month], given.asked.groups[group][1]
        was, now = over[group, month] / UNITS, (over - less)[group, month] / UNITS
        return f"{name} in {day:%b %Y}: {was:.2f} FTE over capacity before, {now:.2f} after."
    before_it = [given.packages[tail - 1] for tail, head, _ in plan.links if head == place and tail and shifts[tail]]
    if before_it:
        return f"It waits for “{before_it[0].project.name}”, which starts later too."
    return "It leaves room for others that start later."


def _stay(package: Package) -> dict[str, Any]:
    project = package.project
    return {"project": project.pk, "name": project.name, "why": package.stays}


def _left(given: LevellingInput, after: Numbers) -> list[dict[str, Any]]:
    """Stretches of months in which more is asked for than there is even then, the worst first, and why."""
    plan = given.plan
    over = np.maximum(after - plan.capacities, 0)
    fixed = plan.demands[0].T.copy()
    for package in given.packages:
        if not package.float_months:
            fixed[:, package.first : package.first + len(package.demand)] += package.demand.T
    told = []
    for group, (pk, name) in enumerate(given.asked.groups):
        for first, last in _stretches(over[group]):
            span = slice(first, last + 1)
            told.append(
                {
                    "group": pk,
                    "name": name,
                    "first": given.asked.months[first].isoformat(),
                    "last": given.asked.months[last].isoformat(),
                    "peak": int(over[group, span].max()) / UNITS,
                    "total": int(over[group, span].sum()) / UNITS,
                    "why": _why_left(plan.capacities[group, span], fixed[group, span], over[group, span]),
                }
            )
    return sorted(told, key=lambda each: (-each["peak"], each["name"], each["first"]))


def _stretches(row: Numbers) -> list[tuple[int, int]]:
    """First and last of each run of periods above 0."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], (row > 0).astype(np.int8), [0]))))
    return [(int(first), int(after) - 1) for first, after in edges.reshape(-1, 2)]


def _why_left(capacity: Numbers, fixed: Numbers, over: Numbers) -> str:
    worst = int(over.argmax())
    there, stays = capacity[worst] / UNITS, fixed[worst] / UNITS
    if not there:
        return f"There is no capacity in these months; what does not move asks for {stays:.2f} FTE."
    if (fixed >= capacity + over).all():
        return f"What does not move asks for {stays:.2f} of {there:.2f} FTE alone."
    if stays > there:
        return f"What does not move asks for {stays:.2f} of {there:.2f} FTE, and the rest has no float to go elsewhere."
    return "Within float there is no start at which less is over capacity in all."


@dataclass(frozen=True)
class Cell:
    """A month of a role or team: FTE over capacity before and after."""

    month: datetime.date
    before: float
    after: float


@dataclass(frozen=True)
class HeatRow:
    """A role or team with its months."""

    name: str
    peak: tuple[float, float]
    total: tuple[float, float]
    cells: list[Cell]


@dataclass(frozen=True)
class LevellingRead:
    """A proposal with a result, ready for a page.

    Args:
        changed: names of the projects that it puts off and that have changed since.
    """

    row: LevellingProposal
    months: list[datetime.date]
    heat: list[HeatRow]
    moves: list[dict[str, Any]]
    stays: list[dict[str, Any]]
    left: list[dict[str, Any]]
    changed: list[str]
    accepted: frozenset[int]

    @property
    def result(self) -> dict[str, Any]:
        return dict(self.row.result or {})

    @property
    def peak_after(self) -> str:
        return f"{self.result['after']['peak']:.1f}"

    @property
    def peak_before(self) -> str:
        return f"of {self.result['before']['peak']:.1f} before"

    @property
    def peak_note(self) -> str:
        return f"not below {self.result['bound']['peak']:.1f} within float"

    @property
    def total_after(self) -> str:
        return f"{self.result['after']['total']:.1f}"

    @property
    def total_before(self) -> str:
        return f"of {self.result['before']['total']:.1f} before"

    @property
    def total_note(self) -> str:
        return f"not below {self.result['bound']['total']:.1f} at this peak"

    @property
    def months_note(self) -> str:
        months = sum(move["months"] for move in self.moves)
        return f"by {months} month{'' if months == 1 else 's'} in all" if months else "nothing is put off"

    @property
    def over_by_month(self) -> tuple[list[float], list[float]]:
        """FTE over capacity of all together in each of `months`, before and after."""
        sums = [
            [round(sum(getattr(row.cells[place], name) for row in self.heat), 3) for place in range(len(self.months))]
            for name in ("before", "after")
        ]
        return sums[0], sums[1]

    @property
    def is_open(self) -> bool:
        return self.row.status == LevellingStatus.OPEN


@dataclass(frozen=True)
class LevellingRuns:
    """The proposals of one program or portfolio, newest first: what a page shows of them.

    Args:
        shown: the one that is chosen, or the newest with a result; None before the first.
        waiting: the newest whose job is not finished.
        broken: the newest, where its job ended without a result.
    """

    runs: list[LevellingProposal]
    shown: LevellingRead | None
    waiting: LevellingProposal | None
    broken: LevellingProposal | None


def levelling_runs(rows: Any, chosen: str) -> LevellingRuns:
    """Read the proposals of a program or portfolio.

    Args:
        rows: its proposals, visible to the person.
        chosen: the id of the one to show, as an address says it; anything else shows the newest.
    Cost: at most five statements.
    """
    runs = list(rows.select_related("job", "requested_by", "decided_by").defer("result").order_by("-pk")[:MOST_RUNS])
    done = [run for run in runs if run.as_of is not None]
    picked = next((run for run in done if str(run.pk) == chosen), done[0] if done else None)
    newest = runs[0] if runs else None
    is_broken = newest is not None and newest.as_of is None and newest.job is not None and newest.job.is_finished
    return LevellingRuns(
        runs=runs,
        shown=None if picked is None else read_levelling(picked),
        waiting=next((run for run in runs if run.job is not None and not run.job.is_finished), None),
        broken=newest if is_broken else None,
    )


def read_levelling(row: LevellingProposal) -> LevellingRead:
    """A proposal with a result, as a page shows it."""
    told: dict[str, Any] = row.result or {}
    months = [datetime.date.fromisoformat(month) for month in told["months"]]
    moves = [_dated(move) for move in told["moves"]]
    changed: list[str] = []
    if row.status == LevellingStatus.OPEN:
        now = tokens_of([move["project"] for move in moves])
        changed = [move["name"] for move in moves if now.get(move["project"]) != move["token"]]
    return LevellingRead(
        row=row,
        months=_shown(months, told["groups"]),
        heat=_heat(months, told["groups"]),
        moves=moves,
        stays=told["stays"],
        left=[
            {**one, **{name: datetime.date.fromisoformat(one[name]) for name in ("first", "last")}}
            for one in told["left"]
        ],
        changed=changed,
        accepted=frozenset(one["project"] for one in row.accepted or ()),
    )


def _dated(move: dict[str, Any]) -> dict[str, Any]:
    """A move with days in place of texts, and the months of its start."""
    start, after = (datetime.date.fromisoformat(day) for day in move["start"])
    finish, finish_after = (day and datetime.date.fromisoformat(day) for day in move["finish"])
    return {**move, "from": start, "to": after, "finish": finish, "finish_after": finish_after}


def _over(group: dict[str, Any], name: str) -> list[float]:
    return [max(asked - there, 0.0) for asked, there in zip(group[name], group["capacity"], strict=True)]


def _shown(months: list[datetime.date], groups: list[dict[str, Any]]) -> list[datetime.date]:
    """From the first month in which something is over capacity, before or after, to the last."""
    busy = [
        number
        for number in range(len(months))
        if any(_over(group, name)[number] > 0 for group in groups for name in ("before", "after"))
    ]
    return months[busy[0] : busy[-1] + 1] if busy else []


def _heat(months: list[datetime.date], groups: list[dict[str, Any]]) -> list[HeatRow]:
    """Roles or teams that are over capacity somewhere, before or after."""
    shown, rows = _shown(months, groups), []
    for group in groups:
        if not max(group["peak"]):
            continue
        pairs = dict(zip(months, zip(_over(group, "before"), _over(group, "after"), strict=True), strict=True))
        cells = [Cell(month, *pairs[month]) for month in shown]
        rows.append(HeatRow(group["name"], tuple(group["peak"]), tuple(group["total"]), cells))
    return rows
