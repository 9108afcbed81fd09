"""Hooks, replies and nearest items over REST: for whom their role allows it, with secrets that are told once."""

import json

import pytest
from django.core.cache import cache
from django.utils import timezone

from events.models import Event, OutgoingMail
from feedback import services
from feedback.models import FeedbackItem, FeedbackReply, IntakeHook
from tests.api.conftest import errors_of

HOOKS, REPLIES, ITEMS = "/api/v1/intake-hooks/", "/api/v1/feedback-replies/", "/api/v1/feedback-items/"


@pytest.fixture
def hook(acme, alice):
    return services.create_hook(actor=alice, organization=acme, name="Help desk")[0]


@pytest.fixture
def member(api_for, bob, acme):
    """The API as somebody calls it who triages feedback."""
    return api_for(bob, acme)


@pytest.fixture
def reply(acme, bob, item):
    return services.reply_to_item(actor=bob, item=item, text="It is fixed.")


def sent_to(client, address, secret):
    return client.post(
        address, json.dumps({"text": "The label jams."}), content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )  # fmt: skip


def test_a_hook_is_made_and_takes_feedback_with_the_secret_that_only_this_answer_tells(api, client, product):
    response = api.send("post", HOOKS, {"name": "Survey tool", "product": product.pk})

    made = response.json()
    assert response.status_code == 201
    assert made["secret"].startswith("whsec_")
    assert made["secret"].endswith(made["secret_hint"])
    assert made["product_name"] == "Atlas Insights"
    assert response.headers["Location"] == f"{HOOKS}{made['id']}/"
    assert sent_to(client, made["address"], made["secret"]).status_code == 200
    assert FeedbackItem.objects.get().product == product
    assert api.get(f"{HOOKS}{made['id']}/").json()["received_count"] == 1


def test_no_answer_log_or_table_tells_a_secret_again(api):
    made = api.send("post", HOOKS, {"name": "Survey tool"}).json()
    path = f"{HOOKS}{made['id']}/"
    changed = api.send("patch", path, {"name": "Form"})
    later = [api.get(HOOKS), api.get(path), changed, api.send("post", f"{path}restore/"), api.get("/api/v1/events/")]

    for answer in later:
        assert answer.status_code == 200
        assert made["secret"] not in answer.content.decode()
        assert '"secret":' not in answer.content.decode()
    assert made["secret"] not in str(list(IntakeHook.objects.values())) + str(list(Event.objects.values()))


def test_a_secret_is_not_kept_for_those_who_ask_twice(api, hook):
    for path, body in ((HOOKS, {"name": "Survey tool"}), (f"{HOOKS}{hook.pk}/rotate-secret/", {})):
        response = api.send("post", path, body, Idempotency_Key="one")

        assert response.status_code == 409
        assert "Idempotency-Key" in response.json()["detail"]
    assert IntakeHook.objects.get().version == 1
    assert not [key for key in cache._cache.get_client(None).keys("*") if b"idempotency" in key]


def test_a_rotated_secret_works_and_the_former_one_ends(api, client):
    made = api.send("post", HOOKS, {"name": "Survey tool"}).json()
    path = f"{HOOKS}{made['id']}/"
    tag = api.get(path).headers["ETag"]

    rotated = api.send("post", f"{path}rotate-secret/", If_Match=tag).json()

    assert rotated["version"] == 2
    assert sent_to(client, made["address"], made["secret"]).status_code == 401
    assert sent_to(client, made["address"], rotated["secret"]).status_code == 200
    assert api.send("post", f"{path}rotate-secret/", If_Match=tag).status_code == 412
    assert Event.objects.filter(kind="intake_hook.secret_rotated").count() == 1


def test_a_hook_is_paused_found_archived_and_restored(api, hook):
    path = f"{HOOKS}{hook.pk}/"

    assert api.send("patch", path, {"is_active": False}).json()["version"] == 2
    assert api.get(f"{HOOKS}?is_active=true").json()["results"] == []
    assert [row["id"] for row in api.get(f"{HOOKS}?is_active=false").json()["results"]] == [hook.pk]
    assert api.delete(path).status_code == 204
    assert api.get(HOOKS).json()["results"] == []
    assert api.send("post", f"{path}restore/").json()["archived_at"] is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "help desk"}, "non_field_errors"),
        ({"name": "x" * 101}, "name"),
        ({"product": 0}, "product"),
        ({"is_active": "perhaps"}, "is_active"),
        ({"secret": "mine"}, "secret"),
        ({"secret_hint": "mine"}, "secret_hint"),
        ({"received_count": 7}, "received_count"),
        ({"public_id": "1-mine"}, "public_id"),
    ],
)
def test_a_wrong_hook_is_refused_by_field(api, hook, wrong, field):
    response = api.send("post", HOOKS, {"name": "Survey tool", **wrong})

    assert response.status_code == 400
    assert field in errors_of(response)
    assert IntakeHook.objects.get() == hook


