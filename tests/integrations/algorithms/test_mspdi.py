"""Microsoft Project XML: what is read of it, what is refused, and the plan that is made of it."""

import io
from datetime import date, datetime

import pytest

from integrations.algorithms.mspdi import MspdiFile, read_mspdi
from integrations.algorithms.mspdi_calendars import read_calendar, resolve
from integrations.algorithms.mspdi_plan import plan_of
from integrations.algorithms.mspdi_values import read_date, read_duration
from integrations.algorithms.mspdi_xml import CHUNK, NotMspdi, read_records
from projects.algorithms.critical_path import schedule
from projects.algorithms.plan import LagKind
from resources.algorithms.calendars import NIGHT_AND_DAY, OFFICE_HOURS

NAMESPACE = 'xmlns="http://schemas.microsoft.com/project"'
TASKS = """
<Task><UID>0</UID><Name>Whole</Name><OutlineLevel>0</OutlineLevel><Summary>1</Summary></Task>
<Task><UID>7</UID><Name>Dig</Name><OutlineLevel>1</OutlineLevel><Duration>PT16H0M0S</Duration></Task>
<Task><UID>8</UID><IsNull>1</IsNull></Task>
<Task><UID>9</UID><Name>Pour</Name><OutlineLevel>1</OutlineLevel><Duration>PT8H30M6S</Duration><DurationFormat>8</DurationFormat>
  <ConstraintType>4</ConstraintType><ConstraintDate>2026-01-09T08:00:00</ConstraintDate>
  <Deadline>2026-01-12T17:00:00</Deadline><PercentComplete>0</PercentComplete>
  <PredecessorLink><PredecessorUID>7</PredecessorUID><Type>3</Type><LinkLag>-75</LinkLag><LagFormat>19</LagFormat></PredecessorLink>
  <PredecessorLink><PredecessorUID>44</PredecessorUID><Type>1</Type></PredecessorLink>
  <Baseline><Number>1</Number><Start>2026-01-06T08:00:00</Start><Duration>PT8H0M0S</Duration><Cost>12.5</Cost></Baseline>
</Task>
"""


def document(tasks: str = TASKS, more: str = "") -> bytes:
    return f"""<?xml version="1.0"?><Project {NAMESPACE}><Title>Pond</Title>
<StartDate>2026-01-05T08:00:00</StartDate><CalendarUID>1</CalendarUID>{more}<Tasks>{tasks}</Tasks></Project>""".encode()


def read(content: bytes) -> MspdiFile:
    return read_mspdi(io.BytesIO(content))


def test_tasks_links_and_baselines_are_read_in_the_terms_of_the_file():
    file = read(document())

    assert (file.title, file.start) == ("Pond", datetime(2026, 1, 5, 8))
    pour = file.tasks[3]
    assert (pour.name, pour.duration, pour.is_elapsed, pour.constraint) == ("Pour", 5101, True, 4)
    assert (pour.constraint_date, pour.deadline) == (datetime(2026, 1, 9, 8), datetime(2026, 1, 12, 17))
    assert [(one.predecessor_uid, one.kind, one.lag, one.lag_format) for one in pour.links] == [
        (7, 3, -75, 19),
        (44, 1, 0, 7),
    ]
    assert (pour.baselines[0].number, pour.baselines[0].duration, pour.baselines[0].cost) == (1, 4800, 12.5)


def test_the_plan_leaves_out_blank_rows_and_says_which_links_it_could_not_keep():
    file = read(document())

    plan, tasks = plan_of(file)

    assert [task.name for task in tasks] == list(plan.names) == ["Whole", "Dig", "Pour"]
    assert plan.parents.tolist() == [-1, 0, 0]
    assert (plan.predecessors.tolist(), plan.successors.tolist()) == ([1], [2])
    assert (plan.lags.tolist(), plan.lag_kinds.tolist()) == ([-75], [LagKind.PERCENT])
    assert file.notes == ["1 links come from tasks that the file does not hold; they were left out."]
    assert schedule(plan).early_finish.max() > 0


