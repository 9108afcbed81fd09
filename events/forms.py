"""Forms of webhooks."""

from dataclasses import dataclass
from typing import Any

from django import forms

from core.errors import FieldErrors
from core.forms import TenantForm
from events.models import WebhookEndpoint
from events.selectors.kinds import public_types, type_groups
from events.services.webhook import checked_url

NOTHING_CHOSEN = "Choose at least one event, or every event."
#: How far back what failed is sent again: choice -> words.
SINCE = [("1", "the last hour"), ("24", "the last 24 hours"), ("168", "the last 7 days"), ("720", "the last 30 days")]


@dataclass(frozen=True)
class TypeGroup:
    """Events about one kind of thing, and which of them are chosen."""

    name: str
    types: list[tuple[str, bool]]

    @property
    def chosen(self) -> int:
        return sum(is_chosen for _, is_chosen in self.types)


class WebhookForm(TenantForm):
    """What an endpoint is called, where it is, and what it is told."""

    url = forms.CharField(
        label="URL", max_length=2000, widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
        help_text="It takes POST requests and answers with a status from 200 to 299 within ten seconds.",
    )  # fmt: skip
    types = forms.MultipleChoiceField(
        label="Events", required=False, choices=lambda: sorted((name, name) for name in public_types())
    )

    class Meta:
        model = WebhookEndpoint
        fields = ("name", "url", "has_all_types", "types")

    def clean_url(self) -> str:
        """Said at the same time as what else is wrong; the service asks again."""
        try:
            return checked_url(url=self.cleaned_data["url"])
        except FieldErrors as error:
            raise forms.ValidationError(error.errors["url"]) from None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("has_all_types") and not cleaned.get("types") and "types" not in self.errors:
            self.add_error("types", NOTHING_CHOSEN)
        return cleaned

    def type_groups(self) -> list[TypeGroup]:
        """All that may be chosen, with what is."""
        chosen = set(self["types"].value() or ())
        return [TypeGroup(name, [(each, each in chosen) for each in types]) for name, types in type_groups()]


class ReplayForm(forms.Form):
    """Since when what failed is to be sent again."""

    hours = forms.TypedChoiceField(
        label="Failed in", coerce=int, choices=SINCE, initial="24", widget=forms.Select(attrs={"class": "input"})
    )
