"""Rankings over REST, and why an item ranks where it does."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

import numpy as np
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from core.api import ApiView
from core.api.pagination import LARGEST_PAGE, PAGE_SIZE, page_size
from scoring.algorithms.difference import weight_shares
from scoring.algorithms.frozen import outcome_of
from scoring.algorithms.weighing import normalized
from scoring.algorithms.wording import filled_words, words_of
from scoring.models import ITEM_KINDS, ItemKind, ScoringModel
from scoring.selectors import NARROWING, Selection, Sheet, all_facts, selected, sheet_of

WORDS = sorted({word for words in NARROWING.values() for word in words})
ID = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
MODEL = OpenApiParameter("model", ID, required=True, description="The scoring model.")
KIND = OpenApiParameter("kind", {"type": "string", "enum": list(ITEM_KINDS), "default": "project"})
PAGED = [
    *[
        OpenApiParameter(
            word,
            {"type": "string", "minLength": 1, "maxLength": 200} if word in ("q", "stage") else ID,
            description="Narrows the items.",
        )
        for word in WORDS
    ],
    OpenApiParameter("cursor", {"type": "string"}, description="From `next` or `previous`; opaque."),
    OpenApiParameter("page_size", {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE_SIZE}),
]


class RankedValueSerializer(serializers.Serializer[Any]):
    """What an item got on a criterion; null where it is missing."""

    criterion = serializers.IntegerField()
    key = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    is_outside = serializers.BooleanField(help_text="It is off the scale that the model has now, and does not count.")


class RankedSerializer(serializers.Serializer[Any]):
    """An item's place. Without a score it has no rank, and comes after all others."""

    item = serializers.IntegerField()
    kind = serializers.ChoiceField(ItemKind.choices)
    code = serializers.CharField()
    name = serializers.CharField()
    rank = serializers.IntegerField(allow_null=True, help_text="1 is best; equals share a rank.")
    score = serializers.FloatField(allow_null=True)
    is_above_line = serializers.BooleanField(allow_null=True, help_text="Null: the model draws no line.")
    missing = serializers.ListField(child=serializers.CharField(), help_text="Keys of criteria that a score needs.")
    problem = serializers.CharField(help_text="Why the formula gives nothing although all values are there.")
    values = RankedValueSerializer(many=True)


class RankingSerializer(serializers.Serializer[Any]):
    """A page of a ranking, best first."""

    model = serializers.IntegerField()
    model_version = serializers.IntegerField()
    count = serializers.IntegerField(help_text="Items on all pages.")
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = RankedSerializer(many=True)


class ContributionSerializer(serializers.Serializer[Any]):
    """What a criterion brings."""

    key = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    scale_ratio = serializers.FloatField(allow_null=True, help_text="Where the value stands: 1 is best, 0 worst.")
    weight_ratio = serializers.FloatField(allow_null=True, help_text="Null: the model has no weights.")
    points = serializers.FloatField(allow_null=True, help_text="Its part of the score; null without weights.")


class KnownFactSerializer(serializers.Serializer[Any]):
    """A fact that the formula speaks of."""

    key = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    value = serializers.FloatField(allow_null=True)


class ExplanationSerializer(serializers.Serializer[Any]):
    """Why an item ranks where it does."""

    item = serializers.IntegerField()
    kind = serializers.ChoiceField(ItemKind.choices)
    name = serializers.CharField()
    model = serializers.IntegerField()
    model_version = serializers.IntegerField()
    rank = serializers.IntegerField(allow_null=True)
    ranked_count = serializers.IntegerField(help_text="Items with a score.")
    score = serializers.FloatField(allow_null=True)
    unit = serializers.CharField()
    missing = serializers.ListField(child=serializers.CharField())
    problem = serializers.CharField()
    formula = serializers.CharField(help_text="As it is written; empty for a model without one.")
    in_words = serializers.CharField(help_text="How a score is made, with criteria by name.")
    filled_in = serializers.CharField(help_text="The same with this item's numbers.")
    contributions = ContributionSerializer(many=True)
    facts = KnownFactSerializer(many=True)


class _OfSheet(ApiView):
    """Reads the sheet that the address asks for."""

    def known(self, words: Sequence[str]) -> None:
        """Refuse words that say nothing here."""
        if unknown := [name for name in self.request.query_params if name not in words]:
            sentence = f"There is no such word here. Known: {', '.join(sorted(words))}."
            raise exceptions.ValidationError({name[:100]: [sentence] for name in unknown})
        for name, value in self.request.query_params.items():
            if "\x00" in value:
                raise exceptions.ValidationError({name: ["Null characters are not allowed."]})

    def number(self, name: str) -> int:
        """An id of the address."""
        text = self.request.query_params.get(name, "")
        if not (text.isascii() and text.isdigit() and 0 < int(text[:20]) <= 2**63 - 1):
            raise exceptions.ValidationError({name: ["Send an id, a number."]})
        return int(text)

    def sheet(self, *, is_narrowed: bool = True) -> Sheet:
        """The items by the model that the address names: those that its words let through, or all candidates.

        Raises:
            Http404: there is no such model for this person.
        """
        kind = self.request.query_params.get("kind", ITEM_KINDS[0])
        if kind not in ITEM_KINDS:
            raise exceptions.ValidationError({"kind": [f"Say one of {', '.join(ITEM_KINDS)}."]})
        words = [word for word in WORDS if word in self.request.query_params]
        if useless := [word for word in words if word not in NARROWING[kind]]:
            raise exceptions.ValidationError({word: [f"This narrows no items of kind {kind}."] for word in useless})
        for word in words:
            if word not in ("q", "stage"):
                self.number(word)
        models = ScoringModel.objects.visible_to(self.actor).select_related("organization")
        model = models.filter(pk=self.number("model")).first()
        if model is None:
            raise Http404
        selection = Selection.of_query(kind, self.request.query_params) if is_narrowed else Selection()
        rows = selected(kind, self.actor, selection, model)
        return sheet_of(model, rows, kind, timezone.localdate())


