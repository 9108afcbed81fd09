"""What Portolan keeps of a Microsoft Project XML file, and what it does not.

`exchange_of` turns a file's records into facts in our terms (`projects.algorithms.exchange`); everything that has no
place there is counted and named, so that a person knows it before anything is written.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from integrations.algorithms.mspdi import NOBODY, MspdiFile, MspdiTask
from integrations.algorithms.mspdi_calendars import resolve
from integrations.algorithms.mspdi_fields import DELAY_GROUP, DURATIONS, KEY, NO_ESTIMATES, estimates_of, named_fields
from integrations.algorithms.mspdi_values import ELAPSED_FORMATS, PERCENT_FORMATS
from integrations.algorithms.mspdi_xml import NotMspdi
from projects.algorithms.exchange import (
    ROOT,
    ExchangedActivity,
    ExchangedBaseline,
    ExchangedBaselineRow,
    ExchangedCalendar,
    ExchangedLink,
    ExchangedPlan,
    last_day,
)
from resources.algorithms.calendars import LONGEST_TICKS, NoWorkingTime, refuse_idle

LINK_TYPES = ("ff", "fs", "sf", "ss")
CONSTRAINTS = ("asap", "alap", "mso", "mfo", "snet", "snlt", "fnet", "fnlt")
UNDATED = ("asap", "alap")
#: Microsoft Project's own range of dates, to the year.
FIRST_YEAR, LAST_YEAR = 1984, 2149
DATES = {
    "starts": "start",
    "finishes": "finish",
    "has a constraint": "constraint_date",
    "has a deadline": "deadline",
    "started": "actual_start",
    "finished": "actual_finish",
}
LONGEST_NAME, LONGEST_NOTE, LONGEST_KEY = 300, 20_000, 200
MOST_RATIO = 10_000
MOST_MONEY = Decimal(10) ** 13
MOST_NAMED = 5
#: A row of a baseline that says nothing.
NOTHING = ExchangedBaselineRow(None, None, None, None, None)


@dataclass(slots=True)
class Lost:
    """Something of a file that is not kept: how often, why, and where first."""

    what: str
    why: str
    count: int = 0
    names: list[str] = field(default_factory=list)

    def add(self, name: str = "", count: int = 1) -> None:
        self.count += count
        if name and len(self.names) < MOST_NAMED:
            self.names.append(name)


@dataclass(slots=True)
class Losses:
    """All that is not kept, in the order in which it was met."""

    found: dict[str, Lost] = field(default_factory=dict)

    def add(self, what: str, why: str, name: str = "", count: int = 1) -> None:
        if count:
            self.found.setdefault(what, Lost(what, why)).add(name, count)


def exchange_of(file: MspdiFile, *, name: str) -> tuple[ExchangedPlan, Losses, list[MspdiTask]]:
    """The plan of a file, what is not kept of it, and the tasks that became its activities, in their order.

    Args:
        name: of the project where the file has no title.
    Raises:
        NotMspdi: a value is absurd (a date outside 1984 to 2149, a duration beyond 100 years, a calendar without
            working time); the sentence names where.
    Cost: O(tasks + links + baselines).
    """
    losses = Losses()
    root = next((task for task in file.tasks if task.outline_level == 0 and not task.is_null), None)
    tasks = [task for task in file.tasks if task is not root and not task.is_null and not task.is_external]
    for task in tasks:
        _refuse_absurd(task)
    for word, moment in (("starts", file.start), ("finishes", file.finish)):
        _refuse_date("The project", word, moment)
    title = (file.title or name)[:200]
    book = _Calendars(file)
    project_calendar = book.name(file.calendar_uid)
    levels = _levels(tasks)
    numbers = {task.uid: number for number, task in enumerate(tasks, start=1)}
    if root is not None:
        numbers[root.uid] = ROOT
    key = file.guid or title
    aliases = named_fields(file.aliases)
    activities = tuple(
        _activity(task, numbers[task.uid], level, is_summary, key, aliases, book, losses)
        for task, (level, is_summary) in zip(tasks, levels, strict=True)
    )
    links = tuple(sorted(_links(file, numbers, losses), key=lambda one: (one.successor, one.predecessor)))
    _note_the_rest(file, aliases, losses, len(book.used))
    plan = ExchangedPlan(
        name=title,
        description=(root.notes if root else "")[:LONGEST_NOTE],
        external_key=file.guid[:LONGEST_KEY],
        start_at=file.start or min((task.start for task in tasks if task.start), default=None),
        finish_at=file.finish or max((task.finish for task in tasks if task.finish), default=None),
        status_date=last_day(None, file.status_date),
        calendar=project_calendar,
        currency=file.currency,
        calendars=tuple(sorted(book.used.values(), key=lambda one: one.name)),
        activities=activities,
        links=links,
        baselines=tuple(_baselines(tasks if root is None else [root, *tasks], numbers)),
    )
    return plan, losses, tasks


def _refuse_absurd(task: MspdiTask) -> None:
    for word, attribute in DATES.items():
        _refuse_date(f"“{task.name}”", word, getattr(task, attribute))
    if task.duration is not None and not 0 <= task.duration <= LONGEST_TICKS:
        raise NotMspdi(
            f"“{task.name}” lasts {task.duration / 14_400:,.0f} days, day and night; a duration is at most 100 years. "
            "Nothing was kept: correct it in Microsoft Project and save the file again."
        )


def _refuse_date(subject: str, word: str, moment: datetime | None) -> None:
    if moment is not None and not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise NotMspdi(
            f"{subject} {word} on {moment.date()}; Microsoft Project knows the years {FIRST_YEAR} to {LAST_YEAR}. "
            "Nothing was kept: correct the date and save the file again."
        )


class _Calendars:
    """The calendars that the project and its tasks use, flat: with what they take from their bases."""

    def __init__(self, file: MspdiFile) -> None:
        self.file = file
        self.used: dict[int, ExchangedCalendar] = {}

    def name(self, uid: int) -> str:
        if uid not in self.used:
            self.used[uid] = self._flat(uid)
        return self.used[uid].name

    def _flat(self, uid: int) -> ExchangedCalendar:
        calendar = resolve(self.file.calendars, uid)
        try:
            refuse_idle(calendar)
        except NoWorkingTime as problem:
            raise NotMspdi(f"{problem} Nothing was kept: give it working time, and save the file again.") from problem
        names, week_names = self._names(uid)
        exceptions = [
            {"name": name, "first": one.first.isoformat(), "last": one.last.isoformat(), "shifts": _lists(one.shifts)}
            for one, name in zip(calendar.exceptions, names, strict=True)
        ]
        weeks = [
            {
                "name": name,
                "first": one.first.isoformat(),
                "last": one.last.isoformat(),
                "week": [_lists(day) for day in one.week],
            }
            for one, name in zip(calendar.effective_weeks, week_names, strict=True)
        ]
        return ExchangedCalendar(self._free(calendar.name), [_lists(day) for day in calendar.week], exceptions, weeks)

    def _names(self, uid: int) -> tuple[list[str], list[str]]:
        """Names of exceptions and weeks, a calendar's own before those of its bases, as `resolve` joins them."""
        names: list[str] = []
        weeks: list[str] = []
        seen: set[int] = set()
        while uid in self.file.calendars and uid not in seen:
            seen.add(uid)
            own = self.file.calendars[uid]
            names += [name[:200] for name in own.exception_names]
            weeks += [name[:200] for name in own.week_names]
            uid = own.base_uid
        return names, weeks

    def _free(self, wanted: str) -> str:
        taken = {one.name.casefold() for one in self.used.values()}
        wanted = wanted[:180]
        names = (wanted if number == 1 else f"{wanted} ({number})" for number in range(1, len(taken) + 2))
        return next(name for name in names if name.casefold() not in taken)


