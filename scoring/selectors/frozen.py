"""Everything that a ranking is made of, read at one moment: what a scorecard keeps."""

import datetime
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from django.conf import settings

from accounts.models import Organization, User
from core.errors import Conflict
from scoring.algorithms.definition import Definition
from scoring.algorithms.frozen import counted, outcome_of
from scoring.models import ModelVersion, Score, ScoringModel, StabilityRun, WeightSet
from scoring.selectors.facts import all_facts
from scoring.selectors.selection import Selection
from scoring.selectors.sheet import Sheet
from scoring.selectors.voices import Voices, adopted_voices

#: How documents are laid out; another layout gets another number, and this one stays readable.
LAYOUT = 1
CHANGED_MEANWHILE = "Somebody changed a score at this moment. Nothing was frozen; look again, then repeat."
#: What a document keeps of a run of rank stability.
OF_RUN = ("samples", "spread_ratio", "top_count", "seed")


def document_of(
    sheet: Sheet,
    *,
    organization: Organization,
    selection: Selection,
    name: str,
    reason: str,
    decided_by: User,
    decided_date: datetime.date,
    day: datetime.date,
    now: datetime.datetime,
) -> dict[str, Any]:
    """The document of a scorecard.

    Args:
        day: the day of which the sheet's facts are.
    Raises:
        Conflict: a score was changed while it was read.
    Cost: five statements, and two for each session whose votes were adopted.
    """
    model = sheet.model
    version = ModelVersion.objects.select_related("author").get(model=model, number=model.number)
    used = {key: unit for key, unit in sheet.definition.facts.items() if key in sheet.definition.fact_names}
    definition = Definition(sheet.definition.kind, sheet.definition.criteria, sheet.definition.formula, used)
    items = [_item(sheet, number) for number in range(len(sheet.items))]
    ranked = counted(definition, items)
    for number, item in enumerate(items):
        item |= outcome_of(definition, ranked, number, model.top_count)
    order = ranked.order.tolist()
    voices = adopted_voices(model.pk, sheet.kind, sheet.items, sheet.criteria, now)
    return {
        "layout": LAYOUT,
        "software": software_version(),
        "organization": {"id": organization.pk, "name": organization.name, "currency": organization.currency},
        "model": {
            "id": model.pk,
            "name": model.name,
            "description": model.description,
            "version": version.number,
            "version_author": str(version.author) if version.author else "",
            "version_note": version.note,
            "version_created_at": version.created_at.isoformat(),
            "weight_set": _weight_set(model, definition),
        },
        "definition": definition.as_plain(),
        "criterion_ids": {criterion.key: criterion.pk for criterion in sheet.criteria},
        "facts": [
            {"key": fact.key, "label": fact.label, "unit": fact.unit, "meaning": fact.meaning}
            for fact in all_facts()
            if fact.key in used
        ],
        "kind": sheet.kind,
        "selection": selection.as_plain(),
        "name": name,
        "reason": reason,
        "decided_by": {"id": decided_by.pk, "name": str(decided_by)},
        "decided_date": decided_date.isoformat(),
        "facts_date": day.isoformat(),
        "frozen_at": now.isoformat(),
        "top_count": model.top_count,
        "items": items,
        "ranking": [
            {name: items[number][name] for name in ("kind", "id", "name", "rank", "score")} for number in order
        ],
        "sessions": [_session(found, sheet) for found in voices],
        "stability": _stability(model, sheet.kind, items),
    }


def _item(sheet: Sheet, number: int) -> dict[str, Any]:
    row = sheet.items[number]
    return {
        "kind": sheet.kind,
        "id": row.pk,
        "code": getattr(row, "code", ""),
        "name": row.name,
        "parents": parents_of(row),
        "status": status_of(row),
        "values": _values(sheet, number),
        "facts": [
            {"key": key, "value": None if np.isnan(values[number]) else float(values[number])}
            for key, values in sheet.facts.items()
        ],
    }


def _values(sheet: Sheet, number: int) -> list[dict[str, Any]]:
    cells = sheet.cells[number]
    return [
        {
            "key": criterion.key,
            "value": cell.value,
            "comment": cell.comment,
            "is_outside": bool(sheet.outside[number, place]),
            "score": cell.pk,
            "version": cell.version,
        }
        for place, criterion in enumerate(sheet.criteria)
        if (cell := cells.get(criterion.pk))
    ]


