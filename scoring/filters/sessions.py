"""What the list of scoring sessions can be narrowed to."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet

from core.filters import PageFilter, SearchBox, Toggle
from scoring.models import ScoringModel, ScoringSession, SessionRater, SessionStatus


def models_seen(request: Any) -> QuerySet[Any]:
    """Scoring models that the person may see, by name."""
    if request is None:
        return ScoringModel.objects.none()
    return ScoringModel.objects.visible_to(request.user).live().order_by("name", "pk")


class SessionFilter(filters.FilterSet):
    q = filters.CharFilter(method="find", label="Find sessions", widget=SearchBox, max_length=200)
    status = filters.ChoiceFilter(choices=SessionStatus.choices, label="State", empty_label="Any")
    model = filters.ModelChoiceFilter(queryset=models_seen, label="Model", empty_label="Any")

    class Meta:
        model = ScoringSession
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(Q(name__icontains=words) | Q(external_key__icontains=words))


class SessionPageFilter(PageFilter, SessionFilter):
    """The list's filters; with `mine=1`, sessions that a person is a rater of."""

    mine = filters.BooleanFilter(method="of_rater", label="I am a rater", widget=Toggle)

    def of_rater(self, rows: Any, name: str, wanted: bool) -> Any:
        return rows.filter(pk__in=SessionRater.objects.filter(user=self.request.user).values("session"))
