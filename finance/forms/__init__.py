"""Forms of money."""

from finance.forms.benefit import BenefitForm, BenefitGridForm
from finance.forms.business_case import BusinessCaseForm

__all__ = ["BenefitForm", "BenefitGridForm", "BusinessCaseForm"]
