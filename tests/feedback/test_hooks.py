"""A hook takes what a sender signs, once, and tells everybody else in a sentence why not."""

import base64
import datetime
import hashlib
import hmac
import json
import re

import pytest
from django.test import Client
from django.urls import reverse
from standardwebhooks import Webhook

from core.errors import Conflict, NotAllowed
from core.tenancy import Scope, organization_scope, scope
from events.models import Event
from feedback import services
from feedback.api import hook as hook_api
from feedback.models import FeedbackItem, IntakeHook
from portfolio.models import Product, ProductLine
from tests.rows import fresh


class Sender:
    """A program that sends to a hook; it knows its address and, perhaps, its secret."""

    def __init__(self, hook, secret):
        self.path, self.secret, self.client = f"/hooks/feedback/{hook.public_id}/", secret, Client()

    def post(self, body, headers=None, content_type="application/json"):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        with scope(Scope()):
            return self.client.post(self.path, data=raw, content_type=content_type, headers=headers or {})

    def signed(self, body, delivery="msg_1", at=None, secret=None, **headers):
        at = at or datetime.datetime.now(datetime.UTC)
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        signature = Webhook(secret or self.secret).sign(msg_id=delivery, timestamp=at, data=raw.decode())
        said = {"webhook-id": delivery, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}
        return self.post(raw, {**said, **headers})

    def bearing(self, body, secret=None, **headers):
        return self.post(body, {"Authorization": f"Bearer {secret or self.secret}", **headers})


@pytest.fixture
def made(acme, alice):
    return services.create_hook(actor=alice, organization=acme, name="Survey tool")


@pytest.fixture
def hook(made):
    return made[0]


@pytest.fixture
def sender(made):
    return Sender(*made)


def problem(response, status):
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    return response.json()["detail"]


def test_a_signed_text_is_stored_with_what_the_sender_says_of_it(acme, hook, sender, halden, product):
    body = {
        "text": "The label jams.", "title": "Labels", "author_name": "Marta", "author_email": "marta@halden.example",
        "rating": 2, "product": product.pk, "said_at": "2026-11-03T10:00:00Z", "source_url": "https://s.example/1",
    }  # fmt: skip
    answer = sender.signed(body)

    assert answer.status_code == 200
    item = FeedbackItem.objects.get()
    assert answer.json() == {"results": [{"row": 0, "result": "received", "id": item.pk}]}
    assert (item.channel, item.text, item.rating, item.product, item.account) == (
        "webhook", "The label jams.", 2, product, halden,
    )  # fmt: skip
    assert item.said_at == datetime.datetime(2026, 11, 3, 10, tzinfo=datetime.UTC)
    assert (fresh(hook).received_count, fresh(hook).refused_count) == (1, 0)
    assert not fresh(hook).is_refusing
    assert fresh(hook).last_received_at is not None
    event = Event.objects.get(kind="feedback_item.created")
    assert (event.actor, event.source) == (None, "webhook")


def test_the_signature_is_the_one_of_the_published_standard(hook, made, sender):
    """As github.com/standard-webhooks writes it: HMAC-SHA256 of id, time and body, by the decoded secret."""
    at, raw = int(datetime.datetime.now(datetime.UTC).timestamp()), b'{"text": "By hand"}'
    key = base64.b64decode(made[1].removeprefix("whsec_"))
    digest = hmac.new(key, f"msg_9.{at}.".encode() + raw, hashlib.sha256).digest()
    signature = f"v1a,AAAA v1,{base64.b64encode(digest).decode()}"

    said = {"webhook-id": "msg_9", "webhook-timestamp": str(at), "webhook-signature": signature}

    assert sender.post(raw, said).status_code == 200


def test_a_simple_sender_shows_the_secret(sender):
    assert sender.bearing({"text": "One"}).status_code == 200
    assert sender.bearing({"text": "One"}).status_code == 200  # nothing says that it is the same
    assert FeedbackItem.objects.count() == 2


def test_a_delivery_that_is_repeated_is_stored_once_and_so_is_an_external_key(sender, hook):
    many = {"items": [{"text": "One"}, {"text": "Two", "external_key": "S-2"}]}
    first, again = sender.signed(many, "msg_1"), sender.signed(many, "msg_1")

    assert [row["result"] for row in first.json()["results"]] == ["received", "received"]
    assert [row["result"] for row in again.json()["results"]] == ["known", "known"]
    assert [row["id"] for row in again.json()["results"]] == [row["id"] for row in first.json()["results"]]
    by_key = sender.bearing({"text": "Two, again", "external_key": "S-2"})
    assert by_key.json()["results"][0]["result"] == "known"
    assert sender.signed({"text": "One"}, "msg_2").json()["results"][0]["result"] == "received"
    assert fresh(hook).received_count == 3


