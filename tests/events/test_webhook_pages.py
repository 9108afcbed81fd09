"""Pages of webhooks: owners make, watch, mend and end them; nobody else sees one."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.tenancy import organization_scope
from events.models import Event, WebhookDelivery, WebhookEndpoint
from events.services import create_webhook_endpoint, send_test_webhook

VALUES = {"name": "Warehouse", "url": "https://hooks.example/in", "types": ["feedback.received"]}


def page(name, *args):
    return reverse(f"events:{name}", args=args)


def text(response) -> str:
    return response.getvalue().decode()


def secrets_in(html):
    return re.findall(r"whsec_[\w+/=]{40,}", html)


@pytest.fixture
def hook(acme, olivia):
    row, _ = create_webhook_endpoint(
        actor=olivia,
        organization=acme,
        name="Warehouse",
        url="https://hooks.example/in?key=letmein",
        has_all_types=True,
    )
    return row


@pytest.fixture
def delivery(acme, hook, alice, project):
    event = Event.objects.create(
        organization=acme, kind="project.updated", actor_name="Alice", subject_type="projects.project",
        subject_id=str(project.pk), subject_name="Apollo",
    )  # fmt: skip
    return WebhookDelivery.objects.create(
        organization=acme, endpoint=hook, event=event, message_id=f"evt_{event.pk}", type="project.updated",
        state="failed", attempt_count=10, last_attempt_at=timezone.now(), failure="It answered 500.",
        response_status=500, response_body="<b>broken</b>", request_body='{"type":"project.updated"}',
        request_headers={"webhook-id": "evt"}, duration_ms=31,
        attempts=[{"at": timezone.now().isoformat(), "status": 500, "failure": "It answered 500.", "duration_ms": 31}],
    )  # fmt: skip


def test_an_owner_makes_one_and_sees_its_secret_once(client, olivia):
    client.force_login(olivia)
    assert "feedback.analysed" in text(client.get(page("webhook-create")))

    response = client.post(page("webhook-create"), VALUES)

    [secret] = secrets_in(text(response))
    row = WebhookEndpoint.objects.get()
    assert "no-store" in response["Cache-Control"]
    assert row.types == ["feedback.received"]
    assert row.secret_hint == secret[-4:]
    assert secret not in str(WebhookEndpoint.objects.values())
    assert secret not in str(list(Event.objects.values()))
    for name in ("webhook-list", "webhook-detail", "webhook-edit"):
        args = [] if name == "webhook-list" else [row.pk]
        assert not secrets_in(text(client.get(page(name, *args))))


def test_a_form_sent_twice_makes_one(client, olivia):
    client.force_login(olivia)
    sent = {**VALUES, "form_token": "one"}
    client.post(page("webhook-create"), sent)

    assert client.post(page("webhook-create"), sent).status_code == 302
    assert WebhookEndpoint.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "required"),
        ({"types": []}, "Choose at least one event, or every event."),
        ({"types": ["project.exploded"]}, "not one of the available choices"),
        ({"url": "http://hooks.example/in"}, "begins with https://"),
        ({"url": "ftp://hooks.example/in"}, "begins with https://"),
        ({"url": "hooks.example"}, "begins with https://"),
        ({"url": "https://"}, "names no host"),
        ({"url": "https://me:secret@hooks.example/"}, "Leave name and password out"),
        ({"url": "https://hooks.example/#part"}, "what follows the #"),
        ({"url": "https://127.0.0.1/"}, "no host of the Internet"),
        ({"url": "https://2130706433/"}, "no host of the Internet"),
        ({"url": "https://0x7f.1/"}, "no host of the Internet"),
        ({"url": "https://[::1]/"}, "no host of the Internet"),
        ({"url": "https://[::ffff:10.0.0.1]/"}, "no host of the Internet"),
        ({"url": "https://169.254.169.254/latest/"}, "no host of the Internet"),
        ({"url": "https://hooks.example:99999/"}, "This is no address"),
        ({"url": "https://hooks.example/" + "é" * 1900}, "too long"),
    ],
)
def test_bad_input_makes_none_and_keeps_what_was_typed(client, olivia, wrong, said):
    client.force_login(olivia)

    response = client.post(page("webhook-create"), VALUES | wrong)

    assert response.status_code == 422
    assert said in text(response)
    assert (VALUES | wrong)["name"] in text(response)
    assert not WebhookEndpoint.objects.exists()


def test_two_of_one_name_are_refused(client, olivia, hook):
    client.force_login(olivia)

    assert "Another endpoint has this name." in text(client.post(page("webhook-create"), VALUES))


def test_it_is_changed_and_the_log_does_not_tell_its_address(client, olivia, hook):
    client.force_login(olivia)
    values = {
        "name": "Lake",
        "url": "https://lake.example/secret-path",
        "types": ["risk.created"],
        "version": hook.version,
    }

    assert client.post(page("webhook-edit", hook.pk), values).status_code == 302

    hook.refresh_from_db()
    event = Event.objects.get(kind="webhook_endpoint.updated")
    assert (hook.name, hook.url, hook.types, hook.has_all_types) == ("Lake", values["url"], ["risk.created"], False)
    assert event.changes["host"] == ["hooks.example", "lake.example"]
    assert "secret-path" not in str(event.changes)
    assert "letmein" not in str(list(Event.objects.values()))


def test_a_change_over_somebody_else_s_is_refused(client, olivia, hook):
    client.force_login(olivia)
    values = {"name": "Lake", "url": hook.url, "has_all_types": "on", "version": hook.version}
    client.post(page("webhook-edit", hook.pk), values)

    response = client.post(page("webhook-edit", hook.pk), {**values, "name": "Sea"})

    assert response.status_code == 409
    assert "after you opened it" in text(response)


def test_the_list_tells_how_they_fare(client, olivia, hook, delivery):
    WebhookDelivery.objects.create(
        organization=hook.organization, endpoint=hook, message_id="test_1", type="webhook.test", state="delivered",
        last_attempt_at=timezone.now(),
    )  # fmt: skip
    client.force_login(olivia)

    html = text(client.get(page("webhook-list")))

    assert "50%" in html
    assert "hooks.example" in html
    assert "letmein" not in html
    fragment = text(client.get(page("webhook-list"), headers={"HX-Request": "true"}))
    assert fragment.lstrip().startswith('<div id="webhook-table">')


def test_an_empty_list_says_what_webhooks_are_for(client, olivia):
    client.force_login(olivia)

    assert "No webhooks yet" in text(client.get(page("webhook-list")))


def test_owners_are_told_of_one_that_is_disabled(client, olivia, hook):
    WebhookEndpoint.objects.update(state="disabled", state_reason="It answered 410 Gone.")
    client.force_login(olivia)

    for address in (page("webhook-list"), page("webhook-detail", hook.pk)):
        assert "is sent nothing more" in text(client.get(address))
        assert "410 Gone" in text(client.get(address))


def test_deliveries_are_found_by_state_and_type(client, olivia, hook, delivery):
    client.force_login(olivia)
    address = page("webhook-detail", hook.pk)

    assert "Apollo" in text(client.get(address))
    assert "Apollo" in text(client.get(f"{address}?state=failed&type=project.updated"))
    assert "No deliveries match" in text(client.get(f"{address}?state=delivered"))
    assert "No deliveries match" in text(client.get(f"{address}?type=risk.created"))
    fragment = text(client.get(address, headers={"HX-Request": "true"}))
    assert fragment.lstrip().startswith('<div id="delivery-table">')


def test_a_delivery_shows_what_was_sent_and_answered(client, olivia, delivery):
    client.force_login(olivia)

    html = text(client.get(page("delivery-detail", delivery.pk)))

    assert "It answered 500." in html
    assert "&lt;b&gt;broken&lt;/b&gt;" in html
    assert "&quot;type&quot;: &quot;project.updated&quot;" in html
    assert 'hx-trigger="every 2s"' not in html


def test_one_delivery_is_sent_again(client, olivia, delivery):
    client.force_login(olivia)

    response = client.post(page("delivery-replay", delivery.pk))

    delivery.refresh_from_db()
    assert response["Location"] == page("delivery-detail", delivery.pk)
    assert (delivery.state, delivery.attempt_count) == ("waiting", 0)
    assert 'hx-trigger="every 2s"' in text(client.get(response["Location"]))


@pytest.mark.parametrize(("state", "moves"), [("active", True), ("paused", False)])
def test_a_delivery_promises_an_attempt_only_while_its_endpoint_is_sent_something(
    client, olivia, hook, delivery, state, moves
):
    client.force_login(olivia)
    WebhookEndpoint.objects.update(state=state)
    WebhookDelivery.objects.update(state="waiting", next_attempt_at=timezone.now())

    html = text(client.get(page("delivery-detail", delivery.pk)))

    assert ('hx-trigger="every 2s"' in html) == moves
    assert ("The next attempt is due" in html) == moves
    assert ("It is tried again when the webhook is resumed." in html) != moves


def test_a_test_of_a_paused_endpoint_is_watched_until_it_was_sent(client, olivia, hook):
    client.force_login(olivia)
    WebhookEndpoint.objects.update(state="paused")

    html = text(client.get(client.post(page("webhook-test", hook.pk))["Location"]))

    assert 'hx-trigger="every 2s"' in html
    assert "The webhook is paused." not in html


def test_all_that_failed_lately_is_sent_again(client, olivia, hook, delivery):
    client.force_login(olivia)
    WebhookDelivery.objects.update(created_at=timezone.now() - datetime.timedelta(hours=3))

    client.post(page("webhook-replay", hook.pk), {"hours": "1"})
    delivery.refresh_from_db()
    assert delivery.state == "failed"
    client.post(page("webhook-replay", hook.pk), {"hours": "24"})
    delivery.refresh_from_db()
    assert delivery.state == "waiting"
    assert client.post(page("webhook-replay", hook.pk), {"hours": "5"}).status_code == 400


def test_a_test_leads_to_its_delivery(client, olivia, hook):
    client.force_login(olivia)

    response = client.post(page("webhook-test", hook.pk))

    row = WebhookDelivery.objects.get()
    assert response["Location"] == page("delivery-detail", row.pk)
    assert "A test is on its way" in text(client.get(response["Location"]))


def test_it_is_paused_resumed_archived_and_restored(client, olivia, hook, delivery):
    client.force_login(olivia)
    states = []
    for act in ("pause", "resume", "archive", "restore"):
        assert client.post(page(f"webhook-{act}", hook.pk)).status_code == 302
        hook.refresh_from_db()
        states.append((hook.state, hook.is_archived))
        assert client.get(page("webhook-detail", hook.pk)).status_code == 200

    assert states == [("paused", False), ("active", False), ("active", True), ("paused", False)]
    assert client.post(page("delivery-replay", delivery.pk)).status_code == 409


def test_an_archived_one_takes_no_acts(client, olivia, hook):
    client.force_login(olivia)
    client.post(page("webhook-archive", hook.pk))

    for act in ("pause", "resume", "rotate", "test"):
        assert client.post(page(f"webhook-{act}", hook.pk)).status_code == 409, act


def test_one_that_is_not_archived_is_restored_without_effect(client, olivia, hook):
    client.force_login(olivia)

    assert client.post(page("webhook-restore", hook.pk)).status_code == 302

    row = WebhookEndpoint.objects.get()
    assert (row.state, row.version, row.updated_at) == ("active", hook.version, hook.updated_at)


def test_a_test_of_an_archived_one_is_not_sent_again(client, olivia, hook):
    client.force_login(olivia)
    row = send_test_webhook(actor=olivia, endpoint=hook)
    client.post(page("webhook-archive", hook.pk))

    response = client.post(page("delivery-replay", row.pk))

    assert response.status_code == 409
    assert "is archived. Restore it first." in text(response)
    assert WebhookDelivery.objects.get().state == "failed"


def test_another_secret_is_shown_once(client, olivia, hook):
    client.force_login(olivia)
    before = hook.secret

    response = client.post(page("webhook-rotate", hook.pk))

    hook.refresh_from_db()
    assert len(secrets_in(text(response))) == 1
    assert "no-store" in response["Cache-Control"]
    assert hook.previous_secret == before
    assert hook.previous_secret_until > timezone.now() + datetime.timedelta(hours=23)


ACTS = ("pause", "resume", "rotate", "archive", "restore", "test", "replay")


@pytest.mark.parametrize("who", ["alice", "petra", "bob", "vera"])
def test_whoever_is_no_owner_is_refused(client, request, hook, delivery, who):
    client.force_login(request.getfixturevalue(who))

    answers = [client.get(page(name)) for name in ("webhook-list", "webhook-create")]
    answers += [client.get(page(name, hook.pk)) for name in ("webhook-detail", "webhook-edit")]
    answers += [client.post(page(f"webhook-{act}", hook.pk)) for act in ACTS]
    answers += [client.get(page("delivery-detail", delivery.pk)), client.post(page("delivery-replay", delivery.pk))]

    assert {answer.status_code for answer in answers} == {403}
    assert "Webhooks</a>" not in text(client.get(reverse("accounts:settings")))


def test_another_organization_finds_none(client, hook, delivery, charlie):
    client.force_login(charlie)

    for slug in ("acme", "other"):
        paths = [f"/o/{slug}/settings/webhooks/{hook.pk}/{part}" for part in ("", "edit/")]
        paths.append(f"/o/{slug}/settings/webhooks/deliveries/{delivery.pk}/")
        acts = [f"/o/{slug}/settings/webhooks/{hook.pk}/{act.replace('rotate', 'rotate-secret')}/" for act in ACTS]
        acts.append(f"/o/{slug}/settings/webhooks/deliveries/{delivery.pk}/replay/")
        with organization_scope(hook.organization_id):
            assert {client.get(path).status_code for path in paths} == {404}
            assert {client.post(path).status_code for path in acts} == {404}


def test_acts_are_no_gets(client, olivia, hook):
    client.force_login(olivia)

    assert {client.get(page(f"webhook-{act}", hook.pk)).status_code for act in ACTS} == {405}


def test_lists_of_fifty_cost_as_many_queries_as_lists_of_one(
    client, acme, olivia, hook, delivery, django_assert_num_queries
):
    client.force_login(olivia)
    counts = {}
    for address in (page("webhook-list"), page("webhook-detail", hook.pk)):
        client.get(address)
        with CaptureQueriesContext(connection) as counted:
            client.get(address)
        counts[address] = len(counted)
    for number in range(49):
        create_webhook_endpoint(
            actor=olivia, organization=acme, name=f"Hook {number}", url="https://hooks.example/", has_all_types=True
        )
        WebhookDelivery.objects.create(
            organization=acme, endpoint=hook, event=delivery.event, message_id=f"evt_{number}", type="project.updated",
            next_attempt_at=timezone.now(),
        )  # fmt: skip
    for address, count in counts.items():
        with django_assert_num_queries(count):
            client.get(address)
