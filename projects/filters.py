"""What lists of projects, activities, dependencies and risks can be narrowed to; all of it stands in the address."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import django_filters as filters
from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone

from core.filters import ArchivedFilter, PageFilter, SearchBox, Toggle
from core.forms import DateInput, visible_choices
from projects.algorithms.periods import Period, month_of, quarter_of, year_of
from projects.models import (
    Activity,
    ActivityKind,
    ActivityStatus,
    Baseline,
    Dependency,
    Forecast,
    Health,
    LevellingProposal,
    Method,
    Project,
    ProjectStatus,
    Risk,
    RiskStatus,
)

HEALTHS = (*Health.choices, ("unreported", "Not reported"))
ENDS = (("month", "this month"), ("quarter", "this quarter"), ("year", "this fiscal year"))


def _related(field: str) -> Any:
    """Live rows that a project's `field` may point to. They stand above this app: the relation knows their model."""

    def choices(request: Any) -> Any:
        model: Any = Project._meta.get_field(field).related_model
        if request is None:
            return model.objects.none()
        return visible_choices(model.objects.all(), request.user, request.organization).order_by("name", "pk")

    return choices


def products(request: Any) -> Any:
    return _product_model().objects.visible_to(request.user).live().order_by("name", "pk")


def product_lines(request: Any) -> Any:
    model: Any = _product_model()._meta.get_field("line").related_model
    return model.objects.visible_to(request.user).live().order_by("code", "pk")


def _product_model() -> Any:
    shares: Any = Project._meta.get_field("product_shares").related_model
    return shares._meta.get_field("product").related_model


def projects(request: Any) -> Any:
    return Project.objects.visible_to(request.user).order_by("name", "pk")


def people(request: Any) -> Any:
    return visible_choices(get_user_model().objects.all(), request.user, request.organization)


def period(word: str, day: datetime.date, organization: Any) -> Period:
    """The month, the fiscal quarter or the fiscal year that `day` lies in."""
    first_month = getattr(organization, "fiscal_year_start_month", 1)
    if word == "month":
        return month_of(day)
    return quarter_of(day, first_month) if word == "quarter" else year_of(day, first_month)


def in_portfolio(portfolio: Any, prefix: str = "") -> Q:
    """Projects of a portfolio and of those below it, in a program or not; `prefix` leads to the project."""
    ids = type(portfolio).objects.at_or_below(portfolio.pk).values("pk")
    return Q(**{f"{prefix}program__portfolio__in": ids}) | Q(**{f"{prefix}portfolio__in": ids})


def containing(words: str, *columns: str) -> Q:
    """Every word occurs in one of the columns."""
    found = Q()
    for word in words.split()[:8]:
        either = Q()
        for column in columns:
            either |= Q(**{f"{column}__icontains": word})
        found &= either
    return found


class ProjectFilter(filters.FilterSet):
    q = filters.CharFilter(method="find", label="Find projects", widget=SearchBox, max_length=200)
    portfolio = filters.ModelChoiceFilter(
        queryset=_related("portfolio"), method="within", label="Portfolio", empty_label="Any"
    )
    program = filters.ModelChoiceFilter(queryset=_related("program"), label="Program", empty_label="Any")
    product = filters.ModelChoiceFilter(queryset=products, method="serving", label="Product", empty_label="Any")
    line = filters.ModelChoiceFilter(
        queryset=product_lines, method="serving_line", label="Product line", empty_label="Any"
    )
    manager = filters.ModelChoiceFilter(queryset=people, label="Manager", empty_label="Anybody")
    calendar = filters.ModelChoiceFilter(queryset=_related("calendar"), label="Working calendar", empty_label="Any")
    health = filters.MultipleChoiceFilter(
        choices=HEALTHS, method="of_health", label="Health", widget=forms.CheckboxSelectMultiple, distinct=False
    )
    status = filters.MultipleChoiceFilter(
        choices=ProjectStatus.choices, label="Status", widget=forms.CheckboxSelectMultiple, distinct=False
    )
    method = filters.ChoiceFilter(choices=Method.choices, label="Method", empty_label="Any")
    ends = filters.ChoiceFilter(choices=ENDS, method="ending", label="Ends", empty_label="Any time")
    ends_from = filters.DateFilter(method="ending_from", label="Ends on or after", widget=DateInput)
    ends_to = filters.DateFilter(method="ending_to", label="Ends on or before", widget=DateInput)
    in_flight = filters.BooleanFilter(method="flying", label="In flight", widget=Toggle)
    late = filters.BooleanFilter(method="being_late", label="Late", widget=Toggle)
    parked = filters.BooleanFilter(method="being_parked", label="Parked", widget=Toggle)

    class Meta:
        model = Project
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(containing(words, "name", "code", "external_key"))

    def within(self, rows: Any, name: str, portfolio: Any) -> Any:
        return rows.filter(in_portfolio(portfolio))

    def serving(self, rows: Any, name: str, product: Any) -> Any:
        return rows.filter(product_shares__product=product)

    def serving_line(self, rows: Any, name: str, line: Any) -> Any:
        """Projects that serve a live product of the line, each once."""
        served = Project.objects.filter(product_shares__product__line=line, product_shares__product__archived_at=None)
        return rows.filter(pk__in=served.values("pk")) if line else rows

    def of_health(self, rows: Any, name: str, healths: list[str]) -> Any:
        return rows.with_health().filter(health__in=healths) if healths else rows

    def ending(self, rows: Any, name: str, word: str) -> Any:
        span = period(word, timezone.localdate(), getattr(self.request, "organization", None))
        return rows.with_finish().filter(finish__range=span)

    def ending_from(self, rows: Any, name: str, day: datetime.date) -> Any:
        return rows.with_finish().filter(finish__gte=day)

    def ending_to(self, rows: Any, name: str, day: datetime.date) -> Any:
        return rows.with_finish().filter(finish__lte=day)

    def flying(self, rows: Any, name: str, wanted: bool) -> Any:
        return rows.in_flight() if wanted else rows

    def being_late(self, rows: Any, name: str, wanted: bool) -> Any:
        return rows.late_on(timezone.localdate()) if wanted else rows

    def being_parked(self, rows: Any, name: str, wanted: bool) -> Any:
        return rows.parked() if wanted else rows


