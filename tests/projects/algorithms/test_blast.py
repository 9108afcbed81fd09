"""What an edit moves: by the network for automatic activities, by slip policies for typed dates."""

import numpy as np
import pytest

from projects.algorithms.blast import Edit, Footing, blast_radius
from projects.algorithms.critical_path import Engine, schedule
from projects.algorithms.driving import find_drivers
from projects.algorithms.network import CycleError
from projects.algorithms.plan import LagKind, LinkKind
from projects.algorithms.slipping import Links, Policy, with_typed
from tests.projects.algorithms.plans import DAYS, at, plan, random_plan

FS, WORKING = int(LinkKind.FS), int(LagKind.WORKING)
MOVE, CONSUME, NONE = (int(policy) for policy in Policy)


def links(*rows) -> Links:
    """Rows of (predecessor, successor, policy, lag in days, kind)."""
    full = [(*row, *(CONSUME, 0, FS)[len(row) - 2 :]) for row in rows]
    ends = [(one, other, kind, lag * DAYS, WORKING) for one, other, _, lag, kind in full]
    policies = [row[2] for row in full]
    return Links(np.array(ends, dtype=np.int64).reshape(-1, 5), np.array(policies, dtype=np.int64))


@pytest.fixture
def typed():
    """Design from Monday 5 to Friday 9; build from Wednesday 14 to Friday 16, two free days after design."""
    words, spans = ["Design", "Build", "Test"], [(5, 9), (14, 16), (19, 20)]
    lengths = [5, 3, 2]
    return plan(
        " ".join(words),
        lengths,
        [],
        is_manual=np.ones(3, dtype=bool),
        manual_starts=np.array([at(first, 8) for first, _ in spans]),
        manual_finishes=np.array([at(last, 17) for _, last in spans]),
    )


def slip(days: int, number: int = 0, first: int = 5, last: int = 9) -> Edit:
    """A typed activity moves to later days."""
    return Edit(activities={number: {"manual_starts": at(first + days, 8), "manual_finishes": at(last + days, 17)}})


def radius(before, dependencies: Links, edit: Edit):
    return blast_radius(Footing(before, dependencies), edit)


def moved_to(change, number: int) -> tuple[int, int]:
    return int(change.after.early_start[number]), int(change.after.early_finish[number])


def test_a_slip_within_the_gap_moves_nothing_else_where_the_gap_is_used_up(typed):
    change = radius(typed, links((0, 1, CONSUME)), slip(3, last=9))  # to Monday 12

    assert change.moved.tolist() == [0]
    assert not len(change.broken)


def test_a_slip_beyond_the_gap_moves_the_waiting_activity_to_the_earliest_date_that_the_link_allows(typed):
    change = radius(typed, links((0, 1, CONSUME)), slip(7, last=8))  # to Thursday 15

    assert change.moved.tolist() == [0, 1]
    assert moved_to(change, 1) == (at(16, 8), at(20, 17))
    assert (change.plan.manual_starts[1], change.plan.manual_finishes[1]) == (at(16, 8), at(20, 17))


def test_a_link_that_keeps_the_gap_moves_the_waiting_activity_by_as_much(typed):
    later = radius(typed, links((0, 1, MOVE)), slip(3, last=9))  # one working day, to Monday 12
    earlier = radius(typed, links((0, 1, MOVE)), slip(0, last=8))  # done a day sooner

    assert moved_to(later, 1) == (at(15, 8), at(19, 17))
    assert moved_to(earlier, 1) == (at(13, 8), at(15, 17))


def test_a_link_that_only_warns_moves_nothing_and_is_named_as_broken(typed):
    change = radius(typed, links((0, 1, NONE)), slip(7, last=9))

    assert change.moved.tolist() == [0]
    assert change.newly_broken.tolist() == [0]


def test_a_slip_travels_along_a_chain_and_each_gap_swallows_its_part(typed):
    change = radius(typed, links((0, 1, CONSUME), (1, 2, CONSUME)), slip(7, last=9))

    assert moved_to(change, 1) == (at(19, 8), at(21, 17))
    assert moved_to(change, 2) == (at(22, 8), at(23, 17))


