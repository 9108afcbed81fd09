"""How well projects serve the strategic drivers: what nobody serves, what serves nothing, and what is not known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from projects.models import ProjectStatus
from scoring.algorithms.weighing import normalized
from scoring.models import Criterion
from scoring.selectors.sheet import Sheet
from scoring.selectors.weights import present_weights

#: Nobody has decided to do these yet.
PROPOSALS = (ProjectStatus.PROPOSED, ProjectStatus.SCREENED)
#: So many names are said in a sentence.
MOST_NAMES = 3


class DriverRead(NamedTuple):
    """A driver, and who serves it.

    Args:
        share: its weight as a share of one.
        strength: the sum of the impacts that are known.
        serving: items whose impact is above the lowest.
        missing: of how many items the impact is not known.
    """

    criterion: Criterion
    number: int
    share: float
    strength: float
    serving: tuple[Any, ...]
    missing: int
    only_proposals: bool

    @property
    def problem(self) -> str:
        """unserved, single, proposals, or nothing."""
        if not self.serving:
            return "unserved"
        if len(self.serving) == 1:
            return "single"
        return "proposals" if self.only_proposals else ""


class Gap(NamedTuple):
    """Something that is not covered, and the rows that it is about.

    Args:
        code: unserved, single, proposals, serves_none or missing.
        query: words of the grid's address that show its rows.
    """

    code: str
    sentence: str
    criterion: Criterion | None
    items: tuple[Any, ...]
    query: Mapping[str, str]

    @property
    def is_warning(self) -> bool:
        return self.code != "missing"


@dataclass(frozen=True)
class Coverage:
    """The impacts of a sheet's items on its drivers."""

    sheet: Sheet

    @cached_property
    def known(self) -> Any:
        """float64 (items, drivers), NaN where an impact is missing or off its scale."""
        return np.where(self.sheet.outside, np.nan, self.sheet.values)

    @cached_property
    def serves(self) -> Any:
        """bool (items, drivers): whether an impact is above the worst of its scale."""
        return normalized(self.known, self.sheet.definition.ranges) > 0

    @cached_property
    def drivers(self) -> list[DriverRead]:
        weights = [share for _, share in present_weights(self.sheet.criteria)]
        found = []
        for number, criterion in enumerate(self.sheet.criteria):
            column = self.known[:, number]
            serving = tuple(self.sheet.items[place] for place in np.flatnonzero(self.serves[:, number]).tolist())
            proposals = bool(serving) and all(getattr(item, "status", "") in PROPOSALS for item in serving)
            total, missing = float(np.nansum(column)), int(np.isnan(column).sum())
            found.append(DriverRead(criterion, number, weights[number], total, serving, missing, proposals))
        return found

    @cached_property
    def serving_none(self) -> tuple[Any, ...]:
        """Items that serve no driver, as far as is known."""
        return tuple(self.sheet.items[place] for place in np.flatnonzero(~self.serves.any(axis=1)).tolist())

    @cached_property
    def unrated(self) -> int:
        """Items of which no impact is known at all."""
        return int(np.isnan(self.known).all(axis=1).sum())

    @cached_property
    def incomplete(self) -> tuple[Any, ...]:
        """Items that have no score because an impact that counts is missing."""
        return tuple(
            self.sheet.items[place] for place in np.flatnonzero(self.sheet.ranked.missing.any(axis=1)).tolist()
        )

    @cached_property
    def gaps(self) -> list[Gap]:
        """What is not covered, the heaviest driver first; nothing without items or without drivers."""
        if not self.sheet.items or not self.sheet.criteria:
            return []
        found = [self._of_driver(read) for read in sorted(self.drivers, key=lambda read: -read.share) if read.problem]
        kind = self.sheet.kind
        if self.serving_none:
            who = names_of(self.serving_none)
            verb = "serves" if len(self.serving_none) == 1 else "serve"
            said = f"{counted(len(self.serving_none), kind)} {verb} no driver: {who}."
            if self.unrated:
                said += f" {self._unrated_in_words()}"
            found.append(Gap("serves_none", said, None, self.serving_none, {"show": "none"}))
        if self.incomplete:
            verb = "has" if len(self.incomplete) == 1 else "have"
            said = f"{counted(len(self.incomplete), kind)} {verb} no score, because impacts are missing."
            found.append(Gap("missing", said, None, self.incomplete, {"show": "missing"}))
        return found

    def _unrated_in_words(self) -> str:
        if self.unrated == len(self.serving_none):
            return "Its impacts are not known yet." if self.unrated == 1 else "Their impacts are not known yet."
        return f"Of {self.unrated:,} of them no impact is known yet."

    def _of_driver(self, read: DriverRead) -> Gap:
        name, kind = f"“{read.criterion}”", self.sheet.kind
        if read.problem == "unserved":
            rest = ""
            if read.missing:
                rest = f" {counted(read.missing, 'impact')} on it {'is' if read.missing == 1 else 'are'} missing."
            said = f"No {kind} serves {name}, which weighs {read.share:.0%}.{rest}"
        elif read.problem == "single":
            proposal = ", a proposal," if read.only_proposals else ""
            said = f"Only “{read.serving[0]}”{proposal} serves {name}."
        else:
            said = f"Only proposals serve {name}: {names_of(read.serving)}."
        show = "not" if read.problem == "unserved" else "serving"
        return Gap(read.problem, said, read.criterion, read.serving, {"driver": str(read.criterion.pk), "show": show})

    def places(self, show: str, driver: int | None) -> list[int]:
        """The numbers of the items that a gap is about.

        Args:
            show: none, missing, serving or not; anything else asks for all.
            driver: a criterion's id, for the last two.
        """
        if not self.sheet.items or not self.sheet.criteria:
            return list(range(len(self.sheet.items)))
        number = next((read.number for read in self.drivers if read.criterion.pk == driver), None)
        if show == "none":
            chosen = ~self.serves.any(axis=1)
        elif show == "missing":
            chosen = self.sheet.ranked.missing.any(axis=1)
        elif show in ("serving", "not") and number is not None:
            chosen = self.serves[:, number] == (show == "serving")
        else:
            chosen = np.ones(len(self.sheet.items), dtype=np.bool_)
        return [int(place) for place in np.flatnonzero(chosen)]


def counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def names_of(items: Sequence[Any]) -> str:
    """A few names, and how many there are besides."""
    named = [f"“{item}”" for item in items[:MOST_NAMES]]
    if len(items) > MOST_NAMES:
        return f"{', '.join(named)} and {len(items) - MOST_NAMES:,} more"
    return " and ".join([", ".join(named[:-1]), named[-1]]) if len(named) > 1 else named[0]
