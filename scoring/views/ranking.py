"""Which ranking an address asks for: a model, a kind of items, and what narrows them."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from core.pages import MemberRequest, id_in
from scoring.models import ITEM_KINDS, ItemKind, ScoringModel
from scoring.selectors import NARROWING, Selection, Sheet, candidates, selected, sheet_of

PAGES = {
    "project": "projects:project-detail",
    "program": "programs:program-detail",
    "product": "portfolio:product-detail",
}


@dataclass(frozen=True)
class Chosen:
    """A model with its choice of items; `sheet` reads them."""

    model: ScoringModel
    kind: str
    selection: Selection
    user: Any

    @property
    def sheet(self) -> Sheet:
        rows = selected(self.kind, self.user, self.selection, self.model)
        return sheet_of(self.model, rows, self.kind, timezone.localdate())

    @property
    def all_count(self) -> int:
        """How many candidates there are without anything that narrows them."""
        return int(candidates(self.kind, self.user).count())

    @property
    def is_narrowed(self) -> bool:
        return bool(self.selection.filters or self.selection.ids)


def live_models(request: MemberRequest) -> Any:
    """The models that a person may choose, by name."""
    return ScoringModel.objects.visible_to(request.user).live().order_by("name", "pk")


def chosen(request: MemberRequest) -> Chosen | None:
    """What an address asks for; the first model and projects where it does not say. None: there is no model yet.

    Raises:
        Http404: there is no such model.
    """
    models = live_models(request)
    named = request.GET.get("model", "")
    model = models.filter(pk=id_in(named)).first() if named else models.first()
    if model is None:
        if named:
            raise Http404
        return None
    model.organization = request.organization
    asked = request.GET.get("kind", "")
    kind = asked if asked in ITEM_KINDS else ITEM_KINDS[0]
    return Chosen(model, kind, Selection.of_query(kind, request.GET), request.user)


def choice(request: MemberRequest, found: Chosen | None) -> dict[str, Any]:
    """What the bar above such a page shows."""
    return {
        "chosen": found,
        "models": live_models(request),
        "kinds": ItemKind.choices,
        "kept_words": [(word, value) for word, value in request.GET.items() if found and word in NARROWING[found.kind]],
        "can_choose": found is not None,
    }


def item_url(kind: str, pk: int) -> str:
    """The page of an item."""
    return reverse(PAGES[kind], args=[pk])
