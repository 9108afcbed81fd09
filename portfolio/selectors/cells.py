"""What stored monthly totals should be, as statements: a project's from its facts, all above from the level below.

A node's cells are kept by comparing what they should be with what is stored, in the database. Two cubes are kept so:
money by kind, class and month, and demand by role, team and month (`portfolio/models/monthly.py`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection

from portfolio.models.monthly import DEMANDING
from portfolio.models.rollup import NODES
from programs.selectors import FUNDED
from projects.models import ProjectStatus

Cell = tuple[Any, ...]
ORGANIZATION = "organization"
TABLES = {
    "project": "projects_project",
    "program": "programs_program",
    "portfolio": "portfolio_portfolio",
    "product": "portfolio_product",
}


@dataclass(frozen=True, eq=False)
class Cube:
    """One table of monthly totals.

    Args:
        name: what a difference in it is called.
        nodes: the kinds of node that have rows; the organization has them besides.
        cell: what parts the rows of a node, each as an expression over a row `of`, with its type.
        measures: what is summed.
        own: kind of node -> what its own facts add: FROM, the node's column, the expressions of the measures, WHERE;
            the row that has the cell is called `of`.
    """

    name: str
    table: str
    nodes: tuple[str, ...]
    cell: dict[str, tuple[str, str]]
    measures: tuple[str, ...]
    own: dict[str, tuple[str, str, tuple[str, ...], str]]


_FUNDED = ", ".join(f"'{status}'" for status in FUNDED)
_ENTRIES = "finance_financialentry of JOIN {table} node ON node.id = of.{kind}_id AND node.archived_at IS NULL"
_REPORTED = "of.reporting_amount"
_BUDGET = "CASE WHEN of.kind = 'budget' THEN of.reporting_amount ELSE 0 END"
_NO_BUDGET = "CASE WHEN of.kind = 'budget' THEN 0 ELSE of.reporting_amount END"


def _entries(kind: str, *measures: str, where: str = "TRUE", node: str = "") -> tuple[str, str, tuple[str, ...], str]:
    return _ENTRIES.format(table=TABLES[kind], kind=kind), node or f"of.{kind}_id", measures, where


MONEY = Cube(
    name="money",
    table="portfolio_moneymonth",
    nodes=NODES,
    cell={"kind": ("of.kind", "text"), "entry_class": ("of.entry_class", "text"), "month": ("of.month", "date")},
    measures=("amount", "given_amount"),
    own={
        "project": _entries("project", _REPORTED, _BUDGET, where=f"node.status IN ({_FUNDED})"),
        "program": _entries("program", _NO_BUDGET, _BUDGET),
        "portfolio": _entries("portfolio", "0", _BUDGET),
        "product": _entries("product", _REPORTED, _BUDGET),
        ORGANIZATION: _entries("product", _REPORTED, "0", node="of.organization_id"),
    },
)
#: What is planned beyond the month in which a project was done is demand no longer.
_COUNTED = f"""node.status IN ({_FUNDED}) AND (
    node.status <> '{ProjectStatus.DONE}' OR node.actual_finish_date IS NULL OR of.month <= node.actual_finish_date)"""
_PROPOSED = f"'{ProjectStatus.PROPOSED}', '{ProjectStatus.SCREENED}'"
_PLANNED = f"CASE WHEN of.kind = 'plan' AND {_COUNTED} THEN of.fte ELSE 0 END"
DEMAND = Cube(
    name="demand",
    table="portfolio_demandmonth",
    nodes=DEMANDING,
    cell={
        "role_id": ("coalesce(of.role_id, 0)", "bigint"),
        "team_id": ("coalesce(of.team_id, 0)", "bigint"),
        "month": ("of.month", "date"),
    },
    measures=("planned_fte", "open_fte", "actual_fte", "proposed_fte"),
    own={
        "project": (
            """resources_allocation of
            JOIN projects_project node ON node.id = of.project_id AND node.archived_at IS NULL
            LEFT JOIN resources_person person ON person.id = of.person_id""",
            "of.project_id",
            (
                _PLANNED,
                f"CASE WHEN person.id IS NULL OR person.is_placeholder THEN {_PLANNED} ELSE 0 END",
                f"CASE WHEN of.kind = 'actual' AND node.status IN ({_FUNDED}) THEN of.fte ELSE 0 END",
                f"CASE WHEN of.kind = 'plan' AND node.status IN ({_PROPOSED}) THEN of.fte ELSE 0 END",
            ),
            "TRUE",
        ),
    },
)
CUBES = (MONEY, DEMAND)
#: Kind of node -> what lies below it: the rows of which kind, joined how, and by which column it is theirs.
BELOW: dict[str, tuple[tuple[str, str, str], ...]] = {
    "project": (),
    "program": (("project", "projects_project child ON child.id = of.project_id", "child.program_id"),),
    "portfolio": (
        ("portfolio", "portfolio_portfolio child ON child.id = of.portfolio_id", "child.parent_id"),
        ("program", "programs_program child ON child.id = of.program_id", "child.portfolio_id"),
        ("project", "projects_project child ON child.id = of.project_id", "child.portfolio_id"),
    ),
    "product": (),
    ORGANIZATION: (
        (
            "portfolio",
            "portfolio_portfolio child ON child.id = of.portfolio_id AND child.parent_id IS NULL",
            "of.organization_id",
        ),
        (
            "program",
            "programs_program child ON child.id = of.program_id AND child.portfolio_id IS NULL",
            "of.organization_id",
        ),
        (
            "project",
            """projects_project child ON child.id = of.project_id
                AND child.program_id IS NULL AND child.portfolio_id IS NULL""",
            "of.organization_id",
        ),
    ),
}
DIFFERING = """
    WITH expected AS MATERIALIZED (
        SELECT node, {names}, {sums} FROM ({sources}) source
        WHERE {live} GROUP BY node, {names} HAVING {any}
    ), stored AS MATERIALIZED (
        SELECT of.id, of.{column} AS node, {cell}, {stored_measures} FROM {table} of
        WHERE of.{column} = ANY(%(ids)s) {is_of_kind} {among}
    ), differing AS MATERIALIZED (
        SELECT stored.id, node, {names}, {both}, expected.{measure} IS NULL AS is_gone
        FROM expected FULL JOIN stored USING (node, {names})
        WHERE ({expected_measures}) IS DISTINCT FROM ({old_measures})
    )
