"""Which model and which items an address asks for, and the way back from what was typed about them."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.urls import reverse
from django.utils import timezone

from core.pages import MemberRequest
from scoring.filters.board import Selection
from scoring.forms.matrix import ItemsForm
from scoring.models import ScoringModel
from scoring.selectors import Sheet, sheet_of
from scoring.selectors.frozen import parents_of

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
    selection = Selection.asked(request.GET)
    form.show(model=str(model.pk), kind=selection.kind)
    return Chosen(form, sheet_of(model, selection.rows(request.user, model), selection.kind, timezone.localdate()))


def url_of(sheet: Sheet, item: Any) -> str:
    """The page that explains an item's score."""
    return reverse("scoring:explain", args=[sheet.model.pk, sheet.kind, item.pk])


def group_of(item: Any) -> str:
    """What an item belongs to."""
    return next(iter(parents_of(item).values()), "")
