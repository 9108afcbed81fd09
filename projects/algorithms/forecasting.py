"""From a plan to a delivery forecast: with what chance its projects and milestones are met, and what decides that.

The simulation (`simulation.py`) works on one axis of working time. This module puts a plan onto it and its answers back
into instants of the plan:

- **The axis** is the calendar on which all remaining work and all lags run, if they run on one. Otherwise each activity
  counts on its own (`simulation_clocks.py`), and every sample has the dates that the schedule would have with its
  durations. Of lags in per cent, those of the planned durations are taken.
- **What is done** stays where it was. Of what is under way the rest is drawn, from where it goes on.
- **Dates** are floors: constraints, the status date, the start of a project, dates set by hand, the latest dates of
  ALAP activities, and for all that remains the instant of the forecast. Nothing starts before them; what it waits for
  may push it later, by hand or not.
- **Constraints** that say the latest (SNLT, FNLT, MSO, MFO) hold an activity whatever it waits for, as in the schedule,
  unless the plan lets links win. Nothing is held before the instant of the forecast.
- **Links on summaries** act through the virtual activities of `outline.py`, as in the schedule; the first start of a
  summary stays where the schedule has it.
- **A team or supplier** shares a factor. Half of the variance of its members' estimates is taken to be common to them
  (a correlation of one half between any two), and each keeps the other half for itself, so that the spread of a single
  activity stays what was estimated. A group of one shares nothing.
- **A risk** that happens delays all that its project still has to do: every date that is not given by what an activity
  waits for moves by the delay. Its days are calendar days, at the average working time of a day.

Without any spread the answer is the schedule's own dates, except where dates set by hand break a link or lie behind it.

Source: decision 0010; the shared factor is the common-cause model of AACE International RP 57R-09 with the split of
variance of Hulett, "Integrated Cost-Schedule Risk Analysis" (2011), ch. 7.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from projects.algorithms.critical_path import Engine
from projects.algorithms.estimates import Reals, Singles
from projects.algorithms.forecast_model import Model, Risks, Uncertainty
from projects.algorithms.plan import NONE, Flags, Numbers, Plan
from projects.algorithms.simulation import Simulation, simulate
from projects.algorithms.simulation_drivers import Driver

SHARES = (0.5, 0.8, 0.95)
#: Samples of things that have nothing to do with each other are less correlated than this, divided by the root of their
#: number, in 997 of 1,000 cases.
SIGNIFICANT = 3.0
#: An S-curve has so many points at most.
MOST_POINTS = 60


@dataclass(frozen=True, slots=True)
class Target:
    """When something finishes: instants in ticks from the plan's epoch.

    Args:
        planned: as the schedule has it.
        finishes: int64 (3), P50, P80 and P95.
        chance: of being no later than the wanted instant; None where none is wanted.
    """

    planned: int
    finishes: tuple[int, int, int]
    chance: float | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the samples say.

    Args:
        whole: the last finish of the projects asked about; `targets` in the order they were asked for.
        curve: (instant, share of samples that have finished by then), ascending, at most `MOST_POINTS`.
        drivers: of the finish of the whole, the greatest swing first; `days` is the swing in calendar days.
        criticality: float64 (n); `link_criticality` float64 (m); 0 of what is not in the network.
        risk_cost: (mean, P50, P80, P95) of what risks cost.
        remaining: bool (n), what is drawn: work that is not done; `estimated` bool (n), the part with estimates.
        pushed: activities set by hand that the schedule has start before what they wait for is done; they wait here.
        held: activities that a constraint has start before what they wait for is done; they do so here too.
    """

    whole: Target
    targets: tuple[Target, ...]
    curve: tuple[tuple[int, float], ...]
    drivers: tuple[tuple[Driver, float], ...]
    groups: tuple[str, ...]
    criticality: Reals
    link_criticality: Reals
    risk_cost: tuple[float, float, float, float]
    remaining: Flags
    estimated: Flags
    pushed: Numbers
    held: Numbers


def forecast(
    plan: Plan,
    uncertainty: Uncertainty,
    *,
    projects: Sequence[int],
    targets: Sequence[tuple[Numbers, int]],
    wanted: int = NONE,
    risks: Risks | None = None,
    samples: int,
    seed: int,
    report: Callable[[int], None] | None = None,
    not_before: int = NONE,
    engine: Engine | None = None,
) -> Forecast:
    """Simulate a plan.

    Args:
        projects: the plan's numbers of the projects asked about; of the others only what these wait for takes part.
        targets: activities that finish together (a milestone; all of a project), and the instant that is wanted, or
            `NONE`.
        wanted: the same for the whole.
        risks: of the plan's projects.
        report: called with the number of samples done after each chunk; what it raises ends the simulation.
        not_before: what remains to be done lies after this instant, even where the schedule has it earlier.
        engine: of the plan, if it is scheduled already.
    Raises:
        ValueError: none of the projects has an activity that takes part.
        CycleError, NoWorkingTime: as the schedule's.
    Cost: that of the schedule and of `simulate`.
    """
    engine = engine or Engine(plan)
    model = Model(plan, uncertainty, engine, projects, risks, not_before)
    asked = [model.nodes_of(members) for members, _ in targets]
    simulation = simulate(
        model.network,
        model.durations,
        model.links,
        seed=seed,
        samples=samples,
        targets=[model.whole, *(nodes for nodes in asked if len(nodes))],
        floor=model.floor,
        factors=model.factors,
        risks=model.risks,
        limits=model.limits,
        clocks=None if model.axis.is_shared else model.clocks,
        report=report,
    )
    return Answer(model, simulation).of(asked, targets, wanted)


