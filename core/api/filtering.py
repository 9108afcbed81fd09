"""Filters of lists: the pages' FilterSets, read strictly. A word the list does not know is refused, never ignored."""

from collections.abc import Collection
from typing import Any

import django_filters
from django import forms
from django.core.validators import EMPTY_VALUES
from django.db.models import QuerySet
from rest_framework import exceptions
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from core.amounts import REFUSED, is_hidden

#: What every list understands beside its own filters.
LIST_WORDS = frozenset({"cursor", "page_size", "ordering"})
#: What `archived` may say -> whether archived rows are wanted; None is both.
ARCHIVED = {"false": False, "true": True, "any": None, "0": False, "1": True}


class FilterBackend(BaseFilterBackend):
    """Applies the filters that the URL names, and builds no form for the others.

    A FilterSet's own `qs` builds a form of all its fields at every request, which costs more than the list itself.
    """

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        filterset_class: Any = getattr(view, "filterset_class", None)
        known = filterset_class.base_filters if filterset_class is not None else {}
        archived = {"archived"} if hasattr(view.queryset, "live") else set()
        refuse_unknown(request, LIST_WORDS | archived | set(known))
        asked = [name for name in known if name != "archived" and name in request.query_params]
        if not asked:
            return queryset
        if hidden := [name for name in asked if is_hidden(filterset_class.base_filters[name].field_name or name)]:
            raise exceptions.ValidationError({name: [REFUSED] for name in hidden})
        filterset = filterset_class(request.query_params, queryset=queryset, request=request)
        errors = {}
        for name in asked:
            item = filterset.filters[name]
            item.distinct = False  # choices of a column double no row, and DISTINCT over all columns reads them all
            try:
                queryset = item.filter(queryset, _value(item.field, request, name))
            except forms.ValidationError as error:
                errors[name] = error.messages
        if errors:
            raise exceptions.ValidationError(errors)
        return queryset

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        filterset_class = getattr(view, "filterset_class", None)
        known = filterset_class.base_filters if filterset_class is not None else {}
        return [
            {"name": name, "in": "query", "schema": _schema_of(item), "description": str(item.label or name)}
            for name, item in known.items()
            if name != "archived"
        ]


class ListWordsBackend(BaseFilterBackend):
    """`?archived=` chooses between live and archived rows; `?ordering=` is applied where the page is cut."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        rows: Any = queryset
        if not hasattr(rows, "live"):
            return queryset
        word = request.query_params.get("archived", "false")
        if word not in ARCHIVED:
            raise exceptions.ValidationError({"archived": [f"Say one of {', '.join(ARCHIVED)}."]})
        if ARCHIVED[word] is None:
            return queryset
        shown: QuerySet[Any] = rows.exclude(archived_at=None) if ARCHIVED[word] else rows.live()
        return shown

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        words = [word for name in sorted(view.orderings) for word in (name, f"-{name}")]
        parameters: list[dict[str, Any]] = [
            {
                "name": "ordering",
                "in": "query",
                "schema": {"type": "string", "enum": words, "default": view.default_ordering},
                "description": "The order of the rows; with `-` in front, descending.",
            }
        ]
        if hasattr(view.queryset, "live"):
            parameters.append(
                {
                    "name": "archived",
                    "in": "query",
                    "schema": {"type": "string", "enum": ["false", "true", "any"], "default": "false"},
                    "description": "Live rows, archived ones, or both.",
                }
            )
        return parameters


def refuse_unknown(request: Request, words: Collection[str]) -> None:
    """A misspelt filter must not answer with every row.

    Raises:
        rest_framework.exceptions.ValidationError: names each word that is not among those that are known here.
    """
    if unknown := [name for name in request.query_params if name not in words]:
        sentence = f"This list has no such filter. It knows {', '.join(sorted(words))}."
        raise exceptions.ValidationError({name[:100]: [sentence] for name in unknown})
    for name, value in request.query_params.items():
        if "\x00" in value:
            raise exceptions.ValidationError({name: ["Null characters are not allowed."]})


def _value(field: Any, request: Request, name: str) -> Any:
    """What a filter is asked for; a word it cannot read is an error, where a page would show all."""
    value = field.clean(field.widget.value_from_datadict(request.query_params, {}, name))
    if value in EMPTY_VALUES:
        raise forms.ValidationError("This value makes no sense here.")
    return value


def _schema_of(item: Any) -> dict[str, Any]:
    """The values that a filter takes, as OpenAPI says it."""
    kinds: tuple[tuple[type, dict[str, Any]], ...] = (
        (django_filters.ModelChoiceFilter, {"type": "integer"}),
        (django_filters.BooleanFilter, {"type": "boolean"}),
        (django_filters.IsoDateTimeFilter, {"type": "string", "format": "date-time"}),
        (django_filters.DateFilter, {"type": "string", "format": "date"}),
        (django_filters.NumberFilter, {"type": "number"}),
    )
    for kind, schema in kinds:
        if isinstance(item, kind):
            return schema
    choices = item.extra.get("choices")
    if choices := choices() if callable(choices) else choices:
        word = {"type": "string", "enum": [str(value) for value, _ in choices if value != ""]}
        return {"type": "array", "items": word} if isinstance(item, django_filters.MultipleChoiceFilter) else word
    return {"type": "string", "minLength": 1, "maxLength": item.extra.get("max_length", 200)}
