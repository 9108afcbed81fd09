"""A whole plan written into an empty project: calendars, outline, links and baselines, all of it or nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.access import require
from core.errors import Conflict
from events.services import change_recorded, create_all_recorded, create_recorded
from projects.algorithms.exchange import (
    ROOT,
    ExchangedActivity,
    ExchangedBaseline,
    ExchangedCalendar,
    ExchangedPlan,
    first_day,
    last_day,
)
from projects.models import Activity, Baseline, BaselineActivity, Dependency, Project
from projects.services.root import root_of
from projects.services.schedule import lock_schedule
from resources.models import Calendar
from resources.services import create_calendar

#: So many rows are written between one word of progress and the next.
STEP = 500
Written = Callable[[int, str], None]


@dataclass(frozen=True, slots=True)
class CreatedPlan:
    """What was written, and how many external keys were left out because other activities have them."""

    activity_count: int
    link_count: int
    baseline_count: int
    taken_keys: int


@transaction.atomic
def take_calendars(
    *, actor: User, organization: Any, plan: ExchangedPlan
) -> tuple[dict[str, Calendar], list[Calendar]]:
    """The calendars of a plan by their names in it: those that are here already with the same hours, the others made.

    Returns:
        All by name, and those that were made. One whose name is taken by other hours gets the plan's name behind it.
    """
    require(actor, "calendar.edit", organization)
    known = {row.name.casefold(): row for row in Calendar.objects.filter(organization=organization, archived_at=None)}
    found: dict[str, Calendar] = {}
    made: list[Calendar] = []
    for one in plan.calendars:
        row = next((known[name.casefold()] for name in _names(one, plan) if _is_same(known, name, one)), None)
        if row is None:
            name = next(name for name in _names(one, plan) if name.casefold() not in known)
            row = create_calendar(
                actor=actor,
                organization=organization,
                name=name,
                week=one.week,
                exceptions=one.exceptions,
                effective_weeks=one.effective_weeks,
            )
            made.append(row)
            known[name.casefold()] = row
        found[one.name] = row
    return found, made


@transaction.atomic
def create_plan(
    *,
    actor: User,
    project: Project,
    plan: ExchangedPlan,
    calendars: Mapping[str, Calendar],
    holds_start: bool = False,
    written: Written = lambda done, what: None,
) -> CreatedPlan:
    """Fill a new project with a plan, in one transaction.

    Args:
        calendars: by their names in the plan, as `take_calendars` gives them.
        holds_start: the project starts later than the first working minute of its day; its root summary keeps that.
        written: hears after each step how many of the plan's rows (`row_count`) are written, and what comes next;
            what it raises ends the writing, and nothing is written.
    Raises:
        NotAllowed: the actor's role may not change activities, dependencies or baselines.
        Conflict: the project has activities already, or a row breaks a rule of its table; nothing is written.
    Cost: a few statements for each level of the outline, and for each 500 rows.
    """
    for action in ("activity.edit", "dependency.edit", "baseline.take"):
        require(actor, action, project.organization_id)
    lock_schedule(project.organization_id)
    Project.objects.select_for_update().get(pk=project.pk)
    if Activity.objects.filter(project=project).exists():
        raise Conflict(f"“{project}” has activities already. Import the plan as a new project.")
    root = root_of(actor=actor, project=project)
    if holds_start:
        held = {"constraint_type": "snet", "constraint_at": plan.start_at}
        root = change_recorded("activity.updated", actor=actor, subject=root, values=held)
    keys, taken = _free_keys(project, plan)
    steps = _Steps(actor, written)
    rows = {ROOT: root, **_create_outline(steps, project, plan, calendars, keys)}
    links = [
        Dependency(
            organization_id=project.organization_id,
            predecessor=rows[link.predecessor],
            successor=rows[link.successor],
            link_type=link.link_type,
            lag_unit=link.lag_unit,
            lag_minutes=link.lag_minutes,
            lag_ratio=link.lag_ratio,
        )
        for link in plan.links
    ]
    steps.create("dependency.created", links, "dependencies")
    for place, baseline in enumerate(plan.baselines):
        _create_baseline(steps, project, baseline, rows, is_current=place == 0)
    return CreatedPlan(len(plan.activities), len(links), len(plan.baselines), taken)


def _names(one: ExchangedCalendar, plan: ExchangedPlan) -> list[str]:
    own = f"{one.name} ({plan.name})"[:190]
    return [one.name, own, *(f"{own} {number}" for number in range(2, 100))]


def _is_same(known: Mapping[str, Calendar], name: str, one: ExchangedCalendar) -> bool:
    row = known.get(name.casefold())
    return row is not None and (row.week, row.exceptions, row.effective_weeks) == (
        one.week,
        one.exceptions,
        one.effective_weeks,
    )


def _free_keys(project: Project, plan: ExchangedPlan) -> tuple[set[str], int]:
    """External keys that nobody in the organization has, and how many somebody has."""
    wanted = [one.external_key for one in plan.activities if one.external_key]
    rows = Activity.with_roots.filter(organization_id=project.organization_id, external_key__in=wanted)
    used = set(rows.values_list("external_key", flat=True))
    return set(wanted) - used, sum(1 for key in wanted if key in used)


class _Steps:
    """Rows written in steps, each of which is told of before it is taken."""

    def __init__(self, actor: User, written: Written) -> None:
        self.actor, self._written, self._done = actor, written, 0

    def create(self, kind: str, rows: Sequence[Any], what: str) -> None:
        """Save and record rows."""
        for part in self.parts(rows, what):
            create_all_recorded(kind, actor=self.actor, subjects=part)

    def parts(self, rows: Sequence[Any], what: str) -> Iterator[Sequence[Any]]:
        """Rows in parts, for the caller to write."""
        for start in range(0, len(rows), STEP):
            self._written(self._done, what)
            part = rows[start : start + STEP]
            yield part
            self._done += len(part)


def _create_outline(
    steps: _Steps, project: Project, plan: ExchangedPlan, calendars: Mapping[str, Calendar], keys: set[str]
) -> dict[int, Activity]:
    """The activities by their number, level by level: a summary is there before its parts."""
    levels: dict[int, list[Activity]] = {}
    rows: dict[int, Activity] = {}
    above: list[Activity] = []
    for one in plan.activities:
        del above[one.level - 1 :]
        row = _activity(project, one, above[-1] if above else None, calendars.get(one.calendar))
        if one.external_key in keys:
            keys.discard(one.external_key)  # the same key twice in one file: the first has it
            row.external_key = one.external_key
        rows[one.number] = row
        levels.setdefault(one.level, []).append(row)
        above.append(row)
    for level in sorted(levels):
        for row in levels[level]:
            row.parent = row.parent  # takes the id of the summary, which it has by now
        steps.create("activity.created", levels[level], f"{len(rows):,} activities")
    return rows


def _activity(project: Project, one: ExchangedActivity, parent: Activity | None, calendar: Calendar | None) -> Activity:
    return Activity(
        organization_id=project.organization_id,
        project=project,
        parent=parent,
        position=one.number,
        outline_level=one.level,
        name=one.name,
        description=one.description,
        kind=one.kind,
        status=one.status,
        progress_ratio=one.progress_ratio,
        currency=project.currency,
        is_manual=one.is_manual,
        is_elapsed=one.is_elapsed,
        duration_minutes=one.duration_minutes,
        work_minutes=one.work_minutes,
        start_at=one.start_at,
        finish_at=one.finish_at,
        planned_start_date=first_day(one.start_at),
        planned_finish_date=last_day(one.start_at, one.finish_at),
        actual_start_at=one.actual_start_at,
        actual_finish_at=one.actual_finish_at,
        actual_start_date=first_day(one.actual_start_at),
        actual_finish_date=last_day(one.actual_start_at, one.actual_finish_at),
        planned_cost_amount=one.planned_cost_amount,
        actual_cost_amount=one.actual_cost_amount,
        constraint_type=one.constraint_type,
        constraint_at=one.constraint_at,
        deadline_at=one.deadline_at,
        calendar=calendar,
        optimistic_minutes=one.optimistic_minutes,
        likely_minutes=one.likely_minutes,
        pessimistic_minutes=one.pessimistic_minutes,
        delay_group=one.delay_group,
    )


def _create_baseline(
    steps: _Steps, project: Project, one: ExchangedBaseline, rows: Mapping[int, Activity], *, is_current: bool
) -> None:
    baseline = Baseline(
        organization_id=project.organization_id,
        project=project,
        name=f"Baseline {one.number}" if one.number else "Baseline",
        note="From Microsoft Project",
        taken_at=timezone.now(),
        taken_by=steps.actor,
        is_current=is_current,
    )
    create_recorded("baseline.taken", actor=steps.actor, subject=baseline)
    kept = [
        BaselineActivity(
            organization_id=project.organization_id,
            baseline=baseline,
            activity=rows[number],
            start_date=first_day(row.start_at),
            finish_date=last_day(row.start_at, row.finish_at),
            start_at=row.start_at,
            finish_at=row.finish_at,
            duration_minutes=row.duration_minutes,
            work_minutes=row.work_minutes,
            cost_amount=row.cost_amount,
            currency=project.currency,
        )
        for number, row in one.rows.items()
    ]
    for part in steps.parts(kept, f"“{baseline.name}”"):
        BaselineActivity.objects.bulk_create(part)
