"""What a schedule is, point by point: links and lags, constraints, calendars, progress, summaries, float."""

from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.algorithms.critical_path import Schedule, schedule
from projects.algorithms.network import CycleError
from projects.algorithms.plan import NONE, Assignment, Constraint, FloatBasis, LagKind, LinkKind, Plan, Split
from resources.algorithms.calendars import DAY, STANDARD, Calendar, NoWorkingTime, to_datetime
from tests.projects.algorithms.plans import DAYS, EPOCH, HOUR, NIGHTS, SIX_DAYS, at, plan

C = Constraint


def day(ticks: int) -> str:
    """A moment as day of January 2026 and hour: 5th, 8 o'clock is "5 08:00"."""
    moment = to_datetime(int(ticks), EPOCH)
    return f"{(moment - datetime(2026, 1, 1)).days + 1} {moment:%H:%M}"


def spans(answer: Schedule) -> list[str]:
    return [f"{day(s)} - {day(f)}" for s, f in zip(answer.early_start, answer.early_finish, strict=True)]


def constrained(kind: Constraint, date: int, **more) -> Plan:
    """A of three days, then B of two days, which is constrained."""
    kinds, dates = np.array([C.ASAP, kind]), np.array([NONE, date])
    return plan("A B", [3, 2], [("A", "B")], constraints=kinds, constraint_dates=dates, **more)


def test_work_stops_at_the_weekend_and_a_finish_stays_at_the_end_of_its_day():
    answer = schedule(plan("A B C", [5, 1, 2], [("A", "B"), ("B", "C")]))

    assert spans(answer) == ["5 08:00 - 9 17:00", "12 08:00 - 12 17:00", "13 08:00 - 14 17:00"]
    assert answer.is_critical.tolist() == [True] * 3
    assert day(answer.project_finish[0]) == "14 17:00"


@pytest.mark.parametrize(
    ("link", "span"),
    [
        (("A", "B", LinkKind.FS, 1 * DAYS), "8 08:00 - 9 17:00"),
        (("A", "B", LinkKind.FS, -1 * DAYS), "6 08:00 - 7 17:00"),
        (("A", "B", LinkKind.FS, 3 * DAY, LagKind.ELAPSED), "12 08:00 - 13 17:00"),
        (("A", "B", LinkKind.FS, 50, LagKind.PERCENT), "8 08:00 - 9 17:00"),
        (("A", "B", LinkKind.FS, -50, LagKind.PERCENT), "6 08:00 - 7 17:00"),
        (("A", "B", LinkKind.FS, 100, LagKind.ELAPSED_PERCENT), "7 09:00 - 9 09:00"),
        (("A", "B", LinkKind.SS, 4 * HOUR), "5 13:00 - 7 12:00"),
        (("A", "B", LinkKind.FF, 0), "5 08:00 - 6 17:00"),
        (("A", "B", LinkKind.FF, 2 * DAYS), "7 08:00 - 8 17:00"),
        (("A", "B", LinkKind.SF, 3 * DAYS), "6 08:00 - 7 17:00"),
    ],
)
def test_links_and_lags_run_on_the_calendar_of_the_successor(link, span):
    # A takes two days; half of it is one day, and all of it elapsed is 16 hours of the clock.
    assert spans(schedule(plan("A B", [2, 2], [link])))[1] == span


def test_a_start_to_finish_link_puts_the_finish_on_its_very_date():
    answer = schedule(plan("A B", [1, 1], [("A", "B", LinkKind.SF)], project_starts=np.array([at(6, 8)])))

    assert spans(answer)[1] == "5 08:00 - 6 08:00"


@pytest.mark.parametrize(
    ("kind", "date", "span", "total"),
    [
        (C.SNET, at(9, 8), "9 08:00 - 12 17:00", 0),
        (C.SNET, at(6, 8), "8 08:00 - 9 17:00", 0),
        (C.SNET, at(10, 8), "12 08:00 - 13 17:00", 0),
        (C.FNET, at(13, 17), "12 08:00 - 13 17:00", 0),
        (C.SNLT, at(7, 8), "7 08:00 - 8 17:00", -1),
        (C.SNLT, at(9, 8), "8 08:00 - 9 17:00", 0),
        (C.FNLT, at(8, 17), "7 08:00 - 8 17:00", -1),
        (C.MSO, at(13, 8), "13 08:00 - 14 17:00", 0),
        (C.MSO, at(6, 8), "6 08:00 - 7 17:00", -2),
        (C.MFO, at(14, 17), "13 08:00 - 14 17:00", 0),
    ],
)
def test_constraints_hold_and_show_negative_float_where_links_want_more(kind, date, span, total):
    answer = schedule(constrained(kind, date))

    assert spans(answer)[1] == span
    assert answer.total_float[1] == total * DAYS
    assert answer.is_critical[1]


