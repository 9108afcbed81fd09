"""Themes: items about the same, found by clustering their embeddings, kept through time and through what people
decide.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from feedback.algorithms.embedding import Vectors, unit

Labels = npt.NDArray[np.int64]
#: Not in any theme.
NONE = -1
#: A cosine below this to its theme's center leaves an item to the next clustering.
RADIUS = 0.45
#: k is looked for among numbers of items per theme from few to many.
PER_THEME = (6, 8, 11, 15, 20, 27, 37, 50, 70, 100, 150)
#: So many numbers are then tried between the best one's neighbors.
CLOSER = 9
#: So many items at most decide k, and are sampled for the first centers.
SAMPLED = 2_000
ROUNDS = 25
#: A cluster is the same theme as before if it shares so much with it (Jaccard).
SAME = 0.3


@dataclass(frozen=True)
class Decisions:
    """What people decided, which clustering keeps to. Items and themes are by number.

    Args:
        pinned: item -> theme: this item is of that theme.
        merged: theme -> the theme it was merged into.
        apart: sets of items that were split from each other: two items of different sets of one entry never share a
        theme.
    """

    pinned: Mapping[int, int] = field(default_factory=dict)
    merged: Mapping[int, int] = field(default_factory=dict)
    apart: Sequence[Sequence[Set[int]]] = ()


@dataclass(frozen=True)
class Themes:
    """Themes of items.

    Args:
        labels: int64 (items), the theme of each; -1 for none.
        numbers: int64 (themes), theme numbers, stable from one clustering to the next.
        centers: float32 (themes, width), unit vectors in the order of `numbers`.
    """

    labels: Labels
    numbers: Labels
    centers: Vectors


def k_means(vectors: Vectors, k: int, rng: np.random.Generator, starts: int = 1) -> tuple[Labels, Vectors]:
    """int64 (items) clusters and float32 (k, width) centers, by spherical k-means, the best of some starts.

    Raises:
        ValueError: k is not within 1 and the number of items.
    Source: Dhillon & Modha 2001; first centers by Arthur & Vassilvitskii, "k-means++", 2007.
    """
    if not 1 <= k <= len(vectors):
        raise ValueError("There are at least as many items as clusters.")
    best: tuple[float, Labels, Vectors] | None = None
    for _ in range(starts):
        centers = _first_centers(vectors, k, rng)
        labels = np.full(len(vectors), NONE)
        for _ in range(ROUNDS):
            likeness = vectors @ centers.T
            found = likeness.argmax(axis=1)
            if np.array_equal(found, labels):
                break
            labels = found
            centers = _means(vectors, labels, centers)
        total = float((vectors @ centers.T)[np.arange(len(vectors)), labels].sum())
        if best is None or total > best[0]:
            best = (total, labels, centers)
    assert best is not None
    return best[1], best[2]


def _first_centers(vectors: Vectors, k: int, rng: np.random.Generator) -> Vectors:
    """k-means++ with some tries for each center, of which the one that helps most is taken."""
    sample = (
        vectors
        if len(vectors) <= max(SAMPLED, 2 * k)
        else vectors[rng.choice(len(vectors), max(SAMPLED, 2 * k), False)]
    )
    tries = 2 + int(np.log(k))
    chosen = [int(rng.integers(len(sample)))]
    distance = np.maximum(1 - sample @ sample[chosen[0]], 0)
    while len(chosen) < k:
        total = float(distance.sum())
        if total <= 1e-9:
            chosen.append(int(rng.integers(len(sample))))
            continue
        some = np.minimum(np.searchsorted(np.cumsum(distance), rng.random(tries) * total), len(sample) - 1)
        each = np.minimum(distance[:, None], np.maximum(1 - sample @ sample[some].T, 0))
        best = int(each.sum(axis=0).argmin())
        chosen.append(int(some[best]))
        distance = each[:, best]
    return sample[chosen].copy()


def _means(vectors: Vectors, labels: Labels, before: Vectors) -> Vectors:
    """Unit centers of clusters; one that has no item stays where it was."""
    order = np.argsort(labels, kind="stable")
    here, starts = np.unique(labels[order], return_index=True)
    found = before.copy()
    found[here] = unit(np.add.reduceat(vectors[order], starts, axis=0))
    return found


def choose_k(vectors: Vectors, rng: np.random.Generator) -> int:
    """How many themes the items fall into: of some numbers tried on a sample, the one with the best silhouette.

    Source: Rousseeuw, "Silhouettes", 1987, with 1 - cosine as distance. Fewer than 4 items make one theme.
    """
    count = len(vectors)
    if count < 4:
        return min(count, 1)
    sample = vectors if count <= SAMPLED else vectors[rng.choice(count, SAMPLED, False)]
    tried = sorted({max(2, min(len(sample) // 2, round(len(sample) / per))) for per in PER_THEME})
    worth = {k: silhouette(sample, k_means(sample, k, rng)[0]) for k in tried}
    best = max(tried, key=lambda k: (worth[k], -k))
    lower, upper = max([k for k in tried if k < best], default=best), min([k for k in tried if k > best], default=best)
    between = {round(float(k)) for k in np.linspace(lower, upper, CLOSER)} - set(tried)
    worth |= {k: silhouette(sample, k_means(sample, k, rng)[0]) for k in sorted(between)}
    return max(sorted(worth), key=lambda k: (worth[k], -k))


def silhouette(vectors: Vectors, labels: Labels) -> float:
    """Mean silhouette of unit vectors in clusters; an item alone counts 0. Cost: linear in items."""
    place = np.arange(len(vectors))
    counts = np.bincount(labels)
    total = np.zeros((len(counts), vectors.shape[1]))
    np.add.at(total, labels, vectors)
    away = counts - vectors @ total.T
    own = away[place, labels] / np.maximum(counts[labels] - 1, 1)
    mean = np.where(counts > 0, away / np.maximum(counts, 1), np.inf)
    mean[place, labels] = np.inf
    other = mean.min(axis=1)
    value = np.where(counts[labels] > 1, (other - own) / np.maximum(np.maximum(other, own), 1e-9), 0.0)
    return float(value.mean()) if np.isfinite(other).all() else 0.0


def cluster(
    vectors: Vectors,
    rng: np.random.Generator,
    before: Labels | None = None,
    decisions: Decisions | None = None,
    k: int | None = None,
) -> Themes:
    """Themes of items, anew.

    Args:
        vectors: float32 (items, width), unit vectors; zeros are of no theme.
        before: int64 (items), the theme of each until now, -1 for none; themes keep their numbers where most of them
        remains.
        decisions: what people decided.
        k: how many; chosen by the data if None.
    Returns:
        A theme that only one item would be in is none, unless a person pinned the item.
    """
    decisions = decisions or Decisions()
    before = np.full(len(vectors), NONE) if before is None else _merged(before, decisions.merged)
    filled = np.flatnonzero(np.linalg.norm(vectors, axis=1) > 0)
    clusters = np.full(len(vectors), NONE)
    if len(filled):
        wanted = choose_k(vectors[filled], rng) if k is None else min(k, len(filled))
        clusters[filled], _ = k_means(vectors[filled], wanted, rng, starts=3 if len(filled) <= 5 * SAMPLED else 1)
    sizes = np.bincount(clusters[filled], minlength=1) if len(filled) else np.zeros(1, np.int64)
    clusters[filled[sizes[clusters[filled]] < 2]] = NONE
    labels = _renumbered(clusters, before)
    labels = _decided(labels, vectors, decisions)
    return _themes(labels, vectors)


def _merged(labels: Labels, merged: Mapping[int, int]) -> Labels:
    """Labels after the merges, however long their chain; a circle ends where it would begin again."""
    found = labels.copy()
    for theme in np.unique(labels[labels >= 0]).tolist():
        last, seen = theme, {theme}
        while last in merged and merged[last] not in seen:
            last = merged[last]
            seen.add(last)
        found[labels == theme] = last
    return found


def _renumbered(clusters: Labels, before: Labels) -> Labels:
    """Clusters under the numbers of the themes that they share most with, each number once; new ones beyond the
    largest.
    """
    following = int(before.max(initial=NONE)) + 1
    overlaps = []
    for new in np.unique(clusters[clusters >= 0]).tolist():
        here = clusters == new
        for old, shared in zip(*np.unique(before[here & (before >= 0)], return_counts=True), strict=True):
            either = int(here.sum() + (before == old).sum() - shared)
            overlaps.append((float(shared) / either, int(old), new))
    number: dict[int, int] = {}
    for share, old, new in sorted(overlaps, key=lambda found: (-found[0], found[1], found[2])):
        if share >= SAME and new not in number and old not in number.values():
            number[new] = old
    found = np.full(len(clusters), NONE)
    for new in np.unique(clusters[clusters >= 0]).tolist():
        if new not in number:
            number[new] = following
            following += 1
        found[clusters == new] = number[new]
    return found


def _decided(labels: Labels, vectors: Vectors, decisions: Decisions) -> Labels:
    """Labels that keep to what people decided: pins first, then splits, whose smaller parts move out."""
    labels = labels.copy()
    for item, theme in decisions.pinned.items():
        labels[item] = _merged(np.array([theme]), decisions.merged)[0]
    for parts in decisions.apart:
        following = int(max(labels.max(initial=NONE), max(decisions.pinned.values(), default=NONE))) + 1
        taken: set[int] = set()
        for part in sorted(parts, key=lambda part: (-len(part), sorted(part))):
            free = [item for item in sorted(part) if item not in decisions.pinned]
            colliding = [item for item in free if int(labels[item]) in taken]
            if colliding:
                labels[colliding] = following
                following += 1
            taken |= {int(labels[item]) for item in part if labels[item] != NONE}
    return labels


def _themes(labels: Labels, vectors: Vectors) -> Themes:
    numbers = np.unique(labels[labels >= 0])
    centers = np.zeros((len(numbers), vectors.shape[1]), np.float32)
    for place, number in enumerate(numbers):
        centers[place] = vectors[labels == number].sum(axis=0)
    return Themes(labels, numbers, unit(centers))


def assign(vectors: Vectors, numbers: Labels, centers: Vectors, radius: float = RADIUS) -> Labels:
    """int64 (items): the nearest theme of items as they arrive; -1 where none is within the radius.

    Args:
        radius: the least cosine to a center.
    """
    if not len(numbers) or not len(vectors):
        return np.full(len(vectors), NONE)
    likeness = vectors @ centers.T
    best = likeness.argmax(axis=1)
    return np.where(likeness[np.arange(len(vectors)), best] >= radius, numbers[best], NONE)
