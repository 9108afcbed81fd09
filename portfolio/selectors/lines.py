"""Product lines with the sums of their products."""

from collections.abc import Iterable, Iterator
from typing import Any

from core.exports import Amount
from portfolio.models import Stance
from portfolio.selectors.products import LineGroup, Sums, share_of, sums_by_line, sums_of

HEADER = (
    "Code",
    "Line",
    "Stance",
    "Review",
    "Products",
    Amount("Revenue"),
    Amount("Growth"),
    Amount("Cost"),
    Amount("Margin"),
    Amount("Budget of projects"),
    Amount("Actual of projects"),
    "Projects",
    "External key",
)


def summed(lines: Iterable[Any], products: Any) -> list[LineGroup]:
    """Lines in their order, each with the sums of its products and its share of the budget of all."""
    rows = list(lines)
    sums = sums_by_line(products.filter(line__in=[line.pk for line in rows]))
    whole = sums_of(products)
    return [LineGroup(line, found := sums.get(line.pk, Sums()), share_of(found, whole), []) for line in rows]


def line_cells(groups: Iterable[LineGroup]) -> Iterator[tuple[Any, ...]]:
    """Lines as rows of a file, in the order of `HEADER`."""
    words = dict(Stance.choices)
    for group in groups:
        line, sums = group.line, group.sums
        yield (
            line.code,
            line.name,
            words.get(line.stance, ""),
            line.stance_review_date,
            sums.product_count,
            sums.revenue_amount,
            sums.growth_ratio,
            sums.cost_amount,
            sums.margin_ratio,
            sums.budget_amount,
            sums.actual_amount,
            sums.project_count,
            line.external_key,
        )
