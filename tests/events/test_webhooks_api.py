"""Webhooks over REST: for owners, with secrets told once."""

import datetime
import json

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.tenancy import organization_scope
from events.models import Event, WebhookDelivery, WebhookEndpoint
from events.services import create_webhook_endpoint, update_webhook_endpoint

ENDPOINTS, DELIVERIES = "/api/v1/webhook-endpoints/", "/api/v1/webhook-deliveries/"
NEW = {"name": "Warehouse", "url": "https://hooks.example/in", "types": ["feedback.received"]}


@pytest.fixture
def owner(api_for, olivia, acme):
    """The API as an owner calls it."""
    return api_for(olivia, acme)


@pytest.fixture
def hook(acme, olivia):
    row, _ = create_webhook_endpoint(
        actor=olivia, organization=acme, name="Lake", url="https://lake.example/", has_all_types=True
    )
    return row


@pytest.fixture
def delivery(acme, hook):
    event = Event.objects.create(organization=acme, kind="project.updated", actor_name="Alice", subject_name="Apollo")
    return WebhookDelivery.objects.create(
        organization=acme, endpoint=hook, event=event, message_id=f"evt_{event.pk}", type="project.updated",
        state="failed", request_body='{"type":"project.updated"}', response_body="broken", response_status=500,
    )  # fmt: skip


def test_an_endpoint_is_made_with_its_secret_in_the_answer(owner):
    response = owner.send("post", ENDPOINTS, NEW)

    made = response.json()
    assert response.status_code == 201
    assert made["secret"].startswith("whsec_")
    assert made["state"] == "active"
    assert response.headers["Location"].endswith(f"{made['id']}/")
    assert "secret" not in owner.get(f"{ENDPOINTS}{made['id']}/").json()
    assert [row["name"] for row in owner.get(ENDPOINTS).json()["results"]] == ["Warehouse"]


def test_a_secret_is_not_kept_for_those_who_ask_twice(owner, hook):
    for path, body in ((ENDPOINTS, NEW), (f"{ENDPOINTS}{hook.pk}/rotate-secret/", {})):
        response = owner.send("post", path, body, Idempotency_Key="one")
        assert response.status_code == 409
        assert "Idempotency-Key" in response.json()["detail"]
    assert WebhookEndpoint.objects.count() == 1
    assert "whsec_" not in str(cache._cache.get_client(None).keys("*"))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"url": "http://hooks.example/"}, "url"),
        ({"url": "https://10.0.0.1/"}, "url"),
        ({"types": ["no.such"]}, "types"),
        ({"types": []}, "types"),
        ({"name": ""}, "name"),
        ({"state": "paused"}, "state"),
        ({"secret": "mine"}, "secret"),
    ],
)
def test_bad_input_is_refused_by_field(owner, wrong, field):
    response = owner.send("post", ENDPOINTS, NEW | wrong)

    assert response.status_code == 400
    assert field in response.json()["errors"]
    assert not WebhookEndpoint.objects.exists()


def test_it_is_changed_at_the_version_that_was_seen(owner, hook):
    path = f"{ENDPOINTS}{hook.pk}/"
    tag = owner.get(path).headers["ETag"]

    assert owner.send("patch", path, {"name": "Sea"}, If_Match=tag).json()["name"] == "Sea"
    assert owner.send("patch", path, {"name": "Ocean"}, If_Match=tag).status_code == 412
    changed = owner.send("patch", path, {"has_all_types": False, "types": ["risk.created"]}).json()
    assert (changed["has_all_types"], changed["types"]) == (False, ["risk.created"])


def test_another_name_leaves_the_address_alone_though_it_would_be_refused_today(owner, hook):
    WebhookEndpoint.objects.update(url="http://lake.example/of-before")

    assert owner.send("patch", f"{ENDPOINTS}{hook.pk}/", {"name": "Sea"}).status_code == 200

    assert list(WebhookEndpoint.objects.values_list("name", "url")) == [("Sea", "http://lake.example/of-before")]


def test_a_change_by_a_row_that_was_read_before_writes_nothing_of_it_back(olivia, hook):
    WebhookEndpoint.objects.update(url="https://sea.example/", has_all_types=False, types=["risk.created"])

    update_webhook_endpoint(actor=olivia, endpoint=hook, name="Sea", types=["risk.archived"])
    row = WebhookEndpoint.objects.get()
    assert (row.url, row.has_all_types, row.types) == ("https://sea.example/", False, ["risk.archived"])

    update_webhook_endpoint(actor=olivia, endpoint=hook, url="https://lake.example/")
    event = Event.objects.filter(kind="webhook_endpoint.updated").latest("id")
    assert event.changes["host"] == ["sea.example", "lake.example"]


def test_an_address_that_is_too_long_when_it_is_encoded_is_refused(owner, hook):
    url = "https://h.example/" + "é" * 1900

    response = owner.send("patch", f"{ENDPOINTS}{hook.pk}/", {"url": url})

    assert response.status_code == 400
    assert "too long" in str(response.json()["errors"]["url"])
    assert WebhookEndpoint.objects.get().url == "https://lake.example/"