class RankingsView(_OfSheet):
    """Items by a model, best first."""

    @extend_schema(parameters=[MODEL, KIND, *PAGED], responses=RankingSerializer)
    def get(self, request: Request) -> Response:
        """Candidates of a kind with scores, ranks and what is missing, a page at a time."""
        self.known(["model", "kind", "cursor", "page_size", *WORDS])
        size, begin = page_size(request), _place(request.query_params.get("cursor", ""))
        sheet = self.sheet()
        order = sheet.ranked.order.tolist()
        url = request.build_absolute_uri()
        body = {
            "model": sheet.model.pk,
            "model_version": sheet.model.number,
            "count": len(order),
            "next": _url(url, begin + size) if begin + size < len(order) else None,
            "previous": _url(url, max(begin - size, 0)) if begin else None,
            "results": [_ranked(sheet, number) for number in order[begin : begin + size]],
        }
        return Response(self.shown(body))


class RankingExplanationView(_OfSheet):
    """Why an item ranks where it does."""

    @extend_schema(
        parameters=[MODEL, KIND, OpenApiParameter("item", ID, required=True, description="Its id.")],
        responses=ExplanationSerializer,
    )
    def get(self, request: Request) -> Response:
        """The formula in words and with the item's numbers filled in, what each criterion brings, and the facts."""
        self.known(["model", "kind", "item"])
        pk = self.number("item")
        sheet = self.sheet(is_narrowed=False)
        if pk not in sheet.numbers:
            raise Http404
        return Response(self.shown(_explained(sheet, sheet.numbers[pk])))


def _ranked(sheet: Sheet, number: int) -> dict[str, Any]:
    row = sheet.items[number]
    cells = sheet.cells[number]
    return {
        "item": row.pk,
        "kind": sheet.kind,
        "code": getattr(row, "code", ""),
        "name": row.name,
        **outcome_of(sheet.definition, sheet.ranked, number, sheet.model.top_count),
        "values": [
            {
                "criterion": criterion.pk,
                "key": criterion.key,
                "value": cells[criterion.pk].value if criterion.pk in cells else None,
                "is_outside": bool(sheet.outside[number, place]),
            }
            for place, criterion in enumerate(sheet.criteria)
        ],
    }


def _explained(sheet: Sheet, number: int) -> dict[str, Any]:
    definition = sheet.definition
    values = np.where(sheet.outside[number], np.nan, sheet.values[number])
    labels = {fact.key: fact.label for fact in all_facts()}
    known = {key: float(column[number]) for key, column in sheet.facts.items()}
    outcome = outcome_of(definition, sheet.ranked, number, sheet.model.top_count)
    outcome.pop("is_above_line")
    return {
        "item": sheet.items[number].pk,
        "kind": sheet.kind,
        "name": sheet.items[number].name,
        "model": sheet.model.pk,
        "model_version": sheet.model.number,
        **outcome,
        "ranked_count": int((sheet.ranked.ranks > 0).sum()),
        "unit": definition.unit,
        "formula": definition.formula,
        "in_words": words_of(definition, labels),
        "filled_in": filled_words(definition, values, known),
        "contributions": _contributions(sheet, values),
        "facts": [
            {"key": key, "name": labels.get(key, key), "unit": definition.facts[key], "value": _known(value)}
            for key, value in known.items()
        ],
    }


def _contributions(sheet: Sheet, values: Any) -> list[dict[str, Any]]:
    definition = sheet.definition
    if not definition.criteria:
        return []
    ratios = normalized(values[None, :], definition.ranges)[0]
    weights = weight_shares(definition) if definition.kind == "weighted" else {}
    found = []
    for place, criterion in enumerate(definition.criteria):
        ratio, weight = _known(ratios[place]), weights.get(criterion.key)
        found.append(
            {
                "key": criterion.key,
                "name": criterion.name,
                "unit": criterion.unit,
                "value": _known(values[place]),
                "scale_ratio": ratio,
                "weight_ratio": weight,
                "points": None if weight is None or ratio is None else 100 * weight * ratio,
            }
        )
    return found


def _known(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)


def _url(url: str, place: int) -> str:
    cursor = base64.urlsafe_b64encode(f"place-{place}".encode()).decode().rstrip("=")
    return str(replace_query_param(url, "cursor", cursor))


def _place(cursor: str) -> int:
    """Where a page begins."""
    if not cursor:
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        word, number = text.split("-")
        if word != "place" or not number.isdigit() or len(number) > 9:
            raise ValueError(number)
    except (ValueError, binascii.Error):
        sentence = "This cursor is not one of ours. Start without one, then follow `next`."
        raise exceptions.ValidationError({"cursor": [sentence]}) from None
    return int(number)
