"""What a machine remembers between two starts: places, small secrets, ports and who holds what."""

import contextlib
import fcntl
import json
import os
import secrets
import socket
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


class OpsError(Exception):
    """A reason the person at the keyboard can act on; shown without a traceback."""


def var() -> Path:
    """The folder of everything a running Portolan writes; git knows nothing of it."""
    folder = Path(os.environ.get("PORTOLAN_VAR") or ROOT / "var").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_private(path: Path, text: str) -> None:
    """Put `text` where only this user reads it; a reader sees the old text or the new, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def secret(path: Path) -> str:
    """The random secret kept at `path`, made on first use."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(48))
    return path.read_text(encoding="utf-8").strip()


class State:
    """A few facts in a private JSON file; a damaged file counts as empty."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, Any]:
        try:
            facts = json.loads(self.path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        except PermissionError as error:
            raise OpsError(f"{self.path} belongs to another user: use the account that made it.") from error
        return facts if isinstance(facts, dict) else {}

    def get(self, name: str) -> Any:
        return self.read().get(name)

    def put(self, **facts: Any) -> None:
        """Add or replace `facts`; one that is None is forgotten."""
        merged = {name: fact for name, fact in {**self.read(), **facts}.items() if fact is not None}
        write_private(self.path, json.dumps(merged, indent=1))


class Lock:
    """A claim on a folder that ends with the process that made it, however that process ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def acquire(self, *, wait_seconds: float = 0) -> bool:
        """Take the claim, or say after `wait_seconds` that another process has it."""
        if self._descriptor is not None:
            return True
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        except PermissionError as error:
            raise OpsError(f"{self.path} belongs to another user: use the account that made it.") from error
        deadline = time.monotonic() + wait_seconds
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    os.close(descriptor)
                    return False
                time.sleep(0.05)
            else:
                self._descriptor = descriptor
                self.note(f"process {os.getpid()}")
                return True

    def note(self, text: str) -> None:
        """Leave `text` for whoever finds the claim taken."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, text.encode(), 0)

    def holder(self) -> str:
        """What the holder noted about itself."""
        with contextlib.suppress(OSError):
            return self.path.read_text(encoding="utf-8").strip()
        return ""

    def is_held(self) -> bool:
        """Whether some other process holds the claim now."""
        if self._descriptor is not None or not self.path.exists():
            return False
        if taken := self.acquire():
            self.release()
        return not taken

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except (OSError, OverflowError):
            return False
    return True


def free_port() -> int:
    """A loopback port nobody listens on, chosen by the system."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def remembered_port(state: State) -> int:
    """The port of the last start where it is free again, otherwise a new one, which is remembered."""
    port = state.get("port")
    if not isinstance(port, int) or not is_free(port):
        port = free_port()
        state.put(port=port)
    return port
