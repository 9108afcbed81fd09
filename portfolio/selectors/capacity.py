"""Demand against capacity of the organization, of a portfolio or a program: from stored totals, by role and team."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import connection

from accounts.models import Organization
from core.errors import NotFound
from core.sql import fetch
from portfolio.algorithms.heat import Demand, Supply
from portfolio.querysets import BELOW
from portfolio.selectors.freshness import WAITING, Freshness
from programs.selectors import FUNDED
from projects.models import ProjectStatus
from resources.selectors.capacity import capacity_months

MOST_PORTFOLIOS, MOST_ROWS = 200, 300
TABLES = {"portfolio": "portfolio_portfolio", "program": "programs_program"}
#: Everything about demand, in one statement of rows that each say what they are.
READ = """
    SELECT 'head' AS what, {head_id} AS id, NULL::bigint AS team_id, {head_name} AS name, NULL::date AS month,
        NULL::numeric AS planned, NULL::numeric AS opened, NULL::numeric AS actual, NULL::numeric AS proposed,
        {waiting} AS waiting_since,
        (SELECT as_of FROM portfolio_rollup rollup WHERE rollup.organization_id = %s AND {rollup}) AS as_of
    FROM {head}
    UNION ALL
    SELECT 'demand', of.role_id, of.team_id, NULL, of.month, of.planned_fte, of.open_fte, of.actual_fte,
        of.proposed_fte, NULL, NULL
    FROM portfolio_demandmonth of WHERE {demand} AND of.month BETWEEN %s AND %s
    UNION ALL
    SELECT 'role', role.id, NULL, role.name, NULL, count(person.id), NULL, NULL, NULL, role.archived_at, NULL
    FROM resources_resourcerole role
    LEFT JOIN resources_person person
        ON person.role_id = role.id AND person.archived_at IS NULL AND NOT person.is_placeholder
    WHERE role.organization_id = %s GROUP BY role.id
    UNION ALL
    SELECT 'team', team.id, NULL, team.name, NULL, count(person.id), NULL, NULL, NULL, team.archived_at, NULL
    FROM resources_team team
    LEFT JOIN resources_person person
        ON person.team_id = team.id AND person.archived_at IS NULL AND NOT person.is_placeholder
    WHERE team.organization_id = %s GROUP BY team.id
    UNION ALL
    (SELECT 'portfolio', node.id, NULL, node.name, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM portfolio_portfolio node WHERE node.organization_id = %s AND node.archived_at IS NULL
    ORDER BY node.name, node.id LIMIT {most})
