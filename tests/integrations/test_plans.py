"""Microsoft Project files become projects: checked first, written whole, taken back; exports read back equal."""

from dataclasses import replace

import pytest
from django.conf import settings as django_settings

from core.errors import Conflict, FieldErrors, NotAllowed
from events.models import Event
from integrations import services
from integrations.models import PlanImport, PlanStatus
from projects.models import Activity, Dependency, Project
from projects.selectors import exchanged_plans
from projects.services import update_activity
from resources.models import Calendar
from tests.integrations.conftest import upload
from tests.integrations.plans import FILES, file_of, link, project, random_plan, task


def taken(actor, acme, content: bytes, name="apollo.xml") -> PlanImport:
    return services.upload_plan(actor=actor, organization=acme, file=upload(name, content), in_background=False)


def written(actor, plan: PlanImport, program, **more) -> PlanImport:
    plan = services.begin_plan(actor=actor, plan=plan, program=program, in_background=False, **more)
    return services.carry_out_plan(actor=actor, plan=plan, report=lambda *args: None)


def imported(actor, acme, program, content: bytes) -> Project:
    return written(actor, taken(actor, acme, content), program).project


def exported(project: Project):
    return exchanged_plans(project.organization_id, [project.pk])[0][0]


def same(plan, **more):
    """A plan without what names it: keys are unique in the organization, names and calendars of a copy too."""
    activities = tuple(replace(one, external_key="", calendar="") for one in plan.activities)
    return replace(plan, activities=activities, external_key="", calendar="", calendars=(), name="", **more)


def test_a_file_is_checked_and_nothing_is_written(acme, alice):
    plan = taken(alice, acme, project(task(1), task(2, Milestone=1, parts=link(1))))

    assert plan.status == PlanStatus.CHECKED
    assert [plan.report[name] for name in ("activity_count", "milestone_count", "link_count")] == [2, 1, 1]
    assert not Activity.with_roots.exists()
    assert not Calendar.objects.exists()


def test_a_file_becomes_a_project_with_outline_links_and_calendar(acme, alice, program):
    content = project(
        task(1, "Build"),
        task(2, "Engine", OutlineLevel=2, PercentComplete=100, Notes="Loud"),
        task(
            3,
            "Ready",
            OutlineLevel=2,
            Milestone=1,
            Duration="PT0H0M0S",
            parts=link(2, Type=3, LinkLag=600, LagFormat=5),
        ),
    )

    new = imported(alice, acme, program, content)

    rows = list(Activity.objects.filter(project=new).in_outline())
    assert [(row.name, row.kind, row.outline_level, row.parent and row.parent.name) for row in rows] == [
        ("Build", "summary", 1, None), ("Engine", "task", 2, "Build"), ("Ready", "milestone", 2, "Build"),
    ]  # fmt: skip
    assert (rows[1].status, rows[1].description, str(rows[1].planned_finish_date)) == ("done", "Loud", "2026-05-04")
    dependency = Dependency.objects.get()
    assert (dependency.link_type, dependency.lag_minutes) == ("ss", 60)
    assert (new.name, new.program, new.calendar.name) == ("Apollo", program, "Standard")
    assert Event.objects.filter(kind="activity.created").count() == 3


def test_the_project_summary_task_is_the_root_and_no_activity(acme, alice, program):
    zero = task(0, "Apollo", OutlineLevel=0, Summary=1)

    new = imported(alice, acme, program, project(zero, task(1), task(2, parts=link(1))))

    assert not Activity.objects.filter(project=new, name="Apollo").exists()
    assert Activity.with_roots.get(project=new, outline_level=0).name == "Apollo"


def test_a_finish_at_midnight_belongs_to_the_day_before(acme, alice, program):
    new = imported(alice, acme, program, project(task(1, Finish="2026-05-06T00:00:00")))

    assert str(Activity.objects.get(project=new).planned_finish_date) == "2026-05-05"


@pytest.mark.skipif(not FILES, reason="the Microsoft Project files lie beside the repository")
@pytest.mark.parametrize("path", [p for p in FILES if p.stat().st_size < 600_000], ids=lambda path: path.name)
def test_a_shared_file_imported_exported_and_imported_again_gives_equal_facts(acme, alice, program, path):
    once = exported(imported(alice, acme, program, path.read_bytes()))
    again = exported(imported(alice, acme, program, file_of(once)))

    assert same(again) == same(once)
    assert [one.week for one in again.calendars] == [one.week for one in once.calendars]


@pytest.mark.parametrize("seed", range(6))
def test_a_random_plan_imported_exported_and_imported_again_gives_equal_facts(acme, alice, program, seed):
    plan = random_plan(seed)
    once = exported(imported(alice, acme, program, file_of(plan)))
    again = exported(imported(alice, acme, program, file_of(once)))

    assert same(once, finish_at=None, status_date=None) == same(plan, finish_at=None, status_date=None)
    assert same(again) == same(once)


def test_a_copy_keeps_its_own_activities_and_leaves_keys_out_that_are_taken(acme, alice, program):
    content = project(task(1), task(2))
    imported(alice, acme, program, content)

    plan = written(alice, taken(alice, acme, content), program, project_name="Apollo again")

    assert plan.report["taken_keys"] == 2
    assert list(Activity.objects.filter(project=plan.project).values_list("external_key", flat=True)) == ["", ""]
    assert Calendar.objects.count() == 1


def test_undo_archives_the_project_and_its_calendar_and_frees_the_keys(acme, alice, program):
    content = project(task(1))
    plan = written(alice, taken(alice, acme, content), program)

    services.undo_plan(actor=alice, plan=plan)

    assert Project.objects.get(pk=plan.project_id).is_archived
    assert not Calendar.objects.live().exists()
    again = written(alice, taken(alice, acme, content), program)
    assert again.report["taken_keys"] == 0
    assert Activity.objects.get(project=again.project).external_key == "Apollo:1"


