"""Activities move in their project's outline, with all that is below them."""

import random

import pytest

from core.errors import Conflict, FieldErrors, NotAllowed, StaleEdit
from events.models import Event
from projects import services
from projects.models import Activity


@pytest.fixture
def outline(bob, project):
    """Design (with Sketch and Prototype below it), Build, Ship."""
    design = services.create_activity(actor=bob, project=project, name="Design")
    for name in ("Build", "Ship"):
        services.create_activity(actor=bob, project=project, name=name)
    for name in ("Sketch", "Prototype"):
        services.create_activity(actor=bob, project=project, parent=design, name=name)
    return project


def drawn(project):
    """The outline as text: names in order, indented by level."""
    rows = Activity.objects.filter(project=project).in_outline()
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    return [f"{'  ' * (row.outline_level - 1)}{row.name}" for row in rows]


def move(actor, name, direction, **more):
    return services.move_activity(actor=actor, activity=Activity.objects.get(name=name), direction=direction, **more)


def test_a_child_is_added_at_the_end_of_its_summary(outline):
    assert drawn(outline) == ["Design", "  Sketch", "  Prototype", "Build", "Ship"]
    assert Activity.objects.get(name="Design").kind == "summary"


def test_a_summary_moves_with_all_that_is_below_it(bob, outline):
    move(bob, "Design", "down")

    assert drawn(outline) == ["Build", "Design", "  Sketch", "  Prototype", "Ship"]


def test_indent_puts_an_activity_below_the_one_above_it(bob, outline):
    move(bob, "Build", "indent")

    assert drawn(outline) == ["Design", "  Sketch", "  Prototype", "  Build", "Ship"]


def test_outdent_puts_it_behind_its_summary(bob, outline):
    move(bob, "Sketch", "outdent")

    assert drawn(outline) == ["Design", "  Prototype", "Sketch", "Build", "Ship"]


def test_where_there_is_nowhere_to_go_it_says_so_and_records_nothing(bob, outline):
    before = Event.objects.count()

    with pytest.raises(Conflict, match="“Design” cannot move up"):
        move(bob, "Design", "up")

    assert Event.objects.count() == before


def test_a_move_tells_who_did_it(bob, outline):
    move(bob, "Ship", "up")

    event = Event.objects.filter(kind="activity.moved").get()
    assert (event.actor, event.subject_name) == (bob, "Ship")


def test_a_stale_move_is_refused_whole(bob, outline):
    services.update_activity(actor=bob, activity=Activity.objects.get(name="Ship"), name="Ship it")
    before = drawn(outline)

    with pytest.raises(StaleEdit):
        move(bob, "Ship it", "up", expected_version=1)

    assert drawn(outline) == before


@pytest.mark.parametrize("seed", range(5))
def test_any_row_of_moves_keeps_a_tree_with_positions_without_gaps(bob, outline, seed):
    dice = random.Random(seed)
    names = ["Design", "Sketch", "Prototype", "Build", "Ship"]
    for _ in range(30):
        try:
            move(bob, dice.choice(names), dice.choice(["up", "down", "indent", "outdent"]))
        except Conflict:
            continue
        rows = list(Activity.objects.filter(project=outline).in_outline())
        level = {row.pk: row.outline_level for row in rows}
        assert all(row.outline_level == (level[row.parent_id] + 1 if row.parent_id else 1) for row in rows)
        assert sorted(text.strip() for text in drawn(outline)) == sorted(names)


def test_a_summary_of_another_project_is_refused_at_its_field(bob, alice, acme, program, outline):
    elsewhere = services.create_project(actor=alice, organization=acme, program=program, name="Elsewhere")

    with pytest.raises(FieldErrors, match="belongs to another project"):
        services.create_activity(actor=bob, project=elsewhere, parent=Activity.objects.get(name="Design"), name="Stray")


def test_a_summary_with_live_activities_is_not_archived(bob, outline):
    with pytest.raises(Conflict, match=r"still holds 2 activities \(Sketch, Prototype\)"):
        services.archive_activity(actor=bob, activity=Activity.objects.get(name="Design"))


def test_done_means_all_of_it_and_progress_means_under_way(bob, outline):
    ship = Activity.objects.get(name="Ship")

    assert services.update_activity(actor=bob, activity=ship, status="done").progress_ratio == 1
    assert services.update_activity(actor=bob, activity=ship, status="not_started").progress_ratio == 0
    assert services.update_activity(actor=bob, activity=ship, progress_ratio=0.5).status == "in_progress"
    assert services.update_activity(actor=bob, activity=ship, progress_ratio=1).status == "done"


def test_a_viewer_changes_no_activity(vera, outline):
    with pytest.raises(NotAllowed):
        move(vera, "Ship", "up")
