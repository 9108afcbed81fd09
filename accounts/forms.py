"""Forms for signing in and for settings."""

import datetime
import secrets
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.utils.dates import MONTHS
from django.utils.html import format_html

from accounts.models import ApiToken, Membership, Organization, SavedView
from core.access import Role, can
from core.forms import TenantForm

ROLE_WORDS = {
    Role.OWNER: "Everything, and the settings, members and roles besides.",
    Role.PORTFOLIO_MANAGER: "Portfolios, products, stances, and all that is below them; reads the audit log.",
    Role.PROGRAM_MANAGER: "Programs, projects and imports; moves projects along their lifecycle.",
    Role.CONTRIBUTOR: "Proposes projects; reports progress, activities and risks.",
    Role.VIEWER: "Reads everything and changes nothing.",
}
ROLE_CHOICES = [
    (role.value, format_html("{}<span class=help>{}</span>", role.label, ROLE_WORDS[role])) for role in Role
]
#: For how long a token is good: choice -> days.
LIFETIMES = {"30": 30, "90": 90, "365": 365, "": None}


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


class OrganizationForm(TenantForm):
    """What the organization is called and when its year starts."""

    fiscal_year_start_month = forms.TypedChoiceField(
        label="Fiscal year starts in", coerce=int, choices=list(MONTHS.items()),
        help_text="Dates outside the present fiscal year are shown with their year.",
    )  # fmt: skip

    class Meta:
        model = Organization
        fields = ("name", "fiscal_year_start_month")


class RoleForm(TenantForm):
    """A member's role, and whether amounts are shown."""

    role = forms.ChoiceField(choices=ROLE_CHOICES, widget=forms.RadioSelect)

    class Meta:
        model = Membership
        fields = ("role", "sees_amounts")


class MemberForm(TenantForm):
    """A person who shall be a member, by e-mail address."""

    email = forms.EmailField(
        label="E-mail address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    name = forms.CharField(
        max_length=200, required=False, help_text="Only for somebody who signs in nowhere on this server yet."
    )
    role = forms.ChoiceField(choices=ROLE_CHOICES, initial=Role.CONTRIBUTOR, widget=forms.RadioSelect)

    class Meta:
        model = Membership
        fields = ("role", "sees_amounts")

    field_order = ("email", "name", "role", "sees_amounts")


class TokenForm(TenantForm):
    """What an API token is for, what it may do, and until when."""

    scope = forms.ChoiceField(label="May", choices=[("read", "Only read"), ("write", "Read and write")])
    lifetime = forms.ChoiceField(
        label="Ends", required=False, initial="90",
        choices=[("30", "In 30 days"), ("90", "In 90 days"), ("365", "In a year"), ("", "Never")],
        help_text="A token that ends cannot be forgotten in a script.",
    )  # fmt: skip

    class Meta:
        model = ApiToken
        fields = ("name", "scope")

    def expires_at(self, now: datetime.datetime) -> datetime.datetime | None:
        days = LIFETIMES[self.cleaned_data["lifetime"]]
        return None if days is None else now + datetime.timedelta(days)


class SavedViewForm(TenantForm):
    """What a view of a list is called, what it asks for, and whose it is."""

    is_shared = forms.BooleanField(
        label="Everybody's", required=False, help_text="All members have it among their views; else only you."
    )

    class Meta:
        model = SavedView
        fields = ("name", "query", "page")
        widgets = {"query": forms.HiddenInput, "page": forms.HiddenInput}  # noqa: RUF012

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autofocus"] = True
        if self.instance.pk or not can(self.user, "view.share", self.organization):
            del self.fields["is_shared"]
        if self.instance.pk:
            del self.fields["query"], self.fields["page"]

    def values(self) -> dict[str, Any]:
        shared = {"is_shared": self.cleaned_data["is_shared"]} if "is_shared" in self.fields else {}
        return {**super().values(), **shared}


class SentOnce(forms.Form):
    """A form over no row, which is nevertheless taken once however often it is sent."""

    form_token = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form_token"].initial = secrets.token_urlsafe(16)


class NameForm(SentOnce):
    """How a person is called."""

    name = forms.CharField(max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))


class PasswordForm(SentOnce, PasswordChangeForm):
    """The present password and the next one, twice."""

    error_messages = {  # noqa: RUF012
        "password_incorrect": "That is not your present password. Type it again.",
        "password_mismatch": "The two new passwords differ. Type the new one twice.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = "Present password"
        self.fields["old_password"].widget.attrs.pop("autofocus", None)
        _label_new_passwords(self)


class FirstPasswordForm(SetPasswordForm):
    """A new password, twice, for a person who came by a link."""

    error_messages = {  # noqa: RUF012
        "password_mismatch": "The two passwords differ. Type the same one twice."
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label_new_passwords(self)


def _label_new_passwords(form: Any) -> None:
    form.fields["new_password1"].label = "New password"
    form.fields["new_password1"].help_text = "Ten characters or more, not a common one, and not your name."
    form.fields["new_password2"].label = "New password again"
    form.fields["new_password2"].help_text = ""
