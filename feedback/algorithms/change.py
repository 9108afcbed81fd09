"""What changed between before and after, such as a release: mean sentiment, or the share of negative texts, with an
interval.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, variance

from feedback.algorithms.agreement import Interval, normal_quantile, wilson


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


def mean_change(before: Sequence[float], after: Sequence[float], level: float = 0.95) -> Change:
    """Difference of two means, whose scatter may differ. The interval needs two items on each side.

    Without any scatter on both sides the interval would have no width, which no sample deserves: there it is None.

    Source: Welch 1947; degrees of freedom by Satterthwaite 1946.
    """
    means = [fmean(side) if len(side) else None for side in (before, after)]
    difference = None if means[0] is None or means[1] is None else means[1] - means[0]
    interval = None
    if difference is not None and min(len(before), len(after)) > 1:
        shares = [variance(side) / len(side) for side in (before, after)]
        error = math.sqrt(sum(shares))
        if error > 0:
            below = sum(share**2 / (len(side) - 1) for share, side in zip(shares, (before, after), strict=True))
            reach = t_quantile(level, sum(shares) ** 2 / below) * error
            interval = Interval(difference - reach, difference + reach)
    return Change(means[0], means[1], len(before), len(after), difference, interval)


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
