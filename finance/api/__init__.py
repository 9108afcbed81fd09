"""Money over REST."""

from finance.api.budget import BudgetLinesView, BudgetViewSet, NodeBudgetView
from finance.api.entry import EntryViewSet
from finance.api.rate import RateViewSet

__all__ = ["BudgetLinesView", "BudgetViewSet", "EntryViewSet", "NodeBudgetView", "RateViewSet"]
