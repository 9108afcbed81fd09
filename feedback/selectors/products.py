"""Products as feedback names them."""

from typing import Any

from feedback.models import FeedbackItem
from projects.models import Project


def product_model() -> Any:
    """The model of products, which stands above in the column."""
    return FeedbackItem._meta.get_field("product").related_model


def portfolio_model() -> Any:
    """The model of portfolios, which stands above too."""
    return Project._meta.get_field("portfolio").related_model


def product_names(organization_id: int) -> dict[int, list[str]]:
    """What each live product is called, by its id."""
    rows = product_model().objects.live().filter(organization_id=organization_id).order_by("pk")
    return {pk: [name] for pk, name in rows.values_list("pk", "name")}
