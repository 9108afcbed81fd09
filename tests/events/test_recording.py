"""The event log: written with the change it tells of, and never changed again."""

import datetime
from decimal import Decimal

import psycopg2
import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from core.errors import StaleEdit
from core.tenancy import Scope, scope
from events.models import Event
from events.services import change_recorded, happened_at, record
from projects.models import Project
from projects.services import create_project, update_project
from tests.conftest import DATABASE
from tests.servers import servers


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused(project, alice):
    with pytest.raises(RuntimeError, match="open transaction"):
        record("project.updated", actor=alice, subject=project)

    assert not Event.objects.exists()


def test_an_event_and_its_change_stand_or_fall_together(project, alice):
    with transaction.atomic():
        update_project(actor=alice, project=project, name="Artemis")
        assert Event.objects.count() == 1
        transaction.set_rollback(True)

    assert Project.objects.get().name == "Apollo"
    assert not Event.objects.exists()


@pytest.mark.parametrize("statement", ["UPDATE events_event SET note = 'x'", "DELETE FROM events_event"])
def test_the_application_cannot_change_or_remove_an_event(project, alice, statement):
    update_project(actor=alice, project=project, name="Artemis")

    with pytest.raises(DatabaseError, match="never changed or removed"), transaction.atomic():
        connection.cursor().execute(statement)

    assert Event.objects.get().note == ""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statement", ["UPDATE events_event SET note = 'x'", "DELETE FROM events_event"])
def test_nor_can_the_owner_of_the_table(project, alice, statement):
    update_project(actor=alice, project=project, name="Artemis")

    owner = psycopg2.connect(servers.postgres.url("portolan_owner", DATABASE))
    try:
        with pytest.raises(psycopg2.DatabaseError, match="never changed or removed"):
            owner.cursor().execute(statement)
    finally:
        owner.close()

    assert Event.objects.get().note == ""


def test_a_new_row_s_event_carries_all_its_values(program, alice, acme):
    project = create_project(
        actor=alice, organization=acme, name="Gemini", code="GEM", program=program, budget_amount=Decimal("5.00")
    )

    event = Event.objects.get()
    assert (event.kind, event.subject_type, event.subject_id) == (
        "project.created",
        "projects.project",
        str(project.pk),
    )
    assert (event.actor, event.actor_name, event.subject_name, event.subject_version) == (alice, "Alice", "Gemini", 1)
    assert event.changes["program"] == [None, {"id": program.pk, "name": "EU launch"}]
    assert event.changes["budget_amount"] == [None, "5.00"]
    assert "created_at" not in event.changes


def test_a_change_s_event_carries_before_and_after_of_what_changed(project, alice):
    update_project(
        actor=alice, project=project, name="Apollo", planned_finish_date=datetime.date(2026, 4, 3), method="agile"
    )

    event = Event.objects.get()
    assert event.changes == {
        "planned_finish_date": ["2026-03-27", "2026-04-03"],
        "method": ["waterfall", "agile"],
    }
    assert event.subject_version == 2


def test_no_change_is_no_event_and_no_new_version(project, alice):
    row = update_project(actor=alice, project=project, name="Apollo")

    assert row.version == 1
    assert not Event.objects.exists()


def test_a_refused_change_leaves_no_event(project, alice):
    with pytest.raises(ValidationError):
        update_project(actor=alice, project=project, planned_finish_date=datetime.date(2020, 1, 1))

    assert not Event.objects.exists()


def test_a_stale_edit_says_who_changed_what_since(project, alice, petra):
    update_project(actor=petra, project=project, expected_version=1, name="Artemis")

    with pytest.raises(StaleEdit) as refused:
        update_project(actor=alice, project=project, expected_version=1, method="agile")

    [change] = refused.value.changes
    assert (change.who, change.label, change.before, change.after) == ("Petra", "name", "Apollo", "Artemis")
    assert refused.value.current_version == 2
    assert "Petra changed" in str(refused.value)


def test_an_organization_s_own_change_is_recorded_with_the_organization_as_its_subject(acme, olivia):
    changed = change_recorded("organization.updated", actor=olivia, subject=acme, values={"name": "Acme Ltd"})

    assert changed.version == 2
    assert Event.objects.get().subject_type == "accounts.organization"


def test_without_an_organization_nobody_sees_an_event(project, alice):
    update_project(actor=alice, project=project, name="Artemis")

    with scope(Scope()):
        assert not Event.objects.exists()


def test_a_page_s_event_names_the_request_and_where_it_came_from(client, olivia, acme):
    client.force_login(olivia)

    client.post("/o/acme/settings/", {"name": "Acme Ltd", "fiscal_year_start_month": "4", "version": "1"})

    event = Event.objects.get()
    assert event.source == "page"
    assert len(event.request_id) > 20


def test_a_history_told_afterwards_carries_the_day_it_happened(project, alice):
    long_ago = datetime.datetime(2024, 2, 29, 12, tzinfo=datetime.UTC)

    with happened_at(long_ago):
        update_project(actor=alice, project=project, name="Artemis")
    update_project(actor=alice, project=project, name="Gemini")

    first, second = Event.objects.order_by("id")
    assert first.occurred_at == long_ago
    assert second.occurred_at > long_ago
