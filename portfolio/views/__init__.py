"""Pages of portfolios, products, lines, stances, shares, parked rows and the search."""

from portfolio.views.capacity import capacity
from portfolio.views.dashboard import home, home_tiles, portfolio_detail, portfolio_tiles
from portfolio.views.levelling import portfolio_levelling
from portfolio.views.line import line_archive, line_create, line_detail, line_edit, line_list, line_restore
from portfolio.views.money import portfolio_budget, product_profit
from portfolio.views.parked import parked, parked_save, parked_undo
from portfolio.views.portfolio import (
    portfolio_archive,
    portfolio_create,
    portfolio_edit,
    portfolio_list,
    portfolio_restore,
)
from portfolio.views.product import (
    product_archive,
    product_create,
    product_decisions,
    product_detail,
    product_edit,
    product_history,
    product_list,
    product_restore,
)
from portfolio.views.search import search
from portfolio.views.shares import project_shares
from portfolio.views.stance import line_stance, product_stance
from portfolio.views.voices import product_voices

__all__ = [
    "capacity",
    "home",
    "home_tiles",
    "line_archive",
    "line_create",
    "line_detail",
    "line_edit",
    "line_list",
    "line_restore",
    "line_stance",
    "parked",
    "parked_save",
    "parked_undo",
    "portfolio_archive",
    "portfolio_budget",
    "portfolio_create",
    "portfolio_detail",
    "portfolio_levelling",
    "portfolio_edit",
    "portfolio_list",
    "portfolio_restore",
    "portfolio_tiles",
    "product_archive",
    "product_create",
    "product_decisions",
    "product_detail",
    "product_edit",
    "product_history",
    "product_list",
    "product_restore",
    "product_voices",
    "product_profit",
    "product_stance",
    "project_shares",
    "search",
]
