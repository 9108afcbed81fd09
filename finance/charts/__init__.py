"""Charts of money."""

from finance.charts.benefit import benefit_chart
from finance.charts.business_case import cash_chart, rate_chart
from finance.charts.earned_value import earned_chart

__all__ = ["benefit_chart", "cash_chart", "earned_chart", "rate_chart"]
