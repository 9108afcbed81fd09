"""What a list page says about its own address: the filters in force as chips, and the ways to other addresses."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from core.htmx import wants_fragment
from core.templatetags.portolan import day

#: Words of the address that narrow nothing.
NOT_FILTERS = ("page", "rows", "sort", "format")


@dataclass(frozen=True)
class Chip:
    """A filter in force, and the query that the list has without it."""

    name: str
    label: str
    words: str
    query: str
    is_wrong: bool = False


def listing(request: HttpRequest, chosen: Any) -> dict[str, Any]:
    """The context of a list: its chips, what the search carries along, and whether htmx asked for a part of it."""
    return {
        "filter": chosen,
        "chips": chips(request, chosen),
        "kept": kept(request),
        "query": query_of(request),
        "is_narrowed": is_narrowed(request),
        "fragment": wants_fragment(request),
    }


def chips(request: HttpRequest, chosen: Any) -> list[Chip]:
    """The filters in force, in words; the search box shows its own."""
    found = []
    fields = chosen.form.fields
    for name in fields:
        if name == "q" or not any(request.GET.getlist(name)):
            continue
        is_wrong = name in chosen.form.errors
        value = chosen.form.cleaned_data.get(name)
        if is_wrong or value not in (None, "", [], False):
            words = "not understood" if is_wrong else in_words(fields[name], value)
            found.append(Chip(name, str(fields[name].label), words, query_of(request, name), is_wrong))
    return found


def in_words(field: Any, value: Any) -> str:
    """What a filter is set to, as its choices name it; nothing for one that is only on."""
    if value is True:
        return ""
    if hasattr(field, "queryset"):
        return str(value)
    if hasattr(value, "isoformat"):
        return str(day(value))
    labels = {str(key): str(label) for key, label in getattr(field, "choices", ())}
    values = value if isinstance(value, list) else [value]
    return " or ".join(labels.get(str(item), str(item)) for item in values)


def query_of(request: HttpRequest, *without: str) -> str:
    """The query of the address without some words, from its first page on; empty where nothing is left."""
    query = request.GET.copy()
    for name in [name for name, values in query.lists() if name in (*without, "page", "format") or not any(values)]:
        del query[name]
    return f"?{query.urlencode()}" if query else ""


def kept(request: HttpRequest) -> list[tuple[str, str]]:
    """What the search form carries along: every word of the address but its own."""
    return [
        (name, value)
        for name, values in request.GET.lists()
        for value in values
        if value and name not in ("q", "page", "format")
    ]


def filters_of(request: HttpRequest) -> dict[str, list[str]]:
    """What the address narrows the list to, be it in words the list knows or not."""
    words = {name: [value for value in values if value] for name, values in request.GET.lists()}
    return {name: values for name, values in words.items() if values and name not in NOT_FILTERS}


def is_narrowed(request: HttpRequest) -> bool:
    """True when the address asks for some of the rows only."""
    return bool(filters_of(request))
