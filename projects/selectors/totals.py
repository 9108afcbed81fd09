"""What lists of projects, activities and risks amount to."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum

from accounts.models import User
from projects.models import ActivityKind, ActivityStatus, Project, RiskStatus
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
    named = {f"sum_{name}": each for name, each in sums.items()} | {f"count_{name}": c for name, c in counts.items()}
    found = rows[: MOST_ROWS + 1].aggregate(all=Count("pk"), **named)  # prefixed: a column may have the same name
    return Totals(
        count=found["all"],
        sums={name: found[f"sum_{name}"] or Decimal(0) for name in sums},
        counts={name: found[f"count_{name}"] for name in counts},
    )


def project_view_counts(user: User, today: datetime.date, quarter: tuple[datetime.date, datetime.date]) -> Totals:
    """How many projects stand in each saved view of the list."""
    flags = {
        "live": Q(archived_at=None),
        "mine": Q(archived_at=None, manager=user),
        "red": Q(archived_at=None, health="red", status__in=IN_FLIGHT),
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
