"""Business cases over REST: what is assumed, and what comes out."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView, RecordViewSet
from core.serializers import RowSerializer, name_of
from finance import selectors, services
from finance.api.amounts import subject_at
from finance.api.base import OfAmounts
from finance.filters import BusinessCaseFilter
from finance.models import BusinessCase, EntryClass
from finance.selectors import BASES, MIXED, CaseRead

COUNT = OpenApiParameter(
    "count", {"type": "string", "enum": list(BASES)},
    description="Which kinds of entries count. `mixed`, the usual: of each subject, class and month the actual where "
    "the month has ended, else the forecast, else the budget.",
)  # fmt: skip


class AssumptionSerializer(serializers.DictField):
    """What has to be true, in words, and who answers for it: `text` and `owner`."""

    child = serializers.CharField(allow_blank=True, max_length=500)


class BusinessCaseSerializer(RowSerializer):
    """What the cash flows of a program, project or product are judged by. They are its financial entries."""

    program_name = name_of("program.name")
    project_name = name_of("project.name")
    product_name = name_of("product.name")
    assumptions = serializers.ListField(
        child=AssumptionSerializer(), required=False, help_text="Objects of `text` and `owner`, both words."
    )

    class Meta:
        model = BusinessCase
        fields = (
            "id",
            "version",
            "program",
            "program_name",
            "project",
            "project_name",
            "product",
            "product_name",
            "discount_ratio",
            "finance_ratio",
            "reinvest_ratio",
            "timing",
            "first_month",
            "horizon_months",
            "summary",
            "assumptions",
            "created_at",
            "updated_at",
        )
        create_only = ("program", "project", "product")
        instead: Mapping[str, str] = dict.fromkeys(create_only, "A business case stays with what it is about.")


class BusinessCaseViewSet(OfAmounts, RecordViewSet):
    """The assumptions of business cases. One of each program, project and product; it is never archived."""

    http_method_names = ["get", "post", "patch", "head"]
    queryset = BusinessCase.objects.all()
    serializer_class = BusinessCaseSerializer
    filterset_class = BusinessCaseFilter
    services = services
    noun = "business_case"
    in_organization = False
    restore = None  # type: ignore[assignment]


class IrrSerializer(serializers.Serializer[Any]):
    """Every internal rate of return a year; there may be none or several."""

    found = serializers.ChoiceField(["none", "one", "several"])
    rates = serializers.ListField(child=serializers.DecimalField(20, 6))
    reason = serializers.CharField(help_text="Why there is no single one.")


class RatioSerializer(serializers.Serializer[Any]):
    """A ratio, or why there is none."""

    value = serializers.DecimalField(20, 6, allow_null=True)
    reason = serializers.CharField()


class PaybackSerializer(serializers.Serializer[Any]):
    """Months from time zero until it has paid for itself, or why it has not."""

    months = serializers.DecimalField(8, 2, allow_null=True)
    reason = serializers.CharField()
    falls_back = serializers.BooleanField(help_text="What had been paid back is lost again later.")


class FlowMonthSerializer(serializers.Serializer[Any]):
    """A month of the cash flow; amounts are positive for what their class says."""

    month = serializers.DateField()
    kinds = serializers.ListField(child=serializers.CharField())
    cost_amount = serializers.DecimalField(20, 2)
    income_amount = serializers.DecimalField(20, 2)
    discounted_amount = serializers.DecimalField(20, 2)
    cumulative_amount = serializers.DecimalField(20, 2)
    discounted_cumulative_amount = serializers.DecimalField(20, 2)


class CaseFiguresSerializer(serializers.Serializer[Any]):
    """A business case as it stands today."""

    business_case = serializers.IntegerField(allow_null=True, help_text="Null: nobody has set the assumptions.")
    currency = serializers.CharField()
    count = serializers.ChoiceField(list(BASES))
    discount_ratio = serializers.DecimalField(7, 6)
    timing = serializers.ChoiceField(["mid", "end"])
    cost_amount = serializers.DecimalField(20, 2)
    income_amount = serializers.DecimalField(20, 2)
    npv_amount = serializers.DecimalField(20, 2)
    irr = IrrSerializer()
    mirr = RatioSerializer()
    roi = RatioSerializer()
    payback = PaybackSerializer()
    discounted_payback = PaybackSerializer()
    classes = serializers.DictField(child=serializers.DecimalField(20, 2), help_text="Class -> total amount.")
    months_outside = serializers.IntegerField(help_text="Months with entries outside the horizon.")
    months = FlowMonthSerializer(many=True)


class CaseFiguresView(OfAmounts, ApiView):
    """NPV, IRR, MIRR, ROI and payback of a subject, with the cash flow they come from."""

    kind = ""

    @extend_schema(parameters=[COUNT], responses=CaseFiguresSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """The business case of a program, project or product as it stands today."""
        basis = request.query_params.get("count", MIXED)
        if basis not in BASES:
            raise serializers.ValidationError({"count": [f"One of {', '.join(BASES)}."]})
        read = selectors.case_read(subject_at(request, self.kind, pk), timezone.localdate(), basis)
        return Response(CaseFiguresSerializer(figures_of(read, self.organization.currency)).data)


def figures_of(read: CaseRead, currency: str) -> dict[str, Any]:
    """What `CaseFiguresSerializer` tells."""
    figures, case = read.figures, read.case
    return {
        "business_case": case.pk,
        "currency": currency,
        "count": read.basis,
        "discount_ratio": case.discount_ratio,
        "timing": case.timing,
        "cost_amount": cents(figures.cost),
        "income_amount": cents(figures.income),
        "npv_amount": cents(figures.npv),
        "irr": {
            "found": figures.irr.found,
            "rates": [round(rate, 6) for rate in figures.irr.rates],
            "reason": figures.irr.reason,
        },
        "mirr": _ratio(figures.mirr),
        "roi": _ratio(figures.roi),
        "payback": _payback(figures.payback),
        "discounted_payback": _payback(figures.discounted_payback),
        "classes": {EntryClass(each).value: cents(amount) for each, amount in read.classes},
        "months_outside": read.outside,
        "months": [
            {
                "month": row.month,
                "kinds": sorted(row.kinds),
                "cost_amount": cents(row.cost),
                "income_amount": cents(row.income),
                "discounted_amount": cents(row.discounted),
                "cumulative_amount": cents(row.cumulative),
                "discounted_cumulative_amount": cents(row.worth),
            }
            for row in read.months
        ],
    }


def cents(amount: Decimal) -> Decimal:
    """An amount as it is told: to the cent."""
    return round(amount, 2)


def _ratio(measured: Any) -> dict[str, Any]:
    return {"value": None if measured.value is None else round(measured.value, 6), "reason": measured.reason}


def _payback(found: Any) -> dict[str, Any]:
    months = None if found.periods is None else round(found.periods, 2)
    return {"months": months, "reason": found.reason, "falls_back": found.falls_back}
