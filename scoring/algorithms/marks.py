"""What a board says beside its ranks: where raters are split, and which items rose or fell since an earlier ranking."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.algorithms.definition import Definition
from scoring.algorithms.voices import split
from scoring.algorithms.weighing import Values, ranks

#: A rank is soft where it falls on the other side of the line in more than one draw in five.
SOFT = 0.2


@dataclass(frozen=True)
class Spoken:
    """What raters gave an item on one criterion.

    Args:
        places: where each vote stands on the scale, 0 to 1.
        middle: the median of them.
        is_split: raters had better talk, by the one rule that there is (`voices.split`).
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
        voices: float64 (raters, items, criteria) on their scales, NaN where a rater gave none.
    """
    spec = definition.criteria[criterion]
    are_split = split(voices[:, :, [criterion]], [spec])[:, 0]
    found: list[Spoken | None] = []
    for column, is_split in zip(voices[:, :, criterion].T, are_split, strict=True):
        votes = np.sort(column[~np.isnan(column)])
        if len(votes) < 2:
            found.append(None)
            continue
        places = (votes - spec.lowest) / (spec.highest - spec.lowest)
        found.append(Spoken(tuple(map(float, places)), float(np.median(places)), bool(is_split)))
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
