"""Forms for signing in and for settings."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    """E-mail address and password."""

    username = forms.EmailField(
        label="Email",
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
        error_messages={"invalid": "That is no complete e-mail address: it needs a name, an @ and a domain."},
    )
    password = forms.CharField(
        label="Password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    stay = forms.BooleanField(label="Stay signed in on this device for 14 days", required=False, initial=True)

    error_messages = {  # noqa: RUF012
        "invalid_login": "Not signed in: e-mail and password do not belong together. Check both and try again.",
        "inactive": "This person may no longer sign in.",
    }
