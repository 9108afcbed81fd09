"""Which link drives an activity, and the critical paths that driving links make."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.algorithms.critical_path import Engine
from projects.algorithms.driving import critical_paths, find_drivers, path_to
from projects.algorithms.plan import NONE, Constraint, FloatBasis, LinkKind, Plan
from tests.projects.algorithms.plans import at, plan, random_plan


def words(given: Plan, basis: FloatBasis = FloatBasis.NETWORK, project: int | None = None) -> list[str]:
    engine = Engine(given, basis)
    paths = critical_paths(engine, engine.schedule(), find_drivers(engine), project)
    return [" ".join(given.names[number] for number in path) for path in paths]


def test_the_critical_path_is_the_longest_and_multiple_ones_end_every_chain():
    two = plan("A B C D E", [2, 3, 1, 1, 2], [("A", "B"), ("A", "C"), ("B", "D"), ("C", "D"), ("A", "E")])

    assert words(two) == ["A B D"]
    assert words(two, FloatBasis.ACTIVITY) == ["A B D", "A E"]


def test_two_paths_of_the_same_length_are_both_critical():
    two = plan("A B C", [3, 3, 1], [("B", "C")])
    assert words(two) == ["B C"]
    assert words(plan("A B", [3, 3], [])) == ["A", "B"]


def test_each_project_has_its_own_path_which_may_begin_in_another():
    both = plan(
        "A B X Y",
        [2, 3, 1, 1],
        [("A", "B"), ("A", "X"), ("X", "Y")],
        projects=np.array([0, 0, 1, 1]),
        project_starts=np.array([at(5, 8)] * 2),
    )

    assert words(both) == ["A B"]
    assert words(both, FloatBasis.PROJECT, project=1) == ["A X Y"]


def test_no_link_drives_what_a_constraint_progress_or_the_project_s_start_decides():
    kinds, dates = np.array([0, Constraint.SNET, 0]), np.array([NONE, at(20, 8), NONE])
    begun = np.array([NONE, NONE, at(5, 8)])
    given = plan("A B C", [1, 1, 1], [("A", "B"), ("A", "C")], constraints=kinds, constraint_dates=dates)

    drivers = find_drivers(Engine(given.changed(actual_starts=begun)))

    assert drivers.link.tolist() == [-1, -1, -1]
    assert find_drivers(Engine(given)).link.tolist() == [-1, -1, 1]


@pytest.mark.parametrize("kind", list(LinkKind))
def test_a_link_of_every_kind_can_drive(kind):
    given = plan("A B C", [5, 1, 2], [("B", "C"), ("A", "C", kind, 4800 * 10)])

    drivers = find_drivers(Engine(given))

    assert (drivers.link[2], drivers.activity[2]) == (1, 0)
    assert path_to(drivers, 2) == [0, 2]


def test_drivers_are_found_through_summaries():
    links = [("A", "B"), ("S", "T"), ("X", "U", LinkKind.SS, 4800)]
    parents = np.array([-1, 0, 0, -1, 3, -1, -1])
    given = plan("S A B T C X U", [0, 1, 2, 0, 1, 1, 1], links, parents=parents)

    drivers = find_drivers(Engine(given))

    assert (drivers.link[4], drivers.activity[4]) == (1, 2)
    assert path_to(drivers, 4) == [1, 2, 4]
    assert drivers.link[[0, 3]].tolist() == [-1, -1]


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6))
def test_a_driving_link_gives_the_date_on_which_work_starts(seed):
    random = np.random.default_rng(seed)
    engine = Engine(random_plan(random, int(random.integers(1, 40))))
    drivers, stepper = find_drivers(engine), engine.passes.stepper
    frame = engine.frame

    for number in np.flatnonzero(drivers.link >= 0).tolist():
        rank = int(frame.rank_of[number])
        assert engine.rules.fixed_start[rank] == NONE
        if not engine.rules.is_alap[rank]:
            assert stepper.candidate(rank) == engine.when[rank]
        assert path_to(drivers, number)[-1] == number
