"""The critical path method without calendars: time runs on evenly, and every link is a length.

A link lets the successor start so much after the predecessor's start: its duration plus lag for FS, the lag for SS, and
less the successor's own duration for FF and SF. Early starts (*heads*) are then longest paths to an activity, and the
longest path from its start to any finish is its *tail*; the latest start is the network's finish less the tail. A later
finish of the network therefore changes no tail, and an edit touches only what its own paths reach.

Source: Kelley & Walker 1959; precedence links as lengths: Elmaghraby & Kamburowski 1992, Management Science 38:9; heads
and tails: Carlier 1982, "The one-machine sequencing problem", European Journal of Operational Research 11:1.
"""

from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Any

import numpy as np
from numpy.typing import NDArray

from projects.algorithms.jagged import Jagged, fold
from projects.algorithms.network import Network
from projects.algorithms.plan import LinkKind, Numbers

#: Levels of fewer activities are worked off by a loop.
THIN = 5
#: After so great a share of the activities an edit is no longer followed: that took a sixth of the full pass.
LOCAL_RATIO = 0.0025
#: Before any start, in 64 and in 32 bits.
NEVER, SOON = -(1 << 60), -(1 << 29)

Lengths = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class CriticalPath:
    """Dates and floats by the caller's numbers, all int64 (n), in the unit of the durations."""

    early_start: Numbers
    early_finish: Numbers
    late_start: Numbers
    late_finish: Numbers
    total_float: Numbers
    free_float: Numbers

    @property
    def finish(self) -> int:
        """The finish of the network; 0 if it is empty."""
        return int(self.early_finish.max(initial=0))


