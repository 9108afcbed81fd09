"""Long work as rows: queued with the change that asked for it, claimed, watched, stopped, taken up again."""

import datetime
import traceback
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F
from django.utils import timezone

from core.access import can, require
from core.errors import Conflict, DomainError, NotAllowed
from core.jobs import JOB_HANDLERS, JOB_QUEUES, JOB_TASKS, JobStopped, enqueue, queue_of
from events.models import Job, JobStatus
from events.services.recording import record

logger = structlog.get_logger(__name__)

#: A running job that has not been heard of for so long has lost its worker.
LOST_AFTER = datetime.timedelta(seconds=60)
MOST_ATTEMPTS = 5
#: A worker is heard of; answers whether it is to stop, and nothing where the job is no longer its own.
HEARD = """
UPDATE events_job
SET done_count = %s, total_count = COALESCE(%s, total_count), message = COALESCE(NULLIF(%s, ''), message),
    heartbeat_at = %s, version = version + 1
WHERE id = %s AND status = 'running' AND attempt_count = %s
RETURNING stop_requested_at IS NOT NULL
"""


@transaction.atomic
def start_job(
    *, actor: Any, organization: Any, kind: str, title: str, payload: dict[str, Any], result_path: str = ""
) -> Job:
    """Queue long work and ring a worker.

    Args:
        actor: None for the system itself.
    Raises:
        NotAllowed: the actor's role may not start jobs.
        KeyError: no handler is registered for `kind`.
    """
    if actor is not None:
        require(actor, "job.start", organization)
    JOB_HANDLERS[kind]
    job = Job.objects.create(
        organization=organization,
        kind=kind,
        title=title[:300],
        payload=payload,
        started_by=actor,
        result_path=result_path,
    )
    record("job.queued", actor=actor, subject=job, changes={"kind": [None, kind]})
    enqueue(JOB_TASKS[queue_of(kind)], organization_id=organization.pk)
    return job


@transaction.atomic
def request_stop(*, actor: Any, job: Job) -> Job:
    """Ask a job to stop at its next step; what it has committed stays, and its result says what that is.

    Raises:
        NotAllowed: somebody else's job, and the actor's role may not stop it.
        Conflict: it has finished.
    """
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.started_by_id != actor.pk and not can(actor, "job.stop_any", job.organization_id):
        raise NotAllowed("Only the person who started this job, an owner or a portfolio manager may stop it.")
    if job.is_finished:
        raise Conflict(f"“{job.title}” has finished already.")
    job.stop_requested_at = timezone.now()
    if job.status == JobStatus.QUEUED:
        job.status, job.finished_at, job.message = JobStatus.STOPPED, timezone.now(), "Stopped before it began."
    job.version += 1
    job.save()
    record("job.stop_requested", actor=actor, subject=job)
    return job


@transaction.atomic
def claim_job(organization_id: int, queue: str | None = None) -> Job | None:
    """Take the oldest waiting job of the organization in scope, or None; two workers never take the same.

    Args:
        queue: take jobs of this queue alone; None takes any.
    """
    waiting = Job.objects.filter(organization_id=organization_id, status=JobStatus.QUEUED)
    if queue == "default":
        waiting = waiting.exclude(kind__in=JOB_QUEUES)
    elif queue is not None:
        waiting = waiting.filter(kind__in=[kind for kind, of in JOB_QUEUES.items() if of == queue])
    job = waiting.select_for_update(skip_locked=True).order_by("pk").first()
    if job is None:
        return None
    now = timezone.now()
    job.status, job.heartbeat_at, job.attempt_count = JobStatus.RUNNING, now, job.attempt_count + 1
    job.started_at = job.started_at or now
    job.version += 1
    job.save()
    return job


