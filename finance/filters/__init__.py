"""What lists of money can be narrowed to."""

from finance.filters.benefit import BenefitFilter, BusinessCaseFilter
from finance.filters.entry import MONTH, BudgetFilter, EntryFilter, RateFilter

__all__ = ["MONTH", "BenefitFilter", "BudgetFilter", "BusinessCaseFilter", "EntryFilter", "RateFilter"]
