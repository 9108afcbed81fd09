"""What the lists of members and of saved views can be narrowed to; all of it stands in the address."""

from typing import Any

import django_filters as filters
from django.db.models import Q

from accounts.models import Membership, SavedPage, SavedView
from core.access import Role
from core.filters import SearchBox


class MemberFilter(filters.FilterSet):
    q = filters.CharFilter(method="find", label="Find members", widget=SearchBox, max_length=200)
    role = filters.ChoiceFilter(choices=Role.choices, label="Role", empty_label="Any")

    class Meta:
        model = Membership
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(Q(user__name__icontains=words) | Q(user__email__icontains=words))


class SavedViewFilter(filters.FilterSet):
    page = filters.ChoiceFilter(choices=SavedPage.choices, label="The list", empty_label="Any")
    is_shared = filters.BooleanFilter(field_name="person", lookup_expr="isnull", label="Everybody's, or one's own")

    class Meta:
        model = SavedView
        fields: tuple[str, ...] = ()
