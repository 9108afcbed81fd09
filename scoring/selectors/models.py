"""Scoring models as their pages show them: lists, versions with what changed, criteria in words."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery

from accounts.models import Organization
from events.models import Event
from scoring.algorithms.definition import MONEY, PERCENT, CriterionSpec, Definition, Kind
from scoring.algorithms.difference import differences, number_text, scale_text, weight_shares
from scoring.algorithms.wording import share_text, words_of
from scoring.models import ITEM_KINDS, Criterion, ModelVersion, Score, ScoringModel
from scoring.selectors.trial import fact_labels


@dataclass(frozen=True)
class ModelLine:
    """A model in the list."""

    model: ScoringModel
    criteria_count: int
    scored_count: int
    changed_by: str
    changed_at: datetime.datetime | None


@dataclass(frozen=True)
class VersionLine:
    """A version, and in sentences how it differs from the one before."""

    version: ModelVersion
    changes: Sequence[str]


@dataclass(frozen=True)
class LevelLine:
    """One step of a scale in words."""

    value: str
    name: str
    meaning: str


@dataclass(frozen=True)
class CriterionLine:
    """A criterion in words."""

    spec: CriterionSpec
    unit: str
    scale: str
    share: str
    is_counted: bool
    levels: Sequence[LevelLine]


def model_lines(models: Iterable[ScoringModel]) -> list[ModelLine]:
    """Models with what a list says of them.

    Cost: three statements, however many they are.
    """
    rows = list(models)
    ids = [row.pk for row in rows]
    live = Criterion.objects.live().filter(model__in=ids).order_by()
    criteria = dict(live.values_list("model").annotate(Count("pk")))
    scores = Score.objects.filter(criterion__model__in=ids, criterion__archived_at=None).order_by()
    items = [Count(kind, distinct=True) for kind in ITEM_KINDS]
    scored = {pk: sum(counts) for pk, *counts in scores.values_list("criterion__model").annotate(*items)}
    subject = ScoringModel._meta.label_lower
    events = Event.objects.filter(subject_type=subject, subject_id__in=[str(pk) for pk in ids])
    latest = events.order_by("subject_id", "-pk").distinct("subject_id")
    told = {pk: (name, at) for pk, name, at in latest.values_list("subject_id", "actor_name", "occurred_at")}
    return [
        ModelLine(row, criteria.get(row.pk, 0), scored.get(row.pk, 0), *told.get(str(row.pk), ("", None)))
        for row in rows
    ]


def versions_of(model: ScoringModel) -> QuerySet[ModelVersion]:
    """A model's versions, the newest first, each with the definition of the one `before`."""
    earlier = ModelVersion.objects.filter(model=model, number=OuterRef("number") - 1)
    rows = ModelVersion.objects.filter(model=model).select_related("author")
    return rows.annotate(before=Subquery(earlier.values("definition"))).order_by("-number")


def version_lines(versions: Iterable[Any]) -> list[VersionLine]:
    """Versions of `versions_of` with what changed."""
    return [
        VersionLine(row, differences(Definition.from_plain(row.before), row.parsed) if row.before else [])
        for row in versions
    ]


def changes_between(model: ScoringModel, number: int, other: int) -> list[str]:
    """What version `other` of a model changed since version `number`; nothing where one of them is none."""
    found = {row.number: row.parsed for row in ModelVersion.objects.filter(model=model, number__in=[number, other])}
    return differences(found[number], found[other]) if len(found) == 2 else []


def criterion_lines(definition: Definition, currency: str) -> list[CriterionLine]:
    """The criteria of a definition in words; amounts in the organization's currency."""
    shares = weight_shares(definition) if definition.kind == Kind.WEIGHTED else {}
    counted = set(definition.counted)
    return [
        CriterionLine(
            spec,
            unit_text(spec.unit, currency),
            scale_text(spec),
            share_text(shares[spec.key]) if spec.key in shares else "",
            number in counted,
            [LevelLine(number_text(each.value, spec.unit), each.name, each.meaning) for each in spec.levels],
        )
        for number, spec in enumerate(definition.criteria)
    ]


def unit_text(unit: str, currency: str) -> str:
    """A unit as people read it: amounts are in the currency."""
    return " ".join(currency if word == MONEY else word for word in unit.split(" ")) if unit != PERCENT else "%"


def how_it_counts(definition: Definition) -> str:
    """How the score is made, in words."""
    return words_of(definition, fact_labels())


def free_name(organization: Organization, name: str) -> str:
    """A name that no live model of the whole organization has: the given one, else with the next number behind it."""
    rows = ScoringModel.objects.live().filter(organization=organization, portfolio=None, name__startswith=name)
    taken = set(rows.values_list("name", flat=True))
    numbered = (f"{name} {number}" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(each for each in numbered if each not in taken)
