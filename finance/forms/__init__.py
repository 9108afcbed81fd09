"""Forms of money."""

from finance.forms.budget import ApprovalForm
from finance.forms.rate import RateForm

__all__ = ["ApprovalForm", "RateForm"]
