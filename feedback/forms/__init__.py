"""What a person may say about feedback, labels, links and accounts."""

import secrets
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from accounts.models import Currency
from core.forms import LONGEST_TEXT, TenantForm, visible_choices
from feedback.models import (
    FIRST_YEAR,
    TARGETS,
    CustomerAccount,
    DraftingEndpoint,
    FeedbackItem,
    FeedbackKind,
    FeedbackLink,
    FeedbackPolicy,
    IntakeHook,
    Mailbox,
    Sentiment,
    Theme,
    Urgency,
    UserStory,
)
from feedback.selectors.products import portfolio_model, product_model
from programs.models import Program
from projects.models import Project


class SourceField(forms.URLField):
    """Where something was said. Browsers refuse an address without its scheme; here https stands before it."""

    widget = forms.TextInput(attrs={"inputmode": "url"})

    def __init__(self) -> None:
        super().__init__(label="Source", required=False, max_length=2_000, assume_scheme="https")


class ItemForm(TenantForm):
    """What a customer said."""

    source_url = SourceField()
    said_date = forms.DateField(label="Said on", required=False, help_text="Empty: today.")

    class Meta:
        model = FeedbackItem
        fields = (
            "text", "title", "author_name", "author_email", "author_role", "account", "product", "rating", "source_url",
        )  # fmt: skip
        labels: ClassVar[dict[str, str]] = {"text": "What was said", "author_name": "Who said it", "title": "In short"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].empty_label = "The one of the e-mail address"  # type: ignore[attr-defined]
        self.fields["product"].empty_label = "Let the analyser suggest"  # type: ignore[attr-defined]

    def clean_said_date(self) -> Any:
        day = self.cleaned_data["said_date"]
        if day is not None and day > timezone.localdate():
            raise forms.ValidationError("It cannot have been said in the future.")
        if day is not None and day.year < FIRST_YEAR:
            raise forms.ValidationError(f"It cannot have been said before {FIRST_YEAR}.")
        return day

    def values(self) -> dict[str, Any]:
        found = super().values()
        if day := self.cleaned_data.get("said_date"):
            noon = timezone.datetime(day.year, day.month, day.day, 12)  # type: ignore[attr-defined]
            found["said_at"] = timezone.make_aware(noon)
        return found


class AuthorForm(TenantForm):
    """Who said it; the text stays."""

    source_url = SourceField()

    class Meta:
        model = FeedbackItem
        fields = ("title", "author_name", "author_email", "author_role", "account", "rating", "source_url", "owner")


class LabelForm(TenantForm):
    """What labels are. The page says beside each field what it showed, so that what changed since stays."""

    class Meta:
        model = FeedbackItem
        fields = ("sentiment", "kind", "urgency", "language", "product")

    def changed(self) -> dict[str, Any]:
        """The labels that the person set otherwise than they were shown."""
        return {name: value for name, value in self.values().items() if self._is_set(name)}

    def _is_set(self, name: str) -> bool:
        shown = self.data.get(self.add_initial_prefix(name))
        if name not in self.data:
            return False
        return name in self.changed_data if shown is None else shown != self.data[name].strip()


class LinkForm(TenantForm):
    """What an item asks for."""

    target = forms.ChoiceField(label="Project or product")

    class Meta:
        model = FeedbackLink
        fields = ("importance", "note")

    field_order = ("target", "importance", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rows = {
            "project": visible_choices(Project.objects.all(), self.user, self.organization).order_by("name", "pk"),
            "product": visible_choices(product_model().objects.all(), self.user, self.organization).order_by("name"),
        }
        groups = [
            (f"{name.title()}s", [(f"{name}-{row.pk}", row.name) for row in self._rows[name]]) for name in TARGETS
        ]
        self.fields["target"].choices = [("", "Choose"), *groups]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        name, _, pk = self.cleaned_data["target"].partition("-")
        return {**super().values(), name: self._rows[name].get(pk=pk)}


class AccountForm(TenantForm):
    """A customer, and what it pays."""

    class Meta:
        model = CustomerAccount
        fields = (
            "name", "segment", "arr_amount", "currency", "renews_date", "email_domain", "owner", "external_key",
        )  # fmt: skip


class PolicyForm(TenantForm):
    """How feedback is handled."""

    class Meta:
        model = FeedbackPolicy
        fields = ("masks_personal_data",)


class EndpointForm(TenantForm):
    """The model that writes drafts. The key is typed and never shown."""

    api_key = forms.CharField(
        label="API key", required=False, max_length=500, strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}, render_value=False),
    )  # fmt: skip
    forgets_key = forms.BooleanField(label="Forget the kept key", required=False)

    class Meta:
        model = DraftingEndpoint
        fields = (
            "base_url", "model", "currency", "input_price_amount", "output_price_amount", "cap_amount",
            "timeout_seconds", "is_active",
        )  # fmt: skip

    field_order = (
        "base_url", "model", "api_key", "timeout_seconds", "input_price_amount", "output_price_amount", "cap_amount",
        "currency", "forgets_key", "is_active",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].validators.append(Currency)
        for name in ("input_price_amount", "output_price_amount", "cap_amount"):
            self.initial[name] = f"{Decimal(self.initial.get(name) or 0).normalize():f}"
        if self.instance.sealed_key:
            self.fields["api_key"].help_text = "One is kept, encrypted. Empty leaves it as it is; it is never shown."
        else:
            self.fields["api_key"].help_text = "Kept encrypted, and never shown again. Many models at home need none."
            del self.fields["forgets_key"]

    def values(self) -> dict[str, Any]:
        return {
            **super().values(),
            "api_key": self.cleaned_data["api_key"],
            "forgets_key": self.cleaned_data.get("forgets_key", False),
        }


