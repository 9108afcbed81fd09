"""Schedules under capacity: by rule and by the solver, against brute force on small problems and worked cases."""

from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resources.algorithms.cp_sat import Effort, has_cp_sat
from resources.algorithms.rcpsp import (
    Problem,
    faults,
    gap_of,
    justified,
    length_of,
    lower_bound,
    serial_schedule,
)
from resources.algorithms.rcpsp_exact import shortest_schedule
from resources.algorithms.rcpsp_rules import schedule_by_rule

QUICK = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
needs_solver = pytest.mark.skipif(not has_cp_sat(), reason="OR-Tools, the optional part [levelling], is not installed")


def problem(durations, demands, capacities, links=(), earliest=None):
    arrays = [np.array(one, dtype=np.int64) for one in (durations, demands, capacities)]
    return Problem(*arrays, tuple(links), None if earliest is None else np.array(earliest, dtype=np.int64))


@st.composite
def small_problems(draw):
    """Up to four activities, all kinds of links, capacity that changes in time."""
    size, resources = draw(st.integers(1, 4)), draw(st.integers(1, 2))
    durations = draw(st.lists(st.integers(0, 3), min_size=size, max_size=size))
    demands = [draw(st.lists(st.integers(0, 3), min_size=resources, max_size=resources)) for _ in range(size)]
    capacities = [
        [*draw(st.lists(st.integers(0, 4), min_size=3, max_size=3)), draw(st.integers(3, 4))] for _ in range(resources)
    ]
    pairs = [(a, b) for a in range(size) for b in range(a + 1, size)]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=4, unique=True)) if pairs else []
    links = [
        (
            a,
            b,
            gap_of(
                draw(st.sampled_from(["FS", "SS", "FF", "SF"])), draw(st.integers(-1, 2)), durations[a], durations[b]
            ),
        )
        for a, b in chosen
    ]
    return problem(
        durations, demands, capacities, links, draw(st.lists(st.integers(0, 1), min_size=size, max_size=size))
    )


def brute_force(given_problem, most):
    """The shortest length over all starts below `most`."""
    lengths = [
        length_of(given_problem, starts)
        for one in product(range(most), repeat=given_problem.size)
        if not faults(given_problem, starts := np.array(one, dtype=np.int64))
    ]
    return min(lengths)


@QUICK
@given(small_problems())
def test_schedules_by_rule_keep_links_and_capacities_and_justifying_never_lengthens(given_problem):
    first = serial_schedule(given_problem)
    second = justified(given_problem, first)

    assert not faults(given_problem, first)
    assert not faults(given_problem, second)
    assert lower_bound(given_problem) <= length_of(given_problem, second) <= length_of(given_problem, first)


@settings(QUICK, max_examples=25)
@given(small_problems())
def test_the_rule_comes_close_to_brute_force_and_the_bound_stays_below(given_problem):
    found = schedule_by_rule(given_problem, passes=60)
    best = brute_force(given_problem, min(found.length, 10) + 1)

    assert found.bound <= best <= found.length <= best + 1


@needs_solver
@settings(QUICK, max_examples=25)
@given(small_problems())
def test_the_solver_proves_what_brute_force_finds(given_problem):
    found = shortest_schedule(given_problem, Effort(steps=5))

    assert not faults(given_problem, found.starts)
    assert found.is_proven
    assert found.length == brute_force(given_problem, min(found.length, 10) + 1)
    assert found.gap_ratio == 0


def test_two_that_need_the_same_person_follow_each_other():
    found = shortest_schedule(problem([2, 3], [[1], [1]], [1]))

    assert found.length == 5
    assert found.is_proven


def test_energy_bounds_what_no_path_does():
    six_at_once = problem([2] * 6, [[2]] * 6, [5])

    assert lower_bound(six_at_once) == 5  # ceil(24 / 5); the longest path says 2
    assert schedule_by_rule(six_at_once).length == 6  # two at a time