def test_a_task_works_where_its_own_calendar_and_its_resource_s_both_do():
    calendars = "".join(
        f"<Calendar><UID>{uid}</UID><Name>C{uid}</Name><BaseCalendarUID>-1</BaseCalendarUID><WeekDays>"
        + "".join(
            f"<WeekDay><DayType>{day}</DayType><DayWorking>1</DayWorking><WorkingTimes><WorkingTime>"
            f"<FromTime>{begin}:00:00</FromTime><ToTime>{end}:00:00</ToTime></WorkingTime></WorkingTimes></WeekDay>"
            for day in range(2, 7)
        )
        + "</WeekDays></Calendar>"
        for uid, begin, end in ((1, "08", "16"), (2, "06", "14"), (3, "10", "18"))
    )
    task = "<Task><UID>1</UID><Duration>PT4H0M0S</Duration>{}</Task>"
    own = "<CalendarUID>3</CalendarUID><IgnoreResourceCalendar>{}</IgnoreResourceCalendar>"
    rest = (
        "<Resources><Resource><UID>5</UID><Type>1</Type><CalendarUID>2</CalendarUID></Resource></Resources>"
        "<Assignments><Assignment><TaskUID>1</TaskUID><ResourceUID>5</ResourceUID><Units>1</Units>"
        "<Work>PT4H0M0S</Work></Assignment></Assignments>"
    )
    starts = []
    for extra in ("", own.format(0), own.format(1)):
        plan, _ = plan_of(read(document(task.format(extra), f"<Calendars>{calendars}</Calendars>{rest}")))
        answer = schedule(plan)
        starts.append((int(answer.early_start[0]) // 600, int(answer.early_finish[0]) // 600))

    assert starts == [(8, 12), (10, 14), (10, 14)]


def test_a_pause_in_the_time_phased_work_is_a_split_and_a_night_is_none():
    stretch = (
        "<TimephasedData><Type>1</Type><Start>2026-01-{}</Start><Finish>2026-01-{}</Finish>"
        "<Value>PT{}H0M0S</Value></TimephasedData>"
    )
    phased = "".join(
        stretch.format(*row)
        for row in (
            ("05T08:00:00", "05T17:00:00", 8),
            ("06T08:00:00", "06T12:00:00", 4),
            ("06T13:00:00", "07T17:00:00", 0),
            ("08T08:00:00", "08T12:00:00", 4),
        )
    )
    nobody = f"<TaskUID>1</TaskUID><ResourceUID>-65535</ResourceUID>{phased}"
    more = f"<Assignments><Assignment>{nobody}</Assignment></Assignments>"
    task = "<Task><UID>1</UID><Duration>PT16H0M0S</Duration></Task>"

    plan, _ = plan_of(read(document(task, more)))

    assert [(one.after, one.gap) for one in plan.splits] == [(12 * 600, 12 * 600)]
    assert int(schedule(plan).early_finish[0]) == (3 * 24 + 12) * 600


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "breaks off or is not well-formed"),
        (b"PK\x03\x04 not xml", "breaks off or is not well-formed"),
        (document()[:-40], "breaks off or is not well-formed XML at line"),
        (b"<html><body/></html>", "not a Microsoft Project XML file: it begins with <html>"),
        (b"<Project><Tasks/></Project>", "not a Microsoft Project XML file"),
        (f"<Project {NAMESPACE}><Tasks/></Project>".encode(), "has no tasks"),
        (document(TASKS + "<Task><UID>7</UID><Name>Again</Name></Task>"), "number 7, the second is “Again”"),
        (
            b'<!DOCTYPE p [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><Project>&b;</Project>',
            "has a document type definition",
        ),
        (b'<!DOCTYPE p SYSTEM "file:///etc/passwd"><Project/>', "has a document type definition"),
        (document("<Task>" + "<a>" * 40 + "</a>" * 40 + "</Task>"), "nested deeper"),
    ],
)
def test_files_that_are_broken_hostile_or_foreign_end_in_a_sentence(content, sentence):
    with pytest.raises(NotMspdi, match=sentence):
        read(content)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("-75", "9" * 30, "“Pour” has a lag that no plan can have"),
        ("2026-01-09T08:00:00", "9998-01-09T08:00:00", "“Pour” has a date beyond 400 years"),
        ("PT16H0M0S", "PT24000000000H0M0S", "“Dig” has a duration below 0 or above 100 years"),
        ("<PredecessorUID>7<", "<PredecessorUID>0<", "in a circle: Pour → Whole → Pour"),
    ],
)
def test_numbers_that_no_plan_can_have_end_in_a_sentence_that_names_the_task(old, new, sentence):
    assert old in TASKS
    with pytest.raises(ValueError, match=sentence):
        schedule(plan_of(read(document(TASKS.replace(old, new))))[0])


def test_exceptions_outside_all_plans_are_left_out():
    found = calendar_of(exception(6, "0001-01-01", "9999-12-31", "<DaysOfWeek>2</DaysOfWeek>")).exceptions

    assert found == ()


def test_a_large_file_is_read_in_pieces_and_given_out_record_by_record():
    class Counting(io.BytesIO):
        largest = 0
        given = 0

        def read(self, size: int | None = -1) -> bytes:
            assert size == CHUNK
            piece = super().read(size)
            self.given += len(piece)
            return piece

    stream = Counting(document("<Task><UID>1</UID><Name>Dig</Name></Task>" * 20_000))
    records = read_records(stream)

    next(records)
    assert stream.given <= CHUNK
    assert sum(1 for _ in records) == 20_000


