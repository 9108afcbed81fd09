"""What scoring models and criteria can be narrowed to."""

from typing import Any

import django_filters as filters
from django import forms

from programs.filters import portfolios
from projects.filters import SearchBox, containing
from scoring.models import Criterion, ScoringModel
from scoring.models.model import KINDS


def models(request: Any) -> Any:
    """Scoring models that a person may choose."""
    return ScoringModel.objects.none() if request is None else ScoringModel.objects.visible_to(request.user)


class ScoringModelFilter(filters.FilterSet):
    q = filters.CharFilter(method="find", label="Find models", widget=SearchBox, max_length=200)
    kind = filters.ChoiceFilter(choices=KINDS, label="Kind", empty_label="Any")
    portfolio = filters.ModelChoiceFilter(queryset=portfolios, label="Portfolio", empty_label="Any")

    class Meta:
        model = ScoringModel
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(containing(words, "name", "description", "external_key"))


class ScoringModelPageFilter(ScoringModelFilter):
    """The list's filters: live models; with `archived=1`, the archived ones."""

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


class CriterionFilter(filters.FilterSet):
    model = filters.ModelChoiceFilter(queryset=models, label="Scoring model")
    q = filters.CharFilter(method="find", label="Find criteria", widget=SearchBox, max_length=200)

    class Meta:
        model = Criterion
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(containing(words, "name", "key", "external_key"))
