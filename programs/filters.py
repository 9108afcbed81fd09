"""What the lists of programs and measures can be narrowed to; all of it stands in the address."""

from typing import Any

import django_filters as filters
from django.contrib.auth import get_user_model
from django.db.models import Q

from core.filters import PageFilter, SearchBox
from core.forms import visible_choices
from core.tenancy import current_scope
from programs.forms import RESULT_WORDS
from programs.models import Measure, Program
from projects.filters import HEALTHS, containing


def portfolios(request: Any) -> Any:
    """Live portfolios the person may see. They stand above this app: the relation knows their model."""
    model: Any = Program._meta.get_field("portfolio").related_model
    if request is None:
        return model.objects.none()
    return model.objects.visible_to(request.user).live().order_by("name", "pk")


def programs(request: Any) -> Any:
    if request is None:
        return Program.objects.none()
    return Program.objects.visible_to(request.user).live().order_by("name", "pk")


def people(request: Any) -> Any:
    users = get_user_model().objects.all()
    return users.none() if request is None else visible_choices(users, request.user, current_scope().organization_id)


class ProgramFilter(filters.FilterSet):
    q = filters.CharFilter(method="find", label="Find programs", widget=SearchBox, max_length=200)
    portfolio = filters.ModelChoiceFilter(queryset=portfolios, method="within", label="Portfolio", empty_label="Any")
    health = filters.ChoiceFilter(choices=HEALTHS, method="of_health", label="Health", empty_label="Any")
    manager = filters.ModelChoiceFilter(queryset=people, label="Manager", empty_label="Anybody")

    class Meta:
        model = Program
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(containing(words, "name", "code", "external_key"))

    def within(self, rows: Any, name: str, portfolio: Any) -> Any:
        return rows.filter(portfolio__in=type(portfolio).objects.at_or_below(portfolio.pk).values("pk"))

    def of_health(self, rows: Any, name: str, health: str) -> Any:
        computed = Q(rollup__computed_health=health)
        if health == "unreported":
            computed |= Q(rollup=None)
        return rows.filter(Q(reported_health=health) | Q(reported_health="") & computed)


class MeasureFilter(filters.FilterSet):
    q = filters.CharFilter(method="find", label="Find measures", widget=SearchBox, max_length=200)
    program = filters.ModelChoiceFilter(queryset=programs, label="Program", empty_label="Any")
    portfolio = filters.ModelChoiceFilter(queryset=portfolios, method="within", label="Portfolio", empty_label="Any")
    result = filters.ChoiceFilter(
        choices=tuple(RESULT_WORDS.items()), method="of_result", label="Result", empty_label="Any"
    )

    class Meta:
        model = Measure
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(containing(words, "name", "category", "external_key"))

    def within(self, rows: Any, name: str, portfolio: Any) -> Any:
        below = type(portfolio).objects.at_or_below(portfolio.pk).values("pk")
        return rows.filter(program__portfolio__in=below)

    def of_result(self, rows: Any, name: str, result: str) -> Any:
        return rows.filter(result="" if result == "unreported" else result)


class ProgramPageFilter(PageFilter, ProgramFilter):
    """The program list's filters."""


class MeasurePageFilter(PageFilter, MeasureFilter):
    """The measure list's filters."""