def test_energy_counts_between_what_comes_before_and_what_comes_after():
    links = [(0, node, 3) for node in (1, 2, 3)] + [(node, 4, 2) for node in (1, 2, 3)]
    waisted = problem([3, 2, 2, 2, 4], [[0], [1], [1], [1], [0]], [1], links)

    assert lower_bound(waisted) == 3 + 6 + 4


def test_capacity_that_changes_is_kept_and_the_last_one_holds_on():
    found = schedule_by_rule(problem([2, 2], [[2], [2]], [[2, 0, 2]]))

    assert sorted(found.starts.tolist()) == [2, 4]
    assert found.bound == 5  # the energy of 8 units is there after five periods


@pytest.mark.parametrize(
    ("kind", "lag", "start"), [("FS", 0, 4), ("FS", -1, 3), ("SS", 1, 1), ("FF", 0, 1), ("FF", 2, 3), ("SF", 5, 2)]
)
def test_each_kind_of_link_with_its_lag_gives_the_start_that_it_asks_for(kind, lag, start):
    linked = problem([4, 3], [[1], [1]], [2], [(0, 1, gap_of(kind, lag, 4, 3))])

    assert serial_schedule(linked).tolist() == [0, start]


def test_no_activities_take_no_time():
    empty = problem([], np.zeros((0, 1)), [1])

    assert schedule_by_rule(empty).length == 0
    assert shortest_schedule(empty).is_proven


def hard(seed=3, size=40):
    """A problem that is not proven at once."""
    rng = np.random.default_rng(seed)
    links = [(int(rng.integers(max(0, head - 8), head)), head) for head in range(1, size) for _ in range(2)]
    durations = rng.integers(1, 10, size)
    return problem(
        durations, rng.integers(0, 8, (size, 3)), [10, 10, 10], [(a, b, int(durations[a])) for a, b in links]
    )


def test_the_same_seed_gives_the_same_schedule():
    first, again = (shortest_schedule(hard(), Effort(steps=0.3, seed=7)) for _ in range(2))

    assert first.starts.tolist() == again.starts.tolist()
    assert (first.seed, first.bound) == (7, again.bound)


def test_a_stopped_search_answers_with_the_best_so_far():
    asked = []

    found = schedule_by_rule(hard(), passes=500, is_stopped=lambda: asked.append(1) or len(asked) > 2)

    assert found.is_stopped
    assert not faults(hard(), found.starts)
    assert not found.is_proven
    assert found.gap_ratio > 0


def test_crossing_the_best_comes_further_than_as_many_strays_from_the_rule(monkeypatch):
    problems = [hard(seed, size=80) for seed in range(3)]
    crossed = [schedule_by_rule(one, passes=120).length for one in problems]

    monkeypatch.setattr("resources.algorithms.rcpsp_rules.KEPT", 10**9)
    monkeypatch.setattr("resources.algorithms.rcpsp_rules.FIRST_SHARE", 1.0)
    strayed = [schedule_by_rule(one, passes=120).length for one in problems]

    assert sum(crossed) < sum(strayed)


def test_what_is_tried_is_reported():
    told = []

    schedule_by_rule(hard(), passes=5, report=lambda done, length: told.append((done, length)))

    assert [done for done, _ in told] == [1, 2, 3, 4]
    assert told[-1][1] <= told[0][1]


def test_without_the_solver_the_rule_answers_and_says_so(monkeypatch):
    monkeypatch.setattr("resources.algorithms.rcpsp_exact.has_cp_sat", lambda: False)

    assert shortest_schedule(hard(), Effort(passes=3)).method == "serial schedules with justification"


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (([1], [[3]], [2]), "Activity 0 needs 3 of resource 0, and there are only 2"),
        (([-1], [[1]], [2]), "cannot be negative"),
        (([1], [[1, 1]], [2]), "a column for each resource"),
        (([1], [[1]], [2], [(0, 1, 0)]), "does not exist"),
        (([1, 1], [[1], [1]], [2], [(0, 1, 0), (1, 0, 0)]), "cycle"),
    ],
)
def test_a_problem_that_cannot_be_is_refused(facts, said):
    with pytest.raises(ValueError, match=said):
        problem(*facts)
