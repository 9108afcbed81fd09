"""The tables of the page of insights as rows of a file."""

from collections.abc import Iterator
from typing import Any

from core.exports import Amount
from feedback.algorithms.agreement import Interval
from feedback.algorithms.change import Change
from feedback.algorithms.tally import Comparison, Tally
from feedback.selectors.compare import BeforeAfter, Products
from feedback.selectors.insights import River, Themes

TALLY = ("Items", "Negative", "Neutral", "Positive", "Share negative", "Share from", "Share to", "Mean")
CHANGE = (
    "Items before", "Items after", "Share before", "Share after", "Share difference", "Difference from",
    "Difference to", "Share says", "Mean before", "Mean after", "Mean difference", "Mean from", "Mean to", "Mean says",
    "Comparisons told together",
)  # fmt: skip
RIVER_HEADER = ("From", "To", *TALLY)
THEME_HEADER = ("Theme", *TALLY, "Accounts", Amount("ARR"))
PRODUCT_HEADER = ("Product", *TALLY, *CHANGE, "Top theme", "Items of the theme", "Accounts", Amount("ARR"))
RELEASE_HEADER = ("What", *CHANGE)


def river_cells(river: River) -> Iterator[tuple[Any, ...]]:
    for period in river.periods:
        yield period.first, period.last, *_tally(period.tally)


def theme_cells(themes: Themes) -> Iterator[tuple[Any, ...]]:
    for one in themes.rows:
        yield one.name, *_tally(one.tally), one.behind.account_count, round(one.behind.arr, 2)


def product_cells(products: Products) -> Iterator[tuple[Any, ...]]:
    for one in products.rows:
        top = (one.top_theme.name, one.top_theme.count) if one.top_theme else ("", "")
        behind = (one.behind.account_count, round(one.behind.arr, 2))
        yield one.name, *_tally(one.tally), *_change(one.comparison), *top, *behind


def release_cells(found: BeforeAfter) -> Iterator[tuple[Any, ...]]:
    yield "All feedback", *_change(found.whole)
    for one in found.themes:
        yield one.name, *_change(one.comparison)


def _tally(one: Tally) -> tuple[Any, ...]:
    share = (_cut(one.negative_ratio), *_ends(one.interval))
    return one.count, one.negative, one.neutral, one.positive, *share, _cut(one.scores.mean)


def _change(one: Comparison) -> tuple[Any, ...]:
    return (one.before.count, one.after.count, *_of(one.share), *_of(one.mean), one.comparisons)


def _of(change: Change) -> tuple[Any, ...]:
    return (
        _cut(change.before), _cut(change.after), _cut(change.difference), *_ends(change.interval), change.verdict.value,
    )  # fmt: skip


def _ends(interval: Interval | None) -> tuple[float | None, float | None]:
    return (_cut(interval.low), _cut(interval.high)) if interval else (None, None)


def _cut(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
