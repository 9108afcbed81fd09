"""Where text was sent stands on the story whatever becomes of the draft, and what was masked meanwhile stays masked."""

import pytest
from django.urls import reverse

from events.models import Event, Job
from events.services import claim_job, request_stop, run_job
from feedback.models import DraftingCall, DraftingEndpoint, FeedbackItem, StoryEvidence, UserStory
from feedback.selectors.drafting import host_left_for
from feedback.services import create_item, draft_story, redraft_story, set_policy, update_story
from feedback.services.drafting_calls import Asking
from feedback.services.masking import mask_stored
from tests.feedback.chat_server import GOOD, ONE, said

SENT = "text was sent to 127.0.0.1, names and personal data as placeholders"
STAYED = "no text left this server"
ADDRESS = "marta@halden.example"


@pytest.fixture
def far(monkeypatch):
    """The local server counts as another host."""
    monkeypatch.setattr("feedback.selectors.drafting.LOCAL_HOSTS", frozenset())


@pytest.fixture
def facts(client, bob):
    """`facts(story)`: what its page says, and what is kept of where text was sent."""
    client.force_login(bob)

    def told(story) -> tuple[str, str]:
        page = client.get(reverse("feedback:story-detail", args=[story.pk])).content.decode()
        return page, UserStory.objects.get(pk=story.pk).sent_to

    return told


def while_the_model_writes(monkeypatch, act):
    """Let `act` be done between the answer of the model and the taking of its words."""
    answered = Asking.answered

    def late(asking):
        result = answered(asking)
        act()
        return result

    monkeypatch.setattr(Asking, "answered", late)


def test_a_draft_that_a_person_edits_meanwhile_says_where_text_was_sent_and_why_it_is_the_rules(
    acme, bob, asked, endpoint, chat, work, far, facts, monkeypatch
):
    story = draft_story(actor=bob, organization=acme, items=asked)
    while_the_model_writes(monkeypatch, lambda: update_story(actor=bob, story=story, goal="My own words"))

    work()

    page, sent_to = facts(story)
    assert (SENT in page, STAYED in page, sent_to) == (True, False, "127.0.0.1")
    assert "It stays as the person left it." in page
    assert UserStory.objects.get(pk=story.pk).goal == "My own words"


def test_a_draft_whose_job_is_stopped_says_where_text_was_sent_and_that_it_was_stopped(
    acme, bob, asked, endpoint, chat, far, facts, monkeypatch
):
    monkeypatch.setattr("feedback.services.drafting_calls.HEARD_EVERY", 0.3)
    chat.delay = 2
    story = draft_story(actor=bob, organization=acme, items=asked)
    job = claim_job(acme.pk, "delivery")
    request_stop(actor=bob, job=story.job)

    run_job(job)

    page, sent_to = facts(story)
    assert Job.objects.get(pk=job.pk).status == "stopped"
    assert (SENT in page, STAYED in page, sent_to) == (True, False, "127.0.0.1")
    assert "It was stopped while the model wrote." in page


def test_a_draft_whose_job_breaks_says_where_text_was_sent(
    acme, bob, asked, endpoint, chat, work, far, facts, monkeypatch
):
    monkeypatch.setattr("feedback.services.drafting.unveiled", lambda *given: 1 / 0)
    story = draft_story(actor=bob, organization=acme, items=asked)

    work()

    page, sent_to = facts(story)
    assert Job.objects.get(pk=story.job_id).status == "failed"
    assert (SENT in page, STAYED in page, sent_to) == (True, False, "127.0.0.1")


def test_a_draft_whose_worker_died_says_where_text_was_sent(acme, bob, asked, endpoint, chat, work, far, facts):
    story = draft_story(actor=bob, organization=acme, items=asked)
    assert STAYED not in facts(story)[0]  # a worker may send it at any moment
    DraftingCall.objects.create(
        organization=acme, job=story.job, model="small-1", prompt_version="1", currency="USD", cost_amount=1,
        sent_to="api.example.com",
    )  # fmt: skip

    work()

    page, sent_to = facts(story)
    assert ("text was sent to api.example.com" in page, sent_to) == (True, "api.example.com")


def test_a_draft_by_the_rules_does_not_forget_where_text_was_sent_before(bob, drafted, far, facts):
    story = drafted()
    DraftingEndpoint.objects.all().delete()

    story = redraft_story(actor=bob, story=UserStory.objects.get(pk=story.pk))

    page, sent_to = facts(story)
    assert (story.origin, SENT in page, sent_to) == ("rules", True, "127.0.0.1")


def test_a_refusal_was_sent_text_and_a_host_that_is_not_reached_was_not(drafted, chat, far, facts):
    chat.answer((401, {}, {}))
    assert facts(drafted())[1] == "127.0.0.1"

    DraftingEndpoint.objects.update(base_url="http://127.0.0.1:9/v1")
    page, sent_to = facts(drafted())
    assert "no connection" in page
    assert ("text was sent" in page, sent_to) == (False, "")
    assert DraftingCall.objects.order_by("pk").last().sent_to == ""


