"""Levelling within float: against brute force on small plans, by the search and by the solver where it is installed."""

from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resources.algorithms.cp_sat import Effort, has_cp_sat
from resources.algorithms.levelling import (
    Excess,
    Levelling,
    bounds,
    excess_of,
    faults,
    levelled_by_search,
    load_of,
    unavoidable_load,
)
from resources.algorithms.levelling_exact import AIMS, levelled

QUICK = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
needs_solver = pytest.mark.skipif(not has_cp_sat(), reason="OR-Tools, the optional part [levelling], is not installed")


def plan(starts, earliest, latest, demands, capacities, links=()):
    """Packages with demand in one row of numbers for each group."""
    arrays = tuple(np.array(one, dtype=np.int64).T.reshape(-1, len(capacities)) for one in demands)
    numbers = [np.array(one, dtype=np.int64) for one in (starts, earliest, latest)]
    return Levelling(*numbers, arrays, np.array(capacities, dtype=np.int64), tuple(links))


@st.composite
def small_plans(draw):
    """Up to five packages in two groups over eight months, links among them that the present starts keep."""
    size, groups, periods = draw(st.integers(1, 5)), draw(st.integers(1, 2)), 8
    starts, earliest, latest, demands = [], [], [], []
    for _ in range(size):
        length = draw(st.integers(1, 3))
        start = draw(st.integers(0, periods - length))
        starts.append(start)
        earliest.append(draw(st.integers(max(0, start - 1), start)))
        latest.append(draw(st.integers(start, min(start + 3, periods - length))))
        demands.append([[draw(st.integers(0, 4)) for _ in range(length)] for _ in range(groups)])
    capacities = [[draw(st.integers(0, 6)) for _ in range(periods)] for _ in range(groups)]
    pairs = [(a, b) for a in range(size) for b in range(a + 1, size)]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=3, unique=True)) if pairs else []
    links = [(a, b, draw(st.integers(-2, starts[b] - starts[a]))) for a, b in chosen if starts[b] - starts[a] >= -2]
    return plan(starts, earliest, latest, demands, capacities, links)


def brute_force(given_plan):
    """The least excess over all starts within float that keep the links."""
    spans = [range(low, high + 1) for low, high in zip(given_plan.earliest, given_plan.latest, strict=True)]
    tried = (np.array(one, dtype=np.int64) for one in product(*spans))
    return min(excess_of(given_plan, one) for one in tried if not faults(given_plan, one))


@QUICK
@given(small_plans())
def test_the_search_stays_within_float_keeps_links_and_is_never_worse_than_before(given_plan):
    found = levelled_by_search(given_plan)

    assert not faults(given_plan, found.starts)
    assert found.after == excess_of(given_plan, found.starts)
    assert (found.after.peak, found.after.total) <= (found.before.peak, found.before.total)


@QUICK
@given(small_plans())
def test_bounds_are_below_everything_within_float(given_plan):
    best = brute_force(given_plan)
    peak, total = bounds(given_plan)

    assert peak <= best.peak
    assert total <= best.total


@QUICK
@given(small_plans())
def test_the_search_finds_what_brute_force_finds_on_small_plans_but_for_few(given_plan):
    best, found = brute_force(given_plan), levelled_by_search(given_plan, kicks=150)

    assert found.after.peak == best.peak
    assert found.after.total == best.total


@needs_solver
@settings(QUICK, max_examples=25)
@given(small_plans())
def test_the_solver_finds_and_proves_what_brute_force_finds(given_plan):
    found = levelled(given_plan, Effort(steps=5))

    assert not faults(given_plan, found.starts)
    assert found.is_proven
    assert found.after == brute_force(given_plan)
    assert (found.peak_bound, found.total_bound) <= (found.after.peak, found.after.total)


def two_peaks():
    """Two projects ask for 3 of 4 in the same two months; the second has two months of float."""
    return plan([0, 0], [0, 0], [0, 2], [[[3, 3]], [[3, 3]]], [[4] * 4])


@pytest.mark.parametrize("method", [levelled_by_search, levelled])
def test_a_project_with_float_makes_way_for_one_without(method):
    found = method(two_peaks())

    assert found.before == Excess(2, 4, 0)
    assert found.after == Excess(0, 0, 2)
    assert found.starts.tolist() == [0, 2]


