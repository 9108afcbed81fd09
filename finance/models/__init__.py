"""Money: what was budgeted, is expected and was spent or earned, and what it is to bring."""

from finance.models.benefit import Benefit, BenefitMonth, BenefitUnit
from finance.models.budget import Budget, BudgetLine, BudgetStatus
from finance.models.business_case import BusinessCase, CashFlowTiming
from finance.models.entry import EntryClass, EntryKind, FinancialEntry
from finance.models.rate import ExchangeRate
from finance.models.subject import SUBJECTS

__all__ = [
    "SUBJECTS",
    "Benefit",
    "BenefitMonth",
    "BenefitUnit",
    "Budget",
    "BudgetLine",
    "BudgetStatus",
    "BusinessCase",
    "CashFlowTiming",
    "EntryClass",
    "EntryKind",
    "ExchangeRate",
    "FinancialEntry",
]