def run_job(job: Job) -> None:
    """Do a claimed job's work and keep its end, good or bad, in words."""
    progress, attempt = RowProgress(job), job.attempt_count
    try:
        result = JOB_HANDLERS[job.kind](progress)
    except JobStopped as stopped:
        words = str(stopped) or "Stopped. What was done until then is kept."
        finish_job(job.pk, JobStatus.STOPPED, attempt=attempt, message=words)
    except DomainError as error:
        finish_job(job.pk, JobStatus.FAILED, attempt=attempt, message=str(error)[:300], error=str(error))
    except Exception:  # the outermost loop of the worker: a job that breaks must not take the others with it
        logger.exception("job_failed", job=job.pk, kind=job.kind)
        words, trace = "The job broke. Try again, or ask an administrator to look.", traceback.format_exc(limit=5)
        finish_job(job.pk, JobStatus.FAILED, attempt=attempt, message=words, error=trace)
    else:
        words = str(result.get("message", ""))
        finish_job(job.pk, JobStatus.DONE, attempt=attempt, message=words, result=result)
    finally:
        progress.close()


@transaction.atomic
def finish_job(
    job_id: int,
    status: JobStatus,
    *,
    attempt: int | None = None,
    message: str = "",
    error: str = "",
    result: Any = None,
) -> None:
    """Write a job's end and record it. A worker that was thought lost ends nothing: the job is another's by now.

    One that was thought lost and has done all of it after all spares the next the work.
    """
    job = Job.objects.select_for_update().get(pk=job_id)
    is_given_up = attempt is not None and job.status == JobStatus.QUEUED and status != JobStatus.DONE
    if job.is_finished or is_given_up or attempt not in (None, job.attempt_count):
        return
    job.status, job.finished_at, job.message, job.error = status, timezone.now(), message[:300], error
    job.result = result if result is not None else job.result
    job.version += 1
    job.save()
    record(
        f"job.{status.value}",
        actor=job.started_by,
        subject=job,
        changes={"status": ["running", status.value]},
        note=message,
    )


def requeue_lost_jobs(organization_id: int) -> int:
    """Put jobs whose worker has died back into the queue; after five attempts they fail. Returns how many."""
    lost = Job.objects.filter(
        organization_id=organization_id, status=JobStatus.RUNNING, heartbeat_at__lt=timezone.now() - LOST_AFTER
    )
    for job in lost.filter(attempt_count__gte=MOST_ATTEMPTS):
        finish_job(job.pk, JobStatus.FAILED, message=f"Its worker died {MOST_ATTEMPTS} times. What was done is kept.")
    return lost.filter(attempt_count__lt=MOST_ATTEMPTS).update(status=JobStatus.QUEUED, version=F("version") + 1)


def waiting_queues(organization_id: int) -> set[str]:
    """The queues whose workers should be rung for the organization in scope; takes up jobs of dead workers first."""
    requeue_lost_jobs(organization_id)
    waiting = Job.objects.filter(organization_id=organization_id, status=JobStatus.QUEUED)
    return {queue_of(kind) for kind in waiting.order_by().values_list("kind", flat=True).distinct()}


class RowProgress:
    """A running job's progress, kept in its row in a statement of its own, which others see at once.

    Work that is done in one transaction is told over a second connection: of its own, nobody would hear before its end.
    """

    def __init__(self, job: Job) -> None:
        self.job, self.payload = job, job.payload
        self._is_unseen = connection.in_atomic_block  # claimed in a transaction that is open still
        self._beside: BaseDatabaseWrapper | None = None

    def report(self, done: int, total: int | None = None, message: str = "") -> None:
        """Keep the row current and the job alive; see `core.jobs.Progress`."""
        values = [done, total, message[:300], timezone.now(), self.job.pk, self.job.attempt_count]
        with self._connection().cursor() as cursor:
            cursor.execute(HEARD, values)
            row = cursor.fetchone()
        if row is None or row[0]:
            raise JobStopped(
                f"Stopped after {done} of {total or self.job.total_count or 'an unknown number'}."
                " What was done until then is kept."
            )

    def close(self) -> None:
        """Give the second connection back, if there is one."""
        if self._beside is not None:
            self._beside.close()
            self._beside = None

    def _connection(self) -> BaseDatabaseWrapper:
        if self._is_unseen or not connection.in_atomic_block:
            return connection
        if self._beside is None:
            self._beside = connection.copy()
        return self._beside
