"""What the filters of many lists share; all of it stands in the address."""

from typing import Any

import django_filters as filters
from django import forms


class Toggle(forms.CheckboxInput):
    """A checkbox that the address writes as `late=1`."""

    def __init__(self) -> None:
        super().__init__(attrs={"value": "1"})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get(name) or None


class SearchBox(forms.TextInput):
    input_type = "search"


class FilterBar(filters.FilterSet):
    """A search box that says what it finds stands first, the archived last."""

    #: What stands first; the rest follows.
    order: tuple[str, ...] = ("q",)

    @property
    def form(self) -> Any:
        form = super().form
        form.order_fields([*self.order, *(name for name in form.fields if name != "archived"), "archived"])
        form.fields["q"].widget.attrs["placeholder"] = form.fields["q"].label
        return form


class ArchivedFilter(filters.FilterSet):
    """On pages: live rows, or with `archived=1` the archived ones. (The API has a rule of its own.)"""

    archived = filters.BooleanFilter(method="any_of_them", label="Archived", widget=Toggle)

    def any_of_them(self, rows: Any, name: str, wanted: bool) -> Any:
        """Applied at the end, where a box that is not ticked counts too."""
        return rows

    def filter_queryset(self, queryset: Any) -> Any:
        rows = super().filter_queryset(queryset)
        return rows.exclude(archived_at=None) if self.form.cleaned_data.get("archived") else rows.live()


class PageFilter(FilterBar, ArchivedFilter):
    """The filter bar of a list whose rows can be archived."""
