"""Followers read every event once, in commit order, and their effect stands or falls with their mark."""

import threading

import psycopg2
import pytest
from django.db import connections, transaction

from core.tenancy import organization_scope
from events import services
from events.followers import FOLLOWERS
from events.models import Event, FollowerCursor
from events.services import record
from projects.models import Project
from tests.conftest import DATABASE
from tests.servers import servers

INSERT = """
INSERT INTO events_event (organization_id, kind, actor_name, subject_type, subject_id, subject_name, subject_version,
    changes, note, source, request_id, occurred_at)
VALUES (%s, 'thing.late', 'Late', 'projects.project', '0', 'late', 0, '{}', '', '', '', now())
"""


@pytest.fixture
def read(monkeypatch):
    """What a follower named `reader` has been given, by kind of event; the only follower there is."""
    seen: list[str] = []
    for name in list(FOLLOWERS):
        monkeypatch.delitem(FOLLOWERS, name)
    monkeypatch.setitem(FOLLOWERS, "reader", lambda events: seen.extend(event.kind for event in events))
    return seen


@pytest.fixture
def other_connection():
    """A second connection of the application, with a transaction of its own."""
    connection = psycopg2.connect(servers.postgres.url("portolan_app", DATABASE))
    yield connection
    connection.close()


def tell(actor, subject, kind):
    with transaction.atomic():
        record(kind, actor=actor, subject=subject)


@pytest.mark.django_db(transaction=True)
def test_events_are_read_once_and_in_order(read, acme, project, alice):
    tell(alice, project, "thing.first")
    tell(alice, project, "thing.second")

    assert services.catch_up(acme.pk, "reader") == 2
    assert services.catch_up(acme.pk, "reader") == 0
    assert read == ["thing.first", "thing.second"]


@pytest.mark.django_db(transaction=True)
def test_an_event_that_commits_late_is_not_skipped(read, acme, project, alice, other_connection):
    late = other_connection.cursor()
    late.execute("SELECT set_config('portolan.organization', %s, false)", [str(acme.pk)])
    late.execute(INSERT, [acme.pk])
    tell(alice, project, "thing.later_but_committed_first")

    assert services.catch_up(acme.pk, "reader") == 0, "something may still commit before it"
    other_connection.commit()
    assert services.catch_up(acme.pk, "reader") == 2
    assert read == ["thing.late", "thing.later_but_committed_first"]


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_transaction_holds_nobody_up(read, acme, project, alice, other_connection):
    late = other_connection.cursor()
    late.execute("SELECT set_config('portolan.organization', %s, false)", [str(acme.pk)])
    late.execute(INSERT, [acme.pk])
    tell(alice, project, "thing.happened")
    other_connection.rollback()

    assert services.catch_up(acme.pk, "reader") == 1
    assert read == ["thing.happened"]


@pytest.mark.django_db(transaction=True)
def test_a_follower_that_breaks_keeps_neither_its_effect_nor_its_mark(monkeypatch, acme, project, alice):
    def break_halfway(events):
        Project.objects.update(name="half done")
        raise ZeroDivisionError

    monkeypatch.setitem(FOLLOWERS, "reader", break_halfway)
    tell(alice, project, "thing.happened")

    with pytest.raises(ZeroDivisionError):
        services.advance(acme.pk, "reader")

    assert Project.objects.get().name == "Apollo"
    assert not FollowerCursor.objects.filter(follower="reader", event_id__gt=0).exists()
    assert services.behind_since(acme.pk, "reader") is not None


@pytest.mark.django_db(transaction=True)
def test_a_cursor_set_back_reads_everything_again(read, acme, project, alice):
    tell(alice, project, "thing.happened")
    services.catch_up(acme.pk, "reader")

    FollowerCursor.objects.filter(follower="reader").update(transaction_id=0, event_id=0)
    services.catch_up(acme.pk, "reader")

    assert read == ["thing.happened", "thing.happened"]


@pytest.mark.django_db(transaction=True)
def test_the_stored_totals_are_the_same_after_their_follower_has_read_twice(acme, project, alice, program):
    tell(alice, project, "project.updated")
    name = "portfolio.rollups"
    services.catch_up(acme.pk, name)
    before = list(
        program.rollup.__class__.objects.order_by("pk").values("pk", "budget_amount", "project_count", "health")
    )

    FollowerCursor.objects.filter(follower=name).update(transaction_id=0, event_id=0)
    services.catch_up(acme.pk, name)

    after = list(
        program.rollup.__class__.objects.order_by("pk").values("pk", "budget_amount", "project_count", "health")
    )
    assert after == before
    assert before


@pytest.mark.django_db(transaction=True)
def test_while_one_worker_holds_the_cursor_another_does_nothing(read, acme, project, alice):
    tell(alice, project, "thing.happened")
    FollowerCursor.objects.create(organization=acme, follower="reader")
    answers = []

    def work():
        with organization_scope(acme):
            answers.append(services.advance(acme.pk, "reader"))
        connections.close_all()

    with transaction.atomic():
        FollowerCursor.objects.select_for_update().get(follower="reader")
        worker = threading.Thread(target=work)
        worker.start()
        worker.join(10)

    assert answers == [0]
    assert read == []
    assert services.catch_up(acme.pk, "reader") == 1


@pytest.mark.django_db(transaction=True)
def test_more_events_than_a_batch_are_all_read(read, monkeypatch, acme, project, alice):
    monkeypatch.setattr("events.services.following.BATCH", 2)
    for number in range(5):
        tell(alice, project, f"thing.happened_{number}")

    assert services.catch_up(acme.pk, "reader") == 5
    assert read == [f"thing.happened_{number}" for number in range(5)]


@pytest.mark.django_db(transaction=True)
def test_a_follower_reads_its_own_organization_only(read, acme, other, project, alice, charlie):
    tell(alice, project, "thing.ours")
    with organization_scope(other):
        tell(charlie, other, "thing.theirs")

    services.catch_up(acme.pk, "reader")

    assert read == ["thing.ours"]


@pytest.mark.django_db(transaction=True)
def test_waiting_events_are_known_until_they_are_read(read, acme, project, alice):
    assert not services.has_unread_events(acme.pk)

    tell(alice, project, "thing.happened")

    assert services.has_unread_events(acme.pk)
    assert services.behind_since(acme.pk, "reader") == Event.objects.get().occurred_at
    services.catch_up(acme.pk, "reader")
    assert not services.has_unread_events(acme.pk)


def test_a_transaction_rings_once_however_many_events_it_writes(
    project, alice, django_capture_on_commit_callbacks, monkeypatch
):
    rung = []
    monkeypatch.setattr("core.jobs._send", lambda task, kwargs: rung.append((task.name, kwargs)))

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        record("thing.first", actor=alice, subject=project)
        record("thing.second", actor=alice, subject=project)

    assert rung == [("events.ring_followers", {"organization_id": project.organization_id})]


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_costs_no_write(read, acme, project, alice, monkeypatch):
    def refuse(*args, **kwargs):
        raise ConnectionError("no broker")

    monkeypatch.setattr("celery.app.task.Task.apply_async", refuse)

    tell(alice, project, "thing.happened")

    assert Event.objects.count() == 1
    assert services.catch_up(acme.pk, "reader") == 1
