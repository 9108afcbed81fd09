"""Writes of stored totals: kept by the event log, rebuilt from the facts, checked every night (docs/decisions/0004)."""

import datetime
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Organization, User
from events.models import Event, FollowerCursor
from events.services import record
from portfolio.models import Portfolio, Product, Rollup
from portfolio.models.rollup import NODES
from portfolio.selectors.cells import CUBES, ORGANIZATION, differences
from portfolio.selectors.freshness import FOLLOWER
from portfolio.selectors.totals import (
    Values,
    organization_totals,
    portfolio_totals,
    product_totals,
    program_totals,
    project_totals,
)
from portfolio.selectors.touched import (
    Nodes,
    depths,
    nodes_touched,
    parents_of_projects,
    portfolio_parents,
    portfolios_of_programs,
    with_ancestors,
)
from portfolio.services.monthly import MonthWriter
from programs.models import Program
from projects.models import Project

logger = structlog.get_logger(__name__)

CHUNK = 1000
#: So many differences are told in the log and in the event; their number is told in full.
MOST_TOLD = 50
KEPT = [
    field.name
    for field in Rollup._meta.concrete_fields
    if field.name not in {"id", "organization", "judged_date", "as_of", *NODES}
]
Totals = Callable[[Collection[int]], Mapping[int, Values]]
OF_ORGANIZATION = Q(**dict.fromkeys(NODES))
MODELS: Mapping[str, Any] = {"project": Project, "program": Program, "portfolio": Portfolio, "product": Product}


@dataclass(frozen=True)
class Difference:
    """A stored total that is not what the facts give."""

    kind: str
    node_id: int
    field: str
    stored: Any
    expected: Any

    @property
    def where(self) -> str:
        return f"{self.kind} {self.node_id}: {self.field}"


@transaction.atomic
def roll_up(organization_id: int, touched: Nodes, *, day: datetime.date, as_of: datetime.datetime) -> int:
    """Bring the totals of nodes, and of all that hold them, up to date; returns how many moved.

    Reads the facts of the touched nodes only and goes up while something moves, each level from the stored totals of
    the level below, so that its cost does not grow with the organization. Running it again changes nothing.

    Args:
        day: health and lateness are judged for it.
        as_of: the instant until which the totals contain every event.
    """
    _take_turns(organization_id)
    write = _Writer(organization_id, day, as_of)
    projects = write.keep("project", touched.projects, lambda ids: project_totals(ids, day))
    above = parents_of_projects(projects)
    programs = write.keep("program", touched.programs, program_totals, stirred=above.programs)
    stirred = above.portfolios | portfolios_of_programs(programs)
    write.keep_portfolios(touched.portfolios, portfolio_parents(touched.portfolios | stirred), stirred=stirred)
    write.keep("product", touched.products, product_totals, stirred=above.products)
    write.keep_organization()
    return write.moved_count


@transaction.atomic
def rebuild_rollups(organization_id: int, day: datetime.date | None = None) -> int:
    """Compute every total of the organization in scope from the facts; returns how many were not so before.

    Args:
        day: health and lateness are judged for it; by default today.
    """
    _take_turns(organization_id)
    day = day or timezone.localdate()
    write = _Writer(organization_id, day, timezone.now())
    write.months = MonthWriter(organization_id, remembers=False)
    for kind in NODES:
        write.moved_count += _of_archived(organization_id, kind).delete()[0]
        write.months.keep(kind, _archived(organization_id, kind).values_list("pk", flat=True))
    for ids in _chunks(Project.objects.live().filter(organization_id=organization_id)):
        write.keep("project", ids, lambda ids: project_totals(ids, day))
    for ids in _chunks(Program.objects.live().filter(organization_id=organization_id)):
        write.keep("program", ids, program_totals)
    portfolios = dict(Portfolio.objects.filter(organization_id=organization_id).values_list("pk", "parent_id"))
    write.keep_portfolios(set(portfolios), portfolios)
    for ids in _chunks(Product.objects.live().filter(organization_id=organization_id)):
        write.keep("product", ids, product_totals)
    write.keep_organization(whole=True)
    return write.moved_count


