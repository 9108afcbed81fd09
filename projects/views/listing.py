"""What a list page says about its own address: the filters in force as chips, and the ways to other addresses."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from core.filters import ArchivedFilter
from core.htmx import wants_fragment
from core.pages import MemberRequest
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


class Narrowed:
    """What the address narrows a list to. A filter that it does not name costs nothing: a FilterSet's own form does.

    Args:
        rows: all that may be listed; `rows` of the object is what the address leaves of them.
    """

    def __init__(self, request: MemberRequest, filters: type[ArchivedFilter], rows: Any) -> None:
        self.values: dict[str, Any] = {}
        self.fields: dict[str, Any] = {}
        self.wrong: set[str] = set()
        asked = [name for name in filters.base_filters if any(request.GET.getlist(name))]
        known = filters(request.GET, queryset=rows, request=request).filters if asked else {}
        for name in asked:
            field = self.fields[name] = known[name].field
            try:
                value = field.clean(field.widget.value_from_datadict(request.GET, {}, name))
            except ValidationError:
                self.wrong.add(name)
                continue
            self.values[name] = value
            rows = known[name].filter(rows, value)
        self.rows = rows.exclude(archived_at=None) if self.values.get("archived") else rows.live()


def listing(request: MemberRequest, narrowed: Narrowed) -> dict[str, Any]:
    """The context of a list: its chips, what the search carries along, and whether htmx asked for a part of it."""
    return {
        "chips": chips(request, narrowed),
        "kept": kept(request),
        "query": query_of(request),
        "fragment": wants_fragment(request),
    }


def chips(request: MemberRequest, narrowed: Narrowed) -> list[Chip]:
    """The filters in force, in words; the search box shows its own."""
    found = []
    for name, field in narrowed.fields.items():
        is_wrong, value = name in narrowed.wrong, narrowed.values.get(name)
        if name != "q" and (is_wrong or value not in (None, "", [], False)):
            words = "not understood" if is_wrong else in_words(field, value)
            found.append(Chip(name, str(field.label), words, query_of(request, name), is_wrong))
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


def query_of(request: MemberRequest, *without: str) -> str:
    """The query of the address without some words, from its first page on; empty where nothing is left."""
    query = request.GET.copy()
    for name in [name for name, values in query.lists() if name in (*without, "page", "format") or not any(values)]:
        del query[name]
    return f"?{query.urlencode()}" if query else ""


def kept(request: MemberRequest) -> list[tuple[str, str]]:
    """What the search form carries along: every word of the address but its own."""
    return [
        (name, value)
        for name, values in request.GET.lists()
        for value in values
        if value and name not in ("q", "page", "format")
    ]


def filters_of(request: MemberRequest) -> dict[str, list[str]]:
    """What the address narrows the list to, be it in words the list knows or not."""
    words = {name: [value for value in values if value] for name, values in request.GET.lists()}
    return {name: values for name, values in words.items() if values and name not in NOT_FILTERS}
