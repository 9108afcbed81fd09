"""Doorbells, and the sweep that rings again when a message was lost."""

from typing import Any

from celery import current_app, shared_task
from django.db import OperationalError
from django.utils import timezone

from core.health import worker_lives
from core.jobs import JOB_TASKS, ROW_QUEUES, rung_while
from core.tenancy import organization_scope
from events import services
from events.followers import FOLLOWERS
from events.models import MailState, OutgoingMail

RETRY: dict[str, Any] = {"autoretry_for": (OperationalError,), "retry_backoff": True, "max_retries": 5}


@rung_while(services.has_unread_events)
@shared_task(name="events.ring_followers", acks_late=True, **RETRY)
def ring_followers(*, organization_id: int, **_later: Any) -> None:
    """Let every follower read what is new. Delivered twice, the second finds nothing."""
    with organization_scope(organization_id):
        for name in FOLLOWERS:
            services.catch_up(organization_id, name)


@shared_task(name="events.run_jobs", acks_late=True, **RETRY)
def run_jobs(*, organization_id: int, **_later: Any) -> None:
    """Run waiting jobs until there are none. Delivered twice, the second finds nothing to claim."""
    _run_jobs(organization_id, "default")


@shared_task(name="events.run_solver_jobs", acks_late=True, **RETRY)
def run_solver_jobs(*, organization_id: int, **_later: Any) -> None:
    """The same for jobs that optimize, which workers of their own run."""
    _run_jobs(organization_id, "solver")


@shared_task(name="events.run_delivery_jobs", acks_late=True, **RETRY)
def run_delivery_jobs(*, organization_id: int, **_later: Any) -> None:
    """The same for jobs that wait for other servers."""
    _run_jobs(organization_id, "delivery")


def _run_jobs(organization_id: int, queue: str) -> None:
    with organization_scope(organization_id):
        while job := services.claim_job(organization_id, queue):
            services.run_job(job)


@rung_while(services.has_due_deliveries)
@shared_task(name="events.deliver_webhooks", acks_late=True, **RETRY)
def deliver_webhooks(*, organization_id: int, **_later: Any) -> None:
    """Send what is due. Delivered twice, the second finds nothing to claim."""
    with organization_scope(organization_id):
        services.deliver_webhooks(organization_id=organization_id)


@shared_task(name="events.forget_all_deliveries", ignore_result=True)
def forget_all_deliveries(**_later: Any) -> None:
    """Every night, what webhooks told long ago is forgotten."""
    for organization_id in services.organizations():
        with organization_scope(organization_id):
            services.forget_deliveries(organization_id=organization_id, now=timezone.now())


def _has_mail(organization_id: int) -> bool:
    """Mail is due: a message of the broker was lost, a worker died, or the time for the next try has come."""
    waiting = OutgoingMail.objects.filter(organization_id=organization_id, state=MailState.WAITING)
    return waiting.filter(next_try_at__lte=timezone.now()).exists()


@rung_while(_has_mail)
@shared_task(name="events.deliver_mail", acks_late=True, **RETRY)
def deliver_mail(*, organization_id: int, **_later: Any) -> None:
    """Send the mail that is due. Delivered twice, the second finds nothing to claim."""
    with organization_scope(organization_id):
        services.deliver_mail(organization_id=organization_id, now=timezone.now())


@shared_task(name="events.sweep", ignore_result=True)
def sweep(**_later: Any) -> None:
    """Ring wherever there is work left: a message was lost, or a worker died. It also shows that a worker lives."""
    worker_lives()
    for organization_id in services.organizations():
        with organization_scope(organization_id):
            names = [name for name, has_work in ROW_QUEUES.items() if has_work(organization_id)]
            names += [JOB_TASKS[queue] for queue in services.waiting_queues(organization_id)]
            for name in names:
                current_app.tasks[name].delay(organization_id=organization_id)
