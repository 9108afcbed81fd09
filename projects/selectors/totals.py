"""What lists of projects, activities and risks amount to."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Q, Sum

from accounts.models import User
from projects.models import ActivityKind, ActivityStatus, Project, RiskStatus
from projects.querysets import IN_FLIGHT

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
    columns = {"reported": "reported_health", "computed": "rollup__health"}
    columns |= {"budget": "budget_amount", "actual": "actual_amount"}
    sums = {"budget": "budget", "actual": "actual"}
    if product is not None:
        columns["share"] = "product_shares__share_ratio"
        sums |= {"budget_share": "budget * share", "actual_share": "actual * share"}
    counts = {health: f"{HEALTH} = '{health}'" for health in ("green", "amber", "red", "unreported")}
    return _summed(projects, columns, sums, counts)


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
    """How many projects stand in each saved view of the list; each is what the filters of its address leave."""
    columns = {
        "archived": "archived_at",
        "manager": "manager_id",
        "status": "status",
        "parked": "parked_reason",
        "reported": "reported_health",
        "computed": "rollup__health",
        "planned": "planned_finish_date",
        "expected": "expected_finish_date",
        "finished": "actual_finish_date",
    }
    flying = "archived IS NULL AND status IN ({})".format(", ".join(f"'{status}'" for status in IN_FLIGHT))
    counts = {
        "live": "archived IS NULL",
        "mine": "archived IS NULL AND manager = %s",
        "red": f"{flying} AND {HEALTH} = 'red'",
        "ends": f"{flying} AND coalesce(finished, expected, planned) BETWEEN %s AND %s",
        "late": f"{flying} AND (planned < %s OR expected > planned)",
        "parked": "archived IS NULL AND parked <> ''",
        "archived": "archived IS NOT NULL",
    }
    return _summed(Project.objects.visible_to(user), columns, {}, counts, (user.pk, *quarter, today))


#: Of a row of `_summed`: what is reported, else what is computed.
HEALTH = "coalesce(nullif(reported, ''), computed, 'unreported')"


def _summed(
    rows: Any, columns: Mapping[str, str], sums: Mapping[str, str], counts: Mapping[str, str], given: Sequence[Any] = ()
) -> Totals:
    """Sums and counts over rows, in SQL of our own: the ORM takes ten times as long to write the same statement.

    Args:
        columns: name -> the column it stands for.
        sums, counts: name -> SQL over the names of `columns`: constants of this module.
        given: the values of their placeholders, in order.
    """
    inner = rows.order_by().values_list(*columns.values())[: MOST_ROWS + 1].query
    try:
        statement, values = inner.sql_with_params()
    except EmptyResultSet:
        return Totals(0, dict.fromkeys(sums, Decimal(0)), dict.fromkeys(counts, 0))
    wanted = ["count(*)", *(f"sum({each})" for each in sums.values())]
    wanted += [f"count(*) FILTER (WHERE {each})" for each in counts.values()]
    outer = f"SELECT {', '.join(wanted)} FROM ({statement}) AS listed ({', '.join(columns)})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(outer, [*given, *values])
        count, *found = cursor.fetchone()
    return Totals(
        count=count,
        sums={name: value or Decimal(0) for name, value in zip(sums, found, strict=False)},
        counts=dict(zip(counts, found[len(sums) :], strict=True)),
    )
