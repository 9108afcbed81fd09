"""Feedback from its arrival to its analysis: stored, read by two real workers, labeled, with vectors and events."""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench.figures import Figure
from bench.load import TICK_SECONDS
from bench.stage import Options, Stage, stage
from ops.processes import end, spawn
from ops.state import ROOT

ITEMS = int(os.environ.get("BENCH_PIPELINE_ITEMS", "20000"))
LEAST_SPEED, CORES, WARM_UP = 300, 2, 1_000
WORKER = ["-m", "celery", "--quiet", "--app", "config.celery", "worker", "--concurrency", "2", "--queues", "analysis"]


def run(options: Options) -> Iterator[Figure]:
    """The figures, one after the other."""
    with stage(replace(options, items=100, small_items=100)) as made:
        made.stop()
        with (made.home / "worker.log").open("wb") as log:
            command = [sys.executable, *WORKER, "--loglevel", "error", "--without-mingle", "--without-gossip"]
            worker = spawn(command, env=made.environment, cwd=ROOT, stdout=log.fileno())
        try:
            yield from figures(made, worker.pid)
        finally:
            end(worker, [(15, 10), (9, 5)])


def figures(made: Stage, worker: int) -> Iterator[Figure]:
    server = made.servers.postgres.process.pid if made.servers.postgres and made.servers.postgres.process else 0
    before = lived(worker), lived(server)
    facts = json.loads(made.django(["bench_pipeline", "--items", str(ITEMS)], made.environment))
    read, database = (
        (lived(pid) - seconds) / (ITEMS + WARM_UP) for pid, seconds in zip((worker, server), before, strict=True)
    )
    spent = facts["sender"] / ITEMS + read + database
    wall = f"stored after {facts['received']:.1f} s, read after {facts['seconds']:.1f} s by the clock"
    yield Figure(
        "pipeline.items", ITEMS, "items", note=f"{facts['vectors']:,} have a vector, {WARM_UP:,} to warm up included"
    )
    yield Figure(
        "pipeline.speed", CORES / spent, "items/s", floor=facts["alone"] * CORES, least=LEAST_SPEED,
        note=f"by processor time of all processes on {CORES} cores; {wall}; floor: the algorithms alone",
    )  # fmt: skip
    for name, seconds in (("sender", facts["sender"] / ITEMS), ("worker", read), ("database", database)):
        yield Figure(f"pipeline.{name}", seconds * 1000, "ms", note="processor time for each item")


def lived(pid: int) -> float:
    """Seconds of processor time of a process and of all that it has started, those that have ended included."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) * TICK_SECONDS + sum(lived(int(child)) for child in children)
