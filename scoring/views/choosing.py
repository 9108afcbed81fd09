"""Which model and which items an address asks for, and the way back from what was typed about them."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from core.middleware import request_id
from core.pages import MemberRequest
from scoring.forms.matrix import ItemsForm
from scoring.models import ITEM_KINDS, ScoringModel
from scoring.selectors import Sheet, candidates, sheet_of

Form = TypeVar("Form", bound=ItemsForm)


@dataclass(frozen=True)
class Chosen(Generic[Form]):
    """The form as it was sent, and the sheet that it asks for; None where there is no model yet."""

    form: Form
    sheet: Sheet | None


def choose(request: MemberRequest, form_class: type[Form], models: Any, usual: str = "") -> Chosen[Form]:
    """The model and the items of an address; nonsense in it is what stands there by default.

    Args:
        models: those to choose from, in their order.
        usual: the template of the model to begin with, if there is one of it.
    """
    form = form_class(request.GET, user=request.user, organization=request.organization, models=models)
    form.is_valid()
    model: ScoringModel | None = form.cleaned_data.get("model")
    model = model or (models.filter(template=usual).first() if usual else None) or models.first()
    if model is None:
        return Chosen(form, None)
    model.organization = request.organization
    kind = str(request.GET.get("kind") if request.GET.get("kind") in ITEM_KINDS else ITEM_KINDS[0])
    rows = candidates(kind, request.user)
    if kind == "project" and (program := form.cleaned_data.get("program")):
        rows = rows.filter(program=program)
    form.show(model=str(model.pk), kind=kind)
    return Chosen(form, sheet_of(model, rows.order_by("name", "pk"), kind, timezone.localdate()))


def url_of(sheet: Sheet, item: Any) -> str:
    """The page that explains an item's score."""
    kind = sheet.kind
    try:
        return reverse("scoring:explain", args=[sheet.model.pk, kind, item.pk])
    except NoReverseMatch:
        return reverse(f"{'portfolio' if kind == 'product' else f'{kind}s'}:{kind}-detail", args=[item.pk])


def group_of(item: Any) -> str:
    """What an item belongs to."""
    parents = (getattr(item, name, None) for name in ("program", "line", "portfolio"))
    return next((str(parent) for parent in parents if parent is not None), "")


def undo_url() -> str:
    """Where the scores typed in the present request are taken back."""
    found = request_id()
    return reverse("scoring:undo-move", args=[found]) if found else ""
