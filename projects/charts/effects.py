"""Pictures of schedules that a page draws by itself."""

from dataclasses import dataclass
from datetime import date, timedelta

from projects.selectors.blast import Effects, Move

#: So many bars are drawn; the table tells of milestones, the sentence of all.
BARS = 8
#: More names of months than this do not fit beside each other.
MONTHS = 6


@dataclass(frozen=True)
class Bar:
    """An activity before and after, in hundredths of the picture's width."""

    move: Move
    before_at: float | None
    before_width: float
    at: float
    width: float


@dataclass(frozen=True)
class Picture:
    """Bars before and after over months: names of months, and where each begins."""

    bars: list[Bar]
    months: list[tuple[date, float]]


def picture_of(effects: Effects) -> Picture:
    """The furthest moved, milestones first among equals, in the order of their new starts."""
    chosen = sorted(effects.moves, key=lambda move: (not move.is_milestone, -abs(move.days)))[:BARS]
    chosen.sort(key=lambda move: (move.start, move.row.position))
    days = [day for move in chosen for day in (move.start, move.finish, move.start_before, move.finish_before) if day]
    if not days:
        return Picture([], [])
    scale = _Scale(min(days), max((max(days) - min(days)).days + 1, 1))
    bars = [
        Bar(
            move,
            scale.at(move.start_before) if move.start_before else None,
            scale.width(move.start_before, move.finish_before),
            scale.at(move.start),
            scale.width(move.start, move.finish),
        )
        for move in chosen
    ]
    return Picture(bars, scale.months())


@dataclass(frozen=True)
class _Scale:
    """Days in hundredths of a width."""

    first: date
    span: int

    def at(self, day: date) -> float:
        return round((day - self.first).days * 100 / self.span, 2)

    def width(self, start: date | None, finish: date | None) -> float:
        return round(((finish - start).days + 1) * 100 / self.span, 2) if start and finish else 0.0

    def months(self) -> list[tuple[date, float]]:
        """The first days of months, or of every so many, and where each stands."""
        found, month = [], self.first.replace(day=1)
        while (month - self.first).days <= self.span:
            found.append((month, max(self.at(month), 0.0)))
            month = (month + timedelta(days=32)).replace(day=1)
        return found[:: -(-len(found) // MONTHS)]
