"""Random plans with everything in them: the two implementations agree, and no date can be improved."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.algorithms import dating
from projects.algorithms.critical_path import Schedule, schedule
from projects.algorithms.plan import FloatBasis, LinkKind
from resources.algorithms.calendars import ALWAYS
from tests.projects.algorithms.plans import random_plan


def same(one: Schedule, other: Schedule) -> None:
    for name in [one.name for one in fields(Schedule)]:
        assert getattr(one, name).tolist() == getattr(other, name).tolist(), name


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(list(FloatBasis)))
def test_level_by_level_and_one_by_one_give_the_same_dates(seed, basis):
    random = np.random.default_rng(seed)
    any_plan = random_plan(random, int(random.integers(1, 60)))

    answers = []
    for thin in (0, 10**6):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(dating, "THIN", thin)
            answers.append(schedule(any_plan, basis))
    same(*answers)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6))
def test_nothing_can_start_earlier_or_later_than_the_schedule_says(seed):
    """Every early start is held by a link or the project's start, and every late one keeps all links and the finish."""
    random = np.random.default_rng(seed)
    simple = random_plan(random, int(random.integers(2, 30)), is_simple=True)
    simple = simple.changed(
        working_calendars=(ALWAYS,), calendars=np.full(simple.size, -1), lag_kinds=np.ones_like(simple.lags),
        project_starts=np.zeros(3, dtype=np.int64), is_milestone=np.zeros(simple.size, dtype=bool),
    )  # fmt: skip

    answer = schedule(simple)

    offset = {
        LinkKind.FS: lambda p, s: simple.durations[p],
        LinkKind.SS: lambda p, s: 0,
        LinkKind.FF: lambda p, s: simple.durations[p] - simple.durations[s],
        LinkKind.SF: lambda p, s: -simple.durations[s],
    }
    rows = list(zip(simple.predecessors, simple.successors, simple.link_kinds, simple.lags, strict=True))
    for number in range(simple.size):
        bounds = [answer.early_start[p] + offset[k](p, s) + lag for p, s, k, lag in rows if s == number]
        is_floored = not bounds or any(k == LinkKind.FF for _, s, k, _ in rows if s == number)
        assert answer.early_start[number] == max([*bounds, *([0] if is_floored else [])])
        limits = [answer.late_start[s] - offset[k](p, s) - lag for p, s, k, lag in rows if p == number]
        last = answer.project_finish.max() - simple.durations[number]
        assert answer.late_start[number] == min([*limits, last])
