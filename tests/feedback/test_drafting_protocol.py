"""The protocol of chat completions: forms of answers, repair, refusals that pass or do not, slow and odd servers."""

import json
import time
from email.utils import formatdate

import pytest

from feedback.models import DraftingCall, DraftingEndpoint
from tests.feedback.chat_server import GOOD, ONE, said


def test_the_schema_is_asked_for_first_then_an_object_then_nothing_and_it_is_remembered(drafted, chat, asked):
    def picky(request):
        return said() if "response_format" not in request else (400, {}, {"error": {"message": "unknown field"}})

    def knows_objects(request):
        wanted = request.get("response_format", {}).get("type")
        return said(ONE) if wanted == "json_object" else (422, {}, {"error": "no schemas here"})

    chat.answer(picky)
    drafted()
    formats = [request.get("response_format", {}).get("type") for request in chat.received]
    assert formats == ["json_schema", "json_object", None]

    chat.received.clear()
    chat.answer(knows_objects)
    drafted(asked[0])
    assert DraftingEndpoint.objects.get().answer_format == "json_object"
    drafted(asked[1])
    formats = [request["response_format"]["type"] for request in chat.received]
    assert formats == ["json_schema", "json_object", "json_object"]


def test_an_endpoint_that_calls_the_limit_otherwise_is_asked_otherwise(drafted, chat):
    def newer(request):
        refusal = {"error": {"message": "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."}}
        return (400, {}, refusal) if "max_tokens" in request else said()

    chat.answer(newer)

    assert drafted().origin == "endpoint"
    assert [request["response_format"]["type"] for request in chat.received] == ["json_schema"] * 2


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ("I would rather talk about the weather.", "no JSON object"),
        ('{"goal": {"text": "cut off', "no JSON object"),
        ('{"goal": }', "no JSON"),
        ({**GOOD, "goal": "print"}, "goal is no object"),
        ({**GOOD, "goal": {"text": "x" * 501, "items": []}}, "longer than 500"),
        ({**GOOD, "benefit": {"text": "more time", "items": [3]}}, "none of 1 to 2"),
        ({**GOOD, "benefit": {"text": "more time", "items": [True]}}, "none of 1 to 2"),
        ({**GOOD, "criteria": [{"text": "x", "items": []}] * 13}, "at most 6"),
        ({**GOOD, "size": "XXL"}, "none of S, M and L"),
        ({name: value for name, value in GOOD.items() if name != "role"}, "role is no object"),
    ],
)
def test_an_answer_in_another_form_is_mended_once_with_what_is_wrong(drafted, chat, wrong, named):
    chat.answer(said(wrong), said())

    story = drafted()

    assert story.origin == "endpoint"
    assert named in chat.received[1]["messages"][-1]["content"]
    assert len(chat.received) == 2
    call = DraftingCall.objects.get()
    assert (call.outcome, call.input_token_count, call.output_token_count) == ("answered", 800, 200)


@pytest.mark.parametrize(
    "content",
    ["```json\n{}\n```", "Here it is: {} Tell me if I shall change it.", "<think>{{not this}} hm {{</think>{}"],
)
def test_an_answer_with_words_around_it_is_read(drafted, chat, content):
    chat.answer(said(content.replace("{}", json.dumps(GOOD)).replace("{{", "{").replace("}}", "}")))

    assert drafted().origin == "endpoint"
    assert len(chat.received) == 1


def test_an_answer_that_is_wrong_twice_leaves_the_rules_draft_with_the_reason(drafted, chat):
    chat.answer(said("No."))

    story = drafted()

    assert (story.origin, story.drafting_note) == ("rules", "The model answered twice in a form that cannot be used.")
    assert len(chat.received) == 2
    call = DraftingCall.objects.get()
    assert (call.outcome, call.cost_amount) == ("unusable", endpoint_cost(800, 200))


def endpoint_cost(tokens_in, tokens_out):
    return DraftingEndpoint.objects.get().cost(tokens_in, tokens_out)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_passing_refusal_is_tried_again(drafted, chat, status):
    chat.answer((status, {"Retry-After": "0"}, {}), (status, {}, {}), said())

    assert drafted().origin == "endpoint"
    assert DraftingCall.objects.get().request_count == 3


def test_retry_after_is_honoured_as_seconds_and_as_a_date_and_a_long_one_is_not_waited_for(
    drafted, chat, asked, monkeypatch
):
    waits = []
    monkeypatch.setattr("feedback.services.drafting_calls.PAUSE", waits.append)
    chat.answer((429, {"Retry-After": "7"}, {}), (503, {"Retry-After": formatdate(time.time() + 9)}, {}), said())
    assert drafted().origin == "endpoint"
    assert waits[0] == 7
    assert 6 < waits[1] <= 9

    chat.answer((429, {"Retry-After": "120"}, {}))
    story = drafted(asked[0])
    assert story.origin == "rules"
    assert story.drafting_note.endswith("It asks to wait 120 s.")
    assert len(waits) == 2


def test_waits_without_retry_after_grow_and_are_jittered(drafted, chat, asked, monkeypatch):
    waits = []
    monkeypatch.setattr("feedback.services.drafting_http.FIRST_WAIT", 0.5)
    monkeypatch.setattr("feedback.services.drafting_calls.PAUSE", waits.append)
    chat.answer((500, {}, {}))

    story = drafted()

    assert "asked 4 times" in story.drafting_note
    assert [0.5 <= waits[0] <= 1, 1 <= waits[1] <= 2, 2 <= waits[2] <= 4] == [True] * 3
    drafted(asked[0])
    assert len(set(waits)) == len(waits)


def test_a_refusal_that_does_not_pass_is_not_repeated(drafted, chat):
    chat.answer((401, {}, {"error": "sk-very-secret is no key"}))

    story = drafted()

    assert story.drafting_note == "The endpoint does not take the key (401)."
    assert len(chat.received) == 1
    assert DraftingCall.objects.get().cost_amount == 0


def test_what_leads_elsewhere_is_not_followed(drafted, chat):
    chat.answer((307, {"Location": "http://169.254.169.254/latest/"}, {}))

    assert "leads elsewhere (307)" in drafted().drafting_note
    assert len(chat.received) == 1


def test_a_slow_answer_is_given_up_is_not_repeated_and_counts_as_paid(drafted, chat, endpoint):
    DraftingEndpoint.objects.update(timeout_seconds=1)
    chat.delay = 3

    story = drafted()

    assert story.drafting_note == "No answer within 1 s."
    assert len(chat.received) == 1
    assert DraftingCall.objects.get().cost_amount > 0


@pytest.mark.parametrize("body", [b"<html>no chat</html>", {"choices": []}, [1], {"choices": [{"message": {}}]}])
def test_what_is_no_chat_leaves_the_rules_draft(drafted, chat, body):
    chat.answer(body)

    assert drafted().drafting_note == "What answers is no chat: is the address right?"


def test_an_answer_without_usage_is_estimated(drafted, chat):
    chat.answer(said(tokens=None))

    drafted()

    call = DraftingCall.objects.get()
    assert call.is_estimated
    assert call.input_token_count > 300
    assert call.output_token_count > 50