class ProjectListFilter(ProjectFilter, ArchivedFilter):
    pass


class _OfProjects(filters.FilterSet):
    """Rows of projects, by what the projects belong to."""

    project = filters.ModelChoiceFilter(queryset=projects, label="Project")
    program = filters.ModelChoiceFilter(queryset=_related("program"), field_name="project__program", label="Program")
    portfolio = filters.ModelChoiceFilter(queryset=_related("portfolio"), method="within", label="Portfolio")

    def within(self, rows: Any, name: str, portfolio: Any) -> Any:
        return rows.filter(in_portfolio(portfolio, "project__"))


class ActivityFilter(_OfProjects):
    q = filters.CharFilter(method="find", label="Find activities", widget=SearchBox, max_length=200)
    assignee = filters.ModelChoiceFilter(queryset=people, label="Assignee")
    status = filters.MultipleChoiceFilter(
        choices=ActivityStatus.choices, label="Status", widget=forms.CheckboxSelectMultiple, distinct=False
    )
    kind = filters.MultipleChoiceFilter(
        choices=ActivityKind.choices, label="Kind", widget=forms.CheckboxSelectMultiple, distinct=False
    )
    late = filters.BooleanFilter(method="being_late", label="Late", widget=Toggle)

    class Meta:
        model = Activity
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(containing(words, "name", "project__name", "external_key"))

    def being_late(self, rows: Any, name: str, wanted: bool) -> Any:
        return rows.late_on(timezone.localdate()) if wanted else rows


class DependencyFilter(filters.FilterSet):
    q = filters.CharFilter(method="find", label="Find dependencies", widget=SearchBox, max_length=200)
    project = filters.ModelChoiceFilter(queryset=projects, method="in_project", label="Project")
    program = filters.ModelChoiceFilter(queryset=_related("program"), method="in_program", label="Program")
    activity = filters.NumberFilter(method="of_activity", label="Activity", min_value=1, max_value=2**63 - 1)
    owner = filters.ModelChoiceFilter(queryset=people, label="Owner")
    crossing = filters.BooleanFilter(field_name="crosses_projects", label="Across projects", widget=Toggle)
    late = filters.BooleanFilter(method="being_late", label="Late", widget=Toggle)

    class Meta:
        model = Dependency
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        columns = ("predecessor__name", "successor__name", "predecessor__project__name", "successor__project__name")
        return rows.filter(containing(words, *columns))

    def in_project(self, rows: Any, name: str, project: Any) -> Any:
        return rows.filter(Q(predecessor__project=project) | Q(successor__project=project))

    def in_program(self, rows: Any, name: str, program: Any) -> Any:
        return rows.filter(Q(predecessor__project__program=program) | Q(successor__project__program=program))

    def of_activity(self, rows: Any, name: str, pk: Any) -> Any:
        return rows.filter(Q(predecessor_id=int(pk)) | Q(successor_id=int(pk)))

    def being_late(self, rows: Any, name: str, wanted: bool) -> Any:
        return rows.late_on(timezone.localdate()) if wanted else rows


class RiskFilter(_OfProjects):
    q = filters.CharFilter(method="find", label="Find risks", widget=SearchBox, max_length=200)
    owner = filters.ModelChoiceFilter(queryset=people, label="Owner")
    status = filters.MultipleChoiceFilter(
        choices=RiskStatus.choices, label="Status", widget=forms.CheckboxSelectMultiple, distinct=False
    )

    class Meta:
        model = Risk
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(containing(words, "name", "project__name", "external_key"))


