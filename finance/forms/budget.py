"""The approval of a budget."""

import secrets
from typing import Any

from django import forms


class ApprovalForm(forms.Form):
    """Why a budget differs from the one before, and which one the person saw."""

    form_token = forms.CharField(widget=forms.HiddenInput, required=False)
    expected_number = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), help_text="Kept with the budget."
    )

    def __init__(self, *args: Any, number: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form_token"].initial = secrets.token_urlsafe(16)
        self.fields["expected_number"].initial = number
        if number:
            self.fields["reason"].label = f"Why it differs from budget {number}"
            self.fields["reason"].required = True
