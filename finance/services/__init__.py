"""Every write of money."""

from finance.services.benefit import (
    archive_benefit,
    create_benefit,
    restore_benefit,
    update_benefit,
)
from finance.services.benefit_months import UndoneMonths, set_benefit_months, undo_benefit_months
from finance.services.budget import approve_budget
from finance.services.business_case import create_business_case, update_business_case
from finance.services.entry import Undone, create_entry, remove_entry, set_entries, undo_entries, update_entry
from finance.services.rate import remove_rate, set_rate, update_rate

__all__ = [
    "Undone",
    "UndoneMonths",
    "approve_budget",
    "archive_benefit",
    "create_benefit",
    "create_business_case",
    "create_entry",
    "remove_entry",
    "remove_rate",
    "restore_benefit",
    "set_benefit_months",
    "set_entries",
    "set_rate",
    "undo_benefit_months",
    "undo_entries",
    "update_benefit",
    "update_business_case",
    "update_entry",
    "update_rate",
]
