"""A plan's forecast: certain plans keep their dates, uncertain ones say with what chance, and what decides it."""

import numpy as np
import pytest

from projects.algorithms.critical_path import Engine
from projects.algorithms.forecast_model import Risks, Uncertainty
from projects.algorithms.forecasting import MOST_POINTS, forecast
from projects.algorithms.plan import NONE, ROUND_THE_CLOCK, Plan
from resources.algorithms.calendars import DAY
from tests.projects.algorithms.plans import DAYS, at, plan, random_plan

SAMPLES = 4000


def certain(the_plan: Plan, groups: tuple[str, ...] = ()) -> Uncertainty:
    nothing = np.full(the_plan.size, np.nan)
    return Uncertainty(nothing, nothing, nothing, groups or ("",) * the_plan.size)


def spread(the_plan: Plan, by: float, *, groups: tuple[str, ...] = (), only: tuple[int, ...] = ()) -> Uncertainty:
    """Estimates as far below the planned duration as above it, of some activities or of all."""
    likely = the_plan.durations.astype(np.float64)
    if only:
        likely[[number for number in range(the_plan.size) if number not in only]] = np.nan
    return Uncertainty(likely * (1 - by), likely, likely * (1 + by), groups or ("",) * the_plan.size)


def run(the_plan: Plan, uncertainty: Uncertainty, *, wanted: int = NONE, targets=None, projects=(0,), **more):
    chosen = [(np.array([number]), NONE) for number in range(the_plan.size)] if targets is None else targets
    given = {"samples": SAMPLES, "seed": 7, **more}
    return forecast(the_plan, uncertainty, projects=projects, targets=chosen, wanted=wanted, **given)


def days_after(one: int, other: int) -> float:
    return (other - one) / DAY


# ── Without any spread ──


@pytest.mark.parametrize("seed", range(20))
def test_a_certain_plan_on_one_calendar_finishes_when_its_schedule_says(seed):
    made = random_plan(np.random.default_rng(seed), 25, is_simple=True)
    made = made.changed(calendars=np.zeros(25, dtype=np.int64), is_elapsed=np.zeros(25, dtype=bool))

    found = run(made, certain(made), projects=range(3), samples=100)

    assert [target.finishes for target in found.targets] == [(target.planned,) * 3 for target in found.targets]
    assert not found.drivers
    assert found.curve == ((found.whole.planned, 1.0),)


def test_a_certain_plan_on_several_calendars_finishes_when_its_schedule_says():
    for seed in range(10):
        made = random_plan(np.random.default_rng(seed), 25, is_simple=True)

        found = run(made, certain(made), projects=range(3), samples=20)

        assert [target.finishes for target in found.targets] == [(target.planned,) * 3 for target in found.targets]


def test_what_is_done_or_under_way_keeps_its_dates_and_only_the_rest_is_drawn():
    made = plan(
        "Dig Pour Dry",
        [4, 10, 2],
        [("Dig", "Pour"), ("Pour", "Dry")],
        actual_starts=np.array([at(5, 8), at(9, 8), NONE]),
        actual_finishes=np.array([at(8, 17), NONE, NONE]),
        progress_ratios=np.array([1.0, 0.5, 0.0]),
    )

    still = run(made, certain(made))
    moving = run(made, spread(made, 0.5, only=(0, 1)))

    assert [target.finishes[0] for target in still.targets] == [target.planned for target in still.targets]
    assert moving.remaining.tolist() == [False, True, True]
    assert moving.targets[0].finishes == (moving.targets[0].planned,) * 3
    late = days_after(moving.targets[1].planned, moving.targets[1].finishes[2])
    assert 0 < late <= 5  # half of five remaining days at most, and a weekend


# ── Chances ──


