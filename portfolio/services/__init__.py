"""Every write to portfolios, products, shares and stances."""

from portfolio.services.parked import park_again, place_parked
from portfolio.services.portfolio import archive_portfolio, create_portfolio, restore_portfolio, update_portfolio
from portfolio.services.product import (
    archive_product,
    archive_product_line,
    create_product,
    create_product_line,
    restore_product,
    restore_product_line,
    set_product_shares,
    update_product,
    update_product_line,
)
from portfolio.services.rollup import check_rollups, rebuild_rollups, roll_up
from portfolio.services.stance import decide_stance

__all__ = [
    "archive_portfolio",
    "archive_product",
    "archive_product_line",
    "check_rollups",
    "create_portfolio",
    "create_product",
    "create_product_line",
    "decide_stance",
    "park_again",
    "place_parked",
    "rebuild_rollups",
    "restore_portfolio",
    "restore_product",
    "restore_product_line",
    "roll_up",
    "set_product_shares",
    "update_portfolio",
    "update_product",
    "update_product_line",
]