def test_a_kept_answer_says_where_text_was_sent_for_it_and_not_where_the_endpoint_is_by_now(
    drafted, chat, far, facts, monkeypatch
):
    drafted()
    monkeypatch.undo()
    assert host_left_for(DraftingEndpoint.objects.get().base_url) == ""

    story = drafted()

    page, sent_to = facts(story)
    assert len(chat.received) == 1
    assert DraftingCall.objects.order_by("pk").last().sent_to == "127.0.0.1"
    assert (SENT in page, STAYED in page, sent_to) == (True, False, "127.0.0.1")


def test_a_model_on_the_server_that_writes_again_does_not_undo_that_text_was_sent_before(
    drafted, bob, work, far, facts, monkeypatch
):
    story = drafted()
    monkeypatch.undo()

    redraft_story(actor=bob, story=story)
    work()

    assert (STAYED in facts(story)[0], facts(story)[1]) == (False, "127.0.0.1")


def test_the_log_tells_where_text_was_sent(drafted, far):
    drafted()

    assert Event.objects.get(kind="user_story.written").changes["sent_to"] == ["", "127.0.0.1"]


def test_without_a_model_no_text_leaves_and_the_page_says_so(acme, bob, asked, facts):
    assert STAYED in facts(draft_story(actor=bob, organization=acme, items=asked))[0]


def test_what_is_masked_while_the_model_writes_does_not_come_back(
    acme, alice, bob, endpoint, chat, work, facts, monkeypatch
):
    text = f"Please add a bell. It must ring for {ADDRESS} when a label jams."
    item = create_item(actor=bob, organization=acme, text=text)
    words = "ring for [e-mail 1] when a label jams"
    chat.answer(said({**ONE, "goal": {"text": words, "items": [1]}, "quotes": [{"item": 1, "words": words}]}))
    story = draft_story(actor=bob, organization=acme, items=[item])
    UserStory.objects.update(goal="a bell", criteria=[], claims=[])  # nothing to mask: its version stays
    StoryEvidence.objects.update(quote="Please add a bell.")
    set_policy(actor=alice, organization=acme, masks_personal_data=True)
    while_the_model_writes(monkeypatch, lambda: mask_stored(actor=alice, organization=acme, report=lambda *given: None))

    work()

    story = UserStory.objects.get(pk=story.pk)
    quote = StoryEvidence.objects.get().quote
    assert ADDRESS not in FeedbackItem.objects.get().text
    assert ADDRESS not in f"{story.goal} {story.criteria} {story.claims} {quote}"
    assert (story.origin, story.goal, quote) == ("rules", "a bell", "Please add a bell.")
    assert "was masked or changed while the model wrote" in facts(story)[0]


def test_a_quote_that_is_masked_meanwhile_stays_where_the_model_quotes_nothing(
    acme, bob, asked, endpoint, chat, work, monkeypatch
):
    chat.answer(said({**GOOD, "quotes": []}))
    draft_story(actor=bob, organization=acme, items=asked)
    while_the_model_writes(monkeypatch, lambda: StoryEvidence.objects.update(quote="[e-mail 1]"))

    work()

    assert UserStory.objects.get().origin == "endpoint"
    assert set(StoryEvidence.objects.values_list("quote", flat=True)) == {"[e-mail 1]"}


def test_odd_values_in_an_answer_are_mended_and_the_job_does_not_break(drafted, chat):
    chat.answer(said({**GOOD, "size": ["M"]}), said())

    assert drafted().job.status == "done"
    assert len(chat.received) == 2


def test_an_answer_that_breaks_the_reading_is_settled_at_what_it_cost(drafted, endpoint, chat, monkeypatch):
    monkeypatch.setattr("feedback.services.drafting_calls.read", lambda *given: 1 / 0)

    story = drafted()

    call = DraftingCall.objects.get()
    assert (story.job.status, story.origin) == ("failed", "rules")
    assert (call.outcome, call.cost_amount) == ("failed", endpoint.cost(400, 100))
    assert "broke on this server" in call.failure


def test_what_breaks_while_an_answer_is_under_way_counts_as_paid(endpoint, chat, monkeypatch):
    monkeypatch.setattr("feedback.services.drafting_calls.HEARD_EVERY", 0.1)
    chat.delay = 1

    with pytest.raises(ZeroDivisionError):
        Asking(endpoint, ("Please add an export.",), None, lambda: 1 / 0).answered()

    call = DraftingCall.objects.get()
    assert call.outcome == "failed"
    assert call.cost_amount > endpoint.cost(400, 100)


def test_a_kept_answer_that_cannot_be_used_any_more_is_asked_for_again(drafted, chat):
    drafted()
    DraftingCall.objects.update(answer='{"size": ["M"]}')

    assert drafted().origin == "endpoint"
    assert len(chat.received) == 2