def test_a_symmetric_estimate_is_met_in_every_second_case_and_two_paths_in_every_fourth():
    one = plan("Sail", [10], [])
    two = plan("Sail Row Land", [10, 10, 0], [("Sail", "Land"), ("Row", "Land")])

    alone = run(one, spread(one, 0.4), wanted=at(16, 17))
    both = run(two, spread(two, 0.4, only=(0, 1)), wanted=at(16, 17))

    assert alone.whole.planned == at(16, 17)
    assert alone.whole.chance == pytest.approx(0.5, abs=0.03)
    assert both.whole.chance == pytest.approx(0.25, abs=0.03)  # the merge bias
    assert both.whole.finishes[0] > alone.whole.finishes[0]
    assert both.criticality[:2] == pytest.approx([0.5, 0.5], abs=0.05)
    assert both.link_criticality.sum() == pytest.approx(1, abs=0.01)


def test_the_same_seed_gives_the_same_answer_and_another_one_another():
    made = plan("Sail Land", [10, 5], [("Sail", "Land")])

    again = [run(made, spread(made, 0.4), seed=seed).curve for seed in (1, 1, 2)]

    assert again[0] == again[1] != again[2]


def test_the_curve_rises_to_certainty():
    made = plan("Sail Land", [100, 50], [("Sail", "Land")])

    curve = run(made, spread(made, 0.4)).curve

    assert 10 < len(curve) <= MOST_POINTS
    assert [instant for instant, _ in curve] == sorted(instant for instant, _ in curve)
    assert [share for _, share in curve] == sorted(share for _, share in curve)
    assert curve[-1][1] == 1


def test_the_tornado_begins_with_what_swings_the_finish_most():
    made = plan("Small Large Long", [2, 10, 30], [("Small", "Large"), ("Large", "Long")])

    drivers = run(made, spread(made, 0.3)).drivers

    assert [driver.index for driver, _ in drivers] == [2, 1, 0]
    assert drivers[0][1] > drivers[1][1] > drivers[2][1] > 0


def test_where_nothing_is_estimated_a_default_spread_counts_only_if_it_is_chosen():
    made = plan("Sail", [10], [])
    nothing = certain(made)

    assumed = Uncertainty(nothing.low, nothing.likely, nothing.high, nothing.groups, (0.9, 1.3))

    assert run(made, nothing).whole.finishes == (at(16, 17),) * 3
    assert run(made, assumed).whole.finishes[2] > at(16, 17)
    assert not run(made, assumed).estimated.any()


# ── Dates ──


def test_a_date_set_by_hand_is_not_undercut_and_gives_way_to_a_late_predecessor():
    made = plan(
        "Order Build",
        [5, 5],
        [("Order", "Build")],
        is_manual=np.array([False, True]),
        manual_starts=np.array([NONE, at(19, 8)]),
        manual_finishes=np.array([NONE, at(23, 17)]),
    )

    early = run(made, certain(made))
    late = run(made.changed(durations=np.array([15 * DAYS, 5 * DAYS])), certain(made))

    assert early.whole.finishes == (at(23, 17),) * 3
    assert not len(early.pushed)
    assert late.whole.planned == at(23, 17)
    assert late.whole.finishes == (at(30, 17),) * 3
    assert late.pushed.tolist() == [1]


def test_what_remains_lies_behind_the_day_of_the_forecast():
    made = plan("Sail Land", [5, 5], [("Sail", "Land")])

    found = run(made, certain(made), not_before=at(19, 0))

    assert found.whole.planned == at(16, 17)
    assert found.whole.finishes == (at(30, 17),) * 3


def test_lags_and_links_on_summaries_count():
    made = plan(
        "Phase Dig Pour Paint",
        [0, 5, 5, 2],
        [("Dig", "Pour", 1, 2 * DAYS), ("Phase", "Paint", 1, DAY, 1)],
        parents=np.array([-1, 0, 0, -1]),
    )

    found = run(made, certain(made))

    assert [target.finishes[0] for target in found.targets[1:]] == [target.planned for target in found.targets[1:]]


# ── Of which projects ──


def test_a_forecast_of_one_project_hears_what_it_waits_for_in_others_and_nothing_else():
    made = plan(
        "Supply Build Unrelated",
        [10, 5, 90],
        [("Supply", "Build")],
        projects=np.array([1, 0, 2]),
        project_starts=np.array([at(5, 8)] * 3),
    )

    found = run(made, spread(made, 0.4), projects=[0])

    assert found.whole.planned == at(23, 17)
    assert found.whole.finishes[2] < at(31)
    assert {driver.index for driver, _ in found.drivers} == {0, 1}
    assert found.criticality[2] == 0


