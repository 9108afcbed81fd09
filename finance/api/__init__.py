"""Money over REST."""

from finance.api.benefit import BenefitMonthsView, BenefitViewSet
from finance.api.budget import BudgetLinesView, BudgetViewSet, NodeBudgetView
from finance.api.business_case import BusinessCaseViewSet, CaseFiguresView
from finance.api.earned_value import EarnedValueView
from finance.api.entry import EntryViewSet
from finance.api.rate import RateViewSet

__all__ = [
    "BenefitMonthsView",
    "BenefitViewSet",
    "BudgetLinesView",
    "BudgetViewSet",
    "BusinessCaseViewSet",
    "CaseFiguresView",
    "EarnedValueView",
    "EntryViewSet",
    "NodeBudgetView",
    "RateViewSet",
]
