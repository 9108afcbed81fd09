"""Weights by pairwise comparison: the analytic hierarchy process, with what contradicts itself named.

Source: Saaty, "The Analytic Hierarchy Process" (1980): principal eigenvector, consistency index and ratio with his
table of random indices; for groups the geometric mean (Aczél & Saaty, "Procedures for synthesizing ratio judgements",
1983); for comparisons that are still missing Harker, "Incomplete pairwise comparisons in the analytic hierarchy
process" (1987).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import combinations

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
#: Saaty's mean consistency index of random matrices of 1, 2, … 15 criteria.
RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
#: Comparisons are accepted from this consistency on, as Project Online did; Saaty asks for 0.9.
ACCEPTED = 0.8
MOST_CRITERIA = 30


class Step(IntEnum):
    """The seven verbal steps: how much more important the first is than the second."""

    EXTREMELY_LESS = -3
    MUCH_LESS = -2
    LESS = -1
    EQUALLY = 0
    MORE = 1
    MUCH_MORE = 2
    EXTREMELY_MORE = 3

    @property
    def ratio(self) -> float:
        """What the step stands for on Saaty's scale: 1, 3, 6 or 9, or one over it."""
        value = (1.0, 3.0, 6.0, 9.0)[abs(self)]
        return value if self >= 0 else 1 / value


@dataclass(frozen=True)
class Triple:
    """Three criteria whose comparisons contradict each other most.

    Args:
        criteria: i, j and k as numbers.
        implied: what i to j and j to k say of i to k; `stated`: what was said of it.
    """

    criteria: tuple[int, int, int]
    implied: float
    stated: float


@dataclass(frozen=True)
class Weighed:
    """Weights from comparisons.

    Args:
        weights: float64 (criteria), sum 1.
        largest_eigenvalue: of the matrix; the number of criteria where nothing contradicts itself.
        consistency_index, consistency_ratio: Saaty's; 0 where nothing contradicts itself.
        worst: the triple to look at first; None below three criteria, or where all agree.
        missing: pairs that nobody has compared yet.
    """

    weights: Matrix
    largest_eigenvalue: float
    consistency_index: float
    consistency_ratio: float
    worst: Triple | None
    missing: tuple[tuple[int, int], ...]

    @property
    def consistency(self) -> float:
        """1 less the consistency ratio, at least 0."""
        return max(0.0, 1 - self.consistency_ratio)

    @property
    def is_accepted(self) -> bool:
        return not self.missing and self.consistency >= ACCEPTED


def matrix_of(count: int, ratios: Mapping[tuple[int, int], float]) -> Matrix:
    """The reciprocal matrix of comparisons; NaN where a pair has none.

    Args:
        count: of criteria.
        ratios: (i, j) -> how many times as important i is as j.
    Raises:
        ValueError: a ratio is not positive, or a pair is given twice or compared with itself.
    """
    found = np.full((count, count), np.nan)
    np.fill_diagonal(found, 1.0)
    for (one, other), ratio in ratios.items():
        if one == other or not np.isnan(found[one, other]):
            raise ValueError(f"Criteria {one} and {other} are compared twice, or are the same.")
        if not ratio > 0 or not np.isfinite(ratio):
            raise ValueError(f"Criteria {one} and {other}: a ratio is more than 0, not {ratio}.")
        found[one, other], found[other, one] = ratio, 1 / ratio
    return found


def weigh(matrix: Matrix) -> Weighed:
    """The weights of a matrix of comparisons, and how well they agree.

    Args:
        matrix: float64 (n, n), reciprocal, 1 to `MOST_CRITERIA` criteria; NaN for pairs that are not compared.
    Returns:
        With pairs missing, Harker's weights from the others. With too few to tie all criteria together, those apart
        count as equal.
    Raises:
        ValueError: it is no reciprocal matrix.
    Cost: O(n^3).
    """
    size = len(matrix)
    if not 1 <= size <= MOST_CRITERIA or matrix.shape != (size, size):
        raise ValueError(f"A comparison has 1 to {MOST_CRITERIA} criteria.")
    known = ~np.isnan(matrix)
    if not (known == known.T).all() or not np.allclose(np.where(known, matrix * matrix.T, 1), 1):
        raise ValueError("The matrix is not reciprocal: what i is to j, j is one over to i.")
    filled = np.where(known, matrix, 0.0)
    np.fill_diagonal(filled, 1.0 + (~known).sum(axis=1))
    values, vectors = np.linalg.eig(filled)
    place = int(np.argmax(values.real))
    vector = np.abs(vectors[:, place].real)
    weights = vector / vector.sum()
    if _parts(known) > 1:
        weights = np.full(size, 1 / size)
    eigenvalue = max(float(values[place].real), float(size))
    index = (eigenvalue - size) / (size - 1) if size > 2 else 0.0
    random = RANDOM_INDEX[min(size, len(RANDOM_INDEX)) - 1]
    missing = tuple((int(i), int(j)) for i, j in np.argwhere(~known) if i < j)
    return Weighed(weights, eigenvalue, index, index / random if random else 0.0, _worst(matrix), missing)


def together(matrices: Sequence[Matrix]) -> Matrix:
    """What a group says: the geometric mean of each comparison over those who made it.

    Args:
        matrices: float64 (n, n) each, at least one; all voices count the same.
    """
    logs = np.log(np.stack(list(matrices)))
    known = ~np.isnan(logs)
    counts = known.sum(axis=0)
    sums = np.where(known, logs, 0).sum(axis=0)
    found: Matrix = np.where(counts > 0, np.exp(sums / np.maximum(counts, 1)), np.nan)
    return found


def _worst(matrix: Matrix) -> Triple | None:
    """The triple whose round trip is furthest from 1; Koczkodaj's measure of inconsistency (1993) decides."""
    found, most = None, 1e-9
    logs = np.log(matrix)
    for one, other, third in combinations(range(len(matrix)), 3):
        around = abs(logs[one, other] + logs[other, third] - logs[one, third])
        if around > most:  # never so where one is missing
            implied = float(matrix[one, other] * matrix[other, third])
            found, most = Triple((one, other, third), implied, float(matrix[one, third])), around
    return found


def _parts(known: npt.NDArray[np.bool_]) -> int:
    """Into how many parts the comparisons made so far tie the criteria."""
    reach = known.copy()
    for _ in range(len(known)):
        reach = (reach.astype(np.int64) @ reach.astype(np.int64)) > 0
    return len({tuple(row) for row in reach.tolist()})