def test_two_senders_may_count_alike(acme, alice, sender):
    second = Sender(*services.create_hook(actor=alice, organization=acme, name="Form"))
    for one in (sender, second):
        assert one.bearing({"text": "x", "external_key": "1"}).json()["results"][0]["result"] == "received"
        assert one.bearing({"text": "y", "external_key": "k" * 200}).json()["results"][0]["result"] == "received"
    assert FeedbackItem.objects.count() == 4


@pytest.mark.parametrize(
    ("headers", "sentence"),
    [
        ({}, "Nothing says who sends this"),
        ({"Authorization": "Bearer wrong"}, "not the one of this hook"),
        ({"Authorization": "Bearer ü"}, "not the one of this hook"),
        ({"Authorization": "Basic abc"}, "Nothing says who sends this"),
        ({"webhook-signature": "v1,abc"}, "does not fit"),
        ({"webhook-id": "a", "webhook-timestamp": "soon", "webhook-signature": "v1,abc"}, "read|fit|clock"),
        ({"webhook-id": "a", "webhook-timestamp": "NOW", "webhook-signature": "nonsense"}, "cannot be read"),
        ({"webhook-id": "a", "webhook-timestamp": "NOW", "webhook-signature": "v1,!!!"}, "cannot be read|not fit"),
        ({"webhook-id": "a", "webhook-timestamp": "NOW", "webhook-signature": "v1,QUJD"}, "does not fit"),
    ],
)  # fmt: skip
def test_what_is_not_signed_is_refused_and_counted(sender, hook, headers, sentence):
    now = str(int(datetime.datetime.now(datetime.UTC).timestamp()))
    answer = sender.post({"text": "x"}, {name: value.replace("NOW", now) for name, value in headers.items()})

    assert re.search(sentence, problem(answer, 401))
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert not FeedbackItem.objects.exists()
    assert (fresh(hook).refused_count, fresh(hook).received_count) == (1, 0)
    assert fresh(hook).last_refusal
    assert fresh(hook).is_refusing


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_signature_is_refused_so_nobody_replays_it(sender, minutes):
    at = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=minutes)

    assert "five minutes" in problem(sender.signed({"text": "x"}, at=at), 401)
    four = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=4)
    assert sender.signed({"text": "x"}, at=four).status_code == 200


def test_a_changed_body_or_delivery_breaks_the_signature(sender):
    at = datetime.datetime.now(datetime.UTC)
    signature = Webhook(sender.secret).sign(msg_id="m", timestamp=at, data='{"text": "x"}')
    said = {"webhook-id": "m", "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}

    assert sender.post(b'{"text": "y"}', said).status_code == 401
    assert sender.post(b'{"text": "x"}', {**said, "webhook-id": "n"}).status_code == 401
    assert sender.post(b'{"text": "\xff"}', said).status_code == 401
    assert sender.post(b'{"text": "x"}', said).status_code == 200


def test_a_rotated_secret_ends_the_old_one(sender, hook, alice):
    _, secret = services.rotate_hook(actor=alice, hook=hook)

    assert sender.bearing({"text": "x"}).status_code == 401
    assert sender.signed({"text": "x"}).status_code == 401
    assert sender.signed({"text": "x"}, secret=secret).status_code == 200
    assert Event.objects.filter(kind="intake_hook.secret_rotated").exists()


@pytest.mark.parametrize("public_id", ["nothing", "1-abc", "-", "99999999999999999999-a", "0"])
def test_an_address_that_is_none_is_404(sender, public_id):
    sender.path = f"/hooks/feedback/{public_id}/"

    assert problem(sender.bearing({"text": "x"}), 404)


def test_an_archived_hook_is_404_and_a_paused_one_says_so(sender, hook, alice):
    services.update_hook(actor=alice, hook=hook, is_active=False)
    assert "paused" in problem(sender.bearing({"text": "x"}), 409)
    services.archive_hook(actor=alice, hook=fresh(hook))
    problem(sender.bearing({"text": "x"}), 404)
    assert not FeedbackItem.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": ""}, "text"),
        ({"text": "x", "rating": 6}, "rating"),
        ({"text": "x", "stars": 5}, "stars"),
        ({"text": "x", "channel": "portal"}, "channel"),
        ({"text": "x", "product": 999}, "product"),
        ({"text": "x", "said_at": "2999-01-01T00:00:00Z"}, "said_at"),
        ({"items": []}, "items"),
        ({"items": [{"text": "x"}, {"text": " "}]}, "items"),
        ({"items": [{"text": "x"}], "more": 1}, "more"),
        ([{"text": "x"}], "non_field_errors"),
        ("text", "non_field_errors"),
    ],
)
def test_wrong_fields_are_named_and_nothing_is_stored(sender, hook, body, field):
    answer = sender.bearing(body)

    assert problem(answer, 400)
    assert field in answer.json()["errors"]
    assert not FeedbackItem.objects.exists()
    assert fresh(hook).refused_count == 1


