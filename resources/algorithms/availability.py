"""How much of people's time there is, month by month.

**FTE of a person in a month** = contract FTE x (working minutes of the days on which the person is employed, less the
share away on days of absence) / (working minutes of the whole month), all on the person's own calendar. So somebody who
works the whole month without absence gives the contract FTE whatever the month's length, and a public holiday takes
nothing: it is no working time in either sum.

Conventions:

- A shift that ends after midnight belongs to the day on which it begins, as in the picture of a calendar's year.
- Shares of absences on one day add up, to a whole day at most.
- A month without any working time on a person's calendar gives 0: there is nothing that could be worked.

Everything is counted in whole numbers, so that no sum depends on its order: minutes, hundredths of a full week and of a
day away, and, as the result, **millionths of an FTE** (`MICRO`), rounded half up once for each person and month.

Source: the definition above; working minutes by prefix sums over days.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Self

import numpy as np
from numpy.typing import NDArray

from resources.algorithms.calendar_rows import minutes_of
from resources.algorithms.calendars import Calendar, pattern_of_days
from resources.algorithms.months import months_between, plus_months

Ints = NDArray[np.int64]

#: Parts of an FTE that results are counted in.
MICRO = 1_000_000
#: Hundredths: of a day away, of a full week by contract.
WHOLE = 100


@dataclass(frozen=True, slots=True)
class Months:
    """Months one behind the other.

    Args:
        firsts: the first day of each, ascending, without a gap.
    """

    firsts: tuple[date, ...]

    @classmethod
    def between(cls, first: date, last: date) -> Self:
        """The months from the one that holds a day to the one that holds another, both included.

        Raises:
            ValueError: `last` lies in a month before that of `first`.
        """
        firsts = months_between(first, last)
        if not firsts:
            raise ValueError("The last month cannot be before the first.")
        return cls(tuple(firsts))

    @property
    def after(self) -> date:
        """The first day that no month holds any more."""
        return plus_months(self.firsts[-1], 1)

    @property
    def edges(self) -> Ints:
        """Days from the first day of the first month to each month's first day, and to the day after the last."""
        begin = self.firsts[0]
        return np.array([(day - begin).days for day in (*self.firsts, self.after)], dtype=np.int64)


def minutes_by_day(calendar: Calendar, first: date, days: int) -> Ints:
    """Working minutes of each day.

    Args:
        first: the first day; `days` are so many from it on.
    Returns:
        int64 of shape (days,).
    Cost: O(days + exceptions).
    """
    patterns = [
        *calendar.week,
        *(shifts for other in calendar.effective_weeks for shifts in other.week),
        *(exception.shifts for exception in calendar.exceptions),
    ]
    minutes = np.array([minutes_of(shifts) for shifts in patterns], dtype=np.int64)
    epoch = datetime.combine(first, time())
    return minutes[pattern_of_days(calendar, epoch, np.arange(days, dtype=np.int64))]


def _worked_before(calendars: Sequence[Calendar], months: Months) -> Ints:
    """Working minutes before each day, of shape (calendars, days + 1)."""
    days = int(months.edges[-1])
    sums = np.zeros((len(calendars), days + 1), dtype=np.int64)
    for row, calendar in zip(sums, calendars, strict=True):
        np.cumsum(minutes_by_day(calendar, months.firsts[0], days), out=row[1:])
    return sums


@dataclass(frozen=True, slots=True)
class Employed:
    """Somebody under contract.

    Args:
        calendar: index into the calendars.
        fte: hundredths of a full week by contract.
        first, last: days of employment; None is open.
    """

    calendar: int
    fte: int
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Away:
    """Days of absence: which person (index), from, to (both included), hundredths of the day."""

    person: int
    first: date
    last: date
    share: int = WHOLE


