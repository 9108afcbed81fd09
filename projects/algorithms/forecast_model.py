"""A plan on the axis of the delivery forecast: durations, lags, floors, factors and risks; see `forecasting.py`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from projects.algorithms.compiling import LOW
from projects.algorithms.critical_path import Engine, Schedule
from projects.algorithms.estimates import Estimates, Reals, Shape, three_points
from projects.algorithms.forecast_axis import ROUNDING, Axis
from projects.algorithms.network import Network, build_network
from projects.algorithms.outline import FIRST_START, REAL
from projects.algorithms.plan import NONE, Constraint, Flags, LinkKind, Numbers, Plan
from projects.algorithms.simulation import DelayFactors, Links, RiskEvents
from projects.algorithms.simulation_clocks import ALWAYS, NEVER, OWN, Clocks, Limits
from resources.algorithms.calendars import DAY, SPAN

#: Of the variance of a group's estimates, the part that all its members share.
SHARED_VARIANCE = 0.5
#: Of the extremes of a factor and of what each member keeps, the part that makes the two variances add up.
SHARED_SPREAD, OWN_SPREAD = SHARED_VARIANCE**0.5, (1 - SHARED_VARIANCE) ** 0.5
LEAST_FACTOR = 0.05  # nothing takes no time because a team is fast


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
    """A plan in the terms of the simulation. Nodes are those of the engine's network, and a gate of each project with
    risks; links are in the order of the network's incoming ones, then those of the gates.

    Where all work runs on one calendar, that is the axis of all. Otherwise each activity counts on its own; what takes
    no time, what is done, and the virtual activities of summaries stand on the clock.
    """

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
        self._begin(plan, self.schedule)
        self._nodes()
        self._place(uncertainty)
        self._estimate(uncertainty)
        self._risk(risks)
        self._connect()

    def _begin(self, plan: Plan, dates: Schedule) -> None:
        """When what is left of each activity begins: of what is under way, where its rest goes on."""
        start, finish = dates.early_start, dates.early_finish
        rank = self.engine.frame.rank_of
        goes_on = self.remaining & (plan.actual_starts != NONE)
        by_hand = plan.durations - np.rint(plan.durations * plan.progress_ratios).astype(np.int64)
        left = np.where(plan.is_manual, by_hand, self.engine.rules.left[rank])
        rest = self.engine.rules.axis.shift(finish, -np.where(goes_on, left, 0), self.engine.rules.key[rank])
        self.begins: Numbers = np.where(goes_on, np.clip(rest, start, finish), start)
        self.goes_on = goes_on

    def _place(self, uncertainty: Uncertainty) -> None:
        """On which calendar each activity and node counts, and where it lies on that."""
        engine, rank, clock = self.engine, self.engine.frame.rank_of, len(self.plan.working_calendars)
        origin = int(self.begins[self.owner[self.is_real]].min()) // DAY * DAY
        drawn = self.is_real & self.remaining[self.owner]
        self.axis = Axis.of(engine, self.ranks[drawn], self.link_places[~self.is_done[self.owner[self.heads]]], origin)
        finish = self.schedule.early_finish
        #: Without any length: a milestone, as long as nobody estimates that it takes time.
        self.is_point: Flags = self.remaining & (finish <= self.begins) & ~np.isfinite(uncertainty.likely)
        on_clock = self.is_point | self.is_done | self.is_summary
        self.home: Numbers = np.where(on_clock, clock, engine.rules.key[rank] // SPAN)
        if self.axis.is_shared:
            self.home = np.full(self.plan.size, self.axis.calendar)
        self.calendar: Numbers = np.where(self.is_real, self.home[self.owner], self.axis.calendar)
        self.begin, self.finish = (self.axis.places(each, self.home) for each in (self.begins, finish))
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
        """Links, lags, floors and limits; floors of what remains of a project with risks are links from its gate."""
        rules, places = self.engine.rules, self.link_places
        kinds = self.engine.frame.link_kind[places]
        from_finish = np.isin(kinds, (LinkKind.FS, LinkKind.FF))
        to_finish = np.isin(kinds, (LinkKind.FF, LinkKind.SF))
        runs_on = np.where(rules.lag[places] == 0, OWN, rules.lag_key[places] // SPAN)
        runs_on = np.where(runs_on == self.calendar[self.heads], OWN, runs_on)
        kept, floor = self._binding(), self._floors()
        self._clocks()
        lag = self._lags(from_finish, runs_on, kept, floor)
        self._settle(from_finish, to_finish, lag, runs_on, kept, floor)
        tails, heads = self.tails[kept], self.heads[kept]
        gate_tails, gate_heads, gate_lags = self._gate_links(floor)
        more = len(gate_tails)
        self.network: Network = build_network(
            len(self.clocks.calendar), np.concatenate((tails, gate_tails)), np.concatenate((heads, gate_heads))
        )
        self.link_origin: Numbers = np.concatenate(
            (self.engine.frame.origin[places[kept]], np.full(more, -1, dtype=np.int64))
        )
        self.links = Links(
            np.concatenate((from_finish[kept], np.ones(more, dtype=bool))),
            np.concatenate((to_finish[kept], np.zeros(more, dtype=bool))),
            np.concatenate((lag[kept], gate_lags)),
            np.concatenate((runs_on[kept], np.full(more, OWN))),
        )
        gate_floor = self.axis.places(self.gate_begin, np.full(len(self.gates), self.axis.calendar))
        self.floor: Reals = np.concatenate((floor, gate_floor))
        extra = np.zeros(len(self.gates))
        low, likely, high = (np.concatenate((each, extra)) for each in self.points)
        self.durations: Estimates = three_points(low, likely, high)

    def _binding(self) -> Flags:
        """Links that can move their successor: not into what is done, nor, without retained logic, under way, nor into
        the first start of a summary, which is the least of its parts and is held where the schedule has it."""
        is_fixed = self.is_done | (self.goes_on & (not self.plan.is_retained_logic))
        fixed = self.is_first | (self.is_real & is_fixed[self.owner])
        bound: Flags = ~fixed[self.heads]
        return bound

    def _lags(self, from_finish: Flags, runs_on: Numbers, kept: Flags, floor: Reals) -> Reals:
        """Each lag in ticks of its calendar.

        What waits for the start of work under way waits for a day that is past: that link becomes a floor. Changes
        `kept` and `floor` in place.
        """
        rules, places = self.engine.rules, self.link_places
        lag: Reals = rules.lag[places].astype(np.float64)
        is_past = kept & ~from_finish & self.is_real[self.tails] & self.goes_on[self.owner[self.tails]]
        for link in np.flatnonzero(is_past).tolist():
            head = int(self.heads[link])
            at = rules.axis.shift(
                self.when[rules.source[places[[link]]]], rules.lag[places[[link]]], rules.lag_key[places[[link]]]
            )
            floor[head] = max(floor[head], float(self.axis.places(at, self.calendar[[head]])[0]))
        kept &= ~is_past
        return lag

    def _floors(self) -> Reals:
        """The earliest start of each node that no link gives, and in `limits` what its constraint says besides."""
        rules, plan, owner = self.engine.rules, self.plan, self.owner
        waits = self.is_real & self.remaining[owner]
        stays = self.is_real & (self.is_done | plan.is_manual | self.goes_on)[owner]
        kinds, dates = plan.constraints[owner], plan.constraint_dates[owner]
        by_finish = waits & ~stays & np.isin(kinds, (Constraint.FNET, Constraint.MFO))
        # A risk delays also what is held by no more than a date before which it does not finish.
        by_finish &= (kinds == Constraint.MFO) | ~np.isin(plan.projects[owner], list(self.gates))
        status = np.where(waits, np.maximum(plan.status_at[owner], self.not_before), NONE)
        own = np.where(by_finish, rules.base[self.ranks], np.maximum(rules.base, rules.lo)[self.ranks])
        instants = np.where(own > LOW, own, NONE)
        is_late = self.is_real & (kinds == Constraint.ALAP)
        unbound = self.is_real & ~self.engine.frame.is_bound[self.ranks] & ~by_finish
        instants = np.where(unbound, np.maximum(instants, self.begins[owner]), instants)
        instants = np.where(is_late, self.begins[owner], instants)
        instants = np.where(stays, self.begins[owner], instants)
        instants = np.where(self.is_first, self.when[: rules.size][self.ranks], instants)
        instants = np.where(waits, np.maximum(instants, np.where(by_finish, status, self.not_before)), instants)
        floor: Reals = np.full(len(owner), float(LOW))
        floor[instants != NONE] = self._on_calendar(instants, instants != NONE)
        self._limit(waits & ~stays, by_finish, kinds, dates, status)
        return floor

    def _limit(self, open_to: Flags, by_finish: Flags, kinds: Numbers, dates: Numbers, status: Numbers) -> None:
        """What constraints hold besides earliest starts, as `compiling.py` has them."""
        own, hi = open_to & self.plan.honors_constraint_dates, self.engine.rules.hi[self.ranks]

        def dated(some: Flags, instants: Numbers, nothing: float) -> Reals:
            column = np.full(len(dates) + len(self.gates), nothing)
            column[: len(dates)][some] = self._on_calendar(instants, some)
            return column

        self.limits = Limits(
            finish_floor=dated(by_finish, dates, ALWAYS),
            start_cap=dated(own & np.isin(kinds, (Constraint.SNLT, Constraint.MSO)), hi, NEVER),
            finish_cap=dated(own & np.isin(kinds, (Constraint.FNLT, Constraint.MFO)), dates, NEVER),
            least=dated(open_to & (status != NONE), status, ALWAYS),
        )

    def _on_calendar(self, instants: Numbers, some: Flags) -> Reals:
        return self.axis.places(instants[some], self.calendar[some])

    def _clocks(self) -> None:
        """The nodes' calendars, gates included, and what is moved to working time."""
        rules, owner, extra = self.engine.rules, self.owner, len(self.gates)
        stays = (self.plan.is_manual | self.goes_on | (self.plan.constraints == Constraint.ALAP))[owner]
        snaps = self.is_real & self.is_point[owner] & ~stays & (not self.axis.is_shared)
        finish = np.where(self.is_real, self.schedule.early_finish[owner], self.when[self.ranks + rules.size])

        def filled(values: Any, rest: Any) -> Any:
            return np.concatenate((values, np.full(extra, rest, dtype=values.dtype)))

        self.clocks = Clocks(
            time=self.axis.time,
            origin=self.axis.origin,
            calendar=filled(self.calendar, self.axis.calendar),
            snap=filled(np.where(snaps, rules.key[self.ranks] // SPAN, -1), -1),
            is_milestone=filled(rules.is_milestone[self.ranks], False),
            base=filled(rules.base[self.ranks], LOW),
            known=filled(self.axis.places(finish, self.calendar), NEVER),
            instant=filled(finish, 0),
        )

    def _settle(
        self, from_finish: Flags, to_finish: Flags, lag: Reals, runs_on: Numbers, kept: Flags, floor: Reals
    ) -> None:
        """Make the links ask for what the schedule has, and note the activities whose own dates break one.

        A lag that is longer or shorter than the schedule has it, because an activity waits for something that is not
        told here, becomes that; such are pauses in work and delays by levelling. Changes `lag` and `runs_on` in place.
        """
        size = self.engine.rules.size
        begins, ends = (self.axis.places(self.when[self.ranks + shift], self.calendar) for shift in (0, size))
        begins = np.where(self.is_real, self.begin[self.owner], begins)
        ends = np.where(self.is_real, self.finish[self.owner], ends)
        length = np.maximum(ends - begins, 0.0)
        holds = np.where(from_finish, ends[self.tails], begins[self.tails])
        ends_of_links = (self.tails, self.heads, from_finish)
        carried = self.clocks.carried(holds, *ends_of_links, lag, runs_on)
        asked = carried - np.where(to_finish, length[self.heads], 0.0)
        asked = np.where(kept, asked, -np.inf)
        limits, count = self.limits, len(self.owner)
        capped = limits.capped[:count]
        over = np.where(kept, asked - begins[self.heads], 0.0)
        breaks = over > ROUNDING
        by_hand = self.is_real & self.plan.is_manual[self.owner]
        self.pushed: Numbers = np.unique(self.owner[self.heads[breaks & by_hand[self.heads]]])
        self.held: Numbers = np.unique(self.owner[self.heads[breaks & capped[self.heads]]])
        latest = floor.copy()
        np.maximum.at(latest, self.heads, asked)
        snaps = np.flatnonzero(self.clocks.snap[:count] >= 0)
        latest[snaps] = self.clocks.moved(latest[snaps, None], snaps)[:, 0]
        latest = np.maximum(latest, limits.finish_floor[:count] - length)
        wait = begins - latest
        differs = (over > 0) & ~(by_hand | capped)[self.heads]
        change = np.where(differs, -over, np.where(kept & (wait[self.heads] > 0), wait[self.heads], 0.0))
        at = np.flatnonzero(change)
        # A change is of the successor's time: a lag on another calendar is taken as long as it is there.
        bare = self.clocks.carried(holds, *ends_of_links, np.zeros(len(lag)), np.full(len(lag), OWN))
        lag[at] = (carried - bare + change)[at]
        runs_on[at] = OWN

    def _gate_links(self, floor: Reals) -> tuple[Numbers, Numbers, Reals]:
        """From the gate of each project with risks to what it still has to do, at the distance of its floor."""
        self.gate_begin: Numbers = np.zeros(len(self.gates), dtype=np.int64)
        tails, heads, lags = [], [], []
        of_project = self.plan.projects[self.owner]
        for place, (one, gate) in enumerate(self.gates.items()):
            waits = np.flatnonzero(self.is_real & self.remaining[self.owner] & (of_project == one))
            begins = max(int(self.begins[self.owner[waits]].min()), self.not_before)
            self.gate_begin[place] = begins
            begin = self.axis.places(np.full(len(waits), begins), self.calendar[waits])
            tails.append(np.full(len(waits), gate, dtype=np.int64))
            heads.append(waits)
            lags.append(np.maximum(floor[waits], begin) - begin)
            floor[waits] = np.minimum(floor[waits], 0.0)
        if not tails:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)
        return np.concatenate(tails), np.concatenate(heads), np.concatenate(lags)
