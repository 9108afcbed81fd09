"""Scores over REST, one by one or a thousand at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import IDEMPOTENCY_KEY, IF_MATCH, TenantViewSet, expected_version
from core.serializers import RowSerializer, StrictSerializer, VisibleRelatedField, name_of
from events.services import stale_edit
from scoring import services
from scoring.filters import ScoreFilter
from scoring.models import ITEM_KINDS, Criterion, ItemKind, Score
from scoring.selectors import item_model
from scoring.services import CellErrors, ScoreCell, Seen

MOST_ROWS = 1_000
LARGEST_ID = 2**63 - 1
ONE_ITEM = f"Name exactly one of {', '.join(ITEM_KINDS)}."


def one_item(attrs: Mapping[str, Any]) -> tuple[str, Any]:
    """The kind of the one item that a body names, and what it says of it."""
    named = [(kind, attrs[kind]) for kind in ITEM_KINDS if attrs.get(kind) is not None]
    if len(named) != 1:
        raise serializers.ValidationError(ONE_ITEM)
    return named[0]


class ScoreSerializer(RowSerializer):
    """What an item got on a criterion, in the criterion's unit; percent as a share of one."""

    criterion = VisibleRelatedField(queryset=Criterion.objects.all())
    key = name_of("criterion.key")
    scoring_model = serializers.IntegerField(source="criterion.model_id", read_only=True)
    scored_by_name = name_of("scored_by.name")

    class Meta:
        model = Score
        fields = (
            "id",
            "version",
            "scoring_model",
            "criterion",
            "key",
            *ITEM_KINDS,
            "value",
            "comment",
            "scored_by",
            "scored_by_name",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("scored_by",)
        instead: Mapping[str, str] = {
            "scored_by": "It is who sends the score.",
            **dict.fromkeys(("criterion", *ITEM_KINDS), "A score stays where it is. Remove it, and give another."),
        }
        create_only = ("criterion", *ITEM_KINDS)

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        if not self.partial:
            one_item(attrs)
        return attrs


class ScoreRowSerializer(StrictSerializer):
    """A score as it is to be: its criterion by id, or by model and key; its item by id, or by kind and external key."""

    criterion = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    model = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    key = serializers.CharField(required=False, max_length=40, help_text="The criterion's name in formulas.")
    project = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=LARGEST_ID)
    program = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=LARGEST_ID)
    product = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=LARGEST_ID)
    kind = serializers.ChoiceField(ItemKind.choices, required=False)
    external_key = serializers.CharField(required=False, max_length=200)
    value = serializers.DecimalField(18, 4, allow_null=True, help_text="Null removes the score.")
    comment = serializers.CharField(
        required=False, allow_blank=True, max_length=1_000, help_text="Left out: the one there is stays."
    )

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        if ("criterion" in attrs) == ("model" in attrs or "key" in attrs) or ("model" in attrs) != ("key" in attrs):
            raise serializers.ValidationError("Name the criterion by its id, or by model and key.")
        if ("kind" in attrs) != ("external_key" in attrs):
            raise serializers.ValidationError("An external key goes with the kind of its item.")
        if "kind" not in attrs:
            one_item(attrs)
        elif any(attrs.get(kind) is not None for kind in ITEM_KINDS):
            raise serializers.ValidationError("Name the item by its id, or by kind and external key.")
        return attrs


class ScoresSerializer(StrictSerializer):
    """Many scores at once: all of them are saved, or none."""

    scores = serializers.ListField(
        child=ScoreRowSerializer(), allow_empty=False, max_length=MOST_ROWS, help_text=f"1 to {MOST_ROWS} rows."
    )
    note = serializers.CharField(required=False, allow_blank=True, max_length=500, help_text="For the history.")


class ScoreResultSerializer(serializers.Serializer[Any]):
    """What became of a row."""

    row = serializers.IntegerField(help_text="Its place in the body, from 0.")
    result = serializers.ChoiceField(["created", "updated", "removed", "unchanged"])
    id = serializers.IntegerField(allow_null=True, help_text="Null where there is no score now.")


class ScoreResultsSerializer(serializers.Serializer[Any]):
    """What became of each row, in their order."""

    results = ScoreResultSerializer(many=True)


