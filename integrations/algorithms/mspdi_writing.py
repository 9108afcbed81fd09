"""Plans as Microsoft Project XML files, which Microsoft Project opens and our own reader reads to equal facts.

Elements stand in the order of the schema; ids are places in the outline, so a file of the same plan is the same file.

Source: "Project XML Data Interchange Schema Reference", Microsoft (mspdi_pj12.xsd and later).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from integrations.algorithms.mspdi_exchange import CONSTRAINTS, LINK_TYPES
from integrations.algorithms.mspdi_fields import DELAY_GROUP, FIELDS, KEY, LIKELY, OPTIMISTIC, PESSIMISTIC
from projects.algorithms.exchange import (
    ROOT,
    CrossingLink,
    ExchangedActivity,
    ExchangedBaseline,
    ExchangedBaselineRow,
    ExchangedCalendar,
    ExchangedLink,
    ExchangedPlan,
)

#: Lag formats of the schema: days, elapsed days, per cent, elapsed per cent.
LAG_FORMATS = {"working": 7, "elapsed": 8, "percent": 19, "elapsed_percent": 20}
DAYS, ELAPSED_DAYS = 7, 8
GUID = re.compile(r"\{?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?")
#: What XML 1.0 cannot hold.
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Project xmlns="http://schemas.microsoft.com/project">'
SETTINGS: tuple[tuple[str, Any], ...] = (
    ("DefaultStartTime", "08:00:00"),
    ("DefaultFinishTime", "17:00:00"),
    ("MinutesPerDay", 480),
    ("MinutesPerWeek", 2400),
    ("DaysPerMonth", 20),
    ("DefaultTaskType", 1),
    ("DefaultFixedCostAccrual", 3),
    ("DurationFormat", DAYS),
    ("WorkFormat", 2),
    ("HonorConstraints", 1),
    ("NewTasksEffortDriven", 0),
    ("NewTasksEstimated", 0),
    ("SplitsInProgressTasks", 1),
    ("WeekStartDay", 1),
)


def write_mspdi(plan: ExchangedPlan) -> Iterator[bytes]:
    """A file of a plan, in pieces: its head, each calendar, each task, its end.

    Cost: O(activities + links + baseline rows); memory O(links + baseline rows).
    """
    uids = {calendar.name: uid for uid, calendar in enumerate(plan.calendars, start=1)}
    yield _bytes(HEAD + _project(plan, uids) + _definitions() + "<Calendars>")
    for calendar in plan.calendars:
        yield _bytes(_calendar(calendar, uids[calendar.name]))
    yield _bytes("</Calendars><Tasks>")
    links: dict[int, list[ExchangedLink]] = {}
    for link in plan.links:
        links.setdefault(link.successor, []).append(link)
    yield _bytes(_root(plan, links.get(ROOT, ()), _baselines(plan, ROOT)))
    outline: list[int] = []
    for activity in plan.activities:
        del outline[activity.level :]
        outline += [0] * (activity.level - len(outline))
        outline[-1] += 1
        number = ".".join(map(str, outline))
        found = links.get(activity.number, ())
        yield _bytes(_task(activity, number, uids, found, _baselines(plan, activity.number)))
    yield _bytes("</Tasks><Resources/><Assignments/></Project>\n")


def merged(name: str, plans: Sequence[ExchangedPlan], crossing: Sequence[CrossingLink] = ()) -> ExchangedPlan:
    """Several plans as one, each below a summary of its own; links between them are kept.

    Baselines are joined by their number. A calendar that only some of the plans have keeps its name, which one
    organization gives once.
    """
    calendars = {calendar.name: calendar for plan in plans for calendar in plan.calendars}
    activities: list[ExchangedActivity] = []
    links: list[ExchangedLink] = []
    rows: dict[int, dict[int, ExchangedBaselineRow]] = {}
    tops = []
    for plan in plans:
        top = len(activities) + 1
        tops.append(top)
        activities.append(
            ExchangedActivity(
                top, 1, plan.name, "summary", start_at=plan.start_at, finish_at=plan.finish_at,
                description=plan.description, external_key=plan.external_key,
            )
        )  # fmt: skip
        for one in plan.activities:
            calendar = one.calendar or plan.calendar
            activities.append(replace(one, number=top + one.number, level=one.level + 1, calendar=calendar))
        links += [replace(one, predecessor=top + one.predecessor, successor=top + one.successor) for one in plan.links]
        for baseline in plan.baselines:
            found = rows.setdefault(baseline.number, {})
            found |= {top + number: row for number, row in baseline.rows.items()}
    for cross in crossing:
        ends = [tops[place] + number for place, number in (cross.predecessor, cross.successor)]
        links.append(replace(cross.link, predecessor=ends[0], successor=ends[1]))
    return ExchangedPlan(
        name=name,
        start_at=min((plan.start_at for plan in plans if plan.start_at), default=None),
        finish_at=max((plan.finish_at for plan in plans if plan.finish_at), default=None),
        status_date=max((plan.status_date for plan in plans if plan.status_date), default=None),
        calendar=plans[0].calendar if plans else "",
        currency=plans[0].currency if plans else "",
        calendars=tuple(calendars[key] for key in sorted(calendars)),
        activities=tuple(activities),
        links=tuple(links),
        baselines=tuple(ExchangedBaseline(number, rows[number]) for number in sorted(rows)),
    )


def _bytes(text: str) -> bytes:
    return text.encode()


def _element(name: str, value: Any) -> str:
    """An element; nothing, where there is no value."""
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        value = value.replace(microsecond=0).isoformat()
    text = FORBIDDEN.sub("", str(int(value) if isinstance(value, bool) else value))
    return f"<{name}>{escape(text, {chr(13): '&#13;'})}</{name}>"


def _elements(values: Sequence[tuple[str, Any]]) -> str:
    return "".join(_element(name, value) for name, value in values)


def _duration(minutes: Decimal | None) -> str:
    """A length as ISO 8601 has it, to the tenth of a minute."""
    if minutes is None:
        return ""
    seconds = int(minutes * 60)
    return f"PT{seconds // 3600}H{seconds // 60 % 60}M{seconds % 60}S"


def _money(amount: Decimal | None) -> str:
    """An amount in hundredths, as the schema counts money."""
    return format((amount or Decimal(0)) * 100, "f").rstrip("0").rstrip(".") if amount else "0"


def _project(plan: ExchangedPlan, uids: Mapping[str, int]) -> str:
    status = datetime.combine(plan.status_date, time(17)) if plan.status_date else None
    guid = plan.external_key if GUID.fullmatch(plan.external_key) else ""
    values = [
        ("SaveVersion", 14),
        ("Name", f"{plan.name}.xml"),
        ("GUID", guid),
        ("Title", plan.name),
        ("ScheduleFromStart", 1),
        ("StartDate", plan.start_at),
        ("FinishDate", plan.finish_at),
        ("FYStartDate", 1),
        ("CriticalSlackLimit", 0),
        ("CurrencyDigits", 2),
        ("CurrencyCode", plan.currency),
        ("CalendarUID", uids.get(plan.calendar, 1)),
        *SETTINGS,
        ("StatusDate", status),
        ("NewTasksAreManual", 0),
    ]
    return _elements(values)


def _definitions() -> str:
    known = [[("FieldID", number), ("FieldName", name), ("Alias", alias)] for number, name, alias in FIELDS.values()]
    found = "".join(f"<ExtendedAttribute>{_elements(one)}</ExtendedAttribute>" for one in known)
    return f"<ExtendedAttributes>{found}</ExtendedAttributes>"


def _calendar(calendar: ExchangedCalendar, uid: int) -> str:
    week = "".join(_day(kind, calendar.week[(kind - 2) % 7]) for kind in range(1, 8))
    exceptions = "".join(_exception(one) for one in calendar.exceptions)
    weeks = "".join(_work_week(one) for one in calendar.effective_weeks)
    return (
        f"<Calendar><UID>{uid}</UID>{_element('Name', calendar.name)}<IsBaseCalendar>1</IsBaseCalendar>"
        f"<BaseCalendarUID>-1</BaseCalendarUID><WeekDays>{week}</WeekDays>"
        + (f"<Exceptions>{exceptions}</Exceptions>" if exceptions else "")
        + (f"<WorkWeeks>{weeks}</WorkWeeks>" if weeks else "")
        + "</Calendar>"
    )


def _day(kind: int, shifts: Sequence[Sequence[int]]) -> str:
    return f"<WeekDay><DayType>{kind}</DayType>{_hours(shifts)}</WeekDay>"


def _hours(shifts: Sequence[Sequence[int]]) -> str:
    if not shifts:
        return "<DayWorking>0</DayWorking>"
    times = "".join(
        f"<WorkingTime><FromTime>{_clock(start)}</FromTime><ToTime>{_clock(end)}</ToTime></WorkingTime>"
        for start, end in shifts
    )
    return f"<DayWorking>1</DayWorking><WorkingTimes>{times}</WorkingTimes>"


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}:00"


def _period(one: Mapping[str, Any]) -> str:
    return (
        f"<TimePeriod><FromDate>{one['first']}T00:00:00</FromDate><ToDate>{one['last']}T23:59:00</ToDate></TimePeriod>"
    )


def _exception(one: Mapping[str, Any]) -> str:
    return (
        f"<Exception><EnteredByOccurrences>0</EnteredByOccurrences>{_period(one)}"
        f"{_element('Name', one.get('name'))}<Type>1</Type>{_hours(one['shifts'])}</Exception>"
    )


def _work_week(one: Mapping[str, Any]) -> str:
    days = "".join(_day(kind, one["week"][(kind - 2) % 7]) for kind in range(1, 8))
    return f"<WorkWeek>{_period(one)}{_element('Name', one.get('name'))}<WeekDays>{days}</WeekDays></WorkWeek>"


def _baselines(plan: ExchangedPlan, number: int) -> str:
    found = [(one.number, one.rows[number]) for one in plan.baselines if number in one.rows]
    return "".join(f"<Baseline>{_elements(_baseline(which, row))}</Baseline>" for which, row in found)


def _baseline(number: int, row: ExchangedBaselineRow) -> list[tuple[str, Any]]:
    return [
        ("Number", number),
        ("Start", row.start_at),
        ("Finish", row.finish_at),
        ("Duration", _duration(row.duration_minutes)),
        ("DurationFormat", DAYS if row.duration_minutes is not None else None),
        ("Work", _duration(row.work_minutes)),
        ("Cost", _money(row.cost_amount) if row.cost_amount is not None else None),
    ]


def _links(links: Sequence[ExchangedLink]) -> str:
    return "".join(f"<PredecessorLink>{_elements(_link(link))}</PredecessorLink>" for link in links)


def _link(link: ExchangedLink) -> list[tuple[str, Any]]:
    in_percent = link.lag_unit in ("percent", "elapsed_percent")
    return [
        ("PredecessorUID", link.predecessor),
        ("Type", LINK_TYPES.index(link.link_type)),
        ("CrossProject", 0),
        ("LinkLag", int(link.lag_ratio * 100 if in_percent else link.lag_minutes * 10)),
        ("LagFormat", LAG_FORMATS[link.lag_unit]),
    ]


def _root(plan: ExchangedPlan, links: Sequence[ExchangedLink], baselines: str) -> str:
    values = [
        ("UID", ROOT),
        ("ID", ROOT),
        ("Name", plan.name),
        ("Active", 1),
        ("Manual", 0),
        ("Type", 1),
        ("IsNull", 0),
        ("WBS", 0),
        ("OutlineNumber", 0),
        ("OutlineLevel", 0),
        ("Start", plan.start_at),
        ("Finish", plan.finish_at),
        ("Summary", 1),
        ("CalendarUID", -1),
        ("Notes", plan.description),
    ]
    return f"<Task>{_elements(values)}{_links(links)}{baselines}</Task>"


def _task(
    one: ExchangedActivity, outline: str, uids: Mapping[str, int], links: Sequence[ExchangedLink], baselines: str
) -> str:
    done = one.duration_minutes and round(one.duration_minutes * one.progress_ratio, 1)
    left = one.duration_minutes - done if one.duration_minutes is not None and done is not None else None
    is_summary = one.kind == "summary"
    values: list[tuple[str, Any]] = [
        ("UID", one.number),
        ("GUID", one.external_key if GUID.fullmatch(one.external_key) else ""),
        ("ID", one.number),
        ("Name", one.name),
        ("Active", one.status != "cancelled"),
        ("Manual", one.is_manual),
        ("Type", 1),
        ("IsNull", 0),
        ("WBS", outline),
        ("OutlineNumber", outline),
        ("OutlineLevel", one.level),
        ("Priority", 500),
        ("Start", one.start_at),
        ("Finish", one.finish_at),
        ("Duration", _duration(one.duration_minutes)),
        ("ManualStart", one.start_at if one.is_manual else None),
        ("ManualFinish", one.finish_at if one.is_manual else None),
        ("ManualDuration", _duration(one.duration_minutes) if one.is_manual else None),
        ("DurationFormat", ELAPSED_DAYS if one.is_elapsed else DAYS),
        ("Work", _duration(one.work_minutes)),
        ("EffortDriven", 0),
        ("Estimated", 0),
        ("Milestone", one.kind == "milestone"),
        ("Summary", is_summary),
        ("FixedCost", _money(None if is_summary else one.planned_cost_amount)),
        ("FixedCostAccrual", 3),
        ("PercentComplete", format(one.progress_ratio * 100, "f").rstrip("0").rstrip(".") or "0"),
        ("Cost", _money(one.planned_cost_amount)),
        ("ActualStart", one.actual_start_at),
        ("ActualFinish", one.actual_finish_at),
        ("ActualDuration", _duration(done)),
        ("ActualCost", _money(one.actual_cost_amount)),
        ("RemainingDuration", _duration(left)),
        ("ConstraintType", CONSTRAINTS.index(one.constraint_type)),
        ("CalendarUID", uids[one.calendar] if one.calendar else -1),
        ("ConstraintDate", one.constraint_at),
        ("Deadline", one.deadline_at),
        ("Notes", one.description),
    ]
    return f"<Task>{_elements(values)}{_links(links)}{_extended(one)}{baselines}</Task>"


def _extended(one: ExchangedActivity) -> str:
    key = "" if GUID.fullmatch(one.external_key) else one.external_key
    texts = [(DELAY_GROUP, one.delay_group), (KEY, key)]
    lengths = [
        (OPTIMISTIC, one.optimistic_minutes),
        (LIKELY, one.likely_minutes),
        (PESSIMISTIC, one.pessimistic_minutes),
    ]
    parts = [[("FieldID", FIELDS[name][0]), ("Value", text)] for name, text in texts if text]
    parts += [
        [("FieldID", FIELDS[name][0]), ("Value", _duration(length)), ("DurationFormat", DAYS)]
        for name, length in lengths
        if length is not None
    ]
    return "".join(f"<ExtendedAttribute>{_elements(part)}</ExtendedAttribute>" for part in parts)