def _lists(shifts: tuple[tuple[int, int], ...]) -> list[list[int]]:
    return [list(shift) for shift in shifts]


def _levels(tasks: list[MspdiTask]) -> list[tuple[int, bool]]:
    """Depth of each task in the outline, from 1 and without gaps, and whether something lies below it."""
    found: list[tuple[int, bool]] = []
    above: list[int] = []
    for place, task in enumerate(tasks):
        while above and above[-1] >= task.outline_level:
            above.pop()
        above.append(task.outline_level)
        found.append((len(above), place + 1 < len(tasks) and tasks[place + 1].outline_level > task.outline_level))
    return found


def _activity(
    task: MspdiTask,
    number: int,
    level: int,
    is_summary: bool,
    project_key: str,
    aliases: dict[str, int],
    book: _Calendars,
    losses: Losses,
) -> ExchangedActivity:
    extended = dict(task.extended)
    constraint = CONSTRAINTS[task.constraint] if 0 <= task.constraint < len(CONSTRAINTS) else "asap"
    if constraint not in UNDATED and task.constraint_date is None:
        losses.add("constraints without a date", "A constraint needs one; they are as soon as possible.", task.name)
        constraint = "asap"
    if is_summary and task.is_milestone:
        losses.add("milestone marks of summaries", "A summary is no milestone here.", task.name)
    progress = Decimal(str(min(max(task.percent_complete, 0.0), 100.0))) / 100
    optimistic, likely, pessimistic = estimates_of(extended, aliases)
    start, finish = task.start, task.finish
    if start and finish and finish < start:
        losses.add("finishes before the start", "They are taken as the start.", task.name)
        finish = start
    actual_finish = task.actual_finish
    if actual_finish and task.actual_start and actual_finish < task.actual_start:
        losses.add("actual finishes before the actual start", "They are taken as that start.", task.name)
        actual_finish = task.actual_start
    return ExchangedActivity(
        number=number,
        level=level,
        name=task.name[:LONGEST_NAME],
        kind="summary" if is_summary else "milestone" if task.is_milestone else "task",
        status=_status(task, progress),
        description=task.notes[:LONGEST_NOTE],
        external_key=(extended.get(aliases.get(KEY, NOBODY), "") or task.guid or f"{project_key}:{task.uid}")[
            :LONGEST_KEY
        ],
        progress_ratio=progress.quantize(Decimal("0.0001")),
        is_manual=task.is_manual,
        is_elapsed=task.is_elapsed,
        duration_minutes=_minutes(task.duration),
        work_minutes=_minutes(task.work) or None,
        start_at=start,
        finish_at=finish,
        actual_start_at=task.actual_start,
        actual_finish_at=actual_finish,
        planned_cost_amount=_money(task.cost),
        actual_cost_amount=_money(task.actual_cost),
        constraint_type=constraint,
        constraint_at=None if constraint in UNDATED else task.constraint_date,
        deadline_at=task.deadline,
        calendar=book.name(task.calendar_uid) if task.calendar_uid in book.file.calendars else "",
        optimistic_minutes=optimistic,
        likely_minutes=likely,
        pessimistic_minutes=pessimistic,
        delay_group=extended.get(aliases.get(DELAY_GROUP, NOBODY), "")[:100],
    )


