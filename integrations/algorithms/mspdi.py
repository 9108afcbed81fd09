"""Microsoft Project XML files (MSPDI) as plain records: tasks, links, calendars, resources, assignments, baselines.

`read_mspdi` keeps what a schedule and its comparison need, in the file's own terms; `mspdi_plan.py` makes the schedule
engine's plan of it. Instants are wall-clock datetimes, lengths are ticks (tenths of a minute, as MSPDI counts lags).

Source: "Project XML Data Interchange Schema Reference", Microsoft.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from integrations.algorithms.mspdi_calendars import MspdiCalendar, read_calendar
from integrations.algorithms.mspdi_values import (
    ELAPSED_FORMATS,
    read_date,
    read_decimal,
    read_duration,
    read_flag,
    read_number,
)
from integrations.algorithms.mspdi_xml import NotMspdi, Record, read_records

NOBODY = -1
FIXED_DURATION = 1
#: Resource types of the schema.
MATERIAL, WORK, COST = 0, 1, 2
MOST_TASKS = 1_000_000


@dataclass(frozen=True, slots=True)
class MspdiLink:
    """A predecessor of a task. `lag` is ticks, or per cent where `lag_format` is one of per cent."""

    predecessor_uid: int
    kind: int
    lag: int
    lag_format: int
    is_cross_project: bool


@dataclass(frozen=True, slots=True)
class MspdiBaseline:
    """What was planned once: `number` 0 to 10; lengths in ticks, cost in hundredths of the currency, as all costs."""

    number: int
    start: datetime | None
    finish: datetime | None
    duration: int | None
    work: int | None
    cost: float


@dataclass(frozen=True, slots=True)
class MspdiTask:
    """A task, milestone or summary, as the file has it. Lengths are ticks; None is not given."""

    uid: int
    id: int
    name: str
    outline_level: int
    is_null: bool
    is_summary: bool
    is_milestone: bool
    is_manual: bool
    is_active: bool
    is_external: bool
    is_estimated: bool
    type: int
    start: datetime | None
    finish: datetime | None
    duration: int | None
    duration_format: int
    constraint: int
    constraint_date: datetime | None
    deadline: datetime | None
    calendar_uid: int
    ignores_resource_calendar: bool
    percent_complete: float
    actual_start: datetime | None
    actual_finish: datetime | None
    actual_duration: int | None
    remaining_duration: int | None
    stop: datetime | None
    resume: datetime | None
    levelling_delay: int
    levelling_delay_format: int
    priority: int
    early_start: datetime | None
    early_finish: datetime | None
    late_start: datetime | None
    late_finish: datetime | None
    total_slack: int | None
    free_slack: int | None
    is_critical: bool
    guid: str
    notes: str
    work: int | None
    cost: float
    actual_cost: float
    manual_start: datetime | None
    manual_finish: datetime | None
    is_recurring: bool
    is_subproject: bool
    has_hyperlink: bool
    extended: tuple[tuple[int, str], ...]
    links: tuple[MspdiLink, ...]
    baselines: tuple[MspdiBaseline, ...]

    @property
    def is_elapsed(self) -> bool:
        """Whether its duration counts nights and holidays too."""
        return self.duration_format in ELAPSED_FORMATS


@dataclass(frozen=True, slots=True)
class MspdiResource:
    """Somebody or something that does work, is used up, or costs."""

    uid: int
    name: str
    type: int
    calendar_uid: int


@dataclass(frozen=True, slots=True)
class MspdiAssignment:
    """A resource's share of a task. Work and delays are ticks; `segments` are the stretches of work in its time-phased
    data, (start, finish, work)."""

    task_uid: int
    resource_uid: int
    units: float
    work: int
    actual_work: int
    remaining_work: int
    start: datetime | None
    finish: datetime | None
    delay: int
    levelling_delay: int
    contour: int
    segments: tuple[tuple[datetime, datetime, int], ...]


@dataclass(slots=True)
class MspdiFile:
    """A whole file. `notes` are sentences about what could not be read."""

    title: str = ""
    start: datetime | None = None
    finish: datetime | None = None
    is_from_start: bool = True
    calendar_uid: int = NOBODY
    minutes_per_day: int = 480
    status_date: datetime | None = None
    guid: str = ""
    currency: str = ""
    aliases: dict[int, str] = field(default_factory=dict)
    honors_constraints: bool = True
    splits_in_progress: bool = True
    critical_slack_limit: int = 0
    is_multiple_critical_paths: bool = False
    calendars: dict[int, MspdiCalendar] = field(default_factory=dict)
    tasks: list[MspdiTask] = field(default_factory=list)
    resources: dict[int, MspdiResource] = field(default_factory=dict)
    assignments: list[MspdiAssignment] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_mspdi(stream: BinaryIO) -> MspdiFile:
    """Read a Microsoft Project XML file.

    Args:
        stream: its bytes, read once and in pieces.
    Raises:
        NotMspdi: a ValueError with a sentence: the file is truncated, hostile, from another program, has no tasks, or
            names a task twice.
    Cost: O(bytes), some 12 s of one busy core for 50 MB; memory O(tasks + links + assignments).
    """
    file = MspdiFile()
    seen: set[int] = set()
    for record in read_records(stream):
        if record.name == "Task":
            task = _task(record)
            if task.uid in seen:
                raise NotMspdi(f"Two tasks of the file have the number {task.uid}, the second is “{task.name}”.")
            seen.add(task.uid)
            file.tasks.append(task)
            if len(file.tasks) > MOST_TASKS:
                raise NotMspdi(f"The file has more than {MOST_TASKS:,} tasks; nothing of it was kept.")
        elif record.name == "Calendar":
            calendar = read_calendar(record)
            file.calendars[calendar.uid] = calendar
        elif record.name == "Resource":
            resource = _resource(record)
            file.resources[resource.uid] = resource
        elif record.name == "Assignment":
            file.assignments.append(_assignment(record))
        elif record.name == "Project":
            _read_project(file, record)
    if not file.tasks:
        raise NotMspdi("The file has no tasks, so there is nothing to schedule.")
    return file


def _read_project(file: MspdiFile, record: Record) -> None:
    file.title = record.text("Title") or record.text("Name")
    file.start, file.finish = read_date(record.text("StartDate")), read_date(record.text("FinishDate"))
    file.is_from_start = read_number(record.text("ScheduleFromStart"), 1) != 0
    file.calendar_uid = read_number(record.text("CalendarUID"), NOBODY)
    file.minutes_per_day = read_number(record.text("MinutesPerDay"), 480)
    file.status_date = read_date(record.text("StatusDate"))
    file.guid, file.currency = record.text("GUID"), record.text("CurrencyCode")
    for one in record.all("ExtendedAttributes", "ExtendedAttribute"):
        file.aliases[read_number(one.text("FieldID"), NOBODY)] = one.text("Alias")
    file.honors_constraints = read_number(record.text("HonorConstraints"), 1) != 0
    file.splits_in_progress = read_number(record.text("SplitsInProgressTasks"), 1) != 0
    file.critical_slack_limit = read_number(record.text("CriticalSlackLimit"), 0)
    file.is_multiple_critical_paths = read_flag(record.text("MultipleCriticalPaths"))


def _task(record: Record) -> MspdiTask:
    def number(name: str, default: int = 0) -> int:
        return read_number(record.text(name), default)

    def moment(name: str) -> datetime | None:
        return read_date(record.text(name))

    return MspdiTask(
        uid=number("UID", NOBODY),
        id=number("ID", NOBODY),
        name=record.text("Name") or f"Task {record.text('UID')}",
        outline_level=number("OutlineLevel", 1),
        is_null=read_flag(record.text("IsNull")),
        is_summary=read_flag(record.text("Summary")),
        is_milestone=read_flag(record.text("Milestone")),
        is_manual=read_flag(record.text("Manual")),
        is_active=number("Active", 1) != 0,
        is_external=read_flag(record.text("ExternalTask")),
        is_estimated=read_flag(record.text("Estimated")),
        type=number("Type"),
        start=moment("Start"),
        finish=moment("Finish"),
        duration=read_duration(record.text("Duration")),
        duration_format=number("DurationFormat", 7),
        constraint=number("ConstraintType"),
        constraint_date=moment("ConstraintDate"),
        deadline=moment("Deadline"),
        calendar_uid=number("CalendarUID", NOBODY),
        ignores_resource_calendar=read_flag(record.text("IgnoreResourceCalendar")),
        percent_complete=read_decimal(record.text("PercentComplete"), 0.0),
        actual_start=moment("ActualStart"),
        actual_finish=moment("ActualFinish"),
        actual_duration=read_duration(record.text("ActualDuration")),
        remaining_duration=read_duration(record.text("RemainingDuration")),
        stop=moment("Stop"),
        resume=moment("Resume"),
        levelling_delay=number("LevelingDelay"),
        levelling_delay_format=number("LevelingDelayFormat", 8),
        priority=number("Priority", 500),
        early_start=moment("EarlyStart"),
        early_finish=moment("EarlyFinish"),
        late_start=moment("LateStart"),
        late_finish=moment("LateFinish"),
        total_slack=_optional(record.text("TotalSlack")),
        free_slack=_optional(record.text("FreeSlack")),
        is_critical=read_flag(record.text("Critical")),
        guid=record.text("GUID"),
        notes=record.text("Notes"),
        work=read_duration(record.text("Work")),
        cost=read_decimal(record.text("Cost"), 0.0),
        actual_cost=read_decimal(record.text("ActualCost"), 0.0),
        manual_start=moment("ManualStart"),
        manual_finish=moment("ManualFinish"),
        is_recurring=read_flag(record.text("Recurring")),
        is_subproject=read_flag(record.text("IsSubproject")) or bool(record.text("SubprojectName")),
        has_hyperlink=bool(record.text("HyperlinkAddress")),
        extended=tuple(
            (read_number(one.text("FieldID"), NOBODY), one.text("Value")) for one in record.all("ExtendedAttribute")
        ),
        links=tuple(_link(one) for one in record.all("PredecessorLink")),
        baselines=tuple(_baseline(one) for one in record.all("Baseline")),
    )


def _optional(text: str) -> int | None:
    return read_number(text, 0) if text.lstrip("-").isdecimal() else None


def _link(record: Record) -> MspdiLink:
    return MspdiLink(
        read_number(record.text("PredecessorUID"), NOBODY),
        read_number(record.text("Type"), 1),
        read_number(record.text("LinkLag"), 0),
        read_number(record.text("LagFormat"), 7),
        read_flag(record.text("CrossProject")),
    )


def _baseline(record: Record) -> MspdiBaseline:
    return MspdiBaseline(
        read_number(record.text("Number"), 0),
        read_date(record.text("Start")),
        read_date(record.text("Finish")),
        read_duration(record.text("Duration")),
        read_duration(record.text("Work")),
        read_decimal(record.text("Cost"), 0.0),
    )


def _resource(record: Record) -> MspdiResource:
    return MspdiResource(
        read_number(record.text("UID"), NOBODY),
        record.text("Name"),
        read_number(record.text("Type"), WORK),
        read_number(record.text("CalendarUID"), NOBODY),
    )


def _assignment(record: Record) -> MspdiAssignment:
    segments = []
    for part in record.all("TimephasedData"):
        start, finish = read_date(part.text("Start")), read_date(part.text("Finish"))
        if read_number(part.text("Type"), 0) in (1, 2) and start and finish:
            segments.append((start, finish, read_duration(part.text("Value")) or 0))
    return MspdiAssignment(
        read_number(record.text("TaskUID"), NOBODY),
        read_number(record.text("ResourceUID"), NOBODY),
        read_decimal(record.text("Units"), 1.0),
        read_duration(record.text("Work")) or 0,
        read_duration(record.text("ActualWork")) or 0,
        read_duration(record.text("RemainingWork")) or 0,
        read_date(record.text("Start")),
        read_date(record.text("Finish")),
        read_number(record.text("Delay"), 0),
        read_number(record.text("LevelingDelay"), 0),
        read_number(record.text("WorkContour"), 0),
        tuple(segments),
    )
