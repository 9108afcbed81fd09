"""What raters said, once it is revealed: strips, medians, where they are split, and what adopting would change."""

import datetime
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
from django.db.models import Q

from scoring.algorithms.voices import FEW, indexes, medians, split
from scoring.models import Criterion, ScoringSession, SessionItem, Vote
from scoring.selectors.session import SessionRead, open_votes, session_read
from scoring.selectors.sheet import Sheet, candidates, item_model, sheet_of
from scoring.selectors.voices import heard_items

#: Width of a strip as it is drawn, and how far dots stand from its ends.
STRIP, EDGE = 160, 7


@dataclass(frozen=True)
class Voice:
    """What one rater said, and where it stands on the strip."""

    name: str
    value: Decimal
    shown: str
    comment: str
    at: float

    @property
    def ratio(self) -> float:
        """Where it stands on the strip, 0 to 1."""
        return (self.at - EDGE) / (STRIP - 2 * EDGE)


@dataclass(frozen=True)
class Spread:
    """The voices on an item and criterion.

    Args:
        index: the disagreement index, None for fewer than two voices.
        at: where the median stands on the strip.
    """

    criterion: Criterion
    voices: Sequence[Voice]
    median: Decimal | None
    is_split: bool
    index: float | None
    at: float | None

    @property
    def shown(self) -> str:
        return "" if self.median is None else named(self.criterion, self.median)

    @property
    def comments(self) -> list[Voice]:
        return [voice for voice in self.voices if voice.comment]

    @property
    def is_few(self) -> bool:
        """Fewer voices than one would score by."""
        return len(self.voices) < FEW

    @property
    def words(self) -> str:
        """The strip for who does not see it."""
        said = ", ".join(f"{voice.name} {voice.shown}" for voice in self.voices)
        return f"{said}; median {self.shown}" if self.voices else "no votes"


@dataclass(frozen=True)
class ItemResult:
    """An item with the voices on each criterion."""

    item: SessionItem
    spreads: Sequence[Spread]
    disagreement: float

    @property
    def split_count(self) -> int:
        return sum(spread.is_split for spread in self.spreads)

    @property
    def few(self) -> list[Criterion]:
        """Criteria on which fewer than two raters voted, though somebody did or could."""
        return [spread.criterion for spread in self.spreads if spread.is_few]


@dataclass(frozen=True)
class Results:
    """What a round of a session came to; its items by disagreement, the greatest first."""

    read: SessionRead
    round_number: int
    items: Sequence[ItemResult]

    @property
    def split_count(self) -> int:
        return sum(bool(item.split_count) for item in self.items)

    @property
    def few_count(self) -> int:
        return sum(bool(item.few) for item in self.items)


def named(criterion: Criterion, value: Decimal) -> str:
    """A value with the name of its level, where it has one."""
    level = next((each["name"] for each in criterion.levels if Decimal(str(each["value"])) == value), "")
    shown = criterion.shown(value)
    return f"{level} ({shown})" if level and level != shown else shown


def results_of(session: ScoringSession, round_number: int | None = None, item: int | None = None) -> Results:
    """A round of a session that is revealed, by default the last; while it is blind, there are no voices in it.

    Args:
        item: the id of one of its items, where only that is asked for.
    """
    read = session_read(session)
    if item is not None:
        read = replace(read, items=[row for row in read.items if row.pk == item])
    number = min(round_number or session.round_number, session.round_number)
    votes = open_votes(session, number, item)
    voices = read.voices(votes)
    index, middle, are_split = indexes(voices, read.specs), medians(voices, read.specs), split(voices, read.specs)
    ends = [_ends(criterion, voices[:, :, place]) for place, criterion in enumerate(read.criteria)]
    names = {rater.pk: str(rater.user) for rater in read.raters}
    said: dict[tuple[int, int], list[Vote]] = {}
    for vote in votes:
        said.setdefault((vote.item_id, vote.criterion_id), []).append(vote)
    found = []
    for i, row in enumerate(read.items):
        spreads = []
        for c, criterion in enumerate(read.criteria):
            of_cell = [_voice(vote, names, criterion, ends[c]) for vote in said.get((row.pk, criterion.pk), ())]
            heard = sorted(filter(None, of_cell), key=lambda voice: (voice.value, voice.name))
            median = None if np.isnan(middle[i, c]) else _decimal(middle[i, c])
            apart = None if np.isnan(index[i, c]) else float(index[i, c])
            at = None if median is None else _at(median, ends[c], criterion)
            spreads.append(Spread(criterion, heard, median, bool(are_split[i, c]), apart, at))
        found.append(ItemResult(row, spreads, max((spread.index or 0 for spread in spreads), default=0)))
    found.sort(key=lambda result: (-result.split_count, -result.disagreement))
    return Results(read, number, found)