def _status(task: MspdiTask, progress: Decimal) -> str:
    if not task.is_active:
        return "cancelled"
    if progress >= 1:
        return "done"
    return "in_progress" if progress > 0 or task.actual_start else "not_started"


def _minutes(ticks: int | None) -> Decimal | None:
    return None if ticks is None or abs(ticks) > LONGEST_TICKS else Decimal(max(ticks, 0)) / 10


def _money(hundredths: float) -> Decimal | None:
    """An amount; nothing, where it is zero: Project writes zero for every task."""
    amount = round(Decimal(str(hundredths)) / 100, 2)
    return amount if amount and abs(amount) < MOST_MONEY else None


def _links(file: MspdiFile, numbers: dict[int, int], losses: Losses) -> Iterator[ExchangedLink]:
    seen: set[tuple[int, int]] = set()
    for task in file.tasks:
        for link in task.links if task.uid in numbers else ():
            source = numbers.get(link.predecessor_uid)
            if link.is_cross_project or source is None:
                what = "links from other projects" if link.is_cross_project else "links from tasks that are not there"
                losses.add(what, "The file does not hold their other end.", task.name)
                continue
            pair = (source, numbers[task.uid])
            if source == pair[1] or pair in seen:
                losses.add("doubled links", "Two activities are linked once; the first link counts.", task.name)
                continue
            seen.add(pair)
            kind = LINK_TYPES[link.kind] if 0 <= link.kind <= 3 else "fs"
            in_percent, is_elapsed = link.lag_format in PERCENT_FORMATS, link.lag_format in ELAPSED_FORMATS
            largest = MOST_RATIO * 100 if in_percent else LONGEST_TICKS
            if abs(link.lag) > largest:
                raise NotMspdi(
                    f"“{task.name}” waits with a lag beyond {'1,000,000 %' if in_percent else '100 years'}. "
                    "Nothing was kept: correct it in Microsoft Project and save the file again."
                )
            if in_percent:
                unit = "elapsed_percent" if is_elapsed else "percent"
                yield ExchangedLink(*pair, kind, unit, lag_ratio=Decimal(link.lag) / 100)
            else:
                yield ExchangedLink(*pair, kind, "elapsed" if is_elapsed else "working", Decimal(link.lag) / 10)


