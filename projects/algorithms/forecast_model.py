"""A plan on the axis of the delivery forecast: durations, lags, floors, factors and risks; see `forecasting.py`."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from projects.algorithms.compiling import HIGH, LOW
from projects.algorithms.critical_path import Engine, Schedule
from projects.algorithms.estimates import Estimates, Reals, Shape, three_points
from projects.algorithms.forecast_axis import ROUNDING, Axis
from projects.algorithms.network import Network, build_network
from projects.algorithms.outline import FIRST_START, REAL
from projects.algorithms.plan import NONE, Constraint, Flags, LinkKind, Numbers, Plan
from projects.algorithms.simulation import DelayFactors, Links, RiskEvents

#: Of the variance of a group's estimates, the part that all its members share.
SHARED_VARIANCE = 0.5
#: Of the extremes of a factor and of what each member keeps, the part that makes the two variances add up.
SHARED_SPREAD, OWN_SPREAD = SHARED_VARIANCE**0.5, (1 - SHARED_VARIANCE) ** 0.5
#: The least factor: nothing takes no time because a team is fast.
LEAST_FACTOR = 0.05


@dataclass(frozen=True, slots=True)
class Risks:
    """What may happen to projects (k).

    Args:
        probability: float64 (k), 0 to 1.
        delay: float64 (k), calendar days.
        cost: float64 (k), money.
        projects: int64 (k), the plan's number of the project.
    """

    probability: Reals
    delay: Reals
    cost: Reals
    projects: Numbers


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """What is not certain about a plan of n activities.

    Args:
        low, likely, high: float64 (n), three-point estimates of the whole duration in ticks on the activity's own
            calendar; NaN where there is none.
        assumed: (low, high) as shares of the planned duration, where there is no estimate; None holds it for certain.
        groups: n names of teams or suppliers; empty of none.
    """

    low: Reals
    likely: Reals
    high: Reals
    groups: Sequence[str]
    assumed: tuple[float, float] | None = None


class Model:
    """A plan on the axis of the simulation. Nodes are those of the engine's network, and a gate of each project with
    risks; links are in the order of the network's incoming ones, then those of the gates."""

    def __init__(
        self,
        plan: Plan,
        uncertainty: Uncertainty,
        engine: Engine,
        projects: Sequence[int],
        risks: Risks | None,
        not_before: int,
    ) -> None:
        self.plan, self.engine, self.schedule, self.not_before = plan, engine, engine.schedule(), not_before
        self.asked = np.isin(plan.projects, np.asarray(projects, dtype=np.int64))
        frame = engine.frame
        self.is_summary = frame.outline.is_summary
        # A virtual activity that nothing holds stands at no date at all; it stays within the horizon.
        self.when: Numbers = np.clip(engine.when, engine.time.first, engine.time.last)
        self.is_done = plan.actual_finishes != NONE
        self.remaining: Flags = ~self.is_summary & ~plan.is_inactive & ~self.is_done
        self.axis = Axis.of(engine, self.remaining)
        self._place(plan, self.schedule)
        self._nodes()
        self._estimate(uncertainty)
        self._risk(risks)
        self._connect()

    def _place(self, plan: Plan, dates: Schedule) -> None:
        """Where each activity lies on the axis: what is under way from where its rest goes on."""
        start, finish = dates.early_start, dates.early_finish
        rank = self.engine.frame.rank_of
        goes_on = self.remaining & (plan.actual_starts != NONE)
        by_hand = plan.durations - np.rint(plan.durations * plan.progress_ratios).astype(np.int64)
        left = np.where(plan.is_manual, by_hand, self.engine.rules.left[rank])
        rest = self.engine.rules.axis.shift(finish, -np.where(goes_on, left, 0), self.engine.rules.key[rank])
        self.begins: Numbers = np.where(goes_on, np.clip(rest, start, finish), start)
        self.goes_on = goes_on
        self.start, self.begin, self.finish = (self.axis.places(each) for each in (start, self.begins, finish))
        self.span: Reals = np.maximum(self.finish - self.begin, 0.0)

    def _nodes(self) -> None:
        """Which nodes of the engine's network take part: active leaves asked about, and all that these wait for."""
        frame = self.engine.frame
        network = frame.network
        is_leaf = (frame.kind == REAL) & ~frame.is_dormant
        takes_part = is_leaf & self.asked[frame.owner]
        if not takes_part.any():
            raise ValueError("None of these projects has an activity with dates, so there is nothing to forecast.")
        targets = np.repeat(np.arange(network.size), np.diff(network.in_start))
        for level in range(len(network.levels) - 2, -1, -1):
            first, last = int(network.levels[level]), int(network.levels[level + 1])
            into = slice(int(network.in_start[first]), int(network.in_start[last]))
            heard = takes_part[targets[into]]
            takes_part[network.in_source[into][heard]] = True
        takes_part &= is_leaf | (frame.kind != REAL)
        self.ranks: Numbers = np.flatnonzero(takes_part)
        self.node_of_rank = np.full(network.size, -1, dtype=np.int64)
        self.node_of_rank[self.ranks] = np.arange(len(self.ranks))
        self.owner: Numbers = frame.owner[self.ranks]
        self.is_real: Flags = frame.kind[self.ranks] == REAL
        self.is_first: Flags = frame.kind[self.ranks] == FIRST_START
        self.whole: Numbers = np.flatnonzero(self.is_real & self.asked[self.owner])
        places = np.flatnonzero((self.node_of_rank[network.in_source] >= 0) & (self.node_of_rank[targets] >= 0))
        self.link_places: Numbers = places
        self.tails: Numbers = self.node_of_rank[network.in_source[places]]
        self.heads: Numbers = self.node_of_rank[targets[places]]

    def nodes_of(self, activities: Numbers) -> Numbers:
        """The nodes of those activities that take part."""
        found = self.node_of_rank[self.engine.frame.rank_of[np.asarray(activities, dtype=np.int64)]]
        return found[found >= 0]

    def _estimate(self, uncertainty: Uncertainty) -> None:
        """Durations on the axis, and the factors that groups share."""
        plan, count = self.plan, self.plan.size
        low, likely, high = np.ones(count), np.ones(count), np.ones(count)
        self.estimated: Flags = self.remaining & np.isfinite(uncertainty.likely)
        lengths = np.maximum(plan.durations.astype(np.float64), 1.0)
        # An activity without planned duration has no scale of its own: its estimates are axis time as they are.
        is_point = self.estimated & (plan.durations == 0)
        scale = np.where(is_point, 1.0, self.span)
        for share, values in ((low, uncertainty.low), (likely, uncertainty.likely), (high, uncertainty.high)):
            share[self.estimated] = values[self.estimated] / lengths[self.estimated]
        if uncertainty.assumed is not None:
            rest = self.remaining & ~self.estimated
            low[rest], high[rest] = uncertainty.assumed
        low, likely, high = low * scale, likely * scale, high * scale
        certain = ~self.remaining
        for values in (low, likely, high):
            values[certain] = self.span[certain]
        self._share(uncertainty, low, likely, high)
        self.points = [np.where(self.is_real, each[self.owner], 0.0) for each in (low, likely, high)]

    def _share(self, uncertainty: Uncertainty, low: Reals, likely: Reals, high: Reals) -> None:
        """Move the common part of the spread of each group into a factor. Changes the estimates in place."""
        taking_part = np.zeros(self.plan.size, dtype=bool)
        taking_part[self.owner[self.is_real]] = True
        uncertain = self.remaining & taking_part & (high > low) & (likely > 0)
        members: dict[str, list[int]] = {}
        for index in np.flatnonzero(uncertain).tolist():
            if name := uncertainty.groups[index].strip():
                members.setdefault(name.casefold(), []).append(index)
        shared = {uncertainty.groups[found[0]].strip(): found for found in members.values() if len(found) > 1}
        self.groups: tuple[str, ...] = tuple(shared)
        least, most = [], []
        for found in shared.values():
            weight = likely[found].sum()
            least.append(max(1 - SHARED_SPREAD * (likely[found] - low[found]).sum() / weight, LEAST_FACTOR))
            most.append(1 + SHARED_SPREAD * (high[found] - likely[found]).sum() / weight)
            low[found] = likely[found] - OWN_SPREAD * (likely[found] - low[found])
            high[found] = likely[found] + OWN_SPREAD * (high[found] - likely[found])
        self.factors: DelayFactors | None = None
        if shared:
            nodes = [self.nodes_of(np.array(found, dtype=np.int64)) for found in shared.values()]
            self.factors = DelayFactors(three_points(least, np.ones(len(shared)), most, Shape.PERT), nodes)

    def _risk(self, risks: Risks | None) -> None:
        """A gate for each project with risks, which they delay; it stands where the project's remaining work begins."""
        self.risks: RiskEvents | None = None
        self.gates: dict[int, int] = {}
        self.risk_index: Numbers = np.zeros(0, dtype=np.int64)
        if risks is None:
            return
        of_project = self.plan.projects[self.owner]
        waits = self.is_real & self.remaining[self.owner]
        kept = [number for number, one in enumerate(risks.projects.tolist()) if (waits & (of_project == one)).any()]
        if not kept:
            return
        self.risk_index = np.array(kept, dtype=np.int64)
        for one in dict.fromkeys(risks.projects[self.risk_index].tolist()):
            self.gates[one] = len(self.owner) + len(self.gates)
        delay = risks.delay[self.risk_index] * self.axis.per_day
        cost = risks.cost[self.risk_index]
        self.risks = RiskEvents(
            risks.probability[self.risk_index],
            three_points(delay, delay, delay),
            three_points(cost, cost, cost),
            [np.array([self.gates[one]], dtype=np.int64) for one in risks.projects[self.risk_index].tolist()],
        )

    def _connect(self) -> None:
        """Links, lags and floors; floors of what a project with risks still has to do become links from its gate."""
        kinds = self.engine.frame.link_kind[self.link_places]
        from_finish = np.isin(kinds, (LinkKind.FS, LinkKind.FF))
        to_finish = np.isin(kinds, (LinkKind.FF, LinkKind.SF))
        lag, kept, floor = self._lags(from_finish), self._binding(), self._floors()
        self._settle(from_finish, to_finish, lag, kept, floor)
        tails, heads = self.tails[kept], self.heads[kept]
        gate_tails, gate_heads, gate_lags = self._gate_links(floor)
        total = len(self.owner) + len(self.gates)
        extra = np.zeros(len(self.gates))
        self.network: Network = build_network(
            total, np.concatenate((tails, gate_tails)), np.concatenate((heads, gate_heads))
        )
        self.link_origin: Numbers = np.concatenate(
            (self.engine.frame.origin[self.link_places[kept]], np.full(len(gate_tails), -1, dtype=np.int64))
        )
        self.links = Links(
            np.concatenate((from_finish[kept], np.ones(len(gate_tails), dtype=bool))),
            np.concatenate((to_finish[kept], np.zeros(len(gate_tails), dtype=bool))),
            np.concatenate((lag[kept], gate_lags)),
        )
        gate_floor = np.array([self.gate_begin[one] for one in self.gates], dtype=np.float64)
        self.floor: Reals = np.concatenate((floor, gate_floor)) if len(self.gates) else floor
        low, likely, high = (np.concatenate((each, extra)) for each in self.points)
        self.durations: Estimates = three_points(low, likely, high)

    def _binding(self) -> Flags:
        """Links that can move their successor: not into what is done, nor, without retained logic, under way, nor into
        the first start of a summary, which is the least of its parts and is held where the schedule has it."""
        is_fixed = self.is_done | (self.goes_on & (not self.plan.is_retained_logic))
        fixed = self.is_first | (self.is_real & is_fixed[self.owner])
        bound: Flags = ~fixed[self.heads]
        return bound

    def _lags(self, from_finish: Flags) -> Reals:
        """Each lag in axis time, where the schedule has it; of a link from the start of what is under way, without what
        already lies behind the point from which the rest goes on."""
        rules, places = self.engine.rules, self.link_places
        when = self.when[rules.source[places]]
        lag = rules.lag[places]
        moved = rules.axis.shift(when, lag, rules.lag_key[places])
        on_axis: Reals = self.axis.places(moved) - self.axis.places(when)
        behind = (self.begin - self.start)[self.owner[self.tails]]
        on_axis -= np.where(~from_finish & self.is_real[self.tails], behind, 0.0)
        return on_axis

    def _floors(self) -> Reals:
        """The earliest start of each node that is not given by links, on the axis."""
        rules, plan, owner = self.engine.rules, self.plan, self.owner
        own = np.maximum(rules.base, rules.lo)[self.ranks]
        instants = np.where(own > LOW, own, NONE)
        dated = self.is_real & ((plan.constraints == Constraint.ALAP)[owner] | ~self.engine.frame.is_bound[self.ranks])
        instants = np.where(dated, np.maximum(instants, self.begins[owner]), instants)
        stays = self.is_real & (self.is_done | plan.is_manual | self.goes_on)[owner]
        instants = np.where(stays, self.begins[owner], instants)
        instants = np.where(self.is_first, self.when[: rules.size][self.ranks], instants)
        waits = self.is_real & self.remaining[owner]
        instants = np.where(waits, np.maximum(instants, self.not_before), instants)
        known = instants != NONE
        floor: Reals = np.zeros(len(owner))
        floor[known] = self.axis.places(instants[known])
        # The axis begins with the first date, so that single precision holds the rest.
        first = float(min(floor[known].min(initial=np.inf), self.begin[owner[self.is_real]].min()))
        self.axis.origin += round(first)
        for each in (self.start, self.begin, self.finish):
            each -= first
        self.earliest = 0.0 if self.not_before == NONE else self.axis.place(self.not_before)
        return np.where(known, floor - first, 0.0)

    def _settle(self, from_finish: Flags, to_finish: Flags, lag: Reals, kept: Flags, floor: Reals) -> None:
        """Make the links ask for what the schedule has, and note the activities whose own dates break one.

        Where an activity waits for its calendar to work, the wait becomes part of the lags into it; where another
        calendar makes a lag shorter than it is on the axis, it is taken as that. Changes `lag` in place.
        """
        rules, size = self.engine.rules, self.engine.rules.size
        begins, ends = (self.axis.places(self.when[self.ranks + shift]) for shift in (0, size))
        begins = np.where(self.is_real, self.begin[self.owner], begins)
        ends = np.where(self.is_real, self.finish[self.owner], ends)
        holds = np.where(from_finish, ends[self.tails], begins[self.tails])
        asked = holds + lag - np.where(to_finish, (ends - begins)[self.heads], 0.0)
        over = np.where(kept, asked - begins[self.heads], 0.0)
        keeps = self.is_real & (self.plan.is_manual[self.owner] | (rules.hi[self.ranks] < HIGH))
        self.pushed: Numbers = np.unique(self.owner[self.heads[(over > ROUNDING) & keeps[self.heads]]])
        lag -= np.where((over > 0) & ~keeps[self.heads], over, 0.0)
        latest = floor.copy()
        np.maximum.at(latest, self.heads[kept], asked[kept])
        wait = begins - latest
        waits = kept & (wait[self.heads] > 0)
        lag += np.where(waits, wait[self.heads], 0.0)

    def _gate_links(self, floor: Reals) -> tuple[Numbers, Numbers, Reals]:
        """From the gate of each project with risks to what it still has to do, at the distance of its floor."""
        self.gate_begin: dict[int, float] = {}
        tails, heads, lags = [], [], []
        of_project = self.plan.projects[self.owner]
        for one, gate in self.gates.items():
            waits = np.flatnonzero(self.is_real & self.remaining[self.owner] & (of_project == one))
            begin = max(float(self.begin[self.owner[waits]].min()), self.earliest)
            self.gate_begin[one] = begin
            tails.append(np.full(len(waits), gate, dtype=np.int64))
            heads.append(waits)
            lags.append(np.maximum(floor[waits], begin) - begin)
            floor[waits] = 0.0
        if not tails:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)
        return np.concatenate(tails), np.concatenate(heads), np.concatenate(lags)
