"""Early and late dates on calendars: forward and backward pass, level by level in numpy, thin levels one by one.

Both passes apply the rules of `compiling.py` and agree with `stepping.py`, which dates a single activity.

Source: Kelley & Walker 1959, "Critical-path planning and scheduling"; for the four link types with lags Elmaghraby &
Kamburowski 1992, "The analysis of activity networks under generalized precedence relations", Management Science 38:9.
"""

from dataclasses import dataclass

import numpy as np

from projects.algorithms.compiling import HIGH, Rules, next_start
from projects.algorithms.outline import FIRST_START
from projects.algorithms.plan import NONE, Flags, Numbers
from projects.algorithms.stepping import Stepper

#: Levels of fewer activities are dated one by one.
THIN = 12


@dataclass(frozen=True, slots=True)
class Some:
    """Where something uncommon stands, and which of it belongs to each level."""

    at: Numbers
    edges: list[int]

    def of(self, level: int) -> Numbers:
        """The places of one level."""
        return self.at[self.edges[level] : self.edges[level + 1]]


def _some(marked: Flags, bounds: Numbers) -> Some:
    at = np.flatnonzero(marked)
    return Some(at, np.searchsorted(at, bounds).tolist())


class Passes:
    """The two passes over one set of rules.

    Args:
        when, late, basis: see `Stepper`; written in place.
    Cost: O(n + m) places to look up on the calendars; some 25 ms for each pass over 100,000 links.
    """

    def __init__(self, rules: Rules, when: Numbers, late: Numbers, basis: Numbers) -> None:
        network = rules.frame.network
        self.rules, self.when, self.late, self.basis = rules, when, late, basis
        self.network, self.size = network, rules.size
        self.stepper = Stepper(rules, when, late, basis)
        levels = network.levels
        self.levels = levels.tolist()
        self.sort()

    def sort(self) -> None:
        """Note for each level what is uncommon in it. To be called again when rules have changed."""
        rules, network = self.rules, self.network
        levels, incoming = network.levels, network.in_start[network.levels]
        outgoing = network.out_start[network.levels]
        self.incoming, self.outgoing = incoming.tolist(), outgoing.tolist()
        self.lagged = _some(rules.lag != 0, incoming)
        self.finishing = _some(rules.to_finish, incoming)
        self.crossing = _some(rules.to_finish & (rules.source < self.size), incoming)
        self.target = np.repeat(np.arange(self.size), np.diff(network.in_start))
        place = network.out_place
        self.out_tail = np.repeat(np.arange(self.size), np.diff(network.out_start))
        self.out_date = network.out_target + self.size * rules.to_finish[place]
        self.out_lagged = _some(rules.lag[place] != 0, outgoing)
        self.out_starting = _some(rules.source[place] < self.size, outgoing)
        self.out_silent = _some(rules.is_silent[place], outgoing)
        self.out_first = _some(rules.frame.kind[network.out_target] == FIRST_START, outgoing)
        self.milestones = _some(rules.is_milestone, levels)
        self.staying = _some(rules.stays_late, levels)
        self.delayed = _some(rules.delay != 0, levels)
        self.fixed = _some((rules.fixed_start != NONE) | (rules.fixed_finish != NONE), levels)
        self.late_fixed = _some(rules.late_fix != NONE, levels)
        self.leading = _some(np.diff(network.out_start) > 0, levels)
        special = rules.frame.kind == FIRST_START
        special[list(rules.parts)] = True
        self.special = _some(special, levels)

    def forward(self) -> None:
        """Early dates of all nodes."""
        step = self.stepper.forward
        for level in range(len(self.levels) - 1):
            first, last = self.levels[level], self.levels[level + 1]
            if last - first < THIN:
                for rank in range(first, last):
                    step(rank)
                continue
            self._forward_level(level, first, last)
            for rank in self.special.of(level).tolist():
                step(rank)

    def _forward_level(self, level: int, first: int, last: int) -> None:
        rules, axis = self.rules, self.rules.axis
        key, start = rules.key[first:last], rules.base[first:last]
        if self.incoming[level] < self.incoming[level + 1]:
            dates = self._link_dates(level)
            offsets = self.network.in_start[first:last] - self.incoming[level]
            start = np.maximum(start, np.maximum.reduceat(dates, offsets))
        candidate = start
        start = axis.next_working(start, key)
        some = self.milestones.of(level)
        if len(some):
            start[some - first] = next_start(rules, candidate[some - first], some)
        some = self.delayed.of(level)
        if len(some):
            start[some - first] = next_start(rules, start[some - first] + rules.delay[some], some)
        start = np.minimum(np.maximum(start, rules.lo[first:last]), rules.hi[first:last])
        finish = axis.add(start, rules.left[first:last], key)
        some = self.crossing.of(level)
        if len(some):
            self._finish_on_link(finish, some, first)
        some = self.fixed.of(level)
        if len(some):
            fixed = rules.fixed_start[some]
            start[some - first] = np.where(fixed != NONE, fixed, start[some - first])
            fixed = rules.fixed_finish[some]
            finish[some - first] = np.where(fixed != NONE, fixed, finish[some - first])
        self.when[first:last] = start
        self.when[self.size + first : self.size + last] = finish

    def _finish_on_link(self, finish: Numbers, places: Numbers, first: int) -> None:
        """Let start-to-finish links put the finish on their very date where no work lies between the two."""
        rules, axis, target = self.rules, self.rules.axis, self.target[places]
        dates, now = self.when[rules.source[places]], finish[target - first]
        dates = axis.shift(dates, rules.lag[places], rules.lag_key[places])
        free = (dates > now) & (axis.next_working(now, rules.key[target]) >= dates)
        np.maximum.at(finish, target[free] - first, dates[free])

    def _link_dates(self, level: int) -> Numbers:
        """For each link into a level, the date at which it lets the successor's work start."""
        rules, axis = self.rules, self.rules.axis
        begin, end = self.incoming[level], self.incoming[level + 1]
        dates: Numbers = self.when[rules.source[begin:end]]
        some = self.lagged.of(level)
        if len(some):
            dates[some - begin] = axis.shift(dates[some - begin], rules.lag[some], rules.lag_key[some])
        some = self.finishing.of(level)
        if len(some):
            target = self.target[some]
            dates[some - begin] = axis.subtract(dates[some - begin], rules.left[target], rules.key[target])
        return dates

    def backward(self) -> None:
        """Late dates of all nodes, from `basis`; reads early dates only to know the first below a summary."""
        step = self.stepper.backward
        for level in range(len(self.levels) - 2, -1, -1):
            first, last = self.levels[level], self.levels[level + 1]
            if last - first < THIN:
                for rank in range(first, last):
                    step(rank)
                continue
            self._backward_level(level, first, last)
            for rank in self.special.of(level).tolist():
                step(rank)

    def _backward_level(self, level: int, first: int, last: int) -> None:
        rules, axis = self.rules, self.rules.axis
        key, finish = rules.key[first:last], self.basis[first:last].copy()
        some = self.leading.of(level)
        if len(some):
            limits = self._link_limits(level)
            offsets = self.network.out_start[some] - self.outgoing[level]
            finish[some - first] = np.minimum(finish[some - first], np.minimum.reduceat(limits, offsets))
        some = self.late_fixed.of(level)
        if len(some):
            finish[some - first] = rules.late_fix[some]
        limit = np.minimum(finish, rules.late_cap[first:last])
        finish = axis.previous_working(limit, key)
        some = self.staying.of(level)
        if len(some):
            finish[some - first] = limit[some - first]
        self.late[first:last] = axis.subtract(finish, rules.left[first:last], key)
        self.late[self.size + first : self.size + last] = finish

    def _link_limits(self, level: int) -> Numbers:
        """For each link out of a level, the latest finish that it leaves to the predecessor."""
        rules, axis, place = self.rules, self.rules.axis, self.network.out_place
        begin, end = self.outgoing[level], self.outgoing[level + 1]
        dates: Numbers = self.late[self.out_date[begin:end]]
        some = self.out_lagged.of(level)
        if len(some):
            link = place[some]
            dates[some - begin] = axis.shift(dates[some - begin], -rules.lag[link], rules.lag_key[link])
        some = self.out_starting.of(level)
        if len(some):
            tail = self.out_tail[some]
            dates[some - begin] = axis.add(dates[some - begin], rules.left[tail], rules.key[tail])
        dates[self.out_silent.of(level) - begin] = HIGH
        some = self.out_first.of(level)
        if len(some):
            is_first = self.when[self.out_tail[some]] == self.when[self.network.out_target[some]]
            dates[some[~is_first] - begin] = HIGH
        return dates