def with_scorers(items: Sequence[Mapping[str, Any]]) -> None:
    """Put to each value of a document's items who gave it and when.

    Raises:
        Conflict: a score is another by now.
    """
    values = {value["score"]: value for item in items for value in item["values"]}
    rows = Score.objects.filter(pk__in=list(values)).values_list(
        "pk", "version", "scored_by_id", "scored_by__name", "updated_at"
    )
    left = set(values)
    for pk, version, scorer, name, moment in rows:
        if values[pk]["version"] != version:
            raise Conflict(CHANGED_MEANWHILE)
        by = {"id": scorer, "name": name} if scorer else None
        values[pk] |= {"scored_by": by, "scored_at": moment.isoformat()}
        left.discard(pk)
    if left:
        raise Conflict(CHANGED_MEANWHILE)


def parents_of(row: Any) -> dict[str, str]:
    """What an item belongs to, by what that is called; only what was read with it."""
    names = ("program", "portfolio", "line")
    loaded = {name: row._state.fields_cache.get(name) for name in names}
    return {name: str(parent) for name, parent in loaded.items() if parent is not None}


def status_of(row: Any) -> str:
    """Where an item is in its life, in words; empty where its kind has no such thing."""
    for name in ("status", "lifecycle_stage"):
        if hasattr(row, name):
            return str(getattr(row, f"get_{name}_display")())
    return ""


def _session(voices: Voices, sheet: Sheet) -> dict[str, Any]:
    session = voices.session
    said = ~np.isnan(voices.values)
    return {
        "id": session.pk,
        "name": session.name,
        "facilitator": str(session.facilitator),
        "round": voices.round_number,
        "adopted_at": session.adopted_at.isoformat() if session.adopted_at else None,
        "raters": list(voices.raters),
        "votes": [
            {
                "item": sheet.items[item].pk,
                "key": sheet.criteria[place].key,
                "values": [
                    float(value) if is_said else None
                    for value, is_said in zip(voices.values[:, item, place], said[:, item, place], strict=True)
                ],
                "comments": [
                    voices.comments.get((rater, int(item), int(place)), "") for rater in range(len(voices.raters))
                ],
            }
            for item, place in np.argwhere(said.any(axis=0)).tolist()
        ],
    }


def _weight_set(model: ScoringModel, definition: Definition) -> str:
    """The set that the model's weights came from: the one applied last, if they are the same still."""
    sets = WeightSet.objects.filter(model=model, applied_number__isnull=False, applied_number__lte=model.number)
    found = sets.order_by("-applied_number", "-pk").first()
    if found is None:
        return ""
    if found.applied_number == model.number:
        return found.name
    then = ModelVersion.objects.filter(model=model, number=found.applied_number).first()
    if then is None:
        return ""
    weights = {one.key: one.weight for one in then.parsed.criteria}
    return found.name if weights == {one.key: one.weight for one in definition.criteria} else ""


def _stability(model: ScoringModel, kind: str, items: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The last run that drew this very ranking anew: the same version, items and scores."""
    runs = StabilityRun.objects.filter(
        model=model, model_version__number=model.number, item_kind=kind, result__isnull=False
    ).select_related("session")
    run = runs.order_by("-pk").first()
    if run is None or run.result is None:
        return None
    scores = {item["id"]: item["score"] for item in items}
    if scores != {each["id"]: each["score"] for each in run.result["items"]}:
        return None
    return {
        "id": run.pk,
        **{
            name: float(value) if name == "spread_ratio" else value
            for name in OF_RUN
            if (value := getattr(run, name)) is not None
        },
        "session": run.session.name if run.session else "",
        "computed_at": run.computed_at.isoformat() if run.computed_at else None,
        "result": run.result,
    }


def digest_of(sheet: Sheet) -> str:
    """A mark of what a ranking is made of, so that what is frozen is what was seen."""
    seen = [
        sheet.model.number,
        sheet.model.top_count,
        [
            [item.pk, sorted((pk, cell.version) for pk, cell in cells.items())]
            for item, cells in zip(sheet.items, sheet.cells, strict=True)
        ],
        {key: [repr(value) for value in values.tolist()] for key, values in sheet.facts.items()},
    ]
    return hashlib.blake2b(json.dumps(seen).encode(), digest_size=12).hexdigest()


@lru_cache
def software_version() -> str:
    """The first heading of the changelog."""
    changelog = settings.BASE_DIR / "CHANGELOG.md"
    lines = changelog.read_text().splitlines() if changelog.exists() else []
    return next((line.removeprefix("## ").strip() for line in lines if line.startswith("## ")), "not known")
