"""Runs of rank stability as pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from scoring.algorithms.stability import CORE, OUT
from scoring.algorithms.telling import kept_score
from scoring.models import StabilityRun

#: Verdict -> what its section is called, and what it means.
SECTIONS: Mapping[str, tuple[str, str]] = {
    "core": ("Core", f"fits in {CORE:.0%} of the samples or more".replace("%", " %")),
    "border": ("Border", "fits in some samples and not in others: these are worth another look"),
    "out": ("Out", f"fits in {OUT:.0%} of the samples at most".replace("%", " %")),
    "": ("Without a rank", "a value is missing, or the formula breaks on the numbers of some sample"),
}


@dataclass(frozen=True)
class Section:
    """Items of one verdict."""

    key: str
    label: str
    meaning: str
    items: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class RunRead:
    """What a finished run says."""

    row: StabilityRun
    result: Mapping[str, Any]

    @cached_property
    def sections(self) -> list[Section]:
        """Core, border and out, and what has no rank; only those that hold something."""
        found = []
        for key, (label, meaning) in SECTIONS.items():
            items = [
                {**item, "score_text": kept_score(item["score"])}
                for item in self.result["items"]
                if item["verdict"] == key
            ]
            if items:
                found.append(Section(key, label, meaning, items))
        return found

    @cached_property
    def counts(self) -> dict[str, int]:
        """Verdict -> how many items."""
        return {key: sum(item["verdict"] == key for item in self.result["items"]) for key in SECTIONS}

    @cached_property
    def has_voices(self) -> bool:
        return any(item["disagreement"] is not None for item in self.result["items"])

    @property
    def ranked_count(self) -> int:
        return sum(bool(item["rank"]) for item in self.result["items"])

    @property
    def meaning(self) -> str:
        """What it comes to, in a sentence."""
        core, border = self.counts["core"], self.counts["border"]
        fit = min(self.row.top_count, self.ranked_count)
        if self.ranked_count <= self.row.top_count:
            return f"All {self.ranked_count} items with a score fit, whatever is drawn: the line decides nothing here."
        if not border:
            return f"The first {fit} are firm: no sample puts another item in their place often enough to matter."
        open_places = max(self.row.top_count - core, 0)
        return (
            f"{core} of {fit} places are firm. For the other {open_places}, {border} items compete: their order hangs"
            " on how things were weighed and scored."
        )

    @property
    def varied(self) -> str:
        """What was drawn anew, in a sentence."""
        spread = f"{float(self.row.spread_ratio) * 100:g} %"
        what = "Weights are" if self.result["has_weights"] else "The model has no weights, so each value is"
        said = f"{what} drawn around the chosen ones, ± {spread}"
        if self.result["raters"]:
            session = f" of “{self.row.session}”" if self.row.session else ""
            said += f"; each score that raters{session} gave is one of theirs, drawn at random"
        return f"{said}."


def read_run(row: StabilityRun) -> RunRead | None:
    """What a run says; None before it is finished."""
    return None if row.result is None else RunRead(row, row.result)
