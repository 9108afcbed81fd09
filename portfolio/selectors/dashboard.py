"""What the dashboards show, from stored totals alone: their cost does not grow with the organization."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import F, JSONField, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.models import Organization, User
from portfolio.metrics import Figures, Query, Shown, node_query
from portfolio.models import Portfolio, Rollup
from portfolio.models.rollup import NODES
from portfolio.selectors.freshness import Freshness, oldest_waiting_change
from projects.models import Risk

MOST_PARTS = 60
MOST_LISTED = 6
ABOVE = """(
    WITH RECURSIVE above(id, name, parent_id, depth) AS (
        SELECT id, name, parent_id, 0 FROM portfolio_portfolio WHERE id = %s
        UNION ALL
        SELECT parent.id, parent.name, parent.parent_id, depth + 1
        FROM portfolio_portfolio parent JOIN above ON parent.id = above.parent_id AND depth < 50
    )
    SELECT jsonb_agg(jsonb_build_object('pk', id, 'name', name) ORDER BY depth DESC) FROM above WHERE depth > 0
)"""
OF_ORGANIZATION: dict[str, Any] = dict.fromkeys(NODES)
PAGES = {
    "portfolio": "portfolio:portfolio-detail",
    "program": "programs:program-detail",
    "project": "projects:project-detail",
}
#: Columns of a rollup that a row of a table or a mark of a chart reads.
COLUMNS = (
    "project_count", "in_flight_count", "program_count", "green_count", "amber_count", "red_count", "unreported_count",
    "late_count", "open_risk_count", "parked_count", "activity_count", "health", "progress_ratio", "progress_weight",
    "progress_earned", "planned_finish_date", "finish_date", "slip_days", "late_days", "budget_amount", "actual_amount",
    "risk_exposure_amount", "currency",
)  # fmt: skip
#: The totals of what lies directly in a portfolio. Written by hand: it is asked for by every dashboard.
PART = """(
    SELECT '{kind}' AS kind, {place} AS place, node.id AS node_id, node.name AS node_name,
        coalesce(manager.name, '') AS manager_name, {columns}
    FROM {table} node
    JOIN portfolio_rollup rollup ON rollup.{kind}_id = node.id
    LEFT JOIN accounts_user manager ON manager.id = node.manager_id
    WHERE node.organization_id = %s AND node.{parent} = %s AND node.archived_at IS NULL
    ORDER BY rollup.budget_amount DESC, node.name, node.id LIMIT %s
)"""
KINDS = (
    ("program", "programs_program", "portfolio_id"),
    ("portfolio", "portfolio_portfolio", "parent_id"),
    ("project", "projects_project", "portfolio_id"),
)
PARTS = (
    " UNION ALL ".join(
        PART.format(
            kind=kind, place=place, table=table, parent=parent, columns=", ".join(f"rollup.{c}" for c in COLUMNS)
        )
        for place, (kind, table, parent) in enumerate(KINDS)
    )
    + " ORDER BY place, budget_amount DESC, node_name, node_id"
)
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
    progress_ratio: Any
    manager: str


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
    risks: Sequence[Any] = ()
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


def freshness(rollup: Rollup | None, waiting_since: datetime.datetime | None, now: datetime.datetime) -> Freshness:
    """How current totals are, from a row that was read with `oldest_waiting_change`."""
    return Freshness(now, waiting_since, rollup.as_of if rollup else None)


def organization_rollup(organization: Organization) -> Rollup | None:
    """The totals of the whole organization, with `waiting_since`; None before they are first added up."""
    rows = Rollup.objects.filter(organization=organization, **OF_ORGANIZATION)
    return rows.annotate(waiting_since=oldest_waiting_change(organization.pk)).first()


def organization_dashboard(user: User, organization: Organization, now: datetime.datetime) -> Dashboard:
    """The overview: the whole, its topmost portfolios, the latest projects and those that the person manages.

    Cost: three statements.
    """
    rollup = organization_rollup(organization)
    rows = Portfolio.objects.visible_to(user).live().roots().select_related("rollup", "manager")
    ordered = rows.order_by(F("rollup__budget_amount").desc(nulls_last=True), "name", "pk")[: MOST_PARTS + 1]
    parts = [_portfolio_part(row) for row in ordered]
    listed = _lists(_late(user), _managed(user))
    return Dashboard(
        rollup=rollup,
        freshness=freshness(rollup, getattr(rollup, "waiting_since", None), now),
        parts=parts[:MOST_PARTS],
        rest=_rest(rollup, parts[:MOST_PARTS], "Other portfolios" if len(parts) > MOST_PARTS else "In no portfolio"),
        late=listed.get("late", ()),
        mine=listed.get("mine", ()),
        figures=Figures(rollup) if rollup else {},
    )


def portfolio_heads(user: User, organization: Organization, pk: int) -> QuerySet[Portfolio]:
    """One portfolio with its totals, manager, `waiting_since` and `above`: those it lies in, the topmost first."""
    rows: QuerySet[Portfolio] = Portfolio.objects.visible_to(user).filter(pk=pk).select_related("rollup", "manager")
    return rows.annotate(
        waiting_since=oldest_waiting_change(organization.pk), above=RawSQL(ABOVE, [pk], output_field=JSONField())
    )


def portfolio_dashboard(user: User, portfolio: Any, now: datetime.datetime) -> Dashboard:
    """A portfolio: its totals, what lies in it, the latest projects and the largest risks of all below it.

    Args:
        portfolio: as `portfolio_heads` reads it.
    Cost: three statements.
    """
    rollup: Rollup | None = getattr(portfolio, "rollup", None)
    node = node_query("portfolio", portfolio.pk)
    parts = _parts_of(portfolio.organization_id, portfolio.pk)
    shown = parts[:MOST_PARTS]
    ids = Portfolio.objects.at_or_below(portfolio.pk).values("pk")
    return Dashboard(
        rollup=rollup,
        freshness=freshness(rollup, portfolio.waiting_since, now),
        node=node,
        parts=shown,
        rest=_rest(rollup, shown, "All others") if len(parts) > MOST_PARTS else None,
        late=_lists(_late(user, _below(ids))).get("late", ()),
        risks=_largest_risks(user, ids),
        figures=Figures(rollup, node) if rollup else {},
    )


def _portfolio_part(portfolio: Any) -> Part:
    manager = portfolio.manager
    return Part("portfolio", portfolio.pk, portfolio.name, getattr(portfolio, "rollup", None), str(manager or ""))


def _parts_of(organization_id: int, portfolio_id: int) -> list[Part]:
    """Programs, portfolios and projects directly in a portfolio, each kind by budget, in one statement."""
    keys = [organization_id, portfolio_id, MOST_PARTS + 1]
    with connection.cursor() as cursor:
        cursor.execute(PARTS, keys * 3)
        rows = cursor.fetchall()
    return [
        Part(kind, pk, name, Rollup(**dict(zip(COLUMNS, values, strict=True))), manager)
        for kind, _, pk, name, manager, *values in rows
    ]


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


def _below(portfolio_ids: Any) -> Q:
    return Q(project__program__portfolio__in=portfolio_ids) | Q(project__portfolio__in=portfolio_ids)


def _late(user: User, where: Q | None = None) -> QuerySet[Any]:
    """Rollups of late projects, the latest first."""
    rows = Rollup.objects.visible_to(user).filter(project__isnull=False, late_days__gt=0)
    return _columns(rows.filter(where) if where else rows, "late").order_by("-late_days", "-pk")[:MOST_LISTED]


def _managed(user: User) -> QuerySet[Any]:
    """Rollups of the projects in flight that a person manages, the latest first, then the next to finish."""
    rows = Rollup.objects.visible_to(user).filter(project__manager=user, in_flight_count=1)
    return _columns(rows, "mine").order_by("-late_days", "finish_date", "pk")[: MOST_LISTED + 2]


def _columns(rows: QuerySet[Any], listed: str) -> QuerySet[Any]:
    return rows.annotate(
        listed=Value(listed),
        name=F("project__name"),
        where=Coalesce(F("project__program__name"), F("project__portfolio__name"), Value("")),
        manager=Coalesce(F("project__manager__name"), Value("")),
    ).values(
        "listed", "project_id", "name", "where", "manager", "health", "late_days", "slip_days", "finish_date",
        "planned_finish_date", "progress_ratio", "pk",
    )  # fmt: skip


def _lists(*queries: QuerySet[Any]) -> dict[str, list[Listed]]:
    """Short lists of projects, in one statement."""
    found: Iterable[dict[str, Any]] = queries[0].union(*queries[1:], all=True) if queries[1:] else queries[0]
    lists: dict[str, list[Listed]] = {}
    for row in found:
        values = {name: value for name, value in row.items() if name not in {"pk", "listed", "project_id"}}
        lists.setdefault(row["listed"], []).append(Listed(pk=row["project_id"], **values))
    for listed in lists.values():
        listed.sort(key=lambda project: (-project.late_days, project.finish_date or datetime.date.max, project.pk))
    return lists


def _largest_risks(user: User, portfolio_ids: Any) -> list[Risk]:
    rows: Any = Risk.objects.visible_to(user).live().open().filter(_below(portfolio_ids), project__archived_at=None)
    shown = ("name", "probability_ratio", "impact_amount", "impact_days", "response", "project__name")
    largest = rows.with_exposure().select_related("project").only(*shown)
    return list(largest.order_by("-exposure", "-impact_days", "pk")[:MOST_LISTED])
