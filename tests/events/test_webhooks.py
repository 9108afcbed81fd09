"""Webhooks: each event comes to each endpoint that asked for it, signed, with one id however often it is sent."""

import datetime

import pytest
from django.test import override_settings
from django.utils import timezone

from core.tenancy import organization_scope
from events.followers import FOLLOWERS, PUBLIC_TYPES, announce
from events.models import Event, FollowerCursor, WebhookDelivery, WebhookEndpoint
from events.services import (
    advance,
    catch_up,
    create_webhook_endpoint,
    deliver_webhooks,
    forget_deliveries,
    pause_webhook_endpoint,
    replay_webhook_delivery,
    resume_webhook_endpoint,
    rotate_webhook_secret,
    send_test_webhook,
)
from feedback.services import create_item, create_link
from projects.services import change_status, update_project
from tests.events.receiver import Answer, Receiver
from tests.events.telling import DAY, one, tell
from tests.rows import fresh

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_event_is_told_once_signed_and_in_full(endpoint, receiver, deliver, project, alice):
    update_project(actor=alice, project=project, name="Artemis")

    assert deliver() == 1
    assert deliver() == 0
    [message] = receiver.messages
    event = Event.objects.get(kind="project.updated")
    assert message.is_verified
    assert message.id == f"evt_{event.pk}"
    assert message.headers["content-type"].startswith("application/json")
    assert message.told == {
        "type": "project.updated",
        "timestamp": event.occurred_at.isoformat().replace("+00:00", "Z"),
        "data": {
            "organization": "acme",
            "event": {"id": event.pk, "kind": "project.updated", "url": f"/api/v1/events/{event.pk}/"},
            "subject": {
                "type": "projects.project", "id": str(project.pk), "name": "Artemis", "version": 2,
                "url": f"/api/v1/projects/{project.pk}/",
            },
            "actor": {"id": alice.pk, "name": "Alice"},
            "changes": {"name": ["Apollo", "Artemis"]},
            "note": "",
        },
    }  # fmt: skip
    row = one()
    assert (row.state, row.response_status, row.attempt_count) == ("delivered", 204, 1)
    assert row.request_body == message.body
    assert row.request_headers["webhook-signature"] == "v1,…"
    assert row.duration_ms is not None


@override_settings(PUBLIC_URL="https://portolan.example")
def test_links_lead_to_this_server_where_its_address_is_known(endpoint, receiver, deliver, project, alice):
    tell(alice, project)
    deliver()

    assert (
        receiver.messages[0].told["data"]["subject"]["url"] == f"https://portolan.example/api/v1/projects/{project.pk}/"
    )


def test_feedback_is_told_under_the_names_that_programs_rely_on(acme, endpoint, receiver, deliver, bob, project):
    item = create_item(actor=bob, organization=acme, text="The label jams.")
    tell(None, item, "feedback_item.analyzed")
    create_link(actor=bob, item=item, project=project)
    deliver()

    told = {message.told["type"]: message.told["data"] for message in receiver.messages}
    assert {"feedback.received", "feedback.analysed", "feedback.linked"} <= told.keys()
    assert not [name for name in told if name.startswith(("feedback_item.", "feedback_link."))]
    assert told["feedback.received"]["subject"]["url"] == f"/api/v1/feedback-items/{item.pk}/"
    assert told["feedback.analysed"]["actor"] == {"id": None, "name": "Portolan"}


def test_a_name_for_the_world_belongs_to_one_kind(monkeypatch):
    monkeypatch.setattr("events.followers.PUBLIC_TYPES", dict(PUBLIC_TYPES))
    announce("feedback.received", of="feedback_item.created")
    for name, kind in (("feedback.received", "project.created"), ("feedback.came", "feedback_item.created")):
        with pytest.raises(ValueError, match="announced otherwise"):
            announce(name, of=kind)


def test_an_endpoint_is_told_what_it_asked_for_and_nothing_else(acme, receiver, deliver, olivia, alice, project):
    _, receiver.secret = create_webhook_endpoint(
        actor=olivia, organization=acme, name="Two", url=receiver.url, types=["project.status_changed", "risk.created"]
    )
    update_project(actor=alice, project=project, name="Artemis")
    change_status(actor=alice, project=project, to="on_hold")
    deliver()

    assert [message.told["type"] for message in receiver.messages] == ["project.status_changed"]


