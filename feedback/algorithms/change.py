"""What changed between before and after, such as a release: mean sentiment, or the share of negative texts, with an
interval.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from feedback.algorithms.agreement import Interval, normal_quantile, wilson

#: Of fewer items on either side nothing is said of a change; fewer than `SMALL` are said to be few.
TOO_FEW, SMALL = 10, 30


class Verdict(StrEnum):
    """What may be said of a change."""

    CLEAR = "clear change"
    NOT_CLEAR = "no clear change"
    TOO_FEW = "too few to say"


@dataclass(frozen=True)
class Change:
    """After minus before. What cannot be said of so few items is None.

    Args:
        before, after: the mean, or the share; None without items.
        before_count, after_count: items that they are of.
        difference: None where one side has no items.
        interval: of the difference; a change is shown as one only if 0 lies outside.
    """

    before: float | None
    after: float | None
    before_count: int
    after_count: int
    difference: float | None
    interval: Interval | None

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves no change out."""
        return self.interval is not None and not self.interval.low <= 0 <= self.interval.high

    @property
    def verdict(self) -> Verdict:
        """What may be said of it: nothing where either side has too few items, or none of them differs from another."""
        if self.interval is None or min(self.before_count, self.after_count) < TOO_FEW:
            return Verdict.TOO_FEW
        return Verdict.CLEAR if self.is_clear else Verdict.NOT_CLEAR


@dataclass(frozen=True)
class Moments:
    """Numbers by their count, sum and sum of squares, as a database adds them up."""

    count: int = 0
    total: float = 0.0
    squares: float = 0.0

    def __add__(self, other: "Moments") -> "Moments":
        return Moments(self.count + other.count, self.total + other.total, self.squares + other.squares)

    @property
    def mean(self) -> float | None:
        return self.total / self.count if self.count else None

    @property
    def variance(self) -> float:
        """Of a sample; 0 where there are fewer than two numbers, and for what is left by rounding alone."""
        if self.count < 2:
            return 0.0
        spread = self.squares - self.total * self.total / self.count
        return spread / (self.count - 1) if spread > 1e-12 * self.squares else 0.0


def t_quantile(level: float, freedom: float) -> float:
    """t such that Student's t lies within -t to t with probability `level`, by bisection.

    Args:
        freedom: degrees of freedom, more than 0, not necessarily whole.
    Raises:
        ValueError: the level does not lie between 0 and 1, or the degrees of freedom are not positive.
    """
    if not 0 < level < 1 or freedom <= 0:
        raise ValueError("A level lies between 0 and 1, degrees of freedom above 0.")
    low, high = 0.0, 1.0
    while _within(high, freedom) < level:
        low, high = high, high * 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, freedom) < level else (low, middle)
    return (low + high) / 2


def _within(bound: float, freedom: float) -> float:
    """Probability of Student's t to lie within -bound to bound."""
    return 1 - incomplete_beta(freedom / 2, 0.5, freedom / (freedom + bound * bound))


def incomplete_beta(first: float, second: float, share: float) -> float:
    """The regularized incomplete beta function, by Lentz's continued fraction.

    Source: NIST Digital Library of Mathematical Functions, 8.17.22; Numerical Recipes, 3rd edition, 6.4.
    """
    if share <= 0 or share >= 1:
        return float(share >= 1)
    if share > (first + 1) / (first + second + 2):
        return 1 - incomplete_beta(second, first, 1 - share)
    logarithm = math.lgamma(first + second) - math.lgamma(first) - math.lgamma(second)
    front = math.exp(logarithm + first * math.log(share) + second * math.log1p(-share)) / first
    tiny = 1e-300
    upper, lower = 1.0, 1 - (first + second) * share / (first + 1)
    lower = 1 / (lower if abs(lower) > tiny else tiny)
    found = lower
    for step in range(1, 10_000):
        for term in (
            step * (second - step) * share / ((first + 2 * step - 1) * (first + 2 * step)),
            -(first + step) * (first + second + step) * share / ((first + 2 * step) * (first + 2 * step + 1)),
        ):
            lower = 1 + term * lower
            lower = 1 / (lower if abs(lower) > tiny else tiny)
            upper = 1 + term / upper
            upper = upper if abs(upper) > tiny else tiny
            found *= lower * upper
        if abs(lower * upper - 1) < 1e-14:
            break
    return front * found


def mean_change(before: Moments, after: Moments, level: float = 0.95) -> Change:
    """Difference of two means, whose scatter may differ. The interval needs two items on each side.

    Without any scatter on both sides the interval would have no width, which no sample deserves: there it is None.

    Source: Welch 1947; degrees of freedom by Satterthwaite 1946.
    """
    difference = None if before.mean is None or after.mean is None else after.mean - before.mean
    interval = None
    if difference is not None and min(before.count, after.count) > 1:
        shares = [side.variance / side.count for side in (before, after)]
        error = math.sqrt(sum(shares))
        if error > 0:
            below = sum(share**2 / (side.count - 1) for share, side in zip(shares, (before, after), strict=True))
            reach = t_quantile(level, sum(shares) ** 2 / below) * error
            interval = Interval(difference - reach, difference + reach)
    return Change(before.mean, after.mean, before.count, after.count, difference, interval)


def level_of_each(comparisons: int, level: float = 0.95) -> float:
    """The level at which each of several intervals is taken, so that all of them hold together at `level`.

    Raises:
        ValueError: there is no comparison.
    Source: Bonferroni 1936; Dunn 1961.
    """
    if comparisons < 1:
        raise ValueError("There is at least one comparison.")
    return 1 - (1 - level) / comparisons


def share_change(before_hits: int, before_count: int, after_hits: int, after_count: int, level: float = 0.95) -> Change:
    """Difference of two shares, such as of negative texts.

    Raises:
        ValueError: there are more hits than items, or fewer than none.
    Source: Newcombe 1998, method 10 (hybrid of Wilson's intervals).
    """
    if not (0 <= before_hits <= before_count and 0 <= after_hits <= after_count):
        raise ValueError("There are no more hits than items.")
    normal_quantile(level)
    before = before_hits / before_count if before_count else None
    after = after_hits / after_count if after_count else None
    if before is None or after is None:
        return Change(before, after, before_count, after_count, None, None)
    first, second = wilson(before_hits, before_count, level), wilson(after_hits, after_count, level)
    difference = after - before
    low = difference - math.hypot(after - second.low, first.high - before)
    high = difference + math.hypot(second.high - after, before - first.low)
    return Change(before, after, before_count, after_count, difference, Interval(low, high))
