"""A scoring model tried out before it is saved: what it says, what real items get, and what it would change."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.db.models import Count

from scoring.algorithms.definition import Definition, Kind, problems
from scoring.algorithms.difference import number_text
from scoring.algorithms.formula import FormulaError
from scoring.algorithms.ranking import score
from scoring.algorithms.weighing import Values
from scoring.algorithms.wording import filled_words, result_text, words_of
from scoring.models import ITEM_KINDS, Criterion, Score, ScoringModel
from scoring.selectors.facts import Asked, Fact, all_facts, are_costly, fact_units, read_facts
from scoring.selectors.sheet import Sheet, candidates, definition_of, draft_sheet, live_criteria

#: Ranks are compared while somebody types for so many items at most.
MOST_ITEMS = 500
EXAMPLES = 3
MOVES = 3


@dataclass(frozen=True)
class Draft:
    """A model as somebody would like it.

    Args:
        model: as it is kept, or a new one.
        criteria: as they would be; those that exist have their id.
        typed: key -> a number to try the model with.
    """

    model: ScoringModel
    criteria: Sequence[Criterion]
    definition: Definition
    typed: Mapping[str, float]


@dataclass(frozen=True)
class Example:
    """One item's score, with its numbers filled in."""

    name: str
    filled: str
    result: str
    is_typed: bool = False


@dataclass(frozen=True)
class Move:
    """An item whose rank another definition changes; 0 is none."""

    name: str
    before: int
    after: int

    @property
    def by(self) -> int:
        """Ranks that it gains."""
        return self.before - self.after if self.before and self.after else 0


@dataclass(frozen=True)
class Effects:
    """What saving would do to what is scored already.

    Args:
        losses: a sentence for each criterion whose scores would count no more, or are archived with it.
        moves: the items that move most; `moved` how many move, of `compared`.
        is_told: False where there are too many items, or facts that take too long, to compare ranks beforehand.
    """

    losses: tuple[str, ...] = ()
    moves: tuple[Move, ...] = ()
    moved: int = 0
    compared: int = 0
    is_told: bool = True


@dataclass(frozen=True)
class Trial:
    """What a draft says.

    Args:
        problems: place -> a sentence, as `definition.problems` names places; the rest is empty where there are some.
        pointing: the formula's line with a mark below the place of its error.
        notes: sentences on units that do not fit, each with its character from 1.
    """

    problems: Mapping[str, str]
    pointing: str = ""
    words: str = ""
    unit: str = ""
    notes: tuple[tuple[str, int], ...] = ()
    facts: tuple[Fact, ...] = ()
    examples: tuple[Example, ...] = ()
    effects: Effects | None = None


def fact_labels() -> dict[str, str]:
    """Fact -> what it is called."""
    return {fact.key: fact.label for fact in all_facts()}


def try_out(draft: Draft, *, user: Any, day: datetime.date) -> Trial:
    """Try a draft on what the organization has scored already, or on typed numbers where nothing is."""
    definition = draft.definition
    taken = fact_units() if definition.kind == Kind.FORMULA else ()
    found = problems(definition, taken)
    if found:
        return Trial(found, pointing=pointing(definition))
    kind = _kind_most_scored(draft)
    sheet = _sheet(draft, kind, user, day) if kind else None
    return Trial(
        {},
        words=words_of(definition, fact_labels()),
        unit=definition.unit,
        notes=tuple((sentence, position + 1) for sentence, position in definition.counted_in.notes),
        facts=tuple(fact for fact in all_facts() if fact.key in definition.fact_names),
        examples=_examples(draft, sheet, user, day),
        effects=_effects(draft, sheet, user, day) if draft.model.pk else None,
    )


def pointing(definition: Definition) -> str:
    """The line of a formula that means nothing, with a mark below the place; empty where it means something."""
    try:
        _ = definition.compiled
    except FormulaError as error:
        return error.pointing(definition.formula)
    return ""


def _kind_most_scored(draft: Draft) -> str:
    ids = [row.pk for row in draft.criteria if row.pk]
    if not ids:
        return ""
    counts = Score.objects.filter(criterion__in=ids).aggregate(**{f"n_{kind}": Count(kind) for kind in ITEM_KINDS})
    most = max(ITEM_KINDS, key=lambda kind: counts[f"n_{kind}"])
    return most if counts[f"n_{most}"] else ""


def _sheet(draft: Draft, kind: str, user: Any, day: datetime.date) -> Sheet:
    """Items that are scored already, by the draft."""
    ids = [row.pk for row in draft.criteria if row.pk]
    scored = Score.objects.filter(criterion__in=ids, **{f"{kind}__isnull": False}).values(kind)
    rows = candidates(kind, user).filter(pk__in=scored).order_by("pk")
    most = EXAMPLES if are_costly(draft.definition.fact_names) else MOST_ITEMS + 1
    return draft_sheet(draft.model, draft.criteria, draft.definition, rows, kind, day, most=most)


