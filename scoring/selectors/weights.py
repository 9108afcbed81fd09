"""Sets of weights as pages and the API read them: who compared what, what follows, and what contradicts itself."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from accounts.models import User
from scoring.algorithms.pairwise import ACCEPTED, Matrix, Step, Weighed, matrix_of, together, weigh
from scoring.algorithms.weighing import shares
from scoring.models import Comparison, Criterion, ScoringModel, WeightMethod, WeightSet

STEP_WORDS: Mapping[Step, str] = {
    Step.EXTREMELY_LESS: "extremely less",
    Step.MUCH_LESS: "much less",
    Step.LESS: "less",
    Step.EQUALLY: "equally",
    Step.MORE: "more",
    Step.MUCH_MORE: "much more",
    Step.EXTREMELY_MORE: "extremely more",
}
#: Weights that differ by less are the same.
SAME = 1e-4


class Pair(NamedTuple):
    """Two criteria in the order of the model, and what was said of the first against the second, if anything was."""

    first: Criterion
    second: Criterion
    step: Step | None
    number: int

    @property
    def key(self) -> str:
        """How addresses and forms name the pair."""
        return f"{self.first.pk}-{self.second.pk}"

    @property
    def words(self) -> str:
        return said(str(self.first), str(self.second), self.step.ratio) if self.step is not None else ""


class WorstRead(NamedTuple):
    """Three comparisons that contradict each other most, in words; `pairs` are the three to look at again."""

    sentence: str
    hint: str
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Voice:
    """What one person said of the criteria, or a group together.

    Args:
        criteria: live ones, in the order of the model.
        matrix: float64 (criteria, criteria), NaN where nothing was said.
        rater: None for the group.
        steps: of one person: numbers of two criteria, the lower first -> the step.
    """

    criteria: Sequence[Criterion]
    matrix: Matrix
    rater: User | None = None
    steps: Mapping[tuple[int, int], Step] = field(default_factory=dict)

    @cached_property
    def weighed(self) -> Weighed | None:
        """None where there is nothing to weigh."""
        return weigh(self.matrix) if self.criteria else None

    @cached_property
    def pairs(self) -> list[Pair]:
        """All pairs, in the order in which they are asked."""
        numbered = enumerate(combinations(range(len(self.criteria)), 2), start=1)
        return [Pair(self.criteria[i], self.criteria[j], self.steps.get((i, j)), n) for n, (i, j) in numbered]

    @property
    def total(self) -> int:
        return len(self.criteria) * (len(self.criteria) - 1) // 2

    @property
    def made(self) -> int:
        return self.total - len(self.missing)

    @property
    def missing(self) -> list[tuple[Criterion, Criterion]]:
        """Pairs of which nothing was said yet."""
        pairs = self.weighed.missing if self.weighed else ()
        return [(self.criteria[i], self.criteria[j]) for i, j in pairs]

    @property
    def is_complete(self) -> bool:
        return self.weighed is not None and not self.weighed.missing

    @property
    def weights(self) -> list[tuple[Criterion, float]]:
        """The share of each criterion; provisional, after Harker, while comparisons are missing."""
        found = self.weighed.weights if self.weighed else ()
        return [(criterion, float(share)) for criterion, share in zip(self.criteria, found, strict=True)]

    @property
    def consistency(self) -> float:
        return self.weighed.consistency if self.weighed else 1.0

    @property
    def agrees(self) -> bool:
        """Whether what was said so far is consistent enough."""
        return self.consistency >= ACCEPTED

    @property
    def is_accepted(self) -> bool:
        return self.weighed is not None and self.weighed.is_accepted

    def worst(self, who: str = "You") -> WorstRead | None:
        """The triple to look at first, in words; None where all agree."""
        found = self.weighed.worst if self.weighed else None
        if found is None:
            return None
        one, other, third = found.criteria
        a, b, c = (str(self.criteria[number]) for number in found.criteria)
        ratios = self.matrix[one, other], self.matrix[other, third], self.matrix[one, third]
        tell = said if self.rater is not None else said_in_numbers
        parts = [tell(*pair, ratio) for pair, ratio in zip(((a, b), (b, c), (a, c)), ratios, strict=True)]
        sentence = f"{who} said {parts[0]}, and {parts[1]}, but {parts[2]}."
        first, last, times = (a, c, found.implied) if found.implied >= 1 else (c, a, 1 / found.implied)
        hint = f"By the first two, “{first}” should be {_times(times)} as important as “{last}”."
        numbers = {(one, other), (other, third), (one, third)}
        by_number = dict(zip(combinations(range(len(self.criteria)), 2), self.pairs, strict=True))
        return WorstRead(sentence, hint, tuple(by_number[pair] for pair in sorted(numbers)))


def said(first: str, second: str, ratio: float) -> str:
    """A comparison as a person says it, the more important one first."""
    if ratio < 1:
        return said(second, first, 1 / ratio)
    step = min(Step, key=lambda each: abs(np.log(each.ratio) - np.log(ratio)))
    if step == Step.EQUALLY:
        return f"“{first}” is as important as “{second}”"
    return f"“{first}” is {STEP_WORDS[step]} important than “{second}”"


def said_in_numbers(first: str, second: str, ratio: float) -> str:
    """A comparison that is nobody's own, as the mean of a group is."""
    if ratio < 1:
        return said_in_numbers(second, first, 1 / ratio)
    return f"“{first}” is {_times(ratio)} as important as “{second}”"