def test_what_happened_before_an_endpoint_was_made_is_not_told(acme, receiver, deliver, olivia, alice, project):
    tell(alice, project)
    create_webhook_endpoint(actor=olivia, organization=acme, name="Late", url=receiver.url, types=["project.updated"])

    assert deliver() == 0
    FollowerCursor.objects.update(transaction_id=0, event_id=0)
    assert deliver() == 0


def test_a_follower_that_reads_everything_again_doubles_nothing(acme, endpoint, receiver, deliver, alice, project):
    tell(alice, project)
    deliver()

    FollowerCursor.objects.update(transaction_id=0, event_id=0)
    assert deliver() == 0
    catch_up(acme.pk, "events.webhooks")
    FOLLOWERS["events.webhooks"](list(Event.objects.filter(kind="project.updated")))

    assert WebhookDelivery.objects.count() == 1
    assert len(receiver.messages) == 1


def test_rows_and_mark_stand_or_fall_together(acme, endpoint, monkeypatch, alice, project):
    tell(alice, project)
    real = FOLLOWERS["events.webhooks"]

    def breaks(events):
        real(events)
        raise ZeroDivisionError

    monkeypatch.setitem(FOLLOWERS, "events.webhooks", breaks)
    with pytest.raises(ZeroDivisionError):
        advance(acme.pk, "events.webhooks")

    assert not WebhookDelivery.objects.exists()


def test_two_endpoints_are_told_each(acme, endpoint, receiver, deliver, olivia, alice, project):
    second = Receiver()
    _, second.secret = create_webhook_endpoint(
        actor=olivia, organization=acme, name="Second", url=second.url, types=["project.updated"]
    )
    tell(alice, project)
    deliver()
    second.close()

    assert second.messages[0].is_verified
    assert second.ids() == [message.id for message in receiver.messages if message.told["type"] == "project.updated"]


def test_a_delivery_that_was_sent_is_sent_again_with_its_id(endpoint, receiver, deliver, olivia, alice, project):
    tell(alice, project)
    deliver()
    replay_webhook_delivery(actor=olivia, delivery=one())
    deliver()

    ids = [message.id for message in receiver.messages if message.told["type"] == "project.updated"]
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert len({message.body for message in receiver.messages if message.id == ids[0]}) == 1
    assert Event.objects.filter(kind="webhook_endpoint.replayed").count() == 1


def test_a_test_is_sent_once_even_to_an_endpoint_that_is_paused(endpoint, receiver, deliver, olivia):
    pause_webhook_endpoint(actor=olivia, endpoint=endpoint)
    receiver.answer = Answer(500)
    row = send_test_webhook(actor=olivia, endpoint=fresh(endpoint))
    deliver()

    assert receiver.messages[0].is_verified
    assert receiver.messages[0].told["type"] == "webhook.test"
    assert (fresh(row).state, fresh(endpoint).failure_count) == ("failed", 0)


def test_a_paused_endpoint_is_sent_nothing_and_what_waited_follows(endpoint, receiver, deliver, olivia, alice, project):
    tell(alice, project)
    catch_up(endpoint.organization_id, "events.webhooks")
    paused = pause_webhook_endpoint(actor=olivia, endpoint=endpoint)
    tell(alice, project, "project.reported")
    assert deliver() == 0

    resume_webhook_endpoint(actor=olivia, endpoint=paused)
    deliver()

    told = [message.told["type"] for message in receiver.messages]
    assert "project.updated" in told
    assert "project.reported" not in told


def test_what_happened_just_before_a_pause_follows_once(endpoint, receiver, deliver, olivia, alice, project):
    tell(alice, project)
    tell(alice, project, "project.reported")
    paused = pause_webhook_endpoint(actor=olivia, endpoint=endpoint)
    assert pause_webhook_endpoint(actor=olivia, endpoint=paused).version == paused.version
    assert set(WebhookDelivery.objects.values_list("type", "state")) == {
        ("project.updated", "waiting"),
        ("project.reported", "waiting"),
    }

    resume_webhook_endpoint(actor=olivia, endpoint=paused)
    deliver()

    told = sorted(message.told["type"] for message in receiver.messages)
    assert told == ["project.reported", "project.updated"]


