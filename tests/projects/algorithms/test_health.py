"""Health follows thresholds that are written down, and says why."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.algorithms.health import (
    WORST_FIRST,
    Facts,
    Health,
    group_health,
    late_days,
    project_health,
    shown_health,
)

DAY = datetime.date(2026, 6, 1)


def days(count):
    return DAY + datetime.timedelta(days=count)


def in_flight(**facts):
    return Facts(**{"status": "Active", "is_in_flight": True, "has_started": True, **facts})


def planned(start, finish, **facts):
    return in_flight(planned_start_date=days(start), planned_finish_date=days(finish), **facts)


def test_a_project_that_is_not_under_way_is_not_judged():
    health = project_health(Facts("Proposed", is_in_flight=False, has_started=False, budget=Decimal(1)), DAY)

    assert health == Health("unreported", ("Proposed: not under way, so there is nothing to judge.",))


def test_nothing_known_is_not_reported_rather_than_green():
    assert project_health(in_flight(), DAY).value == "unreported"
    health = project_health(in_flight(budget=Decimal(100), actual=Decimal(10)), DAY)
    assert health.value == "unreported"
    assert health.reasons == ("Spent 10% of its budget.", "No dates or progress: too little to call it on track.")


def test_a_finish_as_planned_is_on_track():
    assert project_health(planned(-10, 89), DAY) == Health("green", ("Expected to finish as planned, on 29 Aug 2026.",))


@pytest.mark.parametrize(
    ("planned_days", "slip", "value"),
    [
        (400, 29, "green"), (400, 30, "amber"), (400, 89, "amber"), (400, 90, "red"),  # by days
        (100, 9, "green"), (100, 10, "amber"), (100, 24, "amber"), (100, 25, "red"),  # by share of the plan
        (10, 4, "green"), (10, 5, "red"),  # less than a working week never counts by share
    ],
)  # fmt: skip
def test_the_slip_of_the_finish_counts_in_days_and_as_a_share_of_the_plan(planned_days, slip, value):
    facts = planned(0, planned_days - 1, expected_finish_date=days(planned_days - 1 + slip))

    assert project_health(facts, DAY).value == value


def test_the_slip_is_told_in_days_and_as_a_share():
    facts = planned(-5, 74, expected_finish_date=days(86))

    assert project_health(facts, DAY).reasons == ("Expected to finish 12 days late, 15% of its planned duration.",)


def test_past_its_finish_and_not_done_it_slips_by_the_day():
    assert project_health(planned(-400, -20), DAY).value == "green"
    assert project_health(planned(-800, -90), DAY) == Health(
        "red", ("Planned to finish on 3 Mar 2026 and not done 90 days later.",)
    )


def test_a_start_that_is_overdue_counts_only_where_work_has_not_begun():
    waiting = planned(-30, 369)
    not_begun = Facts("Approved", True, False, waiting.planned_start_date, waiting.planned_finish_date)

    assert project_health(waiting, DAY).value == "green"
    assert project_health(not_begun, DAY).reasons[0] == "Was to start on 2 May 2026 and has not, 30 days later."
    assert project_health(not_begun, DAY).value == "amber"


@pytest.mark.parametrize(("actual", "value"), [(100, "green"), (109, "green"), (110, "amber"), (125, "red")])
def test_cost_over_budget_counts_from_ten_percent(actual, value):
    facts = planned(-10, 89, budget=Decimal(100), actual=Decimal(actual))

    assert project_health(facts, DAY).value == value


def test_progress_behind_elapsed_time_counts_in_points():
    half_gone = {"start": -50, "finish": 49}

    assert project_health(planned(**half_gone, progress=Decimal("0.36")), DAY).value == "green"
    assert project_health(planned(**half_gone, progress=Decimal("0.35")), DAY).value == "amber"
    health = project_health(planned(**half_gone, progress=Decimal("0.20")), DAY)
    assert health.value == "red"
    assert health.reasons[0] == "20% done when 50% of the planned time has passed."


def test_spending_ahead_of_progress_counts_before_the_budget_is_gone():
    facts = planned(-50, 49, progress=Decimal("0.5"), budget=Decimal(100), actual=Decimal(80))

    assert project_health(facts, DAY).value == "red"
    assert project_health(facts, DAY).reasons[0] == "Spent 80% of its budget for 50% of the work."


def test_the_worst_comes_first_and_three_reasons_are_enough():
    facts = planned(
        -99, -1, expected_finish_date=days(20), progress=Decimal("0.1"), budget=Decimal(100), actual=Decimal(120)
    )
    health = project_health(facts, DAY)

    assert health.value == "red"
    assert len(health.reasons) == 3
    assert health.reasons[0] == "10% done when 100% of the planned time has passed." or "late" in health.reasons[0]


def test_what_the_manager_says_holds_and_the_figures_stand_beside_it():
    computed = Health("red", ("Expected to finish 95 days late.",))

    assert shown_health(computed, "", "") == computed
    assert shown_health(computed, "amber", "Supplier is late.") == Health(
        "amber", ("Reported at risk: Supplier is late.", "The figures alone: Expected to finish 95 days late.")
    )
    assert shown_health(computed, "red", "").reasons == ("Reported off track.",)


@pytest.mark.parametrize(
    ("counts", "value"),
    [
        ((3, 0, 0, 0), "green"), ((5, 2, 0, 0), "green"), ((2, 1, 0, 9), "amber"), ((5, 0, 1, 0), "amber"),
        ((2, 0, 1, 0), "red"), ((0, 0, 0, 4), "unreported"), ((0, 0, 0, 0), "unreported"),
    ],
)  # fmt: skip
def test_a_group_is_as_its_projects_are(counts, value):
    assert group_health(*counts).value == value


def test_a_group_says_how_many():
    assert group_health(2, 1, 1, 3).reasons == ("1 of 7 off track", "1 of 7 at risk")


@given(*[st.integers(0, 50)] * 4)
def test_one_more_project_off_track_never_makes_a_group_look_better(green, amber, red, unreported):
    before, after = group_health(green, amber, red, unreported), group_health(green, amber, red + 1, unreported)

    assert before.value == "unreported" or WORST_FIRST.index(after.value) <= WORST_FIRST.index(before.value)


@given(st.integers(1, 500), st.integers(0, 500), st.integers(0, 500))
def test_a_longer_slip_never_looks_better(planned_days, slip, more):
    first = project_health(planned(0, planned_days, expected_finish_date=days(planned_days + slip)), DAY)
    second = project_health(planned(0, planned_days, expected_finish_date=days(planned_days + slip + more)), DAY)

    assert WORST_FIRST.index(second.value) <= WORST_FIRST.index(first.value)


def test_late_is_past_the_plan_or_expected_after_it():
    def late(**facts):
        known = {"is_in_flight": True, "planned_finish_date": DAY, "expected_finish_date": None, "day": DAY}
        return late_days(**known | facts)

    assert late() == 0
    assert late(planned_finish_date=days(-1)) == 1
    assert late(expected_finish_date=days(3)) == 3
    assert late(planned_finish_date=days(-10), expected_finish_date=days(-4)) == 10
    assert late(expected_finish_date=days(-3)) == 0
    assert late(expected_finish_date=days(1), is_in_flight=False) == 0
    assert late(planned_finish_date=None, expected_finish_date=days(1)) == 0