def _times(ratio: float) -> str:
    if ratio < 1.05:
        return "about"
    return (
        f"about {ratio:.0f} times" if ratio >= 9.95 or abs(ratio - round(ratio)) < 0.05 else f"about {ratio:.1f} times"
    )


class Spread(NamedTuple):
    """A criterion, and which share each person who has finished gives it."""

    criterion: Criterion
    shares: tuple[tuple[User, float], ...]

    @property
    def lowest(self) -> float:
        return min(share for _, share in self.shares)

    @property
    def highest(self) -> float:
        return max(share for _, share in self.shares)


@dataclass(frozen=True)
class WeightRead:
    """A set of weights, and what it gives each criterion.

    Args:
        criteria: live ones, in the order of the model.
        voices: of everybody who compared something, by name; none of a set that is typed.
        set_aside: archived criteria that the set speaks of: kept, and not counted.
        added: criteria that came to the model after the set's first comparison, or that were typed no weight.
    """

    weight_set: WeightSet
    criteria: Sequence[Criterion]
    voices: Sequence[Voice]
    set_aside: Sequence[str]
    added: Sequence[Criterion]

    @property
    def is_pairwise(self) -> bool:
        return self.weight_set.method == WeightMethod.PAIRWISE

    @cached_property
    def group(self) -> Voice:
        """What all say together: the geometric mean of each comparison over those who made it."""
        if not self.voices:
            return Voice(self.criteria, matrix_of(len(self.criteria), {}))
        return Voice(self.criteria, together([voice.matrix for voice in self.voices]))

    def of(self, user: Any) -> Voice:
        """What one person said, be it nothing."""
        own = next((voice for voice in self.voices if voice.rater is not None and voice.rater.pk == user.pk), None)
        return own or Voice(self.criteria, matrix_of(len(self.criteria), {}), user)

    @cached_property
    def decisive(self) -> Voice:
        """Whose result the set stands for: the group's, which of one person alone is that person's."""
        return self.voices[0] if len(self.voices) == 1 else self.group

    @cached_property
    def typed(self) -> list[tuple[Criterion, Decimal | None]]:
        """The weights as they were typed."""
        given = self.weight_set.weights
        return [(each, Decimal(str(given[each.key])) if each.key in given else None) for each in self.criteria]

    @cached_property
    def weights(self) -> list[tuple[Criterion, float | None]]:
        """The share of each criterion; None where the set says nothing of it."""
        if self.is_pairwise:
            if not self.voices:
                return [(criterion, None) for criterion in self.criteria]
            return list(self.decisive.weights)
        known = [float(weight) for _, weight in self.typed if weight is not None]
        total = sum(known)
        return [(one, None if weight is None or not total else float(weight) / total) for one, weight in self.typed]

    @property
    def is_complete(self) -> bool:
        if self.is_pairwise:
            return bool(self.voices) and self.group.is_complete
        return bool(self.typed) and all(weight is not None for _, weight in self.typed)

    @property
    def is_provisional(self) -> bool:
        return self.is_pairwise and bool(self.voices) and not self.group.is_complete

    @property
    def obstacle(self) -> str:
        """What is missing before the set can be applied; empty where nothing is."""
        if self.is_complete:
            return ""
        if not self.is_pairwise:
            unknown = ", ".join(f"“{criterion}”" for criterion, weight in self.typed if weight is None)
            return f"the set has no weight for {unknown or 'anything'}. Type one first; 0 lets it not count."
        missing = self.group.missing
        named = "; ".join(f"“{one}” and “{other}”" for one, other in missing[:3])
        more = f"; and {len(missing) - 3} more" if len(missing) > 3 else ""
        are = "comparison is" if len(missing) == 1 else "comparisons are"
        return f"{len(missing)} of {self.group.total} {are} missing ({named}{more}). Compare them first."

    @property
    def contradiction(self) -> str:
        """Why the set asks for a reason before it is applied; empty where it asks for none."""
        if not self.is_pairwise or self.decisive.agrees:
            return ""
        return (
            f"The comparisons agree to {self.decisive.consistency:.0%}, less than the {ACCEPTED:.0%} from which they "
            "are accepted. Look at them again, or say why these weights shall count all the same."
        )

    @cached_property
    def is_in_use(self) -> bool:
        """Whether the model counts with these weights at present."""
        present = present_weights(self.criteria)
        mine = [share for _, share in self.weights]
        return bool(mine) and all(
            share is not None and abs(share - now) < SAME for share, (_, now) in zip(mine, present, strict=True)
        )

    @cached_property
    def spread(self) -> list[Spread]:
        """By criterion, the shares of those who have finished; empty below two."""
        finished = [(voice.rater, dict(voice.weights)) for voice in self.voices if voice.rater and voice.is_complete]
        if len(finished) < 2:
            return []
        return [Spread(one, tuple((rater, found[one]) for rater, found in finished)) for one in self.criteria]


