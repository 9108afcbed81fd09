"""How far a project is, as one comparable share of its work, with the method named."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

#: Ratios are kept to the hundredth of a percent.
STEP = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Work:
    """Sums over a project's work: its leaf activities without the cancelled ones.

    `task_*` are tasks; milestones mark points and carry no work, so they are only counted. A weighted sum is
    progress (0 to 1) times weight.
    """

    task_count: int = 0
    task_progress: Decimal = Decimal(0)
    costed_count: int = 0
    cost: Decimal = Decimal(0)
    cost_progress: Decimal = Decimal(0)
    dated_count: int = 0
    days: int = 0
    days_progress: Decimal = Decimal(0)
    milestone_count: int = 0
    milestone_progress: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Progress:
    """A share of the work done, 0 to 1, and how it was found; None where nothing says so."""

    ratio: Decimal | None
    method: str


def project_progress(work: Work, *, is_done: bool = False, reported: Decimal | None = None) -> Progress:
    """Progress of a project from its activities, else as its manager reports it.

    Tasks are weighted by planned cost if every one has a cost, else by planned duration if every one has dates, else
    each counts the same: weights are never mixed, so that the method can be named. A project of milestones alone is
    the share of milestones reached. One that is done is 1, whatever its activities say.

    Args:
        work: sums over leaf activities, the cancelled ones left out.
        reported: 0 to 1; counts only where there is no activity.
    Cost: O(1).
    Source: weighted milestones, percent complete and the choice of one measure: PMI, Practice Standard for Earned
        Value Management, 2nd ed., ch. 3; the order of preference is ours.
    """
    if is_done:
        return Progress(Decimal(1), "done")
    if work.task_count:
        if work.costed_count == work.task_count and work.cost > 0:
            return Progress(_ratio(work.cost_progress, work.cost), "activities by planned cost")
        if work.dated_count == work.task_count and work.days > 0:
            return Progress(_ratio(work.days_progress, Decimal(work.days)), "activities by planned duration")
        return Progress(_ratio(work.task_progress, Decimal(work.task_count)), "activities, each the same")
    if work.milestone_count:
        return Progress(_ratio(work.milestone_progress, Decimal(work.milestone_count)), "milestones reached")
    if reported is not None:
        return Progress(reported, "as reported")
    return Progress(None, "")


def joint_progress(earned: Decimal, weight: Decimal) -> Decimal | None:
    """Progress of several projects together: what is earned of what they weigh; None where nothing weighs.

    Args:
        earned: sum of progress times weight.
        weight: sum of the weights.
    """
    return _ratio(earned, weight) if weight > 0 else None


def project_weight(budget: Decimal | None, planned_cost: Decimal) -> Decimal:
    """What a project weighs among others: its budget, else the planned cost of its activities, else 1.

    One unit of money is next to nothing beside a budget, so a project without any amount hardly counts among
    projects with one; among projects that all have none, each counts the same.
    """
    return max(budget or planned_cost, Decimal(1))


def _ratio(part: Decimal, whole: Decimal) -> Decimal:
    return min(Decimal(1), max(Decimal(0), part / whole)).quantize(STEP, ROUND_HALF_UP)
