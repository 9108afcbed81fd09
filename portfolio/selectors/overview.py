"""Product lines and what waits for a decision, as the overview shows them."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.models import User
from core.amounts import are_hidden, shown
from core.templatetags.portolan import percent
from portfolio.models import Product
from portfolio.selectors.products import LineGroup, Sums, share_of, with_effective_stance

MOST_PRODUCTS = 60
#: A review is a call for a decision from so many days before it is due.
NOTICE = datetime.timedelta(days=30)
MOST_CALLS = 3


@dataclass(frozen=True)
class Lines:
    """Product lines with their products, and all of them together."""

    groups: Sequence[LineGroup]
    total: Sums
    is_all: bool


def product_lines(user: User) -> Lines:
    """Lines with their products, the largest budget first, by name where amounts are hidden; in one statement."""
    rows: Any = with_effective_stance(Product.objects.visible_to(user).live()).select_related("line", "rollup")
    order = shown(("line__code", "-rollup__budget_amount", "name", "pk"))
    products = list(rows.order_by(*order)[: MOST_PRODUCTS + 1])
    first = products[:MOST_PRODUCTS]
    total = _sums(first)
    by_line: dict[int | None, list[Any]] = {}
    for product in first:
        by_line.setdefault(product.line_id, []).append(product)
    groups = []
    for members in by_line.values():
        line = members[0].line
        if line is not None:
            line.stance = members[0].line_stance
        sums = _sums(members)
        groups.append(LineGroup(line, sums, share_of(sums, total), members))
    return Lines(groups, total, len(products) <= MOST_PRODUCTS)


@dataclass(frozen=True)
class Review:
    """A decision that waits: the stance of a product, with what speaks for looking at it again."""

    product: Any
    review_date: datetime.date
    is_overdue: bool
    evidence: str


def reviews_due(lines: Lines, today: datetime.date) -> list[Review]:
    """Products whose stance is to be reviewed within a month, or should have been; the longest due first."""
    products = [product for group in lines.groups for product in group.products]
    due = [p for p in products if p.stance_review_date and p.stance_review_date <= today + NOTICE]
    due.sort(key=lambda product: (product.stance_review_date, product.name))
    return [Review(p, p.stance_review_date, p.stance_review_date < today, _evidence(p)) for p in due[:MOST_CALLS]]


def _evidence(product: Any) -> str:
    parts = [str(product.get_lifecycle_stage_display())]
    if are_hidden():
        return f"{parts[0]}."
    growth = product.revenue_growth_ratio
    if growth is not None:
        parts.append(f"revenue {'down' if growth < 0 else 'up'} {percent(abs(growth))} on the year before")
    if product.margin_ratio is not None:
        parts.append(f"margin {percent(product.margin_ratio)}")
    return f"{', '.join(parts)}."


def _sums(products: Sequence[Any]) -> Sums:
    """Sums of products; margin and growth of those that say both sides of it."""
    both = [p for p in products if p.annual_revenue_amount and p.annual_cost_amount is not None]
    revenue = sum((p.annual_revenue_amount for p in both), Decimal(0))
    cost = sum((p.annual_cost_amount for p in both), Decimal(0))
    grown = [p for p in products if p.annual_revenue_amount and _is_growth(p.revenue_growth_ratio)]
    before = sum((p.annual_revenue_amount / (1 + p.revenue_growth_ratio) for p in grown), Decimal(0))
    now = sum((p.annual_revenue_amount for p in grown), Decimal(0))
    rollups = [rollup for p in products if (rollup := getattr(p, "rollup", None))]
    return Sums(
        product_count=len(products),
        revenue_amount=_known(p.annual_revenue_amount for p in products),
        cost_amount=_known(p.annual_cost_amount for p in products),
        margin_ratio=(revenue - cost) / revenue if revenue else None,
        growth_ratio=now / before - 1 if before else None,
        budget_amount=sum((rollup.budget_amount for rollup in rollups), Decimal(0)),
        actual_amount=sum((rollup.actual_amount for rollup in rollups), Decimal(0)),
    )


def _is_growth(ratio: Decimal | None) -> bool:
    return ratio is not None and ratio > -1


def _known(amounts: Any) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None
