"""Pages on which scoring models are made and changed, with an example that follows what is typed."""

from copy import copy
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import amounts
from core.access import require
from core.htmx import wants_fragment
from core.pages import MemberRequest, form_page, go_on, id_in, posted
from scoring import selectors, services
from scoring.algorithms.formula.language import LANGUAGE
from scoring.algorithms.templates import SOURCES, TEMPLATES
from scoring.forms import ScoringModelForm, rearranged, tidied
from scoring.models import ScoringModel
from scoring.views.models import address_of, found_model, place_of

EDIT = "scoring.edit"


def offered_facts() -> list[selectors.Fact]:
    """The facts that formulas may speak of, without amounts for members to whom they are hidden."""
    return [fact for fact in selectors.all_facts() if not (fact.is_amount and amounts.are_hidden())]


@require_GET
def model_create(request: MemberRequest) -> HttpResponse:
    """The ready-made models, of which one click makes one, and the way to a model of one's own."""
    require(request.user, EDIT, request.organization)
    cards = [
        (template, selectors.how_it_counts(template.definition), SOURCES[template.key])
        for template in TEMPLATES.values()
    ]
    context = {"cards": cards, "tab": "models", "nav": "scoring:board"}
    return render(request, "scoring/model_create.html", context)


@require_POST
def model_start(request: MemberRequest) -> HttpResponse:
    """Make a model from a template; a second one of the same gets a number behind its name."""
    require(request.user, EDIT, request.organization)
    template = request.POST.get("template", "")
    known = TEMPLATES.get(template)
    named: dict[str, Any] = {"name": selectors.free_name(request.organization, known.name)} if known else {}
    model = services.create_scoring_model(
        actor=request.user, organization=request.organization, template=template, **named
    )
    undo = reverse("scoring:model-archive", args=[model.pk])
    return go_on(request, address_of(model), f"Added scoring model “{model!s:.80}”.", undo)


@require_http_methods(["GET", "POST"])
def model_create_own(request: MemberRequest) -> HttpResponse:
    """A model of one's own: empty, or a copy of another."""
    require(request.user, EDIT, request.organization)
    form = _form(request, None, _start(request))
    if "act" in request.POST:
        return _rows(request, form, {})
    return form_page(
        request,
        form=form,
        template="scoring/model_form.html",
        save=lambda form: services.create_scoring_model(
            actor=request.user, organization=request.organization, **_new_values(form)
        ),
        done=address_of,
        message="Added scoring model “{row!s:.80}”.",
        context=_context(request, form, ScoringModel(organization=request.organization)) | {"model": None},
    )


@require_http_methods(["GET", "POST"])
def model_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change what a model is called or how it counts; the latter makes a version."""
    model = found_model(request, pk)
    require(request.user, EDIT, request.organization)
    shown = copy(model)  # the form writes into the row it is given
    form = _form(request, model, {"criteria": selectors.live_criteria(model)})
    if "act" in request.POST:
        return _rows(request, form, place_of(shown))
    return form_page(
        request,
        form=form,
        template="scoring/model_form.html",
        save=lambda form: services.update_scoring_model(
            actor=request.user, model=model, expected_version=form.expected_version, **form.values()
        ),
        done=address_of,
        message="Saved scoring model “{row!s:.80}”.",
        context=_context(request, form, shown) | place_of(shown) | {"meanwhile": _meanwhile(request, shown)},
        undo=lambda row: _undo(shown, row),
    )


@require_POST
def model_check(request: MemberRequest, pk: int | None = None) -> HttpResponse:
    """What the form says as it stands: mistakes at their characters, an example, what saving would change."""
    model = ScoringModel(organization=request.organization) if pk is None else found_model(request, pk)
    require(request.user, EDIT, request.organization)
    people = {"user": request.user, "organization": request.organization}
    form = ScoringModelForm(tidied(request.POST), instance=copy(model), **people)
    return render(request, "scoring/_model_trial.html", _tried(request, form, model))


def _form(request: MemberRequest, model: ScoringModel | None, start: dict[str, Any]) -> ScoringModelForm:
    data = posted(request)
    focused = ""
    if data is not None:
        data, focused = rearranged(data, str(data["act"])) if "act" in data else (tidied(data), "")
    people = {"user": request.user, "organization": request.organization}
    form = ScoringModelForm(data, instance=model, start=start, **people)
    form.focused = focused
    return form


def _rows(request: MemberRequest, form: ScoringModelForm, context: dict[str, Any]) -> HttpResponse:
    """The form again, with a row added, removed or moved; nothing is judged or saved."""
    context = {"form": form, "is_arranging": True, "tab": "models", "nav": "scoring:board"} | context
    name = "_model_criteria" if wants_fragment(request) else "model_form"
    if name == "model_form":
        context |= {"facts": offered_facts(), "language": LANGUAGE}
    return render(request, f"scoring/{name}.html", context)


def _start(request: MemberRequest) -> dict[str, Any]:
    """What a new model begins as: the one that the address names to copy, or nothing."""
    pk = id_in(request.GET.get("copy"))
    model = ScoringModel.objects.visible_to(request.user).filter(pk=pk).first() if pk else None
    if model is None:
        return {}
    criteria = selectors.live_criteria(model)
    for row in criteria:
        row.pk = None
    columns = ("description", "portfolio_id", "top_count", "kind", "formula", "has_drivers")
    kept = {column.removesuffix("_id"): getattr(model, column) for column in columns}
    return {**kept, "name": f"{model.name[:90]}, copy", "criteria": criteria}


def _new_values(form: ScoringModelForm) -> dict[str, Any]:
    values = form.values()
    values.pop("note")
    criteria = [{name: value for name, value in row.items() if name != "id"} for row in values.pop("criteria")]
    return {**values, "criteria": criteria}


def _context(request: MemberRequest, form: ScoringModelForm, model: ScoringModel) -> dict[str, Any]:
    return {"facts": offered_facts(), "language": LANGUAGE, "tab": "models", "nav": "scoring:board"} | _tried(
        request, form, model
    )


def _tried(request: MemberRequest, form: ScoringModelForm, model: ScoringModel) -> dict[str, Any]:
    """What the form says, as it was opened or as it was sent."""
    if form.is_bound:
        draft = form.draft(model)
    else:
        definition = selectors.definition_of(form.instance if model.pk else _said(form), form.kept)
        draft = selectors.Draft(model, form.kept, definition, {})
    trial = None
    if draft.criteria or draft.definition.formula.strip():
        trial = selectors.try_out(draft, user=request.user, day=timezone.localdate())
    unit = selectors.unit_text(trial.unit, request.organization.currency) if trial else ""
    return {"form": form, "trial": trial, "counted_in": unit}


def _said(form: ScoringModelForm) -> ScoringModel:
    kind = form.initial.get("kind") or ScoringModel._meta.get_field("kind").default
    return ScoringModel(kind=kind, formula=form.initial.get("formula") or "")


def _meanwhile(request: MemberRequest, model: ScoringModel) -> list[str]:
    """What somebody changed of how the model counts since the form was opened."""
    seen = id_in(request.POST.get("seen"))
    return selectors.changes_between(model, seen, model.number) if seen and seen != model.number else []


def _undo(before: ScoringModel, row: ScoringModel) -> str:
    """The address that lets the model count as before, if it counts otherwise now."""
    if before.number == row.number:
        return ""
    return reverse("scoring:model-version-restore", args=[row.pk, before.number])
