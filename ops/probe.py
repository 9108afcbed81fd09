"""Health checks of the containers: `python -m ops.probe web|worker|beat`, exit code 0 when healthy."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from ops.state import ROOT, var

BEAT_SILENCE_SECONDS = 10 * 60  # Beat saves its schedule every three minutes.


def web() -> str:
    """Why the web server is not well, or nothing."""
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("GRANIAN_PORT", "8000")), timeout=4)
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"The web server does not answer: {error}"
    finally:
        connection.close()
    return "" if status == 200 else f"/healthz answered {status}"


def worker() -> str:
    """Why the worker of this container is not well, or nothing."""
    celery = [sys.executable, "-m", "celery", "--quiet", "--app", "config.celery", "inspect", "ping", "--timeout", "10"]
    answer = subprocess.run(
        [*celery, "--destination", f"portolan@{os.uname().nodename}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=25,
        check=False,
    )
    return "" if answer.returncode == 0 else f"The worker does not answer: {(answer.stdout + answer.stderr).strip()}"


def beat() -> str:
    """Why beat is not well, or nothing."""
    schedules = [path.stat().st_mtime for path in var().glob("celerybeat-schedule*")]
    if not schedules:
        return "Beat has not written its schedule yet."
    silence_seconds = time.time() - max(schedules)
    return f"Beat is silent for {silence_seconds:.0f} s." if silence_seconds > BEAT_SILENCE_SECONDS else ""


PROBES: dict[str, Callable[[], str]] = {"web": web, "worker": worker, "beat": beat}


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in PROBES:
        print(f"usage: python -m ops.probe {'|'.join(PROBES)}", file=sys.stderr)
        return 2
    if complaint := PROBES[arguments[0]]():
        print(complaint, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
