"""A frozen ranking: its document alone gives the numbers that it was made of, and they can be counted again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scoring.algorithms.definition import Definition
from scoring.algorithms.ranking import Ranked, score
from scoring.algorithms.weighing import Values

#: A figure of an item's place -> what it is called.
LABELS = {"score": "Score", "rank": "Rank", "missing": "Missing", "problem": "Problem", "is_above_line": "Fits"}


@dataclass(frozen=True)
class Difference:
    """Something that comes out otherwise when a frozen ranking is counted again; `then` and `now` to the last digit."""

    item: str
    what: str
    then: str
    now: str

    @property
    def label(self) -> str:
        """What the figure is called."""
        return LABELS[self.what]


@dataclass(frozen=True)
class Rerun:
    """A frozen ranking counted again.

    Args:
        items: how many were counted.
        differences: empty where everything is the same.
    """

    items: int
    differences: tuple[Difference, ...]

    @property
    def is_same(self) -> bool:
        return not self.differences


def matrix_of(items: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> Values:
    """The values of a document's items.

    Returns:
        float64 (items, criteria), NaN where there is none.
    """
    found = np.full((len(items), len(keys)), np.nan)
    places = {key: number for number, key in enumerate(keys)}
    for number, item in enumerate(items):
        for each in item["values"]:
            if each["value"] is not None:
                found[number, places[each["key"]]] = each["value"]
    return found


def facts_of(items: Sequence[Mapping[str, Any]], names: Sequence[str]) -> dict[str, Values]:
    """Name -> float64 (items), NaN where a fact was not known."""
    found = {name: np.full(len(items), np.nan) for name in names}
    for number, item in enumerate(items):
        for each in item["facts"]:
            if each["key"] in found and each["value"] is not None:
                found[each["key"]][number] = each["value"]
    return found


def counted(definition: Definition, items: Sequence[Mapping[str, Any]]) -> Ranked:
    """The ranking of a document's items."""
    return score(definition, matrix_of(items, definition.keys), facts_of(items, definition.fact_names))


def outcome_of(definition: Definition, ranked: Ranked, number: int, top_count: int | None) -> dict[str, Any]:
    """What a document keeps of an item's place: score, rank, what is missing, what breaks, and whether it fits."""
    value, rank = float(ranked.scores[number]), int(ranked.ranks[number])
    problem = ranked.problem(number)
    return {
        "score": None if np.isnan(value) else value,
        "rank": rank or None,
        "missing": [key for key, gap in zip(definition.keys, ranked.missing[number], strict=True) if gap],
        "problem": f"The formula {problem.sentence} at character {problem.position + 1}." if problem else "",
        "is_above_line": None if top_count is None else 0 < rank <= top_count,
    }


def rerun(document: Mapping[str, Any]) -> Rerun:
    """Count a frozen ranking again, from its document alone and by the algorithms of today."""
    definition = Definition.from_plain(document["definition"])
    items = document["items"]
    ranked = counted(definition, items)
    found = []
    for number, item in enumerate(items):
        now = outcome_of(definition, ranked, number, document["top_count"])
        found += [
            Difference(item["name"], what, _text(item[what]), _text(value))
            for what, value in now.items()
            if item[what] != value
        ]
    return Rerun(len(items), tuple(found))


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None or value == "" else f"{value!r}" if isinstance(value, float) else str(value)
