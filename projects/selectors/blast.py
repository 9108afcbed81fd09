"""What an edit of the schedule would do, before it is saved and by the code that saves it."""

import datetime
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np

from accounts.models import User
from core.errors import Conflict
from events.models import Event
from projects.algorithms.blast import ChangeSet, Edit, blast_radius
from projects.algorithms.critical_path import schedule
from projects.algorithms.facts import ORIGIN, Row, Status, plan_of
from projects.algorithms.plan import ACTIVITY_FIELDS, NONE, Constraint, LagKind, LinkKind, Numbers, Plan
from projects.algorithms.spending import moved_money
from projects.models import IN_PERCENT, Activity, ActivityKind, Dependency
from projects.selectors.plan import POLICIES, ActivityRow, LoadedPlan, ProjectRow, day_number
from resources.algorithms.calendars import WORKING_DAY, NoWorkingTime, to_ticks


@dataclass(frozen=True)
class Move:
    """An activity or a summary that an edit moves; days are calendar days by which it finishes later."""

    row: ActivityRow
    project: ProjectRow
    start_before: datetime.date | None
    finish_before: datetime.date | None
    start: datetime.date
    finish: datetime.date
    start_at: datetime.datetime
    finish_at: datetime.datetime
    days: int
    float_days: Decimal
    is_critical: bool

    @property
    def is_milestone(self) -> bool:
        return self.row.kind == ActivityKind.MILESTONE

    @property
    def is_summary(self) -> bool:
        return self.row.kind == ActivityKind.SUMMARY


@dataclass(frozen=True)
class MonthShift:
    """Planned money of a month before and after."""

    month: datetime.date
    currency: str
    before: Decimal
    after: Decimal


@dataclass(frozen=True)
class Broken:
    """A dependency that the dates break: the two stay where they are, and somebody has to see to it."""

    predecessor: ActivityRow
    successor: ActivityRow
    is_new: bool


@dataclass(frozen=True)
class Effects:
    """What an edit moves, in the facts' terms. `token` stands for exactly this.

    `moves` are activities and milestones by their new start, `roots` the projects whose dates change.
    """

    moves: list[Move]
    roots: list[Move]
    programs: dict[int, str]
    people: list[User]
    money: list[MonthShift]
    broken: list[Broken]
    token: str
    change: ChangeSet

    @property
    def milestones(self) -> list[Move]:
        return [move for move in self.moves if move.is_milestone]

    @property
    def named_programs(self) -> list[dict[str, Any]]:
        """The programs, by name."""
        return [{"id": pk, "name": name} for pk, name in sorted(self.programs.items(), key=lambda pair: pair[1])]

    @property
    def worst(self) -> Move | None:
        """The milestone, or else the activity, that is put off furthest."""
        late = [move for move in self.milestones or self.moves if move.days > 0]
        return max(late, key=lambda move: (move.days, move.finish), default=None)

    @property
    def new_breaks(self) -> list[Broken]:
        return [one for one in self.broken if one.is_new]


def effects_of(
    organization_id: int,
    loaded: LoadedPlan,
    edit: Edit,
    actor: Any = None,
    versions: Sequence[tuple[int, int]] = (),
) -> Effects:
    """What an edit does to a plan.

    Args:
        actor: who edits, and need not be told.
        versions: ids and versions of rows for which the token stands besides.
    Raises:
        Conflict: the edit closes a circle, or a date lies beyond what a plan may take; says which.
    Cost: two statements beside what was loaded.
    """
    try:
        change = blast_radius(loaded.footing, edit)
    except (NoWorkingTime, ValueError) as error:  # a circle is a ValueError too
        raise Conflict(str(error)) from error
    moves = moves_of(loaded, change, change.moved[~loaded.dated.is_undated[change.moved]])
    work = [move for move in moves if not move.is_summary]
    touched = {move.project.id for move in work}
    programs = {
        project.program_id: str(project.program_name)
        for project in (loaded.projects[pk] for pk in touched)
        if project.program_id
    }
    return Effects(
        moves=work,
        roots=[move for move in moves if move.row.is_root],
        programs=programs,
        people=_people(loaded, change, work, actor),
        money=_money(work),
        broken=_broken(loaded, change),
        token=_token(organization_id, work, versions),
        change=change,
    )


def moves_of(loaded: LoadedPlan, change: ChangeSet, numbers: Numbers) -> list[Move]:
    """Where an edit leaves activities, by the plan's numbers.

    Cost: about 10 microseconds for each.
    """
    plan, before, after = change.plan, change.before, change.after
    by_hand = plan.is_manual[numbers]
    starts = np.where(by_hand, plan.manual_starts[numbers], after.early_start[numbers])
    finishes = np.where(by_hand, plan.manual_finishes[numbers], after.early_finish[numbers])
    tenths = np.rint(after.total_float[numbers] * 10 / WORKING_DAY).astype(np.int64)
    columns = zip(
        numbers.tolist(),
        loaded.moments(starts),
        loaded.moments(finishes),
        loaded.spans(starts, finishes),
        loaded.spans(before.early_start[numbers], before.early_finish[numbers]),
        tenths.tolist(),
        after.is_critical[numbers].tolist(),
        strict=True,
    )
    found = []
    for number, start_at, finish_at, (start, finish), was, float_tenths, is_critical in columns:
        row = loaded.rows[number]
        start_before, finish_before = was if row.kind == ActivityKind.SUMMARY else (row.start_date, row.finish_date)
        days = (finish - (finish_before or was[1])).days
        found.append(
            Move(
                row,
                loaded.projects[row.project_id],
                start_before,
                finish_before,
                start,
                finish,
                start_at,
                finish_at,
                days,
                Decimal(float_tenths).scaleb(-1),
                is_critical,
            )
        )
    return found


