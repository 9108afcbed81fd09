"""What business cases and benefits can be narrowed to."""

from collections.abc import Callable
from typing import Any

import django_filters as filters

from finance.models import Benefit, BenefitUnit, BusinessCase
from programs.filters import people
from projects.filters import SearchBox, containing


def related(kind: str) -> Callable[[Any], Any]:
    """Programs, projects or products that the person may see."""

    def rows(request: Any) -> Any:
        model: Any = BusinessCase._meta.get_field(kind).related_model
        return model.objects.none() if request is None else model.objects.visible_to(request.user)

    return rows


class OfSubject(filters.FilterSet):
    program = filters.ModelChoiceFilter(queryset=related("program"), label="Program")
    project = filters.ModelChoiceFilter(queryset=related("project"), label="Project")
    product = filters.ModelChoiceFilter(queryset=related("product"), label="Product")


class BusinessCaseFilter(OfSubject):
    class Meta:
        model = BusinessCase
        fields: tuple[str, ...] = ()


class BenefitFilter(OfSubject):
    q = filters.CharFilter(method="find", label="Find benefits", widget=SearchBox, max_length=200)
    unit = filters.ChoiceFilter(choices=BenefitUnit.choices, label="Unit")
    owner = filters.ModelChoiceFilter(queryset=people, label="Owner")

    class Meta:
        model = Benefit
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(containing(words, "name", "measure", "external_key"))
