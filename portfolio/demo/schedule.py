"""From a project's facts to its activities: an outline in time, how far each has come, and what it has cost."""

import datetime
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from portfolio.demo.facts import ProjectFacts
from portfolio.demo.people import HANDS

#: By method, phases as (name, begin, end, tasks) in shares of the project's time; None is the project's own work.
PHASES: dict[str, tuple[tuple[str, float, float, tuple[str, ...] | None], ...]] = {
    "waterfall": (
        ("Definition", 0.0, 0.2, ("Requirements", "Design", "Scope agreed!")),
        ("Realization", 0.18, 0.84, None),
        ("Launch", 0.8, 1.0, ("Acceptance test", "Training and documentation")),
    ),
    "agile": (
        ("Discovery", 0.0, 0.16, ("Interviews with customers", "Story map", "First slice chosen!")),
        ("Increments", 0.14, 0.88, None),
        ("Release", 0.86, 1.0, ("Hardening", "Release notes and briefing of support")),
    ),
    "hybrid": (
        ("Plan", 0.0, 0.18, ("Requirements", "Architecture", "Gate: build!")),
        ("Build", 0.16, 0.86, None),
        ("Roll-out", 0.82, 1.0, ("Pilot", "Hand-over to operations")),
    ),
}
STARTED = {"active", "on_hold", "done"}
#: A project on hold has stood still for so long.
HELD_DAYS = 25
HOLIDAYS = {(12, 24), (12, 25), (12, 26), (1, 1)}
CENT = Decimal("0.01")


@dataclass(frozen=True)
class ActivityPlan:
    """One row of the outline as it stands on the day; `level` 1 is a phase, 2 what is in it."""

    name: str
    kind: str
    level: int
    start: datetime.date
    finish: datetime.date
    assignee: str = ""
    status: str = "not_started"
    progress: Decimal = Decimal(0)
    actual_start: datetime.date | None = None
    actual_finish: datetime.date | None = None
    cost: Decimal | None = None
    spent: Decimal | None = None

    @property
    def days(self) -> int:
        return (self.finish - self.start).days + 1


@dataclass(frozen=True)
class ProjectPlan:
    """A project on the day: its dates, its outline and what it has cost."""

    start: datetime.date | None
    finish: datetime.date | None
    expected_finish: datetime.date | None
    actual_start: datetime.date | None
    actual_finish: datetime.date | None
    budget: Decimal | None
    spent: Decimal | None
    activities: tuple[ActivityPlan, ...]


def workday(day: datetime.date, *, before: bool = True) -> datetime.date:
    """The day itself, or the next one before (else after) it that is no weekend, Christmas or New Year."""
    step = datetime.timedelta(-1 if before else 1)
    while day.weekday() > 4 or (day.month, day.day) in HOLIDAYS:
        day += step
    return day


def plan_project(facts: ProjectFacts, day: datetime.date, rng: random.Random) -> ProjectPlan:
    """Lay out one project around `day`; the same `rng` state gives the same plan."""
    if facts.start is None or facts.finish is None:
        return ProjectPlan(None, None, None, None, None, None, None, ())
    start = workday(day + datetime.timedelta(facts.start), before=False)
    finish = workday(day + datetime.timedelta(facts.finish))
    budget = Decimal(facts.budget or 0) * 1000
    if not facts.work:
        return ProjectPlan(start, finish, None, None, None, budget, None, ())
    slip = facts.slip
    expected = workday(finish + datetime.timedelta(slip)) if slip else finish
    as_of = day - datetime.timedelta(HELD_DAYS if facts.status == "on_hold" else 1)
    ratio = Decimal(str(round(facts.spent + rng.uniform(-0.012, 0.012), 3))) if facts.spent else Decimal(0)
    spent = (budget * ratio).quantize(Decimal(100)).quantize(CENT)
    outline = _outline(facts, start, finish, rng)
    outline = [_as_it_stands(row, facts, start, finish, expected, as_of, rng) for row in outline]
    outline = _summed(_with_money(outline, budget, spent, rng))
    has_started = facts.status in STARTED
    return ProjectPlan(
        start=start,
        finish=finish,
        expected_finish=expected if has_started and expected != finish else None,
        actual_start=min((row.actual_start for row in outline if row.actual_start), default=None),
        actual_finish=expected if facts.status == "done" else None,
        budget=budget,
        spent=spent if has_started else None,
        activities=tuple(outline),
    )


