"""A forecast on several calendars and with constraints: each sample is the schedule that its durations give."""

import numpy as np
import pytest

from projects.algorithms.critical_path import Engine
from projects.algorithms.forecast_model import Uncertainty
from projects.algorithms.forecasting import Forecast, forecast
from projects.algorithms.plan import NONE, Constraint, LagKind, LinkKind, Plan
from projects.algorithms.simulation_clocks import SEVERAL, Clocks, Crossing
from resources.algorithms.calendars import ALWAYS, DAY, SPAN, STANDARD, WorkingTime
from tests.projects.algorithms.plans import CALENDARS, DAYS, EPOCH, HOUR, NIGHTS, SIX_DAYS, at, plan, random_plan

SIZE = 25


def estimated(of: Plan, durations: np.ndarray) -> Uncertainty:
    """Certain that each activity takes so long; what takes no time by plan takes none."""
    takes = np.where(of.durations == 0, np.nan, durations.astype(np.float64))
    return Uncertainty(takes, takes, takes, ("",) * of.size)


def run(of: Plan, uncertainty: Uncertainty, **more) -> Forecast:
    each = [(np.array([number]), NONE) for number in range(of.size)]
    given = {"samples": 20, "seed": 7, **more}
    return forecast(of, uncertainty, projects=range(3), targets=each, **given)


def on_calendars(seed: int, constraints: tuple[Constraint, ...], calendars: int) -> Plan:
    """A random plan, a third of it with constraints; without lags in per cent."""
    random = np.random.default_rng(seed)
    made = random_plan(random, SIZE, is_simple=True)
    kinds = np.where(random.random(SIZE) < 0.35, random.choice([int(one) for one in constraints], SIZE), 0)
    in_percent = made.lag_kinds >= LagKind.PERCENT
    return made.changed(
        calendars=random.integers(0, calendars, SIZE) * (2 if calendars == 2 else 1),
        constraints=kinds,
        constraint_dates=random.integers(0, 40 * 24, SIZE) * HOUR,
        lag_kinds=np.where(in_percent, LagKind.WORKING, made.lag_kinds),
        lags=np.where(in_percent, made.lags * 50, made.lags),
        link_kinds=np.where(made.link_kinds == LinkKind.SF, LinkKind.FS, made.link_kinds),
    )


@pytest.mark.parametrize("constraint", Constraint)
def test_a_certain_plan_on_two_calendars_finishes_when_its_schedule_says(constraint):
    for seed in range(5):
        made = on_calendars(seed, (constraint,), calendars=2)

        found = run(made, estimated(made, made.durations))

        planned = Engine(made).schedule().early_finish.tolist()
        assert [target.finishes for target in found.targets] == [(finish,) * 3 for finish in planned]


@pytest.mark.parametrize("calendars", [1, 2, 3])
def test_other_durations_have_the_dates_of_a_full_pass_with_them(calendars):
    """ALAP activities stay at their planned dates, and are left out."""
    kinds = tuple(kind for kind in Constraint if kind != Constraint.ALAP)
    for seed in range(8):
        made = on_calendars(seed, kinds, calendars)
        random = np.random.default_rng(100 + seed)
        others = np.rint(made.durations * random.uniform(0.4, 2.5, SIZE)).astype(np.int64)

        found = run(made, estimated(made, others))

        engine = Engine(made.changed(durations=others))
        works_on = engine.rules.key[engine.frame.rank_of] // SPAN
        finishes = np.array([target.finishes[0] for target in found.targets])
        # A finish at the end of one day is the same as at the beginning of the next.
        apart = engine.time.between(engine.schedule().early_finish, finishes, works_on)
        assert not apart.any(), (seed, np.flatnonzero(apart))


