"""What a business case assumes, in one form."""

from typing import Any

from django import forms

from core.forms import RatioField, TenantForm
from finance.models import BusinessCase
from finance.services.business_case import LONGEST_ASSUMPTION, LONGEST_OWNER, MOST_ASSUMPTIONS

#: Empty rows for further assumptions.
FREE_ROWS = 3


def rate_field(label: str, help_text: str, *, required: bool = False) -> RatioField:
    return RatioField(label=label, help_text=help_text, required=required, min_value=-99, max_value=900)


class BusinessCaseForm(TenantForm):
    """Rates, convention and horizon, and what has to be true in words, each with its owner."""

    discount_ratio = rate_field("Discount rate", "A year.", required=True)
    finance_ratio = rate_field("Finance rate", "For MIRR: what borrowing costs. Empty: the discount rate.")
    reinvest_ratio = rate_field("Reinvestment rate", "For MIRR: what returns earn. Empty: the discount rate.")
    first_month = forms.DateField(
        label="First month", required=False, help_text="Time zero. Empty: the month of the first entry."
    )
    horizon_months = forms.IntegerField(
        label="Horizon", required=False, min_value=1, max_value=600, help_text="Months. Empty: all that is entered."
    )

    class Meta:
        model = BusinessCase
        fields = (
            "discount_ratio",
            "timing",
            "finance_ratio",
            "reinvest_ratio",
            "first_month",
            "horizon_months",
            "summary",
        )
        labels = {"timing": "Cash flows fall"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = list(self.instance.assumptions)
        sent = sum(name.startswith("text_") for name in self.data) if self.is_bound else 0
        self.row_count = min(max(len(kept) + FREE_ROWS, sent), MOST_ASSUMPTIONS)
        for place in range(self.row_count):
            told = kept[place] if place < len(kept) else {}
            self.fields[f"text_{place}"] = _row_field(f"Assumption {place + 1}", LONGEST_ASSUMPTION, told.get("text"))
            self.fields[f"owner_{place}"] = _row_field(f"Owner of {place + 1}", LONGEST_OWNER, told.get("owner"))
            self.fields[f"owner_{place}"].widget.attrs["list"] = "owners"

    @property
    def rate_fields(self) -> list[Any]:
        """The fields of the upper part."""
        return [self[name] for name in self._meta.fields or ()]

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """The fields of each assumption: text and owner."""
        return [(self[f"text_{place}"], self[f"owner_{place}"]) for place in range(self.row_count)]

    def values(self) -> dict[str, Any]:
        rows = [
            {"text": self.cleaned_data.get(f"text_{place}", ""), "owner": self.cleaned_data.get(f"owner_{place}", "")}
            for place in range(self.row_count)
        ]
        return {**super().values(), "assumptions": rows}


def _row_field(label: str, longest: int, initial: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, required=False, initial=initial or "")