def _outline(
    facts: ProjectFacts, start: datetime.date, finish: datetime.date, rng: random.Random
) -> list[ActivityPlan]:
    """Phases with their tasks and milestones in the planned time, before anything has happened."""
    length = (finish - start).days
    team = [facts.manager, *rng.sample(HANDS, 3)]
    rows: list[ActivityPlan] = []
    for name, begin, end, tasks in PHASES[facts.method]:
        names = [*(facts.work if tasks is None else tasks)]
        if end == 1.0:
            names.append(f"{facts.end}!")
        rows.append(ActivityPlan(name, "summary", 1, start, finish, facts.manager))
        count = sum(not each.endswith("!") for each in names)
        place, reached = 0, begin
        for each in names:
            if each.endswith("!"):
                at = end if each == names[-1] else reached
                on = finish if at == 1.0 else workday(start + datetime.timedelta(round(length * at)))
                rows.append(ActivityPlan(each[:-1], "milestone", 2, on, on, facts.manager))
                continue
            step = (end - begin) / count
            first = begin + step * place - (step * rng.uniform(0, 0.3) if place else 0)
            reached = begin + step * (place + 1) - (0 if place == count - 1 else step * rng.uniform(0, 0.15))
            since = workday(start + datetime.timedelta(round(length * first)), before=False)
            until = max(since, workday(start + datetime.timedelta(round(length * reached))))
            until, since = min(until, finish), min(since, finish)
            rows.append(ActivityPlan(each, "task", 2, since, until, rng.choice(team)))
            place += 1
    return rows


def _as_it_stands(
    row: ActivityPlan,
    facts: ProjectFacts,
    start: datetime.date,
    finish: datetime.date,
    expected: datetime.date,
    as_of: datetime.date,
    rng: random.Random,
) -> ActivityPlan:
    """How far one activity has come by `as_of`, when the project's slip is spread evenly over its time."""
    if row.kind == "summary" or facts.status not in STARTED:
        return row
    length = max(1, (finish - start).days)
    slip = (expected - finish).days

    def really(planned: datetime.date) -> datetime.date:
        return workday(planned + datetime.timedelta(round(slip * (planned - start).days / length)), before=False)

    since = really(row.start)
    until = expected if row.finish == finish else max(since, workday(really(row.finish)))
    if row.kind == "milestone":
        since = until
    if facts.status == "done" or until <= as_of:
        until = min(until, expected)
        return replace(row, status="done", progress=Decimal(1), actual_start=min(since, until), actual_finish=until)
    if since > as_of or row.kind == "milestone":
        return row
    share = ((as_of - since).days + 1) / ((until - since).days + 1) * rng.uniform(0.8, 1.05)
    progress = Decimal(min(19, max(1, round(share * 20)))) * Decimal("0.05")
    return replace(row, status="in_progress", progress=progress, actual_start=since)


def _with_money(
    rows: Sequence[ActivityPlan], budget: Decimal, spent: Decimal, rng: random.Random
) -> list[ActivityPlan]:
    """Spread the budget over the tasks by their length, and what was spent over what was done of them."""
    tasks = [row for row in rows if row.kind == "task"]
    costs = _split(budget, [row.days * rng.uniform(0.8, 1.25) for row in tasks])
    done = [float(cost * row.progress) for cost, row in zip(costs, tasks, strict=True)]
    actuals = _split(spent, done) if any(done) else [None] * len(tasks)
    money = dict(zip((id(row) for row in tasks), zip(costs, actuals, strict=True), strict=True))
    return [
        replace(row, cost=money[id(row)][0], spent=money[id(row)][1] if row.progress else None)
        if id(row) in money
        else row
        for row in rows
    ]


def _split(amount: Decimal, weights: Sequence[float]) -> list[Decimal]:
    """An amount in parts of whole hundreds by weight, the largest taking what is left over."""
    total = sum(weights)
    parts = [(amount * Decimal(weight / total)).quantize(Decimal("1e2")).quantize(CENT) for weight in weights]
    largest = max(range(len(parts)), key=lambda place: weights[place])
    parts[largest] += amount - sum(parts)
    return parts


def _summed(rows: Sequence[ActivityPlan]) -> list[ActivityPlan]:
    """Each phase with the dates, progress and money of what is in it."""
    result: list[ActivityPlan] = []
    for place, row in enumerate(rows):
        if row.kind != "summary":
            result.append(row)
            continue
        below = []
        for other in rows[place + 1 :]:
            if other.level == 1:
                break
            below.append(other)
        result.append(_phase(row, below))
    return result


def _phase(row: ActivityPlan, below: Sequence[ActivityPlan]) -> ActivityPlan:
    tasks = [each for each in below if each.kind == "task"]
    days = sum(each.days for each in tasks)
    is_done = all(each.status == "done" for each in below)
    starts = [each.actual_start for each in below if each.actual_start]
    progress = Decimal(1) if is_done else sum((each.progress * each.days for each in tasks), Decimal(0)) / days
    return replace(
        row,
        start=min(each.start for each in below),
        finish=max(each.finish for each in below),
        status="done" if is_done else "in_progress" if starts else "not_started",
        progress=min(progress, Decimal("0.99")).quantize(Decimal("0.01")) if not is_done else Decimal(1),
        actual_start=min(starts, default=None),
        actual_finish=max((each.actual_finish for each in below if each.actual_finish), default=None)
        if is_done
        else None,
    )
