"""How an item came to its score: the formula with its numbers, who gave them, and what they were before."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from core.templatetags.portolan import money
from events.models import Event
from finance.algorithms.rounding import largest_remainder
from scoring.algorithms.definition import Kind
from scoring.algorithms.formula import filled_in
from scoring.algorithms.weighing import normalized, shares
from scoring.models import Criterion, Score
from scoring.selectors.board import Board, BoardCell, head_unit, plain_text, value_text
from scoring.selectors.facts import all_facts

MOST_EVENTS = 50
#: Contributions to a weighted score are shown to so much, and add up.
STEP = Decimal("0.1")
#: What events of scores carry (`scoring.services.score`); the second where one is an amount.
CARRIED = ("score_cells", "score_cells_amount")


@dataclass(frozen=True)
class Line:
    """One criterion of the item.

    Args:
        share: its weight's share of all, in a weighted model.
        worth: its value as a share of its scale, 1 for the best end.
        contribution: its part of the weighted score; None where a value is missing.
    """

    cell: BoardCell
    unit: str
    level_meaning: str
    score: Score | None
    share: Decimal | None
    worth: Decimal | None
    contribution: Decimal | None

    @property
    def criterion(self) -> Criterion:
        return self.cell.criterion


@dataclass(frozen=True)
class FactLine:
    """A fact that the formula speaks of, and what it is for the item; empty where it is not known."""

    label: str
    key: str
    text: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class Before:
    """One score as an event changed it."""

    occurred_at: datetime.datetime
    actor_name: str
    criterion: Criterion
    before: str
    after: str
    note: str


@dataclass(frozen=True)
class Explanation:
    """Everything that an item's score is made of.

    Args:
        score: as it is shown here, with more figures than on the board; empty where there is none.
        filled: the formula with the item's numbers; of a weighted model, the sum of the contributions.
    """

    score: str
    filled: str
    lines: Sequence[Line]
    facts: Sequence[FactLine]
    history: Sequence[Before]


def explanation_of(board: Board, place: int, organization: Any) -> Explanation:
    """How an item of a board came to its score.

    Args:
        place: its number on the sheet.
    Cost: two statements.
    """
    sheet = board.sheet
    item = sheet.items[place]
    kept = Score.objects.filter(**{sheet.kind: item}, criterion__in=sheet.criteria).select_related("scored_by")
    scores = {score.criterion_id: score for score in kept}
    parts = contributions(board, place)
    weights = _weight_shares(board)
    worths = normalized(sheet.values[[place]], sheet.definition.ranges)[0] if sheet.criteria else []
    lines = [
        Line(
            cell := board.cell(place, number),
            head_unit(criterion.unit, board.currency),
            _meaning(criterion, sheet.values[place, number]),
            scores.get(criterion.pk),
            weights[number] if weights else None,
            None if np.isnan(worths[number]) or cell.is_outside else Decimal(repr(float(worths[number]))),
            parts[number] if parts else None,
        )
        for number, criterion in enumerate(sheet.criteria)
    ]
    facts = _facts(board, place)
    return Explanation(
        _score(board, place, parts), _filled(board, place, parts, facts), lines, facts,
        _history(organization, sheet.kind, item, sheet.criteria, board.currency),
    )  # fmt: skip


def contributions(board: Board, place: int) -> list[Decimal] | None:
    """What each criterion adds to a weighted score, rounded such that they add up; None without such a score."""
    sheet = board.sheet
    if sheet.definition.kind != Kind.WEIGHTED or not sheet.ranked.ranks[place]:
        return None
    worths = np.nan_to_num(normalized(sheet.values[[place]], sheet.definition.ranges)[0])
    exact = [Decimal(repr(float(part))) for part in 100 * worths * shares(sheet.definition.weights)]
    return largest_remainder(exact, STEP)


def _weight_shares(board: Board) -> list[Decimal] | None:
    definition = board.sheet.definition
    if definition.kind != Kind.WEIGHTED or not definition.weights.sum() > 0:
        return None
    return largest_remainder([Decimal(repr(float(share))) for share in shares(definition.weights)], Decimal("0.01"))


def _score(board: Board, place: int, parts: list[Decimal] | None) -> str:
    if not board.sheet.ranked.ranks[place]:
        return ""
    if parts is not None:
        return plain_text(float(sum(parts)))
    score = float(board.sheet.ranked.scores[place])
    return plain_text(round(score, 2 if abs(score) >= 1 else 4)) if abs(score) < 1e15 else f"{score:.4g}"


def _filled(board: Board, place: int, parts: list[Decimal] | None, facts: Sequence[FactLine]) -> str:
    definition = board.sheet.definition
    if parts is not None:
        return " + ".join(plain_text(float(part)) for part in parts if part)
    if definition.kind != Kind.FORMULA or definition.compiled is None:
        return ""
    texts = {fact.key: fact.text for fact in facts if fact.text}
    for number, criterion in enumerate(board.sheet.criteria):
        value = board.sheet.values[place, number]
        if not np.isnan(value) and not board.sheet.outside[place, number]:
            texts[criterion.key] = value_text(criterion, float(value), board.currency)
    return filled_in(definition.compiled, texts)


def _facts(board: Board, place: int) -> list[FactLine]:
    known = {fact.key: fact for fact in all_facts()}
    found = []
    for key in board.sheet.definition.fact_names:
        value, fact = float(board.sheet.facts[key][place]), known[key]
        text = ""
        if not np.isnan(value):
            is_money = fact.unit == "money"
            text = (
                str(money(round(Decimal(repr(value)), 2), board.currency)) if is_money else plain_text(round(value, 2))
            )
        unit = "" if fact.unit == "money" else fact.unit
        found.append(FactLine(fact.label, key, text, unit, fact.meaning))
    return found


def _meaning(criterion: Criterion, value: float) -> str:
    level = None if np.isnan(value) or not criterion.levels else criterion.spec.level_of(float(value))
    return level.meaning if level else ""


def _history(organization: Any, kind: str, item: Any, criteria: Sequence[Criterion], currency: str) -> list[Before]:
    by_id = {criterion.pk: criterion for criterion in criteria}
    events = Event.objects.filter(
        organization=organization,
        kind=f"{kind}.scored",
        subject_type=item._meta.label_lower,
        subject_id=str(item.pk),
    )
    found = []
    for event in events.order_by("-pk")[:MOST_EVENTS]:
        for carried in _cells(event.changes):
            _, _, criterion_id, before, after, *_ = carried
            if criterion := by_id.get(criterion_id):
                then, since = (_text(criterion, value, currency) for value in (before, after))
                found.append(Before(event.occurred_at, event.actor_name, criterion, then, since, event.note))
    return found


def _cells(changes: Mapping[str, Any]) -> list[Any]:
    carried = next((changes[name] for name in CARRIED if changes.get(name)), None)
    return list(carried[1]) if carried else []


def _text(criterion: Criterion, value: str | None, currency: str) -> str:
    return "" if value is None else value_text(criterion, float(value), currency)
