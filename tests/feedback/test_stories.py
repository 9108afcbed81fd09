"""Stories are drafted from what customers said, never invent, and become work that keeps its voices."""

import pytest
from django.urls import reverse

from core.errors import Conflict, FieldErrors, NotAllowed
from feedback.models import FeedbackLink, StoryEvidence, UserStory
from feedback.services import (
    accept_story,
    archive_story,
    create_item,
    create_story,
    discard_story,
    draft_story,
    reopen_story,
    restore_story,
    save_story,
    update_story,
)
from projects.models import Activity, Project


@pytest.fixture
def story(acme, bob, asked):
    return draft_story(actor=bob, organization=acme, items=asked)


def test_a_story_is_drafted_in_the_customers_own_words_with_a_quote_of_each(story, asked):
    assert story.role == "warehouse lead"
    assert "print labels from any workstation" in story.goal
    assert "a shift does not depend on one old PC" in story.benefit
    quotes = list(StoryEvidence.objects.filter(story=story).order_by("position"))
    assert [row.item for row in quotes] == asked
    assert all(row.quote in row.item.text for row in quotes)
    assert story.status == "draft"


def test_what_nobody_said_stays_empty_and_is_named(acme, bob):
    item = create_item(actor=bob, organization=acme, text="The map is ugly.")

    story = draft_story(actor=bob, organization=acme, items=[item])

    assert story.role == story.benefit == ""
    assert {"role", "benefit"} <= set(story.missing)


def test_an_accepted_story_is_a_proposed_project_and_the_voices_are_linked_to_it(story, bob, program, asked):
    accepted = accept_story(actor=bob, story=story, program=program)

    project = Project.objects.get(pk=accepted.project_id)
    assert (accepted.status, project.status, project.program) == ("accepted", "proposed", program)
    assert project.name == story.goal[:1].upper() + story.goal[1:]
    assert "so that" in project.description
    assert asked[0].text[:40] in project.description
    assert set(FeedbackLink.objects.filter(project=project).values_list("item", flat=True)) == {row.pk for row in asked}


def test_an_accepted_story_is_an_activity_where_a_project_is_named(story, bob, project):
    accepted = accept_story(actor=bob, story=story, project=project)

    assert Activity.objects.get(pk=accepted.activity_id).project == project
    assert accepted.project == project


def test_a_story_without_a_goal_or_a_place_is_not_accepted(story, bob, program):
    with pytest.raises(FieldErrors, match="Name the project"):
        accept_story(actor=bob, story=story)
    update_story(actor=bob, story=story, goal="")
    with pytest.raises(FieldErrors, match="Say first what is wanted"):
        accept_story(actor=bob, story=UserStory.objects.get(pk=story.pk), program=program)
    assert Project.objects.filter(program=program).count() == 0


def test_a_discarded_story_is_changed_no_more_until_it_is_taken_back(story, bob, program):
    discarded = discard_story(actor=bob, story=story)

    with pytest.raises(Conflict, match="discarded"):
        accept_story(actor=bob, story=discarded, program=program)
    assert reopen_story(actor=bob, story=discarded).status == "draft"


def test_a_viewer_drafts_nothing_and_none_is_drafted_of_nothing(acme, vera, bob, asked):
    with pytest.raises(NotAllowed):
        draft_story(actor=vera, organization=acme, items=asked)
    with pytest.raises(Conflict, match="No feedback is chosen"):
        draft_story(actor=bob, organization=acme, items=[])


def test_a_story_is_drafted_edited_and_accepted_through_the_pages(client, bob, asked, program):
    client.force_login(bob)

    drafted = client.post(reverse("feedback:story-draft"), {"id": [row.pk for row in asked]}, follow=True)
    story = UserStory.objects.get()
    url = reverse("feedback:story-detail", args=[story.pk])
    assert "Check it against them." in drafted.content.decode()
    assert "paying $84k a year" in drafted.content.decode()
    words = {
        "role": "packer",
        "goal": "print anywhere",
        "benefit": "no shift waits",
        "criteria": "Fast.\n- Quiet.",
        "size": "M",
    }
    without = client.post(url, {**words, "goal": "", "version": story.version})
    assert (without.status_code, "Say first what is wanted." in without.content.decode()) == (422, True)
    client.post(url, {**words, "version": story.version})
    client.post(reverse("feedback:story-accept", args=[story.pk]), {"where": f"program-{program.pk}"})

    story.refresh_from_db()
    assert (story.role, story.criteria, story.status) == ("packer", ["Fast.", "Quiet."], "accepted")
    assert "proposed project" in client.get(url).content.decode()
    listed = client.get(reverse("feedback:story-list"), {"status": "accepted"}).content.decode()
    assert "As packer, I want print anywhere, so that no shift waits." in listed


