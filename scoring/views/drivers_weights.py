"""Sets of weights of a model, side by side: named, typed, archived, applied, and former weights put back."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.access import require
from core.pages import MemberRequest, form_page, go_on, posted, seen_version
from scoring import services
from scoring.algorithms.definition import Kind
from scoring.forms.weight import ApplyForm, TypedWeightsForm, WeightSetForm
from scoring.models import ModelVersion, ScoringModel, WeightMethod, WeightSet
from scoring.selectors import live_criteria, present_weights, weight_read, weight_reads
from scoring.selectors.weights import WeightRead

#: So many sets stand side by side; and so many versions are looked through for former weights.
MOST_SETS, MOST_VERSIONS = 20, 30


def found_model(request: MemberRequest, pk: int) -> ScoringModel:
    """The weighted model of an address."""
    rows = ScoringModel.objects.visible_to(request.user).filter(kind=Kind.WEIGHTED)
    model: ScoringModel = get_object_or_404(rows.select_related("portfolio"), pk=pk)
    return model


def found_set(request: MemberRequest, pk: int) -> WeightSet:
    """The set of weights of an address, with its model."""
    row: WeightSet = get_object_or_404(WeightSet.objects.visible_to(request.user).select_related("model"), pk=pk)
    return row


def list_url(model: ScoringModel) -> str:
    return reverse("scoring:weight-set-list", args=[model.pk])


def page_context(model: ScoringModel, read: WeightRead | None = None, **more: Any) -> dict[str, Any]:
    """What the pages of weights share: where they stand, and of which model."""
    head = {"nav": "scoring:board", "tab": "drivers" if model.has_drivers else "models", "model": model}
    return {**head, "list_url": list_url(model), "read": read, "row": read and read.weight_set, **more}


@require_GET
def weight_set_list(request: MemberRequest, pk: int) -> HttpResponse:
    """The sets of a model beside the weights that it has now, and the weights that it had."""
    model = found_model(request, pk)
    archived = bool(request.GET.get("archived"))
    kept = WeightSet.objects.visible_to(request.user).filter(model=model)
    rows = kept.exclude(archived_at=None) if archived else kept.live()
    reads = weight_reads(model, rows.order_by("name", "pk")[:MOST_SETS])
    criteria = reads[0].criteria if reads else live_criteria(model)
    by_set = [dict(read.weights) for read in reads]
    table = [(one, now, [found[one] for found in by_set]) for one, now in present_weights(criteria)]
    context = page_context(model, reads=reads, table=table, archived=archived, former=_former(model))
    return render(request, "scoring/weights.html", context)


def _former(model: ScoringModel) -> list[dict[str, Any]]:
    """Earlier versions whose weights are not those of the next, the newest first."""
    rows = ModelVersion.objects.filter(model=model).select_related("author").order_by("-number")[:MOST_VERSIONS]
    found: list[dict[str, Any]] = []
    after: dict[str, float] = {}
    for version in rows:
        weights = {spec.key: spec.weight for spec in version.parsed.criteria}
        if after and any(after.get(key, weight) != weight for key, weight in weights.items()):
            total = sum(weights.values()) or 1
            told = [(spec.name, spec.weight / total) for spec in version.parsed.criteria]
            found.append({"version": version, "weights": told})
        after = weights
    return found


@require_http_methods(["GET", "POST"])
def weight_set_create(request: MemberRequest, pk: int) -> HttpResponse:
    """Name a set of weights."""
    model = found_model(request, pk)
    require(request.user, "scoring.edit", request.organization)
    form = WeightSetForm(posted(request), user=request.user, organization=request.organization)
    return form_page(
        request,
        form=form,
        template="scoring/weight_set_form.html",
        save=lambda form: services.create_weight_set(actor=request.user, model=model, **form.values()),
        done=lambda row: reverse("scoring:weight-set-detail", args=[row.pk]),
        message="Added the weights “{row!s:.80}”. Nothing counts by them until they are applied.",
        context=page_context(model),
    )


@require_http_methods(["GET", "POST"])
def weight_set_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Rename a set of weights, or archive it."""
    row = found_set(request, pk)
    require(request.user, "scoring.edit", request.organization)
    form = WeightSetForm(posted(request), instance=row, user=request.user, organization=request.organization)
    return form_page(
        request,
        form=form,
        template="scoring/weight_set_form.html",
        save=lambda form: services.update_weight_set(
            actor=request.user, weight_set=row, expected_version=form.expected_version, name=form.cleaned_data["name"]
        ),
        done=lambda row: reverse("scoring:weight-set-detail", args=[row.pk]),
        message="Saved “{row!s:.80}”.",
        context=page_context(row.model) | {"row": row},
    )


