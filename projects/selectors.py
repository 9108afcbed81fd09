"""Projects, activities and risks in figures; outlines with what their summaries add up to."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Count, F, Q, QuerySet, Sum
from django.db.models.functions import Cast

from accounts.models import User
from events.models import Event
from projects.models import Activity, ActivityKind, ActivityStatus, Project, RiskStatus
from projects.querysets import IN_FLIGHT, is_late_on

#: Totals are added up over at most so many rows, so that a list costs the same in an organization of any size.
MOST_ROWS = 10_000


@dataclass(frozen=True)
class Totals:
    """What the rows of a list amount to; beyond `MOST_ROWS` only that they are more."""

    count: int
    sums: dict[str, Decimal]
    counts: dict[str, int]

    @property
    def is_capped(self) -> bool:
        return self.count > MOST_ROWS


def project_totals(projects: Any, product: Any = None) -> Totals:
    """Count, health, budget and actual cost of projects.

    Args:
        projects: the filtered rows.
        product: where the list is narrowed to a product, the part of each amount that serves it is summed as well.
    """
    rows = projects.with_health().order_by()
    columns = ["pk", "health", "budget_amount", "actual_amount"]
    sums = {"budget": Sum("budget_amount"), "actual": Sum("actual_amount")}
    if product is not None:
        share = F("product_shares__share_ratio")
        rows = rows.annotate(budget_share=F("budget_amount") * share, actual_share=F("actual_amount") * share)
        columns += ["budget_share", "actual_share"]
        sums |= {"budget_share": Sum("budget_share"), "actual_share": Sum("actual_share")}
    counts = {health: Count("pk", filter=Q(health=health)) for health in ("green", "amber", "red", "unreported")}
    return _totals(rows.values(*columns), sums, counts)


def activity_totals(activities: Any) -> Totals:
    """Count, states and costs of activities; a summary's cost is that of its parts and is not added again."""
    own = ~Q(kind=ActivityKind.SUMMARY)
    return _totals(
        activities.order_by().values("pk", "kind", "status", "planned_cost_amount", "actual_cost_amount"),
        {"planned": Sum("planned_cost_amount", filter=own), "actual": Sum("actual_cost_amount", filter=own)},
        {status: Count("pk", filter=own & Q(status=status)) for status in ActivityStatus.values},
    )


def risk_totals(risks: Any) -> Totals:
    """Count of risks; impact and exposure of the open ones, the only ones that may still cost something."""
    still = Q(status=RiskStatus.OPEN)
    return _totals(
        risks.with_exposure().order_by().values("pk", "status", "impact_amount", "exposure"),
        {"impact": Sum("impact_amount", filter=still), "exposure": Sum("exposure", filter=still)},
        {"open": Count("pk", filter=still)},
    )


def _totals(rows: Any, sums: dict[str, Sum], counts: dict[str, Count]) -> Totals:
    found = rows[: MOST_ROWS + 1].aggregate(all=Count("pk"), **sums, **{f"count_{k}": c for k, c in counts.items()})
    return Totals(
        count=found["all"],
        sums={name: found[name] or Decimal(0) for name in sums},
        counts={name: found[f"count_{name}"] for name in counts},
    )


def project_view_counts(user: User, today: datetime.date, quarter: tuple[datetime.date, datetime.date]) -> Totals:
    """How many projects stand in each saved view of the list."""
    flags = {
        "live": Q(archived_at=None),
        "mine": Q(archived_at=None, manager=user),
        "red": Q(archived_at=None, health="red"),
        "ends": Q(archived_at=None, finish__range=quarter, status__in=IN_FLIGHT),
        "late": Q(archived_at=None) & is_late_on(today),
        "parked": Q(archived_at=None) & ~Q(parked_reason=""),
        "archived": Q(archived_at__isnull=False),
    }
    rows = Project.objects.visible_to(user).with_health().with_finish().order_by()
    named = rows.annotate(**{f"is_{name}": flag for name, flag in flags.items()})
    columns = [f"is_{name}" for name in flags]
    counts = {name: Count("pk", filter=Q(**{f"is_{name}": True})) for name in flags}
    return _totals(named.values("pk", *columns), {}, counts)


def project_events(project: Project) -> QuerySet[Event]:
    """What happened to a project, to its activities and to its risks, newest first."""
    about = Q(subject_type=Project._meta.label_lower, subject_id=str(project.pk))
    for model in (Activity, Project._meta.get_field("risks").related_model):
        ids = model.objects.filter(project=project).annotate(text=Cast("pk", CharField())).values("text")  # type: ignore[union-attr]
        about |= Q(subject_type=model._meta.label_lower, subject_id__in=ids)  # type: ignore[union-attr]
    return Event.objects.filter(about, organization_id=project.organization_id).order_by("-id")


@dataclass(frozen=True)
class ServedProduct:
    """A product that a project serves, and the part of the project that does."""

    pk: int
    name: str
    line_code: str
    share_ratio: Decimal
    budget_amount: Decimal | None


