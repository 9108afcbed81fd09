"""Items with their scores by a model: the one reading that boards, explanations, files and the API stand on."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from scoring.algorithms.definition import Definition, Kind
from scoring.algorithms.ranking import Ranked, outside, score
from scoring.algorithms.weighing import Values
from scoring.models import Criterion, Score, ScoringModel
from scoring.selectors.facts import Asked, fact_columns, fact_units, read_facts

#: Projects that no longer wait for a decision are not candidates.
OVER = ("done", "cancelled")


class Cell(NamedTuple):
    """A score as it is kept."""

    pk: int
    value: float
    version: int
    comment: str


@dataclass(frozen=True)
class Sheet:
    """Items and what they got on the criteria of one model.

    Args:
        criteria: live ones, in their order.
        items: rows of projects, programs or products; cells by number of item and criterion's id.
        facts: name -> float64 (items), of those that the formula speaks of.
    """

    model: ScoringModel
    criteria: Sequence[Criterion]
    definition: Definition
    kind: str
    items: Sequence[Any]
    cells: Sequence[Mapping[int, Cell]]
    facts: Mapping[str, Values]

    @cached_property
    def values(self) -> Values:
        """float64 (items, criteria), NaN where there is no score."""
        found = np.full((len(self.items), len(self.criteria)), np.nan)
        for place, cells in enumerate(self.cells):
            for number, criterion in enumerate(self.criteria):
                if cell := cells.get(criterion.pk):
                    found[place, number] = cell.value
        return found

    @cached_property
    def ranked(self) -> Ranked:
        return score(self.definition, self.values, self.facts)

    @cached_property
    def outside(self) -> Any:
        """bool (items, criteria): scores that are off the scale that the model has now, and do not count."""
        return outside(self.definition, self.values)

    def with_values(self, values: Values) -> Ranked:
        """The ranking if the scores were others."""
        return score(self.definition, values, self.facts)

    @cached_property
    def numbers(self) -> Mapping[int, int]:
        """Item's id -> its number on the sheet."""
        return {item.pk: number for number, item in enumerate(self.items)}


def item_model(kind: str) -> Any:
    """The table of a kind of item."""
    return Score._meta.get_field(kind).related_model


def candidates(kind: str, user: Any) -> QuerySet[Any]:
    """The items of a kind that still wait for a decision or are being worked on, with the names that a row shows."""
    rows: Any = item_model(kind).objects.visible_to(user).live()
    if kind == "project":
        return rows.filter(parked_reason="").exclude(status__in=OVER).select_related("program", "portfolio")
    if kind == "program":
        return rows.filter(parked_reason="").select_related("portfolio")
    return rows.exclude(lifecycle_stage="retired").select_related("line")


def live_criteria(model: ScoringModel) -> list[Criterion]:
    """The criteria of a model, in their order."""
    return list(model.criteria.live().order_by("position", "pk"))


def definition_of(model: ScoringModel, criteria: Sequence[Criterion]) -> Definition:
    """A model as the algorithms take it."""
    facts = fact_units() if model.kind == Kind.FORMULA else {}
    return Definition(Kind(model.kind), tuple(criterion.spec for criterion in criteria), model.formula, facts)


def sheets(
    models: Sequence[ScoringModel],
    rows: QuerySet[Any],
    kind: str,
    day: datetime.date,
    criteria: Sequence[Criterion] | None = None,
) -> list[Sheet]:
    """The same items by several models.

    Args:
        rows: of the table of `kind`, in the order in which equals are to be listed.
        criteria: the live ones of the models in their order, if the caller has read them already.
    Cost: a statement for all criteria, one for all items with their scores and facts, and what facts without a column
        take (`facts.Fact`).
    """
    chosen: Any = criteria
    if chosen is None:
        chosen = Criterion.objects.live().filter(model__in=[model.pk for model in models]).order_by("position", "pk")
    of_model: dict[int, list[Criterion]] = {model.pk: [] for model in models}
    for criterion in chosen:
        of_model[criterion.model_id].append(criterion)
    definitions = {model.pk: definition_of(model, of_model[model.pk]) for model in models}
    facts_asked = {name for each in definitions.values() for name in each.fact_names}
    with_facts = rows.annotate(**fact_columns(facts_asked, kind, models[0].organization)) if facts_asked else rows
    items = list(with_cells(with_facts, kind, [each.pk for criteria in of_model.values() for each in criteria]))
    cells = [dict(map(_read, item.score_cells or ())) for item in items]
    found = []
    for model in models:
        definition = definitions[model.pk]
        asked = Asked(model.organization, kind, items, day)
        facts = read_facts(definition.fact_names, asked)
        found.append(Sheet(model, of_model[model.pk], definition, kind, items, cells, facts))
    return found


def sheet_of(model: ScoringModel, rows: QuerySet[Any], kind: str, day: datetime.date) -> Sheet:
    """The sheet of one model."""
    return sheets([model], rows, kind, day)[0]


def draft_sheet(
    model: ScoringModel,
    criteria: Sequence[Criterion],
    definition: Definition,
    rows: QuerySet[Any],
    kind: str,
    day: datetime.date,
    *,
    most: int,
) -> Sheet:
    """At most so many items by a model as it would be: criteria that are not saved yet have no scores."""
    items = list(with_cells(rows, kind, [each.pk for each in criteria if each.pk])[:most])
    cells = [dict(map(_read, item.score_cells or ())) for item in items]
    facts = read_facts(definition.fact_names, Asked(model.organization, kind, items, day))
    return Sheet(model, criteria, definition, kind, items, cells, facts)


def with_cells(rows: QuerySet[Any], kind: str, criterion_ids: Sequence[int]) -> QuerySet[Any]:
    """Items with `score_cells`: their scores on some criteria; None where there are no criteria."""
    scores = Score.objects.filter(**{kind: OuterRef("pk")}, criterion__in=criterion_ids).order_by()
    shape = JSONObject(criterion="criterion_id", pk="pk", value="value", version="version", comment="comment")
    return rows.annotate(score_cells=ArraySubquery(scores.values_list(shape)))


def _read(kept: Mapping[str, Any]) -> tuple[int, Cell]:
    return kept["criterion"], Cell(kept["pk"], float(kept["value"]), kept["version"], kept["comment"])