@pytest.mark.parametrize(("kind", "date"), [(C.SNLT, at(7, 8)), (C.FNLT, at(8, 17)), (C.MSO, at(6, 8))])
def test_links_win_over_constraint_dates_where_the_plan_does_not_honor_them(kind, date):
    answer = schedule(constrained(kind, date, honors_constraint_dates=False))

    assert spans(answer)[1] == "8 08:00 - 9 17:00"
    assert answer.total_float[1] < 0


def test_an_activity_as_late_as_possible_takes_its_float_and_stays_clear_of_its_successor():
    late = np.array([C.ASAP, C.ALAP, C.ASAP, C.ASAP])
    answer = schedule(plan("A B C D", [1, 1, 4, 1], [("A", "B"), ("A", "C"), ("B", "D"), ("C", "D")], constraints=late))

    assert spans(answer)[1] == "9 08:00 - 9 17:00"
    assert answer.total_float[1] == 0
    assert spans(answer)[3] == "12 08:00 - 12 17:00"


def test_a_deadline_moves_nothing_and_shows_what_is_missing():
    answer = schedule(plan("A B", [3, 2], [("A", "B")], deadlines=np.array([NONE, at(8, 17)])))

    assert spans(answer)[1] == "8 08:00 - 9 17:00"
    assert answer.total_float.tolist() == [-DAYS, -DAYS]


def test_float_is_measured_against_network_project_or_the_activity_itself():
    two = plan("A B C", [2, 5, 1], [("A", "C")], projects=np.array([0, 1, 0]), project_starts=np.array([at(5, 8)] * 2))

    floats = {basis: (schedule(two, basis).total_float / DAYS).tolist() for basis in FloatBasis}

    assert floats == {
        FloatBasis.NETWORK: [2, 0, 2],
        FloatBasis.PROJECT: [0, 0, 0],
        FloatBasis.ACTIVITY: [0, 0, 0],
    }
    own = schedule(plan("A B C", [2, 5, 1], [("A", "C")]), FloatBasis.ACTIVITY)
    assert own.is_critical.all()


def test_free_float_is_what_moves_nobody_else():
    answer = schedule(plan("A B C D", [1, 4, 1, 1], [("A", "D"), ("B", "D"), ("A", "C"), ("C", "D")]))

    assert (answer.total_float / DAYS).tolist() == [2, 0, 2, 0]
    assert (answer.free_float / DAYS).tolist() == [0, 0, 2, 0]
    lagged = schedule(plan("A B", [1, 1], [("A", "B", LinkKind.FS, 1 * DAYS)]))
    assert lagged.free_float.tolist() == [0, 0]


def test_the_threshold_widens_what_is_critical():
    links = [("A", "D"), ("B", "D"), ("A", "C"), ("C", "D")]
    answer = schedule(plan("A B C D", [1, 4, 1, 1], links, critical_threshold=2 * DAYS))

    assert answer.is_critical.all()


def test_a_milestone_may_stand_at_the_end_of_a_day_and_at_a_start_outside_working_hours():
    flags = np.array([False, True, False])
    answer = schedule(plan("A M B", [1, 0, 1], [("A", "M"), ("M", "B")], is_milestone=flags))
    early = schedule(plan("M", [0], [], is_milestone=np.array([True]), project_starts=np.array([at(5, 6)])))

    assert spans(answer)[1:] == ["5 17:00 - 5 17:00", "6 08:00 - 6 17:00"]
    assert spans(early) == ["5 06:00 - 5 06:00"]


def test_each_activity_works_on_its_own_calendar_and_elapsed_time_on_none():
    calendars = (STANDARD, SIX_DAYS, NIGHTS)
    answer = schedule(
        plan(
            "A B C D",
            [5, 1, 1, 1],
            [("A", "B"), ("A", "C"), ("A", "D")],
            working_calendars=calendars,
            calendars=np.array([0, 1, 2, 0]),
            is_elapsed=np.array([False, False, False, True]),
        )
    )

    assert spans(answer)[1:] == ["10 08:00 - 10 17:00", "9 22:00 - 10 06:00", "9 17:00 - 10 01:00"]


def test_assignments_on_calendars_of_their_own_start_and_finish_the_activity():
    parts = (Assignment(0, 0, 2 * DAYS), Assignment(0, 1, 1 * DAYS, delay=DAY))
    both = plan("A B", [2, 1], [("A", "B")], working_calendars=(STANDARD, NIGHTS), assignments=parts)

    answer = schedule(both)

    assert spans(answer) == ["5 08:00 - 7 06:00", "7 08:00 - 7 17:00"]
    assert answer.is_critical.all()