def _people(loaded: LoadedPlan, change: ChangeSet, moves: Sequence[Move], actor: Any) -> list[User]:
    """Who has to be told: who does, manages or has agreed to what moves."""
    moved = {move.row.id for move in moves}
    ids = {move.row.assignee_id for move in moves}
    for move in moves:
        ids |= {move.project.manager_id, move.project.program_manager_id}
    for link in loaded.links:
        if link.predecessor_id in moved or link.successor_id in moved:
            ids |= {link.owner_id, link.agreed_with_id}
    told = [pk for pk in ids if pk and pk != getattr(actor, "pk", None)]
    return list(User.objects.filter(pk__in=told).order_by("name", "pk")) if told else []


def _money(moves: Sequence[Move]) -> list[MonthShift]:
    spans: dict[str, list[Any]] = {}
    for move in moves:
        if move.row.cost_amount and move.start_before and move.finish_before:
            span = (move.row.cost_amount, move.start_before, move.finish_before, move.start, move.finish)
            spans.setdefault(move.row.currency, []).append(span)
    return [
        MonthShift(month, currency, *pair)
        for currency, of_currency in sorted(spans.items())
        for month, pair in moved_money(of_currency).items()
    ]


def _broken(loaded: LoadedPlan, change: ChangeSet) -> list[Broken]:
    newly = set(change.newly_broken.tolist())
    found = []
    for number in change.broken.tolist():
        tail, head = change.links.ends[number, :2].tolist()
        if not loaded.dated.is_undated[[tail, head]].any():
            found.append(Broken(loaded.rows[tail], loaded.rows[head], number in newly))
    return found


def _token(organization_id: int, moves: Iterable[Move], versions: Sequence[tuple[int, int]]) -> str:
    """What stands for these very effects: the last event that they take into account, and a digest of what moves."""
    newest = Event.objects.filter(organization_id=organization_id).order_by("-id").values_list("id", flat=True).first()
    digest = hashlib.sha256()
    for move in sorted(moves, key=lambda one: one.row.id):
        digest.update(f"{move.row.id} {move.row.version} {move.start_at} {move.finish_at};".encode())
    for pk, version in sorted(versions):
        digest.update(f"{pk} {version}.".encode())
    return f"{newest or 0}.{digest.hexdigest()[:32]}"


def dependency_edit(loaded: LoadedPlan, dependency: Dependency, *, remove: bool = False) -> Edit:
    """The edit that saving a dependency, new or changed, is; or removing it. As it is stored, it is none.

    Raises:
        Conflict: one of its ends has no place in any plan.
    """
    return dependency_edits(loaded, [dependency], remove=remove)


def dependency_edits(loaded: LoadedPlan, dependencies: Sequence[Dependency], *, remove: bool = False) -> Edit:
    """The one edit that saving several dependencies together is; or removing them. Raises as `dependency_edit`."""
    known = {link.id: number for number, link in enumerate(loaded.links)}
    numbers = [known.get(dependency.pk or 0) for dependency in dependencies]
    if remove:
        return Edit(removed=[number for number in numbers if number is not None])
    added, changed, stored = [], {}, loaded.dependencies
    for number, dependency in zip(numbers, dependencies, strict=True):
        values = _link_values(loaded, dependency)
        if number is None:
            added.append(values)
        elif values != (*stored.ends[number].tolist(), int(stored.policies[number])):
            changed[number] = values
    return Edit(added=added, changed=changed)


def _link_values(loaded: LoadedPlan, dependency: Dependency) -> tuple[int, ...]:
    try:
        ends = (loaded.place[dependency.predecessor_id], loaded.place[dependency.successor_id])
    except KeyError as error:
        raise Conflict("One of the two activities is archived, or its project is. Restore it first.") from error
    lag = dependency.lag_ratio * 100 if dependency.lag_unit in IN_PERCENT else dependency.lag_minutes * 10
    kind, unit = LinkKind[dependency.link_type.upper()], LagKind[dependency.lag_unit.upper()]
    return (*ends, int(kind), int(lag), int(unit), int(POLICIES[dependency.slip_policy]))