def test_it_is_paused_resumed_archived_and_restored(owner, hook):
    path = f"{ENDPOINTS}{hook.pk}/"

    assert owner.send("post", f"{path}pause/").json()["state"] == "paused"
    assert owner.send("post", f"{path}resume/").json()["state"] == "active"
    assert owner.send("delete", path).status_code == 204
    assert owner.get(ENDPOINTS).json()["results"] == []
    assert owner.send("post", f"{path}restore/").json()["state"] == "paused"


def test_the_secret_is_rotated(owner, hook):
    answer = owner.send("post", f"{ENDPOINTS}{hook.pk}/rotate-secret/").json()

    assert answer["secret"][-4:] == answer["secret_hint"]
    assert answer["previous_secret_until"]


def test_a_test_is_sent_and_its_delivery_watched(owner, hook):
    response = owner.send("post", f"{ENDPOINTS}{hook.pk}/test/")

    made = response.json()
    assert response.status_code == 201
    assert (made["type"], made["state"], made["event"]) == ("webhook.test", "waiting", None)
    assert json.loads(owner.get(f"{DELIVERIES}{made['id']}/").json()["request_body"])["type"] == "webhook.test"


def test_deliveries_are_listed_without_bodies_and_read_with_them(owner, hook, delivery):
    [row] = owner.get(f"{DELIVERIES}?endpoint={hook.pk}&state=failed&event={delivery.event_id}").json()["results"]

    assert "request_body" not in row
    assert row["endpoint_name"] == "Lake"
    assert owner.get(f"{DELIVERIES}{delivery.pk}/").json()["response_body"] == "broken"
    assert owner.get(f"{DELIVERIES}?state=delivered").json()["results"] == []
    assert owner.get(f"{DELIVERIES}?state=lost").status_code == 400


def test_one_is_sent_again_or_all_that_failed_since_a_time(owner, hook, delivery):
    assert owner.send("post", f"{DELIVERIES}{delivery.pk}/replay/").json()["state"] == "waiting"

    WebhookDelivery.objects.update(state="failed")
    path = f"{ENDPOINTS}{hook.pk}/replay/"
    since = timezone.now() + datetime.timedelta(hours=1)
    assert owner.send("post", path, {"since": since.isoformat()}).json() == {"count": 0}
    since = timezone.now() - datetime.timedelta(hours=1)
    assert owner.send("post", path, {"since": since.isoformat()}).json() == {"count": 1}
    assert owner.send("post", path, {"since": "soon"}).status_code == 400
    assert owner.send("post", path, {}).status_code == 400


@pytest.mark.parametrize("who", ["alice", "petra", "bob", "vera"])
def test_whoever_is_no_owner_is_refused(api_for, acme, request, hook, delivery, who):
    client = api_for(request.getfixturevalue(who), acme)

    for path in (ENDPOINTS, DELIVERIES, f"{ENDPOINTS}{hook.pk}/", f"{DELIVERIES}{delivery.pk}/"):
        assert client.get(path).status_code == 403, path
    for act in ("pause", "resume", "rotate-secret", "test", "replay", "restore"):
        assert client.send("post", f"{ENDPOINTS}{hook.pk}/{act}/").status_code == 403, act
    assert client.send("post", ENDPOINTS, NEW).status_code == 403
    assert client.send("delete", f"{ENDPOINTS}{hook.pk}/").status_code == 403


def test_a_token_that_may_only_read_writes_nothing(api_for, olivia, acme, hook):
    client = api_for(olivia, acme, scope="read")

    assert client.get(ENDPOINTS).status_code == 200
    assert client.send("post", f"{ENDPOINTS}{hook.pk}/test/").status_code == 403


def test_another_organization_finds_none(api_for, charlie, other, hook, delivery):
    client = api_for(charlie, other)

    with organization_scope(other):
        assert client.get(ENDPOINTS).json()["results"] == []
        assert client.get(f"{ENDPOINTS}{hook.pk}/").status_code == 404
        assert client.get(f"{DELIVERIES}{delivery.pk}/").status_code == 404
        assert client.send("post", f"{DELIVERIES}{delivery.pk}/replay/").status_code == 404
        for act in ("pause", "resume", "rotate-secret", "test", "replay", "restore"):
            assert client.send("post", f"{ENDPOINTS}{hook.pk}/{act}/").status_code == 404, act


def test_lists_of_fifty_take_as_few_statements_as_lists_of_one(owner, acme, hook, delivery):
    def statements(path):
        with CaptureQueriesContext(connection) as captured:
            rows = owner.get(path).json()["results"]
        return len(captured), len(rows)

    owner.get(ENDPOINTS)
    few = {path: statements(path)[0] for path in (ENDPOINTS, DELIVERIES)}
    common = {"organization": acme, "has_all_types": True, "active_since": timezone.now(), "secret": "x"}
    WebhookEndpoint.objects.bulk_create(WebhookEndpoint(**common, name=f"H{n}", url="https://x/") for n in range(49))
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(organization=acme, endpoint=hook, message_id=f"evt_{n}", type="risk.created", state="failed")
        for n in range(49)
    )

    assert {path: statements(path) for path in few} == {path: (count, 50) for path, count in few.items()}
    assert max(few.values()) <= 2
