"""Earned value over REST: read alone, reckoned from plans, progress and entries."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView
from finance import selectors
from finance.algorithms.discounting import Measured
from finance.api.amounts import subject_at
from finance.api.base import OfAmounts
from finance.selectors import EarnedRead


class EarnedMonthSerializer(serializers.Serializer[Any]):
    """The three values until the end of a month, or today; null is not known, or not yet."""

    day = serializers.DateField()
    pv_amount = serializers.DecimalField(20, 2)
    ev_amount = serializers.DecimalField(20, 2, allow_null=True)
    ac_amount = serializers.DecimalField(20, 2, allow_null=True)


class EstimateSerializer(serializers.Serializer[Any]):
    """An estimate at completion with what follows from it; null with the reason."""

    method = serializers.ChoiceField(
        ["typical", "atypical", "schedule"], help_text="BAC / CPI; AC + (BAC - EV); AC + (BAC - EV) / (CPI x SPI)."
    )
    eac_amount = serializers.DecimalField(20, 2, allow_null=True)
    etc_amount = serializers.DecimalField(20, 2, allow_null=True)
    vac_amount = serializers.DecimalField(20, 2, allow_null=True)
    tcpi = serializers.DecimalField(20, 4, allow_null=True, help_text="To meet this estimate.")
    reason = serializers.CharField()


class EarnedValueSerializer(serializers.Serializer[Any]):
    """Earned value as of today, after PMI."""

    as_of_date = serializers.DateField()
    currency = serializers.CharField()
    pv_amount = serializers.DecimalField(20, 2)
    ev_amount = serializers.DecimalField(20, 2)
    ac_amount = serializers.DecimalField(20, 2)
    bac_amount = serializers.DecimalField(20, 2)
    sv_amount = serializers.DecimalField(20, 2)
    cv_amount = serializers.DecimalField(20, 2)
    spi = serializers.DecimalField(20, 4, allow_null=True)
    cpi = serializers.DecimalField(20, 4, allow_null=True)
    tcpi = serializers.DecimalField(20, 4, allow_null=True, help_text="To meet the budget at completion.")
    reasons = serializers.DictField(child=serializers.CharField(), help_text="Of spi, cpi and tcpi that are null: why.")
    estimates = EstimateSerializer(many=True)
    has_actuals = serializers.BooleanField(help_text="False: no actual costs are entered, and AC is 0.")
    without_baseline = serializers.ListField(
        child=serializers.IntegerField(), help_text="Projects taken by what their activities are planned to cost today."
    )
    by_budget = serializers.ListField(
        child=serializers.IntegerField(), help_text="Projects whose budget is spread over their planned dates."
    )
    left_out = serializers.ListField(
        child=serializers.IntegerField(), help_text="Projects with neither planned cost nor budget."
    )
    months = EarnedMonthSerializer(many=True)


class EarnedValueView(OfAmounts, ApiView):
    """Earned value of a project, or of the funded projects of a program."""

    kind = ""

    @extend_schema(responses=EarnedValueSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Planned, earned and actual cost with PMI's figures, as of today and by month."""
        read = selectors.earned_value(subject_at(request, self.kind, pk), timezone.localdate())
        return Response(EarnedValueSerializer(told(read, self.organization.currency)).data)


def told(read: EarnedRead, currency: str) -> dict[str, Any]:
    """What `EarnedValueSerializer` tells."""
    figures = read.figures
    indices = {"spi": figures.spi, "cpi": figures.cpi, "tcpi": figures.tcpi}
    return {
        "as_of_date": read.today,
        "currency": currency,
        **{f"{name}_amount": _at(getattr(figures, name), 2) for name in ("pv", "ev", "ac", "bac", "sv", "cv")},
        **{name: _at(measured.value, 4) for name, measured in indices.items()},
        "reasons": {name: measured.reason for name, measured in indices.items() if measured.value is None},
        "estimates": [
            _estimate(read, "typical", figures.eac_typical),
            _estimate(read, "atypical", figures.eac_atypical),
            _estimate(read, "schedule", figures.eac_schedule),
        ],
        "has_actuals": read.has_actuals,
        "without_baseline": [project.pk for project in read.by_plan],
        "by_budget": [project.pk for project in read.by_budget],
        "left_out": [project.pk for project in read.left_out],
        "months": [
            {"day": row.day, **{f"{name}_amount": _at(getattr(row, name), 2) for name in ("pv", "ev", "ac")}}
            for row in read.series
        ],
    }


def _estimate(read: EarnedRead, method: str, eac: Measured) -> dict[str, Any]:
    figures, needed = read.figures, read.figures.tcpi_of(eac)
    return {
        "method": method,
        "eac_amount": _at(eac.value, 2),
        "etc_amount": _at(figures.etc(eac).value, 2),
        "vac_amount": _at(figures.vac(eac).value, 2),
        "tcpi": _at(needed.value, 4),
        "reason": eac.reason or needed.reason,
    }


def _at(value: Any, places: int) -> Any:
    return None if value is None else round(value, places)
