"""A Microsoft Project XML file as the schedule engine's plan.

What decides dates is carried over: calendars of project, tasks and resources, links, constraints, progress, levelling
delays, and pauses where the time-phased work shows them. A task's own calendar and its resources' calendars apply both,
unless the task ignores the latter. Where several resources work on different calendars, each assignment decides dates
by its own work, and the last one finishes the task.

Source: how Microsoft Project schedules ("How Project schedules tasks", support.microsoft.com), and MPXJ's
`MicrosoftScheduler` for what its files show.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Any

import numpy as np

from integrations.algorithms.mspdi import FIXED_DURATION, NOBODY, WORK, MspdiAssignment, MspdiFile, MspdiTask
from integrations.algorithms.mspdi_calendars import resolve
from integrations.algorithms.mspdi_values import ELAPSED_FORMATS, PERCENT_FORMATS
from projects.algorithms.plan import NONE, OWN_CALENDAR, Assignment, LagKind, Numbers, Plan, Split
from resources.algorithms.calendars import Calendar, WorkingTime, to_ticks

#: Dates of the plan, and where the file has them.
MOMENTS = {
    "constraint_dates": "constraint_date",
    "deadlines": "deadline",
    "actual_starts": "actual_start",
    "actual_finishes": "actual_finish",
    "manual_starts": "start",
    "manual_finishes": "finish",
}


@dataclass(slots=True)
class _Desk:
    """What is being gathered: calendars by what they say, so that equal ones are scheduled as one."""

    file: MspdiFile
    epoch: datetime
    calendars: list[Calendar] = field(default_factory=list)
    known: dict[Calendar, int] = field(default_factory=dict)
    resolved: dict[tuple[int, int], int] = field(default_factory=dict)

    def calendar(self, uid: int, within: int = NOBODY) -> int:
        """The number of a calendar, or of its intersection with another."""
        if (uid, within) not in self.resolved:
            calendar = replace(resolve(self.file.calendars, uid), name="")
            if within != NOBODY and within != uid:
                outer = replace(resolve(self.file.calendars, within), name="")
                calendar = calendar if outer == calendar else replace(calendar, within=outer)
            if calendar not in self.known:
                self.known[calendar] = len(self.calendars)
                self.calendars.append(replace(calendar, name=self._name(uid)))
            self.resolved[uid, within] = self.known[calendar]
        return self.resolved[uid, within]

    def _name(self, uid: int) -> str:
        known = self.file.calendars.get(uid)
        return known.name if known else "Standard"

    def ticks(self, moment: datetime | None) -> int:
        return NONE if moment is None else to_ticks(moment, self.epoch)


def plan_of(file: MspdiFile) -> tuple[Plan, list[MspdiTask]]:
    """The plan of a file, and its tasks in the plan's order.

    Blank rows are left out. Links from tasks that the file does not hold are left out and noted in `file.notes`.

    Raises:
        ValueError: a number in the file means nothing to a schedule; the sentence names the task.
    Cost: O(tasks + links + assignments).
    """
    tasks = [task for task in file.tasks if not task.is_null]
    start = file.start or min((task.start for task in tasks if task.start), default=datetime(2000, 1, 1, 8))  # noqa: DTZ001
    desk = _Desk(file, datetime.combine(start.date(), time()))
    place = {task.uid: number for number, task in enumerate(tasks)}
    parents = _parents(tasks)
    calendars, work_calendars, assignments = _calendars(desk, tasks)
    moments: dict[str, Any] = {
        name: np.array([desk.ticks(getattr(task, source)) for task in tasks]) for name, source in MOMENTS.items()
    }
    is_dated = moments["constraint_dates"] != NONE
    plan = Plan(
        names=[task.name for task in tasks],
        epoch=desk.epoch,
        durations=np.array([max(task.duration or 0, 0) for task in tasks]),
        working_calendars=tuple(desk.calendars),
        calendars=calendars,
        work_calendars=work_calendars,
        is_elapsed=np.array([task.is_elapsed for task in tasks]),
        parents=parents,
        project_starts=np.array([desk.ticks(start)]),
        project_finishes=np.array([desk.ticks(file.finish)]),
        constraints=np.where(is_dated, [task.constraint for task in tasks], _undated(tasks)),
        remaining=np.array([NONE if task.remaining_duration is None else task.remaining_duration for task in tasks]),
        resumes=np.array([desk.ticks(_resume(task)) for task in tasks]),
        is_manual=np.array([_is_fixed(task) for task in tasks]),
        is_inactive=np.array([not task.is_active for task in tasks]),
        is_milestone=np.array([task.is_milestone for task in tasks]),
        delays=np.array([task.levelling_delay for task in tasks]),
        splits=tuple(_splits(desk, tasks, calendars, work_calendars)),
        assignments=tuple(assignments),
        is_retained_logic=False,
        honors_constraint_dates=True,
        is_from_finish=not file.is_from_start and file.finish is not None,
        critical_threshold=max(file.critical_slack_limit, 0) * file.minutes_per_day * 10,
        **moments,
        **_links(file, tasks, place),
    )
    return plan, tasks


def _undated(tasks: list[MspdiTask]) -> Numbers:
    """Constraints without a date: as soon or as late as possible; any other means nothing."""
    return np.array([task.constraint if task.constraint == 1 else 0 for task in tasks])


def _is_fixed(task: MspdiTask) -> bool:
    """Tasks that keep the dates of the file: those scheduled by hand, and those of another project."""
    return (task.is_manual or task.is_external) and task.start is not None and task.finish is not None


def _resume(task: MspdiTask) -> datetime | None:
    return task.resume if task.actual_start and not task.actual_finish else None


def _parents(tasks: list[MspdiTask]) -> Numbers:
    """The summary of each task, from the outline levels in the order of the file."""
    parents = np.full(len(tasks), -1, dtype=np.int64)
    open_summaries: list[int] = []
    for number, task in enumerate(tasks):
        while open_summaries and tasks[open_summaries[-1]].outline_level >= task.outline_level:
            open_summaries.pop()
        if open_summaries:
            parents[number] = open_summaries[-1]
        open_summaries.append(number)
    return parents


def _links(file: MspdiFile, tasks: list[MspdiTask], place: dict[int, int]) -> dict[str, Any]:
    rows, missing = [], 0
    for number, task in enumerate(tasks):
        for link in task.links:
            if link.predecessor_uid not in place or place[link.predecessor_uid] == number:
                missing += 1
                continue
            is_elapsed, in_percent = link.lag_format in ELAPSED_FORMATS, link.lag_format in PERCENT_FORMATS
            lag_kind = (LagKind.PERCENT if in_percent else LagKind.WORKING) + (1 if is_elapsed else 0)
            kind = link.kind if 0 <= link.kind <= 3 else 1
            rows.append((place[link.predecessor_uid], number, kind, link.lag, lag_kind))
    if missing:
        file.notes.append(f"{missing} links come from tasks that the file does not hold; they were left out.")
    columns = np.array(rows, dtype=np.int64).reshape(-1, 5).T
    return dict(zip(("predecessors", "successors", "link_kinds", "lags", "lag_kinds"), columns, strict=True))


def _calendars(desk: _Desk, tasks: list[MspdiTask]) -> tuple[Numbers, Numbers, list[Assignment]]:
    """The calendar of each task, that of its resources, and the assignments that decide dates one by one."""
    of_task: dict[int, list[MspdiAssignment]] = defaultdict(list)
    for assignment in desk.file.assignments:
        resource = desk.file.resources.get(assignment.resource_uid)
        if resource is not None and resource.type == WORK and assignment.units > 0:
            of_task[assignment.task_uid].append(assignment)
    calendars, parts = np.zeros(len(tasks), dtype=np.int64), []
    work_calendars = np.full(len(tasks), OWN_CALENDAR, dtype=np.int64)
    for number, task in enumerate(tasks):
        own = desk.calendar(task.calendar_uid if task.calendar_uid in desk.file.calendars else desk.file.calendar_uid)
        calendars[number] = own
        given = [one for one in of_task.get(task.uid, []) if one.work > 0] or of_task.get(task.uid, [])
        if not given or task.is_summary or task.is_elapsed or task.type == FIXED_DURATION:
            continue
        used = [_assignment_calendar(desk, task, one) for one in given]
        if len(set(used)) == 1:
            work_calendars[number] = used[0]
        elif any(one.work for one in given):
            parts += [_part(number, calendar, task, one) for calendar, one in zip(used, given, strict=True)]
    return calendars, work_calendars, parts


def _assignment_calendar(desk: _Desk, task: MspdiTask, assignment: MspdiAssignment) -> int:
    resource = desk.file.resources[assignment.resource_uid]
    has_own = task.calendar_uid in desk.file.calendars
    works_on = resource.calendar_uid if resource.calendar_uid in desk.file.calendars else desk.file.calendar_uid
    if has_own and task.ignores_resource_calendar:
        return desk.calendar(task.calendar_uid)
    return desk.calendar(works_on, task.calendar_uid if has_own else NOBODY)


def _part(number: int, calendar: int, task: MspdiTask, assignment: MspdiAssignment) -> Assignment:
    is_begun = task.actual_start is not None
    work = assignment.remaining_work if is_begun else assignment.work
    return Assignment(number, calendar, round(work / assignment.units), 0 if is_begun else assignment.delay)


def _splits(desk: _Desk, tasks: list[MspdiTask], calendars: Numbers, work_calendars: Numbers) -> Iterator[Split]:
    """Pauses in tasks that have not begun: working time between stretches of work that no assignment of theirs uses."""
    stretches: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for one in desk.file.assignments:
        stretches[one.task_uid] += [(desk.ticks(a), desk.ticks(b)) for a, b, work in one.segments if work > 0 and b > a]
    split = [number for number, task in enumerate(tasks) if len(stretches[task.uid]) > 1 and task.actual_start is None]
    if not split:
        return
    time = WorkingTime(desk.calendars, desk.epoch)
    for number in split:
        calendar = int(calendars[number] if work_calendars[number] == OWN_CALENDAR else work_calendars[number])
        worked = sorted(stretches[tasks[number].uid])
        first, last, paused = worked[0][0], worked[0][1], 0
        for start, finish in worked[1:]:
            gap = time.between(last, start, calendar) if start > last else 0
            if gap > 0:
                yield Split(number, time.between(first, last, calendar) - paused, gap)
                paused += gap
            last = max(last, finish)
