"""Sets of weights over REST: made, compared in pairs, applied; and how well drivers are covered."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH, ApiView, RecordViewSet, etag_of, not_modified
from core.errors import Conflict
from core.serializers import RowSerializer, StrictSerializer, name_of
from scoring import services
from scoring.algorithms.definition import Kind
from scoring.filters.weight import WeightSetFilter
from scoring.models import ItemKind, ScoringModel, WeightSet
from scoring.selectors import Coverage, Voice, candidates, sheet_of, weight_read

MOST_COMPARISONS = 500
KIND = OpenApiParameter("kind", {"type": "string", "enum": list(ItemKind.values), "default": "project"})


class WeightSetSerializer(RowSerializer):
    """Weights for the criteria of a model: typed, or told by comparing criteria in pairs at `comparisons/`."""

    model_name = name_of("model.name")
    weights = serializers.DictField(
        child=serializers.DecimalField(12, 6, min_value=0),
        required=False,
        help_text="Typed ones: name of a criterion in formulas -> weight. By default those of the model.",
    )

    class Meta:
        model = WeightSet
        fields = (
            "id",
            "version",
            "model",
            "model_name",
            "name",
            "method",
            "weights",
            "applied_number",
            "external_key",
            "archived_at",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("archived_at", "applied_number")
        create_only = ("model", "method")
        instead: Mapping[str, str] = {
            "model": "A set of weights stays with its model.",
            "method": "A set stays typed or compared. Add another one.",
            "applied_number": "POST to apply/ lets the model take the weights.",
            "archived_at": "DELETE archives, POST to restore/ brings back.",
        }


class ApplySerializer(StrictSerializer):
    """Why, where the comparisons agree to less than 80%."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=400)


class WeightSetViewSet(RecordViewSet):
    """Sets of weights side by side. Nothing counts by one until it is applied to its model."""

    queryset = WeightSet.objects.all()
    serializer_class = WeightSetSerializer
    filterset_class = WeightSetFilter
    services = services
    noun = "weight_set"
    in_organization = False
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": ()}

    @property
    def noun_argument(self) -> str:
        return self.noun

    @extend_schema(request=ApplySerializer, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def apply(self, request: Request, pk: int) -> Response:
        """Let the model count with these weights, which makes a version of it. Refused while comparisons are missing;
        below 80% consistency it asks for a reason."""
        return self.change("apply", ApplySerializer)


class StepSerializer(StrictSerializer):
    """How much more important the first criterion is than the second."""

    first = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    second = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    step = serializers.IntegerField(
        min_value=-3, max_value=3, allow_null=True,
        help_text="From -3, extremely less, over 0, equally, to 3, extremely more important; null withdraws.",
    )  # fmt: skip


class StepsSerializer(StrictSerializer):
    """Comparisons of criteria by their ids, in either order."""

    comparisons = serializers.ListField(child=StepSerializer(), max_length=MOST_COMPARISONS)


class WeightShareSerializer(serializers.Serializer[Any]):
    """What a criterion weighs."""

    criterion = serializers.IntegerField()
    key = serializers.CharField()
    weight_ratio = serializers.FloatField()


class WorstSerializer(serializers.Serializer[Any]):
    """The three comparisons that contradict each other most."""

    sentence = serializers.CharField()
    pairs = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))


class ResultSerializer(serializers.Serializer[Any]):
    """What follows from comparisons; provisional while pairs are missing."""

    comparisons_made = serializers.IntegerField()
    comparisons_total = serializers.IntegerField()
    missing = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))
    weights = WeightShareSerializer(many=True)
    largest_eigenvalue = serializers.FloatField(allow_null=True)
    consistency_index = serializers.FloatField(allow_null=True)
    consistency_ratio = serializers.FloatField(allow_null=True)
    is_accepted = serializers.BooleanField(help_text="Complete, and consistent to at least 80%.")
    worst = WorstSerializer(allow_null=True)


class RaterSerializer(serializers.Serializer[Any]):
    """Who has compared how much."""

    user = serializers.IntegerField()
    name = serializers.CharField()
    comparisons_made = serializers.IntegerField()
    is_finished = serializers.BooleanField()
    weights = WeightShareSerializer(many=True)


class ComparisonsSerializer(serializers.Serializer[Any]):
    """The caller's own comparisons and what follows from them, and what the group says together."""

    comparisons = StepSerializer(many=True)
    own = ResultSerializer()
    group = ResultSerializer(help_text="The geometric mean of each comparison over those who made it.")
    raters = RaterSerializer(many=True)
    set_aside = serializers.ListField(child=serializers.CharField(), help_text="Archived criteria that were compared.")


def weights_in_plain(voice: Voice) -> list[dict[str, Any]]:
    return [{"criterion": one.pk, "key": one.key, "weight_ratio": share} for one, share in voice.weights]


def result_in_plain(voice: Voice, who: str) -> dict[str, Any]:
    weighed, worst = voice.weighed, voice.worst(who)
    pairs = worst.pairs if worst else ()
    return {
        "comparisons_made": voice.made,
        "comparisons_total": voice.total,
        "missing": [[one.pk, other.pk] for one, other in voice.missing],
        "weights": weights_in_plain(voice),
        "largest_eigenvalue": weighed and weighed.largest_eigenvalue,
        "consistency_index": weighed and weighed.consistency_index,
        "consistency_ratio": weighed and weighed.consistency_ratio,
        "is_accepted": voice.is_accepted,
        "worst": worst
        and {
            "sentence": f"{worst.sentence} {worst.hint}",
            "pairs": [[pair.first.pk, pair.second.pk] for pair in pairs],
        },
    }


