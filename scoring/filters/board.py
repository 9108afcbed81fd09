"""Which items a board ranks, as its address says; read without a query, since a re-rank has few to spend."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict

from core.pages import id_in
from projects.models import Project, ProjectStatus
from scoring.models import ITEM_KINDS, ItemKind, ScoringModel
from scoring.selectors.sheet import OVER, candidates, item_model

MOST_OTHERS = 3
#: Words of the address that say which items are ranked; others say how the ranking is shown.
CHOOSING = ("kind", "portfolio", "program", "product", "stage")


def portfolio_model() -> Any:
    """The table of portfolios, which stand above this app."""
    return ScoringModel._meta.get_field("portfolio").related_model


def stages(kind: str) -> list[tuple[str, str]]:
    """The stages at which items of a kind are candidates: a project's status, a product's lifecycle stage."""
    if kind == ItemKind.PROJECT:
        return [(value, str(label)) for value, label in ProjectStatus.choices if value not in OVER]
    if kind == ItemKind.PRODUCT:
        field = item_model(kind)._meta.get_field("lifecycle_stage")
        return [(value, str(label)) for value, label in field.choices if value != "retired"]
    return []


@dataclass(frozen=True)
class Selection:
    """The items that are ranked against each other, and the words that search among their rows."""

    kind: str = ItemKind.PROJECT.value
    portfolio: int | None = None
    program: int | None = None
    product: int | None = None
    stage: str = ""
    words: str = ""

    @classmethod
    def asked(cls, query: QueryDict | Mapping[str, str]) -> "Selection":
        """What an address chooses; words that it does not know choose nothing."""
        kind = query.get("kind", "")
        kind = kind if kind in ITEM_KINDS else ItemKind.PROJECT.value
        stage = query.get("stage", "")
        portfolio, program, product = (id_in(query.get(name)) for name in ("portfolio", "program", "product"))
        known = stage if stage in dict(stages(kind)) else ""
        return cls(kind, portfolio, program, product, known, query.get("q", "").strip()[:200])

    def rows(self, user: Any, model: ScoringModel | None = None) -> QuerySet[Any]:
        """The items, by name; a portfolio's own model ranks what is in that portfolio."""
        rows = candidates(self.kind, user)
        chosen = [
            ("portfolio", self.portfolio),
            ("portfolio", model.portfolio_id if model else None),
            ("program", self.program),
            ("product", self.product),
        ]
        for name, pk in chosen:
            if pk is not None:
                rows = rows.filter(pk__in=item_model(self.kind).objects.filter(self._within(name, pk)).values("pk"))
        if self.stage:
            rows = rows.filter(**{"status" if self.kind == ItemKind.PROJECT else "lifecycle_stage": self.stage})
        return rows.order_by("name", "pk")

    def _within(self, name: str, pk: int) -> Q:
        if self.kind == ItemKind.PROJECT:
            return _project_within(name, pk)
        if name == "portfolio" and self.kind == ItemKind.PROGRAM:
            return Q(portfolio__in=portfolio_model().objects.at_or_below(pk).values("pk"))
        if name == self.kind:
            return Q(pk=pk)
        below = Project.objects.live().filter(_project_within(name, pk))
        return Q(projects__in=below) if self.kind == ItemKind.PROGRAM else Q(project_shares__project__in=below)

    def finds(self, item: Any) -> bool:
        """Whether the words that are searched for are in an item's name."""
        name = str(item.name).casefold()
        return all(word in name for word in self.words.casefold().split()[:8])

    @property
    def is_narrowed(self) -> bool:
        return any((self.portfolio, self.program, self.product, self.stage))

    @property
    def query(self) -> str:
        """What chooses the items, as the end of an address."""
        words = {name: getattr(self, name) for name in CHOOSING}
        words["kind"] = "" if self.kind == ItemKind.PROJECT else self.kind
        return urlencode({name: value for name, value in words.items() if value})


def _project_within(name: str, pk: int) -> Q:
    if name == "portfolio":
        ids = portfolio_model().objects.at_or_below(pk).values("pk")
        return Q(program__portfolio__in=ids) | Q(portfolio__in=ids)
    return Q(program=pk) if name == "program" else Q(product_shares__product=pk)
