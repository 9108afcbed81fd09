"""What is stored already is masked by a job: all of it, for good, and never where masking is off."""

import pytest
from django.urls import reverse
from django.utils import timezone

from core.errors import Conflict, NotAllowed
from core.jobs import JobStopped
from events.models import Event, Job
from events.services import claim_job, run_job
from feedback import services
from feedback.models import FeedbackItem, StoryEvidence, UserStory
from feedback.services import masking
from tests.filling import text_of

SECRET = ("ola@ketch.example", "+47 55 00 00 00")


@pytest.fixture
def stored(said):
    texts = [f"Write to {SECRET[0]} or call {SECRET[1]}. The label jams, number {n}." for n in range(5)]
    return said(*texts, "Nothing personal here.", author_name="Ola Ketch", author_email="ola@ketch.example")


@pytest.fixture
def masks(acme, alice, stored):
    services.set_policy(actor=alice, organization=acme, masks_personal_data=True)


def run(acme, alice) -> Job:
    job = services.start_masking(actor=alice, organization=acme)
    run_job(claim_job(acme.pk))
    return Job.objects.get(pk=job.pk)


def test_stored_texts_titles_and_quotes_lose_personal_data_and_authors_stay(
    acme, alice, stored, masks, monkeypatch, portal
):
    monkeypatch.setattr(masking, "BATCH", 2)
    FeedbackItem.objects.filter(pk=stored[0].pk).update(title=f"Ask {SECRET[0]}", archived_at=timezone.now())
    story = UserStory.objects.create(
        organization=acme,
        goal=f"mail {SECRET[0]}",
        criteria=[f"It calls {SECRET[1]}."],
        claims=[["goal", SECRET[0], [0]]],
    )
    StoryEvidence.objects.create(organization=acme, story=story, item=stored[1], quote=f"Write to {SECRET[0]}")
    services.analyze_batch(organization_id=acme.pk, now=timezone.now())

    portal_idea = services.create_portal_idea(
        actor=alice, portal=portal, item=stored[2], title=f"Call {SECRET[1]}", text=f"Or {SECRET[0]}"
    )
    job = run(acme, alice)

    for row, kind in ((portal_idea, "portal_idea.masked"), (story, "user_story.masked")):
        row.refresh_from_db()
        told = str([getattr(row, name, "") for name in ("title", "text", "goal", "benefit", "criteria", "claims")])
        assert not [one for one in SECRET if one in told]
        assert row.version == 2
        assert Event.objects.get(kind=kind).actor == alice
    assert (story.goal, story.claims) == ("mail [e-mail 1]", [["goal", "[e-mail 1]", [0]]])
    assert (job.status, job.done_count, job.total_count) == ("done", 6, 6)
    assert job.message == "6 items are looked through, 5 held personal data and are masked."
    for item in FeedbackItem.objects.all():
        assert not [one for one in SECRET if one in item.text + item.title]
        assert (item.author_name, item.author_email) == ("Ola Ketch", "ola@ketch.example")
    assert FeedbackItem.objects.get(pk=stored[1].pk).text.startswith("Write to [e-mail 1] or call [phone 1]. The label")
    assert FeedbackItem.objects.get(pk=stored[0].pk).title == "Ask [e-mail 1]"
    assert StoryEvidence.objects.get().quote == "Write to [e-mail 1]"
    states = dict(FeedbackItem.objects.values_list("pk", "analysis_state"))
    assert [states[item.pk] for item in stored] == ["waiting"] * 5 + ["analyzed"]
    events = Event.objects.filter(kind="feedback_item.masked")
    assert events.count() == 5
    assert not [event for event in events if SECRET[0] in str(event.changes) + event.subject_name]
    services.analyze_batch(organization_id=acme.pk, now=timezone.now())
    assert not FeedbackItem.objects.exclude(analysis_state="analyzed").exists()


def test_run_again_it_finds_nothing_and_stopped_it_keeps_what_it_did(acme, alice, stored, masks, monkeypatch):
    monkeypatch.setattr(masking, "BATCH", 2)

    def stop(done, total=None, message=""):
        if done == 4:
            raise JobStopped

    with pytest.raises(JobStopped, match="Stopped after 4 of 6 items; 4 are masked"):
        services.mask_stored(actor=alice, organization=acme, report=stop)
    assert "1 held personal data" in run(acme, alice).message
    versions = list(FeedbackItem.objects.order_by("pk").values_list("version", flat=True))
    assert "0 held personal data" in run(acme, alice).message
    assert list(FeedbackItem.objects.order_by("pk").values_list("version", flat=True)) == versions


def test_it_is_offered_where_masking_is_on_and_starts_a_job(client, acme, alice, stored):
    client.force_login(alice)
    address, page = reverse("feedback:mask-stored"), reverse("feedback:policy")
    assert address not in text_of(client.get(page))
    assert client.post(address).status_code == 409
    services.set_policy(actor=alice, organization=acme, masks_personal_data=True)
    html = text_of(client.get(page))
    assert address in html
    assert "gone for good" in html

    started = client.post(address)

    assert started["Location"] == reverse("events:job-detail", args=[Job.objects.get().pk])
    with pytest.raises(Conflict, match="already"):
        services.start_masking(actor=alice, organization=acme)


def test_only_leaders_may_mask_what_is_stored(client, acme, bob, petra, masks):
    for person in (bob, petra):
        with pytest.raises(NotAllowed):
            services.start_masking(actor=person, organization=acme)
        client.force_login(person)
        assert client.post(reverse("feedback:mask-stored")).status_code == 403
    assert not Job.objects.exists()
