"""Several dependencies edited at once: one edit of the plan, seen before, told once, undone at once."""

import datetime
from decimal import Decimal

import pytest

from core.errors import Conflict
from events.models import Event
from projects import services
from projects.models import Activity, Dependency, Project
from projects.selectors.blast import effects_of
from projects.selectors.editing import plan_dependencies
from projects.services import PlanChanged


def may(day: int) -> datetime.date:
    return datetime.date(2026, 5, day)


@pytest.fixture
def add(petra, project):
    """Adds an activity by hand from a day of May 2026 to another (4 May is a Monday)."""

    def add(name, first, last):
        return services.create_activity(
            actor=petra, project=project, name=name, planned_start_date=may(first), planned_finish_date=may(last)
        )

    return add


@pytest.fixture
def chain(add):
    """Design (4 to 8), Build (11 to 13) and Launch on the 18th."""
    return add("Design", 4, 8), add("Build", 11, 13), add("Launch", 18, 18)


def link(actor, predecessor, successor, **more):
    return services.create_dependency(actor=actor, predecessor=predecessor, successor=successor, **more)


def dates(activity):
    fresh = Activity.objects.get(pk=activity.pk)
    return fresh.planned_start_date, fresh.planned_finish_date


@pytest.fixture
def pair(petra, chain):
    """Build waits for Design, Launch for Build."""
    design, build, launch = chain
    return [link(petra, design, build), link(petra, build, launch)]


def previewed(acme, dependencies, values):
    planned = plan_dependencies(dependencies, values)
    return effects_of(acme.pk, planned.loaded, planned.edit, versions=planned.versions)


def test_several_dependencies_are_edited_as_one_edit_of_the_plan_told_once_and_undone_at_once(acme, petra, chain, pair):
    wait = {"lag_unit": "working", "lag_minutes": Decimal(5 * 480)}

    effects = previewed(acme, pair, wait)
    services.update_dependencies(actor=petra, dependencies=pair, expected_plan=effects.token, **wait)

    assert [(move.row.name, move.start) for move in effects.moves] == [("Build", may(18)), ("Launch", may(28))]
    assert [dates(one)[0] for one in chain] == [may(4), may(18), may(28)]
    events = list(Event.objects.filter(kind="dependency.updated").order_by("id"))
    assert [[one["name"] for one in event.changes.get("moved", [None, []])[1]] for event in events] == [
        ["Build", "Launch"],
        [],
    ]

    back = services.undo_schedule_change(actor=petra, organization_id=acme.pk, event_id=events[1].pk)

    assert [dates(one)[0] for one in chain] == [may(4), may(11), may(18)]
    assert set(Dependency.objects.values_list("lag_minutes", flat=True)) == {Decimal(0)}

    services.undo_schedule_change(actor=petra, organization_id=acme.pk, event_id=back.pk)

    assert [dates(one)[0] for one in chain] == [may(4), may(18), may(28)]
    assert set(Dependency.objects.values_list("lag_minutes", flat=True)) == {Decimal(2400)}


def test_removing_several_frees_what_waited_for_any_of_them_as_shown(acme, petra, project, add):
    Project.objects.filter(pk=project.pk).update(planned_start_date=may(4), planned_finish_date=may(29))
    design, review = add("Design", 4, 8), add("Review", 4, 12)
    build = services.create_activity(
        actor=petra, project=project, name="Build", is_manual=False, duration_minutes=Decimal(3 * 480)
    )
    both = [link(petra, design, build), link(petra, review, build)]
    assert dates(build) == (may(13), may(15))

    effects = previewed(acme, both, None)
    services.archive_dependencies(actor=petra, dependencies=both, expected_plan=effects.token)

    assert [(move.row.name, move.start) for move in effects.moves] == [("Build", may(4))]
    assert dates(build) == (may(4), may(6))
    assert not Dependency.objects.live().exists()

    event = Event.objects.filter(kind="dependency.archived").latest("id")
    services.undo_schedule_change(actor=petra, organization_id=acme.pk, event_id=event.pk)

    assert dates(build) == (may(13), may(15))
    assert Dependency.objects.live().count() == 2


@pytest.mark.parametrize("other", ["plan", "dependency"])
def test_several_are_not_saved_once_the_plan_or_one_of_them_is_another(acme, petra, alice, chain, pair, other):
    seen = previewed(acme, pair, {"slip_policy": "move"})
    if other == "plan":
        seen = previewed(acme, pair, {"lag_minutes": Decimal(2400)})
        services.update_activity(actor=alice, activity=chain[1], planned_finish_date=may(14))
    else:
        services.update_dependency(actor=alice, dependency=pair[1], note="Agreed on the phone.")
    before = list(Dependency.objects.order_by("pk").values_list("version", "lag_minutes", "slip_policy"))

    with pytest.raises(PlanChanged, match="Alice changed"):
        services.update_dependencies(
            actor=petra,
            dependencies=pair,
            expected_plan=seen.token,
            **({"lag_minutes": Decimal(2400)} if other == "plan" else {"slip_policy": "move"}),
        )

    assert list(Dependency.objects.order_by("pk").values_list("version", "lag_minutes", "slip_policy")) == before


def test_several_that_together_close_a_circle_are_refused_and_none_is_changed(petra, chain):
    design, build, launch = chain
    soft = [link(petra, build, design, slip_policy="none"), link(petra, design, build, slip_policy="none")]

    with pytest.raises(Conflict, match="wait for each other in a circle"):
        services.update_dependencies(actor=petra, dependencies=soft, slip_policy="consume")

    assert set(Dependency.objects.values_list("slip_policy", flat=True)) == {"none"}


def test_those_that_are_removed_move_nothing_when_they_are_edited(petra, chain):
    design, build, _ = chain
    gone = services.archive_dependency(actor=petra, dependency=link(petra, design, build))

    services.update_dependencies(actor=petra, dependencies=[gone], lag_minutes=Decimal(10 * 480))

    assert dates(build) == (may(11), may(13))


def test_an_owner_is_given_to_several_without_a_word_of_moves(petra, alice, pair):
    services.update_dependencies(actor=petra, dependencies=pair, owner=alice, expected_plan="0.of another plan")

    assert set(Dependency.objects.values_list("owner", flat=True)) == {alice.pk}
    assert not any("moved" in event.changes for event in Event.objects.filter(kind="dependency.updated"))