def test_a_pause_queues_nothing_that_is_not_asked_for_or_has_been_read(acme, receiver, deliver, olivia, alice, project):
    tell(alice, project)
    endpoint, receiver.secret = create_webhook_endpoint(
        actor=olivia, organization=acme, name="One", url=receiver.url, types=["project.updated"]
    )
    tell(alice, project, "project.reported")
    tell(alice, project)
    assert deliver() == 1
    one().delete()
    tell(alice, project, "project.reported")

    paused = pause_webhook_endpoint(actor=olivia, endpoint=endpoint)
    tell(alice, project)
    pause_webhook_endpoint(actor=olivia, endpoint=paused)

    assert not WebhookDelivery.objects.exists()


def test_for_a_day_the_former_secret_signs_too(endpoint, receiver, deliver, olivia, alice, project):
    former = receiver.secret
    rotated, receiver.secret = rotate_webhook_secret(actor=olivia, endpoint=endpoint)
    deliver()
    with_new = receiver.messages[-1]
    receiver.secret, _ = former, WebhookDelivery.objects.all().delete()
    tell(alice, project)
    deliver()
    with_former = receiver.messages[-1]
    tell(alice, project)
    deliver(later=DAY + datetime.timedelta(minutes=1))

    assert with_new.is_verified
    assert with_former.is_verified
    assert not receiver.messages[-1].is_verified
    assert len(with_former.headers["webhook-signature"].split()) == 2
    assert len(receiver.messages[-1].headers["webhook-signature"].split()) == 1
    assert former not in str(vars(rotated))
    assert "whsec_" not in str(list(Event.objects.values()))


def test_a_big_answer_is_cut(endpoint, receiver, deliver, alice, project):
    receiver.answer = Answer(200, body=b"\x00fine " + b"x" * 3_000_000)
    tell(alice, project)
    deliver()

    assert one().state == "delivered"
    assert len(one().response_body.encode()) <= 2_050
    assert one().response_body.startswith("�fine")


def test_an_endpoint_whose_name_leads_home_is_refused_when_it_is_sent_to(endpoint, receiver, deliver, alice, project):
    tell(alice, project)
    with override_settings(WEBHOOK_PRIVATE_HOSTS=[]):
        deliver()

    assert receiver.messages == []
    assert "no public address" in one().failure
    assert one().state == "waiting"


def test_a_secret_that_cannot_be_read_any_more_is_said(endpoint, receiver, deliver, alice, project):
    WebhookEndpoint.objects.update(secret="gAAAAA-of-another-key")
    tell(alice, project)
    deliver()

    assert receiver.messages == []
    assert "SECRET_KEY" in one().failure


def test_changes_that_are_too_long_are_left_out(endpoint, receiver, deliver, alice, project):
    tell(alice, project, changes={"description": ["", "x" * 300_000]})
    deliver()

    data = receiver.messages[0].told["data"]
    assert data["changes"] == {}
    assert data["changes_left_out"]


def test_what_was_told_long_ago_is_forgotten_and_not_told_again(acme, endpoint, receiver, deliver, alice, project):
    tell(alice, project)
    deliver()
    later = timezone.now() + datetime.timedelta(days=31)

    assert forget_deliveries(organization_id=acme.pk, now=timezone.now()) == 0
    assert forget_deliveries(organization_id=acme.pk, now=later) == 1

    with override_settings(WEBHOOK_KEEP_DAYS=0):
        FollowerCursor.objects.update(transaction_id=0, event_id=0)
        assert deliver() == 0


def test_another_organization_is_told_nothing(endpoint, receiver, deliver, other, charlie):
    with organization_scope(other):
        tell(charlie, other, "organization.updated")
        catch_up(other.pk, "events.webhooks")
        assert deliver_webhooks(organization_id=other.pk) == 0
    assert deliver() == 0
    assert receiver.messages == []
