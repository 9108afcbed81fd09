"""What the samples of a simulation add up to: how much each thing that is uncertain moves the finish.

Source: linear regression of the finish on what was drawn; cruciality as in AACE International RP 132R-23.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from projects.algorithms.estimates import Reals
from projects.algorithms.network import Numbers

#: From P10 to P90 of a normal distribution, in standard deviations.
P10_TO_P90 = 2.5631
#: How many drivers a tornado shows.
TORNADO = 10


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
class Chunk:
    """What one chunk adds to the whole, by rank and by place among the incoming links; drivers activities first."""

    critical: Numbers
    link_critical: Numbers
    value: Reals
    square: Reals
    product: Reals
    finish: Any
    targets: Any
    risk_cost: Reals


def regression(chunks: Sequence[Chunk], late: Reals) -> tuple[Reals, Reals, Reals]:
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


def tornado(correlation: Reals, swing: Reals, criticality: Reals, *, factors: int) -> tuple[Driver, ...]:
    """What swings the finish most. Nothing certain or without any effect is in it.

    Args:
        correlation, swing: float64, of activities (n), then factors, then risks; `criticality` float64 (n).
        factors: how many of them are factors.
    """
    size = len(criticality)
    best = sorted(np.flatnonzero(swing > 0).tolist(), key=lambda place: (-swing[place], place))[:TORNADO]
    found = []
    for place in best:
        kind, first = ("activity", 0) if place < size else ("factor", size)
        if place >= size + factors:
            kind, first = "risk", size + factors
        share = float(criticality[place] * abs(correlation[place])) if kind == "activity" else None
        found.append(Driver(kind, place - first, float(correlation[place]), float(swing[place]), share))
    return tuple(found)
