"""What the list of calendars can be narrowed to; all of it stands in the address."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q

from events.filters import SearchBox
from resources.models import Calendar


class CalendarFilter(filters.FilterSet):
    q = filters.CharFilter(method="find", label="Find calendars", widget=SearchBox, max_length=200)
    is_default = filters.BooleanFilter(label="Is the default")

    class Meta:
        model = Calendar
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(Q(name__icontains=words) | Q(external_key__icontains=words))


class CalendarPageFilter(CalendarFilter):
    """The list's filters: live calendars; with `archived=1`, the archived ones."""

    is_default = None
    archived = filters.BooleanFilter(method="keep", label="Archived", widget=forms.CheckboxInput(attrs={"value": "1"}))

    @property
    def form(self) -> Any:
        form = super().form
        form.fields["q"].widget.attrs["placeholder"] = form.fields["q"].label
        return form

    def keep(self, rows: Any, name: str, wanted: bool) -> Any:
        return rows

    def filter_queryset(self, queryset: Any) -> Any:
        rows = super().filter_queryset(queryset)
        return rows.exclude(archived_at=None) if self.form.cleaned_data.get("archived") else rows.live()
