"""OR-Tools' CP-SAT, where it is installed: run so that somebody can watch, and stop it."""

import importlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

#: How often a run tells how far it is, in seconds.
EVERY_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Effort:
    """How long a search may take, and how it goes about it.

    Args:
        seconds: of wall time at most.
        steps: the solver's own measure of work, about a second each, which no other load disturbs: with one worker the
            same seed and steps give the same answer on any day, unless `seconds` end it first. None is without limit.
        seed: of all that is chosen at random.
        workers: searches side by side. With more than one, the answer depends on which is faster.
        passes: tries by rule where the solver is not installed.
    """

    seconds: float = 10.0
    steps: float | None = None
    seed: int = 1
    workers: int = 1
    passes: int = 2000


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search is: seconds so far, the best value, and the bound; None where there is none yet."""

    seconds: float
    best: int | None
    bound: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a run found.

    Args:
        values: gives the value of an expression; None where nothing was found.
        bound: no value of the objective is smaller.
        is_proven: the value found is the smallest.
        steps: the work that it took, in the solver's own measure.
    """

    values: Callable[[Any], int] | None
    bound: int
    is_proven: bool
    steps: float


@cache
def has_cp_sat() -> bool:
    """Whether OR-Tools is installed."""
    return solver_name() != ""


@cache
def solver_name() -> str:
    """Name and version, empty where it is not installed."""
    try:
        return f"OR-Tools CP-SAT {version('ortools')}"
    except PackageNotFoundError:
        return ""


def cp_sat() -> Any:
    """The library, loaded at the first need: it takes 60 MB of memory, which only a process that levels should give."""
    return importlib.import_module("ortools.sat.python.cp_model")


def run_solver(
    model: Any,
    effort: Effort,
    *,
    report: Callable[[Progress], None] | None = None,
    is_stopped: Callable[[], bool] | None = None,
) -> Answer:
    """Solve a model in a thread of its own, while this one tells how far it is.

    Raises:
        what `report` raises, once the solver has stopped.
        ValueError: the model cannot be met, or makes no sense; it says so.
    """
    library, seen = cp_sat(), _Seen()
    solver = library.CpSolver()
    solver.parameters.max_time_in_seconds = effort.seconds
    if effort.steps is not None:
        solver.parameters.max_deterministic_time = effort.steps
    solver.parameters.random_seed, solver.parameters.num_workers = effort.seed, effort.workers
    solver.best_bound_callback = seen.bounded

    class Told(library.CpSolverSolutionCallback):  # type: ignore[name-defined]
        def on_solution_callback(self) -> None:
            seen.best = round(self.objective_value)

    status: list[Any] = []
    thread = threading.Thread(target=lambda: status.append(solver.solve(model, Told())), daemon=True)
    begun_at = time.monotonic()
    thread.start()
    try:
        while thread.is_alive():
            thread.join(EVERY_SECONDS)
            if report is not None:
                report(Progress(time.monotonic() - begun_at, seen.best, seen.bound))
            if is_stopped is not None and is_stopped():
                break
    finally:
        while thread.is_alive():  # a stop that comes before the search has begun is not heard
            solver.stop_search()
            thread.join(EVERY_SECONDS)
    return _answer(library, solver, status[0])


class _Seen:
    """What the solver's threads have told."""

    best: int | None = None
    bound: int | None = None

    def bounded(self, bound: float) -> None:
        self.bound = round(bound)


def _answer(library: Any, solver: Any, status: Any) -> Answer:
    if status in (library.INFEASIBLE, library.MODEL_INVALID):
        raise ValueError(f"The solver answers {solver.status_name(status)}.")
    found = status in (library.OPTIMAL, library.FEASIBLE)
    bound, steps = round(solver.best_objective_bound), solver.response_proto.deterministic_time
    return Answer(solver.value if found else None, bound, status == library.OPTIMAL, steps)