@pytest.mark.parametrize("who", ["petra", "bob", "vera"])
def test_only_who_looks_after_feedback_reads_and_changes_hooks(api_for, acme, request, hook, who):
    client = api_for(request.getfixturevalue(who), acme)
    path = f"{HOOKS}{hook.pk}/"
    answers = [
        client.get(HOOKS),
        client.get(path),
        client.send("post", HOOKS, {"name": "Mine"}),
        client.send("patch", path, {"name": "Mine"}),
        client.delete(path),
        client.send("post", f"{path}restore/"),
        client.send("post", f"{path}rotate-secret/"),
    ]

    assert [answer.status_code for answer in answers] == [403] * 7
    assert IntakeHook.objects.get().version == 1


def test_a_reply_is_sent_listed_and_told_in_the_log(member, acme, bob, item):
    response = member.send("post", f"{ITEMS}{item.pk}/reply/", {"text": " It is fixed. "})

    made = response.json()
    assert response.status_code == 201
    assert (made["item"], made["text"], made["author_name"]) == (item.pk, "It is fixed.", "Bob")
    assert (made["to"], made["reply_to"], made["state"]) == ("marta@halden.example", "bob@acme.example", "waiting")
    assert member.get(response.headers["Location"]).json() == made
    assert member.get(REPLIES).json()["results"] == [made]
    event = Event.objects.get(kind="feedback_item.replied")
    assert (event.actor, event.source, event.subject_id) == (bob, "api", str(item.pk))


def test_a_reply_that_is_asked_for_twice_is_sent_once(member, item):
    path, body = f"{ITEMS}{item.pk}/reply/", {"text": "Once."}
    first, second = [member.send("post", path, body, Idempotency_Key="k-1") for _ in range(2)]

    assert first.json() == second.json()
    assert second.headers["Location"] == first.headers["Location"]
    assert OutgoingMail.objects.count() == 1


def test_answers_go_where_an_address_was_offered_and_nowhere_else(member, api, item):
    api.send("post", "/api/v1/mailboxes/", {"name": "S", "host": "1.1.1.1", "user": "support@acme.example"})
    path = f"{ITEMS}{item.pk}/reply/"
    offered = {"to": "marta@halden.example", "reply_to": ["bob@acme.example", "support@acme.example"]}

    assert member.get(path).json() == offered
    chosen = member.send("post", path, {"text": "Yes.", "reply_to": "support@acme.example"})
    assert chosen.json()["reply_to"] == "support@acme.example"
    refused = member.send("post", path, {"text": "Yes.", "reply_to": "mallory@evil.example"})
    assert refused.status_code == 400
    assert errors_of(refused) == {"reply_to": ["Answers go to you, or to a mailbox that is read here."]}
    assert FeedbackReply.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": " \n "}, "text"),
        ({"text": "x" * 20_001}, "text"),
        ({"text": "a\x00b"}, "text"),
        ({"text": "x", "reply_to": "nobody"}, "reply_to"),
        ({"text": "x", "to": "mallory@evil.example"}, "to"),
    ],
)
def test_a_wrong_reply_is_refused_by_field_and_nothing_is_sent(member, item, body, field):
    response = member.send("post", f"{ITEMS}{item.pk}/reply/", body)

    assert response.status_code == 400
    assert field in errors_of(response)
    assert not OutgoingMail.objects.exists()


def test_nobody_is_answered_whose_address_is_not_known_nor_below_an_archived_item(member, alice, item, said):
    (nobody,) = said("Somebody said it.")
    services.archive_item(actor=alice, item=item)

    assert member.get(f"{ITEMS}{nobody.pk}/reply/").json()["to"] == ""
    for row in (nobody, item):
        response = member.send("post", f"{ITEMS}{row.pk}/reply/", {"text": "x"})
        assert (response.status_code, response.json()["code"]) == (409, "conflict")
    assert not OutgoingMail.objects.exists()


def test_replies_are_found_by_item_and_state_also_of_an_archived_item(member, acme, alice, bob, item, reply, said):
    (other,) = said("Something else.", author_email="ola@ketch.example")
    failed = services.reply_to_item(actor=bob, item=other, text="Thanks.")
    OutgoingMail.objects.filter(pk=failed.mail_id).update(state="failed", failure="no route")
    services.archive_item(actor=alice, item=item)

    def found(query):
        return [row["id"] for row in member.get(f"{REPLIES}?{query}").json()["results"]]

    assert found(f"item={item.pk}") == [reply.pk]
    assert found("state=failed") == [failed.pk]
    assert found(f"state=failed&item={item.pk}") == []
    for wrong in ("state=lost", "item=0", "author=1"):
        assert member.get(f"{REPLIES}?{wrong}").status_code == 400


