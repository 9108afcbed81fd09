"""What is moved into a summary, out of it, or made below it moves what waits for that summary, in the same step."""

import datetime

import pytest

from core.errors import Conflict
from events.models import Event
from projects import services
from projects.models import Activity, Dependency


def day(number):
    return datetime.date(2026, 5, number)


@pytest.fixture
def plan(bob, petra, project):
    """Build (with Frame below it, 4 to 6 May) and Roof (7 to 12 May); Launch waits for Build: automatic, on 7 May."""
    build = services.create_activity(actor=bob, project=project, name="Build")
    add(bob, project, "Frame", 4, 6, parent=build)
    add(bob, project, "Roof", 7, 12)
    launch = services.create_activity(
        actor=bob, project=project, name="Launch", is_manual=False, duration_minutes=960, planned_start_date=day(4)
    )
    services.create_dependency(actor=petra, predecessor=build, successor=launch)
    assert starts("Launch") == day(7)
    return build


def add(actor, project, name, first, last, **more):
    return services.create_activity(
        actor=actor, project=project, name=name, planned_start_date=day(first), planned_finish_date=day(last), **more
    )


def move(actor, name, direction):
    return services.move_activity(actor=actor, activity=Activity.objects.get(name=name), direction=direction)


def starts(name):
    return Activity.objects.get(name=name).planned_start_date


def test_what_waits_for_a_summary_moves_when_it_gets_a_later_part_and_the_event_says_so(bob, plan):
    move(bob, "Roof", "indent")

    assert starts("Launch") == day(13)
    assert starts("Roof") == day(7)
    event = Event.objects.get(kind="activity.moved")
    assert [row["name"] for row in event.changes["moved"][1]] == ["Launch"]


def test_it_comes_back_when_the_part_leaves_again(bob, plan):
    move(bob, "Roof", "indent")
    move(bob, "Roof", "outdent")

    assert starts("Launch") == day(7)


def test_an_activity_made_below_a_summary_moves_what_waits_for_it(bob, project, plan):
    made = add(bob, project, "Windows", 7, 14, parent=plan)

    assert starts("Launch") == day(15)
    assert (made.planned_start_date, Activity.objects.get(pk=made.pk).version) == (day(7), made.version)
    event = Event.objects.get(kind="project.rescheduled")
    assert [row["name"] for row in event.changes["moved"][1]] == ["Launch"]


def test_what_is_dated_by_hand_is_pushed_as_its_dependency_says(bob, petra, project, plan):
    party = add(bob, project, "Party", 8, 8)
    services.create_dependency(actor=petra, predecessor=plan, successor=party, slip_policy="move")

    move(bob, "Roof", "indent")

    assert starts("Party") > day(12)


def test_an_automatic_activity_waits_when_its_new_summary_waits(bob, petra, project, plan):
    fit = services.create_activity(actor=bob, project=project, name="Fit out", is_manual=False)
    add(bob, project, "Doors", 18, 19, parent=fit)
    paint = services.create_activity(
        actor=bob, project=project, name="Paint", is_manual=False, duration_minutes=480, planned_start_date=day(4)
    )
    roof = Activity.objects.get(name="Roof")
    services.create_dependency(actor=petra, predecessor=roof, successor=fit)
    assert starts("Paint") == day(4)
    Activity.objects.filter(pk=paint.pk).update(constraint_type="asap", constraint_at=None)

    moved = move(bob, "Paint", "indent")

    assert starts("Paint") == moved.planned_start_date == day(13)


def test_a_summary_does_not_take_in_what_waits_for_it(bob, plan):
    move(bob, "Launch", "up")
    before = Event.objects.count()

    with pytest.raises(Conflict):
        move(bob, "Launch", "indent")

    assert Activity.objects.get(name="Launch").parent is None
    assert Event.objects.count() == before


def test_moves_past_siblings_move_no_dates(bob, plan):
    move(bob, "Launch", "up")

    assert "moved" not in Event.objects.get(kind="activity.moved").changes
    assert Dependency.objects.get().successor.planned_start_date == day(7)
