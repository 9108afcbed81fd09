"""What a scoring model is, as plain data: its criteria, their fixed ranges, and how they become one number."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np

from scoring.algorithms.formula import Formula, FormulaError, Unit, parse, unit_of
from scoring.algorithms.formula.parsing import RESERVED
from scoring.algorithms.weighing import Ranges, Values

MOST_CRITERIA = 30
MOST_LEVELS = 20
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
#: A criterion in this unit keeps shares of one and shows percent.
PERCENT = "%"
#: A criterion in this unit keeps amounts in the organization's currency.
MONEY = "money"


class Kind(StrEnum):
    """How criteria become a score."""

    FORMULA = "formula"
    WEIGHTED = "weighted"
    CLASSES = "classes"


@dataclass(frozen=True)
class Level:
    """One step of a level scale, and what it takes to stand on it."""

    value: float
    name: str
    meaning: str = ""


@dataclass(frozen=True)
class CriterionSpec:
    """One thing that items are scored by.

    Args:
        key: its name in formulas.
        lowest, highest: the ends of its scale, fixed by the model; highest above lowest.
        unit: such as “people / quarter”; `PERCENT` and `MONEY` are known.
        levels: the values it may take, lowest first; none where any value between the ends may be given.
        weight: 0 or more; counts in weighted models.
    """

    key: str
    name: str
    meaning: str = ""
    is_lower_better: bool = False
    unit: str = ""
    lowest: float = 0.0
    highest: float = 10.0
    levels: tuple[Level, ...] = ()
    weight: float = 1.0

    def allows(self, value: float) -> bool:
        """Whether a value is on the scale."""
        if self.levels:
            return any(level.value == value for level in self.levels)
        return self.lowest <= value <= self.highest

    def level_of(self, value: float | None) -> Level | None:
        """The level that a value stands on."""
        return next((level for level in self.levels if level.value == value), None)


@dataclass(frozen=True)
class Definition:
    """A scoring model at one moment."""

    kind: Kind
    criteria: tuple[CriterionSpec, ...]
    formula: str = ""
    #: Facts that the formula may speak of besides the criteria: name -> unit.
    facts: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        return tuple(criterion.key for criterion in self.criteria)

    @cached_property
    def compiled(self) -> Formula | None:
        """The formula, read once; None where there is none.

        Raises:
            FormulaError: it means nothing.
        """
        return parse(self.formula, {*self.keys, *self.facts}) if self.formula.strip() else None

    @cached_property
    def fact_names(self) -> tuple[str, ...]:
        """The facts that the formula speaks of."""
        names = self.compiled.names if self.kind == Kind.FORMULA and self.compiled else ()
        return tuple(name for name in names if name in self.facts and name not in self.keys)

    @cached_property
    def counted_in(self) -> Unit:
        """What the score is counted in, and what does not fit together in its formula."""
        if self.kind != Kind.FORMULA or self.compiled is None:
            return Unit("", ())
        shown = {criterion.key: "" if criterion.unit == PERCENT else criterion.unit for criterion in self.criteria}
        return unit_of(self.compiled, {**self.facts, **shown})

    @property
    def unit(self) -> str:
        """What the score is counted in."""
        return self.counted_in.text

    @cached_property
    def ranges(self) -> Ranges:
        return Ranges(
            np.array([criterion.lowest for criterion in self.criteria], dtype=np.float64),
            np.array([criterion.highest for criterion in self.criteria], dtype=np.float64),
            np.array([criterion.is_lower_better for criterion in self.criteria], dtype=np.bool_),
        )

    @cached_property
    def weights(self) -> Values:
        return np.array([criterion.weight for criterion in self.criteria], dtype=np.float64)

    @cached_property
    def counted(self) -> tuple[int, ...]:
        """The criteria, by number, that a score cannot do without."""
        if self.kind == Kind.WEIGHTED:
            return tuple(number for number, criterion in enumerate(self.criteria) if criterion.weight > 0)
        if self.kind == Kind.CLASSES:
            return (0,) if self.criteria else ()
        names = self.compiled.names if self.compiled else ()
        return tuple(number for number, key in enumerate(self.keys) if key in names)

    def as_plain(self) -> dict[str, Any]:
        """The definition as JSON keeps it."""
        return {
            "kind": str(self.kind),
            "formula": self.formula,
            "facts": dict(self.facts),
            "criteria": [
                {
                    **{name: getattr(one, name) for name in CRITERION_FIELDS},
                    "levels": [
                        {"value": each.value, "name": each.name, "meaning": each.meaning} for each in one.levels
                    ],
                }
                for one in self.criteria
            ],
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Definition":
        """What `as_plain` wrote."""
        criteria = tuple(
            CriterionSpec(
                **{name: one[name] for name in CRITERION_FIELDS if name in one},
                levels=tuple(Level(**each) for each in one.get("levels", ())),
            )
            for one in plain["criteria"]
        )
        return cls(Kind(plain["kind"]), criteria, plain.get("formula", ""), plain.get("facts", {}))


CRITERION_FIELDS = ("key", "name", "meaning", "is_lower_better", "unit", "lowest", "highest", "weight")


def problems(definition: Definition, taken: Collection[str] = ()) -> dict[str, str]:
    """What is wrong with a definition: place -> a sentence; empty where nothing is.

    Places are `formula`, `criteria`, or `criteria.<number>.<column>`.

    Args:
        taken: names that no criterion may have, besides the language's own: those of facts.
    """
    found: dict[str, str] = {}
    if len(definition.criteria) > MOST_CRITERIA:
        found["criteria"] = f"A model has at most {MOST_CRITERIA} criteria."
    for number, criterion in enumerate(definition.criteria):
        found |= {f"criteria.{number}.{column}": said for column, said in _of_criterion(criterion, taken).items()}
        if criterion.key in definition.keys[:number]:
            found.setdefault(f"criteria.{number}.key", f"Two criteria are called “{criterion.key}” in formulas.")
    if definition.kind == Kind.CLASSES and (len(definition.criteria) != 1 or not definition.criteria[0].levels):
        found.setdefault("criteria", "A model of classes has exactly one criterion, with a level for each class.")
    if definition.kind == Kind.WEIGHTED and definition.criteria and not definition.weights.sum() > 0:
        found.setdefault(
            "criteria", "The weights sum to zero, so nothing counts. Give at least one criterion a weight."
        )
    if definition.kind == Kind.FORMULA:
        try:
            _ = definition.compiled
        except FormulaError as error:
            found["formula"] = f"At character {error.position + 1}: {error}"
    return found


def _of_criterion(criterion: CriterionSpec, taken: Collection[str]) -> dict[str, str]:
    found = {}
    if not criterion.name.strip():
        found["name"] = "A criterion has a name."
    if not KEY.fullmatch(criterion.key):
        found["key"] = "A name in formulas begins with a letter and has at most 40 letters, digits and underscores."
    elif criterion.key in RESERVED or criterion.key in taken:
        found["key"] = f"“{criterion.key}” is a word of the language or a fact already. Choose another."
    if not np.isfinite([criterion.lowest, criterion.highest]).all() or criterion.highest <= criterion.lowest:
        found["highest"] = "The highest value is above the lowest."
    if not np.isfinite(criterion.weight) or criterion.weight < 0:
        found["weight"] = "A weight is a number of 0 or more."
    values = [level.value for level in criterion.levels]
    if len(values) > MOST_LEVELS:
        found["levels"] = f"A scale has at most {MOST_LEVELS} levels."
    elif values and (len(values) < 2 or len(set(values)) < len(values)):
        found["levels"] = "A level scale has at least two levels, each with a value of its own."
    elif any(not criterion.lowest <= value <= criterion.highest for value in values):
        found["levels"] = (
            f"Each level is between {criterion.lowest:g} and {criterion.highest:g}, the ends of the scale."
        )
    return found
