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
from finance.selectors.earned_value import EarnedMonth, EarnedRead, earned_value

__all__ = [
    "BASES",
    "BENEFIT_HEADER",
    "MIXED",
    "BenefitRead",
    "CaseRead",
    "CashMonth",
    "CountedEntry",
    "EarnedMonth",
    "EarnedRead",
    "MonthRow",
    "benefit_cells",
    "benefit_reads",
    "benefits_of",
    "case_read",
    "counted_entries",
    "earned_value",
    "found_case",
    "grid_of",
]
