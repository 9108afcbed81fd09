"""Every write of money."""

from finance.services.benefit import (
    archive_benefit,
    create_benefit,
    restore_benefit,
    set_benefit_months,
    update_benefit,
)
from finance.services.business_case import create_business_case, update_business_case

__all__ = [
    "archive_benefit",
    "create_benefit",
    "create_business_case",
    "restore_benefit",
    "set_benefit_months",
    "update_benefit",
    "update_business_case",
]
