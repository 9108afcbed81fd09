"""What the lists of teams, roles, skills, people, absences and typed capacity can be narrowed to."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet

from core.filters import PageFilter, SearchBox
from resources.models import Absence, AbsenceKind, Capacity, Person, ResourceRole, RoleRate, Skill, Team


def visible(model: Any) -> Any:
    """Live rows of a model that the person may see, by name."""

    def rows(request: Any) -> QuerySet[Any]:
        if request is None:
            return model.objects.none()
        return model.objects.visible_to(request.user).live().order_by("name", "pk")

    return rows


class NamedFilter(filters.FilterSet):
    """Rows found by name and key."""

    q = filters.CharFilter(method="find", label="Find", widget=SearchBox, max_length=200)

    class Meta:
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(Q(name__icontains=words) | Q(external_key__icontains=words))


class TeamFilter(NamedFilter):
    class Meta(NamedFilter.Meta):
        model = Team


class RoleFilter(NamedFilter):
    class Meta(NamedFilter.Meta):
        model = ResourceRole


class SkillFilter(NamedFilter):
    class Meta(NamedFilter.Meta):
        model = Skill


class PersonFilter(NamedFilter):
    team = filters.ModelChoiceFilter(queryset=visible(Team), label="Team", empty_label="Any")
    role = filters.ModelChoiceFilter(queryset=visible(ResourceRole), label="Role", empty_label="Any")
    skill = filters.ModelChoiceFilter(
        queryset=visible(Skill), field_name="levels__skill", label="Skill", empty_label="Any"
    )
    is_placeholder = filters.BooleanFilter(label="Placeholder")

    class Meta(NamedFilter.Meta):
        model = Person

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(Q(name__icontains=words) | Q(external_key__icontains=words) | Q(email__icontains=words))


class AbsenceFilter(filters.FilterSet):
    person = filters.ModelChoiceFilter(queryset=visible(Person), label="Person")
    kind = filters.ChoiceFilter(choices=AbsenceKind.choices, label="Kind")
    first_date = filters.DateFilter(field_name="last_date", lookup_expr="gte", label="Away on this day or later")
    last_date = filters.DateFilter(field_name="first_date", lookup_expr="lte", label="Away on this day or before")

    class Meta:
        model = Absence
        fields: tuple[str, ...] = ()


class RoleRateFilter(filters.FilterSet):
    role = filters.ModelChoiceFilter(queryset=visible(ResourceRole), label="Role")

    class Meta:
        model = RoleRate
        fields: tuple[str, ...] = ()


class CapacityFilter(filters.FilterSet):
    role = filters.ModelChoiceFilter(queryset=visible(ResourceRole), label="Role")
    team = filters.ModelChoiceFilter(queryset=visible(Team), label="Team")
    first_month = filters.DateFilter(field_name="month", lookup_expr="gte", label="From this month on")
    last_month = filters.DateFilter(field_name="month", lookup_expr="lte", label="Until this month")

    class Meta:
        model = Capacity
        fields: tuple[str, ...] = ()


class OfPage(PageFilter):
    """The filter bar of a list, by what its search finds."""

    words = "Find"

    @property
    def form(self) -> Any:
        form = super().form
        form.fields["q"].label = form.fields["q"].widget.attrs["placeholder"] = self.words
        return form


class TeamPageFilter(OfPage, TeamFilter):
    words = "Find teams"


class RolePageFilter(OfPage, RoleFilter):
    words = "Find roles"


class SkillPageFilter(OfPage, SkillFilter):
    words = "Find skills"


class PersonPageFilter(OfPage, PersonFilter):
    words = "Find people"
    is_placeholder = filters.ChoiceFilter(
        choices=(("true", "Placeholders"), ("false", "People")), label="Shown", empty_label="All", method="of_kind"
    )

    def of_kind(self, rows: Any, name: str, word: str) -> Any:
        return rows.filter(is_placeholder=word == "true")
