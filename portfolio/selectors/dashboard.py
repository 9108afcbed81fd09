"""What the dashboards show, from stored totals alone: their cost does not grow with the organization."""

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.urls import reverse

from accounts.models import Organization, User
from core.amounts import are_hidden
from core.errors import NotFound
from core.querysets import visible_organization
from core.sql import columns, fetch, instance
from portfolio.metrics import Figures, Query, Shown, node_query
from portfolio.models import Portfolio, Rollup
from portfolio.selectors.freshness import WAITING, Freshness
from portfolio.selectors.listed import (
    LargeRisk,
    Listed,
    largest_risks_below,
    latest_and_managed,
    latest_below,
)

MOST_PARTS = 60
ABOVE = """(
    WITH RECURSIVE above(id, name, parent_id, depth) AS (
        SELECT id, name, parent_id, 0 FROM portfolio_portfolio WHERE id = %s
        UNION ALL
        SELECT parent.id, parent.name, parent.parent_id, depth + 1
        FROM portfolio_portfolio parent JOIN above ON parent.id = above.parent_id AND depth < 50
    )
    SELECT jsonb_agg(jsonb_build_object('pk', id, 'name', name) ORDER BY depth DESC) FROM above WHERE depth > 0
)"""
PAGES = {
    "portfolio": "portfolio:portfolio-detail",
    "program": "programs:program-detail",
    "project": "projects:project-detail",
}
#: Columns of a rollup that a row of a table or a mark of a chart reads; those of the whole are more.
COLUMNS = (
    "project_count", "in_flight_count", "program_count", "green_count", "amber_count", "red_count", "unreported_count",
    "late_count", "open_risk_count", "parked_count", "activity_count", "health", "progress_ratio", "progress_weight",
    "progress_earned", "planned_finish_date", "finish_date", "slip_days", "late_days", "budget_amount", "actual_amount",
    "risk_exposure_amount", "currency",
)  # fmt: skip
#: The totals of what lies directly in a place. Written by hand: every dashboard asks for them.
PART = """(
    SELECT '{kind}' AS kind, {place} AS place, node.id AS node_id, node.name AS node_name,
        coalesce(manager.name, '') AS manager_name, {columns}
    FROM {table} node
    LEFT JOIN portfolio_rollup rollup ON rollup.{kind}_id = node.id
    LEFT JOIN accounts_user manager ON manager.id = node.manager_id
    WHERE node.organization_id = %s AND node.{parent} AND node.archived_at IS NULL
    ORDER BY rollup.budget_amount DESC NULLS LAST, node.name, node.id LIMIT {most}
)"""
KINDS = (
    ("program", "programs_program", "portfolio_id = %s"),
    ("portfolio", "portfolio_portfolio", "parent_id = %s"),
    ("project", "projects_project", "portfolio_id = %s"),
)


def _part_sql(kind: str, place: int, table: str, parent: str) -> str:
    selected = ", ".join(f"rollup.{name}" for name in COLUMNS)
    return PART.format(kind=kind, place=place, table=table, parent=parent, columns=selected, most=MOST_PARTS + 1)


PARTS = (
    " UNION ALL ".join(_part_sql(kind, place, table, parent) for place, (kind, table, parent) in enumerate(KINDS))
    + " ORDER BY place, budget_amount DESC NULLS LAST, node_name, node_id"
)
TOPMOST = _part_sql("portfolio", 0, "portfolio_portfolio", "parent_id IS NULL")
#: The totals of organization %s, and what waits to be added to them.
WHOLE = f"""
    SELECT {WAITING}, {columns(Rollup, "rollup")} FROM portfolio_rollup rollup
    WHERE rollup.organization_id = %s
        AND {" AND ".join(f"rollup.{node}_id IS NULL" for node in ("project", "program", "portfolio", "product"))}
"""
HEAD = f"""
    SELECT {WAITING}, {ABOVE}, {columns(Portfolio, "node")}, {columns(User, "manager")}, {columns(Rollup, "rollup")}
    FROM portfolio_portfolio node
    LEFT JOIN portfolio_rollup rollup ON rollup.portfolio_id = node.id
    LEFT JOIN accounts_user manager ON manager.id = node.manager_id
    WHERE node.organization_id = %s AND node.id = %s
"""
SUMMED = (
    *(name for name in COLUMNS if name.endswith("_count")),
    *("budget_amount", "actual_amount", "risk_exposure_amount", "progress_weight", "progress_earned"),
)


@dataclass(frozen=True)
class Part:
    """A program, project or portfolio as a row of the dashboard of what it lies in; `kind` is empty for the rest."""

    kind: str
    pk: int
    name: str
    rollup: Rollup | None
    manager: str = ""

    @cached_property
    def url(self) -> str:
        return reverse(PAGES[self.kind], args=[self.pk]) if self.kind else ""

    @property
    def holds_projects(self) -> bool:
        """True also before its totals are first added up."""
        return self.rollup is None or self.rollup.project_count > 0

    @cached_property
    def figures(self) -> Mapping[str, Shown]:
        """Its figures; those of a project lead to its page, and those of the rest nowhere."""
        if self.rollup is None:
            return {}
        if self.kind in ("portfolio", "program"):
            return Figures(self.rollup, node_query(self.kind, self.pk))
        return Figures(self.rollup, None, self.url)


