"""How firm the ranks of a board are, worked out while the person looks at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from scoring.algorithms.firmness import Asked, firmness
from scoring.algorithms.marks import SOFT, Spoken, spoken
from scoring.algorithms.stability import disagreement
from scoring.algorithms.weighing import Values
from scoring.models import Criterion, ScoringSession
from scoring.selectors.sheet import Sheet
from scoring.selectors.voices import voices_of

#: The same draws each time, so that a reload changes no bar.
SAMPLES, SPREAD, SEED = 500, 0.2, 1998
#: The width of a bar in its own units; the browser draws it as wide as its cell.
WIDTH = 150
WORDS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
MOST_NAMES = 4


@dataclass(frozen=True)
class Firm:
    """Which ranks an item could have.

    Args:
        low, high: the ranks between which it lies in 80 % of the draws; `core_low`, `core_high` in half of them.
        in_top: the share of draws in which it is among those that fit; None where the board has no line.
    """

    rank: int
    low: int
    core_low: int
    core_high: int
    high: int
    in_top: float | None
    is_soft: bool
    count: int
    top: int | None

    def _at(self, rank: float) -> float:
        return round(WIDTH * (rank - 1) / max(self.count - 1, 1), 1)

    @property
    def thin(self) -> tuple[float, float]:
        """Where the thin bar begins and ends; never narrower than it can be seen."""
        return self._at(self.low), max(self._at(self.high), self._at(self.low) + 2)

    @property
    def thick(self) -> tuple[float, float]:
        return self._at(self.core_low), max(self._at(self.core_high), self._at(self.core_low) + 4)

    @property
    def now(self) -> float:
        return self._at(self.rank)

    @property
    def line(self) -> float | None:
        """Where the line of the board is, if some items are below it."""
        return self._at(self.top + 0.5) if self.top and self.top < self.count else None

    @property
    def words(self) -> str:
        most = f"{self.core_low} to {self.core_high}" if self.core_low != self.core_high else f"{self.core_low}"
        could = f"{self.low} to {self.high}" if self.low != self.high else f"only {self.low}"
        return f"Could rank {could}; most often {most}"


@dataclass(frozen=True)
class Firmness:
    """Bars by item's id, what raters said on the criterion that parts them most, and a sentence on what is soft."""

    bars: Mapping[int, Firm] = field(default_factory=dict)
    sentence: str = ""
    session: ScoringSession | None = None
    criterion: Criterion | None = None
    votes: Mapping[int, Spoken] = field(default_factory=dict)


def firmness_of(sheet: Sheet, top: int | None) -> Firmness:
    """How firm the ranks of a sheet are, with the spread of raters where a session of its model has been revealed.

    Cost: two statements, and drawing: about 0.5 s for 500 items with four criteria.
    """
    heard = voices_of(sheet.model, sheet)
    voices = heard.values if heard and len(heard.raters) else None
    asked = Asked(sheet.definition, sheet.values, sheet.facts, top or 0, SAMPLES, SPREAD, SEED, voices)
    found = firmness(asked)
    ranks = sheet.ranked.ranks
    count = int((ranks > 0).sum())
    bars = {}
    for place, quantiles in enumerate(found.quantiles):
        if not ranks[place] or not quantiles[0]:
            continue
        low, core_low, _, core_high, high = map(int, quantiles)
        share = float(found.in_top[place]) if top and top < count else None
        is_top = bool(top and ranks[place] <= top)
        is_soft = share is not None and (1 - share if is_top else share) > SOFT
        bars[sheet.items[place].pk] = Firm(
            int(ranks[place]), low, core_low, core_high, high, share, is_soft, count, top
        )
    votes, criterion = _votes(sheet, voices)
    return Firmness(bars, sentence(sheet, bars, top), heard.session if heard and votes else None, criterion, votes)


def _votes(sheet: Sheet, voices: Values | None) -> tuple[dict[int, Spoken], Criterion | None]:
    if voices is None:
        return {}, None
    ranges = sheet.definition.ranges
    apart = disagreement(voices, ranges.lowest, ranges.highest)
    if np.isnan(apart).all():
        return {}, None
    sums = np.where(np.isnan(apart), 0, apart).sum(axis=0)
    chosen = int(np.argmax(np.where(np.isnan(apart).all(axis=0), -1, sums)))
    said = spoken(sheet.definition, voices, chosen)
    found = {item.pk: one for item, one in zip(sheet.items, said, strict=True) if one is not None}
    return found, sheet.criteria[chosen]


def sentence(sheet: Sheet, bars: Mapping[int, Firm], top: int | None) -> str:
    """Which ranks are soft, in words; nothing where there is nothing to tell."""
    if len(bars) < 2:
        return ""
    listed = sorted(((bar, item) for item in sheet.items if (bar := bars.get(item.pk))), key=lambda pair: pair[0].rank)
    if not (top and top < len(bars)):
        widest, item = max(listed, key=lambda pair: pair[0].high - pair[0].low)
        if widest.high - widest.low < 2:
            return "These ranks are firm: no item moves by more than one place in four re-draws of five."
        return f"“{item}” is the least firm: it could rank {widest.low} to {widest.high}."
    above = [item for bar, item in listed if bar.is_soft and bar.rank <= top]
    below = [item for bar, item in listed if bar.is_soft and bar.rank > top]
    if not above and not below:
        return "The line is firm: no item crosses it in more than one re-draw in five."
    falls = f"{_names(above)} {_each(above, 'falls', 'fall')} below the line" if above else ""
    rises = f"{_names(below)} {_each(below, 'comes', 'come')} above it" if below else ""
    both = "; ".join(filter(None, (falls, rises.replace("above it", "above the line") if not falls else rises)))
    count = len(above) + len(below)
    named = WORDS[count] if count < len(WORDS) else f"{count:,}"
    return f"{named} rank{' is' if count == 1 else 's are'} soft. {both} in more than one re-draw in five."


def _names(items: Sequence[Any]) -> str:
    shown = [str(item) for item in items[:MOST_NAMES]]
    if len(items) > MOST_NAMES:
        shown.append(f"{len(items) - MOST_NAMES} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _each(items: Sequence[Any], one: str, many: str) -> str:
    return one if len(items) == 1 else f"each {many}"