class MailboxForm(TenantForm):
    """Where mail is read; the password is asked for once, and kept where it is left empty later."""

    password = forms.CharField(
        max_length=500, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    field_order = ("name", "user", "password", "host", "port", "security", "folder", "product", "is_active")

    class Meta:
        model = Mailbox
        fields = (
            "name", "user", "host", "port", "security", "folder", "product", "is_active", "reads_existing",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].empty_label = "Let the analyser suggest"  # type: ignore[attr-defined]
        self.fields["user"].widget.attrs["autocomplete"] = "off"
        if self.instance.pk:
            self.fields["password"].required = False
            self.fields["password"].help_text = "Empty: the one there is stays."

    def values(self) -> dict[str, Any]:
        return {**super().values(), "password": self.cleaned_data["password"]}


class HookForm(TenantForm):
    """Who sends."""

    class Meta:
        model = IntakeHook
        fields = ("name", "product", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].empty_label = "Let the analyser suggest"  # type: ignore[attr-defined]


class ReplyForm(forms.Form):
    """What is answered, and where the next message goes."""

    text = forms.CharField(
        label="Your reply", max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 9, "autofocus": True}),
        help_text="What they said is quoted below it.",
    )  # fmt: skip
    reply_to = forms.ChoiceField(label="Their answer goes to")
    form_token = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, addresses: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reply_to"].choices = [(address, address) for address in addresses]  # type: ignore[attr-defined]
        self.fields["reply_to"].initial = addresses[0]
        self.fields["form_token"].initial = secrets.token_urlsafe(16)

    def values(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("text", "reply_to")}


class MergeForm(forms.Form):
    """Which item said it first."""

    into = forms.ModelChoiceField(
        FeedbackItem.objects.none(), label="It says again what this item said",
        error_messages={"required": "Choose the item that said it first."},
    )  # fmt: skip

    def __init__(self, *args: Any, candidates: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = candidates  # type: ignore[attr-defined]


class ThemeForm(TenantForm):
    """What a theme is called."""

    class Meta:
        model = Theme
        fields = ("name", "is_pinned")


class ThemeMergeForm(forms.Form):
    """Into which theme several are merged, and what that is called then."""

    into = forms.ModelChoiceField(Theme.objects.none(), label="Merge into")
    name = forms.CharField(
        label="Name", required=False, max_length=120, help_text="Empty: as the theme is called, or what its items say."
    )

    def __init__(self, *args: Any, themes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = themes  # type: ignore[attr-defined]


class ThemeSplitForm(forms.Form):
    """What the new theme is called."""

    name = forms.CharField(
        label="Name of the new theme", required=False, max_length=120, help_text="Empty: what its items say."
    )


class ThemePickForm(forms.Form):
    """Which theme items are of."""

    theme = forms.ModelChoiceField(Theme.objects.none(), required=False, label="Theme")
    none = forms.BooleanField(required=False)

    def __init__(self, *args: Any, themes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["theme"].queryset = themes  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("theme") and not data.get("none") and "theme" not in self.errors:
            raise forms.ValidationError("Choose a theme, or that the items are of none.")
        return data

    @property
    def chosen(self) -> Theme | None:
        """The theme; None where the person said that there is none."""
        return None if self.cleaned_data["none"] else self.cleaned_data["theme"]


class StoryForm(TenantForm):
    """A draft of a user story; what must hold is typed a sentence a line."""

    use_required_attribute = False  # Its words may be folded away, where a browser would refuse without a sound.

    criteria = forms.CharField(
        label="Accepted when", required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="A sentence a line.",
    )  # fmt: skip

    class Meta:
        model = UserStory
        fields = ("role", "goal", "benefit", "criteria", "size", "product")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["goal"].required = True
        self.fields["goal"].error_messages["required"] = "Say first what is wanted."
        self.initial["criteria"] = "\n".join(self.instance.criteria)

    def clean_criteria(self) -> list[str]:
        return [line.strip(" -•\t")[:500] for line in self.cleaned_data["criteria"].splitlines() if line.strip(" -•\t")]


class AcceptForm(forms.Form):
    """Where a story becomes work."""

    where = forms.ChoiceField(label="It becomes")
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: Any, organization: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        models = {"program": Program, "portfolio": portfolio_model(), "project": Project}
        self._rows = {
            name: visible_choices(model.objects.all(), user, organization).order_by("name", "pk")
            for name, model in models.items()
        }
        words = {
            "program": "A proposed project in the program",
            "portfolio": "A proposed project in the portfolio",
            "project": "An activity of the project",
        }
        groups = [
            (words[name], [(f"{name}-{pk}", text) for pk, text in rows.values_list("pk", "name")])
            for name, rows in self._rows.items()
        ]
        self.fields["where"].choices = [("", "Choose"), *groups]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        name, _, pk = self.cleaned_data["where"].partition("-")
        return {name: self._rows[name].get(pk=pk), "expected_version": self.cleaned_data["version"]}


class CheckForm(forms.Form):
    """What a person would have said of an item."""

    sentiment = forms.ChoiceField(choices=[("", "Choose"), *Sentiment.choices])
    kind = forms.ChoiceField(label="Type", choices=[("", "None of these"), *FeedbackKind.choices], required=False)
    urgency = forms.ChoiceField(choices=[("", "Choose"), *Urgency.choices])
