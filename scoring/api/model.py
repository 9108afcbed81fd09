"""Scoring models, their criteria and versions over REST."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import IDEMPOTENCY_KEY, IF_MATCH, RecordViewSet, TenantViewSet, expected_version
from core.errors import FieldErrors
from core.serializers import RowSerializer, StrictSerializer, name_of
from scoring import services
from scoring.algorithms.definition import MOST_CRITERIA, MOST_LEVELS
from scoring.algorithms.templates import TEMPLATES
from scoring.filters import CriterionFilter, ScoringModelFilter
from scoring.models import Criterion, ModelVersion, ScoringModel

OF_ONE = re.compile(r"criteria\.\d+\.")
ARCHIVING = "DELETE archives, POST to restore/ brings back."


class LevelSerializer(StrictSerializer):
    """One step of a level scale."""

    value = serializers.FloatField(min_value=-1e13, max_value=1e13)
    name = serializers.CharField(max_length=80)
    meaning = serializers.CharField(max_length=500, required=False, allow_blank=True)


LEVELS = {
    "type": "array",
    "maxItems": MOST_LEVELS,
    "items": {
        "type": "object",
        "properties": {
            "value": {"type": "number"},
            "name": {"type": "string", "maxLength": 80},
            "meaning": {"type": "string", "maxLength": 500},
        },
        "required": ["value", "name"],
        "additionalProperties": False,
    },
}


@extend_schema_field(LEVELS)
class LevelsField(serializers.JSONField):
    """The levels of a scale; a list that is no list of levels is refused with what is wrong in which."""

    def to_internal_value(self, data: Any) -> Any:
        rows = super().to_internal_value(data)
        if not isinstance(rows, list):
            raise serializers.ValidationError("Send a list of levels, each with value, name and meaning.")
        if len(rows) > MOST_LEVELS:
            raise serializers.ValidationError(f"A scale has at most {MOST_LEVELS} levels; these are {len(rows)}.")
        return [self._level(place, row) for place, row in enumerate(rows)]

    def _level(self, place: int, row: Any) -> dict[str, Any]:
        body = LevelSerializer(data=row, context=self.context)
        if not body.is_valid():
            name, said = next(iter(body.errors.items()))
            raise serializers.ValidationError(f"Level {place + 1}, {name}: {said[0]}")
        return {"meaning": "", **body.validated_data}


class CriterionSerializer(RowSerializer):
    """One thing that a model scores items by. A change makes a version of the model."""

    model_name = name_of("model.name")
    levels = LevelsField(
        required=False,
        help_text="Of a level scale: value, name and meaning of each; with levels no other value counts.",
    )
    note = serializers.CharField(
        write_only=True,
        required=False,
        allow_blank=True,
        max_length=500,
        help_text="The reason, kept with the version.",
    )

    class Meta:
        model = Criterion
        fields = (
            "id",
            "version",
            "model",
            "model_name",
            "key",
            "name",
            "meaning",
            "is_lower_better",
            "unit",
            "lowest",
            "highest",
            "levels",
            "weight",
            "position",
            "note",
            "external_key",
            "archived_at",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("position", "archived_at")
        create_only = ("model",)
        instead: Mapping[str, str] = {
            "model": "A criterion stays with its model.",
            "position": "PATCH the model's criteria in their order.",
            "archived_at": ARCHIVING,
        }


class CriterionViewSet(RecordViewSet):
    """What models score items by; values of scores are on the scale from `lowest` to `highest`, or its levels."""

    queryset = Criterion.objects.all()
    serializer_class = CriterionSerializer
    filterset_class = CriterionFilter
    services = services
    noun = "criterion"
    in_organization = False
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": ()}

    def call(self, verb: str, **arguments: Any) -> Any:
        """What is wrong with a criterion is told by its own columns, not by its place in the model."""
        try:
            return super().call(verb, **arguments)
        except FieldErrors as error:
            raise FieldErrors({OF_ONE.sub("", place): text for place, text in error.errors.items()}) from error


class ModelCriterionSerializer(StrictSerializer):
    """A criterion within the body of its model; with `id` the one that it changes, without it a new one."""

    id = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    key = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=80)
    meaning = serializers.CharField(required=False, allow_blank=True, max_length=500)
    is_lower_better = serializers.BooleanField(required=False)
    unit = serializers.CharField(required=False, allow_blank=True, max_length=40)
    lowest = serializers.DecimalField(18, 4, required=False)
    highest = serializers.DecimalField(18, 4, required=False)
    levels = LevelsField(required=False)
    weight = serializers.DecimalField(12, 6, required=False)


class ScoringModelSerializer(RowSerializer):
    """A way to score and rank items. A change of how it counts makes a version; `number` is that of the present one."""

    portfolio_name = name_of("portfolio.name")
    template = serializers.ChoiceField(
        list(TEMPLATES),
        required=False,
        allow_blank=True,
        help_text="Of a new model: what it begins as; see `scoring-templates/`.",
    )
    criteria = ModelCriterionSerializer(  # type: ignore[call-arg]
        many=True,
        write_only=True,
        required=False,
        max_length=MOST_CRITERIA,
        help_text="All of them from now on, in their order; those left out are archived with their scores. They are "
        "read at `criteria/?model=`.",
    )
    note = serializers.CharField(
        write_only=True,
        required=False,
        allow_blank=True,
        max_length=500,
        help_text="The reason, kept with the version.",
    )

    class Meta:
        model = ScoringModel
        fields = (
            "id",
            "version",
            "name",
            "description",
            "portfolio",
            "portfolio_name",
            "kind",
            "formula",
            "template",
            "has_drivers",
            "top_count",
            "number",
            "uses_amounts",
            "criteria",
            "note",
            "external_key",
            "archived_at",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("number", "uses_amounts", "archived_at")
        create_only = ("template",)
        extra_kwargs: Mapping[str, Any] = {"name": {"required": False, "help_text": "By default the template's."}}
        instead: Mapping[str, str] = {
            "template": "A template is what a model began as. PATCH kind, formula and criteria.",
            "number": "A change of how it counts makes a version.",
            "archived_at": ARCHIVING,
        }

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        if not self.partial and not attrs.get("name") and not attrs.get("template"):
            raise serializers.ValidationError({"name": ["Name the model, or the template that it begins as."]})
        return attrs


class VersionNumberSerializer(StrictSerializer):
    """Which version a model is to count like again, and why."""

    number = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    note = serializers.CharField(required=False, allow_blank=True, max_length=500)


def version_of(model: ScoringModel, number: int) -> ModelVersion:
    """A version of a model.

    Raises:
        ValidationError: it has none of this number.
    """
    version = ModelVersion.objects.filter(model=model, number=number).first()
    if version is None:
        raise serializers.ValidationError({"number": [f"{model} has no version {number}."]})
    return version


class ScoringModelViewSet(RecordViewSet):
    """Scoring models. Those that count with amounts are not there for members to whom amounts are hidden."""

    queryset = ScoringModel.objects.all()
    serializer_class = ScoringModelSerializer
    filterset_class = ScoringModelFilter
    services = services
    noun = "scoring_model"
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": (), "name": ("name",)}

    def call(self, verb: str, **arguments: Any) -> Any:
        if verb == "create":
            arguments.pop("note", None)
            arguments["criteria"] = [
                {name: value for name, value in row.items() if name != "id"} for row in arguments.get("criteria", [])
            ]
        return super().call(verb, **arguments)

    @extend_schema(request=VersionNumberSerializer, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"], url_path="restore-version")
    def restore_version(self, request: Request, pk: int) -> Response:
        """Let the model count as it did in a former version, which makes a new one."""
        body = self.body(VersionNumberSerializer)
        model = self.get_object()
        changed = services.restore_model_version(
            actor=self.actor,
            model=model,
            version=version_of(model, body["number"]),
            expected_version=expected_version(request),
            note=body.get("note", ""),
        )
        return self.answer(changed)

    @extend_schema(request=VersionNumberSerializer, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"], url_path="restore-weights")
    def restore_weights(self, request: Request, pk: int) -> Response:
        """Let the model count with the weights of a former version; what else has changed since stays."""
        body = self.body(VersionNumberSerializer)
        model = self.get_object()
        changed = services.restore_weights(
            actor=self.actor,
            model=model,
            number=version_of(model, body["number"]).number,
            expected_version=expected_version(request),
            note=body.get("note", ""),
        )
        return self.answer(changed)


class ModelVersionSerializer(RowSerializer):
    """How a model counted from one change to the next. Versions are never changed."""

    author_name = name_of("author.name")

    class Meta:
        model = ModelVersion
        fields = ("id", "model", "number", "definition", "author", "author_name", "note", "created_at")
        read_only_fields = fields


class ModelVersionsView(TenantViewSet):
    """The versions of a scoring model, with their definitions."""

    queryset = ModelVersion.objects.all()
    serializer_class = ModelVersionSerializer
    filter_backends = ()

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        if not ScoringModel.objects.visible_to(self.request.user).filter(pk=self.kwargs["pk"]).exists():
            raise Http404
        return rows.filter(model=self.kwargs["pk"])
