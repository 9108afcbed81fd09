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
#: An item whose cosine to the middle of the others of its cluster is lower does not belong there; the worst go first.
BELONGS = (0.2, 0.3, 0.4)
#: A cluster is the same theme as before if it shares so much with it (Jaccard).
SAME = 0.3


@dataclass(frozen=True)
class Decisions:
    """What people decided, which clustering keeps to. Items and themes are by number.

    Args:
        pinned: item -> theme: this item is of that theme.
        together: a theme, and sets of items that stand for what was merged into it: where most of each set is, is one
        theme.
        apart: sets of items that stand for what was split from each other: two items of different sets of one entry
        never share a theme, and other items go with the set that they are nearest to.
    """

    pinned: Mapping[int, int] = field(default_factory=dict)
    together: Sequence[tuple[int, Sequence[Set[int]]]] = ()
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
    first_new: int = 0,
) -> Themes:
    """Themes of items, anew.

    Args:
        vectors: float32 (items, width), unit vectors; zeros are of no theme.
        before: int64 (items), the theme of each until now, -1 for none; themes keep their numbers where most of them
        remains.
        decisions: what people decided.
        k: how many; chosen by the data if None.
        first_new: numbers of new themes are not below it, nor taken by `before`.
    Returns:
        A theme that only one item would be in is none, unless a person pinned the item.
    """
    decisions = decisions or Decisions()
    before = np.full(len(vectors), NONE) if before is None else before
    filled = np.flatnonzero(np.linalg.norm(vectors, axis=1) > 0)
    clusters = np.full(len(vectors), NONE)
    if len(filled):
        wanted = choose_k(vectors[filled], rng) if k is None else min(k, len(filled))
        clusters[filled], _ = k_means(vectors[filled], wanted, rng, starts=3 if len(filled) <= 5 * SAMPLED else 1)
        clusters[filled] = _without_strangers(vectors[filled], clusters[filled])
    labels = _renumbered(clusters, before, first_new)
    labels = _decided(labels, vectors, before, decisions, first_new)
    return _themes(labels, vectors)


def _without_strangers(vectors: Vectors, clusters: Labels) -> Labels:
    """Clusters without items that are not about the same as the others there; those join the nearest cluster, or none.

    Every item is in some cluster of k-means, and so what belongs nowhere would blur all of them.
    """
    clusters = clusters.copy()
    for least in BELONGS:
        inside = np.flatnonzero(clusters >= 0)
        totals = np.zeros((int(clusters.max(initial=0)) + 1, vectors.shape[1]), np.float32)
        np.add.at(totals, clusters[inside], vectors[inside])
        others = unit(totals[clusters[inside]] - vectors[inside])
        clusters[inside[(vectors[inside] * others).sum(axis=1) < least]] = NONE
    outside = np.flatnonzero(clusters < 0)
    numbers = np.unique(clusters[clusters >= 0])
    if len(numbers) and len(outside):
        clusters[outside] = assign(vectors[outside], numbers, _centers(vectors, clusters, numbers))
    sizes = np.bincount(clusters[clusters >= 0], minlength=1)
    clusters[np.flatnonzero(clusters >= 0)[sizes[clusters[clusters >= 0]] < 2]] = NONE
    return clusters


def _renumbered(clusters: Labels, before: Labels, first_new: int) -> Labels:
    """Clusters under the numbers of the themes that they share most with, each number once; new ones beyond the
    largest.
    """
    following = max(int(before.max(initial=NONE)) + 1, first_new)
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


def _decided(labels: Labels, vectors: Vectors, before: Labels, decisions: Decisions, first_new: int) -> Labels:
    """Labels that keep to what people decided: pins first, then merges, then splits."""
    labels = labels.copy()
    for item, theme in decisions.pinned.items():
        labels[item] = theme
    free = np.ones(len(labels), bool)
    free[list(decisions.pinned)] = False
    for theme, parts in decisions.together:
        _unite(labels, before, free, theme, parts)
    for parts in decisions.apart:
        following = max(int(max(labels.max(initial=NONE), before.max(initial=NONE))) + 1, first_new)
        _part(labels, vectors, before, free, parts, following)
    return labels


def _unite(labels: Labels, before: Labels, free: npt.NDArray[np.bool_], theme: int, parts: Sequence[Set[int]]) -> None:
    """Make one theme of those where most of each part is. Of a theme that was there before, only what was in the
    merged one comes along.
    """
    homes = {home for part in parts if (home := _most(labels, part)) != NONE}
    if not homes:
        return
    home = theme if theme in homes or bool((labels == theme).any()) else min(homes)
    known = set(before.tolist())
    for other in sorted(homes - {home}):
        members = (labels == other) & free
        labels[members & (before == theme) if other in known else members] = home


def _most(labels: Labels, part: Set[int]) -> int:
    """The theme in which most of some items are; the smallest number of several."""
    here = labels[sorted(part)]
    numbers, counts = np.unique(here[here >= 0], return_counts=True)
    return int(numbers[counts.argmax()]) if len(numbers) else NONE


def _part(
    labels: Labels,
    vectors: Vectors,
    before: Labels,
    free: npt.NDArray[np.bool_],
    parts: Sequence[Set[int]],
    following: int,
) -> None:
    """Part each theme in which items of several parts met: all its items go with the nearest part."""
    places = [np.array(sorted(part), np.int64) for part in parts]
    centers = unit(np.stack([vectors[place].sum(axis=0) for place in places]))
    for theme in np.unique(labels[labels >= 0]).tolist():
        met = [n for n, place in enumerate(places) if bool(((labels[place] == theme) & free[place]).any())]
        if len(met) < 2:
            continue
        members = np.flatnonzero((labels == theme) & free)
        nearest = np.array(met)[(vectors[members] @ centers[met].T).argmax(axis=1)]
        for n in met:
            nearest[np.isin(members, places[n])] = n
        groups = [members[nearest == n] for n in met]
        keeps = max(range(len(groups)), key=lambda n: (int((before[groups[n]] == theme).sum()), len(groups[n]), -n))
        for n, group in enumerate(groups):
            if n == keeps:
                continue
            former = _most(before, set(group.tolist()))
            is_taken = former in (NONE, theme) or bool((labels == former).any())
            labels[group] = following if is_taken else former
            following += int(is_taken)


def _themes(labels: Labels, vectors: Vectors) -> Themes:
    numbers = np.unique(labels[labels >= 0])
    return Themes(labels, numbers, _centers(vectors, labels, numbers))


def _centers(vectors: Vectors, labels: Labels, numbers: Labels) -> Vectors:
    centers = np.zeros((len(numbers), vectors.shape[1]), np.float32)
    for place, number in enumerate(numbers):
        centers[place] = vectors[labels == number].sum(axis=0)
    return unit(centers)


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
