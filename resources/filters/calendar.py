"""What the list of calendars can be narrowed to; all of it stands in the address."""

from typing import Any

import django_filters as filters
from django.db.models import Q

from core.filters import PageFilter, SearchBox
from resources.models import Calendar


class CalendarFilter(filters.FilterSet):
    q = filters.CharFilter(method="find", label="Find calendars", widget=SearchBox, max_length=200)
    is_default = filters.BooleanFilter(label="Is the default")

    class Meta:
        model = Calendar
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(Q(name__icontains=words) | Q(external_key__icontains=words))


class CalendarPageFilter(PageFilter, CalendarFilter):
    """The calendar list's filters."""

    is_default = None
