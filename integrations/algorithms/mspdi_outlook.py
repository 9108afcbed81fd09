"""Which dates of a Microsoft Project XML file come out the same once it is imported, and why the others do not.

The engine schedules what is kept, as it will after the import; where a date differs, the whole file is scheduled as
well, with its resources and pauses, to tell what is missing from what is not known.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time

import numpy as np

from integrations.algorithms.mspdi import MspdiFile, MspdiTask
from integrations.algorithms.mspdi_exchange import CONSTRAINTS, LINK_TYPES
from integrations.algorithms.mspdi_plan import plan_of as plan_of_file
from integrations.algorithms.mspdi_xml import NotMspdi
from projects.algorithms import facts as kept
from projects.algorithms.critical_path import schedule
from projects.algorithms.exchange import ExchangedPlan, first_day, last_day
from projects.algorithms.plan import NONE, OWN_CALENDAR, LagKind, Numbers
from resources.algorithms.calendar_rows import calendar_of
from resources.algorithms.calendars import WorkingTime, to_datetime, to_ticks

STATUSES = ("not_started", "in_progress", "done", "cancelled")
LAGS = {
    "working": LagKind.WORKING,
    "elapsed": LagKind.ELAPSED,
    "percent": LagKind.PERCENT,
    "elapsed_percent": LagKind.ELAPSED_PERCENT,
}


@dataclass(frozen=True, slots=True)
class OtherDate:
    """An activity whose dates come out otherwise than in the file."""

    number: int
    name: str
    start: datetime
    finish: datetime
    our_start: datetime
    our_finish: datetime
    cause: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """Automatic leaf activities with dates in the file: how many, and those that come out otherwise."""

    counted: int
    others: tuple[OtherDate, ...]
    split_count: int

    @property
    def same(self) -> int:
        return self.counted - len(self.others)


def outlook_of(plan: ExchangedPlan, file: MspdiFile, tasks: list[MspdiTask]) -> Outlook:
    """Schedule what is kept of a file, and compare.

    Args:
        tasks: of the file, one for each activity of the plan, in the same order.
    Raises:
        NotMspdi: the plan cannot be scheduled, as it has a circle; the sentence names its path.
    Cost: two passes over the plan, where something differs four.
    """
    try:
        dated = kept.plan_of(_facts(plan))
        answer = schedule(dated.plan)
        splits, work_calendars, in_parts, as_filed = _whole(file)
    except ValueError as problem:
        raise NotMspdi(
            f"{problem} Nothing was kept: correct it in Microsoft Project and save the file again."
        ) from problem
    epoch, counted, others = dated.plan.epoch, 0, []
    differs: set[int] = set()
    for one in plan.activities:
        if one.kind == "summary" or one.is_manual or one.status == "cancelled" or not (one.start_at and one.finish_at):
            continue
        counted += 1
        start, finish = (to_datetime(days[one.number], epoch) for days in (answer.early_start, answer.early_finish))
        if (start, finish) != (one.start_at, one.finish_at):
            differs.add(one.number)
            others.append(OtherDate(one.number, one.name, one.start_at, one.finish_at, start, finish, ""))
    causes = _causes(plan, tasks, differs, splits, work_calendars | in_parts, as_filed)
    told = tuple(
        OtherDate(o.number, o.name, o.start, o.finish, o.our_start, o.our_finish, causes[o.number]) for o in others
    )
    return Outlook(counted, told, len(splits))


def _whole(file: MspdiFile) -> tuple[set[int], set[int], set[int], dict[int, tuple[datetime, datetime]]]:
    """UIDs of tasks with a pause, on a resource's calendar, with several; and dates with all that the file holds."""
    whole, tasks = plan_of_file(file)
    found = schedule(whole)
    dates = {
        task.uid: (to_datetime(found.early_start[at], whole.epoch), to_datetime(found.early_finish[at], whole.epoch))
        for at, task in enumerate(tasks)
    }
    own: Numbers = np.flatnonzero(
        (np.asarray(whole.work_calendars) != OWN_CALENDAR)
        & (np.asarray(whole.work_calendars) != np.asarray(whole.calendars))
    )
    return (
        {tasks[split.activity].uid for split in whole.splits},
        {tasks[at].uid for at in own.tolist()},
        {tasks[part.activity].uid for part in whole.assignments},
        dates,
    )


