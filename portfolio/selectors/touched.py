"""Which nodes' totals may have changed: named by events, and upward from what has moved."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from events.models import Event
from finance.models import SUBJECTS, Budget, ExchangeRate, FinancialEntry
from portfolio.models import ProductShare
from programs.models import Program
from projects.models import Activity, Project, Risk
from resources.models import Allocation

ABOVE = """
WITH RECURSIVE above(id, parent_id) AS (
    SELECT id, parent_id FROM portfolio_portfolio WHERE id = ANY(%s)
    UNION
    SELECT parent.id, parent.parent_id FROM portfolio_portfolio parent JOIN above ON parent.id = above.parent_id
)
SELECT id, parent_id FROM above
"""
#: Rows that count in their node's totals: subject type -> model, and its columns that name a node.
PARTS: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "projects.activity": (Activity, ("project",)),
    "projects.risk": (Risk, ("project",)),
    "portfolio.productshare": (ProductShare, ("project",)),
    "finance.financialentry": (FinancialEntry, SUBJECTS),
    "finance.budget": (Budget, SUBJECTS),
    "resources.allocation": (Allocation, ("project",)),
}
#: What an event about many rows says which nodes these are of: `changes["touched_programs"] = [None, [1, 2]]`.
NAMED = {f"touched_{kind}": kind for kind in ("projects", "programs", "portfolios", "products")}
#: Field of an event's changes -> kind of node that its before and after name.
PARENTS = {
    "project": "projects",
    "program": "programs",
    "portfolio": "portfolios",
    "parent": "portfolios",
    "product": "products",
}
KINDS = {
    "projects.project": "projects",
    "programs.program": "programs",
    "portfolio.portfolio": "portfolios",
    "portfolio.product": "products",
}


@dataclass
class Nodes:
    """Ids of nodes, by kind."""

    projects: set[int] = field(default_factory=set)
    programs: set[int] = field(default_factory=set)
    portfolios: set[int] = field(default_factory=set)
    products: set[int] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.projects or self.programs or self.portfolios or self.products)

    def add(self, kind: str, node_id: int) -> None:
        getattr(self, kind).add(node_id)


def nodes_touched(events: Sequence[Event]) -> Nodes:
    """The nodes that events name: their subjects, and the parents before and after a move.

    An event names nodes in three ways: its subject is one, or a row that counts in one and is looked up; its changes
    hold a node before or after; or `touched_projects` and the like list them, for an event about many rows at once.
    A rate moves whatever has entries in its currency, and a person whose placeholder is filled the projects they are
    planned for.

    Cost: one statement for each kind of part (activity, risk, share, entry, allocation) among the subjects, and one for
    each currency of which a rate changed.
    """
    nodes = Nodes()
    parts: dict[str, set[int]] = {}
    for event in events:
        for name, kind in NAMED.items():
            getattr(nodes, kind).update((event.changes.get(name) or [None, ()])[1])
        if event.subject_type in KINDS:
            nodes.add(KINDS[event.subject_type], int(event.subject_id))
        elif event.subject_type in PARTS:
            parts.setdefault(event.subject_type, set()).add(int(event.subject_id))
        else:
            continue
        for kind, node_id in _parents_named(event):
            nodes.add(kind, node_id)
    for subject_type, ids in parts.items():
        model, columns = PARTS[subject_type]
        _add_nodes_of(nodes, model.objects.filter(pk__in=ids), columns)
    _add_converted(nodes, events)
    _add_planned(nodes, events)
    return nodes


def _add_nodes_of(nodes: Nodes, rows: QuerySet[Any], columns: Sequence[str]) -> None:
    """The nodes that rows are of."""
    for ids in rows.values_list(*(f"{column}_id" for column in columns)).distinct():
        for column, node_id in zip(columns, ids, strict=True):
            if node_id is not None:
                nodes.add(PARENTS[column], node_id)


def _add_converted(nodes: Nodes, events: Sequence[Event]) -> None:
    """What has entries in a currency whose rate was given, changed or taken away."""
    rated = [event for event in events if event.subject_type == "finance.exchangerate"]
    if not rated:
        return
    known = ExchangeRate.objects.filter(pk__in=[event.subject_id for event in rated])
    currencies = set(known.values_list("currency", flat=True))
    currencies |= {value for event in rated for value in event.changes.get("currency", ()) if isinstance(value, str)}
    _add_nodes_of(nodes, FinancialEntry.objects.filter(currency__in=currencies), SUBJECTS)


def _add_planned(nodes: Nodes, events: Sequence[Event]) -> None:
    """The projects for which a person is planned who became a placeholder, or ceased to be one."""
    people = {
        event.subject_id
        for event in events
        if event.subject_type == "resources.person" and "is_placeholder" in event.changes
    }
    if people:
        _add_nodes_of(nodes, Allocation.objects.filter(person_id__in=people), ("project",))


def _parents_named(event: Event) -> Iterable[tuple[str, int]]:
    is_outline = event.subject_type == "projects.activity"  # the parent of an activity is another activity
    for name, change in event.changes.items():
        if name == "product_ids":
            yield from (("products", product_id) for product_id in change[1] or ())
        if name not in PARENTS or (is_outline and name == "parent"):
            continue
        yield from ((PARENTS[name], value["id"]) for value in change if isinstance(value, dict) and "id" in value)


def parents_of_projects(project_ids: Collection[int]) -> Nodes:
    """The programs and portfolios that projects lie in, and the products they serve; archived projects too."""
    nodes = Nodes()
    if not project_ids:
        return nodes
    for program, portfolio in Project.objects.filter(pk__in=project_ids).values_list("program_id", "portfolio_id"):
        if program:
            nodes.programs.add(program)
        if portfolio:
            nodes.portfolios.add(portfolio)
    shares = ProductShare.objects.filter(project_id__in=project_ids)
    nodes.products |= set(shares.values_list("product_id", flat=True))
    return nodes


def portfolios_of_programs(program_ids: Collection[int]) -> set[int]:
    """The portfolios that programs lie in; archived programs too."""
    if not program_ids:
        return set()
    rows = Program.objects.filter(pk__in=program_ids, portfolio__isnull=False)
    return set(rows.values_list("portfolio_id", flat=True))


def portfolio_parents(portfolio_ids: Collection[int]) -> dict[int, int | None]:
    """Portfolios and all above them -> the one each lies in, or None at the top."""
    if not portfolio_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(ABOVE, [list(portfolio_ids)])
        return dict(cursor.fetchall())


def depths(parents: Mapping[int, int | None]) -> dict[int, int]:
    """How deep each portfolio lies below the top."""
    found: dict[int, int] = {}
    for node in parents:
        path = []
        at: int | None = node
        while at is not None and at not in found and at not in path:
            path.append(at)
            at = parents.get(at)
        depth = found.get(at, 0) if at is not None else 0
        for above in reversed(path):
            depth += 1
            found[above] = depth
    return found


def with_ancestors(nodes: Nodes) -> Nodes:
    """Nodes and everything whose totals hold theirs."""
    above = parents_of_projects(nodes.projects)
    programs = nodes.programs | above.programs
    portfolios = nodes.portfolios | above.portfolios | portfolios_of_programs(programs)
    return Nodes(nodes.projects, programs, set(portfolio_parents(portfolios)), nodes.products | above.products)