class ComparisonsView(ApiView):
    """The comparisons of a set of weights: each caller reads and writes their own."""

    serializer_class = ComparisonsSerializer

    @extend_schema(
        operation_id="weight_sets_comparisons_list", parameters=[IF_NONE_MATCH], responses=ComparisonsSerializer
    )
    def get(self, request: Request, pk: int) -> Response:
        """One's own comparisons with their weights and consistency, and those of the group."""
        row = self._row(pk)
        data = self._shown(row)
        tag = etag_of(row.version, data)
        if not_modified(request, tag):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": tag})
        return Response(data, headers={"ETag": tag})

    @extend_schema(
        operation_id="weight_sets_comparisons_replace", request=StepsSerializer, responses=ComparisonsSerializer
    )
    def put(self, request: Request, pk: int) -> Response:
        """Say all that one says: comparisons that are not sent are withdrawn."""
        return self._compare(request, pk, whole=True)

    @extend_schema(
        operation_id="weight_sets_comparisons_update", request=StepsSerializer, responses=ComparisonsSerializer
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Compare some pairs; the others stay as they are."""
        return self._compare(request, pk, whole=False)

    def _compare(self, request: Request, pk: int, *, whole: bool) -> Response:
        row = self._row(pk)
        body = StepsSerializer(data=request.data, context={"request": request})
        body.is_valid(raise_exception=True)
        answers = [
            services.Answer(each["first"], each["second"], each["step"]) for each in body.validated_data["comparisons"]
        ]
        services.compare_criteria(actor=self.actor, weight_set=row, answers=answers, whole=whole)
        data = self._shown(row)
        return Response(data, headers={"ETag": etag_of(row.version, data)})

    def _row(self, pk: int) -> WeightSet:
        row = WeightSet.objects.visible_to(self.request.user).select_related("model").filter(pk=pk).first()
        if row is None:
            raise Http404
        return row

    def _shown(self, row: WeightSet) -> dict[str, Any]:
        read = weight_read(row)
        if not read.is_pairwise:
            raise Conflict(f"The weights of “{row}” are typed, not compared in pairs.")
        own = read.of(self.actor)
        said = [pair for pair in own.pairs if pair.step is not None]
        answer = {
            "comparisons": [{"first": one.first.pk, "second": one.second.pk, "step": one.step} for one in said],
            "own": result_in_plain(own, "You"),
            "group": result_in_plain(read.group, "The group"),
            "raters": [
                {
                    "user": voice.rater.pk,
                    "name": str(voice.rater),
                    "comparisons_made": voice.made,
                    "is_finished": voice.is_complete,
                    "weights": weights_in_plain(voice),
                }
                for voice in read.voices
                if voice.rater is not None
            ],
            "set_aside": list(read.set_aside),
        }
        data: dict[str, Any] = dict(ComparisonsSerializer(answer).data)
        return data


class DriverCoverageSerializer(serializers.Serializer[Any]):
    """A driver, and who serves it."""

    criterion = serializers.IntegerField(source="criterion.pk")
    name = serializers.CharField(source="criterion.name")
    weight_ratio = serializers.FloatField(source="share")
    strength = serializers.FloatField(help_text="The sum of the impacts that are known.")
    serving = serializers.SerializerMethodField(help_text="Ids of the items that serve it.")
    missing = serializers.IntegerField(help_text="Of how many items the impact is not known.")
    problem = serializers.ChoiceField(
        ["unserved", "single", "proposals", ""], help_text="Nobody serves it, one alone does, or proposals alone do."
    )

    def get_serving(self, read: Any) -> list[int]:
        return [item.pk for item in read.serving]


class GapSerializer(serializers.Serializer[Any]):
    """Something that is not covered, and the items that it is about."""

    code = serializers.ChoiceField(["unserved", "single", "proposals", "serves_none", "missing"])
    sentence = serializers.CharField()
    criterion = serializers.IntegerField(source="criterion.pk", allow_null=True, default=None)
    items = serializers.SerializerMethodField()

    def get_items(self, gap: Any) -> list[int]:
        return [item.pk for item in gap.items]


class CoverageSerializer(serializers.Serializer[Any]):
    """How well candidates of a kind serve the criteria of a model."""

    kind = serializers.ChoiceField(ItemKind.choices)
    items_count = serializers.IntegerField()
    drivers = DriverCoverageSerializer(many=True)
    gaps = GapSerializer(many=True)


class CoverageView(ApiView):
    """Which drivers nobody serves, and what serves none."""

    serializer_class = CoverageSerializer

    @extend_schema(operation_id="scoring_models_coverage", parameters=[KIND], responses=CoverageSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """The coverage of a weighted model by the candidates of a kind."""
        kind = request.query_params.get("kind", "project")
        if kind not in ItemKind.values:
            raise serializers.ValidationError({"kind": [f"One of {', '.join(ItemKind.values)}."]})
        model = ScoringModel.objects.visible_to(request.user).filter(pk=pk, kind=Kind.WEIGHTED).first()
        if model is None:
            raise Http404
        rows = candidates(kind, request.user).order_by("name", "pk")
        found = Coverage(sheet_of(model, rows, kind, timezone.localdate()))
        answer = {"kind": kind, "items_count": len(found.sheet.items), "drivers": found.drivers, "gaps": found.gaps}
        return Response(CoverageSerializer(answer).data)