def test_values_that_mean_nothing_count_as_not_given():
    assert read_date("NA") is None
    assert read_date("2026-01-05T08:00:00+02:00") == datetime(2026, 1, 5, 8)
    assert read_duration("PT1H30M0S") == 900
    assert read_duration("P1DT2H") == 15_600
    assert read_duration("-PT0H1M0.6S") == -10
    assert read_duration("soon") is None


def calendar_of(exceptions: str = "", days: str = "", base: str = "-1"):
    text = (
        f"<Calendars><Calendar><UID>1</UID><Name>Site</Name><BaseCalendarUID>{base}</BaseCalendarUID><WeekDays>{days}</WeekDays>"
        f"<Exceptions>{exceptions}</Exceptions></Calendar></Calendars>"
    )
    record = next(one for one in read_records(io.BytesIO(document(more=text))) if one.name == "Calendar")
    return read_calendar(record)


def exception(kind: int, first: str, last: str, more: str) -> str:
    return (
        f"<Exception><TimePeriod><FromDate>{first}T00:00:00</FromDate><ToDate>{last}T23:59:00</ToDate></TimePeriod>"
        f"<Type>{kind}</Type>{more}<DayWorking>0</DayWorking></Exception>"
    )


COUNTED = "<EnteredByOccurrences>1</EnteredByOccurrences><Occurrences>{}</Occurrences>"


@pytest.mark.parametrize(
    ("kind", "span", "more", "days"),
    [
        # Every third day, four times; every second week on Tuesday and Thursday; and so on, counted on a calendar.
        (
            7,
            ("2026-01-01", "2026-01-20"),
            "<Period>3</Period>" + COUNTED.format(4),
            ["01-01", "01-04", "01-07", "01-10"],
        ),
        (6, ("2026-01-01", "2026-01-20"), "<Period>2</Period><DaysOfWeek>20</DaysOfWeek>", ["01-01", "01-13", "01-15"]),
        (4, ("2026-01-15", "2026-04-30"), "<MonthDay>31</MonthDay>", ["01-31", "03-31"]),
        (4, ("2026-01-01", "2026-06-30"), "<MonthDay>10</MonthDay><Period>2</Period>", ["01-10", "03-10", "05-10"]),
        (
            5,
            ("2026-01-01", "2026-03-31"),
            "<MonthItem>4</MonthItem><MonthPosition>4</MonthPosition>",
            ["01-26", "02-23", "03-30"],
        ),
        (
            5,
            ("2026-01-01", "2026-02-28"),
            "<MonthItem>1</MonthItem><MonthPosition>0</MonthPosition>",
            ["01-01", "02-02"],
        ),
        (5, ("2026-01-01", "2026-01-31"), "<MonthItem>2</MonthItem><MonthPosition>1</MonthPosition>", ["01-04"]),
        (2, ("2026-01-01", "2026-12-31"), "<Month>11</Month><MonthDay>25</MonthDay>", ["12-25"]),
        (
            3,
            ("2026-01-01", "2026-12-31"),
            "<Month>10</Month><MonthItem>7</MonthItem><MonthPosition>3</MonthPosition>",
            ["11-26"],
        ),
    ],
)
def test_recurring_exceptions_fall_on_the_days_that_a_calendar_shows(kind, span, more, days):
    found = calendar_of(exception(kind, *span, more)).exceptions

    assert [f"{one.first:%m-%d}" for one in found] == days
    assert all(one.first == one.last and one.shifts == () for one in found)


def test_a_derived_calendar_takes_what_it_does_not_say_from_its_base():
    base = calendar_of(
        exception(1, "2026-12-24", "2026-12-31", ""),
        "<WeekDay><DayType>2</DayType><DayWorking>0</DayWorking></WeekDay>",
    )
    day = (
        "<WeekDay><DayType>1</DayType><DayWorking>1</DayWorking><WorkingTimes><WorkingTime><FromTime>00:00:00</FromTime>"
        "<ToTime>00:00:00</ToTime></WorkingTime></WorkingTimes></WeekDay>"
    )
    own = calendar_of("", day, base="1")

    answer = resolve({1: base, 2: own}, 2)

    assert answer.week == ((), *(OFFICE_HOURS,) * 4, (), NIGHT_AND_DAY)
    assert answer.exceptions[0].last == date(2026, 12, 31)
    assert resolve({2: own, 1: calendar_of(base="2")}, 2).week[6] == NIGHT_AND_DAY