def test_projects_without_dated_work_are_refused_with_a_sentence():
    made = plan("Sail", [5], [], is_inactive=np.array([True]))

    with pytest.raises(ValueError, match="nothing to forecast"):
        run(made, certain(made))


# ── Teams and risks ──


def test_a_shared_factor_keeps_the_spread_of_one_and_widens_that_of_both_together():
    made = plan("Cut Sew", [50, 50], [("Cut", "Sew")], calendars=np.full(2, ROUND_THE_CLOCK))
    apart = run(made, spread(made, 0.4), samples=20_000)
    shared = run(made, spread(made, 0.4, groups=("Sailmakers", "sailmakers")), samples=20_000)

    def width(found, number):
        fifty, _, ninety_five = found.targets[number].finishes
        return ninety_five - fifty

    assert shared.groups == ("Sailmakers",)
    assert width(shared, 0) == pytest.approx(width(apart, 0), rel=0.12)
    # Half of the variance is common: of the sum it is one and a half times that of independent ones.
    assert width(shared, 1) == pytest.approx(width(apart, 1) * 1.5**0.5, rel=0.12)
    assert "factor" in {driver.kind for driver, _ in shared.drivers}


def test_a_group_without_any_spread_changes_nothing():
    made = plan("Cut Sew", [5, 5], [("Cut", "Sew")])

    found = run(made, spread(made, 0.0, groups=("Sailmakers", "Sailmakers")))

    assert found.whole.finishes == (found.whole.planned,) * 3
    assert found.groups == ()


def risk(probability: float, days: float, project: int = 0, cost: float = 0) -> Risks:
    values = [np.array([value], dtype=np.float64) for value in (probability, days, cost)]
    return Risks(*values, np.array([project], dtype=np.int64))


def test_a_risk_that_happens_delays_all_that_remains_by_its_calendar_days():
    made = plan(
        "Sail Land Party",
        [5, 5, 1],
        [("Sail", "Land")],
        is_manual=np.array([False, False, True]),
        manual_starts=np.array([NONE, NONE, at(26, 8)]),
        manual_finishes=np.array([NONE, NONE, at(26, 17)]),
    )

    found = run(made, certain(made), risks=risk(1.0, 7))

    assert [days_after(target.planned, target.finishes[0]) for target in found.targets] == [7, 7, 7]


def test_a_risk_of_three_in_ten_leaves_seven_in_ten_on_time_and_costs_its_share():
    made = plan("Sail Land", [5, 5], [("Sail", "Land")])

    found = run(made, certain(made), risks=risk(0.3, 14, cost=1000), wanted=at(16, 17))

    assert found.whole.chance == pytest.approx(0.7, abs=0.03)
    assert found.risk_cost[0] == pytest.approx(300, abs=30)
    assert [driver.kind for driver, _ in found.drivers] == ["risk"]


def test_a_risk_of_another_project_delays_only_what_waits_for_it():
    made = plan(
        "Supply Build Paint",
        [5, 5, 5],
        [("Supply", "Build")],
        projects=np.array([1, 0, 0]),
        project_starts=np.array([at(5, 8)] * 2),
    )

    found = run(made, certain(made), risks=risk(1.0, 7, project=1))

    assert days_after(found.targets[1].planned, found.targets[1].finishes[0]) == 7
    assert found.targets[2].finishes[0] == found.targets[2].planned


# ── Progress ──


def test_progress_is_told_and_what_it_raises_ends_the_work():
    made = plan("Sail", [10], [])
    told = []

    run(made, spread(made, 0.4), samples=1200, report=told.append)
    assert told == [500, 1000, 1200]

    def stop(done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(made, spread(made, 0.4), report=stop)


def test_the_schedule_may_be_handed_in():
    made = plan("Sail", [10], [])

    assert run(made, spread(made, 0.4), engine=Engine(made)).curve == run(made, spread(made, 0.4)).curve
