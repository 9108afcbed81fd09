"""Pages of money."""

from finance.views.benefit import (
    benefit_archive,
    benefit_create,
    benefit_detail,
    benefit_edit,
    benefit_months,
    benefit_months_undo,
    benefit_restore,
    benefits,
)
from finance.views.business_case import business_case, business_case_edit, business_case_rows
from finance.views.earned_value import earned_value_page

__all__ = [
    "benefit_archive",
    "benefit_create",
    "benefit_detail",
    "benefit_edit",
    "benefit_months",
    "benefit_months_undo",
    "benefit_restore",
    "benefits",
    "business_case",
    "business_case_edit",
    "business_case_rows",
    "earned_value_page",
]