def test_undo_keeps_what_somebody_changed_since(acme, alice, program):
    plan = written(alice, taken(alice, acme, project(task(1))), program)
    update_activity(actor=alice, activity=Activity.objects.get(), name="Mine now")

    with pytest.raises(Conflict, match="“Mine now” was changed after the import"):
        services.undo_plan(actor=alice, plan=plan)

    assert not Project.objects.get().is_archived


def test_a_plan_is_written_once(acme, alice, program):
    plan = written(alice, taken(alice, acme, project(task(1))), program)

    services.carry_out_plan(actor=alice, plan=plan, report=lambda *args: None)
    with pytest.raises(Conflict, match="is imported"):
        services.begin_plan(actor=alice, plan=plan, program=program, in_background=False)

    assert Project.objects.count() == 1


def test_a_failure_on_the_way_leaves_nothing(acme, alice, program, monkeypatch):
    plan = taken(alice, acme, project(task(1), task(2, parts=link(1))))
    plan = services.begin_plan(actor=alice, plan=plan, program=program, in_background=False)
    monkeypatch.setattr("projects.services.plan_import.Dependency", None)

    with pytest.raises(TypeError):
        services.carry_out_plan(actor=alice, plan=plan, report=lambda *args: None)

    assert not Project.objects.exists()
    assert not Calendar.objects.exists()


def test_a_project_needs_one_home(acme, alice):
    plan = taken(alice, acme, project(task(1)))

    with pytest.raises(FieldErrors, match="Choose a program or a portfolio"):
        services.begin_plan(actor=alice, plan=plan, in_background=False)


def test_costs_in_another_currency_are_left_out_and_said(acme, alice, program):
    content = project(task(1, Cost=12300), head="<CurrencyCode>BRL</CurrencyCode>")

    plan = written(alice, taken(alice, acme, content), program)

    assert Activity.objects.get().planned_cost_amount is None
    assert [one["count"] for one in plan.report["losses"] if one["what"] == "costs"] == [1]


def test_contributors_may_not_import(acme, bob):
    with pytest.raises(NotAllowed):
        taken(bob, acme, project(task(1)))


BOMB = b'<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><Project>&b;</Project>'
WEEK = "".join(f"<WeekDay><DayType>{kind}</DayType><DayWorking>0</DayWorking></WeekDay>" for kind in range(1, 8))
IDLE = (
    "<CalendarUID>1</CalendarUID><Calendars><Calendar><UID>1</UID><Name>Idle</Name>"
    f"<WeekDays>{WEEK}</WeekDays></Calendar></Calendars>"
)
REFUSED = {
    "truncated": (project(task(1), task(2))[:-60], "breaks off or is not well-formed XML"),
    "hostile": (BOMB, "document type definition"),
    "another program": (b"<APIBusinessObjects xmlns='x'/>", "is a Primavera P6 file"),
    "other XML": (b"<rss/>", "begins with <rss>"),
    "wrong encoding": (
        project(task(1, "X")).replace(b">X<", b">\xff\xfe<"),
        "characters that its encoding does not know",
    ),
    "unknown encoding": (b'<?xml version="1.0" encoding="klingon"?><Project/>', "unknown encoding: klingon"),
    "no tasks": (project(), "has no tasks"),
    "doubled numbers": (project(task(1), task(1, "Twin")), "Two tasks of the file have the number 1"),
    "circle": (
        project(task(1, "A", parts=link(3)), task(2, "B", parts=link(1)), task(3, "C", parts=link(2))),
        "A → B → C → A",
    ),
    "endless duration": (project(task(1, Duration="P999999999D")), "lasts 999,999,999 days"),
    "1949": (project(task(1, Start="1949-05-04T08:00:00")), "“Task 1” starts on 1949-05-04"),
    "2300": (project(task(1, Deadline="2300-05-04T08:00:00")), "has a deadline on 2300-05-04"),
    "idle calendar": (project(task(1), head=IDLE), "“Idle” has no working time"),
    "endless lag": (project(task(1), task(2, parts=link(1, LinkLag=10**14))), "lag beyond 100 years"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_imported_is_refused_with_a_sentence(acme, alice, name):
    content, sentence = REFUSED[name]

    plan = taken(alice, acme, content)

    assert plan.status == PlanStatus.REFUSED
    assert sentence in plan.refusal
    assert plan.content is None


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "own format"),
        (b"PK\x03\x04" + bytes(50), "ZIP archive"),
        (b"key,name\r\n1,A\r\n", "is no XML"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"ERMHDR\t20", "Primavera"),
    ],
)
def test_what_is_plainly_something_else_is_not_taken(acme, alice, content, sentence):
    with pytest.raises(FieldErrors, match=sentence):
        taken(alice, acme, content)

    assert not PlanImport.objects.exists()


def test_a_file_that_is_too_large_is_not_read(acme, alice, settings):
    settings.PLAN_MAX_BYTES = 100

    with pytest.raises(FieldErrors, match=r"has 0\.0 MB; a plan may have 0 MB"):
        taken(alice, acme, project(task(1)))

    assert django_settings.PLAN_MAX_BYTES == 100


def test_links_from_tasks_that_are_not_there_are_left_out_and_counted(acme, alice):
    plan = taken(alice, acme, project(task(1), task(2, "Lost", parts=link(99))))

    assert plan.status == PlanStatus.CHECKED
    assert [(one["what"], one["count"], one["names"]) for one in plan.report["losses"]] == [
        ("links from tasks that are not there", 1, ["Lost"])
    ]
