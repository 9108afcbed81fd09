"""How many items sound how, added up: what shares, means and changes of sentiment are told from."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from feedback.algorithms.agreement import Interval, wilson
from feedback.algorithms.change import (
    SMALL,
    TOO_FEW,
    Change,
    Moments,
    Verdict,
    level_of_each,
    mean_change,
    share_change,
)

#: Each pair of tallies is compared by the share of negative items and by the mean.
MEASURES = 2


@dataclass(frozen=True)
class Tally:
    """Items by how they sound.

    Args:
        count: all of them; those that nobody has read yet sound in no way.
        scores: their scores, from -1 to 1.
    """

    count: int = 0
    negative: int = 0
    neutral: int = 0
    positive: int = 0
    scores: Moments = Moments()

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.count + other.count,
            self.negative + other.negative,
            self.neutral + other.neutral,
            self.positive + other.positive,
            self.scores + other.scores,
        )

    @property
    def judged(self) -> int:
        """Items whose sentiment is known."""
        return self.negative + self.neutral + self.positive

    @property
    def unread(self) -> int:
        return self.count - self.judged

    @property
    def negative_ratio(self) -> float | None:
        """The share of negative items among those whose sentiment is known."""
        return self.negative / self.judged if self.judged else None

    @cached_property
    def interval(self) -> Interval | None:
        """In which the true share of negative items lies with 95 %."""
        return wilson(self.negative, self.judged) if self.judged else None

    @property
    def is_small(self) -> bool:
        return self.judged < SMALL

    @property
    def tone(self) -> str:
        """How most sound: negative, positive, or mixed where neither is ahead by a fifth of the items."""
        lead = (self.positive - self.negative) / self.judged if self.judged else 0.0
        return "positive" if lead >= 0.2 else "negative" if lead <= -0.2 else "mixed"


def total_of(tallies: Iterable[Tally]) -> Tally:
    """All of them together."""
    return sum(tallies, Tally())


def enough(before: Tally, after: Tally) -> bool:
    """Whether both have so many items that a change can be told."""
    return min(before.judged, after.judged) >= TOO_FEW


@dataclass(frozen=True)
class Comparison:
    """Two tallies side by side.

    Args:
        comparisons: so many intervals are told together; each is the wider for it (Bonferroni).
    """

    before: Tally
    after: Tally
    comparisons: int = 1

    @cached_property
    def share(self) -> Change:
        """Of the share of negative items."""
        level = level_of_each(self.comparisons)
        return share_change(self.before.negative, self.before.judged, self.after.negative, self.after.judged, level)

    @cached_property
    def mean(self) -> Change:
        """Of the mean score."""
        return mean_change(self.before.scores, self.after.scores, level_of_each(self.comparisons))

    @property
    def verdict(self) -> Verdict:
        """What may be said of the share of negative items."""
        return self.share.verdict


def compared(pairs: Iterable[tuple[Tally, Tally]]) -> list[Comparison]:
    """Pairs of tallies compared, the intervals of all that have enough items holding together."""
    found = list(pairs)
    count = sum(enough(before, after) for before, after in found)
    return [Comparison(before, after, max(count, 1) * MEASURES) for before, after in found]
