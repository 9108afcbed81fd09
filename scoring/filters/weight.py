"""What the list of sets of weights can be narrowed to."""

from typing import Any

import django_filters as filters

from core.filters import SearchBox
from projects.filters import containing
from scoring.models import ScoringModel, WeightMethod, WeightSet


def models(request: Any) -> Any:
    return ScoringModel.objects.none() if request is None else ScoringModel.objects.visible_to(request.user)


class WeightSetFilter(filters.FilterSet):
    q = filters.CharFilter(method="find", label="Find sets of weights", widget=SearchBox, max_length=200)
    model = filters.ModelChoiceFilter(queryset=models, label="Model")
    method = filters.ChoiceFilter(choices=WeightMethod.choices, label="Method")

    class Meta:
        model = WeightSet
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(containing(words, "name", "external_key"))
