"""Requests over one kept connection, and the processor time that they cost the worker and the database."""

import http.client
import json
import os
import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Call:
    """A request that is made again and again.

    Args:
        body: makes the body of the n-th request, for a POST.
    """

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Callable[[int], Any] | None = None
    repeats: int = 100


@dataclass(frozen=True)
class Cost:
    """What one request costs, as the median of the rounds; `status` is that of the last answer."""

    worker_ms: float
    database_ms: float
    wall_ms: float
    statements: float
    size_kb: float
    status: int

    @property
    def total_ms(self) -> float:
        return self.worker_ms + self.database_ms


class Meter:
    """Measures calls in turns, so that whatever disturbs the machine disturbs all of them alike."""

    def __init__(
        self,
        port: int,
        worker: Callable[[], Iterable[int]],
        database: Callable[[], Iterable[int]],
        statements: Callable[[], int],
    ) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.worker, self.database, self.statements = worker, database, statements
        self.number = 0

    def measure(self, calls: Mapping[str, Call], *, rounds: int) -> dict[str, Cost]:
        """The cost of each call.

        Args:
            calls: by name; each is repeated `Call.repeats` times in each round.
            rounds: at least five, of which the medians are taken.
        """
        found: dict[str, list[Cost]] = {name: [] for name in calls}
        for call in calls.values():
            self._round(call, repeats=20)
        for _ in range(rounds):
            for name, call in calls.items():
                found[name].append(self._round(call, repeats=call.repeats))
        return {name: _median(costs) for name, costs in found.items()}

    def ask(self, call: Call) -> tuple[int, bytes]:
        """One request; returns the status and the body."""
        self.number += 1
        body = json.dumps(call.body(self.number)) if call.body else None
        headers = {**call.headers, **({"Content-Type": "application/json"} if body else {})}
        self.connection.request(call.method, call.path, body=body, headers=headers)
        response = self.connection.getresponse()
        return response.status, response.read()

    def _round(self, call: Call, *, repeats: int) -> Cost:
        statements = self.statements()
        worker, database, begun_at = cpu_seconds(self.worker()), cpu_seconds(self.database()), time.perf_counter()
        status, size = 0, 0
        for _ in range(repeats):
            status, answer = self.ask(call)
            size = len(answer)
        wall = time.perf_counter() - begun_at
        worker, database = cpu_seconds(self.worker()) - worker, cpu_seconds(self.database()) - database
        return Cost(
            worker_ms=worker / repeats * 1000,
            database_ms=database / repeats * 1000,
            wall_ms=wall / repeats * 1000,
            statements=(self.statements() - statements) / repeats,
            size_kb=size / 1000,
            status=status,
        )


def cpu_seconds(pids: Iterable[int]) -> float:
    """Processor time that living processes have used, all threads, user and system."""
    return sum(_cpu_seconds(pid) for pid in pids)


def _cpu_seconds(pid: int) -> float:
    """To the nanosecond where the kernel keeps it (schedstat), else to the tick (stat, fields 14 and 15)."""
    try:
        tasks = [path.read_text().split() for path in Path(f"/proc/{pid}/task").glob("*/schedstat")]
        if tasks and any(int(task[0]) for task in tasks):
            return sum(int(task[0]) for task in tasks) / 1e9
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(after_name[11]) + int(after_name[12])) * TICK_SECONDS


def _median(costs: list[Cost]) -> Cost:
    def middle(name: str) -> float:
        return statistics.median(getattr(cost, name) for cost in costs)

    names = ("worker_ms", "database_ms", "wall_ms", "statements", "size_kb")
    return Cost(**{name: middle(name) for name in names}, status=costs[-1].status)
