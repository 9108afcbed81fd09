"""Every write to scores: cells of a board, many at once, and taken back.

Every call writes one event per item. It tells criterion by criterion what the score was before and after, and carries
the cells themselves, from which `undo_scores` restores them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Organization, User
from core.access import require
from core.errors import Conflict, FieldErrors
from events.models import Event
from events.services import record
from scoring.models import ITEM_KINDS, Criterion, Score
from scoring.selectors.sheet import item_model

#: So many scores are set in one call at most.
MOST_CELLS = 5_000
#: What an event carries to be taken back by, never shown; the second where one of the cells is an amount.
CELLS, CELLS_OF_AMOUNTS = "score_cells", "score_cells_amount"


class Seen(NamedTuple):
    """The version of the score that a person saw before changing it; 0 for an empty cell."""

    version: int


@dataclass(frozen=True)
class ScoreCell:
    """What somebody typed for an item and a criterion; no value empties the cell.

    `comment` None leaves the one there is; `seen` refuses to write over what somebody else has changed meanwhile.
    """

    kind: str
    item_id: int
    criterion_id: int
    value: Decimal | None
    comment: str | None = None
    seen: Seen | None = None

    @property
    def key(self) -> tuple[str, int, int]:
        return self.kind, self.item_id, self.criterion_id


class CellErrors(FieldErrors):
    """Sentences by the place of a cell among those sent; nothing was written."""

    def __init__(self, errors: Mapping[int, str]) -> None:
        super().__init__({str(place): text for place, text in errors.items()})
        self.by_place = dict(errors)
        self.args = (f"Nothing was saved. {next(iter(errors.values()))}",)


class Outcome(NamedTuple):
    """What came of a cell: created, updated, removed or unchanged; the score, where there is one."""

    what: str
    score: Score | None


@transaction.atomic
def set_scores(
    *,
    actor: User,
    organization: Organization,
    cells: Sequence[ScoreCell],
    note: str = "",
    items: Mapping[int, Any] | None = None,
    criteria: Mapping[int, Criterion] | None = None,
) -> list[Outcome]:
    """Give each cell its value: a new score, a changed one, or none where the value is empty; all of them or nothing.

    Args:
        items, criteria: by id, if the caller has read those of the cells for this actor already.
    Returns:
        What came of each cell, in their order.
    Raises:
        NotAllowed: the actor's role may not change scores.
        CellErrors: some cells cannot be saved; a sentence for each, and nothing is written.
        Conflict: somebody changed a score since `seen`.
    Cost: three statements, and one for each kind of item and for the criteria unless they are given.
    """
    require(actor, "score.edit", organization)
    if len(cells) > MOST_CELLS:
        raise Conflict(f"At most {MOST_CELLS:,} scores at once; these are {len(cells):,}. Nothing was saved.")
    known = criteria if criteria is not None else _criteria(actor, cells)
    rows = {kind: items if items is not None else _items(actor, kind, cells) for kind in {cell.kind for cell in cells}}
    _refuse_wrong(cells, known, rows)
    kept = _kept(cells)
    outcomes = [_applied(cell, kept.get(cell.key), known[cell.criterion_id], actor, organization) for cell in cells]
    _write(outcomes)
    _tell(cells, outcomes, known, rows, actor, note)
    return [Outcome(what, score if what != "removed" else None) for what, score in outcomes]


@transaction.atomic
def undo_scores(*, actor: User, organization: Organization, request_id: str) -> int:
    """Take back the scores that the actor changed in one request.

    Returns:
        How many scores are as they were before.
    Raises:
        Conflict: there is no such change, or somebody has changed one of its scores since; nothing is taken back.
    """
    require(actor, "score.edit", organization)
    events = Event.objects.filter(
        organization=organization, request_id=request_id, actor=actor, changes__has_any_keys=[CELLS, CELLS_OF_AMOUNTS]
    ).order_by("pk")
    found = list(events) if request_id else []
    if not found:
        raise Conflict("There is nothing to take back. Nothing was changed.")
    wanted: dict[tuple[str, int, int], ScoreCell] = {}
    expected: dict[tuple[str, int, int], Any] = {}
    for event in found:
        carried = event.changes.get(CELLS) or event.changes[CELLS_OF_AMOUNTS]
        for kind, item, criterion, before, after, comment in carried[1]:
            key = (kind, item, criterion)
            wanted.setdefault(key, ScoreCell(*key, None if before is None else Decimal(before), comment))
            expected[key] = None if after is None else Decimal(after)
    kept = _kept(list(wanted.values()))
    if any((kept[key].value if key in kept else None) != value for key, value in expected.items()):
        raise Conflict("Not undone: one of these scores was changed again since. Nothing was changed.")
    set_scores(actor=actor, organization=organization, cells=list(wanted.values()), note="Undone.")
    return len(wanted)


def _criteria(actor: User, cells: Sequence[ScoreCell]) -> dict[int, Criterion]:
    ids = {cell.criterion_id for cell in cells}
    rows = Criterion.objects.visible_to(actor).live().filter(model__archived_at=None, pk__in=ids)
    return {row.pk: row for row in rows}


def _items(actor: User, kind: str, cells: Iterable[ScoreCell]) -> dict[int, Any]:
    if kind not in ITEM_KINDS:
        return {}
    ids = {cell.item_id for cell in cells if cell.kind == kind}
    rows: Any = item_model(kind).objects.visible_to(actor).filter(pk__in=ids)
    return {row.pk: row for row in rows}


def _refuse_wrong(
    cells: Sequence[ScoreCell], criteria: Mapping[int, Criterion], rows: Mapping[str, Mapping[int, Any]]
) -> None:
    errors: dict[int, str] = {}
    met: set[tuple[str, int, int]] = set()
    for place, cell in enumerate(cells):
        criterion, item = criteria.get(cell.criterion_id), rows[cell.kind].get(cell.item_id)
        if criterion is None:
            errors[place] = "There is no such criterion."
        elif item is None:
            errors[place] = f"There is no such {cell.kind}."
        elif item.is_archived:
            errors[place] = f"“{item}” is archived. Restore it first."
        elif cell.key in met:
            errors[place] = f"“{item}” comes twice for {criterion}."
        elif cell.value is not None and (sentence := criterion.refusal(cell.value)):
            errors[place] = sentence
        met.add(cell.key)
    if errors:
        raise CellErrors(errors)


def _kept(cells: Sequence[ScoreCell]) -> dict[tuple[str, int, int], Score]:
    """The scores that the cells have, locked."""
    found: dict[tuple[str, int, int], Score] = {}
    for kind in {cell.kind for cell in cells}:
        of_kind = [cell for cell in cells if cell.kind == kind]
        rows = Score.objects.select_for_update(of=("self",)).filter(
            **{f"{kind}__in": {cell.item_id for cell in of_kind}},
            criterion__in={cell.criterion_id for cell in of_kind},
        )
        found |= {(kind, getattr(row, f"{kind}_id"), row.criterion_id): row for row in rows.order_by("pk")}
    return {cell.key: found[cell.key] for cell in cells if cell.key in found}


def _applied(
    cell: ScoreCell, row: Score | None, criterion: Criterion, actor: User, organization: Organization
) -> tuple[str, Score | None]:
    if cell.seen is not None and cell.seen.version != (row.version if row else 0):
        now = "empty" if row is None else f"{row.value.normalize():f}"
        raise Conflict(
            f"Somebody changed {criterion} meanwhile: it is {now} now. Nothing was saved; look again, then change it."
        )
    if cell.value is None:
        return ("unchanged", None) if row is None else ("removed", row)
    comment = cell.comment if cell.comment is not None else row.comment if row else ""
    if row is not None and (row.value, row.comment) == (cell.value, comment):
        return "unchanged", row
    if row is None:
        place = {f"{cell.kind}_id": cell.item_id}
        row = Score(organization=organization, criterion=criterion, version=0, **place)
        what = "created"
    else:
        what = "updated"
        row.before = row.value, row.comment  # type: ignore[attr-defined]
    row.value, row.comment, row.scored_by, row.version = cell.value, comment, actor, row.version + 1
    return what, row


def _write(outcomes: Sequence[tuple[str, Score | None]]) -> None:
    by_what: dict[str, list[Any]] = {}
    for what, row in outcomes:
        by_what.setdefault(what, []).append(row)
    try:
        with transaction.atomic():
            if created := by_what.get("created"):
                Score.objects.bulk_create(created)
            if updated := by_what.get("updated"):
                columns = ["value", "comment", "scored_by", "version"]
                if len(updated) == 1:
                    updated[0].save(update_fields=[*columns, "updated_at"])
                else:
                    now = timezone.now()  # which a statement for many rows does not set by itself
                    for row in updated:
                        row.updated_at = now
                    Score.objects.bulk_update(updated, [*columns, "updated_at"], batch_size=1000)
            if removed := by_what.get("removed"):
                Score.objects.filter(pk__in=[row.pk for row in removed]).delete()
    except IntegrityError as error:
        raise Conflict("Somebody scored the same item at the same moment. Nothing was saved; try again.") from error


def _tell(
    cells: Sequence[ScoreCell],
    outcomes: Sequence[tuple[str, Score | None]],
    criteria: Mapping[int, Criterion],
    rows: Mapping[str, Mapping[int, Any]],
    actor: User,
    note: str,
) -> None:
    """One event for each item that has other scores now."""
    of_item: dict[tuple[str, int], tuple[dict[str, Any], list[Any]]] = {}
    for cell, (what, row) in zip(cells, outcomes, strict=True):
        if what == "unchanged" or row is None:
            continue
        changes, carried = of_item.setdefault((cell.kind, cell.item_id), ({}, []))
        before, comment = (None, "") if what == "created" else getattr(row, "before", (row.value, row.comment))
        pair = [_text(before), _text(cell.value)]
        criterion = criteria[cell.criterion_id]
        changes[f"{criterion.name}_amount" if criterion.is_money else criterion.name] = pair
        carried.append([*cell.key, *pair, comment])
    for (kind, pk), (changes, carried) in of_item.items():
        record(
            f"{kind}.scored",
            actor=actor,
            subject=rows[kind][pk],
            changes={**changes, CELLS: [None, carried]},
            note=note,
        )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"
