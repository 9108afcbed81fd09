"""What lists of feedback can be narrowed to; all of it stands in the address."""

from typing import Any

import django_filters as filters
from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q

from core.forms import visible_choices
from core.tenancy import current_scope
from events.filters import SearchBox
from feedback.models import (
    AnalysisState,
    Channel,
    CustomerAccount,
    FeedbackItem,
    FeedbackKind,
    FeedbackLink,
    Importance,
    ItemStatus,
    Sentiment,
    StoryStatus,
    Urgency,
    UserStory,
)
from feedback.selectors.products import product_model
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


def items(request: Any) -> Any:
    return FeedbackItem.objects.none() if request is None else FeedbackItem.objects.visible_to(request.user).live()


def people(request: Any) -> Any:
    users = get_user_model().objects.all()
    return users.none() if request is None else visible_choices(users, request.user, current_scope().organization_id)


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
    analysis_state = filters.ChoiceFilter(choices=AnalysisState.choices, label="Analysis", empty_label="Any")
    external_key = filters.CharFilter(field_name="external_key", label="Key at its source", max_length=200)

    class Meta:
        model = FeedbackItem
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.with_words(words)

    def for_project(self, rows: Any, name: str, project: Project) -> Any:
        return rows.filter(pk__in=FeedbackLink.objects.filter(project=project).values("item"))


class InboxFilter(ItemFilter):
    """On the page: what is untriaged, unless a state is asked for; duplicates stand with the item they repeat."""

    status = filters.ChoiceFilter(
        choices=[("any", "Any state"), *ItemStatus.choices], method="keep", label="State", empty_label="Untriaged"
    )
    urgency = filters.ChoiceFilter(choices=Urgency.choices, widget=forms.HiddenInput)
    owner = filters.ModelChoiceFilter(queryset=people, widget=forms.HiddenInput)
    account = filters.ModelChoiceFilter(queryset=accounts, widget=forms.HiddenInput)
    project = filters.ModelChoiceFilter(queryset=projects, method="for_project", widget=forms.HiddenInput)
    analysis_state = filters.ChoiceFilter(choices=AnalysisState.choices, widget=forms.HiddenInput)
    external_key = None

    @property
    def form(self) -> Any:
        form = super().form
        form.fields["q"].widget.attrs["placeholder"] = "Search words"
        return form

    def keep(self, rows: Any, name: str, wanted: str) -> Any:
        """Applied at the end, where no state counts too."""
        return rows

    def filter_queryset(self, queryset: Any) -> Any:
        rows = super().filter_queryset(queryset)
        status = self.form.cleaned_data.get("status")
        if not status:
            return rows.untriaged()
        return rows.live() if status == "any" else rows.live().filter(status=status)


class AccountFilter(filters.FilterSet):
    q = filters.CharFilter(method="find", label="Find accounts", widget=SearchBox, max_length=200)
    segment = filters.CharFilter(field_name="segment", lookup_expr="iexact", label="Segment", max_length=100)

    class Meta:
        model = CustomerAccount
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        either = Q(name__icontains=words) | Q(email_domain__icontains=words) | Q(external_key__icontains=words)
        return rows.filter(either)


class AccountPageFilter(AccountFilter):
    """On a page: live accounts, or with `archived=1` the archived ones."""

    archived = filters.BooleanFilter(method="keep", label="Archived", widget=forms.CheckboxInput(attrs={"value": "1"}))

    def keep(self, rows: Any, name: str, wanted: bool) -> Any:
        """Applied at the end, where a box that is not ticked counts too."""
        return rows

    def filter_queryset(self, queryset: Any) -> Any:
        rows = super().filter_queryset(queryset)
        return rows.exclude(archived_at=None) if self.form.cleaned_data.get("archived") else rows.live()


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


class StoryPageFilter(StoryFilter):
    """On a page: live stories."""

    project = filters.ModelChoiceFilter(queryset=projects, widget=forms.HiddenInput)

    def filter_queryset(self, queryset: Any) -> Any:
        return super().filter_queryset(queryset).live()