class Answer:
    """The samples in terms of the plan."""

    def __init__(self, model: Model, simulation: Simulation) -> None:
        self.model, self.simulation, self.axis = model, simulation, model.axis

    def of(self, asked: Sequence[Numbers], targets: Sequence[tuple[Numbers, int]], wanted: int) -> Forecast:
        """All of it; the first target of the simulation is the whole."""
        model, simulation = self.model, self.simulation
        samples = iter(simulation.targets)
        whole = self._target(next(samples), model.owner[model.whole], wanted)
        found = [
            self._target(next(samples), model.owner[nodes], limit) if len(nodes) else self._certain(members, limit)
            for nodes, (members, limit) in zip(asked, targets, strict=True)
        ]
        criticality, links = np.zeros(model.plan.size), np.zeros(len(model.plan.predecessors))
        real, of_plan = np.flatnonzero(model.is_real), np.flatnonzero(model.link_origin >= 0)
        criticality[model.owner[real]] = simulation.criticality[real]
        links[model.link_origin[of_plan]] = simulation.link_criticality[of_plan]
        return Forecast(
            whole=whole,
            targets=tuple(found),
            curve=self._curve(simulation.targets[0]),
            drivers=tuple(self._drivers(simulation.drivers)),
            groups=model.groups,
            criticality=criticality,
            link_criticality=links,
            risk_cost=_spread(simulation.risk_cost),
            remaining=model.remaining,
            estimated=model.estimated,
            pushed=model.pushed,
            held=model.held,
        )

    def _target(self, samples: Singles, activities: Numbers, wanted: int) -> Target:
        planned = int(self.model.schedule.early_finish[activities].max())
        values = np.quantile(samples.astype(np.float64), SHARES, method="inverted_cdf")
        fifty, eighty, ninety_five = (self._instant(float(value), planned) for value in values)
        share = None
        if wanted != NONE:
            share = float(np.mean(samples <= self.axis.place(wanted) + self.axis.rounding))
        return Target(planned, (fifty, eighty, ninety_five), share)

    def _instant(self, value: float, planned: int) -> int:
        """The instant of a finish. Where it is the planned one, it is that: the axis does not know idle time."""
        return planned if abs(value - self.axis.place(planned)) <= self.axis.rounding else self.axis.instant(value)

    def _certain(self, members: Numbers, wanted: int) -> Target:
        """What takes no part: its date in the schedule."""
        planned = int(self.model.schedule.early_finish[np.asarray(members, dtype=np.int64)].max())
        share = None if wanted == NONE else float(planned <= wanted)
        return Target(planned, (planned, planned, planned), share)

    def _curve(self, samples: Singles) -> tuple[tuple[int, float], ...]:
        values = np.sort(samples.astype(np.float64))
        shares = np.linspace(1 / len(values), 1.0, MOST_POINTS)
        at = np.unique(np.quantile(values, shares, method="inverted_cdf"))
        reached = np.searchsorted(values, at, side="right") / len(values)
        points = {self.axis.instant(value): share for value, share in zip(at.tolist(), reached.tolist(), strict=True)}
        return tuple(sorted(points.items()))

    def _drivers(self, drivers: Sequence[Driver]) -> list[tuple[Driver, float]]:
        """With the numbers of the plan, and the swing in calendar days; what chance alone explains is left out."""
        found = []
        for driver in drivers:
            if abs(driver.correlation) < SIGNIFICANT / len(self.simulation.finish) ** 0.5:
                continue
            index = driver.index
            if driver.kind == "activity":
                index = int(self.model.owner[index])
            elif driver.kind == "risk":
                index = int(self.model.risk_index[index])
            told = replace(driver, index=index)
            found.append((told, driver.swing / self.axis.per_day))
        return found


def _spread(costs: Reals) -> tuple[float, float, float, float]:
    fifty, eighty, ninety_five = (float(each) for each in np.quantile(costs, SHARES, method="inverted_cdf"))
    return float(costs.mean()), fifty, eighty, ninety_five
