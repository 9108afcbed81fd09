"""Every write to scoring models: what they are called, how they count, and the version that each change makes."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Organization, User
from core.access import require
from core.errors import Conflict, FieldErrors
from events.services import archive_recorded, change_recorded, create_recorded, restore_recorded
from events.services.recording import stale_edit
from scoring.algorithms.definition import Definition, Kind, problems
from scoring.algorithms.difference import differences
from scoring.algorithms.formula import FormulaError
from scoring.algorithms.templates import TEMPLATES
from scoring.models import Criterion, ModelVersion, ScoringModel
from scoring.selectors.facts import are_amounts, fact_units
from scoring.selectors.sheet import definition_of, live_criteria

#: Columns of a model that say how it counts: another one makes a version.
COUNTING = ("kind", "formula")
#: Columns of a criterion that are written with its model.
OF_CRITERION = (
    "key",
    "name",
    "meaning",
    "is_lower_better",
    "unit",
    "lowest",
    "highest",
    "levels",
    "weight",
    "position",
    "external_key",
)


@transaction.atomic
def create_scoring_model(
    *,
    actor: User,
    organization: Organization,
    template: str = "",
    criteria: Sequence[Mapping[str, Any]] = (),
    **values: Any,
) -> ScoringModel:
    """Add a scoring model, from a ready-made template or of one's own criteria.

    Args:
        template: of `scoring.algorithms.templates`; it gives kind, formula, criteria and, where `values` has none, the
            name.
        criteria: of a model of one's own, each with columns of `Criterion`.
        values: columns of `ScoringModel`.
    Raises:
        NotAllowed: the actor's role may not change scoring models.
        FieldErrors: the definition means nothing; a sentence at each place, such as `criteria.0.key`.
        django.core.exceptions.ValidationError: a value or a rule of the table is broken.
    """
    require(actor, "scoring.edit", organization)
    if template:
        if template not in TEMPLATES:
            raise FieldErrors({"template": f"There is no template “{template}”. There are: {', '.join(TEMPLATES)}."})
        made = TEMPLATES[template]
        plain = made.definition
        values = {"name": made.name, "description": made.purpose, "has_drivers": made.has_drivers, **values}
        values |= {"kind": plain.kind.value, "formula": plain.formula}
        criteria = criteria or [Criterion.columns_of(spec) for spec in plain.criteria]
    model = ScoringModel(organization=organization, template=template, **values)
    rows = [_row(model, columns, place) for place, columns in enumerate(criteria)]
    model.uses_amounts = _checked(model, rows, actor)
    create_recorded("scoring_model.created", actor=actor, subject=model)
    for row in rows:
        row.model = model
        create_recorded("criterion.created", actor=actor, subject=row)
    _keep_version(model, rows, actor, "Created.")
    return model


@transaction.atomic
def update_scoring_model(
    *,
    actor: User,
    model: ScoringModel,
    expected_version: int | None = None,
    criteria: Sequence[Mapping[str, Any]] | None = None,
    note: str = "",
    **values: Any,
) -> ScoringModel:
    """Change what a model is called or how it counts; the latter makes a version, with `note` as its reason.

    Args:
        criteria: all criteria of the model from now on, in their order, each with columns of `Criterion` and the `id`
            of the one it changes; those left out are archived with their scores. None leaves them as they are.
    Raises:
        NotAllowed: the actor's role may not change scoring models.
        StaleEdit: somebody changed the model since `expected_version`.
        FieldErrors: the definition means nothing; nothing is changed.
        Conflict: a criterion is of another model.
    """
    require(actor, "scoring.edit", model.organization_id)
    locked = ScoringModel.objects.select_for_update(of=("self",)).get(pk=model.pk)
    if expected_version is not None and expected_version != locked.version:
        raise stale_edit(locked, expected_version)
    kept = live_criteria(locked)
    before = definition_of(locked, kept).as_plain()
    for name, value in values.items():
        setattr(locked, name, value)
    rows = kept if criteria is None else _chosen(locked, kept, criteria)
    uses_amounts = _checked(locked, rows, actor)
    if criteria is not None:
        _write_criteria(kept, rows, actor)
    after = definition_of(locked, rows).as_plain()
    if after != before:
        values |= {"number": locked.number + 1, "uses_amounts": uses_amounts}
    locked = change_recorded("scoring_model.updated", actor=actor, subject=model, values=values, note=note)
    if after != before:
        _keep_version(locked, rows, actor, note)
    return locked


@transaction.atomic
def restore_model_version(
    *, actor: User, model: ScoringModel, version: ModelVersion, expected_version: int | None = None, note: str = ""
) -> ScoringModel:
    """Let a model count as a former version did, which makes a new one.

    Criteria that were taken out since come back with their scores; those added since are archived with theirs.

    Raises:
        NotAllowed: the actor's role may not change scoring models.
        StaleEdit: somebody changed the model since `expected_version`.
        FieldErrors: the former version means nothing any more: it speaks of a fact that is gone.
        Conflict: the version is of another model, or the model counts like it already.
    """
    require(actor, "scoring.edit", model.organization_id)
    locked = ScoringModel.objects.select_for_update(of=("self",)).get(pk=model.pk)
    if expected_version is not None and expected_version != locked.version:
        raise stale_edit(locked, expected_version)
    if version.model_id != locked.pk:
        raise Conflict("This version is of another model. Nothing was changed.")
    wanted, kept = version.parsed, live_criteria(locked)
    if not differences(definition_of(locked, kept), wanted):
        raise Conflict(f"The model counts like version {version.number} already. Nothing was changed.")
    rows = {row.key: row for row in [*locked.criteria.exclude(archived_at=None).order_by("archived_at", "pk"), *kept]}
    chosen = [rows.get(spec.key) for spec in wanted.criteria]
    for row in chosen:
        if row is not None and row.is_archived:
            restore_recorded("criterion.restored", actor=actor, subject=row)
    criteria = [
        {**Criterion.columns_of(spec), **({"id": row.pk} if row else {})}
        for spec, row in zip(wanted.criteria, chosen, strict=True)
    ]
    note = note or f"As in version {version.number}."
    changed = update_scoring_model(
        actor=actor, model=locked, criteria=criteria, note=note, kind=wanted.kind.value, formula=wanted.formula
    )
    if changed.number == locked.number:  # the criteria that came back were all there was to change
        live = live_criteria(changed)
        counted = {"number": locked.number + 1, "uses_amounts": _checked(changed, live, actor)}
        changed = change_recorded("scoring_model.updated", actor=actor, subject=changed, values=counted, note=note)
        _keep_version(changed, live, actor, note)
    return changed


@transaction.atomic
def archive_scoring_model(*, actor: User, model: ScoringModel, expected_version: int | None = None) -> ScoringModel:
    """Take a model out of the lists; its scores, versions and scorecards stay.

    Raises:
        NotAllowed: the actor's role may not change scoring models.
    """
    require(actor, "scoring.edit", model.organization_id)
    return archive_recorded("scoring_model.archived", actor=actor, subject=model, expected_version=expected_version)


@transaction.atomic
def restore_scoring_model(*, actor: User, model: ScoringModel, expected_version: int | None = None) -> ScoringModel:
    """Bring an archived model back.

    Raises:
        NotAllowed: the actor's role may not change scoring models.
        django.core.exceptions.ValidationError: another one has its name meanwhile.
    """
    require(actor, "scoring.edit", model.organization_id)
    return restore_recorded("scoring_model.restored", actor=actor, subject=model, expected_version=expected_version)


@transaction.atomic
def create_criterion(*, actor: User, model: ScoringModel, note: str = "", **values: Any) -> Criterion:
    """Add a criterion at the end of a model, which makes a version. Items without a score on it have none at all, where
    the model needs it.

    Raises:
        NotAllowed: the actor's role may not change scoring models.
        FieldErrors: the criterion does not fit; nothing is changed.
    """
    kept = [{"id": row.pk} for row in live_criteria(model)]
    changed = _with_criteria(actor, model, [*kept, values], note or f"Added “{values.get('name', '')}”.")
    return live_criteria(changed)[-1]


@transaction.atomic
def update_criterion(
    *, actor: User, criterion: Criterion, expected_version: int | None = None, note: str = "", **values: Any
) -> Criterion:
    """Change a criterion, which makes a version of its model. Scores that are off the new scale count as missing.

    Raises:
        NotAllowed: the actor's role may not change scoring models.
        StaleEdit: somebody changed the criterion since `expected_version`.
        FieldErrors: it does not fit; nothing is changed.
    """
    fresh = Criterion.objects.select_for_update(of=("self",)).get(pk=criterion.pk)
    if expected_version is not None and expected_version != fresh.version:
        raise stale_edit(fresh, expected_version)
    rows = [{"id": row.pk, **(values if row.pk == fresh.pk else {})} for row in live_criteria(fresh.model)]
    _with_criteria(actor, fresh.model, rows, note)
    fresh.refresh_from_db()
    return fresh


@transaction.atomic
def archive_criterion(*, actor: User, criterion: Criterion, expected_version: int | None = None) -> Criterion:
    """Take a criterion out of its model, which makes a version; its scores are kept with it.

    Raises:
        NotAllowed: the actor's role may not change scoring models.
        FieldErrors: the model's formula speaks of it; change the formula first.
    """
    if expected_version is not None and expected_version != criterion.version:
        raise stale_edit(criterion, expected_version)
    rows = [{"id": row.pk} for row in live_criteria(criterion.model) if row.pk != criterion.pk]
    _with_criteria(actor, criterion.model, rows, f"Took out “{criterion}”.")
    criterion.refresh_from_db()
    return criterion


@transaction.atomic
def restore_criterion(*, actor: User, criterion: Criterion, expected_version: int | None = None) -> Criterion:
    """Put an archived criterion back at the end of its model, which makes a version; its scores count again.

    Raises:
        NotAllowed: the actor's role may not change scoring models.
        FieldErrors: another one has its name in formulas meanwhile.
    """
    require(actor, "scoring.edit", criterion.organization_id)
    if expected_version is not None and expected_version != criterion.version:
        raise stale_edit(criterion, expected_version)
    if not criterion.is_archived:
        return criterion
    model = ScoringModel.objects.select_for_update(of=("self",)).get(pk=criterion.model_id)
    kept = live_criteria(model)
    _checked(model, [*kept, criterion], actor)
    criterion = restore_recorded("criterion.restored", actor=actor, subject=criterion)
    rows = [*kept, criterion]
    values = {"number": model.number + 1, "uses_amounts": _checked(model, rows, actor)}
    model = change_recorded("scoring_model.updated", actor=actor, subject=model, values=values)
    _keep_version(model, rows, actor, f"Put back “{criterion}”.")
    return criterion


def _with_criteria(actor: User, model: ScoringModel, criteria: Sequence[Mapping[str, Any]], note: str) -> ScoringModel:
    return update_scoring_model(actor=actor, model=model, criteria=criteria, note=note)


def _row(model: ScoringModel, columns: Mapping[str, Any], place: int) -> Criterion:
    row = Criterion(organization_id=model.organization_id, **{**columns, "position": place})
    row.levels = sorted(row.levels, key=lambda level: Decimal(str(level["value"])))
    return row


def _chosen(model: ScoringModel, kept: Sequence[Criterion], criteria: Sequence[Mapping[str, Any]]) -> list[Criterion]:
    """The criteria as they shall be: rows that exist with other values, and new ones that are not saved."""
    by_id = {row.pk: row for row in Criterion.objects.filter(pk__in=[row.pk for row in kept])}
    rows = []
    for place, given in enumerate(criteria):
        columns = dict(given)
        pk = columns.pop("id", None)
        if pk is None:
            row = _row(model, columns, place)
            row.model = model
        elif (found := by_id.get(pk)) is None:
            raise Conflict("One of these criteria is not of this model, or archived. Nothing was changed.")
        else:
            row = found
            for name, value in {**columns, "position": place}.items():
                setattr(row, name, value)
            row.levels = sorted(row.levels, key=lambda level: Decimal(str(level["value"])))
        rows.append(row)
    return rows


def _checked(model: ScoringModel, rows: Sequence[Criterion], actor: User) -> bool:
    """Whether a model counts with amounts, once its definition is found to mean something.

    Raises:
        FieldErrors: it means nothing; a sentence at each place.
        NotAllowed: it counts with amounts, and they are hidden from the actor.
    """
    definition = definition_of(model, rows)
    taken = fact_units() if definition.kind == Kind.FORMULA else ()
    if found := problems(definition, taken):
        raise FieldErrors(found)
    try:
        uses_amounts = any(row.is_money for row in rows) or are_amounts(definition.fact_names)
    except FormulaError as error:  # its problems have been told
        raise FieldErrors({"formula": str(error)}) from error
    if uses_amounts:
        require(actor, "finance.read", model.organization_id)
    return uses_amounts


def _write_criteria(kept: Sequence[Criterion], rows: Sequence[Criterion], actor: User) -> None:
    stays = {row.pk for row in rows}
    for row in kept:
        if row.pk not in stays:
            archive_recorded("criterion.archived", actor=actor, subject=row)
    for row in rows:
        if row.pk is None:
            create_recorded("criterion.created", actor=actor, subject=row)
        else:
            values = {name: getattr(row, name) for name in OF_CRITERION}
            change_recorded("criterion.updated", actor=actor, subject=row, values=values)


def _keep_version(model: ScoringModel, rows: Sequence[Criterion], actor: User, note: str) -> None:
    definition: Definition = definition_of(model, rows)
    used = {name: unit for name, unit in definition.facts.items() if name in definition.fact_names}
    ModelVersion.objects.create(
        organization_id=model.organization_id,
        model=model,
        number=model.number,
        definition={**definition.as_plain(), "facts": used},
        author=actor,
        note=note[:500],
        created_at=timezone.now(),
    )
