"""The prioritize board: rows in the order of their ranks, with what each scored and how its rank came to be."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Case, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_date

from core.exports import Amount
from core.templatetags.portolan import money, number
from scoring.algorithms.definition import PERCENT, Kind
from scoring.algorithms.marks import moves
from scoring.algorithms.wording import words_of
from scoring.models import Criterion, ItemKind, Scorecard, ScoringModel
from scoring.selectors.models import unit_text
from scoring.selectors.sheet import Cell, Sheet, item_model, sheets
from scoring.selectors.trial import fact_labels


@dataclass(frozen=True)
class BoardCell:
    """One score of a row as it is shown.

    Args:
        text: empty where there is none.
        typed: the value as a person would type it.
        level: the name of the level that it stands on.
        is_needed: the item has no score because this one is missing.
    """

    criterion: Criterion
    text: str
    typed: str
    level: str
    version: int
    comment: str
    is_needed: bool
    is_outside: bool

    @property
    def title(self) -> str:
        """What is known of the cell besides its value."""
        off = f"Off the scale of {self.criterion}, so it does not count." if self.is_outside else ""
        return " ".join(filter(None, (off, self.level if self.level != self.text else "", self.comment)))


@dataclass(frozen=True)
class OtherRank:
    """Score and rank of an item by another model; `ahead` is how many places better it stands there."""

    model: ScoringModel
    rank: int
    text: str
    ahead: int


@dataclass(frozen=True)
class BoardRow:
    """An item of the board.

    Args:
        rank: 1 is best; 0 without a score.
        was: its rank before the edit that this board answers, where that was another.
        risen: places since the latest scorecard; None where that did not rank it.
        bar: its score as a share of the highest, 0 to 100.
        missing: names of the criteria that it lacks.
    """

    item: Any
    rank: int
    was: int | None
    risen: int | None
    score: str
    bar: int
    cells: Sequence[BoardCell]
    others: Sequence[OtherRank]
    missing: Sequence[str]
    problem: str
    is_below: bool
    is_first_below: bool = False
    is_first_unranked: bool = False


@dataclass(frozen=True)
class Card:
    """The latest frozen ranking of a model."""

    pk: int
    name: str
    decided_date: datetime.date | None
    ranks: Mapping[int, int]


@dataclass(frozen=True)
class Board:
    """The sheets of a board: the first ranks, the others are shown beside it."""

    sheets: Sequence[Sheet]
    currency: str
    card: Card | None = None
    before: Mapping[int, int] = field(default_factory=dict)

    @property
    def sheet(self) -> Sheet:
        return self.sheets[0]

    @property
    def model(self) -> ScoringModel:
        return self.sheet.model

    @property
    def top(self) -> int | None:
        return self.model.top_count

    @property
    def has_line(self) -> bool:
        """Whether some items stand below the line."""
        return self.top is not None and self.ranked_count > self.top

    @cached_property
    def ranked_count(self) -> int:
        return int((self.sheet.ranked.ranks > 0).sum())

    @property
    def unranked_count(self) -> int:
        return len(self.sheet.items) - self.ranked_count

    @property
    def is_drawn(self) -> bool:
        """Whether it can be told how firm ranks are."""
        return self.model.kind != Kind.CLASSES

    @cached_property
    def risen(self) -> list[int | None]:
        then = [self.card.ranks.get(item.pk) if self.card else None for item in self.sheet.items]
        return moves(self.sheet.ranked.ranks, then)

    @cached_property
    def order(self) -> list[int]:
        return [int(place) for place in self.sheet.ranked.order]

    def rank_of(self, pk: int) -> int:
        place = self.sheet.numbers.get(pk)
        return 0 if place is None else int(self.sheet.ranked.ranks[place])

    @property
    def ranks(self) -> dict[int, int]:
        """Item's id -> its rank."""
        return {item.pk: int(rank) for item, rank in zip(self.sheet.items, self.sheet.ranked.ranks, strict=True)}

    def with_cells(self, pk: int, cells: Mapping[int, Cell | None]) -> "Board":
        """The board after some scores of an item were changed, worked out anew without reading it again.

        Args:
            cells: by the criterion's id; None where a cell was emptied.
        """
        place = self.sheet.numbers[pk]
        own = {**self.sheet.cells[place], **cells}
        kept = list(self.sheet.cells)
        kept[place] = {criterion: cell for criterion, cell in own.items() if cell is not None}
        changed = [replace(sheet, cells=kept) for sheet in self.sheets]
        return replace(self, sheets=changed, before=self.ranks)

    def rows(self, places: Sequence[int]) -> list[BoardRow]:
        """The rows of items, by their numbers on the sheet, in that order."""
        found = [self._row(place) for place in places]
        first_below = next((row for row in found if row.is_below), None)
        first_unranked = next((row for row in found if not row.rank), None)
        return [
            replace(row, is_first_below=row is first_below, is_first_unranked=row is first_unranked)
            if row is first_below or row is first_unranked
            else row
            for row in found
        ]

    def _row(self, place: int) -> BoardRow:
        sheet, ranked = self.sheet, self.sheet.ranked
        item, rank = sheet.items[place], int(ranked.ranks[place])
        was = self.before.get(item.pk)
        missing = [
            criterion.name
            for criterion, is_missing in zip(sheet.criteria, ranked.missing[place], strict=True)
            if is_missing
        ]
        problem = ranked.problem(place) if not rank and not missing else None
        score = float(ranked.scores[place])
        return BoardRow(
            item=item,
            rank=rank,
            was=was if was is not None and was != rank else None,
            risen=self.risen[place],
            score=score_text(score, self.digits) if rank else "",
            bar=max(0, round(100 * score / self.highest)) if rank and self.highest > 0 else 0,
            cells=[self.cell(place, number) for number in range(len(sheet.criteria))],
            others=[self._other(other, place, rank) for other in self.sheets[1:]],
            missing=missing,
            problem="" if rank or missing else self._why(problem),
            is_below=bool(self.top and rank > self.top),
        )

    def _why(self, problem: Any) -> str:
        if problem is not None:
            return f"The formula {problem.sentence} here, at character {problem.position + 1}."
        if not self.sheet.criteria:
            return "The model has no criteria yet."
        unknown = ", ".join(self.sheet.definition.fact_names)
        return f"A fact that the formula needs is not known: {unknown}." if unknown else "The formula gives no number."

    def cell(self, place: int, number_of: int) -> BoardCell:
        """A cell of an item, by the numbers of both."""
        criterion = self.sheet.criteria[number_of]
        kept = self.sheet.cells[place].get(criterion.pk)
        is_needed = bool(self.sheet.ranked.missing[place, number_of])
        if kept is None:
            return BoardCell(criterion, "", "", "", 0, "", is_needed, is_outside=False)
        level = level_name(criterion, kept.value)
        by_name = level and self.model.kind != Kind.FORMULA
        return BoardCell(
            criterion,
            level if by_name else value_text(criterion, kept.value, self.currency),
            typed_text(criterion, kept.value),
            level,
            kept.version,
            kept.comment,
            is_needed,
            bool(self.sheet.outside[place, number_of]),
        )

    def _other(self, other: Sheet, place: int, rank: int) -> OtherRank:
        theirs = int(other.ranked.ranks[place])
        scores = other.ranked.scores
        text = score_text(float(scores[place]), digits_of(scores)) if theirs else ""
        return OtherRank(other.model, theirs, text, rank - theirs if rank and theirs else 0)

    @cached_property
    def highest(self) -> float:
        scores = [float(score) for score in self.sheet.ranked.scores if score == score]
        return max(scores, default=0.0)

    @cached_property
    def digits(self) -> int:
        return digits_of(self.sheet.ranked.scores)

    def file_rows(self, places: Sequence[int]) -> list[list[Any]]:
        """The cells of a file, row by row; see `file_header`."""
        return [self._file_row(place) for place in places]

    def _file_row(self, place: int) -> list[Any]:
        sheet, row = self.sheet, self._row(place)
        values = [sheet.cells[place].get(criterion.pk) for criterion in sheet.criteria]
        score = sheet.ranked.scores[place]
        cells: list[Any] = [row.rank or None, row.risen, row.item.name, context_of(row.item)]
        cells += [None if cell is None else Decimal(str(cell.value)) for cell in values]
        cells.append(round(float(score), 4) if row.rank else None)
        for other, theirs in zip(self.sheets[1:], row.others, strict=True):
            cells += [round(float(other.ranked.scores[place]), 4) if theirs.rank else None, theirs.rank or None]
        return [*cells, ", ".join(row.missing), row.problem]

    @property
    def file_header(self) -> list[str]:
        heads = [str(criterion) for criterion in self.sheet.criteria]
        own = [
            Amount(head) if criterion.is_money else head
            for head, criterion in zip(heads, self.sheet.criteria, strict=True)
        ]
        others = [f"{what} by {other.model}" for other in self.sheets[1:] for what in ("Score", "Rank")]
        first = ["Rank", "Places risen", ItemKind(self.sheet.kind).label[:-1], "Belongs to"]
        return [*first, *own, "Score", *others, "Missing", "Problem"]


