"""Monte Carlo over an activity network: when it may finish, what decides that, and how sure a date is.

Every chunk of `CHUNK` samples has a random stream of its own, spawned from the seed, and chunks are added up in their
order: the result is the same with any number of threads. The chunk size is part of that contract.

Times are working time from the start of the network, in any one unit (ticks of `calendars`, hours, days), on one
calendar for all; the caller turns percentiles into dates. Single precision is exact to the tick for ten working years.
Given `Clocks`, each activity counts in ticks on a calendar of its own, durations are whole ticks in double precision,
and finishes are told on the clock.

Source: Van Slyke, "Monte Carlo methods and the PERT problem", Operations Research 11:5 (1963), for simulation and the
criticality index; AACE International Recommended Practice 57R-09 for integrated cost and schedule risk with shared
drivers and risk events.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from projects.algorithms.estimates import Estimates, Reals, Sampler, Singles
from projects.algorithms.network import Network, Numbers
from projects.algorithms.simulation_clocks import OWN, Clocks, Limits, ends_of
from projects.algorithms.simulation_drivers import P10_TO_P90, Chunk, Driver, regression, tornado
from projects.algorithms.simulation_pass import Pass, Room, latest

#: Samples that are worked on together.
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Links:
    """What each link of the network asks for, in the caller's order of links.

    Args:
        from_finish: bool (m), the link leaves the predecessor's finish (FS, FF), not its start (SS, SF).
        to_finish: bool (m), it holds the successor's finish (FF, SF), not its start (FS, SS).
        lag: float64 (m), working time; negative overlaps.
        lag_calendar: int64 (m), the calendar on which a lag runs, or `OWN`, the successor's; None where all are that.
    """

    from_finish: NDArray[np.bool_]
    to_finish: NDArray[np.bool_]
    lag: Reals
    lag_calendar: Numbers | None = None

    @classmethod
    def finish_to_start(cls, count: int) -> "Links":
        """`count` plain links: the successor starts when the predecessor has finished."""
        return cls(np.ones(count, dtype=bool), np.zeros(count, dtype=bool), np.zeros(count))


@dataclass(frozen=True, slots=True)
class DelayFactors:
    """Drivers that several activities share: one draw stretches the durations of all that a team or supplier does.

    Args:
        factor: estimates of the multiplier, one for each driver; 1 is as planned.
        members: for each driver, the activities that it stretches. One in two drivers is stretched by both.
    """

    factor: Estimates
    members: Sequence[Numbers]


@dataclass(frozen=True, slots=True)
class RiskEvents:
    """What may happen, and then delays activities and costs money.

    Args:
        probability: float64 (k), 0 to 1.
        delay: estimates of the time that each adds to the duration of its activities, one draw for all of them.
        cost: estimates of the money it costs when it happens.
        members: for each risk, the activities that it delays.
    """

    probability: Reals
    delay: Estimates
    cost: Estimates
    members: Sequence[Numbers]


@dataclass(frozen=True, slots=True)
class Simulation:
    """What the samples show, in the caller's numbering.

    Args:
        finish: float32 (samples), the finish of the whole; float64 with clocks.
        targets: likewise (targets, samples), the finish of each target.
        risk_cost: float64 (samples), the money that risks cost.
        criticality: float64 (n), share of samples in which the activity lies on a longest path.
        link_criticality: float64 (m), the same for links.
        correlation: float64 (n), of each activity's duration with the finish.
        drivers: the ten that move the finish most, the greatest swing first.
    """

    finish: Any
    targets: Any
    risk_cost: Reals
    criticality: Reals
    link_criticality: Reals
    correlation: Reals
    drivers: tuple[Driver, ...]


def percentiles(samples: NDArray[np.floating], shares: Sequence[float] = (0.5, 0.8, 0.95)) -> Reals:
    """The values that the given shares of the samples do not exceed, along the last axis: P50, P80, P95."""
    found: Reals = np.quantile(np.asarray(samples, dtype=np.float64), shares, axis=-1, method="inverted_cdf")
    return found


def chance(samples: NDArray[np.floating], limit: float) -> float:
    """Share of the samples that are not later than `limit`: the chance to meet a date."""
    return float(np.mean(np.asarray(samples, dtype=np.float64) <= limit))


def simulate(
    network: Network,
    durations: Estimates,
    links: Links,
    *,
    seed: int,
    samples: int = 10_000,
    targets: Sequence[Numbers] = (),
    floor: Reals | None = None,
    factors: DelayFactors | None = None,
    risks: RiskEvents | None = None,
    limits: Limits | None = None,
    clocks: Clocks | None = None,
    threads: int = 1,
    report: Callable[[int], None] | None = None,
) -> Simulation:
    """Draw durations, factors and risks `samples` times, and follow each through the network.

    Args:
        network: n activities, m links.
        durations: three-point estimates (n), in working time; done work as a certain value.
        links: what the links ask for (m).
        seed: the same seed, samples and network give the same result, with any number of threads.
        targets: for each target (a milestone, a project) its activities; it finishes with the last of them.
        floor: float64 (n), earliest starts (constraints, actual starts, the status date); by default 0.
        factors, risks: what activities share, and what may happen.
        limits: dates that hold activities whatever they wait for (n).
        clocks: the calendars of the activities (n); None where all count on one. Its horizon is made to hold all dates.
        threads: chunks worked on at the same time; each needs about 21 bytes x n x `CHUNK`.
        report: called with the number of samples done, chunk after chunk; what it raises ends the simulation.
    Raises:
        ValueError: nothing to sample, or arrays that do not belong to this network.
    Cost: O((n + m) x samples); 10,000 samples of 1,000 activities take about half a second; with clocks each link from
        one calendar to another takes some ten times as long as one that stays.
    """
    _refuse_misfits(network, durations, links, samples)
    model = _Model(network, durations, links, targets, floor, factors, risks, limits, clocks)
    counts = [CHUNK] * (samples // CHUNK) + ([samples % CHUNK] if samples % CHUNK else [])
    streams = np.random.SeedSequence(seed).spawn(len(counts))
    rooms: SimpleQueue[Room] = SimpleQueue()
    for _ in range(threads):
        rooms.put(Room.of(network.size, min(CHUNK, samples), is_exact=clocks is not None))

    def work(stream: np.random.SeedSequence, count: int) -> Chunk:
        room = rooms.get()
        try:
            return model.chunk(np.random.Generator(np.random.SFC64(stream)), room.narrowed(count))
        finally:
            rooms.put(room)

    if threads == 1:
        chunks = _reported(map(work, streams, counts), report)
    else:
        with ThreadPoolExecutor(threads) as pool:
            chunks = _reported(pool.map(work, streams, counts), report)
    return model.result(chunks, samples)


def _reported(chunks: Iterable[Chunk], report: Callable[[int], None] | None) -> list[Chunk]:
    found, done = [], 0
    for chunk in chunks:
        found.append(chunk)
        done += len(chunk.finish)
        if report:
            report(done)
    return found


def _refuse_misfits(network: Network, durations: Estimates, links: Links, samples: int) -> None:
    if samples < 1 or not network.size:
        raise ValueError("There is nothing to simulate: give at least one activity and one sample.")
    if len(durations) != network.size or len(links.lag) != len(network.in_source):
        raise ValueError(
            f"{len(durations)} durations and {len(links.lag)} links do not belong to a network of"
            f" {network.size} activities and {len(network.in_source)} links."
        )


class _Model:
    """Everything by rank, ready for chunks."""

    def __init__(
        self,
        network: Network,
        durations: Estimates,
        links: Links,
        targets: Sequence[Numbers],
        floor: Reals | None,
        factors: DelayFactors | None,
        risks: RiskEvents | None,
        limits: Limits | None,
        clocks: Clocks | None,
    ) -> None:
        self.network = network
        by_rank = durations.taken(network.order)
        earliest = np.zeros(network.size) if floor is None else np.asarray(floor, dtype=np.float64)[network.order]
        into = network.in_link
        self.clocks = clocks and clocks.taken(network.order)
        self.limits = limits and limits.taken(network.order)
        runs_on = np.full(len(into), OWN) if links.lag_calendar is None else links.lag_calendar[into]
        self.sweep = Pass(
            network,
            links.from_finish[into],
            links.to_finish[into],
            links.lag[into],
            runs_on,
            earliest,
            self.limits,
            self.clocks,
        )
        self.sampler, self.most = Sampler(by_rank), by_rank.high
        self.is_certain = np.flatnonzero(by_rank.is_certain)
        self.certain = by_rank.low[self.is_certain][:, None]
        self.middle = by_rank.mean.astype(np.float32 if clocks is None else np.float64)[:, None]
        self.targets = [network.rank[np.asarray(target, dtype=np.int64)] for target in targets]
        self.factors, self.risks = factors, risks
        self.factor_members = [network.rank[members] for members in factors.members] if factors else []
        self.risk_members = [network.rank[members] for members in risks.members] if risks else []
        self.factor_sampler = Sampler(factors.factor) if factors else None
        self.delay_sampler = Sampler(risks.delay) if risks else None
        self.cost_sampler = Sampler(risks.cost) if risks else None
        shared = [*self.factor_members, *self.risk_members]
        self.stretched: Numbers = np.unique(np.concatenate(shared)) if shared else np.zeros(0, dtype=np.int64)
        if self.clocks is not None:
            self._find_ends(self.clocks)
        self.reference = self._reference()

    def _find_ends(self, clocks: Clocks) -> None:
        """Which activities may end the whole or a target: only theirs are told on the clock."""
        network, kinds = self.network, self.sweep.kinds
        heads = np.repeat(np.arange(network.size), np.diff(network.in_start))
        goes_on = kinds[0] & (kinds[2] >= 0)
        if self.limits is not None:
            goes_on &= ~self.limits.capped[heads]
        tails, heads = network.in_source[goes_on], heads[goes_on]
        last = [ends_of(each, tails, heads, network.size) for each in (np.arange(network.size), *self.targets)]
        self.ends: Numbers = np.unique(np.concatenate(last))
        self.last = [np.searchsorted(self.ends, each) for each in last]
        self._widen(clocks)

    def _widen(self, clocks: Clocks) -> None:
        """Let the calendars reach as far as the longest durations lead, with as much again."""
        room = Room.of(self.network.size, 1, is_exact=True)
        room.duration[:] = np.rint(self.most)[:, None]
        for members, most in zip(self.factor_members, self.factors.factor.high if self.factors else (), strict=True):
            room.duration[members] *= max(float(most), 1.0)
        for members, most in zip(self.risk_members, self.risks.delay.high if self.risks else (), strict=True):
            room.duration[members] += most
        while True:
            self.sweep.forward(room)
            last = int(self._moments(clocks, room).max()) + clocks.origin
            if 2 * last - clocks.origin < clocks.time.last:
                return
            clocks.time.extend(clocks.origin, max(2 * last - clocks.origin, clocks.time.last))

    def _moments(self, clocks: Clocks, room: Room) -> Reals:
        return clocks.moments(room.finish, self.ends)

    def _reference(self) -> float:
        """The finish with expected durations: sums around it lose no precision."""
        room = Room.of(self.network.size, 1, is_exact=self.clocks is not None)
        room.duration[:] = self.middle if self.clocks is None else np.rint(self.middle)
        self.sweep.forward(room)
        return float((room.finish if self.clocks is None else self._moments(self.clocks, room)).max())

    def chunk(self, rng: np.random.Generator, room: Room) -> Chunk:
        """Draw and follow the samples that `room` has place for."""
        self.sampler.draw_into(rng, room.drawn, room.places)
        if room.is_exact:
            room.duration[:] = room.drawn
            room.duration[self.is_certain] = self.certain
        own = room.duration[self.stretched]
        shared, risk_cost = self._share(rng, room.duration)
        if room.is_exact:
            np.rint(room.duration, out=room.duration)
        self.sweep.forward(room)
        finish, targets, link_critical = self._ended(room)
        room.duration[self.stretched] = own
        room.duration -= self.middle
        late = (finish - finish.dtype.type(self.reference)).astype(np.float32)
        drawn = (room.duration, shared)
        return Chunk(
            critical=np.count_nonzero(room.critical, axis=1),
            link_critical=link_critical,
            value=np.concatenate([each.sum(axis=1, dtype=np.float64) for each in drawn]),
            square=np.concatenate([np.einsum("nc,nc->n", each, each).astype(np.float64) for each in drawn]),
            product=np.concatenate([np.einsum("nc,c->n", each, late).astype(np.float64) for each in drawn]),
            finish=finish,
            targets=targets,
            risk_cost=risk_cost,
        )

    def _ended(self, room: Room) -> tuple[Any, Any, Numbers]:
        """The finish of the whole, those of the targets, and the samples in which each link is critical."""
        if self.clocks is None:
            finish = room.finish.max(axis=0)
            link_critical = self.sweep.backward(room, finish)
            return finish, latest(room.finish, self.targets), link_critical
        moments = self._moments(self.clocks, room)
        finish = moments.max(axis=0)
        link_critical = self.sweep.backward(room, finish, (self.ends, moments))
        return finish, latest(moments, self.last[1:]), link_critical

    def _share(self, rng: np.random.Generator, duration: Any) -> tuple[Singles, Reals]:
        """Let factors stretch and risks delay the durations; returns what was drawn for each, and what risks cost."""
        count = duration.shape[1]
        drawn: list[Singles] = []
        risk_cost = np.zeros(count)
        if self.factor_sampler:
            multipliers = self.factor_sampler.draw(rng, count)
            for members, multiplier in zip(self.factor_members, multipliers, strict=True):
                duration[members] *= multiplier
            drawn.append(multipliers)
        if self.risks and self.delay_sampler and self.cost_sampler:
            happens = rng.random((len(self.risks.probability), count)) < self.risks.probability[:, None]
            delays = self.delay_sampler.draw(rng, count) * happens
            for members, delay in zip(self.risk_members, delays, strict=True):
                duration[members] += delay
            risk_cost = (self.cost_sampler.draw(rng, count).astype(np.float64) * happens).sum(axis=0)
            drawn.append(delays.astype(np.float32))
        return np.concatenate(drawn) if drawn else np.zeros((0, count), dtype=np.float32), risk_cost

    def result(self, chunks: Sequence[Chunk], samples: int) -> Simulation:
        """Add the chunks up, and return to the caller's numbers."""
        network = self.network
        finish = np.concatenate([chunk.finish for chunk in chunks])
        correlation, slope, deviation = regression(chunks, finish.astype(np.float64) - self.reference)
        link_criticality = np.empty(len(network.in_link))
        link_criticality[network.in_link] = np.sum([chunk.link_critical for chunk in chunks], axis=0) / samples
        criticality: Reals = np.sum([chunk.critical for chunk in chunks], axis=0)[network.rank] / samples
        places = np.concatenate([network.rank, np.arange(network.size, len(correlation))])
        correlation, swing = correlation[places], (slope * deviation * P10_TO_P90)[places]
        return Simulation(
            finish=finish,
            targets=np.concatenate([chunk.targets for chunk in chunks], axis=1),
            risk_cost=np.concatenate([chunk.risk_cost for chunk in chunks]),
            criticality=criticality,
            link_criticality=link_criticality,
            correlation=correlation[: network.size],
            drivers=tornado(correlation, swing, criticality, factors=len(self.factor_members)),
        )
