"""What scoring models and criteria can be narrowed to."""

from typing import Any

import django_filters as filters

from core.filters import PageFilter, SearchBox
from programs.filters import portfolios
from projects.filters import containing
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


class ScoringModelPageFilter(PageFilter, ScoringModelFilter):
    """The model list's filters."""


class CriterionFilter(filters.FilterSet):
    model = filters.ModelChoiceFilter(queryset=models, label="Scoring model")
    q = filters.CharFilter(method="find", label="Find criteria", widget=SearchBox, max_length=200)

    class Meta:
        model = Criterion
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(containing(words, "name", "key", "external_key"))
