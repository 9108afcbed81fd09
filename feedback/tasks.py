"""The analyser at work, themes, mailboxes, the telling of those who follow ideas, and jobs that ask a model."""

import time
from functools import partial
from typing import Any

from celery import shared_task
from django.utils import timezone

from accounts.models import Organization, User
from core.jobs import Progress, job, rung_while
from core.tenancy import organization_scope
from events.services import organizations
from events.tasks import RETRY
from feedback import services
from feedback.models import DraftingEndpoint, FeedbackItem, Mailbox, PortalTelling, UserStory


def _has_waiting(organization_id: int) -> bool:
    """A message was lost, or a worker died."""
    return FeedbackItem.objects.filter(organization_id=organization_id).waiting(timezone.now()).exists()


@rung_while(_has_waiting)
@shared_task(name="feedback.analyze", acks_late=True, **RETRY)
def analyze(*, organization_id: int, **_later: Any) -> None:
    """Analyze what waits until nothing does. Delivered twice, the second finds nothing to claim."""
    with organization_scope(organization_id):
        while services.analyze_batch(organization_id=organization_id, now=timezone.now()):
            pass
        services.let_themes_rise(organization_id)


def _has_tellings(organization_id: int) -> bool:
    """A message was lost, or a worker died in the middle."""
    return PortalTelling.objects.filter(organization_id=organization_id, finished_at=None).exists()


@rung_while(_has_tellings)
@shared_task(name="feedback.tell_visitors", acks_late=True, **RETRY)
def tell_visitors(*, organization_id: int, **_later: Any) -> None:
    """Queue the mails of every change of status that is still to be told. Delivered twice, nobody is told twice."""
    with organization_scope(organization_id):
        while services.tell_visitors(organization_id=organization_id, now=timezone.now()) >= 0:
            pass


@job("feedback.cluster", queue="solver")
def cluster(progress: Progress) -> dict[str, Any]:
    """Find themes anew."""
    organization = Organization.objects.get(pk=progress.payload["organization"])
    actor = User.objects.filter(pk=progress.payload["actor"] or 0).first()
    return services.carry_out_clustering(actor=actor, organization=organization, report=progress.report)


@shared_task(name="feedback.refresh_all_themes", ignore_result=True)
def refresh_all_themes(**_later: Any) -> None:
    """Look in every organization, by a task of its own, whether enough is of no theme."""
    for organization_id in organizations():
        refresh_themes.delay(organization_id=organization_id)


@shared_task(name="feedback.refresh_themes", acks_late=True, **RETRY)
def refresh_themes(*, organization_id: int, **_later: Any) -> None:
    """Have themes found anew where enough is of none. Delivered twice, the second finds that it is being done."""
    with organization_scope(organization_id):
        services.refresh_themes(organization_id)


@job("feedback.write_story", queue="delivery")
def write_story(progress: Progress) -> dict[str, Any]:
    """Let the model write a story. Run again, it uses the answer that it got, and asks for none that may be paid."""
    given = progress.payload
    story = UserStory.objects.select_related("organization", "job__started_by").get(pk=given["story"])
    return services.write_story(
        actor=story.job.started_by,
        story=story,
        version=given["version"],
        is_fresh=given["is_fresh"],
        report=partial(progress.report, 0),
    )


@job("feedback.try_drafting", queue="delivery")
def try_drafting(progress: Progress) -> dict[str, Any]:
    """Send a sample to the model that writes drafts."""
    given = progress.payload
    return services.carry_out_trial(
        actor=User.objects.get(pk=given["actor"]),
        endpoint=DraftingEndpoint.objects.get(pk=given["endpoint"]),
        job_id=given["job"],
        report=partial(progress.report, 0),
    )


@shared_task(name="feedback.forget_all_unconfirmed", ignore_result=True)
def forget_all_unconfirmed(**_later: Any) -> None:
    """Delete the addresses that nobody confirmed, night by night."""
    for organization_id in organizations():
        with organization_scope(organization_id):
            services.forget_unconfirmed(organization_id=organization_id, now=timezone.now())


def _has_due_mailbox(organization_id: int) -> bool:
    """It is time to look into one again, and no living worker does."""
    return Mailbox.objects.filter(organization_id=organization_id).due(timezone.now()).exists()


@rung_while(_has_due_mailbox)
@shared_task(name="feedback.poll_mailboxes", acks_late=True, soft_time_limit=240, time_limit=280, **RETRY)
def poll_mailboxes(*, organization_id: int, **_later: Any) -> None:
    """Read mailboxes that are due, for a minute at most: the sweep rings again while there are more."""
    began = time.monotonic()
    with organization_scope(organization_id):
        while time.monotonic() - began < 60:
            if services.poll_next_mailbox(organization_id=organization_id, now=timezone.now()) is None:
                return


@job("feedback.mask")
def mask(progress: Progress) -> dict[str, Any]:
    """Mask personal data in what is stored."""
    organization = Organization.objects.get(pk=progress.payload["organization"])
    actor = User.objects.get(pk=progress.payload["actor"])
    return services.mask_stored(actor=actor, organization=organization, report=progress.report)
