"""What lists of portals, ideas and releases can be narrowed to."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q

from core.filters import FilterBar, PageFilter, SearchBox
from feedback.filters import products, projects
from feedback.models import IdeaStatus, Portal, PortalIdea, Release


def portals(request: Any) -> Any:
    return Portal.objects.none() if request is None else Portal.objects.visible_to(request.user).order_by("title", "pk")


def releases(request: Any) -> Any:
    if request is None:
        return Release.objects.none()
    return Release.objects.visible_to(request.user).live().order_by("-released_date", "pk")


class PortalFilter(filters.FilterSet):
    product = filters.ModelChoiceFilter(queryset=products, label="Product", empty_label="Any")
    is_open = filters.BooleanFilter(label="Open")

    class Meta:
        model = Portal
        fields: tuple[str, ...] = ()


class IdeaFilter(filters.FilterSet):
    q = filters.CharFilter(method="find", label="Find ideas", widget=SearchBox, max_length=200)
    status = filters.ChoiceFilter(choices=IdeaStatus.choices, label="Status", empty_label="Any")
    is_published = filters.BooleanFilter(method="shown", label="Published")
    portal = filters.ModelChoiceFilter(queryset=portals, label="Portal", empty_label="Any")
    project = filters.ModelChoiceFilter(queryset=projects, label="Project", empty_label="Any")
    release = filters.ModelChoiceFilter(queryset=releases, label="Release", empty_label="Any")

    class Meta:
        model = PortalIdea
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(Q(title__icontains=words) | Q(text__icontains=words))

    def shown(self, rows: Any, name: str, wanted: bool) -> Any:
        return rows.filter(published_at__isnull=not wanted)


#: Of a list of ideas: what waits for a person, what everybody reads, and what neither does.
SHOWN = (("waiting", "Waiting"), ("published", "Published"), ("merged", "Merged"), ("archived", "Archived"))


class IdeaPageFilter(FilterBar, IdeaFilter):
    """On the page of one portal."""

    view = filters.ChoiceFilter(choices=SHOWN, method="keep", label="Show", empty_label="All live")
    is_published = None
    portal = None
    project = None
    release = None

    def keep(self, rows: Any, name: str, wanted: str) -> Any:
        """Applied at the end, where no choice counts too."""
        return rows

    def filter_queryset(self, queryset: Any) -> Any:
        rows = super().filter_queryset(queryset)
        wanted = self.form.cleaned_data.get("view")
        if wanted == "archived":
            return rows.exclude(archived_at=None)
        if wanted == "waiting":
            return rows.waiting()
        if wanted == "published":
            return rows.published()
        return rows.live().filter(merged_into__isnull=wanted != "merged")


class ReleaseFilter(filters.FilterSet):
    q = filters.CharFilter(method="find", label="Find releases", widget=SearchBox, max_length=200)
    product = filters.ModelChoiceFilter(queryset=products, label="Product", empty_label="Any")
    project = filters.ModelChoiceFilter(queryset=projects, label="Project", empty_label="Any")
    is_published = filters.BooleanFilter(method="shown", label="Published")
    released_after = filters.DateFilter(field_name="released_date", lookup_expr="gte", label="Released on or after")
    released_before = filters.DateFilter(field_name="released_date", lookup_expr="lte", label="Released on or before")

    class Meta:
        model = Release
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(Q(name__icontains=words) | Q(notes__icontains=words))

    def shown(self, rows: Any, name: str, wanted: bool) -> Any:
        return rows.filter(published_at__isnull=not wanted)


class ReleasePageFilter(PageFilter, ReleaseFilter):
    """The release list's filters."""

    project = filters.ModelChoiceFilter(queryset=projects, widget=forms.HiddenInput)
    is_published = None
    released_after = None
    released_before = None