"""
#: The ids of the projects of a node.
INSIDE = {
    "": "TRUE",
    "program": "project.program_id = %(node)s",
    "portfolio": f"""project.id IN (
        WITH place AS MATERIALIZED ({BELOW.replace("%s", "%(node)s")})
        SELECT direct.id FROM place JOIN projects_project direct ON direct.portfolio_id = place.id
        UNION ALL
        SELECT member.id FROM place JOIN programs_program within ON within.portfolio_id = place.id
        JOIN projects_project member ON member.program_id = within.id)""",
}


@dataclass(frozen=True)
class Named:
    """A role, a team or a portfolio: its name, and how many people are of it."""

    pk: int
    name: str
    people: int = 0
    is_archived: bool = False


@dataclass(frozen=True)
class Workload:
    """Demand and capacity by role, team and month, with the names of both."""

    node: Named | None
    freshness: Freshness
    demand: Sequence[Demand]
    supply: Sequence[Supply]
    roles: Mapping[int, Named]
    teams: Mapping[int, Named]
    portfolios: Sequence[Named]

    def named(self, by: str) -> Mapping[int, Named]:
        return self.roles if by == "role" else self.teams


def workload(
    organization: Organization, kind: str, pk: int, first: datetime.date, last: datetime.date, now: datetime.datetime
) -> Workload:
    """What a node asks for, and what the whole organization has.

    Args:
        kind: `portfolio` or `program`; empty for the organization.
        first, last: first days of the first and the last month.
    Cost: one statement, and three for capacity. Neither grows with projects.
    Raises:
        NotFound: there is no such node, or it is not the person's to see.
    """
    keys: list[Any] = [organization.pk, organization.pk]
    keys += [pk] * 2 if kind else []
    keys += [organization.pk] if kind else []
    keys += [pk if kind else organization.pk, first, last, *[organization.pk] * 3]
    parts: dict[str, list[tuple[Any, ...]]] = {"head": []}
    for what, *values in fetch(_read_sql(kind), keys):
        parts.setdefault(what, []).append(tuple(values))
    if not parts["head"]:
        raise NotFound(f"There is no such {kind}, or it is not yours to see.")
    node_id, _, name, *_, waiting_since, as_of = parts["head"][0]
    return Workload(
        node=Named(node_id, name) if kind else None,
        freshness=Freshness(now, waiting_since, as_of),
        demand=[Demand(*row[:2], *row[3:8]) for row in parts.get("demand", ())],
        supply=[
            Supply(row.role_id, row.team_id, row.month, row.fte)
            for row in capacity_months(organization.pk, first, last)
        ],
        roles=_by_name(parts.get("role", ())),
        teams=_by_name(parts.get("team", ())),
        portfolios=[Named(row[0], row[2]) for row in parts.get("portfolio", ())],
    )


def _by_name(rows: Sequence[tuple[Any, ...]]) -> dict[int, Named]:
    named = [Named(row[0], row[2], int(row[4]), row[8] is not None) for row in rows]
    return {row.pk: row for row in sorted(named, key=lambda row: (row.name.casefold(), row.pk))}


@cache
def _read_sql(kind: str) -> str:
    nodes = ("project", "program", "portfolio")
    if not kind:
        whole = " AND ".join(f"{{}}.{node}_id IS NULL" for node in nodes)
        return READ.format(
            head="(SELECT 1) one", head_id="NULL::bigint", head_name="NULL", waiting=WAITING, most=MOST_PORTFOLIOS,
            rollup=whole.replace("{}", "rollup") + " AND rollup.product_id IS NULL",
            demand=whole.replace("{}", "of") + " AND of.organization_id = %s",
        )  # fmt: skip
    return READ.format(
        head=f"{TABLES[kind]} node WHERE node.id = %s AND node.organization_id = %s",
        head_id="node.id", head_name="node.name", waiting=WAITING, most=MOST_PORTFOLIOS,
        rollup=f"rollup.{kind}_id = %s", demand=f"of.{kind}_id = %s",
    )  # fmt: skip


@dataclass(frozen=True)
class Asker:
    """A person, placeholder, role or team that a project plans with, in FTE."""

    name: str
    fte: Decimal
    is_open: bool


@dataclass(frozen=True)
class Use:
    """What one project asks for."""

    pk: int
    name: str
    where: str
    is_proposed: bool
    fte: Decimal
    askers: Sequence[Asker]


def uses_of(
    organization: Organization,
    *,
    kind: str,
    pk: int,
    by: str,
    key: int | None,
    months: Sequence[datetime.date],
    with_proposals: bool,
) -> list[Use]:
    """Which projects ask for a role or team in a period, the largest first, and whom they plan with; one statement.

    Args:
        key: the role or team; None: demand that names none.
        months: of the period; FTE are the mean over them.
    """
    statuses = [*FUNDED, *((ProjectStatus.PROPOSED, ProjectStatus.SCREENED) if with_proposals else ())]
    keys = {
        "organization": organization.pk, "node": pk, "key": key, "months": list(months), "statuses": statuses,
        "count": len(months),
    }  # fmt: skip
    column = f"of.{by}_id"
    sql = f"""
        SELECT project.id, project.name, coalesce(program.name, home.name, ''), project.status,
            coalesce(person.name, role.name, team.name), (person.id IS NULL OR person.is_placeholder) AS is_open,
            sum(of.fte) / %(count)s
        FROM resources_allocation of
        JOIN projects_project project ON project.id = of.project_id AND project.archived_at IS NULL
        LEFT JOIN programs_program program ON program.id = project.program_id
        LEFT JOIN portfolio_portfolio home ON home.id = project.portfolio_id
        LEFT JOIN resources_person person ON person.id = of.person_id
        LEFT JOIN resources_resourcerole role ON role.id = of.role_id
        LEFT JOIN resources_team team ON team.id = of.team_id
        WHERE of.organization_id = %(organization)s AND of.kind = 'plan' AND of.month = ANY(%(months)s)
            AND {column} {"IS NULL" if key is None else "= %(key)s"}
            AND project.status = ANY(%(statuses)s) AND {INSIDE[kind]}
            AND (project.status <> 'done' OR project.actual_finish_date IS NULL
                OR of.month <= project.actual_finish_date)
        GROUP BY 1, 2, 3, 4, 5, 6
        ORDER BY sum(sum(of.fte)) OVER (PARTITION BY project.id) DESC, 1, 7 DESC, 5 LIMIT {MOST_ROWS}
    """  # noqa: S608 - names of columns and conditions are ours
    found: dict[int, list[Any]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, keys)
        for row in cursor.fetchall():
            found.setdefault(row[0], []).append(row)
    return [
        Use(
            pk=project,
            name=rows[0][1],
            where=rows[0][2],
            is_proposed=rows[0][3] not in FUNDED,
            fte=sum((row[6] for row in rows), Decimal(0)),
            askers=[Asker(row[4], row[6], row[5]) for row in rows],
        )
        for project, rows in found.items()
    ]