@transaction.atomic
def check_rollups(*, actor: User | None, organization: Organization, day: datetime.date) -> list[Difference]:
    """Compute every total again, repair what differs, and report what the turn of the day does not explain.

    A project is compared as judged on the day for which its row was judged, and every other node with the stored
    totals below it. What waiting events are about is not compared: the follower has yet to read them.

    Args:
        actor: None for the system itself.
        day: health and lateness are judged for it from now on.
    """
    _take_turns(organization.pk)
    found = list(_differences(organization.pk))
    waiting = _waiting(organization.pk) if found else Nodes()
    excused = with_ancestors(waiting) if waiting else waiting
    errors = [error for error in found if not _is_excused(error, excused)]
    rebuild_rollups(organization.pk, day)
    if errors:
        told = {error.where: [error.stored, error.expected] for error in errors[:MOST_TOLD]}
        logger.error("rollups_differed", organization=organization.pk, count=len(errors), differences=told)
        record("rollup.repaired", actor=actor, subject=organization, changes={"count": [0, len(errors)], **told})
    return errors


class _Writer:
    """Writes the rows that have changed, and counts them."""

    def __init__(self, organization_id: int, day: datetime.date, as_of: datetime.datetime) -> None:
        self.organization_id, self.day, self.as_of, self.moved_count = organization_id, day, as_of, 0
        self.months = MonthWriter(organization_id)

    def keep(
        self, kind: str, node_ids: Collection[int], totals: Totals, stirred: Collection[int] = frozenset()
    ) -> set[int]:
        """Store the totals of nodes of one kind; those that live no longer lose theirs. Returns the nodes that moved.

        A node moves also with its monthly totals.

        Args:
            stirred: nodes below which something moved; they have moved with it, even if their sums are what they were.
        """
        stirred = {*stirred, *self.months.keep(kind, node_ids, stirred)}
        node_ids = {*node_ids, *stirred}
        if not node_ids:
            return set()
        values = totals(node_ids)
        stored = {getattr(row, f"{kind}_id"): row for row in Rollup.objects.filter(**{f"{kind}_id__in": node_ids})}
        moved = stored.keys() - values.keys()
        if moved:
            Rollup.objects.filter(**{f"{kind}_id__in": moved}).delete()
        rows = []
        for node_id, node_values in values.items():
            old = stored.get(node_id)
            if old is None or node_id in stirred or _differing(old, node_values):
                moved.add(node_id)
            elif kind != "project" or old.judged_date == self.day:
                continue
            row = self._row(node_values, old, has_moved=node_id in moved)
            setattr(row, f"{kind}_id", node_id)
            rows.append(row)
        Rollup.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=[kind],
            update_fields=[*KEPT, "judged_date", "as_of"],
            batch_size=500,
        )
        self.moved_count += len(moved)
        return moved

    def keep_portfolios(
        self, portfolio_ids: set[int], parents: Mapping[int, int | None], stirred: Collection[int] = frozenset()
    ) -> None:
        """Store the totals of portfolios from the deepest up, and of those above that move with them."""
        depth, stirred = depths(parents), set(stirred)
        waiting = (portfolio_ids | stirred) & depth.keys()
        while waiting:
            deepest = max(depth[pk] for pk in waiting)
            level = {pk for pk in waiting if depth[pk] == deepest}
            moved = self.keep("portfolio", level & portfolio_ids, portfolio_totals, stirred=level & stirred)
            above = {parent for pk in moved if (parent := parents[pk]) is not None}
            waiting, stirred = (waiting - level) | above, stirred | above

    def keep_organization(self, *, whole: bool = False) -> None:
        """Store the totals of the whole, if anything has moved or they were never stored."""
        self.moved_count += self.months.keep_organization(whole=whole)
        old = Rollup.objects.filter(OF_ORGANIZATION, organization_id=self.organization_id).first()
        if old is not None and not self.moved_count:
            return
        values = organization_totals(self.organization_id)
        row = self._row(values, old, has_moved=True)
        row.pk = old.pk if old else None
        row.save(force_insert=old is None, force_update=old is not None)
        self.moved_count += 1

    def _row(self, values: Values, old: Rollup | None, *, has_moved: bool) -> Rollup:
        as_of = self.as_of
        if old is not None:
            # Later than before, even where an event committed late: whoever watches sees that something moved.
            as_of = max(as_of, old.as_of + datetime.timedelta(microseconds=1)) if has_moved else old.as_of
        return Rollup(organization_id=self.organization_id, judged_date=self.day, as_of=as_of, **values)


