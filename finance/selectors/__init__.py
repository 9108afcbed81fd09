"""Reads of money."""

from finance.selectors.benefit import (
    BENEFIT_HEADER,
    BenefitRead,
    MonthRow,
    benefit_cells,
    benefit_reads,
    benefits_of,
    grid_of,
)
from finance.selectors.cash_flow import (
    BASES,
    MIXED,
    CaseRead,
    CashMonth,
    CountedEntry,
    case_read,
    counted_entries,
    found_case,
)
from finance.selectors.cells import Cell, CellErrors, CellResult
from finance.selectors.earned_value import EarnedMonth, EarnedRead, earned_value
from finance.selectors.rates import currencies_used, rates_of

__all__ = [
    "BASES",
    "BENEFIT_HEADER",
    "BenefitRead",
    "CaseRead",
    "CashMonth",
    "Cell",
    "CellErrors",
    "CellResult",
    "CountedEntry",
    "EarnedMonth",
    "EarnedRead",
    "MIXED",
    "MonthRow",
    "benefit_cells",
    "benefit_reads",
    "benefits_of",
    "case_read",
    "counted_entries",
    "currencies_used",
    "earned_value",
    "found_case",
    "grid_of",
    "rates_of",
]