def board_criteria(user: Any, model_ids: Collection[int], kind: str) -> list[Criterion]:
    """The criteria of models, with the models themselves; the first of each carries the model's latest scorecard.

    Cost: one statement for all of it, which is what an edit of a board has for it.
    """
    cards = Scorecard.objects.visible_to(user).filter(model=OuterRef("model"), item_kind=kind)
    shape = JSONObject(pk="pk", name="name", decided_date="decided_date", ranking="document__ranking")
    latest = Subquery(cards.order_by("-decided_date", "-pk").values(card=shape)[:1])
    rows = Criterion.objects.visible_to(user).live().filter(model__archived_at=None, model__in=model_ids)
    return list(
        rows.select_related("model").annotate(card=Case(When(position=0, then=latest))).order_by("position", "pk")
    )


def board_of(
    models: Sequence[ScoringModel],
    criteria: Sequence[Criterion],
    rows: QuerySet[Any],
    kind: str,
    day: datetime.date,
) -> Board:
    """Items ranked by the first of some models, with what the others say.

    Args:
        criteria: of all the models, as `board_criteria` reads them.
    """
    kept = [getattr(row, "card", None) for row in criteria if row.model_id == models[0].pk]
    cards = [card for card in kept if card]
    found = sheets(models, with_served(rows, kind), kind, day, criteria)
    return Board(found, models[0].organization.currency, card_of(cards[0], kind) if cards else None)