def activity_edit(loaded: LoadedPlan, activity: Activity) -> Edit:
    """The edit that saving an activity's new values is: those of its plan's values that differ."""
    number = loaded.place.get(activity.pk)
    if number is None:
        return Edit()
    try:
        edited = _replanned(loaded, activity, {})
    except ValueError as error:
        raise Conflict(str(error)) from error
    values = {}
    for name in ACTIVITY_FIELDS:
        new, old = getattr(edited, name)[number], getattr(loaded.plan, name)[number]
        if new != old:
            values[name] = new
    return Edit(activities={number: values} if values else {})


def _replanned(loaded: LoadedPlan, activity: Activity, numbers: Mapping[Row, int]) -> Plan:
    """The plan with an activity's values as they are now, and some of its numbers as given."""
    number = loaded.place[activity.pk]
    rows = loaded.facts.rows.copy()
    rows[number] = facts_row(activity, rows[number], loaded.calendars)
    for name, value in numbers.items():
        rows[number, name] = value
    return plan_of(replace(loaded.facts, rows=rows), like=loaded.dated).plan


def facts_row(activity: Activity, row: Any, calendars: dict[int, int]) -> list[int]:
    """An activity's numbers as `plan.NUMBERS` selects them, in the order of `facts.Row`; its place stays `row`'s."""
    numbers = [int(one) for one in row]
    numbers[Row.CALENDAR] = calendars.get(activity.calendar_id or 0, -1)
    numbers[Row.IS_MILESTONE] = activity.kind == ActivityKind.MILESTONE
    numbers[Row.IS_SUMMARY] = activity.kind == ActivityKind.SUMMARY
    numbers[Row.STATUS] = Status[activity.status.upper()]
    numbers[Row.IS_MANUAL], numbers[Row.IS_ELAPSED] = activity.is_manual, activity.is_elapsed
    numbers[Row.DURATION] = NONE if activity.duration_minutes is None else int(activity.duration_minutes * 10)
    for place, day in (
        (Row.START_DAY, activity.planned_start_date),
        (Row.FINISH_DAY, activity.planned_finish_date),
        (Row.ACTUAL_START_DAY, activity.actual_start_date),
        (Row.ACTUAL_FINISH_DAY, activity.actual_finish_date),
    ):
        numbers[place] = NONE if day is None else day_number(day)
    for place, moment in (
        (Row.START, activity.start_at),
        (Row.FINISH, activity.finish_at),
        (Row.ACTUAL_START, activity.actual_start_at),
        (Row.ACTUAL_FINISH, activity.actual_finish_at),
        (Row.CONSTRAINT_AT, activity.constraint_at),
        (Row.DEADLINE, activity.deadline_at),
    ):
        numbers[place] = NONE if moment is None else to_ticks(moment, ORIGIN)
    numbers[Row.CONSTRAINT] = Constraint[activity.constraint_type.upper()]
    numbers[Row.PROGRESS] = int(activity.progress_ratio * 10_000)
    return numbers


def stale(loaded: LoadedPlan) -> list[int]:
    """Numbers of automatic activities whose stored dates are not those that the plan gives them."""
    dates, found = loaded.schedule, []
    numbers = np.flatnonzero(~loaded.plan.is_manual & ~loaded.dated.is_undated)
    spans = loaded.spans(dates.early_start[numbers], dates.early_finish[numbers])
    for number, days in zip(numbers.tolist(), spans, strict=True):
        row = loaded.rows[number]
        if row.kind != ActivityKind.SUMMARY and days != (row.start_date, row.finish_date):
            found.append(number)
    return found


def dates_of_new(loaded: LoadedPlan, activity: Activity) -> tuple[datetime.datetime, datetime.datetime]:
    """When an automatic activity that is not in the plan yet would start and finish."""
    row = np.full(len(Row), NONE, dtype=np.int64)
    row[Row.PROJECT] = sorted(loaded.projects).index(activity.project_id)
    row[Row.PARENT] = loaded.place.get(activity.parent_id or 0, loaded.root_of(activity.project_id))
    rows = np.vstack((loaded.facts.rows, facts_row(activity, row, loaded.calendars)))
    facts = replace(loaded.facts, rows=rows, names=[*loaded.facts.names, activity.name])
    try:
        dates = schedule(plan_of(facts, like=loaded.dated).plan)
    except ValueError as error:
        raise Conflict(str(error)) from error
    return loaded.moment(int(dates.early_start[-1])), loaded.moment(int(dates.early_finish[-1]))


def typed_minutes(loaded: LoadedPlan, activity: Activity) -> Decimal:
    """The working time between the dates that were typed for an activity, in minutes."""
    numbers = {Row.IS_MANUAL: 1, Row.START: NONE, Row.FINISH: NONE}
    durations = _replanned(loaded, activity, numbers).durations
    return Decimal(int(durations[loaded.place[activity.pk]])) / 10


def finish_by_duration(loaded: LoadedPlan, activity: Activity) -> datetime.date:
    """The day on which an activity that is dated by hand ends, from its start and its duration."""
    number = loaded.place[activity.pk]
    plan = _replanned(loaded, activity, {Row.FINISH: NONE, Row.FINISH_DAY: NONE})
    return loaded.days(int(plan.manual_starts[number]), int(plan.manual_finishes[number]))[1]
