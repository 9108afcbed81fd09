"""Real Celery workers for tests, killed as hard as they can be."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress

from django.conf import settings

#: A worker on a busy machine takes its time to start; once it runs, its work follows in much less.
PATIENCE = 60


@contextmanager
def worker(queues="default", **variables):
    """A Celery worker as it runs in production, in a process group of its own."""
    command = [sys.executable, "-m", "celery", "--quiet", "--app", "config.celery", "worker", "--concurrency", "2"]
    process = subprocess.Popen(
        [*command, "--queues", queues, "--loglevel", "error", "--without-mingle", "--without-gossip"],
        cwd=settings.BASE_DIR, env={**os.environ, **variables}, start_new_session=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        kill(process)


def kill(process):
    """kill -9, children included: nothing is finished, nothing is said."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until(condition, seconds=PATIENCE):
    """How long it took; the sweep rings now and then, as beat does in production."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "it did not follow"
        time.sleep(0.1)
    return time.monotonic() - began
