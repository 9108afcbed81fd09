"""What lists of feedback can be narrowed to; all of it stands in the address."""

import datetime
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import django_filters as filters
from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.safestring import SafeString

from core.filters import FilterBar, PageFilter, SearchBox, Toggle
from core.forms import visible_choices
from core.tenancy import current_scope
from events.models import MailState
from feedback.models import (
    AnalysisState,
    Channel,
    CustomerAccount,
    FeedbackItem,
    FeedbackKind,
    FeedbackLink,
    FeedbackReply,
    Importance,
    IntakeHook,
    ItemStatus,
    Mailbox,
    Sentiment,
    StoryStatus,
    Theme,
    Urgency,
    UserStory,
)
from feedback.selectors.insights import moved, start_of
from feedback.selectors.products import product_model
from feedback.selectors.search import FEW, MOST_FOUND, NARROWING, Found, found, ids_with
from projects.models import Project


def accounts(request: Any) -> Any:
    if request is None:
        return CustomerAccount.objects.none()
    return CustomerAccount.objects.visible_to(request.user).live().order_by("name", "pk")


def products(request: Any) -> Any:
    rows = product_model().objects
    return rows.none() if request is None else rows.visible_to(request.user).live().order_by("name", "pk")


def projects(request: Any) -> Any:
    if request is None:
        return Project.objects.none()
    return Project.objects.visible_to(request.user).live().order_by("name", "pk")


def themes(request: Any) -> Any:
    if request is None:
        return Theme.objects.none()
    return Theme.objects.visible_to(request.user).live().defer("center").order_by("name", "pk")


def items(request: Any) -> Any:
    return FeedbackItem.objects.none() if request is None else FeedbackItem.objects.visible_to(request.user).live()


def all_items(request: Any) -> Any:
    """Archived ones too: what was answered to them is still told."""
    return FeedbackItem.objects.none() if request is None else FeedbackItem.objects.visible_to(request.user)


def people(request: Any) -> Any:
    users = get_user_model().objects.all()
    return users.none() if request is None else visible_choices(users, request.user, current_scope().organization_id)


