"""The whole: portfolios, products, stances, and the stored rollups."""

from portfolio.models.monthly import DemandMonth, MoneyMonth
from portfolio.models.portfolio import Portfolio
from portfolio.models.product import LifecycleStage, Product, ProductLine, ProductShare
from portfolio.models.rollup import Rollup
from portfolio.models.stance import Stance, StanceDecision

__all__ = [
    "DemandMonth",
    "LifecycleStage",
    "MoneyMonth",
    "Portfolio",
    "Product",
    "ProductLine",
    "ProductShare",
    "Rollup",
    "Stance",
    "StanceDecision",
]
