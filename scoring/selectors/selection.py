"""Which items a ranking is about: those that filters let through, or those that are named."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from core.pages import id_in
from projects.filters import containing
from scoring.filters import board
from scoring.models import ScoringModel

#: Words of an address that narrow items, by kind of item.
NARROWING: Mapping[str, tuple[str, ...]] = {
    "project": ("q", "product", "line", "program", "portfolio", "stage"),
    "program": ("q", "product", "program", "portfolio"),
    "product": ("q", "product", "line", "program", "portfolio", "stage"),
}
#: Words that the board reads. Nonsense there chooses nothing here: what is frozen is never more than was asked for.
UNDERSTOOD = ("product", "program", "portfolio", "stage")
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


def selected(kind: str, user: Any, selection: Selection, model: ScoringModel | None = None) -> QuerySet[Any]:
    """The candidates that a selection chooses, as the board ranks them, in the order in which equals are listed.

    Args:
        model: a portfolio's own ranks what is in that portfolio.
    """
    given = selection.filters
    asked = board.Selection.asked({**given, "kind": kind})
    rows: Any = asked.rows(user, model)
    if any(given.get(word) and not getattr(asked, word) for word in UNDERSTOOD):
        return rows.none()
    if selection.ids:
        rows = rows.filter(pk__in=selection.ids)
    if words := given.get("q"):
        rows = rows.filter(containing(words, "name") if kind == "product" else containing(words, "name", "code"))
    if line := given.get("line"):
        rows = _of_line(kind, rows, id_in(line))
    return rows


def _of_line(kind: str, rows: Any, pk: int | None) -> Any:
    if pk is None:
        return rows.none()
    if kind == "product":
        return rows.filter(line=pk)
    served = rows.model.objects.filter(product_shares__product__line=pk)
    return rows.filter(pk__in=served.values("pk"))