class Unseen(forms.HiddenInput):
    """A field that the list itself shows, as part of the form."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return SafeString("")


class ItemFilter(filters.FilterSet):
    q = filters.CharFilter(method="find", label="Find feedback", widget=SearchBox, max_length=200)
    status = filters.ChoiceFilter(choices=ItemStatus.choices, label="State", empty_label="Any")
    sentiment = filters.ChoiceFilter(choices=Sentiment.choices, label="Sentiment", empty_label="Any")
    kind = filters.ChoiceFilter(choices=FeedbackKind.choices, label="Type", empty_label="Any")
    urgency = filters.ChoiceFilter(choices=Urgency.choices, label="Urgency", empty_label="Any")
    product = filters.ModelChoiceFilter(queryset=products, label="Product", empty_label="Any")
    account = filters.ModelChoiceFilter(queryset=accounts, label="Account", empty_label="Any")
    channel = filters.ChoiceFilter(choices=Channel.choices, label="Source", empty_label="Any")
    owner = filters.ModelChoiceFilter(queryset=people, label="Owner", empty_label="Anybody")
    project = filters.ModelChoiceFilter(queryset=projects, method="for_project", label="Project", empty_label="Any")
    theme = filters.ModelChoiceFilter(
        queryset=themes, label="Theme", empty_label="Any", null_label="No theme", null_value="none"
    )
    analysis_state = filters.ChoiceFilter(choices=AnalysisState.choices, label="Analysis", empty_label="Any")
    segment = filters.CharFilter(
        field_name="account__segment", lookup_expr="iexact", label="Segment of the account", max_length=100
    )
    said_from = filters.DateFilter(method="since", label="Said from")
    said_to = filters.DateFilter(method="until", label="Said to")
    external_key = filters.CharFilter(field_name="external_key", label="Key at its source", max_length=200)

    class Meta:
        model = FeedbackItem
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        """All that have the words: few of them by their ids, common words by a walk."""
        ids = ids_with(words, {"archived": "any"}, FEW + 1)
        return rows.filter(pk__in=ids) if len(ids) <= FEW else rows.with_words(words)

    def for_project(self, rows: Any, name: str, project: Project) -> Any:
        return rows.filter(pk__in=FeedbackLink.objects.filter(project=project).values("item"))

    def since(self, rows: Any, name: str, day: datetime.date) -> Any:
        return rows.filter(said_at__gte=start_of(day))

    def until(self, rows: Any, name: str, day: datetime.date) -> Any:
        return rows.filter(said_at__lt=start_of(moved(day, 1)))


class InboxFilter(ItemFilter):
    """On the page: what is untriaged, unless a state is asked for; duplicates stand with the item they repeat."""

    status = filters.ChoiceFilter(
        choices=[("any", "Any state"), ("feedback", "Feedback, any state"), *ItemStatus.choices],
        method="keep",
        label="State",
        empty_label="Untriaged",
    )
    urgency = filters.ChoiceFilter(choices=Urgency.choices, widget=forms.HiddenInput)
    owner = filters.ModelChoiceFilter(queryset=people, widget=forms.HiddenInput)
    account = filters.ModelChoiceFilter(queryset=accounts, widget=forms.HiddenInput)
    project = filters.ModelChoiceFilter(queryset=projects, method="for_project", widget=forms.HiddenInput)
    analysis_state = filters.ChoiceFilter(choices=AnalysisState.choices, widget=forms.HiddenInput)
    segment = filters.CharFilter(
        field_name="account__segment", lookup_expr="iexact", max_length=100, widget=forms.HiddenInput
    )
    said_from = filters.DateFilter(method="since", widget=forms.HiddenInput)
    said_to = filters.DateFilter(method="until", widget=forms.HiddenInput)
    order = filters.ChoiceFilter(choices=[("newest", "Newest first")], method="keep", label="Order", widget=Unseen)
    external_key = None

    @property
    def form(self) -> Any:
        form = super().form
        form.fields["q"].widget.attrs["placeholder"] = "Words or meaning"
        return form

    @cached_property
    def found(self) -> Found | None:
        """What the words find, by themselves and by what they mean; None where no words are asked for."""
        words = self.form.cleaned_data.get("q") if self.is_valid() else ""
        if not words:
            return None
        return found(words, self.narrowed(), is_newest_first=self.form.cleaned_data.get("order") == "newest")

    def narrowed(self) -> Mapping[str, Any]:
        """The filters but for the words, as the search takes them."""
        given = {name: value for name, value in self.form.cleaned_data.items() if name not in ("q", "order") and value}
        values = {name: getattr(value, "pk", value) for name, value in given.items()}
        if values.get("theme") == "none":
            values["has_no_theme"] = values.pop("theme")
        status = values.pop("status", "")
        if not status:
            return {**values, "status": "untriaged", "is_first": "1"}
        if status == "feedback":
            return {**values, "is_feedback": "1"}
        return values if status == "any" else {**values, "status": status}

    def find(self, rows: Any, name: str, words: str) -> Any:
        """Applied at the end, when the other filters are known."""
        return rows

    def keep(self, rows: Any, name: str, wanted: str) -> Any:
        """Applied at the end, where no state counts too."""
        return rows

    def filter_queryset(self, queryset: Any) -> Any:
        rows = self._of_status(super().filter_queryset(queryset))
        return rows if self.found is None else rows.filter(pk__in=self.found.ids)

    def _of_status(self, rows: Any) -> Any:
        status = self.form.cleaned_data.get("status")
        if not status:
            return rows.untriaged()
        if status == "feedback":
            return rows.voices()
        return rows.live() if status == "any" else rows.live().filter(status=status)

    def found_ids(self) -> list[int]:
        """What is found in its order, after filters that the search itself does not know."""
        if self.found is None:
            return []
        if self.narrowed().keys() <= NARROWING:
            return self.found.ids
        left = set(self.qs.values_list("pk", flat=True))
        return [pk for pk in self.found.ids if pk in left][: MOST_FOUND + 1]


class MailboxFilter(filters.FilterSet):
    is_active = filters.BooleanFilter(label="Active")

    class Meta:
        model = Mailbox
        fields: tuple[str, ...] = ()


class HookFilter(filters.FilterSet):
    is_active = filters.BooleanFilter(label="Active")

    class Meta:
        model = IntakeHook
        fields: tuple[str, ...] = ()


class ReplyFilter(filters.FilterSet):
    item = filters.ModelChoiceFilter(queryset=all_items, label="Answers to this item", empty_label="Any")
    state = filters.ChoiceFilter(field_name="mail__state", choices=MailState.choices, label="State", empty_label="Any")

    class Meta:
        model = FeedbackReply
        fields: tuple[str, ...] = ()


class AccountFilter(filters.FilterSet):
    q = filters.CharFilter(method="find", label="Find accounts", widget=SearchBox, max_length=200)
    segment = filters.CharFilter(field_name="segment", lookup_expr="iexact", label="Segment", max_length=100)

    class Meta:
        model = CustomerAccount
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        either = Q(name__icontains=words) | Q(email_domain__icontains=words) | Q(external_key__icontains=words)
        return rows.filter(either)


class AccountPageFilter(PageFilter, AccountFilter):
    """The account list's filters."""