@pytest.mark.parametrize("raw", [b"", b"{", b"NaN", b'{"text": 1' + b"[" * 20_000, b'{"text": "a", "text": "b"}'])
def test_what_is_no_json_is_400(sender, raw):
    assert problem(sender.bearing(raw), 400)


def test_another_kind_of_body_or_method_is_refused(sender):
    form = sender.post(b"text=x", {"Authorization": f"Bearer {sender.secret}"}, "application/x-www-form-urlencoded")
    assert problem(form, 415)
    with scope(Scope()):
        assert Client().get(sender.path).status_code == 405


def test_a_body_that_is_too_large_is_413(sender, monkeypatch):
    monkeypatch.setattr(hook_api, "MOST_BYTES", 1_000)

    assert problem(sender.bearing({"text": "x" * 1_000}), 413)
    assert sender.bearing({"text": "x" * 900}).status_code == 200


def test_too_many_requests_are_429_with_the_time_to_wait(sender, settings, monkeypatch):
    settings.API_RATE_LIMIT_PER_MINUTE = 2
    monkeypatch.setattr(hook_api, "MOST_REFUSED", 1)
    assert [sender.bearing({"text": "x"}).status_code for _ in range(2)] == [200, 200]
    refused = sender.bearing({"text": "x"})
    assert problem(refused, 429)
    assert int(refused.headers["Retry-After"]) > 0
    assert [sender.bearing({"text": "x"}, secret="wrong").status_code for _ in range(2)] == [401, 429]


def test_a_path_without_its_last_slash_is_heard_too(sender):
    sender.path = sender.path.rstrip("/")

    assert sender.bearing({"text": "x"}).status_code == 200


def test_a_sender_names_no_row_of_another_organization_and_stores_in_its_own(acme, other, sender, product):
    with organization_scope(other):
        line = ProductLine.objects.create(organization=other, code="X", name="Theirs")
        theirs = Product.objects.create(organization=other, line=line, name="Theirs", currency="USD")
    assert sender.bearing({"text": "x", "product": theirs.pk}).status_code == 400
    assert sender.bearing({"text": "x", "product": product.pk}).status_code == 200
    with organization_scope(other):
        assert not FeedbackItem.objects.exists()


def test_the_id_of_another_organization_opens_nothing(acme, other, sender, hook):
    sender.path = f"/hooks/feedback/{other.pk}-{hook.public_id.partition('-')[2]}/"

    assert sender.bearing({"text": "x"}).status_code == 404


def test_what_comes_is_about_the_hook_s_product_unless_the_sender_says_another(acme, alice, product):
    second = Product.objects.create(organization=acme, line=product.line, name="Atlas Maps", currency="USD")
    sender = Sender(*services.create_hook(actor=alice, organization=acme, name="Form", product=product))
    sender.bearing({"items": [{"text": "x"}, {"text": "y", "product": second.pk}]})

    assert list(FeedbackItem.objects.order_by("pk").values_list("product_id", flat=True)) == [product.pk, second.pk]


def test_personal_data_is_masked_as_from_every_channel(acme, alice, sender):
    services.set_policy(actor=alice, organization=acme, masks_personal_data=True)
    sender.bearing({"text": "Call me at +47 55 00 00 00 or ola@ketch.example."})

    assert "ola@ketch.example" not in FeedbackItem.objects.get().text


def test_only_leaders_make_and_change_hooks(acme, bob, petra, hook):
    for person in (bob, petra):
        for act in (
            lambda who: services.create_hook(actor=who, organization=acme, name="x"),
            lambda who: services.update_hook(actor=who, hook=hook, name="x"),
            lambda who: services.rotate_hook(actor=who, hook=hook),
            lambda who: services.archive_hook(actor=who, hook=hook),
        ):
            with pytest.raises(NotAllowed):
                act(person)
    with pytest.raises(Conflict):
        services.receive_through_hook(hook=IntakeHook(organization=acme, is_active=False), rows=[])


def test_an_address_reverses_outside_of_organizations(hook):
    with scope(Scope()):
        assert reverse("feedback-hook", args=[hook.public_id]).endswith(f"/hooks/feedback/{hook.public_id}/")
