"""Delivery forecasts over REST."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import IDEMPOTENCY_KEY, TenantViewSet
from core.serializers import RowSerializer, VisibleRelatedField, name_of
from projects import services
from projects.filters import ForecastFilter
from projects.models import Forecast, Project

PROGRAM: Any = Forecast._meta.get_field("program").related_model


class ForecastSerializer(RowSerializer):
    """A run of the delivery forecast. `result` is null until its job is done."""

    project = VisibleRelatedField(queryset=Project.objects.all(), required=False, allow_null=True)
    project_name = name_of("project.name")
    program = VisibleRelatedField(queryset=PROGRAM.objects.all(), required=False, allow_null=True)
    program_name = name_of("program.name")
    job_status = name_of("job.status")
    requested_by_name = name_of("requested_by.name")
    assumes_spread = serializers.BooleanField(
        write_only=True,
        default=False,
        help_text="Where an activity has no three-point estimate, 90 to 130 % of its planned duration holds.",
    )

    class Meta:
        model = Forecast
        fields = (
            "id",
            "version",
            "project",
            "project_name",
            "program",
            "program_name",
            "samples",
            "seed",
            "includes_risks",
            "assumes_spread",
            "job",
            "job_status",
            "requested_by",
            "requested_by_name",
            "as_of",
            "result",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("job", "requested_by", "as_of", "result")


class ForecastLineSerializer(ForecastSerializer):
    """A run as the list shows it: without `result`, which each run has at its own address."""

    class Meta(ForecastSerializer.Meta):
        fields = tuple(name for name in ForecastSerializer.Meta.fields if name != "result")  # type: ignore[assignment]
        read_only_fields = ("job", "requested_by", "as_of")  # type: ignore[assignment]


class ForecastViewSet(TenantViewSet):
    """With what chance dates are met. A run is simulated by a worker; follow its job."""

    queryset = Forecast.objects.all()
    serializer_class = ForecastSerializer
    filterset_class = ForecastFilter

    def get_serializer_class(self) -> Any:
        return ForecastLineSerializer if self.action == "list" else ForecastSerializer

    @extend_schema(parameters=[IDEMPOTENCY_KEY], responses={202: ForecastSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ask for a forecast of one project, or of one program. Answers at once; `job` says how far it is."""
        values = self.body()
        if (values.get("project") is None) == (values.get("program") is None):
            raise serializers.ValidationError({"project": ["Name a project or a program, one of the two."]})
        row = services.run_forecast(actor=self.actor, **values)
        return self.answer(row, status.HTTP_202_ACCEPTED)