"""
APPLYING = """
    , gone AS (DELETE FROM {table} kept USING differing WHERE kept.id = differing.id AND differing.is_gone)
    , changed AS (
        UPDATE {table} kept SET {set} FROM differing WHERE kept.id = differing.id AND NOT differing.is_gone
    ), made AS (
        INSERT INTO {table} (organization_id, {into}, {measures})
        SELECT %(organization)s, {values}, {measures} FROM differing WHERE id IS NULL
    )
"""


@cache
def differing_sql(cube: Cube, kind: str, *, some: bool) -> str:
    """The beginning of a statement that knows `differing`: the cells of nodes `ids` that are not what they should be.

    Args:
        some: only the cells given by `%(months)s` and one array of values for each column of a cell.
    """
    among = _among(cube) if some else ""
    return DIFFERING.format(
        table=cube.table,
        column=f"{kind}_id",
        names=", ".join(cube.cell),
        cell=_cell(cube),
        sources=" UNION ALL ".join(_sources(cube, kind, among)),
        live=_live(kind),
        is_of_kind=f"AND {_is_of(cube, kind)}",
        among=among,
        sums=", ".join(f"sum({name}) AS {name}" for name in cube.measures),
        any=" OR ".join(f"sum({name}) <> 0" for name in cube.measures),
        stored_measures=", ".join(f"of.{name}" for name in cube.measures),
        both=", ".join(f"expected.{name}, stored.{name} AS old_{name}" for name in cube.measures),
        expected_measures=", ".join(f"expected.{name}" for name in cube.measures),
        old_measures=", ".join(f"stored.{name}" for name in cube.measures),
        measure=cube.measures[0],
    )


@cache
def applying_sql(cube: Cube, kind: str, *, some: bool) -> str:
    """The same, which also makes the stored rows what they should be."""
    columns, values = list(cube.cell), [f"nullif({name}, 0)" if name.endswith("_id") else name for name in cube.cell]
    if kind != ORGANIZATION:
        columns, values = [f"{kind}_id", *columns], ["node", *values]
    return differing_sql(cube, kind, some=some) + APPLYING.format(
        table=cube.table,
        set=", ".join(f"{name} = differing.{name}" for name in cube.measures),
        into=", ".join(columns),
        values=", ".join(values),
        measures=", ".join(cube.measures),
    )


def differences(cube: Cube, kind: str, ids: Sequence[int]) -> Iterator[tuple[int, str, Any, Any]]:
    """Cells of nodes that are not what they should be: node, which cell, what is stored and what is expected."""
    old = ", ".join(f"old_{name}" for name in cube.measures)
    end = f"SELECT node, {', '.join(cube.cell)}, {old}, {', '.join(cube.measures)} FROM differing ORDER BY 1"
    with connection.cursor() as cursor:
        cursor.execute(f"{differing_sql(cube, kind, some=False)} {end}", {"ids": list(ids)})
        rows = cursor.fetchall()
    width, count = len(cube.cell), len(cube.measures)
    for node, *values in rows:
        where = " ".join([cube.name, *(str(value) for value in values[:width])])
        stored, expected = values[width : width + count], values[width + count :]
        for name, before, after in zip(cube.measures, stored, expected, strict=True):
            if before != after:
                yield node, f"{where} {name}", before, after


def _cell(cube: Cube) -> str:
    return ", ".join(f"{expression} AS {name}" for name, (expression, _) in cube.cell.items())


def _among(cube: Cube) -> str:
    arrays = ", ".join(f"%({name})s::{kind}[]" for name, (_, kind) in cube.cell.items())
    values = ", ".join(expression for expression, _ in cube.cell.values())
    # The months alone as well: an index leads by them.
    return f"AND of.month = ANY(%(months)s::date[]) AND ({values}) IN (SELECT * FROM unnest({arrays}))"


def _sources(cube: Cube, kind: str, among: str) -> Iterator[str]:
    cell = _cell(cube)
    for below, joined, column in BELOW[kind]:
        # What a node below was given is not what this one was.
        measures = _named(cube, tuple("0" if name == "given_amount" else f"of.{name}" for name in cube.measures))
        yield f"""SELECT {column} AS node, {cell}, {measures} FROM {cube.table} of JOIN {joined}
            WHERE of.{below}_id IS NOT NULL AND {column} = ANY(%(ids)s) {among}"""
    if kind == "product":
        shared = _named(cube, ("round(share.share_ratio * of.amount, 10)", "0"))
        yield f"""SELECT share.product_id AS node, {cell}, {shared}
            FROM portfolio_productshare share JOIN {cube.table} of ON of.project_id = share.project_id
            WHERE share.product_id = ANY(%(ids)s) {among}"""
    if kind in cube.own:
        tables, column, expressions, where = cube.own[kind]
        yield f"""SELECT {column} AS node, {cell}, {_named(cube, expressions)} FROM {tables}
            WHERE {column} = ANY(%(ids)s) AND {where} {among}"""


def _named(cube: Cube, expressions: Sequence[str]) -> str:
    return ", ".join(f"{text} AS {name}" for text, name in zip(expressions, cube.measures, strict=True))


def _live(kind: str) -> str:
    if kind == ORGANIZATION:
        return "TRUE"
    return f"node IN (SELECT id FROM {TABLES[kind]} WHERE id = ANY(%(ids)s) AND archived_at IS NULL)"


def _is_of(cube: Cube, kind: str) -> str:
    if kind != ORGANIZATION:
        return f"of.{kind}_id IS NOT NULL"
    return " AND ".join(f"of.{node}_id IS NULL" for node in cube.nodes)
