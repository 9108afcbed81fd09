"""What lists of portfolios, products, lines, stances and rollups can be narrowed to."""

from typing import Any

import django_filters as filters
from django import forms
from django.contrib.auth import get_user_model

from core.filters import PageFilter, SearchBox
from core.forms import visible_choices
from portfolio.models import (
    DemandMonth,
    LifecycleStage,
    MoneyMonth,
    Portfolio,
    Product,
    ProductLine,
    Rollup,
    Stance,
    StanceDecision,
)
from portfolio.models.monthly import DEMANDING
from portfolio.models.rollup import NODES
from projects.filters import HEALTHS, containing

STANCES = (*Stance.choices, ("undecided", "Undecided"))
OF_NODES = (
    ("project", "Projects"),
    ("program", "Programs"),
    ("portfolio", "Portfolios"),
    ("product", "Products"),
    ("organization", "The organization"),
)


def portfolios(request: Any) -> Any:
    return Portfolio.objects.visible_to(request.user).live().order_by("name", "pk")


def products(request: Any) -> Any:
    return Product.objects.visible_to(request.user).order_by("name", "pk")


def lines(request: Any) -> Any:
    return ProductLine.objects.visible_to(request.user).order_by("code", "pk")


def people(request: Any) -> Any:
    return visible_choices(get_user_model().objects.all(), request.user, request.organization)


class PortfolioFilter(filters.FilterSet):
    q = filters.CharFilter(method="find", label="Find portfolios", widget=SearchBox, max_length=200)
    parent = filters.ModelChoiceFilter(queryset=portfolios, label="Parent")
    health = filters.ChoiceFilter(choices=HEALTHS, method="of_health", label="Health", empty_label="Any")
    manager = filters.ModelChoiceFilter(queryset=people, label="Manager", empty_label="Anybody")

    class Meta:
        model = Portfolio
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(containing(words, "name", "external_key"))

    def of_health(self, rows: Any, name: str, health: str) -> Any:
        wanted = rows.filter(rollup__health=health)
        return wanted | rows.filter(rollup=None) if health == "unreported" else wanted


class _Decided(filters.FilterSet):
    """Rows about which a stance is decided."""

    stance = filters.ChoiceFilter(choices=STANCES, method="of_stance", label="Stance", empty_label="Any")

    def of_stance(self, rows: Any, name: str, stance: str) -> Any:
        return rows.with_stance().filter(stance=None if stance == "undecided" else stance)


class ProductLineFilter(_Decided):
    q = filters.CharFilter(method="find", label="Find product lines", widget=SearchBox, max_length=200)

    class Meta:
        model = ProductLine
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(containing(words, "name", "code", "external_key"))


class ProductFilter(_Decided):
    q = filters.CharFilter(method="find", label="Find products", widget=SearchBox, max_length=200)
    line = filters.ModelChoiceFilter(queryset=lines, label="Product line", empty_label="Any")
    lifecycle_stage = filters.MultipleChoiceFilter(
        choices=LifecycleStage.choices, label="Lifecycle stage", widget=forms.CheckboxSelectMultiple, distinct=False
    )
    owner = filters.ModelChoiceFilter(queryset=people, label="Owner", empty_label="Anybody")

    class Meta:
        model = Product
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(containing(words, "name", "external_key"))


class StanceDecisionFilter(filters.FilterSet):
    product = filters.ModelChoiceFilter(queryset=products, label="Product")
    line = filters.ModelChoiceFilter(queryset=lines, label="Product line")
    stance = filters.ChoiceFilter(choices=Stance.choices, label="Stance")

    class Meta:
        model = StanceDecision
        fields: tuple[str, ...] = ()


class RollupFilter(filters.FilterSet):
    of = filters.ChoiceFilter(choices=OF_NODES, method="of_node", label="Of one kind of node")
    health = filters.ChoiceFilter(choices=HEALTHS, label="Health")

    class Meta:
        model = Rollup
        fields: tuple[str, ...] = ()

    def of_node(self, rows: Any, name: str, node: str) -> Any:
        """Totals of one kind of node; the organization's own are those of no other."""
        if node == "organization":
            return rows.filter(**dict.fromkeys(NODES))
        return rows.filter(**{f"{node}__isnull": False})


class _OfMonths(filters.FilterSet):
    """Monthly totals of a node, from a month and to a month."""

    of = filters.ChoiceFilter(choices=OF_NODES, method="of_node", label="Of one kind of node")
    from_month = filters.DateFilter(field_name="month", lookup_expr="gte", label="From this day")
    to_month = filters.DateFilter(field_name="month", lookup_expr="lte", label="To this day")
    nodes: tuple[str, ...] = ()

    def of_node(self, rows: Any, name: str, node: str) -> Any:
        """Of one kind of node; the organization's own are those of no other."""
        if node == "organization":
            return rows.filter(**dict.fromkeys(self.nodes))
        return rows.filter(**{f"{node}__isnull": False}) if node in self.nodes else rows.none()


class MoneyMonthFilter(_OfMonths):
    nodes = NODES

    class Meta:
        model = MoneyMonth
        fields = ("project", "program", "portfolio", "product", "kind", "entry_class")


class DemandMonthFilter(_OfMonths):
    nodes = DEMANDING

    class Meta:
        model = DemandMonth
        fields = ("project", "program", "portfolio", "role", "team")


class PortfolioPageFilter(PageFilter, PortfolioFilter):
    """The portfolio list's filters: the nesting shows the parents."""

    parent = None


class ProductLinePageFilter(PageFilter, ProductLineFilter):
    """The line list's filters."""


class ProductPageFilter(PageFilter, ProductFilter):
    """The product list's filters; what nothing was decided about has the stance of its line."""

    lifecycle_stage = filters.ChoiceFilter(choices=LifecycleStage.choices, label="Stage", empty_label="Any")
    order = ("q", "line", "stance", "lifecycle_stage", "owner")

    def of_stance(self, rows: Any, name: str, stance: str) -> Any:
        return rows.filter(effective_stance=None if stance == "undecided" else stance)
