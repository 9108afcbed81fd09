"""What the list of members can be narrowed to; all of it stands in the address."""

from typing import Any

import django_filters as filters
from django.db.models import Q

from accounts.models import Membership
from core.access import Role
from events.filters import SearchBox


class MemberFilter(filters.FilterSet):
    q = filters.CharFilter(method="find", label="Find members", widget=SearchBox, max_length=200)
    role = filters.ChoiceFilter(choices=Role.choices, label="Role", empty_label="Any")

    class Meta:
        model = Membership
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        return rows.filter(Q(user__name__icontains=words) | Q(user__email__icontains=words))
