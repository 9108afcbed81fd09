"""Benefits and their months over REST."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import IF_MATCH, IF_NONE_MATCH, ApiView, RecordViewSet, etag_of, expected_version, not_modified
from core.serializers import RowSerializer, StrictSerializer, name_of
from finance import services
from finance.api.base import OfAmounts
from finance.filters import BenefitFilter
from finance.models import Benefit, BenefitMonth
from finance.services.benefit_months import MOST_MONTHS


class BenefitSerializer(RowSerializer):
    """A gain that a program, project or product is to bring. Its profile is at `months/`."""

    program_name = name_of("program.name")
    project_name = name_of("project.name")
    product_name = name_of("product.name")
    owner_name = name_of("owner.name")

    class Meta:
        model = Benefit
        fields = (
            "id",
            "version",
            "program",
            "program_name",
            "project",
            "project_name",
            "product",
            "product_name",
            "name",
            "description",
            "measure",
            "unit",
            "currency",
            "is_lower_better",
            "owner",
            "owner_name",
            "external_key",
            "archived_at",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("archived_at",)
        create_only = ("program", "project", "product")
        instead: Mapping[str, str] = {
            **dict.fromkeys(("program", "project", "product"), "A benefit stays with what brings it."),
            "archived_at": "DELETE archives, POST to restore/ brings back.",
        }


class BenefitViewSet(OfAmounts, RecordViewSet):
    """What the work is to bring, and who answers for it."""

    queryset = Benefit.objects.all()
    serializer_class = BenefitSerializer
    filterset_class = BenefitFilter
    services = services
    noun = "benefit"
    in_organization = False
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": (), "name": ("name",)}


class BenefitMonthSerializer(StrictSerializer):
    """A month of a benefit, in its unit; a share is 0.62, not 62."""

    month = serializers.DateField(help_text="Any day of it; answers name the first.")
    planned_value = serializers.DecimalField(18, 4, required=False, allow_null=True)
    realized_value = serializers.DecimalField(18, 4, required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True, max_length=200)


class BenefitMonthsSerializer(StrictSerializer):
    """Months of a benefit's profile."""

    months = BenefitMonthSerializer(many=True, max_length=MOST_MONTHS)  # type: ignore[call-arg]


class BenefitMonthsView(OfAmounts, ApiView):
    """The profile of a benefit: planned and realized by month."""

    serializer_class = BenefitMonthsSerializer

    @extend_schema(operation_id="benefits_months_list", parameters=[IF_NONE_MATCH], responses=BenefitMonthsSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """All months of a benefit that are planned or measured."""
        benefit = self._benefit(pk)
        data = self._months(benefit)
        tag = etag_of(benefit.version, data)
        if not_modified(request, tag):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": tag})
        return Response(data, headers={"ETag": tag})

    @extend_schema(
        operation_id="benefits_months_update",
        parameters=[IF_MATCH],
        request=BenefitMonthsSerializer,
        responses=BenefitMonthsSerializer,
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Plan and measure many months at once; fields and months that are not sent stay. If both values of a month
        are null, it goes. Also for a benefit whose program has closed. If-Match takes the ETag of the benefit or of
        its months."""
        benefit = self._benefit(pk)
        body = BenefitMonthsSerializer(data=request.data, context={"request": request})
        body.is_valid(raise_exception=True)
        benefit = services.set_benefit_months(
            actor=self.actor,
            benefit=benefit,
            months=body.validated_data["months"],
            expected_version=expected_version(request),
        )
        data = self._months(benefit)
        return Response(data, headers={"ETag": etag_of(benefit.version, data)})

    def _benefit(self, pk: int) -> Benefit:
        benefit: Benefit | None = Benefit.objects.visible_to(self.request.user).filter(pk=pk).first()
        if benefit is None:
            raise Http404
        return benefit

    def _months(self, benefit: Benefit) -> dict[str, Any]:
        rows = BenefitMonth.objects.filter(benefit=benefit).order_by("month")
        data: dict[str, Any] = dict(BenefitMonthsSerializer({"months": rows}).data)
        return data
