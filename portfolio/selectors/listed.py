"""What the dashboards list beside their totals: the latest projects, those a person manages, the largest risks.

Written by hand, as every dashboard asks for them: wording these statements with the ORM takes several times as long as
PostgreSQL takes to answer them. Row-level security holds here as everywhere.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.models import User
from core.amounts import are_hidden
from core.querysets import visible_organization
from core.sql import fetch
from portfolio.querysets import BELOW
from projects.models import RiskResponse

MOST_LISTED = 6
#: Ids of the projects of portfolio %s and of those below it, by the indexes of both ways in.
INSIDE = f"""(
    WITH place AS MATERIALIZED ({BELOW})
    SELECT direct.id FROM place JOIN projects_project direct ON direct.portfolio_id = place.id
    UNION ALL
    SELECT member.id FROM place
    JOIN programs_program within ON within.portfolio_id = place.id
    JOIN projects_project member ON member.program_id = within.id
)"""
PROJECTS = """(
    SELECT '{listed}' AS listed, project.id, project.name, coalesce(program.name, home.name, ''), rollup.health,
        rollup.late_days, rollup.slip_days, rollup.finish_date, rollup.planned_finish_date, rollup.progress_ratio,
        coalesce(manager.name, '')
    FROM portfolio_rollup rollup
    JOIN projects_project project ON project.id = rollup.project_id
    LEFT JOIN programs_program program ON program.id = project.program_id
    LEFT JOIN portfolio_portfolio home ON home.id = project.portfolio_id
    LEFT JOIN accounts_user manager ON manager.id = project.manager_id
    WHERE rollup.organization_id = %s AND {where}
    ORDER BY {order} LIMIT {most}
)"""
LATE = "rollup.project_id IS NOT NULL AND rollup.late_days > 0"
LATEST_FIRST = "rollup.late_days DESC, rollup.id DESC"
OF_ORGANIZATION = " UNION ALL ".join(
    (
        PROJECTS.format(listed="late", where=LATE, order=LATEST_FIRST, most=MOST_LISTED),
        PROJECTS.format(
            listed="mine",
            where="project.manager_id = %s AND rollup.in_flight_count = 1",
            order="rollup.late_days DESC, rollup.finish_date, rollup.id",
            most=MOST_LISTED + 2,
        ),
    )
)
OF_PORTFOLIO = PROJECTS.format(
    listed="late", where=f"{LATE} AND rollup.project_id IN {INSIDE}", order=LATEST_FIRST, most=MOST_LISTED
)
RISKS = f"""
    SELECT risk.name, project.id, project.name, risk.response, risk.probability_ratio, risk.impact_amount,
        risk.impact_days, risk.probability_ratio * risk.impact_amount AS exposure
    FROM projects_risk risk
    JOIN projects_project project ON project.id = risk.project_id
    WHERE risk.organization_id = %s AND risk.archived_at IS NULL AND risk.status = 'open'
        AND project.archived_at IS NULL AND project.id IN {INSIDE}
    ORDER BY {{order}}, risk.id DESC LIMIT {MOST_LISTED}
"""
LARGEST = RISKS.format(order="exposure DESC NULLS LAST")
LIKELIEST = RISKS.format(order="risk.probability_ratio DESC, risk.impact_days DESC")


@dataclass(frozen=True)
class Listed:
    """A project in a short list."""

    pk: int
    name: str
    where: str
    health: str
    late_days: int
    slip_days: int | None
    finish_date: datetime.date | None
    planned_finish_date: datetime.date | None
    progress_ratio: Decimal | None
    manager: str


@dataclass(frozen=True)
class LargeRisk:
    """A risk in a short list; `exposure` is probability times impact, in the organization's currency."""

    name: str
    project_id: int
    project_name: str
    response: str
    probability_ratio: Decimal
    impact_amount: Decimal
    impact_days: int
    exposure: Decimal

    @property
    def response_words(self) -> str:
        return RiskResponse(self.response).label.lower()


def latest_and_managed(user: User) -> tuple[list[Listed], list[Listed]]:
    """The latest projects of the organization, and those in flight that a person manages; in one statement."""
    organization_id = visible_organization(user)
    if organization_id is None:
        return [], []
    rows = fetch(OF_ORGANIZATION, [organization_id, organization_id, user.pk])
    return _listed(rows, "late"), _listed(rows, "mine")


def latest_below(user: User, portfolio_id: int) -> list[Listed]:
    """The latest projects of a portfolio and of those below it."""
    organization_id = visible_organization(user)
    return _listed(fetch(OF_PORTFOLIO, [organization_id, portfolio_id]), "late") if organization_id else []


def largest_risks_below(user: User, portfolio_id: int) -> list[LargeRisk]:
    """The open risks of the largest exposure in a portfolio and in those below it; where amounts are hidden, the
    likeliest."""
    organization_id = visible_organization(user)
    sql = LIKELIEST if are_hidden() else LARGEST
    return [LargeRisk(*row) for row in fetch(sql, [organization_id, portfolio_id])] if organization_id else []


def _listed(rows: Sequence[tuple[Any, ...]], name: str) -> list[Listed]:
    """The latest first, then the next to finish."""
    listed = [Listed(*values) for kind, *values in rows if kind == name]
    return sorted(
        listed, key=lambda project: (-project.late_days, project.finish_date or datetime.date.max, project.pk)
    )