def card_of(kept: Mapping[str, Any], kind: str) -> Card:
    """A scorecard as `board_criteria` reads it; places of its document that are not there tell nothing."""
    told = ranks_only(kept.get("ranking") or [])
    ranks: dict[Any, Any] = {one.get("id"): one.get("rank") for one in told if one.get("kind", kind) == kind}
    return Card(kept["pk"], kept["name"], parse_date(str(kept.get("decided_date"))), ranks)


def ranks_only(ranking: Any) -> list[Mapping[str, Any]]:
    """The lines of a frozen ranking that give an item a rank."""
    return [one for one in ranking if isinstance(one, Mapping) and isinstance(one.get("rank"), int) and one["rank"]]


def with_served(rows: QuerySet[Any], kind: str) -> QuerySet[Any]:
    """Projects with the product that they serve most, by name, and its line's code."""
    if kind != ItemKind.PROJECT:
        return rows
    shares: Any = item_model(kind)._meta.get_field("product_shares").related_model
    most = shares.objects.filter(project=OuterRef("pk")).order_by("-share_ratio", "pk")
    return rows.annotate(
        served_name=Subquery(most.values("product__name")[:1]),
        served_code=Subquery(most.values("product__line__code")[:1]),
    )


def context_of(item: Any) -> str:
    """Where an item belongs: the product that a project serves, else its program; a program's portfolio; a line."""
    kind = item._meta.model_name
    if kind == "product":
        return str(item.line) if item.line else ""
    if kind == "project" and getattr(item, "served_name", None):
        return str(item.served_name)
    parent = getattr(item, "program", None) or item.portfolio
    return str(parent) if parent else ""


def tone_of(item: Any) -> str:
    """The class of the colour of the line that an item serves; empty where there is none to tell."""
    kind = item._meta.model_name
    line: Any = item_model("product")._meta.get_field("line").related_model
    if kind == "product":
        return str(line.tone_of(item.line.code if item.line else None))
    return str(line.tone_of(item.served_code)) if getattr(item, "served_name", None) else ""


def digits_of(scores: Any) -> int:
    """So many decimals let the scores of a list be told apart: three figures of the highest."""
    highest = max((abs(float(score)) for score in scores if score == score), default=0.0)
    return 0 if highest >= 100 else 1 if highest >= 10 else 2


def score_text(score: float, digits: int) -> str:
    """A score as it is shown; in long form where it is very large."""
    if abs(score) >= 1e15:
        return f"{score:.3g}"
    return str(number(Decimal(repr(score)), digits))


def plain_text(value: float) -> str:
    """A number with as few of four decimals as it needs."""
    exact = Decimal(repr(float(value)))
    places = next((places for places in range(4) if exact == round(exact, places)), 4)
    return str(number(exact, places))


def value_text(criterion: Criterion, value: float, currency: str) -> str:
    """A score on a criterion as it is shown in a cell, without its unit but for percent and money."""
    if criterion.is_percent:
        return f"{plain_text(round(value * 100, 2))}%"
    if criterion.is_money:
        return str(money(Decimal(repr(value)), currency))
    return plain_text(value)


def head_unit(unit: str, currency: str) -> str:
    """A unit as it stands in the head of a column; percent stands in the cells."""
    return "" if unit == PERCENT else unit_text(unit, currency)


def typed_text(criterion: Criterion, value: float) -> str:
    """A score as a person would type it, and as the levels of a scale are sent."""
    exact = Decimal(repr(float(value))) * (100 if criterion.is_percent and not criterion.levels else 1)
    return f"{exact.normalize():f}"


def level_name(criterion: Criterion, value: float) -> str:
    """The name of the level that a value stands on; empty where there is none."""
    found = criterion.spec.level_of(value) if criterion.levels else None
    return found.name if found else ""


def formula_words(sheet: Sheet) -> str:
    """How a model comes to its score, as a person says it."""
    return words_of(sheet.definition, fact_labels())
