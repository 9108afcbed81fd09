"""Monte Carlo over activity networks against networkx, sample by sample, on the same draws of one core."""

import resource
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import datetime

import networkx as nx
import numpy as np

from bench.figures import Figure
from bench.stage import Options
from projects.algorithms.estimates import Estimates, Sampler, quantile_table, three_points
from projects.algorithms.network import Network, build_network
from projects.algorithms.simulation import Links, percentiles, simulate
from projects.algorithms.simulation_clocks import Clocks
from resources.algorithms.calendars import ALWAYS, OFFICE_HOURS, STANDARD, Calendar, WorkingTime

SAMPLES = 10_000
#: The rival takes its time, so it follows fewer samples, and the time for all is told.
RIVAL_SAMPLES = {1_000: 20, 10_000: 3}
SECONDS = {1_000: 0.8, 10_000: 5.0}
MEGABYTES = {1_000: 260.0, 10_000: 650.0}


def layered(size: int, seed: int) -> tuple[Network, list[tuple[int, int]], Estimates]:
    """A random network in layers, two links into each activity, and PERT estimates."""
    rng = np.random.default_rng(seed)
    layers = int(size**0.5)
    layer = np.sort(rng.integers(0, layers, size))
    first = np.searchsorted(layer, np.arange(layers))
    links = [
        (int(tail), head)
        for head in range(size)
        if (end := int(first[layer[head]]))
        for tail in rng.integers(max(0, end - 2 * size // layers), end, 2)
    ]
    low = rng.uniform(5, 20, size)
    estimates = three_points(low, low * rng.uniform(1, 1.4, size), low * rng.uniform(1.5, 3, size))
    return build_network(size, [tail for tail, _ in links], [head for _, head in links]), links, estimates


def clocks_of(size: int, seed: int) -> Clocks:
    """A third of the activities on six days a week, the others on five."""
    six_days = Calendar("Six days", (OFFICE_HOURS,) * 6 + ((),))
    time = WorkingTime((STANDARD, six_days, ALWAYS), datetime(2026, 1, 5))  # noqa: DTZ001 - a plan has no time zone
    calendar = (np.random.default_rng(seed).random(size) < 1 / 3).astype(np.int64)
    nothing = np.zeros(size, dtype=np.int64)
    return Clocks(time, 0, calendar, nothing - 1, nothing > 0, nothing, np.full(size, np.inf), nothing)


def processor_seconds(work: Callable[[], object]) -> float:
    begun_at = time.process_time()
    work()
    return time.process_time() - begun_at


def by_networkx(graph: "nx.DiGraph[int]", durations: np.ndarray) -> float:
    """The finish, and what is on a longest path, of one sample: forward and backward pass over the graph."""
    order = list(nx.topological_sort(graph))
    finish: dict[int, float] = {}
    for node in order:
        finish[node] = max((finish[tail] for tail in graph.predecessors(node)), default=0.0) + durations[node]
    end = max(finish.values())
    latest: dict[int, float] = {}
    for node in reversed(order):
        latest[node] = min((latest[head] - durations[head] for head in graph.successors(node)), default=end)
    return end


def rival_seconds(size: int, links: list[tuple[int, int]], estimates: Estimates) -> float:
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(size))
    graph.add_edges_from(links)
    count = RIVAL_SAMPLES[size]
    drawn = Sampler(estimates).draw(np.random.Generator(np.random.SFC64(1)), count).astype(float)
    return processor_seconds(lambda: [by_networkx(graph, drawn[:, k]) for k in range(count)]) * SAMPLES / count


def run(options: Options) -> Iterator[Figure]:
    quantile_table()
    for size in (1_000, 10_000):
        network, links, estimates = layered(size, seed=7)
        plain = Links.finish_to_start(len(links))
        own, rival = [], []
        for _ in range(min(options.rounds, 5)):
            own.append(processor_seconds(lambda: simulate(network, estimates, plain, seed=1, samples=SAMPLES)))  # noqa: B023
            rival.append(rival_seconds(size, links, estimates))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        yield Figure(
            f"simulation.{size}.processor",
            statistics.median(own),
            "s",
            rival=statistics.median(rival),
            most=SECONDS[size],
            most_ratio=0.01,
            note=f"{SAMPLES} samples, criticality and tornado included; networkx {RIVAL_SAMPLES[size]} samples, scaled",
        )
        crossing = clocks_of(size, seed=7)
        ticks = Estimates(estimates.low * 480, estimates.likely * 480, estimates.high * 480, estimates.shape)
        mixed = [
            processor_seconds(lambda: simulate(network, ticks, plain, seed=1, samples=SAMPLES, clocks=crossing))  # noqa: B023
            for _ in range(min(options.rounds, 5))
        ]
        yield Figure(
            f"simulation.{size}.calendars",
            statistics.median(mixed),
            "s",
            rival=statistics.median(rival),
            most=SECONDS[size],
            note="a third of the activities on another calendar, two links in five cross; the rival has none",
        )
        yield Figure(f"simulation.{size}.memory", memory, "MB", most=MEGABYTES[size], note="the whole process")
    yield _accuracy()


def _accuracy() -> Figure:
    """P80 of ten thousand samples against that of a million."""
    network, links, estimates = layered(200, seed=3)
    plain = Links.finish_to_start(len(links))
    few = percentiles(simulate(network, estimates, plain, seed=1, samples=SAMPLES).finish)[1]
    many = percentiles(simulate(network, estimates, plain, seed=2, samples=1_000_000).finish)[1]
    return Figure("simulation.p80.error", abs(few / many - 1), "ratio", most=0.005, note="against a million samples")
