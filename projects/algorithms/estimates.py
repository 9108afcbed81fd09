"""Three-point estimates and how values are drawn from them: by a table of quantiles, one look-up for each value.

Drawing a beta value exactly takes a hundred times as long as looking it up. The table has a row for each place of the
most likely value between the extremes, and in a row the middles of `COLUMNS` slices of equal probability, so that a
column drawn at random is a value drawn at random. Nothing lies outside the extremes.

Source: the triangular distribution by its inverse; PERT-beta with the weight 4 on the most likely value: Malcolm,
Roseboom, Clark & Fazar, "Application of a technique for research and development program evaluation", Operations
Research 7:5 (1959), in the form of Vose, "Risk Analysis", 3rd ed. (2008), p. 672.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Reals = NDArray[np.float64]
Singles = NDArray[np.float32]

COLUMNS = 1024
ROWS = 513
_GRID = 4096


class Shape(IntEnum):
    """The distribution between the extremes of a three-point estimate."""

    TRIANGULAR = 0
    PERT = 1


@dataclass(frozen=True, slots=True)
class Estimates:
    """Three-point estimates, one for each of n quantities, in the unit of what is estimated.

    Args:
        low, likely, high: float64 (n), optimistic, most likely, pessimistic. All three the same is a certain value.
        shape: int8 (n), a `Shape`.
    """

    low: Reals
    likely: Reals
    high: Reals
    shape: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.low)

    @property
    def mean(self) -> Reals:
        """Expected values: the mean of the three, or (low + 4 likely + high) / 6."""
        weight = np.where(self.shape == Shape.PERT, 4.0, 1.0)
        mean: Reals = (self.low + weight * self.likely + self.high) / (weight + 2)
        return mean

    def taken(self, order: NDArray[np.int64]) -> "Estimates":
        """The same estimates in another order."""
        return Estimates(self.low[order], self.likely[order], self.high[order], self.shape[order])

    @property
    def is_certain(self) -> NDArray[np.bool_]:
        return np.asarray(self.high <= self.low)


def three_points(
    low: ArrayLike, likely: ArrayLike, high: ArrayLike, shape: Shape | Sequence[Shape] = Shape.PERT
) -> Estimates:
    """Check estimates and put them into arrays.

    Raises:
        ValueError: a value is no number or negative, or the three are not in ascending order; the sentence says which.
    """
    columns = [np.atleast_1d(np.asarray(values, dtype=np.float64)) for values in (low, likely, high)]
    least, middle, most = np.broadcast_arrays(*columns)
    for place in np.flatnonzero(~(np.isfinite(least) & np.isfinite(middle) & np.isfinite(most)))[:1]:
        raise ValueError(f"Estimate {place + 1} is no number.")
    for place in np.flatnonzero(least < 0)[:1]:
        raise ValueError(f"Estimate {place + 1} is negative ({least[place]:g}).")
    for place in np.flatnonzero((least > middle) | (middle > most))[:1]:
        raise ValueError(
            f"Estimate {place + 1} is not in order: optimistic {least[place]:g}, most likely {middle[place]:g},"
            f" pessimistic {most[place]:g}."
        )
    shapes = np.broadcast_to(np.asarray(shape, dtype=np.int8), least.shape)
    return Estimates(least.copy(), middle.copy(), most.copy(), shapes.copy())


class Sampler:
    """Draws from estimates, into arrays that the caller may keep for the next time."""

    def __init__(self, estimates: Estimates) -> None:
        uncertain = ~estimates.is_certain
        spread = np.where(uncertain, estimates.high - estimates.low, 0.0)
        relative = (estimates.likely - estimates.low) / np.where(uncertain, spread, 1.0)
        row = np.rint(relative * (ROWS - 1)).astype(np.int64) + estimates.shape.astype(np.int64) * ROWS
        self.size = len(estimates)
        self.row = (row * COLUMNS)[:, None]
        self.low: Singles = estimates.low.astype(np.float32)[:, None]
        self.spread: Singles = spread.astype(np.float32)[:, None]
        self.is_certain = not uncertain.any()

    def draw(self, rng: np.random.Generator, count: int) -> Singles:
        """float32 (n, count): `count` values of each quantity."""
        return self.draw_into(rng, np.empty((self.size, count), np.float32), np.empty((self.size, count), np.int64))

    def draw_into(self, rng: np.random.Generator, values: Singles, places: NDArray[np.int64]) -> Singles:
        """The same into `values`, float32 (n, count); `places`, int64 (n, count), is room to work in."""
        if self.is_certain:
            values[:] = self.low
            return values
        count = values.size
        raw = rng.bit_generator.random_raw((count + 3) // 4).view(np.uint16)[:count]
        np.right_shift(raw, 6, out=raw)  # ten random bits: one of 1,024 columns
        np.add(self.row, raw.reshape(values.shape), out=places)
        quantile_table().take(places, out=values, mode="clip")
        values *= self.spread
        values += self.low
        return values


@cache
def quantile_table() -> Singles:
    """float32 (2 x ROWS x COLUMNS), flat: quantiles between 0 and 1 of each shape, for each place of the likely value.

    Cost: about 0.1 s, once in a process; 4 MB.
    """
    return np.concatenate([_triangular_rows(), _pert_rows()]).astype(np.float32).ravel()


def _places() -> tuple[Reals, Reals]:
    likely = np.linspace(0.0, 1.0, ROWS)[:, None]
    return likely, (np.arange(COLUMNS) + 0.5) / COLUMNS


def _triangular_rows() -> Reals:
    likely, quantile = _places()
    rising = np.sqrt(quantile * likely)
    falling = 1.0 - np.sqrt((1.0 - quantile) * (1.0 - likely))
    rows: Reals = np.where(quantile < likely, rising, falling)
    return rows


def _pert_rows() -> Reals:
    """The inverse of the beta distribution's cumulated density, which is summed on a grid."""
    likely, quantile = _places()
    edges = np.linspace(0.0, 1.0, _GRID + 1)
    middle = (edges[1:] + edges[:-1]) / 2
    density = middle ** (4 * likely) * (1 - middle) ** (4 * (1 - likely))
    cumulated: Any = np.concatenate([np.zeros((ROWS, 1)), np.cumsum(density, axis=1)], axis=1)
    cumulated /= cumulated[:, -1:]
    return np.stack([np.interp(quantile, row, edges) for row in cumulated])