def _voice(vote: Vote, names: Mapping[int, str], criterion: Criterion, ends: tuple[float, float]) -> Voice | None:
    """A vote on the strip; none where the scale no longer allows it."""
    if criterion.refusal(vote.value):
        return None
    shown = named(criterion, vote.value)
    return Voice(names[vote.rater_id], vote.value, shown, vote.comment, _at(vote.value, ends, criterion))


def _decimal(value: float) -> Decimal:
    return Decimal(str(round(float(value), 4)))


def _ends(criterion: Criterion, given: Any) -> tuple[float, float]:
    """What a strip spans: the scale; where the voices keep to a small part of a wide one, as far as they reach."""
    lowest, highest = float(criterion.lowest), float(criterion.highest)
    if criterion.levels:
        return 0.0, float(max(len(criterion.levels) - 1, 1))
    known = given[~np.isnan(given)]
    if known.size and known.max() > lowest and (known.max() - lowest) < (highest - lowest) / 4:
        highest = float(known.max())
    return lowest, highest


def _at(value: Decimal, ends: tuple[float, float], criterion: Criterion) -> float:
    """Where a value stands on a strip; levels stand at equal steps."""
    number = float(value)
    if criterion.levels:
        number = float(sum(float(each["value"]) < number for each in criterion.levels))
    lowest, highest = ends
    return round(EDGE + (STRIP - 2 * EDGE) * (number - lowest) / (highest - lowest), 1)


@dataclass(frozen=True)
class ByRater:
    """What raters gave one item, on the criteria that somebody voted on.

    Args:
        raters: names of those who are in the session still.
        criterion: the one that is asked for.
    """

    session: ScoringSession
    spreads: Sequence[Spread]
    raters: Sequence[str]
    criterion: Criterion

    def on(self, criterion: Criterion) -> Spread | None:
        """The voices on a criterion."""
        return next((spread for spread in self.spreads if spread.criterion.pk == criterion.pk), None)

    @property
    def silent(self) -> list[str]:
        """Who gave it nothing on the criterion that is asked for."""
        spread = self.on(self.criterion)
        heard = {voice.name for voice in spread.voices} if spread else set()
        return [name for name in self.raters if name not in heard]

    @property
    def lowest(self) -> str:
        spread = self.on(self.criterion)
        return spread.voices[0].shown if spread and spread.voices else ""

    @property
    def highest(self) -> str:
        spread = self.on(self.criterion)
        return spread.voices[-1].shown if spread and spread.voices else ""


def by_rater(criterion: Criterion, kind: str, item: int) -> ByRater | None:
    """The votes on an item in the session that boards listen to, with the criterion that is asked for.

    None where there is no such session, or nobody voted on the item in it.
    Cost: five statements.
    """
    row = heard_items(criterion.model, kind, [item]).first()
    if row is None:
        return None
    results = results_of(row.session, item=row.pk)
    spreads = [spread for result in results.items for spread in result.spreads if spread.voices]
    raters = [str(rater.user) for rater in results.read.raters if rater.left_at is None]
    return ByRater(row.session, spreads, raters, criterion) if spreads else None


RESULT_HEADER = ("Item", "Kind", "Criterion", "Rater", "Vote", "Comment", "Median", "Split")


