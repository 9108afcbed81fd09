"""What business cases and benefits can be narrowed to."""

from typing import Any

import django_filters as filters

from core.filters import SearchBox
from finance.filters.entry import subjects
from finance.models import Benefit, BenefitUnit, BusinessCase
from programs.filters import people
from projects.filters import containing


class OfCase(filters.FilterSet):
    program = filters.ModelChoiceFilter(queryset=subjects("program"), label="Program")
    project = filters.ModelChoiceFilter(queryset=subjects("project"), label="Project")
    product = filters.ModelChoiceFilter(queryset=subjects("product"), label="Product")


class BusinessCaseFilter(OfCase):
    class Meta:
        model = BusinessCase
        fields: tuple[str, ...] = ()


class BenefitFilter(OfCase):
    q = filters.CharFilter(method="find", label="Find benefits", widget=SearchBox, max_length=200)
    unit = filters.ChoiceFilter(choices=BenefitUnit.choices, label="Unit")
    owner = filters.ModelChoiceFilter(queryset=people, label="Owner")

    class Meta:
        model = Benefit
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(containing(words, "name", "measure", "external_key"))
