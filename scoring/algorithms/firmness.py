"""How firm the ranks of a model are: its scores drawn anew, as somebody else might just as well have given them.

Weighted models: weights are drawn from a Dirichlet distribution around the chosen ones, values stay. Formula models:
each value of each item varies by itself, evenly within ± the spread of its own size, and never leaves its scale; a
value on a scale of levels moves one level down or up with half of the spread as the chance of each, and stays at an
end where there is no further level. Where two raters or more have voted on an item and criterion, their votes are
drawn instead. Facts stay as they are.

Source: stochastic multicriteria acceptability analysis (Lahdelma, Hokkanen & Salminen, "SMAA", European Journal of
Operational Research 106:1, 1998), in its ordinary use with uncertain criteria values.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.algorithms.definition import Definition, Kind
from scoring.algorithms.formula import evaluate
from scoring.algorithms.ranking import outside
from scoring.algorithms.stability import draw_raters, draw_weights
from scoring.algorithms.weighing import Values, normalized, ranks

#: So many numbers are worked out at once: 16 MB.
MOST_AT_ONCE = 2_000_000
#: Raters are split where their votes are so many levels apart, or so much of a scale without levels.
SPLIT_LEVELS, SPLIT_RATIO = 2, 0.2
#: A rank is soft where it falls on the other side of the line in more than one draw in five.
SOFT = 0.2


def drawn_scores(
    definition: Definition,
    values: Values,
    facts: Mapping[str, Values],
    *,
    spread: float,
    samples: int,
    rng: np.random.Generator,
    voices: Values | None = None,
) -> Iterator[Values]:
    """The scores of items in each draw.

    Args:
        values: float64 (items, criteria), NaN where missing.
        facts: name -> float64 (items).
        spread: 0.2 for ± 20 %.
        voices: float64 (raters, items, criteria), NaN where a rater gave none.
    Returns:
        float64 (draws, items), some draws at a time; NaN where an item has no score. Nothing for classes, which no draw
        changes.
    Cost: O(samples * items * (criteria + nodes of the formula)).
    """
    items, criteria = values.shape
    if definition.kind == Kind.CLASSES or not items or not criteria or not definition.counted:
        return
    known = np.where(outside(definition, values), np.nan, values)
    votes = None if voices is None else draw_raters(voices, samples, rng)
    spoken = None if voices is None else ((~np.isnan(voices)).sum(axis=0) >= 2) & ~np.isnan(known)
    at_once = max(1, MOST_AT_ONCE // (items * criteria))
    for begin in range(0, samples, at_once):
        count = min(at_once, samples - begin)
        said = None if votes is None else np.stack([next(votes) for _ in range(count)])
        if definition.kind == Kind.WEIGHTED:
            drawn = known[None] if said is None else np.where(spoken, said, known)
            yield _weighted(definition, drawn, draw_weights(definition.weights, spread, count, rng))
        else:
            drawn = varied(definition, known, spread, count, rng)
            yield _by_formula(definition, drawn if said is None else np.where(spoken, said, drawn), facts)


def varied(definition: Definition, values: Values, spread: float, samples: int, rng: np.random.Generator) -> Values:
    """Values as somebody else might have given them, each by itself.

    Args:
        values: float64 (items, criteria), all on their scales, NaN where missing.
    Returns:
        float64 (samples, items, criteria).
    """
    chance = rng.random((samples, *values.shape))
    drawn: Values = np.clip(
        values * (1 + spread * (2 * chance - 1)), definition.ranges.lowest, definition.ranges.highest
    )
    for number, criterion in enumerate(definition.criteria):
        if not criterion.levels:
            continue
        ladder = np.sort([level.value for level in criterion.levels])
        column = values[:, number]
        step = np.where(chance[:, :, number] < spread / 2, -1, np.where(chance[:, :, number] >= 1 - spread / 2, 1, 0))
        place = np.clip(np.searchsorted(ladder, column) + step, 0, len(ladder) - 1)
        drawn[:, :, number] = np.where(np.isnan(column), np.nan, ladder[place])
    return drawn


def _weighted(definition: Definition, drawn: Values, weights: Values) -> Values:
    used = list(definition.counted)
    shares = normalized(drawn, definition.ranges)[:, :, used]
    if len(shares) == 1:
        plain: Values = 100 * (weights[:, used] @ shares[0].T)
        return plain
    found: Values = 100 * np.einsum("dic,dc->di", shares, weights[:, used])
    return found


def _by_formula(definition: Definition, drawn: Values, facts: Mapping[str, Values]) -> Values:
    samples, items, _ = drawn.shape
    if definition.compiled is None:
        return np.full((samples, items), np.nan)
    columns = {key: drawn[:, :, number].ravel() for number, key in enumerate(definition.keys)}
    repeated = {name: np.tile(fact, samples) for name, fact in facts.items()}
    return evaluate(definition.compiled, {**repeated, **columns}, samples * items).values.reshape(samples, items)


@dataclass(frozen=True)
class Spoken:
    """What raters gave an item on one criterion.

    Args:
        places: where each vote stands on the scale, 0 to 1.
        middle: the median of them.
        is_split: they are two levels or more apart, or a fifth of a scale without levels.
    """

    places: tuple[float, ...]
    middle: float
    is_split: bool

    @property
    def drawn(self) -> list[float]:
        """The votes on a strip of 96 units."""
        return [round(96 * place, 1) for place in self.places]

    @property
    def drawn_middle(self) -> float:
        return round(96 * self.middle, 1)


def spoken(definition: Definition, voices: Values, criterion: int) -> list[Spoken | None]:
    """How far raters are apart on one criterion, for each item; None where fewer than two have voted.

    Args:
        voices: float64 (raters, items, criteria), NaN where a rater gave none.
    """
    spec = definition.criteria[criterion]
    ladder = np.sort([level.value for level in spec.levels])
    found: list[Spoken | None] = []
    for column in voices[:, :, criterion].T:
        votes = np.sort(column[~np.isnan(column)])
        if len(votes) < 2:
            found.append(None)
            continue
        places = (votes - spec.lowest) / (spec.highest - spec.lowest)
        if len(ladder):
            steps = np.searchsorted(ladder, votes[[0, -1]])
            is_split = bool(steps[1] - steps[0] >= SPLIT_LEVELS)
        else:
            is_split = bool(places[-1] - places[0] >= SPLIT_RATIO)
        found.append(Spoken(tuple(map(float, places)), float(np.median(places)), is_split))
    return found


def moves(now: npt.NDArray[np.int64], then: Sequence[int | None]) -> list[int | None]:
    """By how many places each item has risen since an earlier ranking; below 0, fallen.

    Both are read among the items that both ranked, so that an item more or less moves nobody.

    Args:
        now: int64 (items), 0 without a rank.
        then: the same items' ranks then; None or 0 where there was none.
    Returns:
        None where an item was not ranked both times.
    """
    both = [place for place, rank in enumerate(then) if rank and now[place]]
    before = ranks(np.array([-float(then[place] or 0) for place in both]))
    after = ranks(np.array([-float(now[place]) for place in both]))
    found: list[int | None] = [None] * len(then)
    for place, old, new in zip(both, before, after, strict=True):
        found[place] = int(old - new)
    return found
