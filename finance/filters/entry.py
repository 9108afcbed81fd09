"""What lists of entries, rates and budgets can be narrowed to; all of it stands in the address."""

import datetime
import re
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q

from core.filters import SearchBox
from finance.models import Budget, BudgetStatus, EntryClass, EntryKind, ExchangeRate, FinancialEntry
from finance.models.subject import SUBJECTS
from programs.models import Program
from programs.selectors import FUNDED
from projects.filters import containing
from projects.models import Project

MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])(-\d\d)?")


def subjects(column: str) -> Any:
    """Rows that an entry may be about, live or not. Those above this app are known by the relation."""

    def rows(request: Any) -> Any:
        model: Any = FinancialEntry._meta.get_field(column).related_model
        return model.objects.none() if request is None else model.objects.visible_to(request.user)

    return rows


class MonthField(forms.CharField):
    """A month, typed or picked as 2026-03; a day in it will do."""

    widget = forms.TextInput(attrs={"type": "month", "placeholder": "2026-03", "pattern": r"\d{4}-\d{2}(-\d{2})?"})

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        if not text:
            return None
        match = MONTH.fullmatch(text)
        if match is None or match[1] == "0000":
            raise forms.ValidationError("A month is written as 2026-03.")
        return datetime.date(int(match[1]), int(match[2]), 1)


class MonthFilter(filters.Filter):
    field_class = MonthField


class OfSubject(filters.FilterSet):
    portfolio = filters.ModelChoiceFilter(queryset=subjects("portfolio"), label="Portfolio")
    program = filters.ModelChoiceFilter(queryset=subjects("program"), label="Program")
    project = filters.ModelChoiceFilter(queryset=subjects("project"), label="Project")
    product = filters.ModelChoiceFilter(queryset=subjects("product"), label="Product")


class EntryFilter(OfSubject):
    """Entries of one subject, or of a program and its projects that count; of kinds, classes and months."""

    q = filters.CharFilter(method="find", label="Find entries", widget=SearchBox, max_length=200)
    in_program = filters.ModelChoiceFilter(
        queryset=subjects("program"), method="below", label="Program with its approved projects"
    )
    below_program = filters.ModelChoiceFilter(
        queryset=subjects("program"), method="only_below", label="Approved projects of a program"
    )
    in_portfolio = filters.ModelChoiceFilter(
        queryset=subjects("portfolio"), method="inside", label="All that counts in a portfolio"
    )
    kind = filters.MultipleChoiceFilter(choices=EntryKind.choices, label="Kind", widget=forms.CheckboxSelectMultiple)
    entry_class = filters.MultipleChoiceFilter(
        choices=EntryClass.choices, label="Class", widget=forms.CheckboxSelectMultiple
    )
    from_month = MonthFilter(field_name="month", lookup_expr="gte", label="From")
    to_month = MonthFilter(field_name="month", lookup_expr="lte", label="To")
    currency = filters.CharFilter(label="Currency", max_length=3)
    line = filters.CharFilter(label="Line", max_length=200)

    class Meta:
        model = FinancialEntry
        fields: tuple[str, ...] = ()

    @property
    def form(self) -> Any:
        form = super().form
        form.fields["q"].widget.attrs |= {"placeholder": "Line, note, key", "class": "input"}
        for name in (*SUBJECTS, "in_program", "below_program", "in_portfolio", "line", "currency"):
            form.fields[name].widget = forms.HiddenInput()
        return form

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(containing(words, "line", "note", "external_key"))

    def below(self, rows: Any, name: str, program: Program) -> Any:
        return rows.filter(Q(program=program) | Q(project__in=_counted(program)))

    def only_below(self, rows: Any, name: str, program: Program) -> Any:
        return rows.filter(project__in=_counted(program))

    def inside(self, rows: Any, name: str, portfolio: Any) -> Any:
        """What a portfolio's totals are made of: approved projects' entries, and programs' forecasts and actuals."""
        places = type(portfolio).objects.at_or_below(portfolio.pk).live().order_by().values("pk")
        programs = Program.objects.live().filter(portfolio__in=places).order_by().values("pk")
        projects = Project.objects.live().filter(Q(portfolio__in=places) | Q(program__in=programs))
        counted = projects.filter(status__in=FUNDED).order_by().values("pk")
        return rows.filter(Q(project__in=counted) | (Q(program__in=programs) & ~Q(kind=EntryKind.BUDGET)))


def _counted(program: Any) -> Any:
    return program.projects.filter(archived_at=None, status__in=FUNDED).order_by().values("pk")


class RateFilter(filters.FilterSet):
    currency = filters.CharFilter(label="Currency", max_length=3)

    class Meta:
        model = ExchangeRate
        fields: tuple[str, ...] = ()


class BudgetFilter(OfSubject):
    status = filters.ChoiceFilter(choices=BudgetStatus.choices, label="Status")

    class Meta:
        model = Budget
        fields: tuple[str, ...] = ()
