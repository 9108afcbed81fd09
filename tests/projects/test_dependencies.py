"""Dependencies: what they move is seen before, saved with them in one event, and undone with them."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from core.errors import Conflict, FieldErrors, NotAllowed, StaleEdit
from events.models import Event
from projects import services
from projects.models import Activity, Dependency, Project
from projects.selectors.blast import dependency_edit, effects_of, facts_row
from projects.selectors.plan import load_plan
from projects.services import PlanChanged
from resources.models import Calendar

MAY = [datetime.date(2026, 5, day) for day in range(1, 32)]


def may(day: int) -> datetime.date:
    return MAY[day - 1]


@pytest.fixture
def add(petra, project):
    """Adds an activity by hand from a day of May 2026 to another (4 May is a Monday)."""

    def add(name, first, last, home=project, **more):
        return services.create_activity(
            actor=petra, project=home, name=name, planned_start_date=may(first), planned_finish_date=may(last), **more
        )

    return add


@pytest.fixture
def beacon(acme, program, petra):
    return services.create_project(
        actor=petra, organization=acme, program=program, name="Beacon", code="BEACON", planned_start_date=may(4)
    )


@pytest.fixture
def chain(add, beacon):
    """Design (4 to 8), Build (11 to 13) in Apollo, Launch on the 18th in Beacon."""
    return add("Design", 4, 8), add("Build", 11, 13), add("Launch", 18, 18, beacon, kind="milestone")


def link(actor, predecessor, successor, **more):
    return services.create_dependency(actor=actor, predecessor=predecessor, successor=successor, **more)


def dates(activity):
    fresh = Activity.objects.get(pk=activity.pk)
    return fresh.planned_start_date, fresh.planned_finish_date


def preview(acme, dependency, **more):
    loaded = load_plan(acme.pk, [dependency.predecessor.project_id, dependency.successor.project_id])
    return effects_of(acme.pk, loaded, dependency_edit(loaded, dependency, **more))


def test_a_new_dependency_moves_what_lies_too_early_across_projects_and_tells_it_in_one_event(petra, chain, beacon):
    design, build, launch = chain
    link(petra, build, launch)

    made = link(petra, design, build, lag_minutes=Decimal(5 * 480))

    assert dates(build) == (may(18), may(20))
    assert dates(launch) == (may(20), may(20))
    event = Event.objects.get(kind="dependency.created", subject_id=made.pk)
    assert [one["name"] for one in event.changes["moved"][1]] == ["Build", "Launch"]
    assert [one["days"] for one in event.changes["moved"][1]] == [7, 2]
    assert event.changes["touched_projects"][1] == sorted([build.project_id, beacon.pk])


def test_the_effects_shown_are_exactly_what_is_saved(acme, petra, project, chain):
    design, build, launch = chain
    services.root_of(actor=petra, project=project)
    link(petra, build, launch)
    wanted = Dependency(organization=acme, predecessor=design, successor=build, lag_minutes=Decimal(5 * 480))

    effects = preview(acme, wanted)
    link(petra, design, build, lag_minutes=Decimal(5 * 480), expected_plan=effects.token)

    assert [(move.row.name, move.start, move.finish, move.days) for move in effects.moves] == [
        ("Build", may(18), may(20), 7),
        ("Launch", may(20), may(20), 2),
    ]
    assert [dates(build), dates(launch)] == [(move.start, move.finish) for move in effects.moves]
    assert [move.project.name for move in effects.roots] == ["Apollo", "Beacon"]
    assert effects.milestones[0].row.name == "Launch"
    assert set(effects.programs.values()) == {"EU launch"}


def test_effects_name_the_people_to_tell_and_the_money_that_changes_its_month(acme, petra, bob, add):
    first = add("Order", 4, 29)
    second = add("Build", 30, 31, assignee=bob, planned_cost_amount=Decimal("310.00"))
    wanted = Dependency(organization=acme, predecessor=first, successor=second, lag_minutes=Decimal(480))

    effects = preview(acme, wanted)

    assert bob in effects.people
    assert [(shift.month.month, shift.before, shift.after) for shift in effects.money] == [
        (5, Decimal("310.00"), Decimal("0.00")),
        (6, Decimal("0.00"), Decimal("310.00")),
    ] or sum(shift.before - shift.after for shift in effects.money) == 0


def test_saving_against_a_plan_that_has_changed_is_refused_and_says_what_changed(acme, petra, alice, chain):
    design, build, _ = chain
    wanted = Dependency(organization=acme, predecessor=design, successor=build, lag_minutes=Decimal(5 * 480))
    seen = preview(acme, wanted)
    services.update_activity(actor=alice, activity=Activity.objects.get(pk=build.pk), planned_finish_date=may(14))

    with pytest.raises(PlanChanged, match="Alice changed activity Build") as caught:
        link(petra, design, build, lag_minutes=Decimal(5 * 480), expected_plan=seen.token)

    assert any("Build" in sentence for sentence in caught.value.since)
    assert not Dependency.objects.exists()
    assert dates(build) == (may(11), may(14))


def test_a_change_elsewhere_does_not_stand_in_the_way(acme, petra, chain, add):
    design, build, _ = chain
    wanted = Dependency(organization=acme, predecessor=design, successor=build)
    seen = preview(acme, wanted)
    add("Something else", 4, 5)

    assert link(petra, design, build, expected_plan=seen.token).pk


def test_a_circle_is_refused_with_its_path_and_nothing_is_saved(petra, chain):
    design, build, launch = chain
    link(petra, design, build)
    link(petra, build, launch)

    with pytest.raises(
        Conflict, match="Build → Launch → Design → Build|Launch → Design → Build → Launch|Design → Build"
    ):
        link(petra, launch, design)

    assert Dependency.objects.count() == 2


def test_a_link_that_only_warns_may_close_a_circle_and_is_refused_once_it_is_to_move_dates(petra, chain):
    design, build, _ = chain
    link(petra, design, build)
    soft = link(petra, build, design, slip_policy="none")

    with pytest.raises(Conflict, match="wait for each other in a circle"):
        services.update_dependency(actor=petra, dependency=soft, slip_policy="consume")


def test_a_project_can_wait_for_a_project(petra, acme, project, beacon, add):
    add("Design", 4, 8)
    add("Launch", 6, 7, beacon)

    made = link(petra, services.root_of(actor=petra, project=project), services.root_of(actor=petra, project=beacon))

    assert str(made) == "Apollo → Beacon"
    assert made.crosses_projects
    assert Activity.objects.get(name="Launch").planned_start_date == may(11)


def test_the_tables_refuse_a_link_on_itself_a_second_one_and_one_to_another_organization(
    acme, petra, other, charlie, chain
):
    design, build, _ = chain
    link(petra, design, build)
    with pytest.raises(FieldErrors, match="cannot wait for itself"):
        link(petra, design, design)
    with pytest.raises(ValidationError, match="linked already"):
        link(petra, design, build)

    with pytest.raises(IntegrityError, match="dependency_not_on_itself"), transaction.atomic():
        Dependency.objects.create(organization=acme, predecessor=design, successor=design)
    with pytest.raises(IntegrityError, match="dependency_unique"), transaction.atomic():
        Dependency.objects.create(organization=acme, predecessor=design, successor=build)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'projects_dependency'::regclass AND contype = 'f' "
            "AND array_length(conkey, 1) = 2 ORDER BY conname"
        )
        assert [row[0] for row in cursor.fetchall()] == [
            "dependency_predecessor_same_organization",
            "dependency_successor_same_organization",
        ]


def test_undo_takes_back_the_dependency_and_what_it_moved(petra, acme, chain):
    design, build, _ = chain
    made = link(petra, design, build, lag_minutes=Decimal(5 * 480))
    event = Event.objects.get(kind="dependency.created")

    back = services.undo_schedule_change(actor=petra, organization_id=acme.pk, event_id=event.pk)

    assert dates(build) == (may(11), may(13))
    assert Dependency.objects.get(pk=made.pk).is_archived
    assert (back.kind, back.note) == ("dependency.archived", "Undone.")

    again = services.undo_schedule_change(actor=petra, organization_id=acme.pk, event_id=back.pk)

    assert dates(build) == (may(18), may(20))
    assert not Dependency.objects.get(pk=made.pk).is_archived
    assert again.kind == "dependency.restored"


def test_undo_is_refused_when_something_that_was_moved_has_changed_since(petra, acme, chain):
    design, build, _ = chain
    link(petra, design, build, lag_minutes=Decimal(5 * 480))
    event = Event.objects.get(kind="dependency.created")
    services.update_activity(actor=petra, activity=Activity.objects.get(pk=build.pk), name="Build it")

    with pytest.raises(Conflict, match="“Build” changed since"):
        services.undo_schedule_change(actor=petra, organization_id=acme.pk, event_id=event.pk)

    assert dates(build) == (may(18), may(20))


def test_a_changed_activity_moves_what_waits_for_it_and_undo_moves_it_back(petra, acme, chain):
    design, build, launch = chain
    link(petra, design, build)
    link(petra, build, launch, slip_policy="move")

    services.update_activity(actor=petra, activity=design, planned_start_date=may(11), planned_finish_date=may(15))

    assert dates(build) == (may(18), may(20))
    assert dates(launch) == (may(25), may(25))
    event = Event.objects.filter(kind="activity.updated").latest("id")
    assert [one["name"] for one in event.changes["moved"][1]] == ["Build", "Launch"]

    services.undo_schedule_change(actor=petra, organization_id=acme.pk, event_id=event.pk)

    assert [dates(one) for one in chain] == [(may(4), may(8)), (may(11), may(13)), (may(18), may(18))]


def test_a_dependency_that_only_warns_moves_nothing(petra, chain):
    design, build, _ = chain

    link(petra, design, build, lag_minutes=Decimal(5 * 480), slip_policy="none")

    assert dates(build) == (may(11), may(13))


def test_an_automatic_activity_lies_as_early_as_it_may_and_follows(petra, project, add, acme):
    Project.objects.filter(pk=project.pk).update(planned_start_date=may(4), planned_finish_date=may(29))
    design = add("Design", 4, 8)
    build = services.create_activity(
        actor=petra, project=project, name="Build", is_manual=False, duration_minutes=Decimal(3 * 480)
    )
    assert dates(build) == (may(4), may(6))

    made = link(petra, design, build)
    assert dates(build) == (may(11), may(13))

    services.update_activity(actor=petra, activity=Activity.objects.get(pk=build.pk), duration_minutes=Decimal(480))
    assert dates(build) == (may(11), may(11))

    services.archive_dependency(actor=petra, dependency=made)
    assert dates(build) == (may(4), may(4))


def test_a_date_typed_for_an_automatic_activity_becomes_a_constraint(petra, project, add):
    Project.objects.filter(pk=project.pk).update(planned_start_date=may(4), planned_finish_date=may(29))
    build = services.create_activity(actor=petra, project=project, name="Build", is_manual=False)

    build = services.update_activity(actor=petra, activity=build, planned_start_date=may(12))
    assert (build.constraint_type, dates(build)) == ("snet", (may(12), may(12)))

    build = services.update_activity(
        actor=petra, activity=build, planned_start_date=may(13), planned_finish_date=may(15)
    )
    assert (build.duration_minutes, dates(build)) == (Decimal("1440.0"), (may(13), may(15)))


def test_roles_are_heeded_and_strangers_find_nothing(petra, bob, charlie, chain):
    design, build, _ = chain

    with pytest.raises(NotAllowed):
        link(bob, design, build)
    with pytest.raises(NotAllowed):
        link(charlie, design, build)


def test_a_stale_dependency_is_not_overwritten(petra, alice, chain):
    design, build, _ = chain
    made = link(petra, design, build)
    services.update_dependency(actor=alice, dependency=made, note="Agreed on the phone.")

    with pytest.raises(StaleEdit, match="Alice"):
        services.update_dependency(actor=petra, dependency=made, note="By mail.", expected_version=1)


def test_archiving_an_activity_frees_what_waited_for_it(petra, project, add):
    Project.objects.filter(pk=project.pk).update(planned_start_date=may(4), planned_finish_date=may(29))
    design = add("Design", 4, 8)
    build = services.create_activity(actor=petra, project=project, name="Build", is_manual=False)
    link(petra, design, build)

    archived = services.archive_activity(actor=petra, activity=design)
    assert dates(build) == (may(4), may(4))

    services.restore_activity(actor=petra, activity=archived)
    assert dates(build) == (may(11), may(11))


def test_a_lag_that_no_plan_can_have_is_refused(petra, chain):
    design, build, _ = chain

    with pytest.raises((ValidationError, Conflict), match="100 years|lag"):
        link(petra, design, build, lag_minutes=Decimal(10**9))


def test_the_numbers_that_a_statement_selects_are_those_of_the_row_itself(acme, petra, project):
    calendar = Calendar.objects.create(organization=acme, name="Six days", week=[[[480, 960]]] * 6 + [[]])
    services.create_activity(
        actor=petra,
        project=project,
        name="Everything",
        status="in_progress",
        progress_ratio=Decimal("0.25"),
        planned_start_date=may(4),
        planned_finish_date=may(8),
        actual_start_date=may(5),
        duration_minutes=Decimal("480.5"),
        is_elapsed=True,
        constraint_type="fnlt",
        constraint_at=datetime.datetime.fromisoformat("2026-05-09T17:30"),
        deadline_at=datetime.datetime.fromisoformat("2026-05-10"),
        calendar=calendar,
    )
    Activity.objects.update(start_at=datetime.datetime.fromisoformat("2026-05-04T09:15"))
    loaded = load_plan(acme.pk, [project.pk])

    row = loaded.facts.rows[0]

    assert facts_row(Activity.objects.get(), row, loaded.calendars) == row.tolist()


def test_what_is_removed_moves_nothing_when_it_is_edited(petra, chain):
    design, build, _ = chain
    gone = services.archive_dependency(actor=petra, dependency=link(petra, design, build))

    services.update_dependency(actor=petra, dependency=gone, lag_minutes=Decimal(5 * 480))

    assert dates(build) == (may(11), may(13))
