"""A frozen ranking beside today's: which ranks moved, which inputs changed since, and by whom."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from events.models import Event
from scoring.algorithms.difference import differences
from scoring.algorithms.telling import kept_score, on_scale, value_text
from scoring.models import Criterion, Scorecard, ScoringModel
from scoring.selectors.card import Card
from scoring.selectors.facts import all_facts
from scoring.selectors.frozen import status_of
from scoring.selectors.selection import Selection, selected
from scoring.selectors.sheet import Sheet, item_model, sheet_of

#: What an event of scores carries: the cells, each with kind, item, criterion, before, after and comment.
CELLS = ("score_cells", "score_cells_amount")


@dataclass(frozen=True)
class InputChange:
    """An input of an item that is another by now.

    Args:
        who, when: of the last change since; empty for facts, and where the log does not tell.
    """

    label: str
    then: str
    now: str
    who: str = ""
    when: datetime.datetime | None = None


@dataclass(frozen=True)
class Compared:
    """An item then and now.

    Args:
        state: kept, added or gone; `why` says in words where it went.
    """

    id: int
    name: str
    name_now: str
    state: str
    rank_then: int | None
    rank_now: int | None
    score_then: float | None
    score_now: float | None
    changes: Sequence[InputChange] = ()
    why: str = ""

    @property
    def is_renamed(self) -> bool:
        """Whether it is called otherwise now."""
        return bool(self.name_now) and self.name != self.name_now

    @property
    def moved(self) -> int | None:
        """By how many ranks it rose; negative where it fell."""
        return None if self.rank_then is None or self.rank_now is None else self.rank_then - self.rank_now

    @property
    def is_other(self) -> bool:
        """Whether anything about it is another by now."""
        is_same = (self.score_then, self.rank_then) == (self.score_now, self.rank_now)
        return self.state != "kept" or bool(self.changes) or self.is_renamed or not is_same

    @property
    def then_text(self) -> str:
        return kept_score(self.score_then)

    @property
    def now_text(self) -> str:
        return kept_score(self.score_now)


@dataclass(frozen=True)
class Comparison:
    """A frozen ranking beside today's.

    Args:
        rows: by rank then, items added since last.
        model_changes: how the model counts otherwise, a sentence each.
    """

    rows: Sequence[Compared]
    model_changes: Sequence[str]
    as_of: datetime.datetime

    @cached_property
    def moved(self) -> list[Compared]:
        return [row for row in self.rows if row.state == "kept" and row.moved]

    @cached_property
    def added(self) -> list[Compared]:
        return [row for row in self.rows if row.state == "added"]

    @cached_property
    def gone(self) -> list[Compared]:
        return [row for row in self.rows if row.state == "gone"]

    @cached_property
    def changed_inputs(self) -> int:
        return sum(len(row.changes) for row in self.rows)

    @property
    def is_same(self) -> bool:
        return not self.model_changes and not any(row.is_other for row in self.rows)


def compared(card: Scorecard, user: Any, day: datetime.date) -> Comparison:
    """A scorecard beside what its model makes of the same selection today.

    Cost: the sheet, one statement for what is gone and one for who changed scores since.
    """
    document = card.document
    kind = document["kind"]
    selection = Selection.from_plain(document["selection"])
    sheet = sheet_of(card.model, selected(kind, user, selection, card.model), kind, day)
    then = {item["id"]: item for item in document["items"]}
    now = {pk: number for pk, number in sheet.numbers.items() if pk in then}
    log = _last_changes(card, kind, list(now))
    labels = {fact.key: (fact.label, fact.unit) for fact in all_facts()}
    rows = []
    gone = _gone(kind, user, [pk for pk in then if pk not in now])
    for ranked in document["ranking"]:
        item = then[ranked["id"]]
        if item["id"] in now:
            number = now[item["id"]]
            changes = [*_values(card, sheet, number, item, log), *_facts(card, sheet, number, item, labels)]
            rows.append(_kept(sheet, number, item, changes))
        else:
            name, why = gone.get(item["id"], ("", "Not to be seen any more."))
            rows.append(
                Compared(item["id"], item["name"], name, "gone", item["rank"], None, item["score"], None, (), why)
            )
    order = sheet.ranked.order.tolist()
    rows += [_added(sheet, number) for number in order if sheet.items[number].pk not in then]
    return Comparison(rows, model_changes(card.model, document, sheet), timezone.now())


def model_changes(model: ScoringModel, document: Mapping[str, Any], sheet: Sheet) -> list[str]:
    """How a model counts otherwise than when a ranking was frozen."""
    found = differences(Card(document).definition, sheet.definition)
    if model.name != document["model"]["name"]:
        found.insert(0, f"The model is called “{model.name}” now; it was “{document['model']['name']}”.")
    if model.top_count != document["top_count"]:
        found.append(f"How many fit: {document['top_count'] or 'no line'} → {model.top_count or 'no line'}.")
    if model.is_archived:
        found.append("The model is archived.")
    return found


def _outcome(sheet: Sheet, number: int) -> tuple[int | None, float | None]:
    score = float(sheet.ranked.scores[number])
    return int(sheet.ranked.ranks[number]) or None, None if np.isnan(score) else score


def _kept(sheet: Sheet, number: int, item: Mapping[str, Any], changes: Sequence[InputChange]) -> Compared:
    rank, score = _outcome(sheet, number)
    name = sheet.items[number].name
    return Compared(item["id"], item["name"], name, "kept", item["rank"], rank, item["score"], score, changes)


def _added(sheet: Sheet, number: int) -> Compared:
    rank, score = _outcome(sheet, number)
    row = sheet.items[number]
    return Compared(row.pk, row.name, row.name, "added", None, rank, None, score, (), "Not among the items then.")


def _values(
    card: Scorecard,
    sheet: Sheet,
    number: int,
    item: Mapping[str, Any],
    log: Mapping[tuple[int, int], tuple[str, datetime.datetime]],
) -> list[InputChange]:
    """Scores that are others by now, of criteria that there were then and are there still."""
    frozen = Card(card.document)
    then = {value["key"]: value["value"] for value in item["values"]}
    keys = {pk: key for key, pk in card.document["criterion_ids"].items()}
    specs = {criterion.key: criterion for criterion in frozen.definition.criteria}
    found = []
    for criterion in sheet.criteria:
        if criterion.pk not in keys:
            continue
        before = then.get(keys[criterion.pk])
        cell = sheet.cells[number].get(criterion.pk)
        after = cell.value if cell else None
        if before != after:
            who, when = log.get((item["id"], criterion.pk), ("", None))
            was = on_scale(specs[keys[criterion.pk]], before, frozen.currency)
            found.append(InputChange(criterion.name, was, _today(criterion, after, frozen.currency), who, when))
    return found


def _today(criterion: Criterion, value: float | None, currency: str) -> str:
    return on_scale(criterion.spec, value, currency)


def _facts(
    card: Scorecard, sheet: Sheet, number: int, item: Mapping[str, Any], labels: Mapping[str, tuple[str, str]]
) -> list[InputChange]:
    currency = Card(card.document).currency
    found = []
    for fact in item["facts"]:
        key, before = fact["key"], fact["value"]
        if key not in sheet.facts:
            continue
        value = float(sheet.facts[key][number])
        after = None if np.isnan(value) else value
        if before != after:
            label, unit = labels.get(key, (key, ""))
            found.append(InputChange(label, value_text(before, unit, currency), value_text(after, unit, currency)))
    return found


def _last_changes(
    card: Scorecard, kind: str, ids: Sequence[int]
) -> dict[tuple[int, int], tuple[str, datetime.datetime]]:
    """Item and criterion -> who changed its score last since the card was frozen, and when."""
    label = item_model(kind)._meta.label_lower
    frozen_at = parse_datetime(card.document["frozen_at"])
    events = Event.objects.filter(
        organization=card.organization_id,
        subject_type=label,
        subject_id__in=[str(pk) for pk in ids],
        kind=f"{kind}.scored",
        occurred_at__gte=frozen_at,
    )
    found = {}
    for name, moment, changes in events.order_by("pk").values_list("actor_name", "occurred_at", "changes"):
        for word in CELLS:
            for _, item, criterion, *_ in (changes.get(word) or (None, ()))[1]:
                found[item, criterion] = name, moment
    return found


def _gone(kind: str, user: Any, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Items that are candidates no longer -> what they are called now, and where they went."""
    if not ids:
        return {}
    rows = item_model(kind).objects.visible_to(user).filter(pk__in=ids)
    return {row.pk: (row.name, _where(row)) for row in rows}


def _where(row: Any) -> str:
    if row.is_archived:
        return "Archived."
    if getattr(row, "parked_reason", ""):
        return "Parked."
    status = status_of(row)
    return f"No longer among these items; it is {status.lower()}." if status else "No longer among these items."
