"""One chunk of samples through a network: forward for the dates, backward for what lies on a longest path.

The samples of an activity lie side by side, so that a link is one addition over a row of them. The links of a level are
taken in groups: in each, an activity occurs once, so that a group is one gather and one maximum for all its activities.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from projects.algorithms.estimates import Singles
from projects.algorithms.network import Network, Numbers

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Group:
    """Links of one kind between a level and others, at most one for each activity of the level.

    Args:
        rows: ranks in the level; `others` the ranks at the other ends.
        places: where the links stand among the incoming ones.
        from_finish, to_finish: which ends they hold.
        lag: float32 (links, 1), or None where every lag is 0.
    """

    rows: Numbers
    others: Numbers
    places: Numbers
    from_finish: bool
    to_finish: bool
    lag: Singles | None


@dataclass(slots=True)
class Room:
    """The arrays of one chunk, used again for the next: (activities, samples)."""

    duration: Singles
    start: Singles
    finish: Singles
    places: NDArray[np.int64]
    critical: Flags

    @classmethod
    def of(cls, size: int, samples: int) -> "Room":
        """New arrays. What durations are drawn with is free afterwards, and is where starts and finishes are kept."""
        places = np.empty((size, samples), dtype=np.int64)
        start, finish = places.reshape(-1).view(np.float32).reshape(2, size, samples)
        duration = np.empty((size, samples), dtype=np.float32)
        return cls(duration, start, finish, places, np.empty((size, samples), dtype=bool))

    def narrowed(self, samples: int) -> "Room":
        """This room, or a new one for fewer samples."""
        size, most = self.duration.shape
        return self if samples == most else Room.of(size, samples)


class Pass:
    """A network made ready for chunks.

    Args:
        network: with the links below in the order of its incoming links.
        from_finish, to_finish: bool (m); lag: float64 (m).
        floor: float64 (n) by rank, no activity starts before it.
    """

    def __init__(self, network: Network, from_finish: Flags, to_finish: Flags, lag: Any, floor: Any) -> None:
        self.network = network
        self.floor: Singles = np.asarray(floor, dtype=np.float32)[:, None]
        self.kinds = (from_finish, to_finish, np.asarray(lag, dtype=np.float32))
        size, count = network.size, len(network.in_source)
        target = np.repeat(np.arange(size), np.diff(network.in_start))
        source = np.repeat(np.arange(size), np.diff(network.out_start))
        into = np.arange(count) - network.in_start[target]
        out = np.arange(count) - network.out_start[source]
        self.incoming = self._groups(target, network.in_source, np.arange(count), into)
        self.outgoing = self._groups(source, network.out_target, network.out_place, out)

    def _groups(self, rows: Numbers, others: Numbers, places: Numbers, turn: Numbers) -> list[list[Group]]:
        """For each level, its links in groups by their turn among those of an activity, and by kind."""
        from_finish, to_finish, lag = self.kinds
        level = np.searchsorted(self.network.levels, rows, side="right") - 1
        key = ((level * (turn.max(initial=0) + 1) + turn) * 2 + from_finish[places]) * 2 + to_finish[places]
        order = np.argsort(key, kind="stable")
        edges = np.flatnonzero(np.diff(key[order])) + 1
        groups: list[list[Group]] = [[] for _ in range(len(self.network.levels) - 1)]
        for part in np.split(order, edges) if len(order) else []:
            at = places[part]
            groups[int(level[part[0]])].append(
                Group(
                    rows=rows[part],
                    others=others[part],
                    places=at,
                    from_finish=bool(from_finish[at[0]]),
                    to_finish=bool(to_finish[at[0]]),
                    lag=lag[at][:, None] if lag[at].any() else None,
                )
            )
        return groups

    def forward(self, room: Room) -> None:
        """Starts and finishes of every activity from the durations in `room`."""
        levels = self.network.levels
        for level, groups in enumerate(self.incoming):
            begin, end = levels[level], levels[level + 1]
            part = room.start[begin:end]
            part[:] = self.floor[begin:end]
            for group in groups:
                bound = (room.finish if group.from_finish else room.start).take(group.others, axis=0)
                if group.lag is not None:
                    bound += group.lag
                if group.to_finish:
                    bound -= room.duration.take(group.rows, axis=0)
                if len(group.rows) == end - begin:
                    np.maximum(part, bound, out=part)
                else:
                    at = group.rows - begin
                    part[at] = np.maximum(part.take(at, axis=0), bound)
            np.add(part, room.duration[begin:end], out=room.finish[begin:end])

    def backward(self, room: Room, total: Singles) -> Numbers:
        """Which activities lie on a longest path, into `room.critical`; returns the samples in which each link does.

        An activity is on one when it ends with the whole, or when it drives a successor that is on one: the successor's
        start is then the very number that the link asked for.
        """
        levels = self.network.levels
        critical = room.critical
        counts = np.zeros(len(self.network.in_source), dtype=np.int64)
        is_live = np.zeros(self.network.size, dtype=bool)
        for level in range(len(levels) - 2, -1, -1):
            begin, end = levels[level], levels[level + 1]
            np.equal(room.finish[begin:end], total, out=critical[begin:end])
            for group in self.outgoing[level]:
                self._drive(room, group, is_live, counts)
            is_live[begin:end] = critical[begin:end].any(axis=1)
        return counts

    def _drive(self, room: Room, group: Group, is_live: Flags, counts: Numbers) -> None:
        live = np.flatnonzero(is_live[group.others])
        if not len(live):
            return
        rows, others = group.rows[live], group.others[live]
        bound = (room.finish if group.from_finish else room.start).take(rows, axis=0)
        if group.lag is not None:
            bound += group.lag[live]
        if group.to_finish:
            bound -= room.duration.take(others, axis=0)
        drives = bound == room.start.take(others, axis=0)
        drives &= room.critical.take(others, axis=0)
        counts[group.places[live]] += np.count_nonzero(drives, axis=1)
        room.critical[rows] |= drives


def latest(finish: Singles, groups: Sequence[Numbers]) -> Singles:
    """float32 (groups, samples): the last finish of each group of ranks."""
    found = np.empty((len(groups), finish.shape[1]), dtype=np.float32)
    for place, ranks in enumerate(groups):
        np.max(finish.take(ranks, axis=0), axis=0, out=found[place])
    return found