@pytest.mark.parametrize("method", [levelled_by_search, levelled])
def test_nothing_moves_where_nothing_is_over_capacity(method):
    found = method(plan([0, 1], [0, 0], [3, 3], [[[2]], [[2]]], [[4] * 4]))

    assert found.starts.tolist() == [0, 1]
    assert found.is_proven
    assert found.after == Excess(0, 0, 0)


@pytest.mark.parametrize("method", [levelled_by_search, levelled])
def test_a_successor_is_pushed_along_and_stops_the_push_at_its_float(method):
    linked = plan([0, 0, 1], [0, 0, 1], [0, 2, 2], [[[3]], [[3]], [[1]]], [[4] * 4], [(1, 2, 1)])

    found = method(linked)

    assert found.starts.tolist() == [0, 1, 2]


@pytest.mark.parametrize("method", [levelled_by_search, levelled])
def test_no_packages_and_no_groups_have_an_answer(method):
    assert method(plan([], [], [], [], [[4, 4]])).after == Excess(0, 0, 0)
    assert method(
        Levelling(*[np.zeros(1, dtype=np.int64)] * 3, (np.zeros((1, 0), dtype=np.int64),), np.zeros((0, 2)))
    ).after == Excess(0, 0, 0)


def test_what_stays_wherever_packages_start_is_the_unavoidable_load():
    fixed_and_long = plan([0, 0], [0, 0], [0, 1], [[[2, 2, 2, 2]], [[3, 3, 3]]], [[4] * 4])

    assert load_of(fixed_and_long, fixed_and_long.starts).tolist() == [[5, 5, 5, 2]]
    assert unavoidable_load(fixed_and_long).tolist() == [[2, 5, 5, 2]]
    assert bounds(fixed_and_long) == (1, 2)


def test_the_same_seed_gives_the_same_starts():
    rng = np.random.default_rng(5)
    demands = [rng.integers(0, 5, (2, 3)).tolist() for _ in range(12)]
    many = plan([0] * 12, [0] * 12, [5] * 12, demands, [[6] * 8] * 2)

    first, again = (levelled(many, Effort(steps=0.5, seed=3)) for _ in range(2))

    assert first.starts.tolist() == again.starts.tolist()
    assert first.seed == 3


@needs_solver
def test_a_run_is_told_about_and_ends_with_the_best_so_far_when_it_is_stopped():
    rng, told = np.random.default_rng(5), []
    demands = [rng.integers(0, 50, (4, 5)).tolist() for _ in range(60)]
    hard = plan([0] * 60, [0] * 60, [30] * 60, demands, [[60] * 36] * 4)

    found = levelled(
        hard,
        Effort(seconds=60),
        report=lambda aim, one: told.append((aim, one.seconds)),
        is_stopped=lambda: len(told) > 1,
    )

    assert {aim for aim, _ in told} <= {"search", *AIMS}
    assert not found.is_proven
    assert not faults(hard, found.starts)
    assert found.after <= found.before


@needs_solver
def test_what_a_report_raises_ends_the_run():
    rng = np.random.default_rng(5)
    demands = [rng.integers(0, 50, (4, 5)).tolist() for _ in range(60)]
    hard = plan([0] * 60, [0] * 60, [30] * 60, demands, [[60] * 36] * 4)

    def stop(*_progress):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        levelled(hard, Effort(seconds=60), report=stop)


def test_without_the_solver_the_search_answers_and_says_so(monkeypatch):
    monkeypatch.setattr("resources.algorithms.levelling_exact.has_cp_sat", lambda: False)

    assert levelled(two_peaks()).method == "Search without a solver"


@pytest.mark.parametrize(
    ("given_plan", "said"),
    [
        (([0], [1], [2], [[[1]]], [[4] * 4]), "outside its float"),
        (([0], [0], [4], [[[1]]], [[4] * 4]), "outside the periods"),
        (([0, 0], [0, 0], [1, 1], [[[1]], [[1]]], [[4] * 4], [(0, 1, 1)]), "break a link"),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(given_plan, said):
    with pytest.raises(ValueError, match=said):
        plan(*given_plan)