@require_POST
def weight_set_archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Put a set of weights out of sight."""
    row = found_set(request, pk)
    services.archive_weight_set(actor=request.user, weight_set=row, expected_version=seen_version(request))
    undo = reverse("scoring:weight-set-restore", args=[pk])
    return go_on(request, list_url(row.model), f"Archived the weights “{row!s:.80}”.", undo)


@require_POST
def weight_set_restore(request: MemberRequest, pk: int) -> HttpResponse:
    """Bring an archived set of weights back."""
    row = found_set(request, pk)
    try:
        services.restore_weight_set(actor=request.user, weight_set=row, expected_version=seen_version(request))
    except ValidationError as error:
        return go_on(request, f"{list_url(row.model)}?archived=1", f"Not restored: {error.messages[0]}")
    return go_on(request, reverse("scoring:weight-set-detail", args=[pk]), f"Restored the weights “{row!s:.80}”.")


def typed_page(request: MemberRequest, row: WeightSet) -> HttpResponse:
    """A set that is typed: its form, with what each criterion's weight comes to."""
    if request.method == "POST":
        require(request.user, "scoring.edit", request.organization)
    read = weight_read(row)
    form = TypedWeightsForm(posted(request), weight_set=row, typed=read.typed)
    now = present_weights(read.criteria)
    shares = [share for _, share in read.weights]
    lines = [(form[f"weights.{one.key}"], one, share, was) for (one, was), share in zip(now, shares, strict=True)]
    return form_page(
        request,
        form=form,
        template="scoring/weight_set_typed.html",
        save=lambda form: services.update_weight_set(
            actor=request.user, weight_set=row, expected_version=form.expected_version, weights=form.weights
        ),
        done=lambda row: reverse("scoring:weight-set-detail", args=[row.pk]),
        message="Saved “{row!s:.80}”.",
        context=page_context(row.model, read, lines=lines),
    )


@require_http_methods(["GET", "POST"])
def weight_set_apply(request: MemberRequest, pk: int) -> HttpResponse:
    """What the model would count with, beside what it does; and, once confirmed, make it so."""
    row = found_set(request, pk)
    require(request.user, "scoring.edit", request.organization)
    read = weight_read(row)
    number = row.model.number
    form = ApplyForm(posted(request), weight_set=row, is_asked=bool(read.contradiction))
    now = present_weights(read.criteria)
    lines = [(one, was, share) for (one, was), (_, share) in zip(now, read.weights, strict=True)]
    worst = read.decisive.worst(
        "You" if read.decisive.rater == request.user else str(read.decisive.rater or "The group")
    )
    return form_page(
        request,
        form=form,
        template="scoring/weight_set_apply.html",
        save=lambda form: services.apply_weight_set(
            actor=request.user, weight_set=row, expected_version=form.expected_version,
            reason=form.cleaned_data.get("reason", ""),
        ),
        done=lambda applied: list_url(row.model),
        message="The model counts with the weights “{row!s:.80}” now.",
        undo=lambda done: "" if done.applied_number == number else _undo_url(row.model, number),
        context=page_context(row.model, read, lines=lines, worst=worst),
    )  # fmt: skip


def _undo_url(model: ScoringModel, number: int) -> str:
    return reverse("scoring:weights-restore", args=[model.pk, number])


@require_POST
def weights_restore(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """Let the model count with the weights of an earlier version again."""
    model = found_model(request, pk)
    before = model.number
    after = services.restore_weights(actor=request.user, model=model, number=number)
    if after.number == before:
        return go_on(request, list_url(model), f"The weights are those of version {number} already.")
    text = f"The model counts with the weights of version {number} again, as version {after.number}."
    return go_on(request, list_url(model), text, _undo_url(model, before))


def is_typed(row: WeightSet) -> bool:
    return row.method == WeightMethod.TYPED
