"""Figures of the schedule engine, against networkx and the copying of the arrays in the same run.

The network is layered and random, two links for each activity, all four kinds of links, lags on all of them. networkx
does the same sums: early and late dates, total and free float, over a graph that carries kinds and lags.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from statistics import median
from typing import Any

import networkx
import numpy as np

from bench.figures import Figure
from bench.stage import Options
from projects.algorithms.critical_path import Engine
from projects.algorithms.longest_paths import LongestPaths
from projects.algorithms.network import CycleError, build_network, closing_path
from projects.algorithms.plan import LinkKind, Plan
from projects.algorithms.rescheduling import reschedule
from resources.algorithms.calendars import NIGHT_AND_DAY, OFFICE_HOURS, STANDARD, Calendar

LINKS = 100_000
MANY_LINKS = 1_000_000
DEEP_LEVELS = 8_274
EDITS = 2_000
FF, FS, SF = int(LinkKind.FF), int(LinkKind.FS), int(LinkKind.SF)
CALENDARS = (
    STANDARD,
    Calendar("Six days", (OFFICE_HOURS,) * 6 + ((),)),
    Calendar("Round the clock", (NIGHT_AND_DAY,) * 7),
)


@dataclass(frozen=True, slots=True)
class Links:
    """A random network: activities are numbered at random, so that no order is given away."""

    size: int
    predecessors: Any
    successors: Any
    kinds: Any
    lags: Any
    durations: Any


def layered(links: int, layers: int, seed: int = 5) -> Links:
    """Two links into each activity, from one of the three layers before it."""
    random = np.random.default_rng(seed)
    size = links // 2
    layer = np.sort(random.integers(0, layers, size))
    first = np.searchsorted(layer, np.arange(layers + 1))
    heads = np.repeat(np.flatnonzero(layer > 0), 2)
    low, high = first[np.maximum(layer[heads] - 3, 0)], first[layer[heads]]
    heads, low, high = heads[high > low], low[high > low], high[high > low]
    tails = low + (random.random(len(heads)) * (high - low)).astype(np.int64)
    tails, heads = np.unique(np.stack((tails, heads)), axis=1)
    number, count = random.permutation(size), len(heads)
    return Links(
        size,
        number[tails],
        number[heads],
        random.integers(0, 4, count),
        random.integers(-2, 6, count),
        random.integers(1, 20, size),
    )


def cpu(call: Callable[[], Any]) -> float:
    """Milliseconds of this process's processor time."""
    begun = time.process_time()
    call()
    return (time.process_time() - begun) * 1000


