"""What the embedded servers have in common: a home folder, a claim on it, and a process that is our direct child."""

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import os
import secrets
import shutil
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import IO

from ops.processes import Account, account, can_enter
from ops.state import Lock, OpsError, State, remembered_port


def wheel_folder(package: str) -> Path:
    """Where an installed wheel keeps its files; nothing of it is run."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise OpsError(f"The Python package {package} is not installed here. `make run` installs it.")
    return Path(spec.submodule_search_locations[0])


def wheel_version(distribution: str) -> str:
    return importlib.metadata.version(distribution)


def unprivileged_account() -> Account | None:
    """Whom PostgreSQL runs as when we are root, which it refuses; nobody else when we are not."""
    if os.geteuid() != 0:
        return None
    found = account("postgres", "nobody")
    if found is None:
        raise OpsError("PostgreSQL refuses to run as root, and this machine has no user `postgres` or `nobody`.")
    return found


# /var/tmp is swept after a month on many machines: good for tests, not for somebody's data.
STAND_IN_PARENTS = (Path("/var", "lib"), Path("/var", "tmp"))


def stand_in_name(folder: Path) -> str:
    return "portolan-" + hashlib.sha256(str(folder).encode()).hexdigest()[:12]


def stand_in_for(folder: Path) -> list[Path]:
    """The folders that stand in for `folder` outside, where there are any of ours."""
    candidates = [parent / stand_in_name(folder) for parent in STAND_IN_PARENTS]
    return [path for path in candidates if is_ours(path)]


def is_ours(path: Path) -> bool:
    """Whether this is a real folder that nobody else made or may write to."""
    if path.is_symlink() or not path.is_dir():
        return False
    facts = path.stat()
    return facts.st_uid == os.geteuid() and not facts.st_mode & 0o022


def folder_for(folder: Path, who: Account | None, *, throwaway: bool) -> Path:
    """`folder`, or a stand-in outside where the other user cannot reach it (a clone below /root, say).

    The stand-in is named after the folder, so the next start finds it. We never open up somebody's parent folders.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if who is None or can_enter(folder, who):
        return folder
    for parent in reversed(STAND_IN_PARENTS) if throwaway else STAND_IN_PARENTS:
        stand_in = parent / stand_in_name(folder)
        with contextlib.suppress(OSError):
            stand_in.mkdir(mode=0o755, exist_ok=True)
            if is_ours(stand_in) and can_enter(stand_in, who):
                return stand_in
    raise OpsError(f"User {who.name}, whom PostgreSQL runs as, cannot reach {folder}, /var/lib or /var/tmp.")


class Server(ABC):
    """One embedded server: data, state and log in `home`, one process at a time."""

    name = ""
    passwords: tuple[str, ...] = ()

    def __init__(self, home: Path, *, throwaway: bool = False) -> None:
        self.home = home.absolute()
        self.throwaway = throwaway
        self.process: subprocess.Popen[bytes] | None = None
        self.state = State(self.home / "state.json")
        self.lock = Lock(self.home / "lock")
        self._is_prepared = False
        # What is done while it starts, again and again, for a moment each. A supervisor reads its other programs' lines
        # meanwhile: one that nobody reads stands still when its pipe is full.
        self.idle: Callable[[], None] = lambda: time.sleep(0.01)

    @property
    def port(self) -> int:
        port = self.state.get("port")
        if not isinstance(port, int):
            raise OpsError(f"{self.name} has never been started in {self.home}.")
        return port

    def password(self, role: str) -> str:
        known = self.state.get("passwords") or {}
        if role not in known:
            raise OpsError(f"{self.name} has never been started in {self.home}.")
        return str(known[role])

    def is_running_elsewhere(self) -> bool:
        """Whether another process runs this server now; its address is then in the state."""
        return self.lock.is_held()

    def prepare(self) -> None:
        """Claim the home, and settle port and passwords, so that `environment()` can be told before the start."""
        if self.process is not None or self._is_prepared:
            return
        self.home.mkdir(parents=True, exist_ok=True)
        # Somebody killed a moment ago may still be letting go.
        if not self.lock.acquire(wait_seconds=5):
            raise OpsError(f"{self.name} in {self.home} is in use by {self.lock.holder() or 'another process'}.")
        self.end_stray()
        self.make_passwords()
        remembered_port(self.state)
        self._is_prepared = True

    def make_passwords(self) -> None:
        """A random password for each role that has none yet."""
        known = self.state.get("passwords") or {}
        missing = {role: secrets.token_urlsafe(24) for role in self.passwords if role not in known}
        if missing:
            self.state.put(passwords={**known, **missing})

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def log_tail(self) -> str:
        """The last lines the server wrote, when it writes to its own file."""
        with contextlib.suppress(OSError):
            return "\n".join((self.home / "log").read_text(errors="replace").splitlines()[-15:])
        return ""

    def open_log(self) -> IO[bytes]:
        """The server's own log, of this start and the one before."""
        log = self.home / "log"
        with contextlib.suppress(FileNotFoundError):
            log.replace(self.home / "log.1")
        return log.open("wb")

    def remove(self) -> None:
        """Stop, and delete all that the server keeps."""
        self.stop(immediately=True)
        shutil.rmtree(self.home, ignore_errors=True)

    @abstractmethod
    def end_stray(self) -> None:
        """End what a start that was killed has left running."""

    @abstractmethod
    def start(self, stdout: int | IO[bytes] | None = None) -> subprocess.Popen[bytes]:
        """Start and wait until it answers; output goes to `stdout`, or to the log in the home."""

    @abstractmethod
    def stop(self, *, immediately: bool = False) -> None:
        """Stop, cleanly or at once, and release the home."""

    @abstractmethod
    def environment(self) -> dict[str, str]:
        """The variables that lead Portolan to this server."""