def test_what_is_done_keeps_its_dates_and_the_rest_goes_on_where_it_stopped():
    begun = {"actual_starts": np.array([at(6, 8), NONE]), "progress_ratios": np.array([0.5, 0])}
    links = [("A", "B")]

    assert spans(schedule(plan("A B", [2, 1], links, **begun))) == ["6 08:00 - 7 17:00", "8 08:00 - 8 17:00"]
    later = schedule(plan("A B", [2, 1], links, **begun, status_at=at(12, 13)))
    assert spans(later) == ["6 08:00 - 13 12:00", "13 13:00 - 14 12:00"]
    resumed = schedule(plan("A B", [2, 1], links, **begun, resumes=np.array([at(9, 8), NONE])))
    assert spans(resumed)[0] == "6 08:00 - 9 17:00"


def test_nothing_that_remains_to_be_done_lies_before_the_status_date():
    answer = schedule(plan("A B", [1, 1], [], status_at=at(7, 10)))

    assert spans(answer)[0] == "7 10:00 - 8 10:00"


def test_a_completed_activity_is_never_critical_and_binds_its_predecessors_no_more():
    facts = {"actual_starts": np.array([NONE, at(5, 8)]), "actual_finishes": np.array([NONE, at(6, 17)])}
    answer = schedule(plan("A B C", [1, 1, 9], [("A", "B")], **{k: np.append(v, NONE) for k, v in facts.items()}))

    assert answer.is_critical.tolist() == [False, False, True]
    assert spans(answer)[1] == "5 08:00 - 6 17:00"
    assert answer.total_float[0] == 8 * DAYS


@pytest.mark.parametrize(("is_retained", "span"), [(True, "5 08:00 - 9 17:00"), (False, "5 08:00 - 6 17:00")])
def test_work_begun_out_of_sequence_waits_by_retained_logic_only(is_retained, span):
    begun = {"actual_starts": np.array([NONE, at(5, 8)]), "progress_ratios": np.array([0, 0.5])}

    answer = schedule(plan("A B", [4, 2], [("A", "B")], **begun, is_retained_logic=is_retained))

    assert spans(answer)[1] == span


def test_what_is_scheduled_by_hand_stays_and_what_is_inactive_counts_for_nothing():
    by_hand = {"manual_starts": np.array([NONE, at(6, 8), NONE]), "manual_finishes": np.array([NONE, at(7, 17), NONE])}
    links = [("A", "B"), ("B", "C")]
    answer = schedule(plan("A B C", [9, 2, 1], links, is_manual=np.array([False, True, False]), **by_hand))
    without = schedule(plan("A B C", [1, 5, 1], [*links, ("A", "C")], is_inactive=np.array([False, True, False])))

    assert spans(answer)[1:] == ["6 08:00 - 7 17:00", "8 08:00 - 8 17:00"]
    assert answer.total_float[1] > 0
    assert spans(without)[2] == "6 08:00 - 6 17:00"
    assert day(without.project_finish[0]) == "6 17:00"


def test_a_levelling_delay_is_elapsed_time_before_the_start_and_a_split_a_pause():
    answer = schedule(plan("A B", [1, 1], [("A", "B")], delays=np.array([0, 3 * DAY])))
    split = schedule(plan("A", [2], [], splits=(Split(0, 1 * DAYS, 2 * DAYS),)))

    assert spans(answer)[1] == "9 08:00 - 9 17:00"
    assert spans(split) == ["5 08:00 - 8 17:00"]


def test_a_plan_from_its_finish_starts_as_late_as_it_can_and_early_where_it_shall():
    late = np.array([C.ALAP, C.ALAP, C.ASAP, C.ALAP])
    answer = schedule(
        plan(
            "A B C D",
            [2, 3, 1, 1],
            [("A", "B"), ("A", "C"), ("B", "D"), ("C", "D")],
            constraints=late,
            is_from_finish=True,
            project_finishes=np.array([at(16, 17)]),
        )
    )

    assert spans(answer) == ["9 08:00 - 12 17:00", "13 08:00 - 15 17:00", "13 08:00 - 13 17:00", "16 08:00 - 16 17:00"]


def test_a_summary_spans_what_is_below_it_and_is_critical_with_it():
    answer = schedule(plan("S A B T C", [0, 1, 3, 0, 1], [("A", "C")], parents=np.array([-1, 0, 0, 0, 3])))

    assert spans(answer)[0] == "5 08:00 - 7 17:00"
    assert spans(answer)[3] == "6 08:00 - 6 17:00"
    assert answer.is_critical.tolist() == [True, False, True, False, False]


