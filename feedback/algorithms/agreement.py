"""How far people and the machine agree on labels: share, Cohen's kappa, and their intervals, also over time."""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TypeVar

Period = TypeVar("Period", bound=Hashable)


@dataclass(frozen=True)
class Interval:
    """From `low` to `high`; what lies outside is unlikely at the stated level."""

    low: float
    high: float


@dataclass(frozen=True)
class Agreement:
    """Agreement on `count` items. Without items, and for kappa where chance alone would agree always, there is None.

    Args:
        share: of the items with the same label from both, 0 to 1, with its interval by Wilson.
        kappa: 1 for full agreement, 0 for what chance would give, with its interval.
    """

    count: int
    share: float | None
    share_interval: Interval | None
    kappa: float | None
    kappa_interval: Interval | None


def normal_quantile(level: float) -> float:
    """z such that a standard normal lies within -z to z with probability `level`."""
    if not 0 < level < 1:
        raise ValueError("A level lies between 0 and 1.")
    return NormalDist().inv_cdf(0.5 + level / 2)


def wilson(hits: float, count: int, level: float = 0.95) -> Interval:
    """Interval of a share, good for small counts too.

    Raises:
        ValueError: there is no item, or there are more hits than items.
    Source: Wilson 1927; Brown, Cai & DasGupta 2001.
    """
    if count < 1 or not 0 <= hits <= count:
        raise ValueError("A share needs items, and no more hits than items.")
    z = normal_quantile(level)
    share = hits / count
    middle = share + z * z / (2 * count)
    reach = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    scale = 1 + z * z / count
    return Interval(max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale))


def agreement(person: Sequence[Hashable], machine: Sequence[Hashable], level: float = 0.95) -> Agreement:
    """Agreement of two raters on the same items, in the same order.

    Raises:
        ValueError: there are not as many labels of one as of the other.
    Source: Cohen 1960; the interval by the variance of Fleiss, Cohen & Everitt 1969.
    """
    if len(person) != len(machine):
        raise ValueError("Both raters label the same items.")
    count = len(person)
    if not count:
        return Agreement(0, None, None, None, None)
    same = sum(mine == its for mine, its in zip(person, machine, strict=True))
    share = same / count
    kappa, error = _kappa(person, machine)
    reach = None if error is None else normal_quantile(level) * error
    between = None if kappa is None or reach is None else Interval(max(-1.0, kappa - reach), min(1.0, kappa + reach))
    return Agreement(count, share, wilson(same, count, level), kappa, between)


def _kappa(person: Sequence[Hashable], machine: Sequence[Hashable]) -> tuple[float | None, float | None]:
    """Kappa and its standard error; None where both gave one and the same label to all."""
    count = len(person)
    labels = list(dict.fromkeys([*person, *machine]))
    rows = {label: sum(mine == label for mine in person) / count for label in labels}
    columns = {label: sum(its == label for its in machine) / count for label in labels}
    cells: dict[tuple[Hashable, Hashable], float] = {}
    for pair in zip(person, machine, strict=True):
        cells[pair] = cells.get(pair, 0.0) + 1 / count
    observed = sum(share for (mine, its), share in cells.items() if mine == its)
    expected = sum(rows[label] * columns[label] for label in labels)
    if expected >= 1 - 1e-12:
        return None, None
    kappa = (observed - expected) / (1 - expected)
    spread = 0.0
    for (mine, its), share in cells.items():
        if mine == its:
            spread += share * (1 - (rows[mine] + columns[its]) * (1 - kappa)) ** 2
        else:
            spread += share * (1 - kappa) ** 2 * (columns[mine] + rows[its]) ** 2
    spread -= (kappa - expected * (1 - kappa)) ** 2
    return kappa, math.sqrt(max(spread, 0.0) / count) / (1 - expected)


def agreement_by_period(
    periods: Sequence[Period], person: Sequence[Hashable], machine: Sequence[Hashable], level: float = 0.95
) -> dict[Period, Agreement]:
    """Agreement in each period, in the order in which the periods first come. One period is given for each item.

    Raises:
        ValueError: there are not as many periods or labels as items.
    """
    if not len(periods) == len(person) == len(machine):
        raise ValueError("Each item has a period and a label of each rater.")
    found = {}
    for period in dict.fromkeys(periods):
        here = [place for place, other in enumerate(periods) if other == period]
        found[period] = agreement([person[place] for place in here], [machine[place] for place in here], level)
    return found
