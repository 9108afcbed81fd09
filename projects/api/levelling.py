"""Levelling proposals over REST."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import IDEMPOTENCY_KEY, IF_MATCH, TenantViewSet, expected_version
from core.serializers import RowSerializer, StrictSerializer, VisibleRelatedField, name_of
from projects import services
from projects.filters import LevellingFilter
from projects.models import LevellingProposal, Project

#: What every act on a row may be told by headers.
ACTION = [IF_MATCH, IDEMPOTENCY_KEY]
PROGRAM: Any = Project._meta.get_field("program").related_model
PORTFOLIO: Any = Project._meta.get_field("portfolio").related_model


class LevellingSerializer(RowSerializer):
    """Later starts within float, and what they do to demand over capacity. `result` is null until its job is done."""

    program = VisibleRelatedField(queryset=PROGRAM.objects.all(), required=False, allow_null=True)
    program_name = name_of("program.name")
    portfolio = VisibleRelatedField(queryset=PORTFOLIO.objects.all(), required=False, allow_null=True)
    portfolio_name = name_of("portfolio.name")
    job_status = name_of("job.status")
    requested_by_name = name_of("requested_by.name")
    decided_by_name = name_of("decided_by.name")

    class Meta:
        model = LevellingProposal
        fields = (
            "id",
            "version",
            "program",
            "program_name",
            "portfolio",
            "portfolio_name",
            "group",
            "most_months",
            "seed",
            "status",
            "job",
            "job_status",
            "requested_by",
            "requested_by_name",
            "as_of",
            "result",
            "accepted",
            "decided_by",
            "decided_by_name",
            "decided_at",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("status", "job", "requested_by", "as_of", "result", "accepted", "decided_by", "decided_at")


class LevellingLineSerializer(LevellingSerializer):
    """A proposal as the list shows it: without `result`, which each has at its own address."""

    class Meta(LevellingSerializer.Meta):
        fields = tuple(name for name in LevellingSerializer.Meta.fields if name != "result")  # type: ignore[assignment]
        read_only_fields = tuple(name for name in LevellingSerializer.Meta.read_only_fields if name != "result")  # type: ignore[assignment]


class AcceptanceSerializer(StrictSerializer):
    """Which of a proposal's projects are put off."""

    projects = serializers.ListField(
        child=serializers.IntegerField(),
        required=False,
        allow_null=True,
        help_text="Ids of projects that the proposal puts off; without them all are.",
    )


class LevellingViewSet(TenantViewSet):
    """What might start later. A worker looks for it; follow its job, then accept all or some, or discard it."""

    queryset = LevellingProposal.objects.all()
    serializer_class = LevellingSerializer
    filterset_class = LevellingFilter

    def get_serializer_class(self) -> Any:
        return LevellingLineSerializer if self.action == "list" else LevellingSerializer

    @extend_schema(parameters=[IDEMPOTENCY_KEY], responses={202: LevellingSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ask for a proposal for one program, or for one portfolio and all below it. Answers at once; `job` says how
        far it is."""
        values = self.body()
        if (values.get("program") is None) == (values.get("portfolio") is None):
            raise serializers.ValidationError({"program": ["Name a program or a portfolio, one of the two."]})
        row = services.suggest_levelling(actor=self.actor, **values)
        return self.answer(row, status.HTTP_202_ACCEPTED)

    @extend_schema(request=AcceptanceSerializer, parameters=ACTION)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: int) -> Response:
        """Put projects off: dates, activities and planned allocations. 409 where one of them has changed since."""
        chosen = self.body(AcceptanceSerializer).get("projects")
        return self._decide(services.accept_levelling, project_ids=chosen)

    @extend_schema(request=None, parameters=ACTION)
    @action(detail=True, methods=["post"])
    def discard(self, request: Request, pk: int) -> Response:
        """Do not follow it. Nothing in the plan changes."""
        return self._decide(services.discard_levelling)

    @extend_schema(request=None, parameters=ACTION)
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, pk: int) -> Response:
        """Open it again; what it put off goes back. 409 where something of that has changed since."""
        return self._decide(services.take_back_levelling)

    def _decide(self, service: Callable[..., LevellingProposal], **more: Any) -> Response:
        version = expected_version(self.request)
        return self.answer(service(actor=self.actor, proposal=self.get_object(), expected_version=version, **more))
