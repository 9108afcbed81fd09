"""Looking at a supervisor from outside: what it says, and which processes it has."""

import contextlib
import os
import re
import threading
import time
from pathlib import Path

from ops.processes import command_line


class Watched:
    """A supervisor in a process of its own, and what it says."""

    def __init__(self, process, patience_seconds: float = 20) -> None:
        self.process = process
        self.patience_seconds = patience_seconds
        self.lines: list[str] = []

    def until(self, pattern: str) -> re.Match:
        """The first line not asked for yet that matches."""
        for line in self.lines:
            if found := re.search(pattern, line):
                self.lines.remove(line)
                return found
        patience = threading.Timer(self.patience_seconds, self.process.kill)
        patience.start()
        try:
            for line in self.process.stdout:
                if found := re.search(pattern, line):
                    return found
                self.lines.append(line)
        finally:
            patience.cancel()
        raise AssertionError(f"{pattern!r} is not in {self.lines}")

    def pid_of(self, name: str) -> int:
        return int(self.until(rf"{name} +\| pid (\d+)")[1])


def children(pid: int) -> list[int]:
    """The living processes of that process group."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit() and command_line(int(entry)):
            try:
                if os.getpgid(int(entry)) == pid:
                    found.append(int(entry))
            except ProcessLookupError:
                continue
    return found


def spawned_by(pid: int) -> list[int]:
    """The children of a process, each the leader of its own group."""
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            # The name, in brackets, may hold anything; the parent is the second field after it.
            facts = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
            if int(facts[1]) == pid:
                found.append(int(entry))
    return found


def all_gone_within(seconds: float, group: int) -> bool:
    deadline = time.monotonic() + seconds
    while children(group) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not children(group)
