"""Doorbells, and the sweep that rings again when a message was lost."""

from typing import Any

from celery import current_app, shared_task
from django.db import OperationalError

from core.health import worker_lives
from core.jobs import JOB_TASKS
from core.tenancy import organization_scope
from events import services
from events.followers import FOLLOWERS

RETRY: dict[str, Any] = {"autoretry_for": (OperationalError,), "retry_backoff": True, "max_retries": 5}


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


def _run_jobs(organization_id: int, queue: str) -> None:
    with organization_scope(organization_id):
        while job := services.claim_job(organization_id, queue):
            services.run_job(job)


@shared_task(name="events.sweep", ignore_result=True)
def sweep(**_later: Any) -> None:
    """Ring wherever there is work left: a message was lost, or a worker died. It also shows that a worker lives."""
    worker_lives()
    for organization_id in services.organizations():
        with organization_scope(organization_id):
            if services.has_unread_events(organization_id):
                ring_followers.delay(organization_id=organization_id)
            for queue in services.waiting_queues(organization_id):
                current_app.tasks[JOB_TASKS[queue]].delay(organization_id=organization_id)
