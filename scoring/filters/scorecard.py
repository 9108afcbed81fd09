"""What lists of scorecards, stability runs and scores can be narrowed to."""

from typing import Any

import django_filters as filters

from core.filters import SearchBox
from projects.filters import containing
from scoring.models import Criterion, ItemKind, Score, Scorecard, ScoringModel, StabilityRun
from scoring.models.score import ITEM_KINDS


def models(request: Any) -> Any:
    """Scoring models that a person may choose."""
    return ScoringModel.objects.visible_to(request.user) if request else ScoringModel.objects.none()


def criteria(request: Any) -> Any:
    """Criteria of scoring models that a person may choose."""
    return Criterion.objects.visible_to(request.user) if request else Criterion.objects.none()


def items_of(kind: str) -> Any:
    """The items of a kind that a person may see."""
    table: Any = Score._meta.get_field(kind).related_model
    return lambda request: table.objects.visible_to(request.user) if request else table.objects.none()


class ScorecardFilter(filters.FilterSet):
    q = filters.CharFilter(method="find", label="Find scorecards", widget=SearchBox, max_length=200)
    model = filters.ModelChoiceFilter(queryset=models, label="Model", empty_label="Any")
    kind = filters.ChoiceFilter(field_name="item_kind", choices=ItemKind.choices, label="Items", empty_label="Any")

    class Meta:
        model = Scorecard
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(containing(words, "name", "reason"))

    @property
    def form(self) -> Any:
        form = super().form
        form.fields["q"].widget.attrs["placeholder"] = form.fields["q"].label
        return form


class StabilityRunFilter(filters.FilterSet):
    model = filters.ModelChoiceFilter(queryset=models, label="Model", empty_label="Any")
    kind = filters.ChoiceFilter(field_name="item_kind", choices=ItemKind.choices, label="Items", empty_label="Any")

    class Meta:
        model = StabilityRun
        fields: tuple[str, ...] = ()


class ScoreFilter(filters.FilterSet):
    model = filters.ModelChoiceFilter(queryset=models, field_name="criterion__model", label="Scoring model")
    criterion = filters.ModelChoiceFilter(queryset=criteria, label="Criterion")
    project = filters.ModelChoiceFilter(queryset=items_of("project"), label="Project")
    program = filters.ModelChoiceFilter(queryset=items_of("program"), label="Program")
    product = filters.ModelChoiceFilter(queryset=items_of("product"), label="Product")
    kind = filters.ChoiceFilter(choices=ItemKind.choices, method="of_kind", label="Kind of item")

    class Meta:
        model = Score
        fields: tuple[str, ...] = ()

    def of_kind(self, rows: Any, name: str, kind: str) -> Any:
        return rows.filter(**{f"{kind}__isnull": False}) if kind in ITEM_KINDS else rows