def served_products(project: Project) -> list[ServedProduct]:
    """The products that a project serves, the largest share first."""
    rows = project.product_shares.select_related("product__line").order_by("-share_ratio", "pk")  # type: ignore[attr-defined]
    return [
        ServedProduct(
            pk=row.product_id,
            name=row.product.name,
            line_code=row.product.line.code if row.product.line else "",
            share_ratio=row.share_ratio,
            budget_amount=None if project.budget_amount is None else project.budget_amount * row.share_ratio,
        )
        for row in rows
    ]


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
        planned_cost_amount=_sum([leaf.planned_cost_amount for leaf in leaves]),
        actual_cost_amount=_sum([leaf.actual_cost_amount for leaf in leaves]),
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
        planned_cost_amount=_sum([leaf.planned_cost_amount for leaf in leaves]),
        actual_cost_amount=_sum([leaf.actual_cost_amount for leaf in leaves]),
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


def _sum(amounts: list[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


def _progress(leaves: list[Activity]) -> Decimal | None:
    """Progress weighted by planned days; where some have no dates, each counts the same."""
    weights = [leaf.planned_days or 0 for leaf in leaves]
    if not all(weights):
        weights = [1] * len(leaves)
    whole = sum(weights)
    done = sum((leaf.progress_ratio * weight for leaf, weight in zip(leaves, weights, strict=True)), Decimal(0))
    return done / whole if whole else None


PROJECT_HEADER = (
    "Code", "Name", "Program", "Portfolio", "Status", "Health", "Manager", "Method", "Planned start", "Planned finish",
    "Expected finish", "Actual start", "Actual finish", "Slip in days", "Progress", "Budget", "Actual cost", "Currency",
    "External key",
)  # fmt: skip


def project_cells(projects: Any) -> Iterator[tuple[Any, ...]]:
    """Rows of an export, in the order of `PROJECT_HEADER`."""
    for project in projects.iterator(chunk_size=500):
        rollup = getattr(project, "rollup", None)
        yield (
            project.code,
            project.name,
            project.program.name if project.program else "",
            project.portfolio.name if project.portfolio else "",
            project.get_status_display(),
            project.health,
            project.manager.name if project.manager else "",
            project.get_method_display(),
            project.planned_start_date,
            project.planned_finish_date,
            project.expected_finish_date,
            project.actual_start_date,
            project.actual_finish_date,
            project.slip_days,
            rollup.progress_ratio if rollup else None,
            project.budget_amount,
            project.actual_amount,
            project.currency,
            project.external_key,
        )


def spent_ratio(project: Project) -> Decimal | None:
    """Actual cost as a share of the budget; None without a budget."""
    if not project.budget_amount or project.actual_amount is None:
        return None
    return project.actual_amount / project.budget_amount


def part_counts(project: Project) -> dict[str, int]:
    """How many live activities and open risks a project has."""
    live: Any = Activity.objects.live().filter(project=project)
    risks: Any = project.risks  # type: ignore[attr-defined]
    return {
        "activities": live.count(),
        "done": live.filter(status=ActivityStatus.DONE).count(),
        "risks": risks.live().open().count(),
    }


ACTIVITY_HEADER = (
    "Project code", "Project", "Activity", "Kind", "Status", "Assignee", "Planned start", "Planned finish",
    "Actual start", "Actual finish", "Progress", "Planned cost", "Actual cost", "Currency", "External key",
)  # fmt: skip


def activity_cells(activities: Any) -> Iterator[tuple[Any, ...]]:
    """Rows of an export, in the order of `ACTIVITY_HEADER`."""
    for activity in activities.iterator(chunk_size=500):
        is_summary = activity.kind == ActivityKind.SUMMARY  # its costs are those of its parts: not twice in one column
        yield (
            activity.project.code,
            activity.project.name,
            activity.name,
            activity.get_kind_display(),
            activity.get_status_display(),
            activity.assignee.name if activity.assignee else "",
            activity.planned_start_date,
            activity.planned_finish_date,
            activity.actual_start_date,
            activity.actual_finish_date,
            None if is_summary else activity.progress_ratio,
            None if is_summary else activity.planned_cost_amount,
            None if is_summary else activity.actual_cost_amount,
            activity.currency,
            activity.external_key,
        )


RISK_HEADER = (
    "Project code", "Project", "Risk", "Status", "Probability", "Impact in money", "Exposure", "Impact in days",
    "Currency", "Response", "Response plan", "Owner", "External key",
)  # fmt: skip


def risk_cells(risks: Any) -> Iterator[tuple[Any, ...]]:
    """Rows of an export, in the order of `RISK_HEADER`."""
    for risk in risks.iterator(chunk_size=500):
        yield (
            risk.project.code,
            risk.project.name,
            risk.name,
            risk.get_status_display(),
            risk.probability_ratio,
            risk.impact_amount,
            risk.exposure_amount,
            risk.impact_days,
            risk.currency,
            risk.get_response_display(),
            risk.response_plan,
            risk.owner.name if risk.owner else "",
            risk.external_key,
        )
