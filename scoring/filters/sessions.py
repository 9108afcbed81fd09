"""What the list of scoring sessions can be narrowed to."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet

from events.filters import SearchBox
from scoring.models import ScoringModel, ScoringSession, SessionRater, SessionStatus


def models_seen(request: Any) -> QuerySet[Any]:
    """Scoring models that the person may see, by name."""
    if request is None:
        return ScoringModel.objects.none()
    return ScoringModel.objects.visible_to(request.user).live().order_by("name", "pk")


class SessionFilter(filters.FilterSet):
    q = filters.CharFilter(
        method="find", label="Find sessions", widget=SearchBox({"placeholder": "Find sessions"}), max_length=200
    )
    status = filters.ChoiceFilter(choices=SessionStatus.choices, label="State", empty_label="Any")
    model = filters.ModelChoiceFilter(queryset=models_seen, label="Model", empty_label="Any")

    class Meta:
        model = ScoringSession
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(Q(name__icontains=words) | Q(external_key__icontains=words))


class SessionPageFilter(SessionFilter):
    """On a page: live sessions, or with `archived=1` the archived ones; with `mine=1` those a person is a rater of."""

    mine = filters.BooleanFilter(method="keep", label="I am a rater", widget=forms.CheckboxInput(attrs={"value": "1"}))
    archived = filters.BooleanFilter(method="keep", label="Archived", widget=forms.CheckboxInput(attrs={"value": "1"}))

    def keep(self, rows: Any, name: str, wanted: bool) -> Any:
        """Both are applied at the end, where what is not ticked counts too."""
        return rows

    def filter_queryset(self, queryset: Any) -> Any:
        rows = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("mine"):
            rows = rows.filter(pk__in=SessionRater.objects.filter(user=self.request.user).values("session"))
        return rows.exclude(archived_at=None) if self.form.cleaned_data.get("archived") else rows.live()
