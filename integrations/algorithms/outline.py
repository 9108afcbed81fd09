"""The order in which rows that hold each other are written, and the circles that forbid it."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

Row = TypeVar("Row", bound=Hashable)


def parents_first(rows: Sequence[Row], parent_of: Mapping[Row, Row]) -> list[Row]:
    """Rows so that each stands behind the one that holds it, and otherwise as they come: an outline, depth first.

    Args:
        parent_of: row -> the row that holds it, for rows that have one among `rows`.
    Returns:
        Every row once; rows in a circle, and those below them, come last.
    Cost: O(rows).
    """
    known = set(rows)
    children: dict[Row, list[Row]] = {}
    roots: list[Row] = []
    for row in rows:
        parent = parent_of.get(row)
        if parent in known and parent is not None:
            children.setdefault(parent, []).append(row)
        else:
            roots.append(row)
    ordered: list[Row] = []
    waiting = list(reversed(roots))
    while waiting:
        row = waiting.pop()
        ordered.append(row)
        waiting.extend(reversed(children.get(row, [])))
    placed = set(ordered)
    return ordered + [row for row in rows if row not in placed]


def circles(parent_of: Mapping[Row, Row]) -> list[list[Row]]:
    """The circles in which rows hold each other, each as its path from one row back to the same row.

    Cost: O(rows).
    """
    found: list[list[Row]] = []
    done: set[Row] = set()
    for start in parent_of:
        path: list[Row] = []
        place: dict[Row, int] = {}
        row: Row | None = start
        while row is not None and row not in done and row not in place:
            place[row] = len(path)
            path.append(row)
            row = parent_of.get(row)
        if row is not None and row in place:
            found.append([*path[place[row] :], row])
        done.update(path)
    return found
