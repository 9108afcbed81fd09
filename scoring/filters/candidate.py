"""What the candidates on a grid of impacts can be narrowed to; all of it stands in the address."""

from typing import Any

import django_filters as filters
from django import forms

from core.filters import SearchBox
from programs.filters import portfolios, programs
from programs.models import Program
from projects.filters import containing, in_portfolio, product_lines, products
from projects.models import Project
from scoring.selectors.sheet import item_model


class OfGrid(filters.FilterSet):
    """What candidates of every kind have; `model`, `driver` and `rows` are for the grid itself."""

    q = filters.CharFilter(
        method="find", label="Find by name", widget=SearchBox({"placeholder": "Find by name"}), max_length=200
    )
    model = filters.NumberFilter(method="leave", widget=forms.HiddenInput)
    kind = filters.CharFilter(method="leave", widget=forms.HiddenInput)

    columns: tuple[str, ...] = ("name", "code", "external_key")

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(containing(words, *self.columns))

    def leave(self, rows: Any, name: str, value: Any) -> Any:
        return rows


class ProjectCandidates(OfGrid):
    portfolio = filters.ModelChoiceFilter(queryset=portfolios, method="within", label="Portfolio", empty_label="Any")
    program = filters.ModelChoiceFilter(queryset=programs, label="Program", empty_label="Any")
    product = filters.ModelChoiceFilter(queryset=products, method="serving", label="Product", empty_label="Any")

    class Meta:
        model = Project
        fields: tuple[str, ...] = ()

    def within(self, rows: Any, name: str, portfolio: Any) -> Any:
        return rows.filter(in_portfolio(portfolio))

    def serving(self, rows: Any, name: str, product: Any) -> Any:
        return rows.filter(pk__in=product.project_shares.values("project"))


class ProgramCandidates(OfGrid):
    portfolio = filters.ModelChoiceFilter(queryset=portfolios, method="within", label="Portfolio", empty_label="Any")

    class Meta:
        model = Program
        fields: tuple[str, ...] = ()

    def within(self, rows: Any, name: str, portfolio: Any) -> Any:
        return rows.filter(portfolio__in=type(portfolio).objects.at_or_below(portfolio.pk).values("pk"))


class ProductCandidates(OfGrid):
    line = filters.ModelChoiceFilter(queryset=product_lines, label="Product line", empty_label="Any")

    columns = ("name", "external_key")

    class Meta:
        model = item_model("product")
        fields: tuple[str, ...] = ()


BY_KIND: dict[str, type[OfGrid]] = {
    "project": ProjectCandidates,
    "program": ProgramCandidates,
    "product": ProductCandidates,
}
