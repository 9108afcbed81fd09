"""How feedback is handled, and how far people and the analyser agree, over REST."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView
from core.serializers import StrictSerializer
from feedback import services
from feedback.algorithms.agreement import Agreement, Interval
from feedback.models import FeedbackPolicy
from feedback.selectors.agreement import LabelAgreement, agreements


class FeedbackPolicySerializer(StrictSerializer):
    """How feedback is handled."""

    masks_personal_data = serializers.BooleanField(
        help_text="E-mail addresses, phone and card numbers in texts are replaced before anything is stored."
    )


class AgreementSerializer(serializers.Serializer[Any]):
    """Agreement on some items."""

    count = serializers.IntegerField(help_text="Items that people labeled without seeing what the analyser says.")
    share_ratio = serializers.FloatField(allow_null=True, help_text="Of them with the same label from both.")
    share_interval = serializers.ListField(child=serializers.FloatField(), allow_null=True, help_text="95 %, Wilson.")
    kappa = serializers.FloatField(allow_null=True, help_text="Cohen's: 1 is full agreement, 0 what chance would give.")
    kappa_interval = serializers.ListField(child=serializers.FloatField(), allow_null=True)


class MonthAgreementSerializer(AgreementSerializer):
    """Agreement in a month."""

    month = serializers.DateField(help_text="Its first day.")


class LabelAgreementSerializer(AgreementSerializer):
    """Agreement on a label."""

    label = serializers.CharField()  # type: ignore[assignment]
    corrected_count = serializers.IntegerField(help_text="Corrections that people made on seeing a label.")
    months = MonthAgreementSerializer(many=True, help_text="The newest first.")


class LabelAgreementsSerializer(serializers.Serializer[Any]):
    """Agreement on each label that is checked."""

    results = LabelAgreementSerializer(many=True)


class FeedbackPolicyView(ApiView):
    """How feedback is handled."""

    serializer_class = FeedbackPolicySerializer

    def get(self, request: Request) -> Response:
        """Whether personal data is masked."""
        return Response(_told(FeedbackPolicy.objects.filter(organization=self.organization).first()))

    def patch(self, request: Request) -> Response:
        """Mask personal data from now on, or not; for managers."""
        body = FeedbackPolicySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        row = services.set_policy(actor=self.actor, organization=self.organization, **body.validated_data)
        return Response(_told(row))


class FeedbackAgreementView(ApiView):
    """How far people and the analyser agree."""

    @extend_schema(responses=LabelAgreementsSerializer)
    def get(self, request: Request) -> Response:
        """Label by label, in all and month by month."""
        return Response({"results": [_of_label(one) for one in agreements(self.organization.pk)]})


def _told(row: FeedbackPolicy | None) -> dict[str, bool]:
    return {"masks_personal_data": row is not None and row.masks_personal_data}


def _of_label(one: LabelAgreement) -> dict[str, Any]:
    months = [{"month": month.date(), **_figures(found)} for month, found in one.months]
    return {"label": one.label, "corrected_count": one.corrected, **_figures(one.overall), "months": months}


def _figures(found: Agreement) -> dict[str, Any]:
    return {
        "count": found.count,
        "share_ratio": found.share,
        "share_interval": _ends(found.share_interval),
        "kappa": found.kappa,
        "kappa_interval": _ends(found.kappa_interval),
    }


def _ends(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.low, interval.high]
