"""Decisions to invest, maintain or sunset."""

import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from core.access import require
from core.errors import Conflict
from events.services import create_recorded
from portfolio.models import Product, ProductLine, StanceDecision


@transaction.atomic
def decide_stance(
    *,
    actor: User,
    stance: str,
    reason: str,
    decided_date: datetime.date,
    owner: User | None = None,
    review_date: datetime.date | None = None,
    product: Product | None = None,
    line: ProductLine | None = None,
) -> StanceDecision:
    """Record what is decided about a product or a line, with the figures as they stood. Earlier decisions stay.

    Raises:
        NotAllowed: the actor's role may not decide.
        Conflict: neither or both of product and line are given.
    """
    subject = product or line
    if subject is None or (product is not None and line is not None):
        raise Conflict("A decision is about one product or one line.")
    require(actor, "stance.decide", subject.organization_id)
    decision = StanceDecision(
        organization_id=subject.organization_id,
        product=product,
        line=line,
        stance=stance,
        reason=reason,
        owner=owner or actor,
        decided_date=decided_date,
        review_date=review_date,
        evidence=_evidence([product] if product else list(line.products.live().order_by("name", "pk")) if line else []),
    )
    return create_recorded("stance.decided", actor=actor, subject=decision)


def _evidence(products: list[Product]) -> dict[str, Any]:
    """The figures the decision was made on."""
    return {
        "products": [
            {
                "name": product.name,
                "lifecycle_stage": product.lifecycle_stage,
                "annual_revenue_amount": product.annual_revenue_amount,
                "annual_cost_amount": product.annual_cost_amount,
                "revenue_growth_ratio": product.revenue_growth_ratio,
                "currency": product.currency,
            }
            for product in products
        ]
    }
