"""What formulas may say, over REST: ready-made models, facts, and a formula checked before it is saved."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import amounts
from core.api import ApiView
from core.serializers import StrictSerializer
from scoring.algorithms.definition import Definition, Kind
from scoring.algorithms.formula import FormulaError
from scoring.algorithms.templates import SOURCES, TEMPLATES
from scoring.algorithms.wording import words_of
from scoring.models import ScoringModel
from scoring.selectors import all_facts, are_amounts, fact_labels, fact_units, how_it_counts, live_criteria


class TemplateSerializer(serializers.Serializer[Any]):
    """A model to begin with."""

    key = serializers.CharField()
    name = serializers.CharField()
    purpose = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    words = serializers.CharField(help_text="How the score is made, in words.")
    has_drivers = serializers.BooleanField()
    definition = serializers.JSONField(help_text="Kind, formula and criteria.")


class TemplatesSerializer(serializers.Serializer[Any]):
    """All of them."""

    results = TemplateSerializer(many=True)


class ScoringTemplatesView(ApiView):
    """Ready-made scoring models: `POST scoring-models/` with their key makes one."""

    @extend_schema(operation_id="scoring_templates_list", responses=TemplatesSerializer)
    def get(self, request: Request) -> Response:
        """Every ready-made model, with its criteria and where it is from."""
        rows = [
            {
                "key": each.key,
                "name": each.name,
                "purpose": each.purpose,
                "source": SOURCES[each.key],
                "words": how_it_counts(each.definition),
                "has_drivers": each.has_drivers,
                "definition": each.definition.as_plain(),
            }
            for each in TEMPLATES.values()
        ]
        return Response({"results": rows})


class FactSerializer(serializers.Serializer[Any]):
    """Something that is known of items, and that formulas may speak of."""

    key = serializers.CharField(help_text="Its name in formulas.")
    label = serializers.CharField()  # type: ignore[assignment]
    unit = serializers.CharField(allow_blank=True)
    meaning = serializers.CharField()
    is_amount = serializers.BooleanField()


class FactsSerializer(serializers.Serializer[Any]):
    """All of them."""

    results = FactSerializer(many=True)


class ScoringFactsView(ApiView):
    """Facts that formulas may speak of besides criteria. Amounts are left out for members to whom they are hidden."""

    @extend_schema(operation_id="scoring_facts_list", responses=FactsSerializer)
    def get(self, request: Request) -> Response:
        """Every fact, by its name in formulas."""
        rows = [fact for fact in all_facts() if not (fact.is_amount and amounts.are_hidden())]
        return Response({"results": FactSerializer(rows, many=True).data})


class FormulaSerializer(StrictSerializer):
    """A formula to check."""

    formula = serializers.CharField(max_length=20_000, trim_whitespace=False)


class MistakeSerializer(serializers.Serializer[Any]):
    """Why a formula means nothing, or what does not fit in it."""

    sentence = serializers.CharField()
    position = serializers.IntegerField(help_text="In characters, from 0.")
    pointing = serializers.CharField(allow_blank=True, help_text="The line, with a mark below the place.")


class CheckedSerializer(serializers.Serializer[Any]):
    """What a formula says."""

    is_valid = serializers.BooleanField()  # type: ignore[assignment]
    errors = MistakeSerializer(many=True)  # type: ignore[assignment]
    words = serializers.CharField(allow_blank=True)
    unit = serializers.CharField(allow_blank=True)
    notes = MistakeSerializer(many=True, help_text="Units that do not fit; it is reckoned all the same.")
    names = serializers.ListField(child=serializers.CharField(), help_text="The criteria and facts it speaks of.")


class FormulaCheckView(ApiView):
    """A formula checked against the criteria of a model; nothing is saved."""

    serializer_class = FormulaSerializer

    @extend_schema(operation_id="scoring_models_check", request=FormulaSerializer, responses=CheckedSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """What a formula says in words, in which unit it counts, or why it means nothing and at which character."""
        model: ScoringModel | None = ScoringModel.objects.visible_to(self.request.user).filter(pk=pk).first()
        if model is None:
            raise Http404
        body = FormulaSerializer(data=request.data, context={"request": request})
        body.is_valid(raise_exception=True)
        specs = tuple(row.spec for row in live_criteria(model))
        facts = {
            name: unit for name, unit in fact_units().items() if not (amounts.are_hidden() and are_amounts([name]))
        }
        definition = Definition(Kind.FORMULA, specs, body.validated_data["formula"], facts)
        return Response(CheckedSerializer(_checked(definition)).data)


def _checked(definition: Definition) -> dict[str, Any]:
    found: dict[str, Any] = {"is_valid": True, "errors": [], "words": "", "unit": "", "notes": [], "names": []}
    try:
        formula = definition.compiled
    except FormulaError as error:
        mistake = {"sentence": str(error), "position": error.position, "pointing": error.pointing(definition.formula)}
        return found | {"is_valid": False, "errors": [mistake]}
    if formula is None:
        return found
    notes = [
        {
            "sentence": sentence,
            "position": position,
            "pointing": FormulaError(sentence, position).pointing(formula.text),
        }
        for sentence, position in definition.counted_in.notes
    ]
    return found | {
        "words": words_of(definition, fact_labels()),
        "unit": definition.unit,
        "notes": notes,
        "names": list(formula.names),
    }
