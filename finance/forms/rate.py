"""A dated exchange rate."""

from typing import Any

from django import forms

from core.forms import TenantForm
from finance.models import ExchangeRate


class RateForm(TenantForm):
    """What a currency is worth from a day on."""

    class Meta:
        model = ExchangeRate
        fields = ("currency", "from_date", "rate", "source")
        labels = {"from_date": "From", "rate": "Rate"}
        widgets = {
            "currency": forms.TextInput(attrs={"maxlength": 3, "placeholder": "EUR", "autocapitalize": "characters"})
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rate"].help_text = f"Units of {self.organization.currency} for one unit of the other currency."
        self.fields["from_date"].help_text = "It holds from this day until the next rate of the currency."
        if self.instance.pk:
            self.fields["currency"].disabled = True

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()