class ThemeFilter(filters.FilterSet):
    q = filters.CharFilter(method="find", label="Find themes", widget=SearchBox, max_length=200)
    is_pinned = filters.BooleanFilter(label="Pinned")

    class Meta:
        model = Theme
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.with_words(words)


class ThemePageFilter(FilterBar, ThemeFilter):
    """On a page: live themes; those of a product are told by the counts, after they are read."""

    product = filters.ModelChoiceFilter(queryset=products, method="keep", label="Product", empty_label="Any")
    is_pinned = filters.BooleanFilter(label="Pinned", widget=Toggle)

    def keep(self, rows: Any, name: str, wanted: Any) -> Any:
        """Applied by the page."""
        return rows

    @property
    def product_id(self) -> int | None:
        chosen = self.form.cleaned_data.get("product") if self.form.is_valid() else None
        return chosen.pk if chosen else None


class LinkFilter(filters.FilterSet):
    item = filters.ModelChoiceFilter(queryset=items, label="Item", empty_label="Any")
    project = filters.ModelChoiceFilter(queryset=projects, label="Project", empty_label="Any")
    product = filters.ModelChoiceFilter(queryset=products, label="Product", empty_label="Any")
    importance = filters.ChoiceFilter(choices=Importance.choices, label="Importance", empty_label="Any")

    class Meta:
        model = FeedbackLink
        fields: tuple[str, ...] = ()


class StoryFilter(filters.FilterSet):
    q = filters.CharFilter(method="find", label="Find stories", widget=SearchBox, max_length=200)
    status = filters.ChoiceFilter(choices=StoryStatus.choices, label="State", empty_label="Any")
    product = filters.ModelChoiceFilter(queryset=products, label="Product", empty_label="Any")
    project = filters.ModelChoiceFilter(queryset=projects, label="Project", empty_label="Any")

    class Meta:
        model = UserStory
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(Q(goal__icontains=words) | Q(role__icontains=words) | Q(benefit__icontains=words))


class StoryPageFilter(FilterBar, StoryFilter):
    """On a page: live stories."""

    project = filters.ModelChoiceFilter(queryset=projects, widget=forms.HiddenInput)

    def filter_queryset(self, queryset: Any) -> Any:
        return super().filter_queryset(queryset).live()
