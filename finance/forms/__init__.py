"""Forms of money."""

from finance.forms.benefit import BenefitForm, BenefitGridForm
from finance.forms.budget import ApprovalForm
from finance.forms.business_case import BusinessCaseForm
from finance.forms.rate import RateForm

__all__ = ["ApprovalForm", "BenefitForm", "BenefitGridForm", "BusinessCaseForm", "RateForm"]
