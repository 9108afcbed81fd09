"""Processes that end with the one that started them."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
# Loaded once, here: the hook below runs between fork and exec, where nothing may be imported.
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Account:
    """The user a server runs as when we are root."""

    name: str
    uid: int
    gid: int


def account(*names: str) -> Account | None:
    """The first of `names` this machine knows."""
    for name in names:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(name, entry.pw_uid, entry.pw_gid)
    return None


def spawn(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    cwd: Path | None = None,
    stdin: int | IO[bytes] = subprocess.DEVNULL,
    stdout: int | IO[bytes] | None = None,
    as_account: Account | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own that gets `death_signal` when we die, even by kill -9 (on Linux).

    The signal follows the thread that calls this, so call it from the main thread.
    """
    parent = os.getpid()

    def tie_to_parent() -> None:
        # After the change of user, which would clear it (prctl(2), PR_SET_PDEATHSIG).
        if LIBC is not None:
            LIBC.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return subprocess.Popen(
        [str(part) for part in command],
        env=dict(env),
        cwd=cwd,
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.STDOUT if stdout is not None else None,
        start_new_session=True,
        preexec_fn=tie_to_parent,
        user=as_account.uid if as_account else None,
        group=as_account.gid if as_account else None,
        extra_groups=[] if as_account else None,
    )


def can_enter(folder: Path, who: Account) -> bool:
    """Whether that user can get into `folder`, every parent of it included."""
    probe = ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]
    answer = subprocess.run(
        probe, user=who.uid, group=who.gid, extra_groups=[], cwd="/", capture_output=True, check=False
    )
    return answer.returncode == 0


def command_line(pid: int) -> str:
    """The command of a living process, or nothing."""
    if Path("/proc/self").exists():
        with contextlib.suppress(OSError):
            # A zombie has an empty command line: it runs nothing any more.
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        return ""
    answer = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False)
    return answer.stdout.strip()


def end_stray(pid: int, mark: str, signals: Sequence[tuple[signal.Signals, float]]) -> None:
    """End a process that is not our child while its command line holds `mark`, with each signal and its patience."""
    for number, patience_seconds in signals:
        if mark not in command_line(pid):
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + patience_seconds
        while time.monotonic() < deadline and mark in command_line(pid):
            time.sleep(0.02)


def end(process: subprocess.Popen[bytes], signals: Sequence[tuple[signal.Signals, float]]) -> None:
    """End our child with each signal and its patience, and then whatever it left in its process group."""
    for number, patience_seconds in signals:
        if process.poll() is not None:
            break
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience_seconds)
    end_group(process.pid)


def end_group(leader_pid: int) -> None:
    """Kill what is left of a process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader_pid, signal.SIGKILL)


def how_it_ended(returncode: int) -> str:
    """An exit in words."""
    if returncode >= 0:
        return f"exit code {returncode}"
    with contextlib.suppress(ValueError):
        return f"killed by {signal.Signals(-returncode).name}"
    return f"killed by signal {-returncode}"
