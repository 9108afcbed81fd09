"""What visitors of a portal send, guarded against programs; and what members say of portals, ideas and releases."""

import datetime
import secrets
from typing import Any, ClassVar

from django import forms
from django.core import signing

from core.forms import TenantForm
from feedback.models import IdeaStatus, Portal, PortalIdea, PortalVisitor, Release

#: A form that is sent sooner was not read; one that is sent later was forgotten in a tab.
FASTEST, SLOWEST = datetime.timedelta(seconds=3), datetime.timedelta(days=1)
EXPIRED = "This page was open for too long, or it was changed on its way. What you typed is kept: send it again."
TOO_FAST = "This was sent within seconds of opening the page. What you typed is kept: look it over, then send it again."
NOT_EMPTY = "Leave the field “Website” empty. What else you typed is kept: send it again."


def form_token(portal: Portal, visitor: PortalVisitor | None, now: datetime.datetime) -> str:
    """What a form of a portal carries: when it was made, for whom, and a number used once.

    It stands against forgery too: a visitor's cookie alone, sent from another site's page, does nothing.
    """
    content = {"at": int(now.timestamp()), "for": visitor.pk if visitor else 0, "once": secrets.token_urlsafe(12)}
    return signing.dumps(content, salt=f"portal.form.{portal.pk}")