def late_order(constraint: Constraint, date: int, **more) -> Plan:
    """An order of fifteen days that a build of five days waits for, on other days of the week."""
    return plan(
        "Order Build",
        [15, 5],
        [("Order", "Build")],
        working_calendars=CALENDARS,
        calendars=np.array([0, 1]),
        constraints=np.array([Constraint.ASAP, constraint]),
        constraint_dates=np.array([NONE, date]),
        **more,
    )


@pytest.mark.parametrize("constraint", [Constraint.SNLT, Constraint.MSO, Constraint.FNLT, Constraint.MFO])
def test_a_constraint_holds_what_it_waits_for_is_late_for_and_the_forecast_names_it(constraint):
    on_start = constraint in (Constraint.SNLT, Constraint.MSO)
    made = late_order(constraint, at(12, 8) if on_start else at(16, 17))

    held = run(made, estimated(made, np.array([30 * DAYS, 5 * DAYS])))
    free = made.changed(honors_constraint_dates=False)
    pushed = run(free, estimated(free, np.array([30 * DAYS, 5 * DAYS])))

    assert held.targets[1].finishes == (at(16, 17),) * 3
    assert held.held.tolist() == [1]
    assert pushed.targets[1].finishes[0] > at(31 + 13)
    assert not len(pushed.held)


def test_nothing_is_held_before_the_day_of_the_forecast():
    made = late_order(Constraint.MSO, at(12, 8))

    found = run(made, estimated(made, made.durations), not_before=at(19, 8))

    assert found.targets[1].finishes == (at(23, 17),) * 3


def test_work_on_another_calendar_waits_for_it_in_each_sample_and_not_only_where_it_is_planned():
    """Planned to end on a Friday, what takes a day longer ends on Saturday only where Saturdays are worked."""
    made = plan(
        "Sail Row",
        [5, 5],
        [],
        working_calendars=(STANDARD, SIX_DAYS),
        calendars=np.array([0, 1]),
    )

    found = run(made, estimated(made, np.array([6 * DAYS, 6 * DAYS])))

    assert [target.finishes[0] for target in found.targets] == [at(12, 17), at(10, 17)]


def test_a_chance_on_several_calendars_is_told_in_calendar_time_with_its_drivers():
    made = plan(
        "Sail Row Land",
        [20, 20, 0],
        [("Sail", "Land"), ("Row", "Land")],
        working_calendars=CALENDARS,
        calendars=np.array([0, 2, 0]),
    )
    likely = np.array([20.0, 20.0, np.nan]) * DAYS
    uncertain = Uncertainty(likely * 0.5, likely, likely * 1.5, ("",) * 3)

    found = run(made, uncertain, samples=4000, wanted=at(30, 17))

    assert found.criticality[2] == 1
    assert found.criticality[:2].sum() == pytest.approx(1, abs=0.05)
    assert found.link_criticality.sum() == pytest.approx(1, abs=0.05)
    assert 0 < found.whole.chance < 0.5
    assert {driver.index for driver, _ in found.drivers} <= {0, 1}
    assert 1 < found.drivers[0][1] < 30
    assert [instant for instant, _ in found.curve] == sorted(instant for instant, _ in found.curve)


def test_the_table_from_one_calendar_to_another_says_what_two_searches_say():
    time = WorkingTime((STANDARD, NIGHTS, ALWAYS), EPOCH)
    size = np.zeros(1, dtype=np.int64)
    clocks = Clocks(time, 3 * DAY, size, size - 1, size == 1, size, size.astype(np.float64), size)
    places = np.random.default_rng(5).integers(1, 200 * DAYS, 4 * SEVERAL).astype(np.float64)
    places[:SEVERAL] = np.arange(1, SEVERAL + 1) * DAYS / 4  # where shifts begin and end

    for source in range(3):
        for target in range(3):
            for is_finish in (False, True):
                crossing = Crossing(source, target, -1)
                few = [clocks.carry(part, crossing, is_finish, None) for part in np.split(places, 8)]
                assert clocks.carry(places, crossing, is_finish, None).tolist() == np.concatenate(few).tolist()
