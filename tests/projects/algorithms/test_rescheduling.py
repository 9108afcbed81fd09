"""An edit moves what it can move, and gives what scheduling anew gives."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.algorithms import jagged, rescheduling
from projects.algorithms.critical_path import Engine, Schedule, schedule
from projects.algorithms.longest_paths import LongestPaths
from projects.algorithms.network import build_network
from projects.algorithms.plan import NONE, FloatBasis, LinkKind, Plan
from projects.algorithms.rescheduling import reschedule
from resources.algorithms.calendars import DAY
from tests.projects.algorithms.plans import DAYS, HOUR, plan, random_plan

MORE = ["begun", "is_manual", "lag", "shape"]
LINKS = ("predecessors", "successors", "link_kinds", "lags", "lag_kinds")


def edited(random: np.random.Generator, before: Plan) -> tuple[Plan, list[int], list[int]]:
    """A plan with another value somewhere, the activities that have it and the links that have another lag."""
    activity = int(random.integers(0, before.size))
    field = str(
        random.choice(["durations", "calendars", "constraints", "deadlines", "begun", "is_manual", "lag", "shape"])
    )
    if field == "lag" and len(before.lags):
        link = int(random.integers(0, len(before.lags)))
        lags, kinds = before.lags.copy(), before.lag_kinds.copy()
        lags[link], kinds[link] = random.integers(-50, 90), random.integers(0, 4)
        return before.changed(lags=lags, lag_kinds=kinds), [], [link]
    if field == "shape":
        return before.changed(**{name: getattr(before, name)[:-1] for name in LINKS}), [], []
    values = {
        "durations": int(random.integers(0, 60)) * 300,
        "calendars": int(random.integers(-1, 3)),
        "constraints": int(random.integers(0, 8)),
        "constraint_dates": int(random.integers(0, 40)) * DAY + 8 * HOUR,
        "deadlines": int(random.integers(0, 40)) * DAY,
        "actual_starts": int(random.integers(0, 40)) * DAY,
        "is_manual": True,
        "manual_starts": 10 * DAY,
        "manual_finishes": 11 * DAY,
    }
    together = {
        "constraints": ["constraints", "constraint_dates"],
        "begun": ["actual_starts"],
        "is_manual": ["is_manual", "manual_starts", "manual_finishes"],
        "lag": ["durations"],
    }
    changes = {}
    for name in together.get(field, [field]):
        changes[name] = getattr(before, name).copy()
        changes[name][activity] = values[name]
    return before.changed(**changes), [activity], []


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**6), st.booleans(), st.sampled_from(list(FloatBasis)), st.sampled_from([0.02, 1.0]))
def test_a_row_of_edits_gives_what_scheduling_anew_gives(seed, is_simple, basis, ratio):
    random = np.random.default_rng(seed)
    now = random_plan(random, int(random.integers(2, 60)), is_simple=is_simple)
    engine = Engine(now, basis)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rescheduling, "LOCAL_RATIO", ratio)
        for _ in range(4):
            before = engine.schedule()
            now, activities, links = edited(random, now)
            moved = reschedule(engine, now, activities, links)
            after, anew = engine.schedule(), schedule(now, basis)
            for name in [one.name for one in fields(Schedule)]:
                assert getattr(after, name).tolist() == getattr(anew, name).tolist(), name
            still = np.setdiff1d(np.flatnonzero(~engine.frame.outline.is_summary), moved)
            assert before.early_start[still].tolist() == after.early_start[still].tolist()
            assert before.early_finish[still].tolist() == after.early_finish[still].tolist()


def test_what_an_edit_cannot_reach_is_not_looked_at():
    size = 400
    names = " ".join(f"A{number}" for number in range(size))
    links = [(f"A{number}", f"A{number + 1}") for number in range(size - 1) if number != 350]
    engine = Engine(plan(names, [1] * size, links))
    visited = []
    step = engine.passes.stepper.forward
    engine.passes.stepper.forward = lambda rank: visited.append(rank) or step(rank)
    durations = engine.plan.durations.copy()
    durations[398] = 2 * DAYS

    moved = reschedule(engine, engine.plan.changed(durations=durations), [398])

    assert set(moved.tolist()) <= set(range(351, 400))
    assert {399, 398} <= set(moved.tolist())
    assert len(visited) == 2


def test_an_edit_that_runs_beyond_the_calendars_is_followed_all_the_same():
    engine = Engine(plan("A B", [1, 1], [("A", "B")]))
    longer = engine.plan.changed(durations=np.array([260 * 50 * DAYS, DAYS]))

    reschedule(engine, longer, [0])

    assert engine.schedule().early_finish.tolist() == schedule(longer).early_finish.tolist()


def test_a_begun_activity_is_followed_and_its_links_fall_silent():
    before = plan("A B C", [2, 2, 1], [("A", "B", LinkKind.SS), ("B", "C")])
    engine = Engine(before)
    begun = before.changed(actual_starts=np.array([20 * DAY, NONE, NONE]))

    reschedule(engine, begun, [0])

    assert engine.schedule().late_start.tolist() == schedule(begun).late_start.tolist()


@st.composite
def networks(draw):
    random = np.random.default_rng(draw(st.integers(0, 10**6)))
    size = int(random.integers(1, 120))
    count = int(random.integers(0, 3 * size))
    ends = np.sort(random.integers(0, size, (count, 2)), axis=1)
    ends = ends[ends[:, 0] != ends[:, 1]]
    numbers = random.permutation(size)
    kinds, lags = random.integers(0, 4, len(ends)), random.integers(-6, 9, len(ends))
    return random, size, numbers[ends[:, 0]], numbers[ends[:, 1]], random.integers(0, 12, size), kinds, lags


@settings(max_examples=150, deadline=None)
@given(networks(), st.sampled_from([0, 2, jagged.WIDE]))
def test_longest_paths_are_the_schedule_without_calendars_and_stay_so_through_edits(given_network, wide):
    random, size, tails, heads, durations, kinds, lags = given_network
    network = build_network(size, tails, heads)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jagged, "WIDE", wide)
        paths = LongestPaths(network, durations, kinds, lags)
    now = plan(" ".join(f"A{number}" for number in range(size)), [0] * size, []).changed(
        working_calendars=(), calendars=np.full(size, -1), durations=durations, predecessors=tails, successors=heads,
        link_kinds=kinds, lags=lags, lag_kinds=np.zeros_like(lags), project_starts=np.zeros(1, dtype=np.int64),
    )  # fmt: skip

    for _ in range(6):
        dates, whole = paths.dates(), schedule(now)
        for name in ("early_start", "early_finish", "late_start", "late_finish", "total_float", "free_float"):
            assert getattr(dates, name).tolist() == getattr(whole, name).tolist(), name
        assert dates.finish == max(whole.early_finish, default=0)
        if random.random() < 0.6 or not len(lags):
            changed = now.durations.copy()
            activity = int(random.integers(0, size))
            changed[activity] = random.integers(0, 30)
            paths.change_duration(activity, int(changed[activity]))
            now = now.changed(durations=changed)
        else:
            changed = now.lags.copy()
            link = int(random.integers(0, len(changed)))
            changed[link] = random.integers(-6, 20)
            paths.change_lag(link, int(changed[link]))
            now = now.changed(lags=changed)


def test_a_floor_holds_an_activity_back():
    paths = LongestPaths(build_network(2, [0], [1]), np.array([3, 2]), np.array([LinkKind.FS]), np.array([0]))

    paths.change_floor(1, 10)

    assert paths.dates().early_start.tolist() == [0, 10]
    assert paths.dates().total_float.tolist() == [7, 0]


def test_numbers_that_leave_32_bits_are_followed_in_64():
    network = build_network(3, [0, 1], [1, 2])
    paths = LongestPaths(network, np.array([3, 2, 4]), np.array([LinkKind.FF, LinkKind.FS]), np.array([0, 1]))
    assert paths.head.dtype == np.int32

    paths.change_duration(0, 10**12)
    paths.change_lag(1, 10**13)

    dates = paths.dates()
    assert paths.head.dtype == np.int64
    assert dates.early_start.tolist() == [0, 10**12 - 2, 11 * 10**12]
    assert dates.total_float.tolist() == [0, 0, 0]
    large = LongestPaths(network, np.array([10**12, 2, 4]), np.array([LinkKind.FF, LinkKind.FS]), np.array([0, 10**13]))
    assert large.dates().late_start.tolist() == dates.late_start.tolist()