def test_a_story_discarded_on_its_page_is_taken_back_by_the_notice(client, bob, story):
    client.force_login(bob)

    client.post(reverse("feedback:story-discard", args=[story.pk]), {"version": story.version})
    assert UserStory.objects.get().status == "discarded"
    client.post(reverse("feedback:story-reopen", args=[story.pk]))
    assert UserStory.objects.get().status == "draft"


def test_a_viewer_reads_a_story_and_changes_nothing(client, vera, story):
    client.force_login(vera)
    url = reverse("feedback:story-detail", args=[story.pk])

    assert "print labels" in client.get(url).content.decode()
    assert client.post(url, {"goal": "Mine"}).status_code == 403
    assert client.post(reverse("feedback:story-discard", args=[story.pk])).status_code == 403


def test_stories_over_rest(api, asked, program):
    path = "/api/v1/user-stories/"

    drafted = api.send("post", f"{path}draft/", {"items": [row.pk for row in asked]})
    row = drafted.json()
    quotes = api.get(f"{path}{row['id']}/evidence/").json()
    accepted = api.send("post", f"{path}{row['id']}/accept/", {"program": program.pk}).json()

    assert drafted.status_code == 201
    assert [quote["item"] for quote in quotes] == [item.pk for item in asked]
    assert accepted["status"] == "accepted"
    assert accepted["project"]


def test_a_story_by_hand_rests_on_nothing(acme, bob):
    assert create_story(actor=bob, organization=acme, goal="Print anywhere").origin == "person"


def test_a_story_is_accepted_once_though_two_press_the_button(story, bob, alice, program, project):
    seen_before = UserStory.objects.get(pk=story.pk)
    accept_story(actor=bob, story=story, program=program)

    with pytest.raises(Conflict, match="accepted"):
        accept_story(actor=alice, story=seen_before, project=project)

    assert Project.objects.filter(status="proposed").count() == 1
    assert not Activity.objects.filter(project=project, name__iexact=story.goal).exists()


def test_an_archived_story_is_neither_changed_nor_accepted_until_it_is_restored(client, story, bob, program):
    archive_story(actor=bob, story=story)

    with pytest.raises(Conflict, match="archived"):
        accept_story(actor=bob, story=story, program=program)
    with pytest.raises(Conflict, match="archived"):
        update_story(actor=bob, story=story, goal="Another goal")
    client.force_login(bob)
    html = client.get(reverse("feedback:story-detail", args=[story.pk])).content.decode()
    assert "Make it work" not in html

    restore_story(actor=bob, story=story)
    assert accept_story(actor=bob, story=story, program=program).project is not None


def test_an_item_that_is_named_twice_stands_behind_a_story_once(acme, bob, asked):
    story = draft_story(actor=bob, organization=acme, items=[*asked, asked[0]])

    assert list(story.evidence.order_by("position").values_list("item", flat=True)) == [item.pk for item in asked]


def test_a_story_becomes_work_in_one_place(story, bob, program, project):
    with pytest.raises(FieldErrors, match="one place"):
        accept_story(actor=bob, story=story, program=program, project=project)


def test_a_saved_story_that_was_discarded_comes_back_saved(acme, bob, item):
    story = draft_story(actor=bob, organization=acme, items=[item])
    saved = save_story(actor=bob, story=story, goal="print labels")
    assert saved.status == "saved"

    discarded = discard_story(actor=bob, story=saved)

    assert reopen_story(actor=bob, story=discarded).status == "saved"
