"""Pages of scoring models: the list, what a model means, its versions."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from core.htmx import wants_fragment
from core.pages import MemberRequest, go_on, ordered, page_of, seen_version
from events.selectors import history_of
from scoring import selectors, services
from scoring.algorithms.definition import Definition
from scoring.algorithms.templates import SOURCES
from scoring.filters import ScoringModelPageFilter
from scoring.models import ModelVersion, ScoringModel

SORTS = {"name": "name", "kind": "kind", "portfolio": "portfolio__name", "version": "number"}
#: So many versions are shown on the page of a model; the rest on their own.
LATEST = 5


def found_model(request: MemberRequest, pk: int) -> ScoringModel:
    """The model of an address; none for members to whom its amounts are hidden."""
    return get_object_or_404(ScoringModel.objects.visible_to(request.user).select_related("portfolio"), pk=pk)


def found_version(model: ScoringModel, number: int) -> ModelVersion:
    """A version of a model by its number."""
    return get_object_or_404(selectors.versions_of(model), number=number)


def address_of(model: ScoringModel) -> str:
    return reverse("scoring:model-detail", args=[model.pk])


def place_of(model: ScoringModel) -> dict[str, Any]:
    """What every page of a model's needs for its frame."""
    return {"model": model, "tab": "models", "nav": "scoring:board"}


@require_GET
@vary_on_headers("HX-Request")
def model_list(request: MemberRequest) -> HttpResponse:
    """The organization's scoring models; htmx gets the table alone."""
    rows = ScoringModel.objects.visible_to(request.user)
    chosen = ScoringModelPageFilter(request.GET, rows.select_related("portfolio"), request=request)
    models, sort = ordered(request, chosen.qs, SORTS, "name")
    page = page_of(request, models)
    context = {
        "filter": chosen,
        "page": page,
        "lines": selectors.model_lines(page),
        "sort": sort,
        "is_empty": not page.paginator.count and not rows.exists(),
        "tab": "models",
        "nav": "scoring:board",
        "fragment": wants_fragment(request),
    }
    return render(request, f"scoring/{'_model_table' if context['fragment'] else 'model_list'}.html", context)


@require_GET
def model_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """What a model means: how its score is made, each criterion with what its levels mean, where it is from."""
    model = found_model(request, pk)
    definition = selectors.definition_of(model, selectors.live_criteria(model))
    versions = list(selectors.versions_of(model)[: LATEST + 1])
    context = place_of(model) | counted(request, definition) | {
        "source": SOURCES.get(model.template, ""),
        "versions": selectors.version_lines(versions[:LATEST]),
        "has_more": len(versions) > LATEST,
        "lines": history_of(model),
    }  # fmt: skip
    return render(request, "scoring/model_detail.html", context)


def counted(request: MemberRequest, definition: Definition) -> dict[str, Any]:
    """How a definition counts, in words."""
    currency = request.organization.currency
    facts = [fact for fact in selectors.all_facts() if fact.key in definition.fact_names]
    return {
        "definition": definition,
        "words": selectors.how_it_counts(definition),
        "unit": selectors.unit_text(definition.unit, currency),
        "criteria": selectors.criterion_lines(definition, currency),
        "facts": [(fact, selectors.unit_text(fact.unit, currency)) for fact in facts],
    }


@require_GET
def model_versions(request: MemberRequest, pk: int) -> HttpResponse:
    """Every version of a model, with who made it, why, and what it changed."""
    model = found_model(request, pk)
    page = page_of(request, selectors.versions_of(model), size=25)
    context = place_of(model) | {"page": page, "versions": selectors.version_lines(page)}
    return render(request, "scoring/model_versions.html", context)


@require_GET
def model_version(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """A version as it counted, what it had changed, and how it differs from the present one."""
    model = found_model(request, pk)
    version = found_version(model, number)
    context = place_of(model) | counted(request, version.parsed) | {
        "version": version,
        "changes": selectors.version_lines([version])[0].changes,
        "since": selectors.changes_between(model, model.number, number) if number != model.number else [],
    }  # fmt: skip
    return render(request, "scoring/model_version.html", context)


@require_POST
def model_version_restore(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """Let a model count as it did in a former version."""
    model = found_model(request, pk)
    before = model.number
    version = found_version(model, number)
    changed = services.restore_model_version(
        actor=request.user, model=model, version=version, expected_version=seen_version(request)
    )
    undo = reverse("scoring:model-version-restore", args=[pk, before])
    text = f"“{changed!s:.80}” counts as in version {number} again; this is version {changed.number}."
    return go_on(request, address_of(changed), text, undo)


@require_POST
def model_archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Put a model out of sight."""
    model = found_model(request, pk)
    services.archive_scoring_model(actor=request.user, model=model, expected_version=seen_version(request))
    undo = reverse("scoring:model-restore", args=[pk])
    return go_on(request, reverse("scoring:model-list"), f"Archived scoring model “{model!s:.80}”.", undo)


@require_POST
def model_restore(request: MemberRequest, pk: int) -> HttpResponse:
    """Bring an archived model back."""
    model = found_model(request, pk)
    try:
        services.restore_scoring_model(actor=request.user, model=model, expected_version=seen_version(request))
    except ValidationError as error:
        back = f"{reverse('scoring:model-list')}?archived=1"
        return go_on(request, back, f"Not restored: {error.messages[0]}")
    return go_on(request, address_of(model), f"Restored scoring model “{model!s:.80}”.")
