"""Progress is one share of the work, found by a method that has a name."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from projects.algorithms.progress import Work, joint_progress, project_progress, project_weight

ratios = st.decimals(0, 1, places=4)
costs = st.decimals(0, 10**9, places=2)
tasks = st.lists(st.tuples(ratios, st.none() | costs, st.none() | st.integers(1, 4000)), max_size=30)


def work_of(rows, milestones=()):
    """What the database sums, summed by hand."""
    costed = [(ratio, cost) for ratio, cost, _ in rows if cost is not None]
    dated = [(ratio, days) for ratio, _, days in rows if days is not None]
    return Work(
        task_count=len(rows),
        task_progress=sum((ratio for ratio, _, _ in rows), Decimal(0)),
        costed_count=len(costed),
        cost=sum((cost for _, cost in costed), Decimal(0)),
        cost_progress=sum((ratio * cost for ratio, cost in costed), Decimal(0)),
        dated_count=len(dated),
        days=sum(days for _, days in dated),
        days_progress=sum((ratio * days for ratio, days in dated), Decimal(0)),
        milestone_count=len(milestones),
        milestone_progress=sum(milestones, Decimal(0)),
    )


def test_tasks_that_all_have_a_cost_are_weighted_by_it():
    progress = project_progress(work_of([(Decimal(1), Decimal(300), 10), (Decimal(0), Decimal(100), 90)]))

    assert (progress.ratio, progress.method) == (Decimal("0.75"), "activities by planned cost")


def test_one_task_without_a_cost_makes_duration_the_weight():
    progress = project_progress(work_of([(Decimal(1), Decimal(300), 10), (Decimal(0), None, 90)]))

    assert (progress.ratio, progress.method) == (Decimal("0.10"), "activities by planned duration")


def test_without_costs_and_dates_each_task_counts_the_same():
    progress = project_progress(work_of([(Decimal(1), Decimal(300), None), (Decimal(0), None, 90)]))

    assert (progress.ratio, progress.method) == (Decimal("0.5"), "activities, each the same")


def test_costs_that_are_all_zero_weigh_nothing():
    progress = project_progress(work_of([(Decimal(1), Decimal(0), 10), (Decimal(0), Decimal(0), 30)]))

    assert (progress.ratio, progress.method) == (Decimal("0.25"), "activities by planned duration")


def test_milestones_carry_no_work_unless_there_is_nothing_else():
    with_task = work_of([(Decimal("0.2"), Decimal(10), 5)], milestones=[Decimal(1)])
    alone = work_of([], milestones=[Decimal(1), Decimal(1), Decimal(0)])

    assert project_progress(with_task).ratio == Decimal("0.2")
    assert (project_progress(alone).ratio, project_progress(alone).method) == (Decimal("0.6667"), "milestones reached")


def test_a_project_without_activities_is_as_far_as_its_manager_says():
    assert project_progress(Work(), reported=Decimal("0.4")) == project_progress(Work(), reported=Decimal("0.4"))
    assert project_progress(Work(), reported=Decimal("0.4")).method == "as reported"
    assert project_progress(Work()).ratio is None


def test_a_report_does_not_overrule_activities():
    assert project_progress(work_of([(Decimal("0.1"), None, None)]), reported=Decimal("0.9")).ratio == Decimal("0.1")


def test_a_project_that_is_done_is_wholly_done():
    progress = project_progress(work_of([(Decimal("0.3"), None, None)]), is_done=True)

    assert (progress.ratio, progress.method) == (Decimal(1), "done")


@given(tasks)
def test_progress_lies_between_the_least_and_the_most_of_its_tasks(rows):
    progress = project_progress(work_of(rows))

    if not rows:
        assert progress.ratio is None
        return
    least, most = min(ratio for ratio, _, _ in rows), max(ratio for ratio, _, _ in rows)
    assert least - Decimal("0.0001") <= progress.ratio <= most + Decimal("0.0001")


def test_projects_together_are_weighted_by_money_and_one_without_any_hardly_counts():
    rich = project_weight(Decimal("1000000.00"), Decimal(0))
    poor = project_weight(None, Decimal(0))

    assert project_weight(None, Decimal(500)) == Decimal(500)
    assert joint_progress(rich * Decimal("0.5") + poor * 1, rich + poor) == Decimal("0.5000")
    assert joint_progress(poor * 1 + poor * 0, poor * 2) == Decimal("0.5000")


def test_nothing_together_has_no_progress():
    assert joint_progress(Decimal(0), Decimal(0)) is None