def _take_turns(organization_id: int) -> None:
    """Let follower, rebuild and check of one organization work one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [FOLLOWER, organization_id])


def _of_archived(organization_id: int, kind: str) -> QuerySet[Any]:
    """Rows of nodes that live no longer."""
    return Rollup.objects.filter(**{f"{kind}_id__in": _archived(organization_id, kind).values("pk")})


def _archived(organization_id: int, kind: str) -> QuerySet[Any]:
    rows: QuerySet[Any] = MODELS[kind].objects.filter(organization_id=organization_id, archived_at__isnull=False)
    return rows


def _differing(row: Rollup, values: Values) -> list[str]:
    return [name for name in KEPT if getattr(row, name) != values[name]]


def _chunks(rows: QuerySet[Any]) -> Iterator[list[int]]:
    """Ids of rows, some at a time, without holding all of them."""
    last = 0
    while ids := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        yield ids
        last = ids[-1]


def _differences(organization_id: int) -> Iterator[Difference]:
    """Every stored total that is not what it should be, and every one that is missing or too many."""
    of = {"organization_id": organization_id}
    for kind in NODES:
        for node_id in _of_archived(organization_id, kind).values_list(f"{kind}_id", flat=True):
            yield Difference(kind, node_id, "row", "stored", "archived")
    for ids in _chunks(Project.objects.live().filter(**of)):
        yield from _project_differences(ids)
    sums: Mapping[str, Totals] = {
        "program": program_totals,
        "portfolio": portfolio_totals,
        "product": product_totals,
    }
    for kind, totals in sums.items():
        for ids in _chunks(MODELS[kind].objects.live().filter(**of)):
            stored = {getattr(row, f"{kind}_id"): row for row in Rollup.objects.filter(**{f"{kind}_id__in": ids})}
            yield from _compared(kind, stored, totals(ids))
    whole = Rollup.objects.filter(OF_ORGANIZATION, **of).first()
    if whole is not None or Rollup.objects.filter(**of).exists():
        stored = {organization_id: whole} if whole else {}
        yield from _compared("organization", stored, {organization_id: organization_totals(organization_id)})
    yield from _monthly_differences(organization_id)


def _monthly_differences(organization_id: int) -> Iterator[Difference]:
    """Every cell of the monthly totals that is not what the facts, or the cells below it, give."""
    for kind in (*NODES, ORGANIZATION):
        rows = MODELS[kind].objects.filter(organization_id=organization_id) if kind in MODELS else None
        for ids in _chunks(rows) if rows is not None else [[organization_id]]:
            for cube in CUBES:
                if kind == ORGANIZATION or kind in cube.nodes:
                    for node_id, name, stored, expected in differences(cube, kind, ids):
                        yield Difference(kind, node_id, name, stored, expected)


def _project_differences(ids: Collection[int]) -> Iterator[Difference]:
    stored = {row.project_id: row for row in Rollup.objects.filter(project_id__in=ids)}
    days: dict[datetime.date | None, list[int]] = {}
    for pk in ids:
        days.setdefault(stored[pk].judged_date if pk in stored else None, []).append(pk)
    for day, judged in days.items():
        yield from _compared("project", stored, project_totals(judged, day or timezone.localdate()))


def _compared(kind: str, stored: Mapping[int, Rollup], expected: Mapping[int, Values]) -> Iterator[Difference]:
    for node_id, values in expected.items():
        row = stored.get(node_id)
        if row is None:
            yield Difference(kind, node_id, "row", "missing", "stored")
            continue
        for name in _differing(row, values):
            yield Difference(kind, node_id, name, getattr(row, name), values[name])


def _waiting(organization_id: int) -> Nodes:
    """The nodes that events name which the follower has not read, settled or not."""
    keys = {"organization_id": organization_id}
    position = (
        FollowerCursor.objects.filter(follower=FOLLOWER, **keys).values_list("transaction_id", "event_id").first()
    )
    return nodes_touched(list(Event.objects.filter(**keys).after(*(position or (0, 0)))))


def _is_excused(error: Difference, excused: Nodes) -> bool:
    return bool(excused) if error.kind == "organization" else error.node_id in getattr(excused, f"{error.kind}s")