def _examples(draft: Draft, sheet: Sheet | None, user: Any, day: datetime.date) -> tuple[Example, ...]:
    found = list(_of_items(sheet)) if sheet and sheet.items else []
    if draft.typed or not found:
        found.insert(0, _of_typed(draft, sheet, user, day))
    return tuple(found)


def _of_items(sheet: Sheet) -> list[Example]:
    """Those that are scored most completely, best first."""
    ranked = sheet.ranked
    gaps = ranked.missing.sum(axis=1)
    order = sorted(range(len(sheet.items)), key=lambda item: (gaps[item], ranked.ranks[item] or len(gaps) + 1))
    values = np.where(sheet.outside, np.nan, sheet.values)
    return [
        Example(
            str(sheet.items[item]),
            filled_words(sheet.definition, values[item], {key: float(each[item]) for key, each in sheet.facts.items()}),
            result_text(sheet.definition, ranked, item),
        )
        for item in order[:EXAMPLES]
    ]


def _of_typed(draft: Draft, sheet: Sheet | None, user: Any, day: datetime.date) -> Example:
    """Typed numbers, the middle of the scale where none is typed, and the facts of some project."""
    definition = draft.definition
    values = np.array([[_typed(draft, number) for number in range(len(definition.criteria))]], dtype=np.float64)
    items: list[Any] = []
    kind = "project"
    if definition.fact_names:
        kind = sheet.kind if sheet else kind
        items = list(sheet.items[:1]) if sheet else list(candidates(kind, user).order_by("-pk")[:1])
    facts: Mapping[str, Values] = {name: np.array([np.nan]) for name in definition.fact_names}
    if items:
        facts = read_facts(definition.fact_names, Asked(draft.model.organization, kind, items, day))
    ranked = score(definition, values, facts)
    name = "Example numbers" + (f", facts of {items[0]}" if items else "")
    filled = filled_words(definition, values[0], {key: float(each[0]) for key, each in facts.items()})
    return Example(name, filled, result_text(definition, ranked, 0), is_typed=True)


def _typed(draft: Draft, number: int) -> float:
    criterion = draft.definition.criteria[number]
    if criterion.key in draft.typed:
        return draft.typed[criterion.key]
    if criterion.levels:
        return criterion.levels[len(criterion.levels) // 2].value
    return (criterion.lowest + criterion.highest) / 2


def _effects(draft: Draft, sheet: Sheet | None, user: Any, day: datetime.date) -> Effects:
    kept = live_criteria(draft.model)
    model = draft.model
    before = definition_of(model, kept)
    losses = tuple(_losses(draft, kept, before))
    if sheet is None or before.as_plain() == draft.definition.as_plain():
        return Effects(losses)
    if len(sheet.items) > MOST_ITEMS or are_costly([*before.fact_names, *draft.definition.fact_names]):
        return Effects(losses, is_told=False)
    facts = read_facts(before.fact_names, Asked(model.organization, sheet.kind, sheet.items, day))
    old = replace(sheet, model=model, criteria=kept, definition=before, facts=facts)
    pairs = zip(sheet.items, old.ranked.ranks.tolist(), sheet.ranked.ranks.tolist(), strict=True)
    moves = [Move(str(item), was, now) for item, was, now in pairs if was != now]
    moves.sort(key=lambda move: (-abs(move.by), move.before or MOST_ITEMS + 1))
    lost = [move for move in moves if move.before and not move.after]
    return Effects(losses, tuple([*lost, *(each for each in moves if each.by)][:MOVES]), len(moves), len(sheet.items))


def _losses(draft: Draft, kept: Sequence[Criterion], before: Definition) -> list[str]:
    """Scores that are off their new scale, and those of criteria that are taken out."""
    specs = {row.pk: spec for row, spec in zip(draft.criteria, draft.definition.criteria, strict=True) if row.pk}
    old = {row.pk: spec for row, spec in zip(kept, before.criteria, strict=True)}
    changed = [
        pk
        for pk, spec in old.items()
        if pk not in specs
        or (specs[pk].lowest, specs[pk].highest, specs[pk].levels) != (spec.lowest, spec.highest, spec.levels)
    ]
    if not changed:
        return []
    rows = (
        Score.objects.filter(criterion__in=changed).order_by().values_list("criterion", "value").annotate(Count("pk"))
    )
    lost: dict[int, int] = {}
    for pk, value, count in rows:
        if pk not in specs or (old[pk].allows(float(value)) and not specs[pk].allows(float(value))):
            lost[pk] = lost.get(pk, 0) + count
    return [_loss(old[pk].name, count, is_out=pk not in specs) for pk, count in lost.items()]


def _loss(name: str, count: int, *, is_out: bool) -> str:
    scores = f"{number_text(count)} score{'' if count == 1 else 's'} of “{name}”"
    if is_out:
        return f"{scores} will be archived with the criterion, and come back if it does."
    return f"{scores} will be off the scale and count as missing."