def result_cells(results: Results) -> list[tuple[Any, ...]]:
    """Votes as rows of a file, in the order of `RESULT_HEADER`."""
    return [
        (
            str(result.item), result.item.subject_kind, spread.criterion.name, voice.name, voice.value, voice.comment,
            spread.median, spread.is_split,
        )
        for result in results.items
        for spread in result.spreads
        for voice in spread.voices
    ]  # fmt: skip


@dataclass(frozen=True)
class AdoptedCell:
    """A score as it is and as the median makes it."""

    criterion: Criterion
    before: Decimal | None
    after: Decimal | None
    version: int

    @property
    def is_changed(self) -> bool:
        return self.after is not None and self.after != self.before

    @property
    def shown_before(self) -> str:
        return "" if self.before is None else self.criterion.shown(self.before)

    @property
    def shown_after(self) -> str:
        return "" if self.after is None else self.criterion.shown(self.after)


@dataclass(frozen=True)
class Adoption:
    """What adopting does to one item; ranks are 0 where there is none."""

    result: ItemResult
    cells: Sequence[AdoptedCell]
    rank_before: int
    rank_after: int

    @property
    def changed_count(self) -> int:
        return sum(cell.is_changed for cell in self.cells)


@dataclass(frozen=True)
class Adoptions:
    """What adopting the medians of a session would change, by the ranks that the items would have."""

    results: Results
    lines: Sequence[Adoption]

    @property
    def seen(self) -> str:
        """A mark of what is shown: another one, if a score or a vote has become another since."""
        told = [
            (line.result.item.pk, cell.criterion.pk, cell.version, str(cell.before), str(cell.after))
            for line in sorted(self.lines, key=lambda line: line.result.item.pk)
            for cell in line.cells
        ]
        return hashlib.blake2b(repr(told).encode(), digest_size=8).hexdigest()

    @property
    def changed_count(self) -> int:
        return sum(line.changed_count for line in self.lines)


def adoptions_of(session: ScoringSession, user: Any, day: datetime.date) -> Adoptions:
    """What adopting the last round changes: each score before and after, and how the ranks move.

    Archived items are left out. Ranks are among all candidates of the item's kind that the person sees.
    """
    results = results_of(session)
    of_kind: dict[str, list[ItemResult]] = {}
    for result in results.items:
        if not result.item.subject.is_archived:
            of_kind.setdefault(result.item.subject_kind, []).append(result)
    lines = []
    for kind, chosen in of_kind.items():
        lines += _lines(sheet_for(session, user, kind, [each.item.subject.pk for each in chosen], day), chosen)
    lines.sort(key=lambda line: (line.rank_after or 1_000_000, str(line.result.item)))
    return Adoptions(results, lines)


def sheet_for(session: ScoringSession, user: Any, kind: str, ids: Collection[int], day: datetime.date) -> Sheet:
    """All candidates of a kind, and the items of a session that are none."""
    waiting = candidates(kind, user).order_by().values("pk")
    rows: Any = item_model(kind).objects.visible_to(user).live().filter(Q(pk__in=waiting) | Q(pk__in=ids))
    return sheet_of(session.model, rows.order_by("name", "pk"), kind, day)


def _lines(sheet: Sheet, chosen: Sequence[ItemResult]) -> list[Adoption]:
    values = sheet.values.copy()
    places = {criterion.pk: place for place, criterion in enumerate(sheet.criteria)}
    for result in chosen:
        number = sheet.numbers.get(result.item.subject.pk)
        for spread in result.spreads:
            if number is not None and spread.median is not None:
                values[number, places[spread.criterion.pk]] = float(spread.median)
    after = sheet.with_values(values)
    found = []
    for result in chosen:
        number = sheet.numbers.get(result.item.subject.pk)
        if number is None:
            continue
        kept = sheet.cells[number]
        cells = []
        for spread in result.spreads:
            cell = kept.get(spread.criterion.pk)
            before = None if cell is None else _decimal(cell.value)
            cells.append(AdoptedCell(spread.criterion, before, spread.median, cell.version if cell else 0))
        found.append(Adoption(result, cells, int(sheet.ranked.ranks[number]), int(after.ranks[number])))
    return found