class LongestPaths:
    """A network with durations, link kinds and lags, and its heads and tails, kept up to date through edits.

    Args:
        network: sorted; by the caller's numbers are
        durations: int64 (n), 0 or more;
        link_kinds: int64 (m) of `LinkKind`; lags: int64 (m), in the unit of the durations.
        floors: int64 (n), starts before which an activity may not start, or None: 0 for activities without
            predecessors and for those that a finish-to-finish link reaches, nothing for the others.
    Cost: O(n + m); about 4 ms for 100,000 links.
    """

    def __init__(
        self,
        network: Network,
        durations: Numbers,
        link_kinds: Numbers,
        lags: Numbers,
        floors: Numbers | None = None,
    ) -> None:
        self.network = network
        kinds = np.asarray(link_kinds)[network.in_link]
        self.kind = self._narrowest(durations, lags, floors)
        self.from_finish = ((kinds == LinkKind.FS) | (kinds == LinkKind.FF)).astype(self.kind)
        self.to_finish = ((kinds == LinkKind.FF) | (kinds == LinkKind.SF)).astype(self.kind)
        self.in_count = np.diff(network.in_start)
        self.target = np.repeat(np.arange(network.size), self.in_count)
        self.lag = np.asarray(lags, dtype=self.kind)[network.in_link]
        self.duration = np.asarray(durations, dtype=self.kind)[network.order]
        self.floor = self._floors(kinds) if floors is None else np.asarray(floors, dtype=self.kind)[network.order]
        self.head, self.tail = np.zeros(network.size, dtype=self.kind), np.zeros(network.size, dtype=self.kind)
        self._note()
        self.run()

    def _narrowest(self, durations: Numbers, lags: Numbers, floors: Numbers | None) -> type[np.integer[Any]]:
        """32 bits where no path can be longer, which halves what the passes have to move, else 64."""
        steps = [np.abs(one).max(initial=0) for one in (durations, lags)]
        begin = 0 if floors is None else np.where(floors > NEVER, np.abs(floors), 0).max(initial=0)
        return np.int32 if int(begin) + (len(self.network.levels) + 1) * sum(map(int, steps)) < -SOON else np.int64

    def _floors(self, kinds: Numbers) -> Numbers:
        floors = np.where(np.diff(self.network.in_start) > 0, self.never, 0).astype(self.kind)
        floors[self.target[kinds == LinkKind.FF]] = 0
        return floors

    def _note(self) -> None:
        """What the passes need to know of the levels, and views for single steps."""
        network = self.network
        self.levels = network.levels.tolist()
        width = np.diff(network.levels)
        self.incoming = network.in_start[network.levels].tolist()
        self.offsets = network.in_start[:-1] - np.repeat(network.in_start[network.levels[:-1]], width)
        self.has_out = np.flatnonzero(np.diff(network.out_start) > 0)
        self.leading = np.searchsorted(self.has_out, network.levels).tolist()
        self.outgoing = network.out_start[network.levels].tolist()
        level_of = np.repeat(np.arange(len(width)), width)[self.has_out]
        self.out_offsets = network.out_start[self.has_out] - network.out_start[network.levels[level_of]]
        self.has_floors = bool((self.floor[self.levels[1] if len(self.levels) > 1 else 0 :] > self.never).any())
        self.into, self.out = Jagged(network.in_start, network.levels), Jagged(network.out_start, network.levels)
        self.into_source = network.in_source.take(self.into.places)
        self.out_target = network.out_target.take(self.out.places)
        self.out_place = network.out_place.take(self.out.places)
        self.folded = [level for level, widths in enumerate(self.out.widths) if widths]
        is_folded = np.zeros(len(width), dtype=bool)
        is_folded[self.folded] = True
        self.loose = self.has_out[~is_folded[level_of]]
        bounds = np.concatenate((network.out_start[self.loose], network.out_start[network.levels[self.folded]]))
        order = np.argsort(bounds, kind="stable")
        self.bounds, self.is_loose = bounds[order], order < len(self.loose)
        self.length = np.zeros(len(self.lag), dtype=self.kind)
        self.out_length: Lengths | None = None
        self.views = [one.data for one in (network.in_start, network.in_source, network.out_start)]
        self.views += [one.data for one in (network.out_target, network.out_place, self.length)]
        self.marks = (self.head.data, self.tail.data, self.duration.data, self.floor.data)

    @property
    def never(self) -> int:
        return SOON if self.kind is np.int32 else NEVER

    def run(self) -> None:
        """Both passes over the whole network."""
        network, durations = self.network, self.duration
        np.multiply(durations.take(network.in_source), self.from_finish, out=self.length)
        self.length += self.lag
        self.length -= np.repeat(durations, self.in_count) * self.to_finish
        self._forward()
        self._backward()
        self._close()

    def _close(self) -> None:
        self.finish = int((self.head + self.duration).max(initial=self.never))

    def _forward(self) -> None:
        head, floor, source, offsets = self.head, self.floor, self.into_source, self.offsets
        length = self.length.take(self.into.places)
        levels, incoming, floored = self.levels, self.incoming, self.has_floors
        if len(levels) > 1:
            head[: levels[1]] = floor[: levels[1]]
        for level in range(1, len(levels) - 1):
            first, last = levels[level], levels[level + 1]
            if last - first < THIN:
                for rank in range(first, last):
                    self._head(rank)
                continue
            begin, end = incoming[level], incoming[level + 1]
            reached = head.take(source[begin:end])
            reached += length[begin:end]
            here, widths = head[first:last], self.into.widths[level]
            if widths is None:
                np.maximum.reduceat(reached, offsets[first:last], out=here)
            else:
                head[self.into.nodes[first:last]] = fold(reached, widths, np.maximum)
            if floored:
                np.maximum(here, floor[first:last], out=here)

    def _backward(self) -> None:
        tail, target = self.tail, self.out_target
        levels, outgoing, leading, offsets = self.levels, self.outgoing, self.leading, self.out_offsets
        length = self.out_length = self.length.take(self.out_place)
        np.copyto(tail, self.duration)
        for level in range(len(levels) - 2, -1, -1):
            first, begin, end = levels[level], leading[level], leading[level + 1]
            if end - begin < THIN:
                for rank in range(first, first + end - begin):
                    self._tail(rank)
                continue
            reached = tail.take(target[outgoing[level] : outgoing[level + 1]])
            reached += length[outgoing[level] : outgoing[level + 1]]
            widths, here = self.out.widths[level], tail[first : first + end - begin]
            if widths is None:
                np.maximum(np.maximum.reduceat(reached, offsets[begin:end]), here, out=here)
            else:
                some = self.out.nodes[first : first + widths[0]]
                tail[some] = np.maximum(fold(reached, widths, np.maximum), tail.take(some))

    def _head(self, rank: int) -> bool:
        """Find one head anew; True if it changed."""
        in_start, source, _, _, _, length = self.views
        head, _, _, floor = self.marks
        latest = floor[rank]
        for place in range(in_start[rank], in_start[rank + 1]):
            date = head[source[place]] + length[place]
            if date > latest:
                latest = date
        changed = latest != head[rank]
        head[rank] = latest
        return bool(changed)

    def _tail(self, rank: int) -> bool:
        """Find one tail anew; True if it changed."""
        _, _, out_start, target, places, length = self.views
        _, tail, duration, _ = self.marks
        longest = duration[rank]
        for number in range(out_start[rank], out_start[rank + 1]):
            date = tail[target[number]] + length[places[number]]
            if date > longest:
                longest = date
        changed = longest != tail[rank]
        tail[rank] = longest
        return bool(changed)

    def change_duration(self, activity: int, duration: int) -> int:
        """Give an activity another duration and follow what that moves.

        Returns:
            How many heads and tails were looked at; 0 where so many were reached that both passes ran instead.
        Cost: O(links of what can move), at most the full pass and a third of it.
        """
        rank, network = int(self.network.rank[activity]), self.network
        end = int(self.head[rank]) + int(self.duration[rank])
        more = duration - int(self.duration[rank])
        self._widen(duration)
        self.duration[rank] = duration
        incoming = range(int(network.in_start[rank]), int(network.in_start[rank + 1]))
        outgoing = network.out_place[int(network.out_start[rank]) : int(network.out_start[rank + 1])].tolist()
        length = self.views[5]
        for place in incoming:
            length[place] -= more * int(self.to_finish[place])
        for place in outgoing:
            length[place] += more * int(self.from_finish[place])
        heads = [rank, *(int(self.target[place]) for place in outgoing)]
        return self._follow(heads, [rank, *(int(network.in_source[place]) for place in incoming)], end)

    def change_lag(self, link: int, lag: int) -> int:
        """Give a link another lag and follow what that moves; see `change_duration`."""
        place = int(np.flatnonzero(self.network.in_link == link)[0])
        self._widen(lag)
        self.length[place] += lag - int(self.lag[place])
        self.lag[place] = lag
        return self._follow([int(self.target[place])], [int(self.network.in_source[place])])

    def change_floor(self, activity: int, floor: int) -> int:
        """Let an activity not start before another instant and follow what that moves; see `change_duration`."""
        rank = int(self.network.rank[activity])
        self._widen(floor)
        self.floor[rank] = floor
        self.has_floors = True
        return self._follow([rank], [])

    def _widen(self, number: int) -> None:
        """Go on in 64 bits if a number no longer leaves room in 32."""
        if self.kind is np.int64 or abs(number) * (len(self.levels) + 1) < -SOON // 2:
            return
        self.floor = np.where(self.floor > SOON, self.floor, NEVER)
        self.kind = np.int64
        for name in ("from_finish", "to_finish", "lag", "duration", "floor", "head", "tail"):
            setattr(self, name, getattr(self, name).astype(np.int64))
        length = self.length.astype(np.int64)
        self._note()
        np.copyto(self.length, length)
        self.views[5] = self.length.data

    def _follow(self, heads: list[int], tails: list[int], end: int | None = None) -> int:
        """From early to late along heads, from late to early along tails; give up where too many move.

        `end` is the finish that the first of the heads had.
        """
        self.out_length = None
        most = max(int(self.network.size * LOCAL_RATIO), 16)
        count = self._follow_heads(heads, most, end)
        if count <= 2 * most:
            count += self._follow_tails(tails, most)
        if count > 2 * most:
            return self._give_up()
        if self.finish == self.never:
            self._close()
        return count

    def _follow_heads(self, heads: list[int], most: int, end: int | None) -> int:
        in_order, waiting, count = list(set(heads)), set(heads), 0
        heapify(in_order)
        _, _, out_start, target, _, _ = self.views
        head, _, duration, _ = self.marks
        last, is_lost, latest = self.finish, end == self.finish, self.never
        while in_order and count <= most:
            rank = heappop(in_order)
            waiting.discard(rank)
            count += 1
            is_lost = is_lost or head[rank] + duration[rank] == last
            changed = self._head(rank)
            latest = max(latest, head[rank] + duration[rank])
            if changed:
                for number in range(out_start[rank], out_start[rank + 1]):
                    if target[number] not in waiting:
                        waiting.add(target[number])
                        heappush(in_order, target[number])
        self.finish = latest if latest >= last else (self.never if is_lost else last)
        return count if not in_order else 3 * most

    def _follow_tails(self, tails: list[int], most: int) -> int:
        against, waiting, count = [-rank for rank in set(tails)], set(tails), 0
        heapify(against)
        in_start, source, _, _, _, _ = self.views
        while against and count <= most:
            rank = -heappop(against)
            waiting.discard(rank)
            count += 1
            if self._tail(rank):
                for place in range(in_start[rank], in_start[rank + 1]):
                    if source[place] not in waiting:
                        waiting.add(source[place])
                        heappush(against, -source[place])
        return count if not against else 3 * most

    def _give_up(self) -> int:
        self._forward()
        self._backward()
        self._close()
        return 0

    def dates(self) -> CriticalPath:
        """All dates and floats, by the caller's numbers.

        Cost: O(n + m).
        """
        rank, heads, ends = self.network.rank, self.head, self.finish - self.tail
        free = ends - heads
        if len(self.has_out):
            room = heads.take(self.out_target)
            room -= self.length.take(self.out_place) if self.out_length is None else self.out_length
            self._least_room(room, free)
            np.maximum(free, 0, out=free)
        start, late, duration = heads.take(rank), ends.take(rank), self.duration.take(rank)
        return CriticalPath(start, start + duration, late, late + duration, late - start, free.take(rank))

    def _least_room(self, room: Lengths, free: Lengths) -> None:
        """Put the least room of each activity's links, less its own start, into its free float."""
        for level in self.folded:
            widths = self.out.widths[level] or []
            some = self.out.nodes[self.levels[level] : self.levels[level] + widths[0]]
            least = fold(room[self.outgoing[level] : self.outgoing[level + 1]], widths, np.minimum)
            free[some] = least - self.head.take(some)
        if len(self.loose):
            free[self.loose] = np.minimum.reduceat(room, self.bounds)[self.is_loose] - self.head.take(self.loose)
