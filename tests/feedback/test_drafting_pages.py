"""The third pane of the inbox: the draft beside the item, what it rests on, and who may do what with it."""

import pytest
from django.urls import reverse

from accounts.models import Membership
from feedback.models import StoryEvidence, UserStory
from feedback.services import draft_story
from tests.feedback.chat_server import GOOD, said

FRAGMENT = {"HX-Request": "true", "HX-Target": "story"}
WORDS = {"role": "packer", "goal": "print anywhere", "benefit": "", "criteria": "Fast.\n- Quiet.", "size": "M"}


@pytest.fixture
def written(acme, bob, asked, endpoint, chat, work):
    """A story as the model wrote it."""
    story = draft_story(actor=bob, organization=acme, items=asked)
    work()
    return UserStory.objects.get(pk=story.pk)


def pane_of(client, story):
    return client.get(reverse("feedback:story-detail", args=[story.pk]), headers=FRAGMENT).content.decode()


def test_the_pane_polls_while_the_model_writes_and_offers_no_act_until_then(client, bob, asked, endpoint, work):
    client.force_login(bob)

    answer = client.post(reverse("feedback:story-draft"), {"id": [row.pk for row in asked]}, headers=FRAGMENT)
    waiting = answer.content.decode()
    work()
    story = UserStory.objects.get()
    done = pane_of(client, story)

    assert "<html" not in waiting
    assert 'hx-trigger="every 1s"' in waiting
    assert "being written" in waiting
    assert "Save as story" not in waiting
    assert "every 1s" not in done
    assert "draft, not saved" in done
    assert "Save as story" in done


def test_the_pane_shows_claims_with_their_quotes_the_facts_and_where_text_went(client, bob, written):
    client.force_login(bob)

    page = pane_of(client, written)

    assert "(quotes 1, 2)" in page
    assert "Criterion 2 has no quote behind it. The model proposed it; keep it only if you agree." in page
    assert "1, paying $84k a year" in page  # two items of one account, which counts once
    assert "small-1, instructions 1; no text left this server" in page
    UserStory.objects.update(sent_to="api.example.com")
    assert "text was sent to api.example.com, names and personal data as placeholders" in pane_of(client, written)


def test_amounts_are_left_out_for_who_sees_none(client, bob, written):
    Membership.objects.filter(user=bob).update(sees_amounts=False)
    client.force_login(bob)

    page = pane_of(client, written)

    assert "<dd>1</dd>" in page
    assert "84k" not in page


def test_what_the_model_wrote_is_escaped(client, acme, bob, asked, endpoint, chat, work):
    chat.answer(said({**GOOD, "goal": {"text": "<script>alert(1)</script> print", "items": [1]}}))
    story = draft_story(actor=bob, organization=acme, items=asked)
    work()
    client.force_login(bob)

    for page in (
        pane_of(client, story),
        client.get(reverse("feedback:story-detail", args=[story.pk])).content.decode(),
    ):
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert(1)" not in page


def test_saved_from_the_pane_it_is_no_draft_any_more_and_refused_it_keeps_what_was_typed(client, bob, written):
    client.force_login(bob)
    url = reverse("feedback:story-save", args=[written.pk])

    refused = client.post(url, {**WORDS, "goal": "", "version": written.version}, headers=FRAGMENT)
    saved = client.post(url, {**WORDS, "version": written.version}, headers=FRAGMENT)
    stale = client.post(url, {**WORDS, "goal": "print twice", "version": written.version}, headers=FRAGMENT)

    assert refused.status_code == 422
    assert "Say first what is wanted." in refused.content.decode()
    assert 'value="packer"' in refused.content.decode()
    assert "Saved the story." in saved.content.decode()
    assert "draft, not saved" not in saved.content.decode()
    assert stale.status_code == 422
    assert "print twice" in stale.content.decode()
    story = UserStory.objects.get()
    assert (story.status, story.goal, story.criteria) == ("saved", "print anywhere", ["Fast.", "Quiet."])


