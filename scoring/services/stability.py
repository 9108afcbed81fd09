"""Runs of rank stability: asked for, drawn by a worker, kept with what came out."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.access import require
from core.errors import Conflict, FieldErrors
from events.services import create_recorded, start_job
from scoring.algorithms.firmness import Asked, result_of
from scoring.models import ITEM_KINDS, ModelVersion, ScoringModel, ScoringSession, StabilityRun
from scoring.selectors.selection import Selection, selected
from scoring.selectors.sheet import Sheet, sheet_of
from scoring.selectors.voices import revealed_round, round_of

KIND = "scoring.stability"
FEWEST_SAMPLES, MOST_SAMPLES = 100, 10_000
#: Items times samples: so many ranks are kept in memory at once, 80 MB.
MOST_RANKS = 20_000_000


@transaction.atomic
def run_stability(
    *,
    actor: User,
    model: ScoringModel,
    kind: str,
    selection: Selection,
    top_count: int,
    samples: int = 1_000,
    spread_ratio: Decimal = Decimal("0.2"),
    session: ScoringSession | None = None,
    seed: int = 1,
    day: datetime.date,
    result_path: str = "",
) -> StabilityRun:
    """Ask how firm the ranks of a model are; a worker draws them anew.

    Args:
        session: whose raters are drawn too; its votes are revealed.
        day: of which facts are read: today.
        result_path: where the result is shown; `{pk}` stands for the run's id.
    Raises:
        NotAllowed: the actor's role may not start jobs, or the model counts with amounts that are hidden.
        FieldErrors: a number is out of its range, the session is of another model or still blind, or no item has a
            score.
        Conflict: the model is archived.
    """
    require(actor, "job.start", model.organization_id)
    if model.uses_amounts:
        require(actor, "finance.read", model.organization_id)
    if model.is_archived:
        raise Conflict(f"“{model}” is archived. Restore it first.")
    _refuse_wrong(model, kind, samples, spread_ratio, top_count, session)
    sheet = sheet_of(model, selected(kind, actor, selection, model), kind, day)
    if not (sheet.ranked.ranks > 0).any():
        raise FieldErrors({"items": "None of these items has a score, so there is no rank to be firm or not."})
    if len(sheet.items) * samples > MOST_RANKS:
        most = MOST_RANKS // len(sheet.items)
        raise FieldErrors({"samples": f"At most {most:,} samples of {len(sheet.items):,} items. Narrow the items."})
    row = StabilityRun(
        organization_id=model.organization_id,
        model=model,
        model_version=ModelVersion.objects.get(model=model, number=model.number),
        item_kind=kind,
        selection=selection.as_plain(),
        top_count=top_count,
        samples=samples,
        spread_ratio=spread_ratio,
        session=session,
        seed=seed,
        requested_by=actor,
        uses_amounts=model.uses_amounts,
    )
    row = create_recorded("stability_run.requested", actor=actor, subject=row)
    row.job = start_job(
        actor=actor,
        organization=model.organization,
        kind=KIND,
        title=f"Rank stability of {model}",
        payload={"run": row.pk, "day": day.isoformat()},
        result_path=result_path.replace("{pk}", str(row.pk)),
    )
    row.save(update_fields=["job", "updated_at"])
    return row


def carry_out_stability(
    *, actor: User, row: StabilityRun, day: datetime.date, report: Callable[..., None]
) -> dict[str, Any]:
    """Draw a run that was asked for, and keep what comes out; done again, it gives the same.

    Raises:
        Conflict: the model counts otherwise than when the run was asked for, or the items are gone.
    """
    if row.model.number != row.model_version.number:
        raise Conflict(f"“{row.model}” was changed before the ranks were drawn. Ask for them again.")
    rows = selected(row.item_kind, actor, Selection.from_plain(row.selection), row.model)
    sheet = sheet_of(row.model, rows, row.item_kind, day)
    report(0, row.samples, "The scores are read.")
    row.result = _result(row, sheet, lambda done: report(done, row.samples))
    row.computed_at = timezone.now()
    row.version += 1
    _keep(row)
    return {"message": f"{row.samples:,} samples are drawn.", "stability_run": row.pk}


def _keep(row: StabilityRun) -> None:
    row.save(update_fields=["result", "computed_at", "version", "updated_at"])


def _result(row: StabilityRun, sheet: Sheet, report: Callable[[int], None]) -> dict[str, Any]:
    voices = None
    if row.session is not None:
        if not revealed_round(row.session):
            raise Conflict(f"The votes of “{row.session}” are blind again. Ask for the run without it, or later.")
        found = round_of(row.session, revealed_round(row.session), row.item_kind, sheet.items, sheet.criteria)
        voices = found.values if len(found.raters) else None
    asked = Asked(
        sheet.definition,
        sheet.values,
        sheet.facts,
        row.top_count,
        row.samples,
        float(row.spread_ratio),
        row.seed,
        voices,
    )
    items = [
        {"kind": sheet.kind, "id": item.pk, "code": getattr(item, "code", ""), "name": item.name}
        for item in sheet.items
    ]
    try:
        return result_of(asked, items, report)
    except ValueError as error:
        raise Conflict(str(error)) from error


def _refuse_wrong(
    model: ScoringModel,
    kind: str,
    samples: int,
    spread_ratio: Decimal,
    top_count: int,
    session: ScoringSession | None,
) -> None:
    errors = {}
    if kind not in ITEM_KINDS:
        errors["kind"] = f"Items are of one of the kinds {', '.join(ITEM_KINDS)}."
    if not FEWEST_SAMPLES <= samples <= MOST_SAMPLES:
        errors["samples"] = f"From {FEWEST_SAMPLES} to {MOST_SAMPLES:,} samples."
    if not 0 <= spread_ratio <= 1:
        errors["spread_ratio"] = "From 0 to 100 %."
    if top_count < 1:
        errors["top_count"] = "At least one item fits."
    if session is not None and session.model_id != model.pk:
        errors["session"] = "This session scored by another model."
    elif session is not None and not revealed_round(session):
        errors["session"] = "The votes of this session are not revealed yet."
    if errors:
        raise FieldErrors(errors)
