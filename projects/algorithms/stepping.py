"""One activity at a time: the rules of `dating.py` in plain numbers, for thin levels, uncommon activities and edits.

Below some twenty activities a loop over Python's integers beats a dozen calls of numpy. `memoryview`s share the arrays
with the passes, so that both may write into the same dates. Property tests hold the two implementations together.
"""

from bisect import bisect_left, bisect_right

from projects.algorithms.compiling import HIGH, Rules
from projects.algorithms.outline import FIRST_START
from projects.algorithms.plan import NONE, Numbers


class Stepper:
    """Evaluates single nodes of a network.

    Args:
        when: int64 (2 nodes), early starts and then early finishes by rank.
        late: int64 (2 nodes), the latest starts of what is left, then the latest finishes.
        basis: int64 (nodes), the latest finish that is allowed at all.
    """

    def __init__(self, rules: Rules, when: Numbers, late: Numbers, basis: Numbers) -> None:
        axis, network = rules.axis, rules.frame.network
        self.starts, self.ends = axis.starts.tolist(), axis.ends.tolist()
        self.work_starts, self.work_ends = axis.work_starts.tolist(), axis.work_ends.tolist()
        self.size, self.parts = rules.size, rules.parts
        self.when, self.late, self.basis = when.data, late.data, basis.data
        self.key, self.left, self.base = rules.key.data, rules.left.data, rules.base.data
        self.lo, self.hi, self.delay = rules.lo.data, rules.hi.data, rules.delay.data
        self.fixed_start, self.fixed_finish = rules.fixed_start.data, rules.fixed_finish.data
        self.late_cap, self.late_fix = rules.late_cap.data, rules.late_fix.data
        self.is_milestone, self.stays_late = rules.is_milestone.data, rules.stays_late.data
        self.kind = rules.frame.kind.data
        self.in_start, self.source, self.to_finish = network.in_start.data, rules.source.data, rules.to_finish.data
        self.out_start, self.out_target = network.out_start.data, network.out_target.data
        self.out_place, self.is_silent = network.out_place.data, rules.is_silent.data
        self.lag, self.lag_key = rules.lag.data, rules.lag_key.data

    def shift(self, at: int, amount: int, key: int) -> int:
        """Go on by working time: to the end of work forwards, to its beginning backwards; 0 stays."""
        if not amount:
            return at
        place = at + key
        index = bisect_right(self.starts, place) - 1
        work = self.work_starts[index] + min(place, self.ends[index]) - self.starts[index] + amount
        if amount > 0:
            index = bisect_left(self.work_ends, work)
            return int(self.ends[index] - self.work_ends[index] + work - key)
        index = bisect_right(self.work_starts, work) - 1
        return int(self.starts[index] - self.work_starts[index] + work - key)

    def next_start(self, rank: int, at: int) -> int:
        """See `compiling.next_start`; with assignments, the earliest of theirs."""
        if rank in self.parts:
            return min(self._next(rank, at, key) for key, _, _ in self.parts[rank])
        return self._next(rank, at, self.key[rank])

    def _next(self, rank: int, at: int, key: int) -> int:
        place = at + key
        begin = self.starts[bisect_right(self.ends, place)]
        if begin <= place:
            return at
        if self.is_milestone[rank] and (at == self.base[rank] or self._previous_on(at, key) == at):
            return at
        return int(begin - key)

    def later(self, rank: int, at: int) -> int:
        """See `compiling.later`."""
        if rank in self.parts:
            return max(self.shift(at + delay, length, key) for key, length, delay in self.parts[rank])
        return self.shift(at, self.left[rank], self.key[rank])

    def earlier(self, rank: int, at: int) -> int:
        """See `compiling.earlier`."""
        if rank in self.parts:
            return min(self.shift(at, -length, key) - delay for key, length, delay in self.parts[rank])
        return self.shift(at, -self.left[rank], self.key[rank])

    def link_date(self, rank: int, place: int) -> int:
        """The date at which the link that stands at `place` lets the successor's work start."""
        date = self._link_end(place)
        return self.earlier(rank, date) if self.to_finish[place] else date

    def _link_end(self, place: int) -> int:
        """The predecessor's date with the lag."""
        date = self.when[self.source[place]]
        if self.lag[place]:
            date = self.shift(date, self.lag[place], self.lag_key[place])
        return int(date)

    def candidate(self, rank: int) -> int:
        """Where work could start but for constraints and progress."""
        places = range(self.in_start[rank], self.in_start[rank + 1])
        if self.kind[rank] == FIRST_START:
            start = min((self.link_date(rank, place) for place in places), default=self.base[rank])
        else:
            start = max([self.base[rank], *(self.link_date(rank, place) for place in places)])
        start = self.next_start(rank, start)
        return self.next_start(rank, start + self.delay[rank]) if self.delay[rank] else start

    def _finish(self, rank: int, start: int) -> int:
        """Where work ends; at the very date of a start-to-finish link where no work lies between the two."""
        finish = self.later(rank, start)
        for place in range(self.in_start[rank], self.in_start[rank + 1]):
            if self.to_finish[place] and self.source[place] < self.size:
                date = self._link_end(place)
                if date > finish and self._next_end(rank, finish) >= date:
                    finish = date
        return finish

    def _next_end(self, rank: int, at: int) -> int:
        """The last instant after `at` before which nobody works."""
        keys = [key for key, _, _ in self.parts[rank]] if rank in self.parts else [self.key[rank]]
        return int(min(max(at, self.starts[bisect_right(self.ends, at + key)] - key) for key in keys))

    def forward(self, rank: int) -> bool:
        """Date one node from its predecessors; True if a date changed."""
        start = self.candidate(rank)
        start = min(max(start, self.lo[rank]), self.hi[rank])
        finish = self.fixed_finish[rank]
        if finish == NONE:
            finish = self._finish(rank, start)
        if self.fixed_start[rank] != NONE:
            start = self.fixed_start[rank]
        changed = self.when[rank] != start or self.when[rank + self.size] != finish
        self.when[rank], self.when[rank + self.size] = start, finish
        return bool(changed)

    def backward(self, rank: int) -> bool:
        """Find the latest dates of one node from its successors; True if a date changed."""
        latest = self.basis[rank]
        for number in range(self.out_start[rank], self.out_start[rank + 1]):
            place = self.out_place[number]
            if self.is_silent[place]:
                continue
            latest = min(latest, self._link_limit(rank, place, self.out_target[number]))
        if self.late_fix[rank] != NONE:
            latest = self.late_fix[rank]
        latest = min(latest, self.late_cap[rank])
        if not self.stays_late[rank]:
            latest = self._previous(rank, latest)
        start = self.earlier(rank, latest)
        changed = self.late[rank] != start or self.late[rank + self.size] != latest
        self.late[rank], self.late[rank + self.size] = start, latest
        return bool(changed)

    def _link_limit(self, rank: int, place: int, target: int) -> int:
        from_start = self.source[place] < self.size
        if self.kind[target] == FIRST_START and self.when[rank] != self.when[target]:
            return HIGH
        date = self.late[target + self.size * self.to_finish[place]]
        if self.lag[place]:
            date = self.shift(date, -self.lag[place], self.lag_key[place])
        return self.later(rank, date) if from_start else int(date)

    def _previous(self, rank: int, at: int) -> int:
        """The end of the last work before `at`; with assignments, the latest of theirs."""
        if rank in self.parts:
            return max(self._previous_on(at, key) for key, _, _ in self.parts[rank])
        return self._previous_on(at, self.key[rank])

    def _previous_on(self, at: int, key: int) -> int:
        place = at + key
        end = self.ends[bisect_left(self.starts, place) - 1]
        return int(min(place, end) - key)
