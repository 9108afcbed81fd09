"""`make run` as a person meets it: from an empty folder to a page, and again after a kill."""

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest

from ops import clean
from ops.state import ROOT, State
from tests.ops.watched import Watched, all_gone_within, children, spawned_by

pytestmark = [pytest.mark.xdist_group("run"), pytest.mark.long]
OTHERS = ("DATABASE_", "REDIS_", "SECRET_KEY", "LOG_", "PORTOLAN_", "PORT", "ALLOWED_HOSTS")


@pytest.fixture
def start(tmp_path):
    """Starts Portolan in a folder of its own, with plain static files; whatever still runs at the end is stopped."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(OTHERS)}
    environment |= {"PORTOLAN_VAR": str(tmp_path / "var"), "PORTOLAN_PLAIN_STATIC": "1"}
    started = []

    def begin() -> Watched:
        process = subprocess.Popen(
            [sys.executable, "-m", "ops.run"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return Watched(process, patience_seconds=120)

    yield begin
    for process in started:
        process.terminate()
        process.communicate()
    for stand_in in clean.stand_ins(tmp_path / "var"):
        shutil.rmtree(stand_in)


def get(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def readiness(port: int) -> dict:
    """What /readyz says, once the worker that starts beside the web server has been heard of."""
    for _ in range(120):
        if not (told := json.loads(get(port, "/readyz")[1]))["problems"]:
            break
        time.sleep(0.5)
    return told


def requests_for_metrics(port: int) -> float:
    """How often /metrics was asked for, by its own account."""
    counted = re.search(
        rb'^django_http_requests_total_by_view_\S+view="metrics"} (\S+)$', get(port, "/metrics")[1], re.M
    )
    return float(counted[1]) if counted else 0.0


def test_from_an_empty_folder_to_a_page_and_again_after_a_kill(start, tmp_path):
    # The demo organization has tests of its own, and takes a while.
    State(tmp_path / "var" / "postgres" / "state.json").put(demo=True)
    portolan = start()
    port = int(portolan.until(r"Portolan runs at http://127.0.0.1:(\d+)/")[1])

    assert get(port, "/healthz") == (200, b"ok\n")
    status, page = get(port, "/sign-in/")
    assert status == 200
    assert b"<form" in page
    # The application's role, its rights, its broker and its worker, as the application itself sees them.
    assert readiness(port) == {"ready": True, "problems": {}}
    groups = spawned_by(portolan.process.pid)
    assert len(groups) >= 5
    # Whichever of the web processes answers, it tells what all of them have counted.
    first, *others = [requests_for_metrics(port) for _ in range(6)]
    assert others == [first + number for number in range(1, 6)]

    portolan.process.kill()
    again = start()

    found = again.until(r"Portolan runs at http://127.0.0.1:(\d+)/ +\(started in (\d+) s\)")
    assert int(found[1]) == port
    # 4 s where nothing else runs, 22 s at a load of 10; that nothing is done twice is asserted below.
    assert int(found[2]) < 60
    assert not any(children(group) for group in groups)
    assert get(port, "/healthz")[0] == 200
    assert not [line for line in again.lines if line.startswith(("migrate", "static", "demo"))]

    groups = spawned_by(again.process.pid)
    again.process.send_signal(signal.SIGINT)
    again.until(r"Stopped\.")
    assert again.process.wait(30) == 0
    assert all(all_gone_within(5, group) for group in groups)
