"""With a real worker: killed while the model writes, it leaves a draft that another finishes and none pays twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events.models import Job
from events.services import requeue_lost_jobs
from events.tasks import run_delivery_jobs
from feedback.models import DraftingCall, UserStory
from feedback.services import draft_story
from tests.workers import kill, wait_until, worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("worker"), pytest.mark.long]
ALLOWED = {"DRAFTING_PRIVATE_HOSTS": "127.0.0.1"}


def status() -> str:
    return Job.objects.get(kind="feedback.write_story").status


def test_a_worker_killed_while_the_model_writes_leaves_a_draft_that_is_not_paid_twice(acme, bob, asked, endpoint, chat):
    chat.delay = 60
    with worker("delivery", **ALLOWED) as process:
        draft_story(actor=bob, organization=acme, items=asked)
        wait_until(lambda: chat.received)
        kill(process)
    assert status() == "running"
    held = DraftingCall.objects.get()
    assert held.cost_amount > endpoint.cost(400, 100)  # what it may cost stays set aside

    chat.delay = 0
    Job.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=2))
    requeue_lost_jobs(acme.pk)
    with worker("delivery", **ALLOWED):
        run_delivery_jobs.delay(organization_id=acme.pk)
        wait_until(lambda: status() == "done")

    story = UserStory.objects.get()
    assert len(chat.received) == 1
    assert story.origin == "rules"
    assert "may have been paid, so it was not asked again" in story.drafting_note
    assert DraftingCall.objects.get().cost_amount == held.cost_amount


def test_a_worker_writes_what_was_asked_for_while_nobody_waits(acme, bob, asked, endpoint, chat):
    with worker("delivery", **ALLOWED):
        story = draft_story(actor=bob, organization=acme, items=asked)
        wait_until(lambda: status() == "done")

    assert UserStory.objects.get(pk=story.pk).origin == "endpoint"
