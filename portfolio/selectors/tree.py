"""Portfolios in the order of their nesting."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.models import User
from core.exports import Amount
from portfolio.models import Portfolio, Rollup
from programs.selectors import Totals, rollup_of

HEADER = (
    "Portfolio",
    "Inside",
    "Manager",
    "Health",
    "Programs",
    "Projects",
    "In flight",
    "On track",
    "At risk",
    "Off track",
    "Not reported",
    "Late",
    "Progress",
    "Planned finish",
    "Finish",
    "Slip in days",
    Amount("Budget"),
    Amount("Actual"),
    "Currency",
    "External key",
)
#: Deeper nesting is drawn like this.
DEEPEST = 6


@dataclass(frozen=True)
class Branch:
    """A portfolio where it stands: how deep, and below which others."""

    portfolio: Portfolio
    depth: int
    above: tuple[str, ...]
    is_topmost: bool

    @property
    def drawn_depth(self) -> int:
        return min(self.depth, DEEPEST)

    @property
    def rollup(self) -> Rollup | None:
        rollup: Rollup | None = rollup_of(self.portfolio)
        return rollup

    @property
    def path(self) -> str:
        return " / ".join(self.above)


def nested(
    portfolios: Collection[Portfolio],
    sort_key: Callable[[Portfolio], Any] = lambda portfolio: portfolio.name.casefold(),
    backwards: bool = False,
) -> list[Branch]:
    """All rows, each below its parent; siblings in the order of `sort_key`, those without one (None) last.

    A row whose parent is not among the rows stands at the top.
    """
    known = {portfolio.pk for portfolio in portfolios}
    children: dict[int | None, list[Portfolio]] = {}
    for portfolio in portfolios:
        home = portfolio.parent_id if portfolio.parent_id in known else None
        children.setdefault(home, []).append(portfolio)
    branches: list[Branch] = []
    waiting = [(portfolio, ()) for portfolio in reversed(_in_order(children.get(None, ()), sort_key, backwards))]
    while waiting:
        portfolio, above = waiting.pop()
        branches.append(Branch(portfolio, len(above), above, is_topmost=not above))
        inside: Any = (*above, portfolio.name)
        below = _in_order(children.get(portfolio.pk, ()), sort_key, backwards)
        waiting += [(child, inside) for child in reversed(below)]
    return branches


def narrowed(branches: Iterable[Branch], kept: Collection[int]) -> list[Branch]:
    """The branches whose portfolio is kept, flat; topmost are those with nothing kept above them."""
    open_depths: list[int] = []
    found = []
    for branch in branches:
        while open_depths and open_depths[-1] >= branch.depth:
            open_depths.pop()
        if branch.portfolio.pk in kept:
            found.append(Branch(branch.portfolio, 0, branch.above, is_topmost=not open_depths))
            open_depths.append(branch.depth)
    return found


def tree_totals(branches: Collection[Branch]) -> Totals:
    """Sums over the topmost rows alone, since each holds what is nested in it."""
    rollups = [branch.rollup for branch in branches if branch.is_topmost and branch.rollup]
    health = {
        name: sum(rollup.health_counts[name] for rollup in rollups) for name in ("green", "amber", "red", "unreported")
    }
    return Totals(
        row_count=len(branches),
        project_count=sum(rollup.project_count for rollup in rollups),
        late_count=sum(rollup.late_count for rollup in rollups),
        health_counts=health,
        budget_amount=sum((rollup.budget_amount for rollup in rollups), Decimal(0)),
        actual_amount=sum((rollup.actual_amount for rollup in rollups), Decimal(0)),
    )


def parent_choices(user: User, without: int | None = None) -> list[tuple[int, str]]:
    """Live portfolios as choices, indented as they nest; leaves out one portfolio with all below it."""
    choices = []
    skipped: int | None = None
    for branch in nested(list(Portfolio.objects.visible_to(user).live())):
        if skipped is not None and branch.depth > skipped:
            continue
        skipped = branch.depth if branch.portfolio.pk == without else None
        if skipped is None:
            indent = "\u2003" * branch.drawn_depth
            choices.append((branch.portfolio.pk, f"{indent}{branch.portfolio.name}"))
    return choices


def portfolio_cells(branches: Iterable[Branch]) -> Iterator[tuple[Any, ...]]:
    """Portfolios as rows of a file, in the order of `HEADER`."""
    words = {"green": "On track", "amber": "At risk", "red": "Off track", "unreported": "Not reported"}
    for branch in branches:
        portfolio, rollup = branch.portfolio, branch.rollup
        manager = portfolio.manager and portfolio.manager.name
        if rollup is None:
            yield (portfolio.name, branch.path, manager, *[None] * 16, portfolio.external_key)
            continue
        yield (
            portfolio.name,
            branch.path,
            manager,
            words[rollup.health],
            rollup.program_count,
            rollup.project_count,
            rollup.in_flight_count,
            *rollup.health_counts.values(),
            rollup.late_count,
            rollup.progress_ratio,
            rollup.planned_finish_date,
            rollup.finish_date,
            rollup.slip_days,
            rollup.budget_amount,
            rollup.actual_amount,
            rollup.currency,
            portfolio.external_key,
        )


def _in_order(
    portfolios: Iterable[Portfolio], sort_key: Callable[[Portfolio], Any], backwards: bool
) -> list[Portfolio]:
    rows = sorted(portfolios, key=lambda portfolio: portfolio.pk)
    known = [row for row in rows if sort_key(row) is not None]
    unknown = [row for row in rows if sort_key(row) is None]
    return sorted(known, key=sort_key, reverse=backwards) + unknown