def test_a_link_that_was_broken_before_is_not_repaired_by_an_edit_elsewhere(typed):
    broken = links((1, 0, CONSUME), (1, 2, CONSUME))  # design waits for build, and lies before it

    nothing = radius(typed, broken, Edit())
    change = radius(typed, broken, slip(5, number=1, first=14, last=16))

    assert not len(nothing.moved)
    assert change.moved.tolist() == [0, 1, 2]
    assert moved_to(change, 0)[0] == at(8, 8)  # three working days later, as build is


def test_a_new_dependency_moves_what_it_finds_too_early_and_leaves_what_fits(typed):
    tight = radius(typed, links(), Edit(added=[(1, 2, FS, 2 * DAYS, WORKING, CONSUME)]))
    fits = radius(typed, links(), Edit(added=[(0, 2, FS, 0, WORKING, MOVE)]))

    assert tight.moved.tolist() == [2]
    assert moved_to(tight, 2) == (at(21, 8), at(22, 17))
    assert not len(fits.moved)


def test_removing_a_dependency_leaves_typed_dates_where_they_are(typed):
    change = radius(typed, links((0, 1, MOVE)), Edit(removed=[0]))

    assert not len(change.moved)
    assert not change.links.driving.any()


def test_a_longer_lag_of_a_link_that_keeps_its_gap_moves_by_the_difference(typed):
    change = radius(typed, links((0, 1, MOVE)), Edit(changed={0: (0, 1, FS, DAYS, WORKING, MOVE)}))

    assert moved_to(change, 1) == (at(15, 8), at(19, 17))


def test_a_project_that_waits_for_another_moves_as_a_whole_and_keeps_its_inner_gaps():
    words = "Road Bridge Pier Deck"
    both = plan(
        words,
        [5, 0, 2, 2],
        [],
        parents=np.array([-1, -1, 1, 1]),
        is_manual=np.array([True, False, True, True]),
        manual_starts=np.array([at(5, 8), 0, at(12, 8), at(15, 8)]),
        manual_finishes=np.array([at(9, 17), 0, at(13, 17), at(16, 17)]),
    )

    change = radius(both, links((0, 1, CONSUME)), slip(5, last=9))  # to Wednesday 14

    assert moved_to(change, 2) == (at(15, 8), at(16, 17))
    assert moved_to(change, 3) == (at(20, 8), at(21, 17))
    assert moved_to(change, 1) == (at(15, 8), at(21, 17))


def test_an_automatic_activity_follows_and_float_absorbs():
    auto = plan("Design Build Paint Open", [2, 3, 1, 0], [], is_milestone=np.array([False, False, False, True]))
    waits = links((0, 1), (0, 2), (1, 3), (2, 3))

    change = radius(auto, waits, Edit(activities={2: {"durations": 2 * DAYS}}))
    wide = radius(auto, waits, Edit(activities={2: {"durations": 5 * DAYS}}))

    assert change.moved.tolist() == [2]
    assert set(wide.moved.tolist()) == {2, 3}
    assert wide.after.early_finish[3] == at(13, 17)


def test_a_circle_is_refused_with_its_path_in_words(typed):
    with pytest.raises(CycleError, match="Design → Build → Test → Design|Build → Test → Design → Build"):
        radius(typed, links((0, 1), (1, 2)), Edit(added=[(2, 0, FS, 0, WORKING, CONSUME)]))


def test_what_has_begun_or_is_done_stays_where_it_is(typed):
    begun = typed.changed(actual_starts=np.array([-(1 << 60), at(14, 8), -(1 << 60)]))

    change = radius(begun, links((0, 1, MOVE)), slip(7, last=9))

    assert change.moved.tolist() == [0]
    assert change.newly_broken.tolist() == [0]