def present_weights(criteria: Sequence[Criterion]) -> list[tuple[Criterion, float]]:
    """What each criterion counts in its model now, as a share."""
    if not criteria or not any(criterion.weight for criterion in criteria):
        return [(criterion, 0.0) for criterion in criteria]
    found = shares(np.array([float(criterion.weight) for criterion in criteria]))
    return [(criterion, float(share)) for criterion, share in zip(criteria, found, strict=True)]


def weight_reads(model: ScoringModel, sets: Iterable[WeightSet]) -> list[WeightRead]:
    """Sets of weights of one model, read in two statements."""
    rows = list(sets)
    every = list(model.criteria.order_by("position", "pk"))
    live = [criterion for criterion in every if not criterion.is_archived]
    by_set: dict[int, list[Comparison]] = defaultdict(list)
    pairwise = [row.pk for row in rows if row.method == WeightMethod.PAIRWISE]
    if pairwise:
        kept = Comparison.objects.filter(organization_id=model.organization_id, weight_set__in=pairwise)
        for comparison in kept.select_related("rater").order_by("rater__name", "rater_id", "pk"):
            by_set[comparison.weight_set_id].append(comparison)
    return [_read(row, every, live, by_set[row.pk]) for row in rows]


def weight_read(weight_set: WeightSet) -> WeightRead:
    """One set of weights."""
    return weight_reads(weight_set.model, [weight_set])[0]


def _read(
    row: WeightSet, every: Sequence[Criterion], live: Sequence[Criterion], kept: Sequence[Comparison]
) -> WeightRead:
    if row.method == WeightMethod.TYPED:
        keys = {criterion.key for criterion in live}
        names = {criterion.key: str(criterion) for criterion in every}
        aside = [names.get(key, key) for key in row.weights if key not in keys]
        return WeightRead(row, live, [], aside, [one for one in live if one.key not in row.weights])
    numbers = {criterion.pk: number for number, criterion in enumerate(live)}
    steps: dict[User, dict[tuple[int, int], Step]] = defaultdict(dict)
    spoken_of: set[int] = set()
    for each in kept:
        spoken_of |= {each.first_id, each.second_id}
        if each.first_id in numbers and each.second_id in numbers:
            pair, step = oriented(numbers[each.first_id], numbers[each.second_id], Step(each.step))
            steps[each.rater][pair] = step
    voices = [voice_of(live, rater, found) for rater, found in steps.items()]
    aside = [str(criterion) for criterion in every if criterion.is_archived and criterion.pk in spoken_of]
    begun = min((each.created_at for each in kept), default=None)
    added = [one for one in live if begun is not None and one.created_at > begun and one.pk not in spoken_of]
    return WeightRead(row, live, voices, aside, added)


def voice_of(criteria: Sequence[Criterion], rater: User | None, steps: Mapping[tuple[int, int], Step]) -> Voice:
    """What somebody said, from the steps."""
    ratios = {pair: step.ratio for pair, step in steps.items()}
    return Voice(criteria, matrix_of(len(criteria), ratios), rater, steps)


def oriented(first: int, second: int, step: Step) -> tuple[tuple[int, int], Step]:
    """The same comparison with the lower number first."""
    return ((first, second), step) if first < second else ((second, first), Step(-step))