@pytest.mark.parametrize(
    ("kind", "starts"),
    [
        # S holds A (1 day) and B (3 days, after A); T holds C (2 days) and D (1 day).
        (LinkKind.FS, ["9 08:00", "9 08:00"]),
        (LinkKind.SS, ["5 08:00", "5 08:00"]),
        (LinkKind.FF, ["7 08:00", "8 08:00"]),
        (LinkKind.SF, ["1 08:00", "2 08:00"]),
    ],
)
def test_a_link_between_summaries_acts_on_all_that_is_below_them(kind, starts):
    links = [("S", "T", kind), ("A", "B")]
    answer = schedule(plan("S A B T C D", [0, 1, 3, 0, 2, 1], links, parents=np.array([-1, 0, 0, -1, 3, 3])))

    assert [day(start) for start in answer.early_start[[4, 5]]] == starts


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([LinkKind.FS, LinkKind.FF]))
def test_a_link_on_summaries_gives_the_dates_of_the_links_between_all_their_leaves(seed, kind):
    random = np.random.default_rng(seed)
    lengths = random.integers(0, 9, 8)
    inner = [("A", "B"), ("B", "C"), ("E", "F", LinkKind.SS, 600)]
    names, parents = "S A B C T E F U G", np.array([-1, 0, 0, 0, -1, 4, 4, 4, 7])
    durations = [0, *lengths[:3], 0, *lengths[3:5], 0, lengths[5]]
    product = [(one, other, kind, 1200) for one in "ABC" for other in "EFG"]

    through = schedule(plan(names, durations, [*inner, ("S", "T", kind, 1200)], parents=parents))
    each = schedule(plan(names, durations, [*inner, *product], parents=parents))

    for one in ("early_start", "early_finish", "late_start", "late_finish", "total_float", "free_float"):
        assert getattr(through, one).tolist() == getattr(each, one).tolist(), one


def test_the_start_of_a_summary_is_its_first_activity_s():
    links = [("S", "X", LinkKind.SS, 1 * DAYS), ("P", "A"), ("P", "B", LinkKind.FS, 1 * DAYS)]
    answer = schedule(plan("P S A B X", [2, 0, 2, 2, 1], links, parents=np.array([-1, -1, 1, 1, -1])))

    assert spans(answer)[4] == "8 08:00 - 8 17:00"


def test_dates_of_a_summary_hold_what_is_below_it():
    kinds, dates = np.array([C.SNET, 0, 0]), np.array([at(8, 8), NONE, NONE])
    answer = schedule(
        plan("S A B", [0, 1, 2], [], parents=np.array([-1, 0, 0]), constraints=kinds, constraint_dates=dates)
    )
    due = schedule(
        plan("S A B", [0, 1, 2], [], parents=np.array([-1, 0, 0]), deadlines=np.array([at(5, 17), NONE, NONE]))
    )

    assert spans(answer)[1:] == ["8 08:00 - 8 17:00", "8 08:00 - 9 17:00"]
    assert (due.total_float[1:] / DAYS).tolist() == [0, -1]


def test_a_circle_through_a_summary_is_named():
    parents = np.array([-1, 0, -1])

    with pytest.raises(CycleError, match="circle: A → S → B → A") as refused:
        schedule(plan("S A B", [0, 1, 1], [("S", "B"), ("B", "A")], parents=parents))
    assert [["S", "A", "B"][node] for node in refused.value.path] == ["A", "S", "B", "A"]
    with pytest.raises(ValueError, match="its own summary"):
        schedule(plan("S A B", [0, 1, 1], [], parents=np.array([1, 0, -1])))


def test_years_of_work_and_dates_long_ago_extend_the_horizon():
    answer = schedule(plan("A B", [260 * 60, 1], [("A", "B")]))
    long_ago = constrained(C.MSO, at(5, 8) - 20 * 365 * DAY)

    assert to_datetime(int(answer.early_finish[0]), EPOCH).year == 2085
    assert to_datetime(int(schedule(long_ago).early_start[1]), EPOCH).year == 2006


def test_absurd_plans_end_in_a_sentence_that_names_the_activity():
    with pytest.raises(ValueError, match="“A” has a duration below 0 or above 100 years"):
        plan("A", [10**9], [])
    with pytest.raises(ValueError, match="“B” has a lag that no plan can have"):
        plan("A B", [1, 1], [("A", "B", LinkKind.FS, 10**12)])
    with pytest.raises(ValueError, match="“A” has a constraint without its date"):
        plan("A", [1], [], constraints=np.array([C.MSO]))
    with pytest.raises(NoWorkingTime, match="“Never” has no working time"):
        schedule(plan("A", [1], [], working_calendars=(Calendar("Never", ((),) * 7),)))
    names = " ".join(f"A{number}" for number in range(30))
    links = [(f"A{number}", f"A{number + 1}") for number in range(29)]
    with pytest.raises(NoWorkingTime, match="further than 400 years"):
        schedule(plan(names, [10_000] * 30, links))


def test_no_activity_at_all_is_a_schedule_too():
    answer = schedule(plan("", [], []))

    assert answer.early_start.tolist() == []
    assert answer.project_finish.tolist() == [at(5, 8)]
