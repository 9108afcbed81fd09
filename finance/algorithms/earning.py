"""Planned and earned value over time, from pieces of work with their cost, their dates and how far they were when."""

import datetime
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext

from finance.algorithms.discounting import PRECISION, total

ZERO = Decimal(0)


@dataclass(frozen=True)
class Piece:
    """A piece of work: what it costs by plan, and how far it is.

    Args:
        worked: working time (any unit) from its planned start to the end of each day of the series, or to its planned
            finish where that comes first; `whole` is all of it.
        progress: 0 to 1, now.
        history: (day, progress from then on), oldest first; what nobody has told is 0 before the first.
        is_told: the history tells how far it was; else only now is known.
    """

    cost: Decimal
    worked: Sequence[int]
    whole: int
    progress: Decimal
    history: Sequence[tuple[datetime.date, Decimal]] = field(default=())
    is_told: bool = True


def planned_values(pieces: Sequence[Piece], count: int) -> list[Decimal]:
    """What the work planned until each day of a series is worth: cost in proportion to working time.

    A piece without any working time, such as a milestone, counts whole where `worked` is above 0.
    """
    with localcontext(PRECISION):
        return [
            total(
                [
                    piece.cost * min(piece.worked[place], piece.whole) / piece.whole
                    if piece.whole
                    else (piece.cost if piece.worked[place] else ZERO)
                    for piece in pieces
                ]
            )
            for place in range(count)
        ]


def earned_values(
    pieces: Sequence[Piece], days: Sequence[datetime.date], today: datetime.date
) -> Mapping[datetime.date, Decimal]:
    """What the work done by each day was worth: progress times planned cost.

    Only days until `today` have a value, and those before it only where every piece's history is told.
    """
    is_told = all(piece.is_told for piece in pieces)
    starts = [[day for day, _ in piece.history] for piece in pieces]
    earned = {}
    with localcontext(PRECISION):
        for day in days:
            if day < today and is_told:
                parts = [piece.cost * _then(piece, start, day) for piece, start in zip(pieces, starts, strict=True)]
                earned[day] = total(parts)
            elif day == today:
                earned[day] = total([piece.cost * piece.progress for piece in pieces])
    return earned


def _then(piece: Piece, starts: Sequence[datetime.date], day: datetime.date) -> Decimal:
    place = bisect_right(starts, day)
    return piece.history[place - 1][1] if place else ZERO
