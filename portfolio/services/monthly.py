"""Writes of stored monthly totals; `portfolio/services/rollup.py` says when."""

from collections.abc import Collection, Iterator
from typing import Any

from django.db import connection

from portfolio.selectors.cells import CUBES, ORGANIZATION, Cell, Cube, applying_sql


class MonthWriter:
    """Makes the cells of nodes what they should be, and remembers which have moved.

    Above a node only the cells that have moved below it are summed again, so that one entry costs one cell on each
    level, however many projects lie there. The levels are to be given from the lowest up. One that sums everything
    anyway need not remember.
    """

    def __init__(self, organization_id: int, *, remembers: bool = True) -> None:
        self.organization_id, self.remembers = organization_id, remembers
        self.moved: dict[Cube, set[Cell]] = {cube: set() for cube in CUBES}

    def keep(self, kind: str, whole: Collection[int], stirred: Collection[int] = frozenset()) -> set[int]:
        """Store the cells of nodes of one kind; returns the nodes of which any has moved.

        Args:
            whole: nodes of which every cell is summed again.
            stirred: nodes of which only those are that have moved below.
        """
        whole, moved = set(whole), set[int]()
        for cube in CUBES:
            if kind != ORGANIZATION and kind not in cube.nodes:
                continue
            below = set(self.moved[cube])
            moved |= self._apply(cube, kind, whole)
            if below:
                moved |= self._apply(cube, kind, set(stirred) - whole, below)
        return moved

    def keep_organization(self, *, whole: bool = False) -> bool:
        """Store the cells of the organization: all, or those that have moved below. Returns whether any has moved."""
        ids = {self.organization_id}
        return bool(self.keep(ORGANIZATION, ids if whole else (), ids))

    def _apply(self, cube: Cube, kind: str, ids: Collection[int], cells: Collection[Cell] | None = None) -> set[int]:
        if not ids:
            return set()
        sql = applying_sql(cube, kind, some=cells is not None)
        keys: dict[str, Any] = {"ids": list(ids), "organization": self.organization_id}
        if cells is not None:
            keys |= {name: list(values) for name, values in zip(cube.cell, zip(*cells, strict=True), strict=True)}
            keys["months"] = list(set(keys["month"]))
        told = ", ".join(("node", *cube.cell)) if self.remembers else "node"
        with connection.cursor() as cursor:
            cursor.execute(f"{sql} SELECT DISTINCT {told} FROM differing", keys)
            rows: Iterator[tuple[Any, ...]] = iter(cursor.fetchall())
        nodes = set()
        for node, *cell in rows:
            nodes.add(node)
            if self.remembers:
                self.moved[cube].add(tuple(cell))
        return nodes
