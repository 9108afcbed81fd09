"""Every write to sets of weights: named, typed, and applied to their model, which makes a version of it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import User
from core.access import require
from core.errors import Conflict, FieldErrors
from events.services import archive_recorded, change_recorded, create_recorded, restore_recorded
from events.services.recording import stale_edit
from scoring.algorithms.definition import Kind
from scoring.models import Criterion, ModelVersion, ScoringModel, WeightMethod, WeightSet
from scoring.selectors.sheet import live_criteria
from scoring.selectors.weights import WeightRead, weight_read
from scoring.services.model import update_scoring_model

#: Weights keep six decimals and stay below this.
HIGHEST = Decimal(1_000_000)
PLACES = Decimal("0.000001")


@transaction.atomic
def create_weight_set(
    *,
    actor: User,
    model: ScoringModel,
    name: str,
    method: str = WeightMethod.PAIRWISE.value,
    weights: Mapping[str, Any] | None = None,
    **values: Any,
) -> WeightSet:
    """Add a set of weights to a model whose criteria are weighted; nothing counts by it until it is applied.

    Args:
        weights: of a typed set: name of a criterion in formulas -> weight; without them it begins with those of now.
    Raises:
        NotAllowed: the actor's role may not change scoring models.
        FieldErrors: the model has no weights, or some of those given are none.
        django.core.exceptions.ValidationError: a value or a rule of the table is broken.
    """
    require(actor, "scoring.edit", model.organization_id)
    if model.kind != Kind.WEIGHTED:
        raise FieldErrors({"model": f"“{model}” does not add up weighted criteria, so it has no weights to set."})
    row = WeightSet(organization_id=model.organization_id, model=model, name=name, method=method, **values)
    if method == WeightMethod.TYPED:
        criteria = live_criteria(model)
        given = {one.key: one.weight for one in criteria} if weights is None else weights
        row.weights = _typed(given, criteria)
    elif weights:
        raise FieldErrors({"weights": "The weights of this set follow from its comparisons."})
    return create_recorded("weight_set.created", actor=actor, subject=row)


@transaction.atomic
def update_weight_set(
    *, actor: User, weight_set: WeightSet, expected_version: int | None = None, **values: Any
) -> WeightSet:
    """Rename a set of weights, or type others.

    Raises:
        NotAllowed: the actor's role may not change scoring models.
        StaleEdit: somebody changed the set since `expected_version`.
        FieldErrors: some weights are none, or the set is compared in pairs.
    """
    require(actor, "scoring.edit", weight_set.organization_id)
    if "weights" in values:
        if weight_set.method != WeightMethod.TYPED:
            raise FieldErrors({"weights": "The weights of this set follow from its comparisons."})
        values["weights"] = _typed(values["weights"], live_criteria(weight_set.model))
    return change_recorded(
        "weight_set.updated", actor=actor, subject=weight_set, values=values, expected_version=expected_version
    )


@transaction.atomic
def archive_weight_set(*, actor: User, weight_set: WeightSet, expected_version: int | None = None) -> WeightSet:
    """Put a set of weights out of sight, with its comparisons; the model keeps the weights that it has.

    Raises:
        NotAllowed: the actor's role may not change scoring models.
    """
    require(actor, "scoring.edit", weight_set.organization_id)
    return archive_recorded("weight_set.archived", actor=actor, subject=weight_set, expected_version=expected_version)


@transaction.atomic
def restore_weight_set(*, actor: User, weight_set: WeightSet, expected_version: int | None = None) -> WeightSet:
    """Bring an archived set of weights back.

    Raises:
        NotAllowed: the actor's role may not change scoring models.
        django.core.exceptions.ValidationError: another one has its name meanwhile.
    """
    require(actor, "scoring.edit", weight_set.organization_id)
    return restore_recorded("weight_set.restored", actor=actor, subject=weight_set, expected_version=expected_version)


@transaction.atomic
def apply_weight_set(
    *, actor: User, weight_set: WeightSet, expected_version: int | None = None, reason: str = ""
) -> WeightSet:
    """Let the model count with the weights of a set, which makes a version of it that names the set.

    Args:
        reason: needed where the comparisons agree to less than 80 %.
    Raises:
        NotAllowed: the actor's role may not change scoring models.
        StaleEdit: somebody changed the set since `expected_version`.
        FieldErrors: the comparisons contradict each other, and no reason is given.
        Conflict: comparisons or weights are missing, or the set or its model is archived.
    """
    require(actor, "scoring.edit", weight_set.organization_id)
    row = WeightSet.objects.select_for_update(of=("self",)).select_related("model").get(pk=weight_set.pk)
    if expected_version is not None and expected_version != row.version:
        raise stale_edit(row, expected_version)
    if row.closed_by is not None:
        raise Conflict(f"“{row.closed_by}” is archived. Restore it first.")
    read = weight_read(row)
    if read.obstacle:
        raise Conflict(f"Not applied: {read.obstacle}")
    reason = reason.strip()
    if read.contradiction and not reason:
        raise FieldErrors({"reason": read.contradiction})
    weights = _weights_of(read)
    note = f"Weights of “{row.name}”.{f' {reason}' if reason else ''}"
    model = _reweigh(actor, row.model, read.criteria, weights, note)
    values = {"applied_number": model.number}
    return change_recorded("weight_set.applied", actor=actor, subject=row, values=values, note=reason)


@transaction.atomic
def restore_weights(
    *, actor: User, model: ScoringModel, number: int, expected_version: int | None = None, note: str = ""
) -> ScoringModel:
    """Let a model count with the weights of an earlier version again, which makes a further version; what else has
    changed since stays as it is.

    Raises:
        NotAllowed: the actor's role may not change scoring models.
        StaleEdit: somebody changed the model after version `expected_version`.
        Conflict: the model has no such version, or none of its criteria is left.
    """
    require(actor, "scoring.edit", model.organization_id)
    version = ModelVersion.objects.filter(model=model, number=number).first()
    if version is None:
        raise Conflict(f"“{model}” has no version {number}. Nothing was changed.")
    former = {spec.key: Decimal(str(spec.weight)) for spec in version.parsed.criteria}
    criteria = live_criteria(model)
    if not any(criterion.key in former for criterion in criteria):
        raise Conflict(f"None of the criteria of version {number} is left. Nothing was changed.")
    weights = {each.pk: former.get(each.key, each.weight) for each in criteria}
    told = f"Weights as in version {number}.{f' {note}' if note else ''}"[:500]
    return _reweigh(actor, model, criteria, weights, told, expected_version)


def _reweigh(
    actor: User,
    model: ScoringModel,
    criteria: Sequence[Criterion],
    weights: Mapping[int, Decimal],
    note: str,
    expected_version: int | None = None,
) -> ScoringModel:
    given = [{"id": criterion.pk, "weight": weights[criterion.pk]} for criterion in criteria]
    return update_scoring_model(actor=actor, model=model, criteria=given, note=note, expected_version=expected_version)


def _weights_of(read: WeightRead) -> dict[int, Decimal]:
    """What a set gives each criterion: as it was typed, or in percent."""
    if not read.is_pairwise:
        return {criterion.pk: weight for criterion, weight in read.typed if weight is not None}
    return {one.pk: Decimal(str(round(100 * share, 4))) for one, share in read.decisive.weights}


def _typed(weights: Mapping[str, Any], criteria: Sequence[Criterion]) -> dict[str, str]:
    """Typed weights as they are kept; those of criteria that are no longer live go."""
    names = {criterion.key: str(criterion) for criterion in criteria}
    errors, found = {}, {}
    for key, given in weights.items():
        if key not in names:
            errors[f"weights.{key}"] = f"The model has no criterion “{key}”. It has: {', '.join(names)}."
            continue
        weight = given if isinstance(given, Decimal) else Decimal(str(given))
        if not weight.is_finite() or not 0 <= weight < HIGHEST or weight != weight.quantize(PLACES):
            errors[f"weights.{key}"] = (
                f"{names[key]}: a number of 0 or more, below a million, with at most six decimals."
            )
        else:
            found[key] = f"{weight.normalize():f}"
    if not errors and not any(Decimal(weight) for weight in found.values()):
        errors["weights"] = "The weights sum to zero, so nothing counts. Give at least one criterion a weight."
    if errors:
        raise FieldErrors(errors)
    return found