def in_turns(calls: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Medians of each call, made in turns so that a disturbance falls on all alike."""
    found: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            found[name].append(cpu(call))
    return {name: median(times) for name, times in found.items()}


def graph_of(links: Links) -> networkx.DiGraph:
    """The network as networkx has it, with durations, kinds and lags as attributes."""
    graph = networkx.DiGraph()
    graph.add_nodes_from((node, {"duration": length}) for node, length in enumerate(links.durations.tolist()))
    rows = zip(*(one.tolist() for one in (links.predecessors, links.successors, links.kinds, links.lags)), strict=True)
    graph.add_edges_from((tail, head, {"kind": kind, "lag": lag}) for tail, head, kind, lag in rows)
    return graph


def by_networkx(graph: networkx.DiGraph) -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
    """Early starts, late starts and free floats over a graph, written for speed."""
    length = dict(graph.nodes(data="duration"))
    order = list(networkx.topological_sort(graph))
    start: dict[int, int] = {}
    for node in order:
        own, first = length[node], 0 if not graph.pred[node] else -(1 << 60)
        for tail, facts in graph.pred[node].items():
            kind, date = facts["kind"], start[tail] + facts["lag"]
            if kind == FS:
                date += length[tail]
            elif kind == FF:
                date, first = max(date + length[tail] - own, 0), max(first, 0)
            elif kind == SF:
                date -= own
            if date > first:
                first = date
        start[node] = first
    finish = max(start[node] + length[node] for node in order)
    late, free = {}, {}
    for node in reversed(order):
        own, begun = length[node], start[node]
        last, room = finish - own, 1 << 60
        for head, facts in graph.succ[node].items():
            kind, offset = facts["kind"], facts["lag"]
            if kind == FS:
                offset += own
            elif kind == FF:
                offset += own - length[head]
            elif kind == SF:
                offset -= length[head]
            last, room = min(last, late[head] - offset), min(room, start[head] - offset - begun)
        late[node] = last
        free[node] = max(room if graph.succ[node] else last - begun, 0)
    return start, late, free


def run(options: Options) -> Iterator[Figure]:
    yield from whole("schedule.100k", LINKS, 50, options.rounds, 60, 12)
    yield from whole("schedule.1m", MANY_LINKS, 150, 3, 180, None)
    yield from deep(options.rounds)
    yield from with_calendars(options.rounds)
    yield from edits(options.rounds)
    yield from circle(options.rounds)


def whole(name: str, count: int, layers: int, rounds: int, times: int, build_times: int | None) -> Iterator[Figure]:
    """The full pass, and the full pass with building from arrays."""
    links = layered(count, layers)
    network = build_network(links.size, links.predecessors, links.successors)
    paths, graph = LongestPaths(network, links.durations, links.kinds, links.lags), graph_of(links)
    arrays = (links.durations, links.predecessors, links.successors, links.kinds, links.lags)
    _agree(paths, graph)

    def ours() -> None:
        paths.run()
        paths.dates()

    def built() -> None:
        new = build_network(links.size, links.predecessors, links.successors)
        LongestPaths(new, links.durations, links.kinds, links.lags).dates()

    calls: dict[str, Callable[[], Any]] = {
        "ours": ours,
        "copy": lambda: [one.copy() for one in arrays],
        "networkx": lambda: by_networkx(graph),
    }
    if build_times:
        calls |= {"built": built, "networkx_built": lambda: by_networkx(graph_of(links))}
    found = in_turns(calls, rounds)
    note = f"{len(links.predecessors):,} links, {len(network.levels) - 1} levels"
    yield Figure(f"{name}.pass", found["ours"], "ms", rival=found["networkx"], most_ratio=1 / times, note=note)
    yield Figure(f"{name}.pass_to_copy", found["ours"], "ms", floor=found["copy"], most_ratio=16)
    if build_times:
        ratio = 1 / build_times
        yield Figure(f"{name}.built", found["built"], "ms", rival=found["networkx_built"], most_ratio=ratio)


def _agree(paths: LongestPaths, graph: networkx.DiGraph) -> None:
    """A figure about other results would say nothing."""
    start, late, free = by_networkx(graph)
    dates = paths.dates()
    for ours, theirs in ((dates.early_start, start), (dates.late_start, late), (dates.free_float, free)):
        if ours.tolist() != [theirs[node] for node in range(len(ours))]:
            raise AssertionError("The engine and networkx disagree.")


def deep(rounds: int) -> Iterator[Figure]:
    """Many thin levels."""
    links = layered(96_000, DEEP_LEVELS)
    network = build_network(links.size, links.predecessors, links.successors)
    paths, graph = LongestPaths(network, links.durations, links.kinds, links.lags), graph_of(links)

    def ours() -> None:
        paths.run()
        paths.dates()

    found = in_turns({"ours": ours, "networkx": lambda: by_networkx(graph)}, rounds)
    note = f"{len(links.predecessors):,} links, {len(network.levels) - 1:,} levels"
    yield Figure("schedule.deep.pass", found["ours"], "ms", rival=found["networkx"], most_ratio=1 / 8, note=note)


def calendar_plan(links: Links) -> Plan:
    """The network on three calendars, in hours."""
    random = np.random.default_rng(11)
    return Plan(
        [f"Activity {number}" for number in range(links.size)],
        datetime(2026, 1, 5),  # noqa: DTZ001
        links.durations * 600,
        CALENDARS,
        random.integers(0, 3, links.size),
        predecessors=links.predecessors,
        successors=links.successors,
        link_kinds=links.kinds,
        lags=links.lags * 600,
        project_starts=np.array([4800]),
    )


def with_calendars(rounds: int) -> Iterator[Figure]:
    """Both passes on calendars against networkx without any."""
    links = layered(LINKS, 50)
    engine, graph = Engine(calendar_plan(links)), graph_of(links)

    def ours() -> None:
        engine.passes.forward()
        engine.passes.backward()

    calls = {"ours": ours, "networkx": lambda: by_networkx(graph), "answer": engine.schedule}
    found = in_turns(calls, rounds)
    note = f"floats and critical flags {found['answer']:.0f} ms more; MPXJ 16.10 took 4,109 ms on such a machine"
    yield Figure("schedule.calendars.pass", found["ours"], "ms", rival=found["networkx"], most_ratio=1 / 6, note=note)
    durations = engine.plan.durations.copy()
    random, times = np.random.default_rng(3), []
    for activity in random.integers(0, links.size, 300).tolist():
        durations = durations.copy()
        durations[activity] = int(random.integers(1, 20)) * 600
        plan = engine.plan.changed(durations=durations)
        times.append(cpu(partial(reschedule, engine, plan, [activity])))
    note = f"95th percentile {np.quantile(times, 0.95):.1f} ms, worst {max(times):.0f} ms"
    yield Figure("schedule.calendars.edit", median(times), "ms", floor=found["ours"], most_ratio=1.5, note=note)


def edits(rounds: int) -> Iterator[Figure]:
    """One duration after the other; each edit's time is the median over rounds of the same series."""
    links = layered(LINKS, 50)
    network = build_network(links.size, links.predecessors, links.successors)
    series: list[list[float]] = []
    full: list[float] = []
    for _ in range(max(rounds, 5)):
        paths = LongestPaths(network, links.durations, links.kinds, links.lags)
        random, times = np.random.default_rng(3), []
        for number, activity in enumerate(random.integers(0, links.size, EDITS).tolist()):
            length = int(random.integers(1, 20))
            times.append(cpu(partial(paths.change_duration, activity, length)))
            if number % 100 == 0:
                full.append(cpu(paths.run))
        series.append(times)
    found = np.median(series, axis=0)
    note = "floor: the full pass between edits"
    yield Figure("schedule.edit.median", float(np.median(found)), "ms", most=0.1)
    yield Figure("schedule.edit.p95", float(np.quantile(found, 0.95)), "ms", most=5)
    yield Figure("schedule.edit.worst", float(found.max()), "ms", floor=median(full), most_ratio=1.5, note=note)


def circle(rounds: int) -> Iterator[Figure]:
    """Refusing a link that closes a circle, with its path; and finding one in a whole network."""
    links = layered(LINKS, 50)
    network = build_network(links.size, links.predecessors, links.successors)
    last, first = int(network.order[-1]), _source_of(links, int(network.order[-1]))
    found = median(cpu(lambda: closing_path(network, last, first)) for _ in range(rounds))
    steps = len(closing_path(network, last, first)) - 1
    yield Figure("schedule.circle", found, "ms", most=5, note=f"one more link; the circle has {steps} activities")
    tails, heads = np.append(links.predecessors, last), np.append(links.successors, first)

    def whole_network() -> None:
        try:
            build_network(links.size, tails, heads)
        except CycleError:
            return
        raise AssertionError("The circle was not found.")

    yield Figure("schedule.circle.whole", median(cpu(whole_network) for _ in range(rounds)), "ms", note="from arrays")


def _source_of(links: Links, node: int) -> int:
    """A beginning from which a path leads to an activity."""
    before = dict(zip(links.successors.tolist(), links.predecessors.tolist(), strict=True))
    while node in before:
        node = before[node]
    return node