class ScoreViewSet(TenantViewSet):
    """What items got on criteria. `bulk/` sets up to 1,000 at once; no row: missing, and never zero."""

    queryset = Score.objects.all()
    serializer_class = ScoreSerializer
    filterset_class = ScoreFilter
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": ()}

    @extend_schema(parameters=[IDEMPOTENCY_KEY], responses={200: ScoreSerializer, 201: ScoreSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Score an item on a criterion; where it has a score there, that one is changed, and the answer is 200."""
        values = self.body()
        kind, item = one_item(values)
        cell = ScoreCell(kind, item.pk, values["criterion"].pk, values["value"], values.get("comment"))
        outcome = self.set(cell)
        return self.answer(outcome.score, status.HTTP_201_CREATED if outcome.what == "created" else status.HTTP_200_OK)

    @extend_schema(parameters=[IF_MATCH])
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change a score; it stays with its item and criterion."""
        values = self.body(partial=True)
        row = self.at_version()
        return self.answer(self.set(self.cell(row, values.get("value", row.value), values.get("comment"))).score)

    @extend_schema(parameters=[IF_MATCH], responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Remove a score: it is missing from now on. The history of the item keeps what it was."""
        self.set(self.cell(self.at_version(), None, None))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=ScoresSerializer, responses=ScoreResultsSerializer, parameters=[IDEMPOTENCY_KEY])
    @action(detail=False, methods=["post"], filter_backends=(), pagination_class=None)
    def bulk(self, request: Request) -> Response:
        """Set up to 1,000 scores of any items: all of them, or none.

        Where rows are wrong nothing is saved, and `errors.scores` has sentences for each row, in their order; those of
        good rows are empty.
        """
        body = self.body(ScoresSerializer)
        rows = body["scores"]
        cells = self.cells(rows)
        try:
            done = services.set_scores(
                actor=self.actor, organization=self.organization, cells=cells, note=body.get("note", "")
            )
        except CellErrors as wrong:
            raise _refused(len(rows), {place: {"value": text} for place, text in wrong.by_place.items()}) from wrong
        found = [
            {"row": n, "result": one.what, "id": one.score.pk if one.score else None} for n, one in enumerate(done)
        ]
        return Response({"results": found})

    def set(self, cell: ScoreCell) -> services.Outcome:
        """Set one cell; what is wrong with it is told of its value."""
        try:
            return services.set_scores(actor=self.actor, organization=self.organization, cells=[cell])[0]
        except CellErrors as wrong:
            raise serializers.ValidationError({"value": list(wrong.by_place.values())}) from wrong

    def at_version(self) -> Score:
        """The score of the address, at the version that If-Match names.

        Raises:
            StaleEdit: somebody changed it since.
        """
        row: Score = self.get_object()
        version = expected_version(self.request)
        if version is not None and version != row.version:
            raise stale_edit(row, version)
        return row

    @staticmethod
    def cell(row: Score, value: Decimal | None, comment: str | None) -> ScoreCell:
        """A score as a cell, to be changed only as it was read."""
        kind = next(kind for kind in ITEM_KINDS if getattr(row, f"{kind}_id"))
        return ScoreCell(kind, getattr(row, f"{kind}_id"), row.criterion_id, value, comment, Seen(row.version))

    def cells(self, rows: Sequence[Mapping[str, Any]]) -> list[ScoreCell]:
        """Rows as cells, with ids in place of keys; a statement for the criteria and one for each kind of item."""
        criteria, items = self._criteria(rows), self._items(rows)
        found, wrong = [], {}
        for place, row in enumerate(rows):
            criterion = row.get("criterion") or criteria.get((row.get("model"), row.get("key")))
            kind, pk = (row["kind"], items.get((row["kind"], row["external_key"]))) if "kind" in row else one_item(row)
            if criterion is None:
                wrong[place] = {"key": "There is no such criterion, or it is not yours to see."}
            elif pk is None:
                wrong[place] = {"external_key": f"No {kind} has this external key."}
            else:
                found.append(ScoreCell(kind, pk, criterion, row["value"], row.get("comment")))
        if wrong:
            raise _refused(len(rows), wrong)
        return found

    def _criteria(self, rows: Sequence[Mapping[str, Any]]) -> dict[tuple[Any, Any], int]:
        models = {row["model"] for row in rows if "model" in row}
        if not models:
            return {}
        kept = Criterion.objects.visible_to(self.actor).live().filter(model__in=models)
        return {(model, key): pk for pk, model, key in kept.values_list("pk", "model_id", "key")}

    def _items(self, rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], int]:
        wanted: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            if "kind" in row:
                wanted[row["kind"]].add(row["external_key"])
        found: dict[tuple[str, str], int] = {}
        for kind, keys in wanted.items():
            kept = item_model(kind).objects.visible_to(self.actor).filter(external_key__in=keys)
            found |= {(kind, key): pk for pk, key in kept.values_list("pk", "external_key")}
        return found


def _refused(count: int, rows: Mapping[int, Mapping[str, str]]) -> serializers.ValidationError:
    errors = [{name: [text] for name, text in rows.get(place, {}).items()} for place in range(count)]
    return serializers.ValidationError({"scores": errors})
