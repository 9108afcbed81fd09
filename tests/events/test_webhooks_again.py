"""What an endpoint does not take is sent again: in time, with the same id, without holding others up."""

import datetime
import threading

import pytest
from django.db import connections
from django.utils import timezone

from core.tenancy import organization_scope
from events.models import Event, WebhookDelivery, WebhookEndpoint
from events.querysets import CLAIM_LASTS
from events.services import (
    catch_up,
    create_webhook_endpoint,
    deliver_webhooks,
    replay_failed_webhooks,
    replay_webhook_delivery,
    resume_webhook_endpoint,
    webhook_sending,
)
from tests.events.receiver import Answer, Receiver
from tests.events.telling import DAY, due_in, one, tell
from tests.rows import fresh

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("answer", [Answer(500), Answer(400), Answer(302, {"Location": "/elsewhere"}), Answer(404)])
def test_what_is_not_taken_is_tried_again_with_the_same_id_and_body(
    endpoint, receiver, deliver, alice, project, answer
):
    receiver.answers = [answer]
    tell(alice, project)
    deliver()

    row = one()
    assert (row.state, row.response_status, row.attempt_count) == ("waiting", answer.status, 1)
    assert str(answer.status) in row.failure
    assert 3.9 < due_in(row) + 1 < 7.1
    assert deliver() == 0
    assert deliver(later=datetime.timedelta(seconds=10)) == 1

    first, second = receiver.messages
    assert (first.id, first.body, second.path) == (second.id, second.body, "/hook")
    assert first.is_verified
    assert second.is_verified
    assert (one().state, len(one().attempts)) == ("delivered", 2)


def test_a_receiver_that_does_not_answer_in_time_is_tried_again(
    endpoint, receiver, deliver, alice, project, monkeypatch
):
    monkeypatch.setattr(webhook_sending, "READ_SECONDS", 0.2)
    receiver.answers = [Answer(after_seconds=1)]
    tell(alice, project)
    deliver()

    assert (one().state, one().response_status) == ("waiting", None)
    assert "did not answer within" in one().failure


def test_a_receiver_that_is_not_there_is_tried_again(endpoint, receiver, deliver, alice, project):
    receiver.close()
    tell(alice, project)
    deliver()

    assert one().state == "waiting"
    assert "could not be reached" in one().failure


def test_a_message_is_tried_for_three_days_and_then_given_up(endpoint, receiver, deliver, alice, project, settings):
    receiver.answer = Answer(503)
    tell(alice, project)
    begun, later, tries = timezone.now(), datetime.timedelta(), []
    while deliver(later=later):
        if one().state != "waiting":
            break
        tries.append(one().next_attempt_at - begun - later)
        later = max(one().next_attempt_at, fresh(endpoint).resting_until or begun) - begun + DAY / 86400

    assert (one().state, one().attempt_count) == ("failed", 10)
    assert 2.5 * DAY < later < 3.9 * DAY
    assert set(receiver.ids()) == {one().message_id}
    for wait, planned in zip(tries, settings.WEBHOOK_RETRY_SECONDS, strict=True):
        assert 0.75 * planned < wait.total_seconds() < 1.25 * planned + 60


@pytest.mark.parametrize("said", ["3600", "http date"])
def test_a_receiver_says_how_long_to_wait(endpoint, receiver, deliver, alice, project, said):
    moment = (timezone.now() + datetime.timedelta(hours=1)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    receiver.answers = [Answer(429, {"Retry-After": moment if said == "http date" else said})]
    tell(alice, project)
    tell(alice, project, "project.reported")
    deliver()

    assert 3500 < due_in(WebhookDelivery.objects.get(state="waiting")) < 3700
    assert fresh(endpoint).resting_until > timezone.now() + datetime.timedelta(minutes=55)
    tell(alice, project, "project.moved")
    assert deliver() == 0
    assert deliver(later=datetime.timedelta(hours=2)) == 2


def test_an_endpoint_that_is_gone_is_told_nothing_more(endpoint, receiver, deliver, olivia, alice, project):
    receiver.answer = Answer(410)
    tell(alice, project)
    deliver()

    endpoint = fresh(endpoint)
    assert (endpoint.state, one().state, one().attempt_count) == ("disabled", "failed", 1)
    assert "410" in endpoint.state_reason
    assert Event.objects.get(kind="webhook_endpoint.disabled").actor is None
    tell(alice, project)
    assert deliver(later=DAY) == 0


def test_what_waits_for_an_endpoint_that_is_gone_fails_and_can_be_sent_later(
    endpoint, receiver, deliver, olivia, alice, project
):
    receiver.answer = Answer(500)
    tell(alice, project)
    deliver()
    receiver.answer = Answer(410)
    tell(alice, project, "project.reported")
    deliver()
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"failed"}

    receiver.answer = Answer()
    resume_webhook_endpoint(actor=olivia, endpoint=fresh(endpoint))
    assert replay_failed_webhooks(actor=olivia, endpoint=endpoint, since=timezone.now() - DAY) == 2
    deliver()

    assert WebhookDelivery.objects.filter(state="failed").count() == 0


