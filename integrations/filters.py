"""What the lists of imports and of their rows can be narrowed to; all of it stands in the address."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q

from core.filters import SearchBox
from integrations.models import ImportFile, ImportKind, ImportRow, ImportRun, RowPlan, RowStatus, RunStatus

OUTCOMES = [
    ("parked", "Parked"),
    ("noted", "With something to know"),
    ("new", "New"),
    ("restored", "Back from undo"),
    ("changed", "Changed"),
    ("unchanged", "Unchanged"),
    ("refused", "Not imported"),
    ("left_out", "Left out"),
    ("pending", "Waiting"),
    ("undone", "Undone"),
    ("kept", "Kept at undo"),
]
#: Outcome -> the plans and the statuses that it stands for, before and after the import.
STANDS_FOR: dict[str, tuple[list[str], list[str]]] = {
    "new": ([RowPlan.CREATE], [RowStatus.CREATED]),
    "restored": ([RowPlan.RESTORE], [RowStatus.RESTORED]),
    "changed": ([RowPlan.UPDATE], [RowStatus.UPDATED]),
    "unchanged": ([RowPlan.UNCHANGED], [RowStatus.UNCHANGED]),
    "refused": ([RowPlan.ERROR], [RowStatus.FAILED]),
    "left_out": ([RowPlan.SKIP], [RowStatus.SKIPPED]),
    "pending": ([], [RowStatus.PENDING]),
    "undone": ([], [RowStatus.UNDONE]),
    "kept": ([], [RowStatus.KEPT]),
}


class RunFilter(filters.FilterSet):
    q = filters.CharFilter(field_name="title", lookup_expr="icontains", label="Find imports", widget=SearchBox)
    status = filters.ChoiceFilter(choices=RunStatus.choices, label="Status", empty_label="Any")

    class Meta:
        model = ImportRun
        fields: tuple[str, ...] = ()


def files(request: Any) -> Any:
    """Files of the import whose rows are shown."""
    if request is None:
        return ImportFile.objects.none()
    rows = ImportFile.objects.visible_to(request.user).defer("content")
    return rows.filter(run_id=request.resolver_match.kwargs["pk"]).order_by("position")


class RowFilter(filters.FilterSet):
    q = filters.CharFilter(method="find", label="Find rows", widget=SearchBox, max_length=200)
    kind = filters.ChoiceFilter(choices=ImportKind.choices, label="Kind", empty_label="All")
    file = filters.ModelChoiceFilter(queryset=files, label="File", empty_label="All")
    outcome = filters.ChoiceFilter(choices=OUTCOMES, method="of_outcome", label="Outcome", empty_label="Any")
    about = filters.CharFilter(method="of_which_is_said", widget=forms.HiddenInput, max_length=40)

    class Meta:
        model = ImportRow
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, text: str) -> Any:
        return rows.filter(Q(label__icontains=text) | Q(key__icontains=text))

    def of_which_is_said(self, rows: Any, name: str, code: str) -> Any:
        return rows.filter(messages__contains=[{"code": code}])

    def of_outcome(self, rows: Any, name: str, outcome: str) -> Any:
        if outcome == "parked":
            return rows.filter(is_parked=True)
        if outcome == "noted":
            return rows.exclude(messages=[])
        plans, statuses = STANDS_FOR[outcome]
        return rows.filter(Q(status=RowStatus.PENDING, plan__in=plans) | Q(status__in=statuses))
