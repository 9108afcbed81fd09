"""Monte Carlo over an activity network: when it may finish, what decides that, and how sure a date is.

Every chunk of `CHUNK` samples has a random stream of its own, spawned from the seed, and chunks are added up in their
order: the result is the same with any number of threads. The chunk size is part of that contract.

Times are working time from the start of the network, in any one unit (ticks of `calendars`, hours, days), on one
calendar for all; the caller turns percentiles into dates. Single precision is exact to the tick for ten working years.

Source: Van Slyke, "Monte Carlo methods and the PERT problem", Operations Research 11:5 (1963), for simulation and the
criticality index; AACE International Recommended Practice 57R-09 for integrated cost and schedule risk with shared
drivers and risk events.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue

import numpy as np
from numpy.typing import NDArray

from projects.algorithms.estimates import Estimates, Reals, Sampler, Singles
from projects.algorithms.network import Network, Numbers
from projects.algorithms.simulation_pass import Pass, Room, latest

#: Samples that are worked on together.
CHUNK = 500
#: From P10 to P90 of a normal distribution, in standard deviations.
P10_TO_P90 = 2.5631
#: How many drivers a tornado shows.
TORNADO = 10


@dataclass(frozen=True, slots=True)
class Links:
    """What each link of the network asks for, in the caller's order of links.

    Args:
        from_finish: bool (m), the link leaves the predecessor's finish (FS, FF), not its start (SS, SF).
        to_finish: bool (m), it holds the successor's finish (FF, SF), not its start (FS, SS).
        lag: float64 (m), working time; negative overlaps.
    """

    from_finish: NDArray[np.bool_]
    to_finish: NDArray[np.bool_]
    lag: Reals

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
class Driver:
    """Something uncertain and how it moves the finish.

    Args:
        kind: “activity”, “factor” or “risk”; `index` is its number among those.
        correlation: of its drawn value with the finish, -1 to 1.
        swing: how much later the finish is at its P90 than at its P10, by linear regression, in the unit of time.
        cruciality: criticality index times the size of the correlation (activities only).
    """

    kind: str
    index: int
    correlation: float
    swing: float
    cruciality: float | None = None


@dataclass(frozen=True, slots=True)
class Simulation:
    """What the samples show, in the caller's numbering.

    Args:
        finish: float32 (samples), the finish of the whole.
        targets: float32 (targets, samples), the finish of each target.
        risk_cost: float64 (samples), the money that risks cost.
        criticality: float64 (n), share of samples in which the activity lies on a longest path.
        link_criticality: float64 (m), the same for links.
        correlation: float64 (n), of each activity's duration with the finish.
        drivers: the ten that move the finish most, the greatest swing first.
    """

    finish: Singles
    targets: Singles
    risk_cost: Reals
    criticality: Reals
    link_criticality: Reals
    correlation: Reals
    drivers: tuple[Driver, ...]


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one chunk adds to the whole, by rank and by place among the incoming links; drivers activities first."""

    critical: Numbers
    link_critical: Numbers
    value: Reals
    square: Reals
    product: Reals
    finish: Singles
    targets: Singles
    risk_cost: Reals


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
        threads: chunks worked on at the same time; each needs about 21 bytes x n x `CHUNK`.
        report: called with the number of samples done, chunk after chunk; what it raises ends the simulation.
    Raises:
        ValueError: nothing to sample, or arrays that do not belong to this network.
    Cost: O((n + m) x samples); 10,000 samples of 1,000 activities take about half a second.
    """
    _refuse_misfits(network, durations, links, samples)
    model = _Model(network, durations, links, targets, floor, factors, risks)
    counts = [CHUNK] * (samples // CHUNK) + ([samples % CHUNK] if samples % CHUNK else [])
    streams = np.random.SeedSequence(seed).spawn(len(counts))
    rooms: SimpleQueue[Room] = SimpleQueue()
    for _ in range(threads):
        rooms.put(Room.of(network.size, min(CHUNK, samples)))

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
    ) -> None:
        self.network = network
        by_rank = durations.taken(network.order)
        earliest = np.zeros(network.size) if floor is None else np.asarray(floor, dtype=np.float64)[network.order]
        into = network.in_link
        self.sweep = Pass(network, links.from_finish[into], links.to_finish[into], links.lag[into], earliest)
        self.sampler = Sampler(by_rank)
        self.middle: Singles = by_rank.mean.astype(np.float32)[:, None]
        self.targets = [network.rank[np.asarray(target, dtype=np.int64)] for target in targets]
        self.factors, self.risks = factors, risks
        self.factor_members = [network.rank[members] for members in factors.members] if factors else []
        self.risk_members = [network.rank[members] for members in risks.members] if risks else []
        self.factor_sampler = Sampler(factors.factor) if factors else None
        self.delay_sampler = Sampler(risks.delay) if risks else None
        self.cost_sampler = Sampler(risks.cost) if risks else None
        shared = [*self.factor_members, *self.risk_members]
        self.stretched: Numbers = np.unique(np.concatenate(shared)) if shared else np.zeros(0, dtype=np.int64)
        self.reference = self._reference()

    def _reference(self) -> float:
        """The finish with expected durations: sums around it lose no precision."""
        room = Room.of(self.network.size, 1)
        room.duration[:] = self.middle
        self.sweep.forward(room)
        return float(room.finish.max())

    def chunk(self, rng: np.random.Generator, room: Room) -> Chunk:
        """Draw and follow the samples that `room` has place for."""
        self.sampler.draw_into(rng, room.duration, room.places)
        own = room.duration[self.stretched]
        shared, risk_cost = self._share(rng, room.duration)
        self.sweep.forward(room)
        finish: Singles = room.finish.max(axis=0)
        link_critical = self.sweep.backward(room, finish)
        room.duration[self.stretched] = own
        room.duration -= self.middle
        late = (finish - np.float32(self.reference)).astype(np.float32)
        drawn = (room.duration, shared)
        return Chunk(
            critical=np.count_nonzero(room.critical, axis=1),
            link_critical=link_critical,
            value=np.concatenate([each.sum(axis=1, dtype=np.float64) for each in drawn]),
            square=np.concatenate([np.einsum("nc,nc->n", each, each).astype(np.float64) for each in drawn]),
            product=np.concatenate([np.einsum("nc,c->n", each, late).astype(np.float64) for each in drawn]),
            finish=finish,
            targets=latest(room.finish, self.targets),
            risk_cost=risk_cost,
        )

    def _share(self, rng: np.random.Generator, duration: Singles) -> tuple[Singles, Reals]:
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
        correlation, slope, deviation = _regression(chunks, finish.astype(np.float64) - self.reference)
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
            drivers=self._drivers(correlation, swing, criticality),
        )

    def _drivers(self, correlation: Reals, swing: Reals, criticality: Reals) -> tuple[Driver, ...]:
        """The tornado: what swings the finish most. Nothing certain or without any effect is in it."""
        size, factor_count = self.network.size, len(self.factor_members)
        best = sorted(np.flatnonzero(swing > 0).tolist(), key=lambda place: (-swing[place], place))[:TORNADO]
        found = []
        for place in best:
            kind, first = ("activity", 0) if place < size else ("factor", size)
            if place >= size + factor_count:
                kind, first = "risk", size + factor_count
            share = float(criticality[place] * abs(correlation[place])) if kind == "activity" else None
            found.append(Driver(kind, place - first, float(correlation[place]), float(swing[place]), share))
        return tuple(found)


def _regression(chunks: Sequence[Chunk], late: Reals) -> tuple[Reals, Reals, Reals]:
    """Correlation of each driver with the finish, its slope, and its standard deviation; 0 for what is certain."""
    count = len(late)
    value = np.sum([chunk.value for chunk in chunks], axis=0) / count
    square = np.sum([chunk.square for chunk in chunks], axis=0) / count
    product = np.sum([chunk.product for chunk in chunks], axis=0) / count
    variance = np.maximum(square - value * value, 0.0)
    # Rounding leaves a trace of variance where a value never changes.
    is_moving = variance > 1e-9 * np.maximum(square, 1e-30)
    covariance = np.where(is_moving, product - value * late.mean(), 0.0)
    slope = covariance / np.where(is_moving, variance, 1.0)
    deviation = np.sqrt(np.where(is_moving, variance, 0.0))
    spread = late.std()
    correlation = slope * deviation / spread if spread > 0 else np.zeros_like(slope)
    return correlation, slope if spread > 0 else np.zeros_like(slope), deviation
