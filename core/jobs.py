"""Queue Celery tasks by name, so that services need not import tasks; and the register of long jobs."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

import structlog
from celery import Task, current_app
from django.db import connection, transaction
from kombu.exceptions import OperationalError

#: After a doorbell that could not be rung, none is tried for so long. The sweep, which beat starts, rings later.
SILENT_SECONDS = 5.0
_silent_until = 0.0
logger = structlog.get_logger(__name__)


class Progress(Protocol):
    """What a running job may say and ask while it works."""

    payload: dict[str, Any]

    def report(self, done: int, total: int | None = None, message: str = "") -> None:
        """Keep the row current and the job alive.

        Raises:
            JobStopped: somebody asked the job to stop. What was committed stays.
        """


class JobStopped(Exception):
    """Somebody asked the job to stop."""


JobHandler = Callable[[Progress], dict[str, Any]]
JOB_HANDLERS: dict[str, JobHandler] = {}
#: Queue of workers -> the task that runs its jobs. A long search must not hold what people wait for.
JOB_TASKS = {
    "default": "events.run_jobs",
    "solver": "events.run_solver_jobs",
    "delivery": "events.run_delivery_jobs",
}
#: Kind of job -> its queue; kinds that are not named here are of the default queue.
JOB_QUEUES: dict[str, str] = {}


def job(kind: str, *, queue: str = "default") -> Callable[[JobHandler], JobHandler]:
    """Register the function that does the work of jobs of `kind`. It may be run again after a crash.

    Args:
        queue: whose workers run it: `default`, `solver` for optimizing, or `delivery` for waiting for other servers.
    Raises:
        KeyError: no task runs jobs of that queue.
    """
    JOB_TASKS[queue]

    def register(handler: JobHandler) -> JobHandler:
        JOB_HANDLERS[kind] = handler
        if queue != "default":
            JOB_QUEUES[kind] = queue
        return handler

    return register


#: Task that takes up what rows of the organization in scope wait for -> whether any waits. The sweep rings where so.
ROW_QUEUES: dict[str, Callable[[int], bool]] = {}


def rung_while(has_work: Callable[[int], bool]) -> Callable[["Task[..., Any]"], "Task[..., Any]"]:
    """Let the sweep ring a task for each organization where work waits in rows; it is called with `organization_id`.

    Args:
        has_work: says for the id of the organization in scope whether rows wait that no living worker holds.
    """

    def register(task: "Task[..., Any]") -> "Task[..., Any]":
        ROW_QUEUES[task.name] = has_work
        return task

    return register


def queue_of(kind: str) -> str:
    """Whose workers run jobs of a kind."""
    return JOB_QUEUES.get(kind, "default")


def enqueue(task_name: str, **kwargs: Any) -> None:
    """Ring a task's doorbell once the present transaction commits; again in the same transaction is no second ring.

    The message may be lost: the rows written in the same transaction are the queue, and a sweep rings again.

    Raises:
        celery.exceptions.NotRegistered: no task has that name. Raised at once, not at commit.
    """
    task = current_app.tasks[task_name]
    ring = partial(_send, task, kwargs)
    if not any(_is_same(ring, entry[1]) for entry in connection.run_on_commit):
        transaction.on_commit(ring)


def _is_same(ring: "partial[None]", other: Any) -> bool:
    return isinstance(other, partial) and (other.func, other.args) == (ring.func, ring.args)


def _send(task: "Task[..., Any]", kwargs: dict[str, Any]) -> None:
    global _silent_until
    if time.monotonic() < _silent_until:
        return  # a broker that hangs would cost every write its whole timeout
    try:
        task.apply_async(kwargs=kwargs, retry=False)
    except (OperationalError, ConnectionError, TimeoutError) as error:
        _silent_until = time.monotonic() + SILENT_SECONDS
        logger.warning("doorbell_not_rung", task=task.name, error=str(error))