def _baselines(tasks: list[MspdiTask], numbers: dict[int, int]) -> Iterator[ExchangedBaseline]:
    rows: dict[int, dict[int, ExchangedBaselineRow]] = defaultdict(dict)
    for task in tasks:
        for one in task.baselines:
            row = ExchangedBaselineRow(
                one.start, one.finish, _minutes(one.duration), _minutes(one.work) or None, _money(one.cost)
            )
            if 0 <= one.number <= 10 and row != NOTHING:
                rows[one.number].setdefault(numbers[task.uid], row)
    for number in sorted(rows):
        yield ExchangedBaseline(number, rows[number])


def _note_the_rest(file: MspdiFile, aliases: dict[str, int], losses: Losses, used: int) -> None:
    """Count what has no place here at all."""
    people = [one for one in file.resources.values() if one.uid > 0 and one.name]
    for one in people:
        losses.add("resources", "People and teams are kept apart from plans.", one.name)
    known = {one.uid for one in people}
    assigned = sum(1 for one in file.assignments if one.resource_uid in known)
    losses.add("assignments", "Who does what is not kept; work and cost of the tasks are.", count=assigned)
    custom = sum(_custom_values(dict(task.extended), aliases) for task in file.tasks)
    losses.add("values of custom fields", "Only three-point durations, keys and teams have a place.", count=custom)
    others = len([one for one in file.calendars.values() if one.is_base]) - used
    losses.add(
        "calendars that no task uses", "Only those of the project and its tasks come along.", count=max(others, 0)
    )
    reasons: tuple[tuple[str, str, Callable[[MspdiTask], bool]], ...] = (
        ("levelling delays", "Levelling is done anew here; the dates in the file hold them.", _is_levelled),
        ("tasks of other projects", "They belong to their own file.", lambda task: task.is_external),
        ("recurrence rules", "Each occurrence comes along as an activity.", lambda task: task.is_recurring),
        ("inserted projects", "Import each by its own file.", lambda task: task.is_subproject),
        ("hyperlinks", "Activities have no link to a page.", lambda task: task.has_hyperlink),
    )
    for what, why, holds in reasons:
        for task in file.tasks:
            if holds(task) and not task.is_null:
                losses.add(what, why, task.name)


def _custom_values(extended: dict[int, str], aliases: dict[str, int]) -> int:
    """Custom fields of a task that are not kept."""
    has_estimates = estimates_of(extended, aliases) != NO_ESTIMATES
    kept = {number for name, number in aliases.items() if has_estimates or name not in DURATIONS}
    return len(extended.keys() - kept)


def _is_levelled(task: MspdiTask) -> bool:
    return task.levelling_delay != 0


def without_costs(plan: ExchangedPlan) -> ExchangedPlan:
    """The plan without its amounts, for an organization that counts in another currency."""
    activities = tuple(replace(one, planned_cost_amount=None, actual_cost_amount=None) for one in plan.activities)
    baselines = []
    for one in plan.baselines:
        rows = {number: replace(row, cost_amount=None) for number, row in one.rows.items()}
        rows = {number: row for number, row in rows.items() if row != NOTHING}
        if rows:
            baselines.append(replace(one, rows=rows))
    return replace(plan, activities=activities, baselines=tuple(baselines))