@pytest.mark.parametrize("seed", range(60))
def test_an_edit_of_a_random_plan_moves_what_scheduling_it_anew_moves(seed):
    random = np.random.default_rng(seed)
    before = random_plan(random, 24)
    ends = np.column_stack(
        (before.predecessors, before.successors, before.link_kinds, before.lags, before.lag_kinds)
    ).astype(np.int64)
    all_of = Links(ends.reshape(-1, 5), np.full(len(ends), CONSUME))
    before = before.changed(is_manual=np.zeros(before.size, dtype=bool))
    number = int(random.integers(0, before.size))
    longer = int(before.durations[number]) + 3 * DAYS

    change = radius(before, all_of, Edit(activities={number: {"durations": longer}}))

    durations = before.durations.copy()
    durations[number] = longer
    old, new = schedule(before), schedule(before.changed(durations=durations))
    differs = (old.early_start != new.early_start) | (old.early_finish != new.early_finish)
    assert sorted(change.moved.tolist()) == np.flatnonzero(differs).tolist()
    assert (change.after.early_finish == new.early_finish).all()


@pytest.mark.parametrize("seed", range(60))
def test_dates_that_an_edit_has_moved_stay_when_nothing_more_is_edited(seed):
    random = np.random.default_rng(seed)
    before = random_plan(random, 20, is_simple=True)
    size = before.size
    starts = random.integers(0, 60, size) * 14_400 + 4800
    hand = before.changed(
        is_manual=random.random(size) < 0.6,
        manual_starts=starts,
        manual_finishes=starts + 3 * 14_400,
        parents=np.full(size, -1),
        is_elapsed=np.zeros(size, dtype=bool),
    )
    ends = np.column_stack((hand.predecessors, hand.successors, hand.link_kinds, hand.lags, hand.lag_kinds))
    every = Links(ends.astype(np.int64), random.integers(0, 3, len(ends)))
    number = int(random.integers(0, size))

    change = radius(
        hand,
        every,
        Edit(activities={number: {"is_manual": True, "manual_starts": at(60, 8), "manual_finishes": at(62, 17)}}),
    )
    again = radius(change.plan, change.links, Edit())

    assert not len(again.moved)


@pytest.mark.parametrize("seed", range(40))
def test_a_footing_answers_the_tenth_edit_as_it_does_the_first(seed):
    random = np.random.default_rng(seed)
    before = random_plan(random, 20, is_simple=True)
    size = before.size
    starts = random.integers(0, 60, size) * 14_400 + 4800
    before = before.changed(
        is_manual=random.random(size) < 0.5, manual_starts=starts, manual_finishes=starts + 3 * 14_400
    )
    ends = np.column_stack((before.predecessors, before.successors, before.link_kinds, before.lags, before.lag_kinds))
    every = Links(ends.astype(np.int64), random.integers(0, 3, len(ends)))
    footing = Footing(before, every)
    edits = [
        Edit(activities={int(random.integers(0, size)): {"durations": int(random.integers(1, 90)) * DAYS}}),
        Edit(removed=[0] if len(ends) else []),
        Edit(activities={int(random.integers(0, size)): {"is_manual": True, "manual_starts": at(40, 8)}}),
        Edit(),
    ] * 3

    for edit in edits:
        kept, fresh = blast_radius(footing, edit), radius(before, every, edit)

        assert kept.moved.tolist() == fresh.moved.tolist()
        assert (kept.after.early_start == fresh.after.early_start).all()
        assert (kept.after.total_float == fresh.after.total_float).all()
        assert kept.broken.tolist() == fresh.broken.tolist()
        assert kept.newly_broken.tolist() == fresh.newly_broken.tolist()


def test_a_typed_date_is_driven_by_its_closest_link_and_by_none_that_leaves_it_days(typed):
    near, far = links((0, 1, CONSUME, 2), (1, 2, CONSUME)), links((0, 1, CONSUME), (0, 2, CONSUME))

    def driven_by(every):
        engine = Engine(every.on(typed))
        return with_typed(engine.plan, engine.schedule(), find_drivers(engine)).activity.tolist()

    assert driven_by(near) == [-1, 0, 1]
    assert driven_by(far) == [-1, -1, -1]
