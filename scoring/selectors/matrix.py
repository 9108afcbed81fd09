"""Items on two measures: value against effort, risk against value, or any two of a model's."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np

from scoring.algorithms.definition import MONEY, PERCENT
from scoring.algorithms.weighing import Values
from scoring.models import Criterion
from scoring.selectors.facts import Asked, all_facts, read_facts
from scoring.selectors.sheet import Sheet

SCORE = "score"
#: What the four corners are called, by whether less of the measure across is better: high and good first.
BY_EFFORT = ("Quick wins", "Big bets", "Fill-ins", "Money pits")
BY_GAIN = ("Strong on both", "Strong upward", "Strong across", "Weak on both")
#: Facts of which less is better begin so.
COSTS = ("risk", "duration", "effort", "budget")
#: A scale of at most this length is halved at its middle, a longer one at the median of what is shown.
SHORT = 20


@dataclass(frozen=True)
class Axis:
    """A measure of items.

    Args:
        key: criterion's name in formulas, name of a fact, or `SCORE`.
        criterion: set where a person gives the values, and may move an item along the axis.
        values: float64 (items), NaN where it is not known.
    """

    key: str
    label: str
    unit: str
    is_lower_better: bool
    values: Values
    criterion: Criterion | None = None

    @cached_property
    def middle(self) -> float:
        """Where the measure is halved."""
        if self.criterion is not None and float(self.criterion.highest - self.criterion.lowest) <= SHORT:
            return float(self.criterion.highest + self.criterion.lowest) / 2
        known = self.values[~np.isnan(self.values)]
        return float(np.median(known)) if len(known) else 0.0

    @property
    def shown_unit(self) -> str:
        """The unit where it is told once for all; percent and currency stand at each value."""
        return "" if self.unit in (PERCENT, MONEY) else self.unit

    @property
    def ends(self) -> tuple[float, float] | None:
        """The ends of a short scale; None where what is shown decides."""
        if self.criterion is None or float(self.criterion.highest - self.criterion.lowest) > SHORT:
            return None
        return float(self.criterion.lowest), float(self.criterion.highest)


@dataclass(frozen=True)
class Place:
    """An item in the matrix, or beside it where a measure is missing (`corner` is empty then)."""

    item: Any
    number: int
    x: float
    y: float
    score: float
    rank: int
    corner: str
    seen: tuple[int, int]


@dataclass(frozen=True)
class Matrix:
    """Items on two measures."""

    sheet: Sheet
    x: Axis
    y: Axis
    places: Sequence[Place]

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """As the table lists them: upward, then across."""
        return self.y, self.x

    @property
    def inside(self) -> list[Place]:
        """Those with both measures, best rank first."""
        return [place for place in self.places if place.corner]

    @property
    def beside(self) -> list[Place]:
        """Those that lack a measure."""
        return [place for place in self.places if not place.corner]

    @property
    def corners(self) -> tuple[str, ...]:
        return BY_EFFORT if self.x.is_lower_better else BY_GAIN

    def count(self, corner: str) -> int:
        return sum(place.corner == corner for place in self.places)


def measures(sheet: Sheet, *, with_amounts: bool) -> dict[str, str]:
    """Every measure that items of a sheet have, key -> label: the model's criteria, its score, and facts."""
    facts = {fact.key: fact.label for fact in all_facts() if with_amounts or not fact.is_amount}
    return {**facts, SCORE: "Score", **{criterion.key: criterion.name for criterion in sheet.criteria}}


def axis_of(sheet: Sheet, key: str, day: datetime.date) -> Axis:
    """A measure of the items of a sheet.

    Raises:
        KeyError: there is no such measure.
    """
    if key == SCORE:
        return Axis(SCORE, "Score", sheet.definition.unit, False, sheet.ranked.scores)
    for number, criterion in enumerate(sheet.criteria):
        if criterion.key == key:
            values = np.where(sheet.outside[:, number], np.nan, sheet.values[:, number])
            return Axis(key, criterion.name, criterion.unit, criterion.is_lower_better, values, criterion)
    fact = {each.key: each for each in all_facts()}[key]
    asked = Asked(sheet.model.organization, sheet.kind, sheet.items, day)
    return Axis(key, fact.label, fact.unit, key.startswith(COSTS), read_facts([key], asked)[key])


def usual_measures(sheet: Sheet, preset: str = "") -> tuple[str, str]:
    """Which measures a matrix begins with: across what it takes (or its risk), upward what it is worth.

    Args:
        preset: “risk” for risk against value; else value against effort.
    """
    costs = [criterion.key for criterion in sheet.criteria if criterion.is_lower_better]
    gains = [criterion.key for criterion in sheet.criteria if not criterion.is_lower_better]
    across = [key for key in costs if ("risk" in key) == (preset == "risk")]
    usual = "risk_days" if preset == "risk" else "effort_months"
    return across[0] if across else usual, gains[0] if len(gains) == 1 else SCORE


def matrix_of(sheet: Sheet, x: Axis, y: Axis) -> Matrix:
    """Items on two measures, best rank first."""
    is_less_better = x.is_lower_better
    corners = BY_EFFORT if is_less_better else BY_GAIN
    places = []
    for number in sheet.ranked.order:
        item = sheet.items[number]
        across, upward = float(x.values[number]), float(y.values[number])
        corner = ""
        if not np.isnan(across) and not np.isnan(upward):
            is_left = across < x.middle if is_less_better else across >= x.middle
            is_up = upward < y.middle if y.is_lower_better else upward >= y.middle
            corner = corners[(0 if is_up else 2) + (0 if is_left else 1)]
        cells = sheet.cells[number]
        seen = [
            cells[axis.criterion.pk].version if axis.criterion and axis.criterion.pk in cells else 0 for axis in (x, y)
        ]
        rank, score = int(sheet.ranked.ranks[number]), float(sheet.ranked.scores[number])
        places.append(Place(item, int(number), across, upward, score, rank, corner, (seen[0], seen[1])))
    return Matrix(sheet, x, y, places)


def on_scale(criterion: Criterion, value: float) -> Decimal:
    """The value of a criterion's scale that is nearest to where an item was put: a level, or three figures."""
    if criterion.levels:
        return min(
            (Decimal(str(level["value"])) for level in criterion.levels), key=lambda each: abs(float(each) - value)
        )
    held = min(max(value, float(criterion.lowest)), float(criterion.highest))
    digits = 2 - int(np.floor(np.log10(abs(held)))) if held else 0
    rounded = round(Decimal(str(held)), min(digits, 4))
    return min(max(Decimal(f"{rounded:f}"), criterion.lowest), criterion.highest)
