"""A benefit, and its profile by month."""

import datetime
import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.formats import date_format

from core.forms import TenantForm
from finance.models import Benefit, BenefitUnit
from finance.selectors import MonthRow

GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+")
PLACES = 4


class BenefitForm(TenantForm):
    """What a benefit is, how it is measured, and who answers for it."""

    class Meta:
        model = Benefit
        fields = ("name", "measure", "unit", "currency", "owner", "is_lower_better", "description")
        help_texts = {"currency": "Of a benefit in money. Empty: the organization's."}

    def clean_currency(self) -> str:
        """The organization's where none is typed; a benefit that is not in money has none."""
        typed = str(self.cleaned_data.get("currency") or "").upper()
        return (typed or self.organization.currency) if self.cleaned_data.get("unit") == BenefitUnit.MONEY else ""


class ValueField(forms.CharField):
    """A measured value as people type and paste it: 1,200.5, 1 200,5, 62%."""

    def __init__(self, *, is_share: bool, **options: Any) -> None:
        super().__init__(required=False, max_length=40, **options)
        self.is_share = is_share

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        return format((value * 100 if self.is_share else value).normalize(), "f")

    def clean(self, value: Any) -> Decimal | None:
        text = re.sub(r"[\s\u00a0\u202f'%$€£]", "", super().clean(value)).replace("−", "-")
        if text in {"", "-", "–"}:
            return None
        if "," in text and "." in text:
            text = text.replace(min(",.", key=text.rindex), "").replace(",", ".")
        elif "," in text:
            text = text.replace(",", "") if GROUPED.fullmatch(text) else text.replace(",", ".")
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise forms.ValidationError("Write a number, such as 1,200.5.")
        number = number / 100 if self.is_share else number
        if abs(number) >= 10**14 or number != round(number, PLACES):
            raise forms.ValidationError("At most 14 digits before the point, and 4 after it.")
        return number


class BenefitGridForm(forms.Form):
    """A benefit's months: planned, realized and a note in each row; what differs from what is kept is saved."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    form_token = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, benefit: Benefit, grid: Sequence[MonthRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grid = grid
        self.fields["version"].initial = benefit.version
        is_share = benefit.unit == BenefitUnit.RATIO
        for row in grid:
            month = date_format(row.month, "M Y")
            for name, value in (("planned", row.planned), ("realized", row.realized)):
                field = ValueField(is_share=is_share, label=f"{name.title()} in {month}", initial=value)
                field.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}
                self.fields[_key(name, row.month)] = field
            note = forms.CharField(label=f"Note of {month}", required=False, max_length=200, initial=row.note)
            self.fields[_key("note", row.month)] = note

    @property
    def rows(self) -> list[tuple[MonthRow, Any, Any, Any]]:
        """Each month with its three fields."""
        return [
            (row, self[_key("planned", row.month)], self[_key("realized", row.month)], self[_key("note", row.month)])
            for row in self.grid
        ]

    def changed_months(self) -> list[dict[str, Any]]:
        """What was typed and is not what was shown, month by month."""
        columns = (("planned", "planned_value"), ("realized", "realized_value"), ("note", "note"))
        found = []
        for row in self.grid:
            shown = {"planned": row.planned, "realized": row.realized, "note": row.note}
            typed = {name: self.cleaned_data.get(_key(name, row.month)) for name in shown}
            values = {column: typed[name] for name, column in columns if typed[name] != shown[name]}
            if values:
                found.append({"month": row.month, **values})
        return found

    @property
    def expected_version(self) -> int | None:
        version: int | None = self.cleaned_data.get("version")
        return version


def _key(name: str, month: datetime.date) -> str:
    return f"{name}-{month:%Y-%m}"
