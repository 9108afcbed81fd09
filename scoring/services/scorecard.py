"""Rankings that were decided by are frozen here; nothing changes them afterwards."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.access import require
from core.errors import Conflict, FieldErrors
from events.services import happening_at, record
from scoring.models import ITEM_KINDS, ModelVersion, Scorecard, ScoringModel
from scoring.selectors.frozen import digest_of, document_of, with_scorers
from scoring.selectors.selection import Selection, selected
from scoring.selectors.sheet import sheet_of

#: So many items are frozen in one scorecard at most.
MOST_ITEMS = 2_000


@transaction.atomic
def freeze_scorecard(
    *,
    actor: User,
    model: ScoringModel,
    kind: str,
    selection: Selection,
    name: str,
    reason: str = "",
    decided_date: datetime.date,
    day: datetime.date,
    seen: str = "",
) -> Scorecard:
    """Keep a ranking as it stands: model, weights, scores, raters, facts and ranks, in one document.

    Args:
        selection: which items; candidates of the kind that the actor may see.
        day: of which facts are read: today.
        seen: the `digest_of` what the actor was shown; empty does not ask.
    Raises:
        NotAllowed: the actor's role may not freeze rankings, or the model counts with amounts that are hidden.
        FieldErrors: no item is chosen, none of them has a score, they are too many, or the day of the decision is to
            come.
        Conflict: the ranking is another than the one that was seen.
        ValidationError: the model is archived, or a value is wrong.
    """
    require(actor, "ranking.freeze", model.organization_id)
    model = ScoringModel.objects.select_for_update(of=("self",)).select_related("organization").get(pk=model.pk)
    if model.uses_amounts:
        require(actor, "finance.read", model.organization_id)
    if kind not in ITEM_KINDS:
        raise FieldErrors({"kind": f"Items are of one of the kinds {', '.join(ITEM_KINDS)}."})
    if decided_date > day:
        raise FieldErrors({"decided_date": "A decision is frozen once it is made: today or before."})
    sheet = sheet_of(model, selected(kind, actor, selection, model)[: MOST_ITEMS + 1], kind, day)
    if len(sheet.items) > MOST_ITEMS:
        raise FieldErrors({"items": f"A scorecard holds at most {MOST_ITEMS:,} items. Narrow them with the filters."})
    if not (sheet.ranked.ranks > 0).any():
        raise FieldErrors({"items": "None of these items has a score, so there is no ranking to freeze."})
    if seen and seen != digest_of(sheet):
        raise Conflict(
            "Nothing was frozen: a score, a fact, the items or the model changed while you looked. What stands now is "
            "shown below; freeze it if it is what you decided by."
        )
    now = happening_at() or timezone.now()
    document = document_of(
        sheet,
        organization=model.organization,
        selection=selection,
        name=name,
        reason=reason,
        decided_by=actor,
        decided_date=decided_date,
        day=day,
        now=now,
    )
    with_scorers(document["items"])
    card = Scorecard(
        organization=model.organization,
        model=model,
        model_version=ModelVersion.objects.get(model=model, number=model.number),
        name=name,
        reason=reason,
        item_kind=kind,
        decided_by=actor,
        decided_date=decided_date,
        uses_amounts=model.uses_amounts,
        item_count=len(sheet.items),
        document=document,
    )
    card.full_clean(validate_unique=False, validate_constraints=False)
    card.save(force_insert=True)
    told: dict[str, Any] = {"model": {"id": model.pk, "name": str(model)}, "decided_date": decided_date.isoformat()}
    told |= {"item_count": card.item_count, "reason": reason, "model_version": model.number}
    record("scorecard.frozen", actor=actor, subject=card, changes={key: [None, value] for key, value in told.items()})
    return card
