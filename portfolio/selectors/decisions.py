"""What was decided about products and lines, with the figures it was decided on."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portfolio.models import LifecycleStage, Product, ProductLine, StanceDecision


@dataclass(frozen=True)
class Evidence:
    """The figures of a product as they stood when something was decided."""

    name: str
    lifecycle_stage: str
    revenue_amount: Decimal | None
    cost_amount: Decimal | None
    margin_ratio: Decimal | None
    growth_ratio: Decimal | None
    currency: str


@dataclass(frozen=True)
class Decision:
    """One decision in the log of a product or line."""

    row: StanceDecision
    is_present: bool
    is_due: bool
    evidence: tuple[Evidence, ...]


def decisions_of(subject: Product | ProductLine, today: datetime.date) -> list[Decision]:
    """What was decided about a product or line, the latest first, with the evidence frozen then."""
    rows = subject.stance_decisions.select_related("owner").order_by("-decided_date", "-pk")
    return [
        Decision(
            row=row,
            is_present=number == 0,
            is_due=number == 0 and row.review_date is not None and row.review_date <= today,
            evidence=tuple(_evidence(figures) for figures in row.evidence.get("products", [])),
        )
        for number, row in enumerate(rows)
    ]


def evidence_now(products: Iterable[Product]) -> list[Evidence]:
    """The figures that a decision made now would freeze."""
    return [
        Evidence(
            product.name,
            product.get_lifecycle_stage_display(),
            product.annual_revenue_amount,
            product.annual_cost_amount,
            product.margin_ratio,
            product.revenue_growth_ratio,
            product.currency,
        )
        for product in products
    ]


def _evidence(figures: dict[str, Any]) -> Evidence:
    revenue, cost = _amount(figures.get("annual_revenue_amount")), _amount(figures.get("annual_cost_amount"))
    margin = (revenue - cost) / revenue if revenue and cost is not None else None
    stage = figures.get("lifecycle_stage", "")
    return Evidence(
        name=figures.get("name", ""),
        lifecycle_stage=str(dict(LifecycleStage.choices).get(stage, stage)),
        revenue_amount=revenue,
        cost_amount=cost,
        margin_ratio=margin,
        growth_ratio=_amount(figures.get("revenue_growth_ratio")),
        currency=figures.get("currency", "USD"),
    )


def _amount(text: Any) -> Decimal | None:
    return None if text is None else Decimal(str(text))