def test_a_reply_that_failed_is_sent_again_and_no_other(member, reply):
    path = f"{REPLIES}{reply.pk}/retry/"
    assert member.send("post", path).status_code == 409
    OutgoingMail.objects.update(state="failed", failure="no route", attempts=12)

    again = member.send("post", path)

    assert again.status_code == 200
    assert (again.json()["state"], again.json()["failure"], again.json()["attempts"]) == ("waiting", "", 0)
    assert Event.objects.filter(kind="feedback_item.reply_retried").count() == 1


def test_replies_are_only_read_and_retried(member, reply):
    assert member.send("post", REPLIES, {"text": "x"}).status_code == 405
    for method in ("patch", "put", "delete"):
        assert member.send(method, f"{REPLIES}{reply.pk}/", {}).status_code == 405


def test_a_viewer_reads_replies_and_sends_none(api_for, vera, acme, item, reply):
    client = api_for(vera, acme)
    OutgoingMail.objects.update(state="failed")

    assert client.get(REPLIES).json()["results"][0]["id"] == reply.pk
    refused = [
        client.get(f"{ITEMS}{item.pk}/reply/"),
        client.send("post", f"{ITEMS}{item.pk}/reply/", {"text": "x"}),
        client.send("post", f"{REPLIES}{reply.pk}/retry/"),
    ]
    assert [answer.status_code for answer in refused] == [403] * 3
    assert OutgoingMail.objects.get().state == "failed"


def test_a_token_that_may_only_read_makes_no_hook_and_sends_no_reply(api_for, alice, acme, item, reply, hook):
    client = api_for(alice, acme, scope="read")
    refused = [
        client.send("post", HOOKS, {"name": "Mine"}),
        client.send("post", f"{HOOKS}{hook.pk}/rotate-secret/"),
        client.send("post", f"{ITEMS}{item.pk}/reply/", {"text": "x"}),
        client.send("post", f"{REPLIES}{reply.pk}/retry/"),
    ]

    assert [answer.status_code for answer in refused] == [403] * 4
    assert client.get(HOOKS).status_code == client.get(f"{ITEMS}{item.pk}/reply/").status_code == 200


def test_the_items_nearest_in_meaning_come_with_their_likeness(member, acme, said):
    asked, same, paraphrase, _far = said(
        "I forgot my password and cannot sign in.",
        "I forgot my password so I cannot sign in.",
        "Login credentials lost, please reset them.",
        "The invoice arrives twice a month.",
    )
    services.analyze_batch(organization_id=acme.pk, now=timezone.now())

    found = member.get(f"{ITEMS}{asked.pk}/nearest/").json()["results"]

    assert [row["id"] for row in found] == [same.pk, paraphrase.pk]
    assert 1 >= found[0]["likeness"] > found[1]["likeness"] >= 0.4
    likeness = found[0].pop("likeness")
    assert isinstance(likeness, float)
    assert found[0] == member.get(f"{ITEMS}{same.pk}/").json()
    assert [row["id"] for row in member.get(f"{ITEMS}{asked.pk}/nearest/?most=1").json()["results"]] == [same.pk]


@pytest.mark.parametrize("query", ["most=0", "most=51", "most=few", "most=", "most=1.5", "near=1"])
def test_nonsense_is_not_asked_of_what_is_nearest(member, item, query):
    response = member.get(f"{ITEMS}{item.pk}/nearest/?{query}")

    assert response.status_code == 400
    assert query.partition("=")[0] in errors_of(response)


def test_what_is_nearest_takes_as_many_statements_for_one_as_for_many(
    member, item, said, django_assert_max_num_queries
):
    said(*[item.text] * 30)
    member.get("/api/v1/me/")

    with django_assert_max_num_queries(8):
        assert len(member.get(f"{ITEMS}{item.pk}/nearest/?most=30").json()["results"]) == 30


def test_another_organization_finds_none_of_it(api_for, charlie, other, item, hook, reply):
    client = api_for(charlie, other)

    assert client.get(HOOKS).json()["results"] == client.get(REPLIES).json()["results"] == []
    for path in (
        f"{HOOKS}{hook.pk}/",
        f"{REPLIES}{reply.pk}/",
        *[f"{ITEMS}{item.pk}/{w}/" for w in ("reply", "nearest")],
    ):
        assert client.get(path).status_code == 404, path
    for path in (f"{HOOKS}{hook.pk}/rotate-secret/", f"{REPLIES}{reply.pk}/retry/", f"{ITEMS}{item.pk}/reply/"):
        assert client.send("post", path, {"text": "x"} if "reply/" in path else None).status_code == 404, path
    assert client.get(f"{REPLIES}?item={item.pk}").status_code == 400
    assert (OutgoingMail.objects.count(), IntakeHook.objects.get().version) == (1, 1)
