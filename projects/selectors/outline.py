"""A project's work breakdown, with what each summary amounts to."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from projects.models import Activity, ActivityKind, ActivityStatus
from projects.selectors.standing import total


@dataclass(frozen=True)
class OutlineRow:
    """An activity where it stands in its project's outline; for a summary, what its parts amount to."""

    activity: Activity
    level: int
    moves: frozenset[str]
    status: str
    start_date: datetime.date | None
    finish_date: datetime.date | None
    planned_cost_amount: Decimal | None
    actual_cost_amount: Decimal | None
    progress_ratio: Decimal | None

    @property
    def is_summary(self) -> bool:
        return self.activity.kind == ActivityKind.SUMMARY

    @property
    def depth(self) -> int:
        """The indentation it is drawn with: deeper than 8 does not fit."""
        return min(self.level, 8)

    @property
    def status_words(self) -> str:
        return ActivityStatus(self.status).label


def outline(activities: Sequence[Activity]) -> list[OutlineRow]:
    """A project's live activities, in outline order, with where each may move and what each summary amounts to."""
    children: dict[int | None, list[Activity]] = {}
    known = {activity.pk for activity in activities}
    for activity in activities:
        home = activity.parent_id if activity.parent_id in known else None
        children.setdefault(home, []).append(activity)
    return list(_rows(children, None, 1))


@dataclass(frozen=True)
class OutlineTotals:
    """What a project's activities amount to; a summary is its parts and is not added again."""

    count: int
    start_date: datetime.date | None
    finish_date: datetime.date | None
    planned_cost_amount: Decimal | None
    actual_cost_amount: Decimal | None


def outline_totals(activities: Sequence[Activity]) -> OutlineTotals:
    """Count, span and costs of a project's activities."""
    leaves = [activity for activity in activities if activity.kind != ActivityKind.SUMMARY]
    return OutlineTotals(
        count=len(activities),
        start_date=min((leaf.planned_start_date for leaf in leaves if leaf.planned_start_date), default=None),
        finish_date=max((leaf.planned_finish_date for leaf in leaves if leaf.planned_finish_date), default=None),
        planned_cost_amount=total([leaf.planned_cost_amount for leaf in leaves]),
        actual_cost_amount=total([leaf.actual_cost_amount for leaf in leaves]),
    )


def _rows(children: dict[int | None, list[Activity]], parent: int | None, level: int) -> Iterator[OutlineRow]:
    siblings = children.get(parent, [])
    waiting = [(activity, place, len(siblings), level) for place, activity in reversed(list(enumerate(siblings)))]
    while waiting:
        activity, place, count, level = waiting.pop()
        below = children.get(activity.pk, [])
        yield _row(activity, level, _moves(place, count, level), _leaves(children, activity))
        waiting += [(child, at, len(below), level + 1) for at, child in reversed(list(enumerate(below)))]


def _moves(place: int, count: int, level: int) -> frozenset[str]:
    can = {"up": place > 0, "down": place < count - 1, "indent": place > 0, "outdent": level > 1}
    return frozenset(direction for direction, may in can.items() if may)


def _leaves(children: dict[int | None, list[Activity]], top: Activity) -> list[Activity]:
    """The work that an activity stands for: itself, or of a summary all that is below it."""
    if top.kind != ActivityKind.SUMMARY:
        return [top]
    found, waiting = [], list(children.get(top.pk, []))
    while waiting:
        activity = waiting.pop()
        waiting += children.get(activity.pk, [])
        if activity.kind != ActivityKind.SUMMARY:
            found.append(activity)
    return found


def _row(activity: Activity, level: int, moves: frozenset[str], leaves: list[Activity]) -> OutlineRow:
    starts = [leaf.planned_start_date for leaf in leaves if leaf.planned_start_date]
    finishes = [leaf.planned_finish_date for leaf in leaves if leaf.planned_finish_date]
    return OutlineRow(
        activity=activity,
        level=level,
        moves=moves,
        status=_status(activity, leaves),
        start_date=min(starts, default=None),
        finish_date=max(finishes, default=None),
        planned_cost_amount=total([leaf.planned_cost_amount for leaf in leaves]),
        actual_cost_amount=total([leaf.actual_cost_amount for leaf in leaves]),
        progress_ratio=_progress([leaf for leaf in leaves if leaf.status != ActivityStatus.CANCELLED]),
    )


def _status(activity: Activity, leaves: list[Activity]) -> str:
    """A summary is done when all below it is, and under way once some of it is."""
    found = {leaf.status for leaf in leaves}
    if activity.kind != ActivityKind.SUMMARY or not found:
        return activity.status
    alive = found - {ActivityStatus.CANCELLED}
    if not alive:
        return ActivityStatus.CANCELLED
    if len(alive) == 1:
        return alive.pop()
    return ActivityStatus.IN_PROGRESS


def _progress(leaves: list[Activity]) -> Decimal | None:
    """Progress weighted by planned days; where some have no dates, each counts the same."""
    weights = [leaf.planned_days or 0 for leaf in leaves]
    if not all(weights):
        weights = [1] * len(leaves)
    whole = sum(weights)
    done = sum((leaf.progress_ratio * weight for leaf, weight in zip(leaves, weights, strict=True)), Decimal(0))
    return done / whole if whole else None
