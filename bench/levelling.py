"""Figures of levelling: schedules under capacity on PSPLIB's instances, and shifts within float on generated
portfolios.

Of an instance the published optimum, or the best length that is published, is the rival. Where PSPLIB's files are not
beside the repository (`../shared/data/psplib`), instances are generated instead (`generated`) and held against the
bound.
"""

import statistics
import time
from collections.abc import Callable, Iterator

import numpy as np

from bench.figures import Figure
from bench.psplib import FOLDER, best_known, generated, read_instance
from bench.stage import Options
from resources.algorithms.cp_sat import Effort, has_cp_sat, solver_name
from resources.algorithms.levelling import Levelling, excess_of, levelled_by_search, load_of
from resources.algorithms.levelling import faults as faults_within_float
from resources.algorithms.levelling_exact import levelled
from resources.algorithms.rcpsp import Problem, faults, length_of, serial_schedule
from resources.algorithms.rcpsp_exact import shortest_schedule
from resources.algorithms.rcpsp_rules import schedule_by_rule

#: Of each size: share of instances to be proven, mean gap to the best that is published.
TARGETS = {"j30": (1.0, 0.0), "j60": (0.75, 0.008), "j120": (0.5, 0.025)}
SECONDS = 10.0
#: Searches side by side: more of them than there are cores find more on the hard instances.
WORKERS = 8


def run(options: Options) -> Iterator[Figure]:
    yield _first_schedule(options.rounds)
    for size in TARGETS:
        yield from _instances(size)
    yield from _within_float()


def problems(size: str) -> list[tuple[str, Problem, int]]:
    """Name, problem and the best published length; 0 for a generated one."""
    if not (FOLDER / size).is_dir():
        return [(f"generated {seed}", generated(int(size[1:]), seed), 0) for seed in range(20)]
    best = best_known(size)
    return [(path.name, read_instance(path), best[path.name][1]) for path in sorted((FOLDER / size).glob("*.sm"))]


def milliseconds(call: Callable[[], object]) -> float:
    begun = time.process_time()
    call()
    return (time.process_time() - begun) * 1000


def _first_schedule(rounds: int) -> Figure:
    """One serial schedule of 120 activities; the floor is the same sum over links alone, without capacities."""
    chosen = [problem for _, problem, _ in problems("j120")]
    own, floor = [], []
    for _ in range(rounds):
        own += [milliseconds(lambda: serial_schedule(problem)) for problem in chosen]  # noqa: B023
        floor += [milliseconds(lambda: _longest_path(problem)) for problem in chosen]  # noqa: B023
    note = f"{len(chosen)} instances of 120 activities and 4 resources; the slowest {max(own):.1f} ms"
    return Figure("levelling.first", statistics.median(own), "ms", floor=statistics.median(floor), most=5, note=note)


def _longest_path(problem: Problem) -> int:
    heads = [0] * problem.size
    for node in problem.order:
        for tail, gap in problem.before[node]:
            heads[node] = max(heads[node], heads[tail] + gap)
    return max(heads)


def _instances(size: str) -> Iterator[Figure]:
    """Twenty instances: how many are proven within ten seconds each, and how far from the best published length."""
    proven, gaps, rule_gaps, count = 0, [], [], 0
    for name, problem, best in problems(size):
        found = shortest_schedule(problem, Effort(seconds=SECONDS, workers=WORKERS))
        by_rule = schedule_by_rule(problem)
        if wrong := [*faults(problem, found.starts), *faults(problem, by_rule.starts)]:
            raise AssertionError(f"{name}: {wrong[0]}")
        best = best or found.bound
        count, proven = count + 1, proven + found.is_proven
        gaps.append(found.length / best - 1)
        rule_gaps.append(length_of(problem, by_rule.starts) / best - 1)
    share, most = TARGETS[size]
    method = solver_name() or "without OR-Tools"
    note = f"{proven} of {count}, {SECONDS:g} s each, {method}"
    yield Figure(f"levelling.{size}.unproven", 1 - proven / count, "ratio", most=1 - share, note=note)
    note = "mean over the best published length; the rival is the rule without a solver"
    yield Figure(
        f"levelling.{size}.gap", statistics.mean(gaps), "ratio", rival=statistics.mean(rule_gaps), most=most, note=note
    )


def portfolio(size: int, seed: int, months: int = 36, roles: int = 12) -> Levelling:
    """A generated portfolio: projects of 3 to 14 months with demand in 1 to 4 roles, half of them with 1 to 8 months of
    float, every fifth waiting for an earlier one; capacity is the mean demand of its role and a tenth more."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(3, 15, size)
    starts = rng.integers(0, np.maximum(months - lengths - 8, 1) // 2 + 1)
    latest = starts + np.where(rng.random(size) < 0.5, rng.integers(1, 9, size), 0)
    latest = np.minimum(latest, months - lengths)
    demands = []
    for length in lengths.tolist():
        demand = np.zeros((length, roles), dtype=np.int64)
        chosen = rng.choice(roles, rng.integers(1, 5), replace=False)
        demand[:, chosen] = rng.integers(10, 301, len(chosen)) * (1 + rng.integers(0, 2, (length, 1)))
        demands.append(demand)
    links = []
    for head in range(1, size, 5):
        tail = int(rng.integers(0, head))
        if starts[tail] <= starts[head]:
            links.append((tail, head, int(min(starts[head] - starts[tail], 2))))
    plan = Levelling(starts, starts, latest, tuple(demands), np.zeros((roles, months), dtype=np.int64), tuple(links))
    busy = load_of(plan, starts)[:, : months // 2].mean(axis=1)
    there = np.repeat((busy * 1.1).astype(np.int64)[:, None], months, axis=1)
    return Levelling(starts, starts, latest, tuple(demands), there, tuple(links))


def _within_float() -> Iterator[Figure]:
    """The search and the solver on the same portfolios; the floor is what no starts within float are below."""
    for size in (50, 500):
        plan = portfolio(size, seed=size)
        begun = time.process_time()
        searched = levelled_by_search(plan)
        took = time.process_time() - begun
        exact = levelled(plan, Effort(seconds=30)) if has_cp_sat() else searched
        for found in (searched, exact):
            if faults_within_float(plan, found.starts):
                raise AssertionError("A package starts outside its float.")
        before, name = excess_of(plan, plan.starts), f"levelling.portfolio.{size}"
        facts = f"peak {searched.after.peak / 100:.1f} and sum {searched.after.total / 100:.0f} in {took:.1f} s"
        note = f"{before.peak / 100:.1f} before; the search alone: {facts}; {exact.method}; proven: {exact.is_proven}"
        yield Figure(
            f"{name}.peak", exact.after.peak / 100, "FTE", floor=exact.peak_bound / 100, most_ratio=1.05, note=note
        )
        note = f"{before.total / 100:.0f} before; the floor is the bound at this peak"
        yield Figure(f"{name}.total", exact.after.total / 100, "FTE-months", floor=exact.total_bound / 100, note=note)