class GuardedForm(forms.Form):
    """A form that anybody may send: once, by hand, from a page that we made for them."""

    token = forms.CharField(widget=forms.HiddenInput, required=False, max_length=500)
    website = forms.CharField(required=False, max_length=500, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    #: So long it takes a person at least.
    fastest = datetime.timedelta()

    def __init__(
        self, *args: Any, portal: Portal, visitor: PortalVisitor | None, now: datetime.datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.portal, self.visitor, self.now = portal, visitor, now
        self.nonce = ""
        self.initial["token"] = form_token(portal, visitor, now)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        sentence = self._refusal(data)
        if sentence:
            self.renew()
            raise forms.ValidationError(sentence)
        return data

    def renew(self) -> None:
        """Give the form that is shown again a token of its own, and the trap its emptiness back."""
        data: Any = self.data
        self.data = data = data.copy()
        data["token"], data["website"] = form_token(self.portal, self.visitor, self.now), ""

    def _refusal(self, data: dict[str, Any]) -> str:
        try:
            told = signing.loads(data.get("token", ""), salt=f"portal.form.{self.portal.pk}")
        except signing.BadSignature:
            return EXPIRED
        age = self.now.timestamp() - told["at"]
        if told["for"] != (self.visitor.pk if self.visitor else 0) or age > SLOWEST.total_seconds():
            return EXPIRED
        self.nonce = told["once"]
        if data.get("website"):
            return NOT_EMPTY
        if age < self.fastest.total_seconds():
            return TOO_FAST
        return ""

    @property
    def shown_fields(self) -> list[Any]:
        """Fields that a person fills in."""
        return [self[name] for name in self.fields if name not in ("token", "website")]


def _email(help_text: str, *, required: bool) -> forms.EmailField:
    widget = forms.EmailInput(attrs={"autocomplete": "email"})
    return forms.EmailField(label="Your e-mail", required=required, max_length=254, help_text=help_text, widget=widget)


class SubmitForm(GuardedForm):
    """What a visitor asks for."""

    fastest = FASTEST
    title = forms.CharField(label="In short", max_length=200)
    text = forms.CharField(
        label="What would it let you do?", max_length=5_000, widget=forms.Textarea(attrs={"rows": 7}),
        help_text="Everybody may read it once it is shown: leave out names and secrets.",
    )  # fmt: skip
    email = _email("To be told what becomes of it. It is never shown.", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.visitor is not None:
            del self.fields["email"]

    def values(self) -> dict[str, Any]:
        names = ("title", "text", "email")
        return {"nonce": self.nonce, **{name: self.cleaned_data[name] for name in names if name in self.fields}}


class TakePartForm(GuardedForm):
    """A vote, or a wish to be told; who is not known yet says under which address."""

    email = _email("A link is mailed to you: it counts once you have confirmed it. Never shown.", required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.visitor is not None:
            del self.fields["email"]


class PortalForm(TenantForm):
    """What a portal is called, and how it works."""

    class Meta:
        model = Portal
        fields: tuple[str, ...] = (
            "product", "title", "slug", "intro", "accepts_ideas", "moderates", "shows_votes", "is_indexed",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["intro"].widget = forms.Textarea(attrs={"rows": 4})
        if self.instance.pk:
            del self.fields["product"]
        else:
            taken = Portal.objects.filter(organization=self.organization).values("product")
            field: Any = self.fields["product"]
            field.queryset = field.queryset.exclude(pk__in=taken).order_by("name", "pk")


class IdeaForm(TenantForm):
    """The public words of an idea, and the work and release that bring it."""

    class Meta:
        model = PortalIdea
        fields: tuple[str, ...] = ("portal", "title", "text", "project", "release")

    def __init__(self, *args: Any, portal: Portal | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget = forms.Textarea(attrs={"rows": 7})
        release: Any = self.fields["release"]
        if portal is None:
            portals: Any = self.fields["portal"]
            portals.queryset = Portal.objects.visible_to(self.user).order_by("title", "pk")
            del self.fields["release"]
        else:
            del self.fields["portal"]
            release.queryset = release.queryset.filter(product=portal.product_id).order_by("-released_date", "-pk")
        project: Any = self.fields["project"]
        project.queryset = project.queryset.order_by("name", "pk")


class IdeaStatusForm(forms.Form):
    """What becomes of an idea."""

    status = forms.ChoiceField(choices=IdeaStatus.choices)
    note = forms.CharField(
        required=False, max_length=1_000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Public, and in the mail: why, or when.",
    )  # fmt: skip
    tells = forms.BooleanField(label="Tell those who asked, voted or follow", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class IdeaMergeForm(forms.Form):
    """Which idea asks for the same."""

    into = forms.ModelChoiceField(PortalIdea.objects.none(), label="It asks for the same as", empty_label="Choose")
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, candidates: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = candidates  # type: ignore[attr-defined]


class ReleaseForm(TenantForm):
    """A version of a product, and the ideas that it brings."""

    ideas = forms.ModelMultipleChoiceField(
        PortalIdea.objects.none(), label="Ideas that it brings", required=False, widget=forms.CheckboxSelectMultiple
    )
    #: What the page showed as brought: an idea that somebody else adds or gives to another release meanwhile stays so.
    brought = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Release
        fields: tuple[str, ...] = ("product", "name", "released_date", "notes", "project")
        labels: ClassVar[dict[str, str]] = {"name": "Version or name", "released_date": "Available since"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["notes"].widget = forms.Textarea(attrs={"rows": 8})
        ideas: Any = self.fields["ideas"]
        if not self.instance.pk:
            del self.fields["ideas"], self.fields["brought"]
        else:
            del self.fields["product"]
            rows = PortalIdea.objects.visible_to(self.user).live().filter(merged_into=None)
            rows = rows.filter(portal__product=self.instance.product_id)
            ideas.queryset = rows.select_related("portal").order_by("title", "pk")
            self.present = {idea.pk: idea for idea in rows.filter(release=self.instance).select_related("portal")}
            self.initial["ideas"] = list(self.present)
            self.initial["brought"] = " ".join(map(str, self.present))

    def values(self) -> dict[str, Any]:
        found = super().values()
        if "ideas" not in self.fields:
            return found
        chosen = {idea.pk: idea for idea in self.cleaned_data["ideas"]}
        if "brought" in self.data:
            shown = set(self.cleaned_data["brought"].split())
            gone = {pk for pk in chosen if str(pk) in shown and pk not in self.present}
            added = {pk: idea for pk, idea in self.present.items() if str(pk) not in shown}
            chosen = {pk: idea for pk, idea in {**added, **chosen}.items() if pk not in gone}
        return {**found, "ideas": list(chosen.values())}
