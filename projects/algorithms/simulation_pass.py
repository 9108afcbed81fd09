"""One chunk of samples through a network: forward for the dates, backward for what lies on a longest path.

The samples of an activity lie side by side, so that a link is one addition over a row of them. The links of a level are
taken in groups: in each, an activity occurs once, so that a group is one gather and one maximum for all its activities.
On several calendars (`simulation_clocks.py`) a group's links also cross from the same calendar to the same other one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from projects.algorithms.estimates import Reals, Singles
from projects.algorithms.network import Network, Numbers
from projects.algorithms.simulation_clocks import OWN, Clocks, Crossing, Limits

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Group:
    """Links of one kind between a level and others, at most one for each activity of the level.

    Args:
        rows: ranks in the level; `others` the ranks at the other ends.
        places: where the links stand among the incoming ones.
        from_finish, to_finish: which ends they hold.
        lag: float32 or 64 (links, 1), or None where every lag is 0.
        crossing: where the successor counts on another calendar; the lag may run on a third.
    """

    rows: Numbers
    others: Numbers
    places: Numbers
    from_finish: bool
    to_finish: bool
    lag: Any
    crossing: Crossing | None


@dataclass(slots=True)
class Room:
    """The arrays of one chunk, used again for the next: (activities, samples). `drawn` is `duration` or room for it."""

    drawn: Singles
    duration: Any
    start: Any
    finish: Any
    places: NDArray[np.int64]
    critical: Flags

    @classmethod
    def of(cls, size: int, samples: int, *, is_exact: bool = False) -> "Room":
        """New arrays. What durations are drawn with is free afterwards, and is where starts and finishes are kept.

        Args:
            is_exact: in double precision, for whole ticks on several calendars.
        """
        places = np.empty((size, samples), dtype=np.int64)
        drawn = np.empty((size, samples), dtype=np.float32)
        critical = np.empty((size, samples), dtype=bool)
        if is_exact:
            pair = np.empty((2, size, samples), dtype=np.float64)
            return cls(drawn, pair[0], places.view(np.float64), pair[1], places, critical)
        start, finish = places.reshape(-1).view(np.float32).reshape(2, size, samples)
        return cls(drawn, drawn, start, finish, places, critical)

    @property
    def is_exact(self) -> bool:
        return self.duration is not self.drawn

    def narrowed(self, samples: int) -> "Room":
        """This room, or a new one for fewer samples."""
        size, most = self.drawn.shape
        return self if samples == most else Room.of(size, samples, is_exact=self.is_exact)


class Pass:
    """A network made ready for chunks.

    Args:
        network: with the links below in the order of its incoming links.
        from_finish, to_finish: bool (m); lag: float64 (m); lag_calendar: int64 (m), where lags run, or `OWN`.
        floor: float64 (n) by rank, no activity starts before it.
        limits, clocks: by rank; without clocks all is on one calendar, in single precision.
    """

    def __init__(
        self,
        network: Network,
        from_finish: Flags,
        to_finish: Flags,
        lag: Any,
        lag_calendar: Numbers,
        floor: Any,
        limits: Limits | None = None,
        clocks: Clocks | None = None,
    ) -> None:
        self.network, self.clocks = network, clocks
        precision: Any = np.float32 if clocks is None else np.float64
        self.floor = np.asarray(floor, dtype=precision)[:, None]
        self.kinds = (from_finish, to_finish, np.asarray(lag, dtype=precision))
        size, count = network.size, len(network.in_source)
        target = np.repeat(np.arange(size), np.diff(network.in_start))
        source = np.repeat(np.arange(size), np.diff(network.out_start))
        into = np.arange(count) - network.in_start[target]
        out = np.arange(count) - network.out_start[source]
        self.crossings, self.crossing = _crossings(network.in_source, target, lag_calendar, clocks)
        self.incoming = self._groups(target, network.in_source, np.arange(count), into)
        self.outgoing = self._groups(source, network.out_target, network.out_place, out)
        none = np.zeros(0, dtype=np.int64)
        self.limited = self._by_level(none if limits is None else np.flatnonzero(limits.limited))
        self.limits = limits and _columns(limits, precision)
        self.snapped = self._by_level(none if clocks is None else np.flatnonzero(clocks.snap >= 0))

    def _by_level(self, ranks: Numbers) -> list[Numbers]:
        """Ranks in ascending order, level by level."""
        return np.split(ranks, np.searchsorted(ranks, self.network.levels[1:-1]))

    def _groups(self, rows: Numbers, others: Numbers, places: Numbers, turn: Numbers) -> list[list[Group]]:
        """For each level, its links in groups by their turn among those of an activity, and by kind."""
        from_finish, to_finish, lag = self.kinds
        level = np.searchsorted(self.network.levels, rows, side="right") - 1
        key = ((level * (turn.max(initial=0) + 1) + turn) * 2 + from_finish[places]) * 2 + to_finish[places]
        key = key * len(self.crossings) + self.crossing[places]
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
                    crossing=self.crossings[self.crossing[at[0]]],
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
                bound = self._bound(room, group, group.others, group.rows, group.lag)
                if len(group.rows) == end - begin:
                    np.maximum(part, bound, out=part)
                else:
                    at = group.rows - begin
                    part[at] = np.maximum(part.take(at, axis=0), bound)
            if self.clocks is not None and len(some := self.snapped[level]):
                part[some - begin] = self.clocks.moved(part.take(some - begin, axis=0), some)
            if len(some := self.limited[level]):
                part[some - begin] = self._limit(part.take(some - begin, axis=0), room, some)
            np.add(part, room.duration[begin:end], out=room.finish[begin:end])

    def _bound(self, room: Room, group: Group, tails: Numbers, heads: Numbers, lag: Any) -> Any:
        """The starts for which links of a group ask, (links, samples)."""
        bound = (room.finish if group.from_finish else room.start).take(tails, axis=0)
        crossing = group.crossing
        if crossing is not None and self.clocks is not None:
            runs = None if crossing.lag == OWN else lag
            bound = self.clocks.carry(bound, crossing, group.from_finish, runs)
            lag = lag if crossing.lag == OWN else None
        if lag is not None:
            bound += lag
        if group.to_finish:
            bound -= room.duration.take(heads, axis=0)
        return bound

    def _limit(self, start: Any, room: Room, some: Numbers) -> Any:
        """Starts within the dates of constraints."""
        limits = self.limits
        if limits is None:
            return start
        own = limits.taken(some)
        duration = room.duration.take(some, axis=0)
        np.maximum(start, own.finish_floor - duration, out=start)
        np.minimum(start, own.start_cap, out=start)
        np.minimum(start, own.finish_cap - duration, out=start)
        return np.maximum(start, own.least, out=start)

    def backward(self, room: Room, total: Any, ends: tuple[Numbers, Any] | None = None) -> Numbers:
        """Which activities lie on a longest path, into `room.critical`; returns the samples in which each link does.

        An activity is on one when it ends with the whole, or when it drives a successor that is on one: the successor's
        start is then the very number that the link asked for.

        Args:
            ends: on several calendars, the activities that may end the whole, and their finishes on the clock.
        """
        levels = self.network.levels
        critical = room.critical
        counts = np.zeros(len(self.network.in_source), dtype=np.int64)
        is_live = np.zeros(self.network.size, dtype=bool)
        if ends is not None:
            critical[:] = False
            critical[ends[0]] = ends[1] == total
        for level in range(len(levels) - 2, -1, -1):
            begin, end = levels[level], levels[level + 1]
            if ends is None:
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
        bound = self._bound(room, group, rows, others, None if group.lag is None else group.lag[live])
        if self.clocks is not None:
            bound = self._as_started(bound, others)
        drives = bound == room.start.take(others, axis=0)
        drives &= room.critical.take(others, axis=0)
        counts[group.places[live]] += np.count_nonzero(drives, axis=1)
        room.critical[rows] |= drives

    def _as_started(self, bound: Reals, heads: Numbers) -> Reals:
        """The starts to which links lead, of what is moved to working time on the clock."""
        if self.clocks is None or not len(some := np.flatnonzero(self.clocks.snap[heads] >= 0)):
            return bound
        bound[some] = self.clocks.moved(bound[some], heads[some])
        return bound


def _crossings(
    tails: Numbers, heads: Numbers, lag_calendar: Numbers, clocks: Clocks | None
) -> tuple[list[Crossing | None], Numbers]:
    """The ways in which links cross calendars, None first for not at all, and which of them each link takes."""
    if clocks is None:
        return [None], np.zeros(len(tails), dtype=np.int64)
    ways = np.column_stack((clocks.calendar[tails], clocks.calendar[heads], lag_calendar))
    crosses = (ways[:, 0] != ways[:, 1]) | (lag_calendar != OWN)
    found, which = np.unique(ways[crosses], axis=0, return_inverse=True)
    taken = np.zeros(len(tails), dtype=np.int64)
    taken[crosses] = which.reshape(-1) + 1
    return [None, *(Crossing(*way) for way in found.tolist())], taken


def _columns(limits: Limits, precision: Any) -> Limits:
    return Limits(
        *(
            np.asarray(each, dtype=precision)[:, None]
            for each in (limits.finish_floor, limits.start_cap, limits.finish_cap, limits.least)
        )
    )


def latest(finish: Any, groups: Sequence[Numbers]) -> Any:
    """(groups, samples), of the precision of `finish`: the last finish of each group of ranks."""
    found = np.empty((len(groups), finish.shape[1]), dtype=finish.dtype)
    for place, ranks in enumerate(groups):
        np.max(finish.take(ranks, axis=0), axis=0, out=found[place])
    return found
