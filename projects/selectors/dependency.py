"""Dependencies as pages, files and pictures show them."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from core.querysets import visible_organization
from projects.algorithms.notation import lag_text
from projects.models import Activity, ActivityKind, Dependency, Project, SlipPolicy

DEPENDENCY_HEADER = (
    "Waits for", "Of project", "Waiting", "Of project (waiting)", "Type", "Lag", "When it slips", "Ends", "Needed on",
    "Owner", "Why",
)  # fmt: skip
#: Wider maps say less than the table below them.
MOST_PROJECTS = 40
#: So many of a person's dependencies are looked at for the late ones.
MOST_OF_MINE = 2000


@dataclass(frozen=True)
class DependencyLine:
    """A dependency with the dates of its ends: those of a summary come from what is below it."""

    dependency: Dependency
    ends: datetime.date | None
    needed: datetime.date | None
    lag: str
    is_late: bool
    late_days: int

    @property
    def is_soft(self) -> bool:
        return self.dependency.slip_policy == SlipPolicy.NONE


def dependency_lines(dependencies: Iterable[Dependency]) -> list[DependencyLine]:
    """Dependencies with their dates; one statement more where one of them is between summaries."""
    rows = list(dependencies)
    spans = summary_spans(
        end for row in rows for end in (row.predecessor, row.successor) if end.kind == ActivityKind.SUMMARY
    )
    today = timezone.localdate()
    return [_line(row, spans, today) for row in rows]


def _line(row: Dependency, spans: dict[int, Any], today: datetime.date) -> DependencyLine:
    before = spans.get(row.predecessor_id) or (row.predecessor.planned_start_date, row.predecessor.planned_finish_date)
    after = spans.get(row.successor_id) or (row.successor.planned_start_date, row.successor.planned_finish_date)
    ends = before[1] if row.link_type in ("fs", "ff") else before[0]
    needed = after[0] if row.link_type in ("fs", "ss") else after[1]
    is_open = row.predecessor.status not in ("done", "cancelled")
    due_days = (today - ends).days if ends else 0
    broken_days = (ends - needed).days if ends and needed and row.lag_minutes >= 0 else 0
    late_days = max(due_days, broken_days, 0) if is_open else 0
    return DependencyLine(
        dependency=row,
        ends=ends,
        needed=needed,
        lag=lag_text(row.lag_unit, row.lag_minutes, row.lag_ratio),
        is_late=late_days > 0,
        late_days=late_days,
    )


def summary_spans(summaries: Iterable[Activity]) -> dict[int, tuple[datetime.date | None, datetime.date | None]]:
    """Start and finish of summaries, from the live activities of their projects that lie below them."""
    wanted = {summary.pk: summary for summary in summaries}
    if not wanted:
        return {}
    homes = {summary.project_id for summary in wanted.values()}
    rows = Activity.objects.live().filter(project_id__in=homes).exclude(status="cancelled")
    children: dict[int | None, list[Any]] = {}
    for row in rows.values_list("pk", "parent_id", "project_id", "kind", "planned_start_date", "planned_finish_date"):
        children.setdefault(row[1], []).append(row)
    answer = {}
    for pk, summary in wanted.items():
        tops = [row for row in children.get(None, []) if row[2] == summary.project_id] if summary.is_root else []
        waiting, starts, finishes = [*tops, *children.get(pk, [])], [], []
        while waiting:
            row = waiting.pop()
            waiting += children.get(row[0], [])
            if row[3] != ActivityKind.SUMMARY:
                starts += [row[4]] if row[4] else []
                finishes += [row[5]] if row[5] else []
        answer[pk] = (min(starts, default=None), max(finishes, default=None))
    return answer


def dependency_cells(dependencies: Any) -> Iterator[tuple[Any, ...]]:
    """Dependencies as rows of a file, in the order of `DEPENDENCY_HEADER`."""
    for line in dependency_lines(dependencies):
        row = line.dependency
        yield (
            row.predecessor.name, row.predecessor.project.name, row.successor.name, row.successor.project.name,
            row.link_type.upper(), line.lag, row.get_slip_policy_display(), line.ends, line.needed,
            str(row.owner or ""), row.note,
        )  # fmt: skip


@dataclass(frozen=True)
class MapNode:
    """A project on the map: where it stands, in units of the picture."""

    pk: int
    name: str
    program: str
    x: int
    y: int


@dataclass(frozen=True)
class MapEdge:
    """Dependencies from one project to another."""

    source: MapNode
    target: MapNode
    count: int
    late: int
    path: str


@dataclass(frozen=True)
class DependencyMap:
    """Projects in columns, each after those that it waits for; `left_out` did not fit."""

    nodes: list[MapNode]
    edges: list[MapEdge]
    width: int
    height: int
    left_out: int


NODE_WIDTH, NODE_HEIGHT, GAP_X, GAP_Y = 168, 40, 76, 16


def dependency_map(dependencies: Any) -> DependencyMap:
    """Who waits for whom, by project: layered from left to right (longest path; a circle between projects ends it)."""
    today = timezone.localdate()
    late = Q(predecessor__planned_finish_date__lt=today) & ~Q(predecessor__status__in=("done", "cancelled"))
    found = list(
        dependencies.filter(crosses_projects=True)
        .order_by()
        .values_list(
            "predecessor__project_id", "predecessor__project__name", "predecessor__project__program__name",
            "successor__project_id", "successor__project__name", "successor__project__program__name",
        )
        .annotate(count=Count("pk"), late=Count("pk", filter=late))
    )  # fmt: skip
    names = {row[at]: (row[at + 1], row[at + 2] or "") for row in found for at in (0, 3)}
    pairs = {(row[0], row[3]): (row[6], row[7]) for row in found}
    kept = _most_linked(names, pairs)
    pairs = {pair: counts for pair, counts in pairs.items() if pair[0] in kept and pair[1] in kept}
    nodes = _placed({pk: names[pk] for pk in kept}, list(pairs))
    edges = [_edge(nodes[one], nodes[other], *counts) for (one, other), counts in sorted(pairs.items())]
    width = max((node.x for node in nodes.values()), default=0) + NODE_WIDTH + 2
    height = max((node.y for node in nodes.values()), default=0) + NODE_HEIGHT + 2
    ordered = sorted(nodes.values(), key=lambda node: (node.x, node.y))
    return DependencyMap(ordered, edges, width, height, len(names) - len(kept))


def _most_linked(names: dict[int, Any], pairs: dict[tuple[int, int], Any]) -> set[int]:
    degree = dict.fromkeys(names, 0)
    for one, other in pairs:
        degree[one] += 1
        degree[other] += 1
    return set(sorted(names, key=lambda pk: (-degree[pk], pk))[:MOST_PROJECTS])


def _placed(names: dict[int, Any], pairs: list[tuple[int, int]]) -> dict[int, MapNode]:
    layer = dict.fromkeys(names, 0)
    for _ in range(len(names)):
        moved = False
        for one, other in pairs:
            if layer[other] <= layer[one] < len(names):
                layer[other], moved = layer[one] + 1, True
        if not moved:
            break
    columns = {number: place for place, number in enumerate(sorted(set(layer.values())))}
    rows: dict[int, int] = {}
    nodes = {}
    for pk in sorted(names, key=lambda pk: (layer[pk], names[pk][1], names[pk][0])):
        column = columns[layer[pk]]
        row = rows.get(column, 0)
        rows[column] = row + 1
        x, y = column * (NODE_WIDTH + GAP_X) + 1, row * (NODE_HEIGHT + GAP_Y) + 1
        nodes[pk] = MapNode(pk, names[pk][0], names[pk][1], x, y)
    return nodes


def _edge(source: MapNode, target: MapNode, count: int, late: int) -> MapEdge:
    x1, y1 = source.x + NODE_WIDTH, source.y + NODE_HEIGHT // 2
    x2, y2 = target.x - 6, target.y + NODE_HEIGHT // 2
    bend = GAP_X // 2 if x2 > x1 else GAP_X
    path = f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
    return MapEdge(source, target, count, late, path)


def late_dependencies_of(user: Any, limit: int = 8) -> list[DependencyLine]:
    """Late or slipped predecessors that concern a person: who owns or has agreed to the dependency, does or manages
    either end.

    Cost: one statement where nothing waits for anything, else some ten that each look up by an index.
    """
    live = Dependency.objects.visible_to(user).live()
    if visible_organization(user) is None or not live.exists():
        return []
    open_ones = Activity.with_roots.visible_to(user).live().exclude(status__in=("done", "cancelled"))
    managed = Project.objects.visible_to(user).live()
    homes = [*managed.filter(manager=user).values_list("pk", flat=True)[:MOST_OF_MINE]]
    homes += managed.filter(program__manager=user).values_list("pk", flat=True)[:MOST_OF_MINE]
    ends = [*open_ones.filter(assignee=user).values_list("pk", flat=True)[:MOST_OF_MINE]]
    ends += open_ones.filter(project__in=homes).values_list("pk", flat=True)[:MOST_OF_MINE] if homes else []
    mine = {
        *live.filter(Q(owner=user) | Q(agreed_with=user)).values_list("pk", flat=True)[:MOST_OF_MINE],
        *live.filter(predecessor__in=ends).values_list("pk", flat=True)[:MOST_OF_MINE],
        *live.filter(successor__in=ends).values_list("pk", flat=True)[:MOST_OF_MINE],
    }
    rows = [row for row in Dependency.objects.filter(pk__in=mine).with_ends() if _is_in_force(row)]
    late = [line for line in dependency_lines(rows) if line.is_late and line.dependency.successor.status != "done"]
    return sorted(late, key=lambda line: (-line.late_days, line.dependency.pk))[:limit]


def _is_in_force(row: Dependency) -> bool:
    ends = (row.predecessor, row.successor)
    return not any(end.is_archived or end.project.is_archived or end.status == "cancelled" for end in ends)