def test_written_again_from_the_pane_it_is_being_written(client, bob, written, chat, work):
    client.force_login(bob)
    url = reverse("feedback:story-redraft", args=[written.pk])

    answer = client.post(url, {"version": written.version}, headers=FRAGMENT).content.decode()
    again = client.post(url, {"version": written.version}, headers=FRAGMENT)

    assert "being written" in answer
    assert again.status_code == 409
    work()
    assert len(chat.received) == 2


def test_without_a_model_it_is_drafted_again_from_the_words_of_customers(client, acme, bob, asked):
    story = draft_story(actor=bob, organization=acme, items=asked)
    UserStory.objects.update(goal="something else", criteria=[])
    StoryEvidence.objects.update(quote="…")
    client.force_login(bob)

    client.post(reverse("feedback:story-redraft", args=[story.pk]))

    again = UserStory.objects.get()
    assert (again.goal, again.criteria) == (story.goal, story.criteria)
    assert again.evidence.order_by("position").first().quote.startswith("I want to print labels")


def test_discarded_from_the_pane_it_leaves_it_and_can_be_taken_back(client, bob, written):
    client.force_login(bob)

    answer = client.post(
        reverse("feedback:story-discard", args=[written.pk]), {"version": written.version}, headers=FRAGMENT
    )

    assert "portolan:story-left" in answer["HX-Trigger-After-Swap"]
    assert reverse("feedback:story-reopen", args=[written.pk]) in answer.content.decode()
    assert UserStory.objects.get().status == "discarded"


def test_a_story_without_script_says_that_it_is_being_written_and_what_the_rules_found(
    client, acme, bob, asked, endpoint
):
    client.force_login(bob)

    page = client.post(reverse("feedback:story-draft"), {"id": [row.pk for row in asked]}, follow=True).content.decode()

    assert "<html" in page
    assert "being written" in page
    assert "print labels from any workstation" in page
    assert "portolan:job-ended" in page


def test_the_reason_stands_on_the_page_where_the_rules_drafted_instead(client, acme, bob, asked, endpoint, chat, work):
    chat.answer((401, {}, {}))
    story = draft_story(actor=bob, organization=acme, items=asked)
    work()
    client.force_login(bob)

    for page in (
        pane_of(client, story),
        client.get(reverse("feedback:story-detail", args=[story.pk])).content.decode(),
    ):
        assert "Drafted by the rules, not by the model. The endpoint does not take the key (401)." in page


def test_viewers_change_nothing_and_strangers_find_nothing(client, acme, vera, charlie, written):
    client.force_login(vera)
    assert "Save as story" not in pane_of(client, written)
    assert client.post(reverse("feedback:story-save", args=[written.pk]), WORDS, headers=FRAGMENT).status_code == 403
    assert client.post(reverse("feedback:story-redraft", args=[written.pk])).status_code == 403
    client.force_login(charlie)
    for name in ("story-save", "story-redraft", "story-discard"):
        assert client.post(reverse(f"feedback:{name}", args=[written.pk]), headers=FRAGMENT).status_code == 404
    assert UserStory.objects.get().status == "draft"


def test_over_rest_a_story_tells_who_wrote_it_and_is_saved_and_drafted_again(api, asked, endpoint, work):
    path = "/api/v1/user-stories/"
    row = api.send("post", f"{path}draft/", {"items": [item.pk for item in asked]}).json()
    job = api.get(f"/api/v1/jobs/{row['job']}/").json()
    work()
    written = api.get(f"{path}{row['id']}/").json()
    saved = api.send("post", f"{path}{row['id']}/save/", {}).json()
    again = api.send("post", f"{path}{row['id']}/redraft/", {})

    assert (row["origin"], job["status"]) == ("rules", "queued")
    assert (written["origin"], written["model"], written["sent_to"]) == ("endpoint", "small-1", "")
    assert saved["status"] == "saved"
    assert again.status_code == 200