@dataclass(frozen=True)
class Head:
    """A node as the head of its dashboard: its totals, and since when the oldest change waits to be added to them.

    Args:
        node: the Portfolio with its manager; None for the organization.
        above: the portfolios that it lies in, the topmost first: `pk` and `name`.
    """

    rollup: Rollup | None
    waiting_since: datetime.datetime | None
    node: Any = None
    above: Sequence[Mapping[str, Any]] = ()

    def freshness(self, now: datetime.datetime) -> Freshness:
        """How current the totals are."""
        return Freshness(now, self.waiting_since, self.rollup.as_of if self.rollup else None)


@dataclass(frozen=True)
class Dashboard:
    """What a dashboard shows of a node: its totals, what it is made of, and what needs attention."""

    rollup: Rollup | None
    freshness: Freshness
    node: Query = ()
    parts: Sequence[Part] = ()
    rest: Part | None = None
    late: Sequence[Listed] = ()
    mine: Sequence[Listed] = ()
    risks: Sequence[LargeRisk] = ()
    figures: Mapping[str, Shown] = field(default_factory=dict)

    @property
    def busy(self) -> Sequence[Part]:
        """The parts that hold projects; all of them where none does."""
        return [part for part in self.parts if part.holds_projects] or self.parts

    @property
    def idle_count(self) -> int:
        """How many parts hold no project, and are not shown beside those that do."""
        return len(self.parts) - len(self.busy)

    @property
    def noun(self) -> str:
        """What the parts shown are called."""
        kinds = {part.kind for part in self.busy}
        return kinds.pop().capitalize() if len(kinds) == 1 else "Part"

    @property
    def is_empty(self) -> bool:
        """Nothing is there yet: no portfolio, no program and no project."""
        counted = self.rollup and (self.rollup.project_count or self.rollup.program_count)
        return not self.parts and not counted


def organization_head(organization: Organization) -> Head:
    """The totals of the whole organization; none before they are first added up."""
    for waiting_since, *values in fetch(WHOLE, [organization.pk] * 2):
        return Head(instance(Rollup, values), waiting_since)
    return Head(None, None)


def organization_dashboard(user: User, organization: Organization, now: datetime.datetime) -> Dashboard:
    """The overview: the whole, its topmost portfolios, the latest projects and those that the person manages.

    Cost: three statements.
    """
    head = organization_head(organization)
    parts = _parts(TOPMOST, [organization.pk])
    late, mine = latest_and_managed(user)
    shown = parts[:MOST_PARTS]
    return Dashboard(
        rollup=head.rollup,
        freshness=head.freshness(now),
        parts=shown,
        rest=_rest(head.rollup, shown, "Other portfolios" if len(parts) > MOST_PARTS else "In no portfolio"),
        late=late,
        mine=mine,
        figures=Figures(head.rollup) if head.rollup else {},
    )


def portfolio_head(user: User, pk: int) -> Head:
    """A portfolio with its totals and its place.

    Raises:
        NotFound: there is none, or it is not the person's to see.
    """
    organization_id = visible_organization(user)
    found = fetch(HEAD, [organization_id, pk, organization_id, pk]) if organization_id else []
    if not found:
        raise NotFound("There is no such portfolio, or it is not yours to see.")
    waiting_since, above, *values = found[0]
    people, totals = len(Portfolio._meta.concrete_fields), len(User._meta.concrete_fields)
    portfolio: Any = instance(Portfolio, values)
    portfolio.manager = instance(User, values[people:])
    return Head(instance(Rollup, values[people + totals :]), waiting_since, portfolio, json.loads(above or "[]"))


def portfolio_dashboard(user: User, head: Head, now: datetime.datetime) -> Dashboard:
    """A portfolio: its totals, what lies in it, the latest projects and the largest risks of all below it.

    Cost: three statements.
    """
    pk = head.node.pk
    node = node_query("portfolio", pk)
    parts = _parts(PARTS, [head.node.organization_id, pk] * len(KINDS))
    shown = parts[:MOST_PARTS]
    return Dashboard(
        rollup=head.rollup,
        freshness=head.freshness(now),
        node=node,
        parts=shown,
        rest=_rest(head.rollup, shown, "All others") if len(parts) > MOST_PARTS else None,
        late=latest_below(user, pk),
        risks=largest_risks_below(user, pk),
        figures=Figures(head.rollup, node) if head.rollup else {},
    )


def _parts(sql: str, keys: Sequence[Any]) -> list[Part]:
    """What lies directly in a place, each kind by budget, by name where amounts are hidden; in one statement."""
    parts = [
        Part(kind, pk, name, None if values[0] is None else Rollup(**dict(zip(COLUMNS, values, strict=True))), manager)
        for kind, _, pk, name, manager, *values in fetch(sql, keys)
    ]
    if are_hidden():
        places = [kind for kind, _, _ in KINDS]
        parts.sort(key=lambda part: (places.index(part.kind), part.name.casefold(), part.pk))
    return parts


def _rest(rollup: Rollup | None, parts: Sequence[Part], name: str) -> Part | None:
    """What the totals hold beyond the parts shown; None where that is nothing."""
    if rollup is None:
        return None
    known = [part.rollup for part in parts if part.rollup]
    values = {name: getattr(rollup, name) - sum(getattr(row, name) for row in known) for name in SUMMED}
    if values["project_count"] <= 0 and values["program_count"] <= 0:
        return None
    weight, earned = values["progress_weight"], values["progress_earned"]
    progress = earned / weight if weight else None
    return Part("", 0, name, Rollup(currency=rollup.currency, progress_ratio=progress, **values))
