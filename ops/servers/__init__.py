"""Real servers from wheels: PostgreSQL and Valkey, for `make run`, the tests and the benchmarks."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from ops.servers.base import Server
from ops.servers.postgres import Postgres
from ops.servers.valkey import Valkey
from ops.state import OpsError, var

__all__ = ["Postgres", "Server", "Servers", "Valkey"]

OUTSIDE = {"postgres": ("DATABASE_URL", "DATABASE_URL_FILE"), "valkey": ("REDIS_URL", "REDIS_URL_FILE")}


def is_outside(server: str, environ: Mapping[str, str]) -> bool:
    """Whether the environment names a server of the person's own."""
    return any(environ.get(name) for name in OUTSIDE[server])


class Servers:
    """The PostgreSQL and the Valkey of one folder.

    Args:
        home: the folder that holds the data of both.
        throwaway: for tests: faster, empty Valkey at each start, a cluster that is made anew after a crash.
        environ: where a server is named here (DATABASE_URL, REDIS_URL), that one is used and none is started.
    """

    def __init__(self, home: Path, *, throwaway: bool = False, environ: Mapping[str, str] | None = None) -> None:
        named = environ or {}
        self.postgres = None if is_outside("postgres", named) else Postgres(home / "postgres", throwaway=throwaway)
        self.valkey = None if is_outside("valkey", named) else Valkey(home / "valkey", throwaway=throwaway)

    @classmethod
    def for_tests(cls, worker: str | None = None) -> Self:
        """The servers of one test process, claimed and with an address, but not started.

        Two test runs in one tree get different ones. Call it once per process, and `start()` before the first test
        that needs them.

        Args:
            worker: the name pytest-xdist gives the process; by default its environment variable, else "main".
        """
        worker = worker or os.environ.get("PYTEST_XDIST_WORKER") or "main"
        for attempt in range(1, 100):
            servers = cls(var() / "test" / (worker if attempt == 1 else f"{worker}-{attempt}"), throwaway=True)
            if not any(server.is_running_elsewhere() for server in servers.embedded):
                try:
                    servers.prepare()
                except OpsError:
                    servers.stop()
                    continue
                return servers
        raise OpsError(f"All test servers under {var() / 'test'} are in use.")

    @property
    def embedded(self) -> list[Server]:
        return [server for server in (self.postgres, self.valkey) if server is not None]

    def prepare(self) -> None:
        for server in self.embedded:
            server.prepare()

    def environment(self) -> dict[str, str]:
        """DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL of the embedded ones; known after `prepare()` or `start()`."""
        return {name: value for server in self.embedded for name, value in server.environment().items()}

    def start(self) -> None:
        """Start what does not run yet, and wait until it answers."""
        for server in self.embedded:
            if not server.is_alive():
                server.start()

    def stop(self, *, immediately: bool = False) -> None:
        """Stop the broker, then the database; may be called again."""
        for server in reversed(self.embedded):
            server.stop(immediately=immediately)

    def processes(self) -> list[subprocess.Popen[bytes]]:
        return [server.process for server in self.embedded if server.process is not None]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
