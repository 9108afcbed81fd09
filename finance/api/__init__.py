"""Money over REST."""

from finance.api.benefit import BenefitMonthsView, BenefitViewSet
from finance.api.business_case import BusinessCaseViewSet, CaseFiguresView
from finance.api.earned_value import EarnedValueView

__all__ = ["BenefitMonthsView", "BenefitViewSet", "BusinessCaseViewSet", "CaseFiguresView", "EarnedValueView"]
