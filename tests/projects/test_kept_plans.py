"""Plans that a process keeps: the same while nothing has changed, read anew as soon as anything has."""

import datetime
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from projects import services
from projects.models import Activity, Project
from projects.selectors.kept import MOST_ACTIVITIES, MOST_PLANS, Shelf
from projects.selectors.plan import load_plan
from resources.models import Calendar


@pytest.fixture
def two(petra, project):
    """Design and Build, one after the other."""
    days = {"planned_start_date": datetime.date(2026, 5, 4), "planned_finish_date": datetime.date(2026, 5, 8)}
    return [services.create_activity(actor=petra, project=project, name=name, **days) for name in ("Design", "Build")]


def read(project, **options):
    return load_plan(project.organization_id, [project.pk], **options)


def test_a_plan_that_has_not_changed_is_read_once_and_costs_three_statements_afterwards(project, two):
    first = read(project)

    with CaptureQueriesContext(connection) as queries:
        again = read(project)

    assert again is first
    assert len(queries) == 3


@pytest.mark.parametrize(
    "write",
    [
        lambda project, two: Activity.objects.filter(pk=two[0].pk).update(name="Concept"),
        lambda project, two: Activity.objects.filter(pk=two[0].pk).update(archived_at="2026-05-01T00:00Z"),
        lambda project, two: Project.objects.filter(pk=project.pk).update(name="Artemis"),
        lambda project, two: Calendar.objects.create(organization_id=project.organization_id, name="Nights"),
        lambda project, two: two[0].outgoing.create(organization_id=project.organization_id, successor=two[1]),
    ],
    ids=["a name", "an archived row", "the project", "a calendar", "a dependency"],
)
def test_a_change_by_any_means_without_an_event_too_is_in_the_next_plan(project, two, write):
    before = read(project)

    write(project, two)

    assert read(project) is not before
    assert read(project) is read(project)


def test_a_change_of_a_dependency_is_in_the_next_plan(petra, project, two):
    made = services.create_dependency(actor=petra, predecessor=two[0], successor=two[1])
    before = read(project)

    services.update_dependency(actor=petra, dependency=made, lag_minutes=480)

    assert before.dependencies.ends[0, 3] == 0
    assert read(project).dependencies.ends[0, 3] == 4800


def test_what_a_transaction_took_back_is_not_in_the_next_plan(project, two):
    before = read(project)

    with transaction.atomic():
        Activity.objects.filter(pk=two[0].pk).update(name="Never")
        seen = [row.name for row in read(project).rows]
        transaction.set_rollback(True)

    assert "Never" in seen
    assert [row.name for row in read(project).rows] == [row.name for row in before.rows]


def test_the_oldest_plans_are_let_go_by_number_and_by_size():
    shelf = Shelf()
    small = [SimpleNamespace(rows=[0]) for _ in range(MOST_PLANS + 1)]
    large = SimpleNamespace(rows=range(MOST_ACTIVITIES))

    for number, plan in enumerate(small):
        shelf.get(number, lambda plan=plan: plan)
    kept = [shelf.get(number, lambda: None) for number in range(MOST_PLANS, 0, -1)]
    shelf.get("large", lambda: large)

    assert kept == small[:0:-1]
    assert shelf.get("large", lambda: None) is large
    assert shelf.get(MOST_PLANS, lambda: small[0]) is small[0]


def test_the_plan_of_an_archived_project_is_empty(petra, project, two):
    services.archive_project(actor=petra, project=project)

    plan = read(project)

    assert plan.rows == []
    assert plan.schedule.project_finish.tolist() == []