def available(
    people: Sequence[Employed], absences: Sequence[Away], calendars: Sequence[Calendar], months: Months
) -> Ints:
    """The FTE that each person gives in each month.

    Returns:
        int64 of shape (people, months), in millionths of an FTE.
    Cost: O(calendars x days + people x months + absences log absences).
    """
    if not people:
        return np.zeros((0, len(months.firsts)), dtype=np.int64)
    before, edges = _worked_before(calendars, months), months.edges
    which = np.array([person.calendar for person in people], dtype=np.int64)
    spans = [_within(person.first, person.last, months) for person in people]
    first, last = np.array(spans, dtype=np.int64).T
    low = np.clip(edges[None, :-1], first[:, None], last[:, None])
    high = np.clip(edges[None, 1:], first[:, None], last[:, None])
    present = (before[which[:, None], high] - before[which[:, None], low]) * WHOLE
    _take_absences(present, _levels(absences, first, last, months), which, before, edges)
    whole = before[:, edges[1:]] - before[:, edges[:-1]]
    fte = np.array([person.fte for person in people], dtype=np.int64)
    return _share(present * fte[:, None], whole[which])


def _share(worked: Ints, whole: Ints) -> Ints:
    """Millionths, rounded half up, of `worked` (minutes x hundredths x hundredths) in `whole` minutes; of none: 0."""
    divisor = np.maximum(whole, 1) * WHOLE * WHOLE
    return np.where(whole > 0, (2 * worked * MICRO + divisor) // (2 * divisor), 0)


def _within(first: date | None, last: date | None, months: Months) -> tuple[int, int]:
    """Days from the first day of the months to the first employed one, and to the one after the last, within them."""
    begin, end = months.firsts[0], months.after
    low = min(max(first or begin, begin), end)
    high = max(min(last + timedelta(days=1) if last else end, end), low)
    return (low - begin).days, (high - begin).days


def _levels(absences: Sequence[Away], first: Ints, last: Ints, months: Months) -> tuple[Ints, Ints, Ints, Ints]:
    """Spans of days that are one behind the other for each person: person, from, to (left out), hundredths away."""
    begin = months.firsts[0]
    who = np.array([one.person for one in absences], dtype=np.int64)
    low = np.array([(one.first - begin).days for one in absences], dtype=np.int64)
    high = np.array([(one.last - begin).days + 1 for one in absences], dtype=np.int64)
    share = np.array([one.share for one in absences], dtype=np.int64)
    low, high = np.clip(low, first[who], last[who]), np.clip(high, first[who], last[who])
    keep = low < high
    who, low, high, share = who[keep], low[keep], high[keep], share[keep]
    person, day = np.concatenate((who, who)), np.concatenate((low, high))
    order = np.lexsort((day, person))
    person, day = person[order], day[order]
    level = np.minimum(np.cumsum(np.concatenate((share, -share))[order]), WHOLE)
    span = (level[:-1] > 0) & (day[:-1] < day[1:])  # a person's steps end at level 0
    return person[:-1][span], day[:-1][span], day[1:][span], level[:-1][span]


def _take_absences(
    present: Ints, levels: tuple[Ints, Ints, Ints, Ints], which: Ints, before: Ints, edges: Ints
) -> None:
    """Take the minutes away from `present` (people, months; minutes x hundredths), month by month of each span."""
    person, low, high, level = levels
    begin = np.searchsorted(edges, low, "right") - 1
    many = np.searchsorted(edges, high, "left") - begin
    row = np.repeat(np.arange(len(person)), many)
    month = begin[row] + np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)
    calendar = which[person[row]]
    minutes = (
        before[calendar, np.minimum(high[row], edges[month + 1])] - before[calendar, np.maximum(low[row], edges[month])]
    )
    np.subtract.at(present, (person[row], month), minutes * level[row])


def summed(available: Ints, groups: Ints, count: int) -> Ints:
    """The FTE of groups: sums of the people's rows.

    Args:
        available: of shape (people, months).
        groups: the group of each person, from 0; -1 is none.
    Returns:
        int64 of shape (count, months).
    """
    total = np.zeros((count, available.shape[1]), dtype=np.int64)
    is_in = groups >= 0
    np.add.at(total, groups[is_in], available[is_in])
    return total


def fte_of(micro: int) -> Decimal:
    """Millionths of an FTE as a number of FTE with six places."""
    return Decimal(micro).scaleb(-6)
