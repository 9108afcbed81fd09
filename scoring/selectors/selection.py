"""Which items a ranking is about: those that filters let through, or those that are named."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from projects.filters import containing, in_portfolio
from scoring.selectors.sheet import candidates

#: Words of an address that narrow items, by kind of item.
NARROWING: Mapping[str, tuple[str, ...]] = {
    "project": ("q", "product", "line", "program", "portfolio", "stage"),
    "program": ("q", "portfolio"),
    "product": ("q", "line", "stage"),
}
#: So many items are named at most.
MOST_NAMED = 2_000


@dataclass(frozen=True)
class Selection:
    """What was asked for, as JSON keeps it.

    Args:
        filters: word -> value, of `NARROWING`.
        ids: the items themselves; empty for all that the filters let through.
    """

    filters: Mapping[str, str] = field(default_factory=dict)
    ids: tuple[int, ...] = ()

    @classmethod
    def of_query(cls, kind: str, query: Any) -> "Selection":
        """The selection that an address asks for; words that narrow nothing are left out."""
        filters = {word: query[word][:200] for word in NARROWING[kind] if query.get(word)}
        named = [int(text) for text in query.getlist("item")[:MOST_NAMED] if text.isascii() and text.isdigit()]
        return cls(filters, tuple(dict.fromkeys(pk for pk in named if pk < 2**63)))

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Selection":
        """What `as_plain` wrote."""
        return cls(plain.get("filters", {}), tuple(plain.get("ids", ())))

    def as_plain(self) -> dict[str, Any]:
        return {"filters": dict(self.filters), "ids": list(self.ids)}


def selected(kind: str, user: Any, selection: Selection) -> QuerySet[Any]:
    """The candidates that a selection chooses, in the order in which equals are listed."""
    rows: Any = candidates(kind, user)
    if selection.ids:
        rows = rows.filter(pk__in=selection.ids)
    for word, value in selection.filters.items():
        rows = _narrowed(kind, rows, word, value)
    return rows.order_by("name", "pk")


def _narrowed(kind: str, rows: Any, word: str, value: str) -> Any:
    if word == "q":
        return rows.filter(containing(value, "name") if kind == "product" else containing(value, "name", "code"))
    if word == "stage":
        return rows.filter(**{"lifecycle_stage" if kind == "product" else "status": value})
    if not (value.isascii() and value.isdigit() and len(value) < 19):
        return rows.none()
    pk = int(value)
    if word == "portfolio" and kind == "project":
        portfolios: Any = rows.model._meta.get_field("portfolio").related_model
        found = portfolios.objects.filter(pk=pk).first()
        return rows.filter(in_portfolio(found)) if found else rows.none()
    if kind == "project" and word in ("product", "line"):
        column = "product_shares__product" if word == "product" else "product_shares__product__line"
        return rows.filter(pk__in=rows.model.objects.filter(**{column: pk}).values("pk"))
    return rows.filter(**{word: pk})
