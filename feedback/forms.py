"""What a person may say about feedback, labels, links and accounts."""

from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from core.forms import TenantForm, visible_choices
from feedback.models import (
    TARGETS,
    CustomerAccount,
    FeedbackItem,
    FeedbackKind,
    FeedbackLink,
    FeedbackPolicy,
    Sentiment,
    Urgency,
    UserStory,
)
from feedback.selectors.products import portfolio_model, product_model
from programs.models import Program
from projects.models import Project


class ItemForm(TenantForm):
    """What a customer said."""

    source_url = forms.URLField(label="Source", required=False, max_length=2_000, assume_scheme="https")
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
        return day

    def values(self) -> dict[str, Any]:
        found = super().values()
        if day := self.cleaned_data.get("said_date"):
            noon = timezone.datetime(day.year, day.month, day.day, 12)  # type: ignore[attr-defined]
            found["said_at"] = timezone.make_aware(noon)
        return found


class AuthorForm(TenantForm):
    """Who said it; the text stays."""

    source_url = forms.URLField(label="Source", required=False, max_length=2_000, assume_scheme="https")

    class Meta:
        model = FeedbackItem
        fields = ("title", "author_name", "author_email", "author_role", "account", "rating", "source_url", "owner")


class LabelForm(TenantForm):
    """What labels are."""

    class Meta:
        model = FeedbackItem
        fields = ("sentiment", "kind", "urgency", "language", "product")

    def changed(self) -> dict[str, Any]:
        """The labels that the person set otherwise."""
        return {name: value for name, value in self.values().items() if name in self.changed_data}


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


class MergeForm(forms.Form):
    """Which item said it first."""

    into = forms.ModelChoiceField(FeedbackItem.objects.none(), label="It says again what this item said")

    def __init__(self, *args: Any, candidates: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = candidates  # type: ignore[attr-defined]


class StoryForm(TenantForm):
    """A draft of a user story; what must hold is typed a sentence a line."""

    criteria = forms.CharField(
        label="Accepted when", required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="A sentence a line.",
    )  # fmt: skip

    class Meta:
        model = UserStory
        fields = ("role", "goal", "benefit", "criteria", "size", "product")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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