def _facts(plan: ExchangedPlan) -> kept.Facts:
    """The kept plan as the engine's facts: the root summary first, so that numbers are places."""
    places = {calendar.name: place for place, calendar in enumerate(plan.calendars)}
    calendars = [calendar_of(c.name, c.week, c.exceptions, c.effective_weeks) for c in plan.calendars]
    rows = np.full((len(plan.activities) + 1, len(kept.Row)), NONE, dtype=np.int64)
    rows[:, [0, 4, 5, 6, 7, 17, 20]] = 0
    rows[:, 2] = -1
    rows[:, 3] = 0
    rows[0, 1], rows[0, 4] = -1, 1
    if starts_late(plan) and plan.start_at is not None:
        rows[0, kept.Row.CONSTRAINT], rows[0, kept.Row.CONSTRAINT_AT] = 4, to_ticks(plan.start_at, kept.ORIGIN)
    above: list[int] = []
    for one in plan.activities:
        del above[one.level - 1 :]
        row = rows[one.number]
        row[kept.Row.PARENT] = above[-1] if above else 0
        above.append(one.number)
        row[kept.Row.CALENDAR] = places.get(one.calendar, -1)
        row[kept.Row.IS_MILESTONE] = one.kind == "milestone"
        row[kept.Row.IS_SUMMARY] = one.kind == "summary"
        row[kept.Row.STATUS] = STATUSES.index(one.status)
        row[kept.Row.IS_MANUAL], row[kept.Row.IS_ELAPSED] = one.is_manual, one.is_elapsed
        if one.duration_minutes is not None:
            row[kept.Row.DURATION] = int(one.duration_minutes * 10)
        row[kept.Row.CONSTRAINT] = CONSTRAINTS.index(one.constraint_type)
        row[kept.Row.PROGRESS] = int(one.progress_ratio * 10_000)
        row[kept.Row.START_DAY] = _day(first_day(one.start_at))
        row[kept.Row.FINISH_DAY] = _day(last_day(one.start_at, one.finish_at))
        for place, moment in (
            (kept.Row.START, one.start_at),
            (kept.Row.FINISH, one.finish_at),
            (kept.Row.ACTUAL_START, one.actual_start_at),
            (kept.Row.ACTUAL_FINISH, one.actual_finish_at),
            (kept.Row.CONSTRAINT_AT, one.constraint_at),
            (kept.Row.DEADLINE, one.deadline_at),
        ):
            row[place] = NONE if moment is None else to_ticks(moment, kept.ORIGIN)
    links = [
        (
            link.predecessor,
            link.successor,
            LINK_TYPES.index(link.link_type),
            int(link.lag_ratio * 100 if "percent" in link.lag_unit else link.lag_minutes * 10),
            LAGS[link.lag_unit],
        )
        for link in plan.links
    ]
    start, status = _day(first_day(plan.start_at)), _day(plan.status_date)
    project = kept.ProjectFacts(
        None if start == NONE else start, None if status == NONE else status, places.get(plan.calendar, 0)
    )
    return kept.Facts(
        names=[plan.name, *(one.name for one in plan.activities)],
        rows=rows,
        links=np.array(links, dtype=np.int64).reshape(-1, 5),
        projects=[project],
        calendars=calendars,
        today=0,
    )


def starts_late(plan: ExchangedPlan) -> bool:
    """Whether the project starts after the first working minute of its day: its root summary is held until then."""
    if plan.start_at is None:
        return False
    found = next((one for one in plan.calendars if one.name == plan.calendar), None)
    if found is None:
        return False
    calendar = calendar_of(found.name, found.week, found.exceptions, found.effective_weeks)
    midnight = datetime.combine(plan.start_at.date(), time())
    opening = int(WorkingTime((calendar,), midnight).next_working(0))
    return to_ticks(plan.start_at, midnight) > opening


def _day(day: object) -> int:
    return NONE if day is None else day.toordinal() - kept.ORIGIN.toordinal()  # type: ignore[attr-defined]


def _causes(
    plan: ExchangedPlan,
    tasks: list[MspdiTask],
    differs: set[int],
    splits: set[int],
    on_resources: set[int],
    as_filed: dict[int, tuple[datetime, datetime]],
) -> dict[int, str]:
    """A sentence for each activity that differs: its own reason first, then what it waits for."""
    waits: dict[int, list[int]] = defaultdict(list)
    for link in plan.links:
        waits[link.successor].append(link.predecessor)
    above = _summaries(plan)
    moved = {place for number in differs for place in (number, *above[number])}
    found = {}
    for number in differs:
        task, one = tasks[number - 1], plan.activities[number - 1]
        own = [number, *above[number]]
        behind = next((at for place in own for at in waits[place] if at in moved), None)
        if task.uid in splits:
            cause = "It pauses in the file; pauses are not kept."
        elif task.levelling_delay:
            cause = "It was levelled in the file; levelling delays are not kept."
        elif task.uid in on_resources:
            cause = "Its resources work on other calendars; resources are not kept."
        elif plan.status_date and one.status != "done" and one.start_at and one.start_at.date() <= plan.status_date:
            cause = "Open work is scheduled after the status date of the file."
        elif behind is not None:
            cause = f"It waits for “{plan.activities[behind - 1].name}”, which differs."
        elif one.status == "in_progress":
            cause = "It is under way; when its rest resumes is not kept."
        elif one.kind == "milestone" and plan.start_at == one.start_at:
            cause = "A milestone at the project's start stands at its first working minute here."
        elif as_filed.get(task.uid) == (task.start, task.finish):
            cause = "It depends on something of the file that is not kept."
        else:
            cause = "Not known: the file itself does not lead to these dates."
        found[number] = cause
    return found


def _summaries(plan: ExchangedPlan) -> dict[int, list[int]]:
    """The summaries above each activity."""
    found: dict[int, list[int]] = {}
    above: list[int] = []
    for one in plan.activities:
        del above[one.level - 1 :]
        found[one.number] = list(above)
        above.append(one.number)
    return found
