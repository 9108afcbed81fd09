"""Sparse rows for passes over levels: the first links of all activities of a level, then their second ones, and so on.

The latest of a few dates for each of many activities is then a handful of maxima over whole stretches, where `reduceat`
would begin anew for each activity; rows of two links are folded four times as fast. Levels that are narrow for their
longest row keep the usual order and `reduceat`.

Source: jagged diagonal storage, Saad 1989, "Krylov subspace methods on supercomputers", SIAM Journal on Scientific and
Statistical Computing 10:6.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from projects.algorithms.network import Numbers

#: A level is folded if it has so many activities for each link of its longest row.
WIDE = 50
#: Longer rows are never folded.
LONGEST = 64

Values = NDArray[np.integer[Any]]


class Jagged:
    """The order of links, and how to fold them.

    Args:
        starts: int64 (n + 1), the rows: links of rank r are `starts[r]` up to `starts[r + 1]`.
        levels: int64 (levels + 1), the first rank of each level.
    Attributes:
        places: int64 (m), where the link at each place of the jagged order stands in the rows.
        nodes: int64 (n), ranks by level, those with more links first.
        widths: for each level how many activities have a first, a second, ... link; None where rows keep their order.
    Cost: O(n log n + m).
    """

    def __init__(self, starts: Numbers, levels: Numbers) -> None:
        degree, width = np.diff(starts), np.diff(levels)
        level = np.repeat(np.arange(len(width)), width)
        longest = np.zeros(len(width), dtype=np.int64)
        np.maximum.at(longest, level, degree)
        is_folded = (longest > 0) & (longest <= LONGEST) & (width >= WIDE * longest)
        most = int(longest.max(initial=0))
        self.nodes: Numbers = np.argsort(level * (most + 1) + most - degree, kind="stable")
        place_in_level = np.empty(len(degree), dtype=np.int64)
        place_in_level[self.nodes] = np.arange(len(degree)) - levels[:-1][level]
        depth = min(most, LONGEST)
        counts = np.zeros((len(width), depth + 2), dtype=np.int64)
        np.add.at(counts, (level, np.minimum(degree, depth + 1)), 1)
        longer = counts[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]  # how many rows have at least 1, 2, ... links
        self.places = self._places(starts, levels, level, is_folded, place_in_level, longer)
        rows = longer[:, :depth].tolist()
        self.widths: list[list[int] | None] = [
            row[: int(length)] if folded else None
            for row, length, folded in zip(rows, longest, is_folded.tolist(), strict=True)
        ]

    @staticmethod
    def _places(
        starts: Numbers, levels: Numbers, level: Numbers, is_folded: NDArray[np.bool_], inside: Numbers, longer: Numbers
    ) -> Numbers:
        places = np.arange(int(starts[-1]), dtype=np.int64)
        if not is_folded.any():
            return places
        row = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        moved = np.flatnonzero(is_folded[level[row]])
        row = row[moved]
        number, at = moved - starts[row], level[row]
        before = np.cumsum(longer, axis=1) - longer
        places[starts[levels[at]] + before[at, number] + inside[row]] = moved
        return places


def fold(values: Values, widths: list[int], better: np.ufunc) -> Values:
    """The best value of each row of one level.

    Args:
        values: of the level's links in jagged order; overwritten.
        better: `np.maximum` or `np.minimum`.
    Returns:
        As many values as rows have a first link, in the order of `Jagged.nodes`.
    """
    best, begin = values[: widths[0]], widths[0]
    for width in widths[1:]:
        better(best[:width], values[begin : begin + width], out=best[:width])
        begin += width
    return best