def test_days_of_nothing_but_failures_disable_an_endpoint(endpoint, receiver, deliver, alice, project):
    receiver.answer = Answer(500)
    tell(alice, project)
    deliver()
    WebhookEndpoint.objects.update(failing_since=timezone.now() - 6 * DAY, failure_count=8, resting_until=None)
    tell(alice, project)
    deliver()
    assert fresh(endpoint).state == "active"  # the ninth; ten are asked for
    WebhookEndpoint.objects.update(resting_until=None)
    tell(alice, project)
    deliver()

    assert fresh(endpoint).state == "disabled"
    assert "in 6 days" in fresh(endpoint).state_reason
    assert "500" in fresh(endpoint).state_reason


def test_one_success_clears_an_endpoint(endpoint, receiver, deliver, alice, project):
    WebhookEndpoint.objects.update(failing_since=timezone.now() - 6 * DAY, failure_count=9)
    tell(alice, project)
    deliver()

    assert (fresh(endpoint).failure_count, fresh(endpoint).failing_since) == (0, None)


def test_an_endpoint_that_fails_in_a_row_rests_so_that_it_holds_no_worker(endpoint, receiver, deliver, alice, project):
    receiver.answer = Answer(500)
    for _ in range(30):
        tell(alice, project)
    deliver()

    assert len(receiver.messages) < 12
    assert fresh(endpoint).resting_until > timezone.now()
    receiver.answer, sent = Answer(), len(receiver.messages)
    deliver(later=datetime.timedelta(minutes=16))
    assert len(receiver.messages) == sent + 30


def test_a_slow_endpoint_keeps_no_other_waiting(acme, endpoint, receiver, olivia, alice, project, monkeypatch):
    monkeypatch.setattr(webhook_sending, "READ_SECONDS", 60)
    monkeypatch.setattr(webhook_sending, "TOTAL_SECONDS", 60)
    receiver.may_answer.clear()
    quick = Receiver()
    _, quick.secret = create_webhook_endpoint(
        actor=olivia, organization=acme, name="Quick", url=quick.url, types=["project.updated"]
    )
    for _ in range(12):
        tell(alice, project)
    catch_up(acme.pk, "events.webhooks")
    worker = threading.Thread(target=_deliver_in_thread, args=(acme,))
    worker.start()
    all_came, answered = quick.has_got(12), len(receiver.messages) - receiver.at_once
    receiver.may_answer.set()
    worker.join(60)
    quick.close()

    assert all_came
    assert answered == 0
    assert receiver.most_at_once <= webhook_sending.SLOTS_OF_ONE


def _deliver_in_thread(acme):
    with organization_scope(acme):
        deliver_webhooks(organization_id=acme.pk)
    connections.close_all()


def test_two_workers_send_nothing_twice(acme, endpoint, receiver, alice, project):
    for _ in range(20):
        tell(alice, project)
    catch_up(acme.pk, "events.webhooks")
    workers = [threading.Thread(target=_deliver_in_thread, args=(acme,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(20)

    assert len(receiver.ids()) == len(set(receiver.ids())) == 20


def test_a_worker_killed_between_sending_and_marking_leaves_it_to_another_with_the_same_id(
    acme, endpoint, receiver, deliver, alice, project
):
    tell(alice, project)
    catch_up(acme.pk, "events.webhooks")
    [parcel] = webhook_sending.claim_deliveries(acme.pk, timezone.now(), 10)
    with webhook_sending.client(allowed=["localhost"]) as http_client:
        webhook_sending.send(parcel, http_client)  # and the worker dies

    assert deliver() == 0  # it may still be alive
    assert deliver(later=CLAIM_LASTS + datetime.timedelta(seconds=1)) == 1
    assert len(receiver.ids()) == 2
    assert len(set(receiver.ids())) == 1
    assert (one().state, one().attempt_count) == ("delivered", 1)


def test_a_worker_that_was_only_slow_writes_nothing_over_another(acme, endpoint, receiver, deliver, alice, project):
    tell(alice, project)
    catch_up(acme.pk, "events.webhooks")
    [parcel] = webhook_sending.claim_deliveries(acme.pk, timezone.now(), 10)
    deliver(later=CLAIM_LASTS + datetime.timedelta(seconds=1))

    webhook_sending.keep_outcome(parcel, webhook_sending.Outcome(timezone.now(), failure="Too late."), timezone.now())

    assert (one().state, one().failure) == ("delivered", "")


def test_asked_for_by_a_person_what_failed_is_sent_though_the_endpoint_rests(
    endpoint, receiver, deliver, olivia, alice, project
):
    tell(alice, project)
    catch_up(endpoint.organization_id, "events.webhooks")
    WebhookEndpoint.objects.update(failure_count=7, resting_until=timezone.now() + DAY)
    assert deliver() == 0

    row = replay_webhook_delivery(actor=olivia, delivery=one())

    assert deliver() > 0
    assert fresh(row).state == "delivered"