class _PageFilter(PageFilter):
    """As a bar above a list; one project is chosen by a link, not from a list of hundreds."""

    order = ("q", "portfolio", "program")

    @property
    def form(self) -> Any:
        form = super().form
        form.fields["project"].widget = forms.HiddenInput()
        for name in ("portfolio", "program", "assignee", "owner"):
            if name in form.fields:
                form.fields[name].empty_label = "Any"
        return form


class ActivityListFilter(_PageFilter, ActivityFilter):
    status = filters.ChoiceFilter(choices=ActivityStatus.choices, method="in_status", label="Status", empty_label="Any")
    kind = filters.ChoiceFilter(choices=ActivityKind.choices, label="Kind", empty_label="Any")

    def in_status(self, rows: Any, name: str, status: str) -> Any:
        """A summary's status is that of its parts, which are listed themselves."""
        return rows.leaves().filter(status=status)

    def being_late(self, rows: Any, name: str, wanted: bool) -> Any:
        return rows.leaves().late_on(timezone.localdate()) if wanted else rows


class DependencyListFilter(ArchivedFilter, DependencyFilter):
    """On pages: what is in force, or with `archived=1` what was removed."""

    @property
    def form(self) -> Any:
        form = super().form
        form.order_fields(["q", "program", "owner", "late", "crossing", "archived"])
        form.fields["q"].widget.attrs["placeholder"] = form.fields["q"].label
        for name in ("project", "activity"):
            form.fields[name].widget = forms.HiddenInput()
        for name in ("program", "owner"):
            form.fields[name].empty_label = "Any"
        return form


class RiskListFilter(_PageFilter, RiskFilter):
    status = filters.ChoiceFilter(choices=RiskStatus.choices, label="Status", empty_label="Any")


class BaselineFilter(filters.FilterSet):
    project = filters.ModelChoiceFilter(queryset=projects, label="Project")
    program = filters.ModelChoiceFilter(queryset=_related("program"), field_name="project__program", label="Program")
    is_current = filters.BooleanFilter(label="Current")

    class Meta:
        model, fields = Baseline, ()


class ForecastFilter(filters.FilterSet):
    project = filters.ModelChoiceFilter(queryset=projects, label="Project")
    program = filters.ModelChoiceFilter(queryset=_related("program"), label="Program")

    class Meta:
        model, fields = Forecast, ()


class LevellingFilter(filters.FilterSet):
    program = filters.ModelChoiceFilter(queryset=_related("program"), label="Program")
    portfolio = filters.ModelChoiceFilter(queryset=_related("portfolio"), label="Portfolio")

    class Meta:
        model, fields = LevellingProposal, ("status",)


@dataclass(frozen=True)
class ShownRows:
    """A choice of rows of a variance table."""

    label: str
    keeps: Callable[[Any], bool]


#: The address's word -> which rows it shows.
SHOWN_ROWS = {
    "all": ShownRows("All activities", lambda row: True),
    "changed": ShownRows("Only changed", lambda row: row.is_changed),
    "later": ShownRows("Finish later", lambda row: not row.is_root and (row.finish_days or 0) > 0),
    "added": ShownRows("Added since", lambda row: row.is_added),
    "removed": ShownRows("Removed since", lambda row: row.is_removed),
}


class VarianceFilter:
    """Which baselines are compared, and which rows are shown. What the address says wrongly is left out."""

    def __init__(self, data: Any, baselines: Sequence[Baseline]) -> None:
        by_key = {str(row.pk): row for row in baselines}
        current = next((row for row in baselines if row.is_current), None)
        self.baselines = baselines
        self.then = by_key.get(data.get("of", "")) or current or (baselines[0] if baselines else None)
        self.now = by_key.get(data.get("against", ""))
        self.show = data.get("show") if data.get("show") in SHOWN_ROWS else "all"
        self.form = VarianceForm(
            {"of": self.then and str(self.then.pk), "against": str(self.now.pk) if self.now else "", "show": self.show},
            baselines=baselines,
        )


class VarianceForm(forms.Form):
    """The bar above a variance table."""

    of = forms.ChoiceField(label="Baseline")
    against = forms.ChoiceField(label="Against", required=False)
    show = forms.ChoiceField(label="Show", choices=[(key, rows.label) for key, rows in SHOWN_ROWS.items()])

    def __init__(self, *args: Any, baselines: Sequence[Baseline], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(row.pk), f"{row.name} (current)" if row.is_current else row.name) for row in baselines]
        for name, field in (("of", self.fields["of"]), ("against", self.fields["against"])):
            field.choices = choices if name == "of" else [("", "Today's plan"), *choices]  # type: ignore[attr-defined]


class ProjectRiskFilter(ArchivedFilter):
    """The risks of one project, by how they stand."""

    status = filters.ChoiceFilter(choices=RiskStatus.choices, label="Status", empty_label="Any")

    class Meta:
        model = Risk
        fields: tuple[str, ...] = ()
