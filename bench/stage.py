"""The stage of a measurement: servers of its own, a seeded organization, and one worker as in production."""

import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.load import Meter
from ops.processes import end, spawn
from ops.servers import Servers
from ops.servers.base import unprivileged_account
from ops.state import ROOT, OpsError, free_port

WORKER_OPTIONS = ["--workers=1", "--blocking-threads=1", "--runtime-threads=1", "--no-ws"]


@dataclass(frozen=True)
class Options:
    """How large and how long.

    Args:
        items: activities of the large organization; it has a tenth as many projects.
        small_items: activities of the small one, against which growth is held.
        rounds: of which medians are taken.
        repeats: requests in a round.
        linked: activities of a third organization's one program, linked with each other; 0 leaves it out.
    """

    items: int = 20_000
    small_items: int = 1_000
    rounds: int = 7
    repeats: int = 60
    linked: int = 0


class Stage:
    """One worker over a seeded database. `facts` holds what was seeded, for each organization by its slug."""

    def __init__(self, servers: Servers, home: Path, options: Options) -> None:
        self.servers, self.home, self.options = servers, home, options
        self.web: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        self.facts: dict[str, Any] = {}
        self.cold_start_seconds = 0.0

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **self.servers.environment(),
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "SECRET_KEY": "only-for-measuring-" + "x" * 50,
            "PORTOLAN_DEBUG": "0",
            "PORTOLAN_PLAIN_STATIC": "1",
            "PORTOLAN_VAR": str(self.home),
            "ALLOWED_HOSTS": "127.0.0.1",
            "API_RATE_LIMIT_PER_MINUTE": "1000000000",
            "LOG_FORMAT": "json",
        }

    def prepare(self) -> None:
        """Migrate and seed."""
        owner = {**self.environment, "DATABASE_URL": self.servers.environment()["DATABASE_OWNER_URL"]}
        self.django(["migrate", "--no-input", "--verbosity", "0"], owner)
        self.sql("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        sizes = ["--items", str(self.options.items), "--small-items", str(self.options.small_items)]
        sizes += ["--linked", str(self.options.linked)]
        self.facts = json.loads(self.django(["bench_seed", *sizes], self.environment))
        self.sql("VACUUM ANALYZE")

    def start(self) -> None:
        """Start the worker, and wait until it answers."""
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
        command += ["--port", str(self.port), *WORKER_OPTIONS, "config.wsgi:application"]
        begun_at = time.monotonic()
        with (self.home / "web.log").open("wb") as log:
            self.web = spawn(command, env=self.environment, cwd=ROOT, stdout=log.fileno())
        while not self._answers():
            if self.web.poll() is not None or time.monotonic() - begun_at > 60:
                raise OpsError(f"The web server did not start:\n{(self.home / 'web.log').read_text()[-2000:]}")
            time.sleep(0.01)
        self.cold_start_seconds = time.monotonic() - begun_at

    def stop(self) -> None:
        if self.web is not None:
            end(self.web, [(15, 10), (9, 5)])

    def meter(self) -> Meter:
        return Meter(self.port, self.worker_pids, self.database_pids, self.statement_count)

    def worker_pids(self) -> list[int]:
        """The worker alone: the process that granian's own starts."""
        pid = self.web.pid if self.web else 0
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(child) for child in children if b"resource_tracker" not in _command(int(child))]

    def database_pids(self) -> list[int]:
        """The backends that serve the application."""
        found = self.sql("SELECT pid FROM pg_stat_activity WHERE usename = 'portolan_app'")
        return [int(line) for line in found.splitlines()]

    def statement_count(self) -> int:
        """Statements that the application has sent, BEGIN, COMMIT and settings included."""
        query = "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid"
        return int(self.sql(f"{query} WHERE rolname = 'portolan_app'"))

    def memory_mb(self) -> float:
        """Memory of the warm worker that it shares with nobody, and its part of what it shares."""
        text = "".join(Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in self.worker_pids())
        return sum(int(kb) for kb in re.findall(r"^Pss:\s+(\d+)", text, re.MULTILINE)) / 1024

    def sql(self, script: str) -> str:
        """Run SQL as the superuser."""
        if self.servers.postgres is None:
            raise OpsError("Measurements start a PostgreSQL of their own.")
        return self.servers.postgres.psql(script)

    def django(self, arguments: list[str], variables: dict[str, str]) -> str:
        """Run a management command; returns what it prints."""
        command = [sys.executable, "-m", "django", *arguments]
        answer = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
        if answer.returncode:
            raise OpsError(f"{' '.join(arguments)} failed:\n{answer.stderr[-3000:]}")
        return answer.stdout

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


@contextmanager
def stage(options: Options) -> Iterator[Stage]:
    """A stage that is set up, and struck whatever happens."""
    home = Path(tempfile.mkdtemp(prefix="portolan-bench-"))
    if unprivileged_account() is not None:
        home.chmod(0o755)  # so that the user whom PostgreSQL runs as can enter
    servers = Servers(home)
    made = Stage(servers, home, options)
    try:
        servers.start()
        made.prepare()
        made.start()
        yield made
    finally:
        made.stop()
        servers.stop(immediately=True)
        for server in servers.embedded:
            server.remove()
        shutil.rmtree(home, ignore_errors=True)


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
