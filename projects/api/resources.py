"""Projects, activities and risks over REST."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import IDEMPOTENCY_KEY, IF_MATCH, RecordViewSet, expected_version
from projects import services
from projects.filters import ActivityFilter, ProjectFilter, RiskFilter
from projects.models import Activity, Project, Risk
from projects.serializers import (
    ActivityMoveSerializer,
    ActivitySerializer,
    ProjectMoveSerializer,
    ProjectSerializer,
    ReportSerializer,
    RiskSerializer,
    StatusChangeSerializer,
)

ACTION = [IF_MATCH, IDEMPOTENCY_KEY]


class ProjectViewSet(RecordViewSet):
    """Temporary endeavors with their own scope, schedule and budget."""

    queryset = Project.objects.with_health().with_root()
    serializer_class = ProjectSerializer
    filterset_class = ProjectFilter
    services = services
    noun = "project"
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {
        "id": (),
        "name": ("name",),
        "code": ("code",),
        "planned_finish_date": ("planned_finish_date",),
        "updated_at": ("updated_at",),
    }

    @extend_schema(request=StatusChangeSerializer, parameters=ACTION)
    @action(detail=True, methods=["post"], url_path="change-status")
    def change_status(self, request: Request, pk: int) -> Response:
        """Move a project along its lifecycle; 409 names the steps there are."""
        project = self.get_object()
        step = self.body(StatusChangeSerializer)
        version = expected_version(request)
        return self.answer(services.change_status(actor=self.actor, project=project, expected_version=version, **step))

    @extend_schema(request=ReportSerializer, parameters=ACTION)
    @action(detail=True, methods=["post"])
    def report(self, request: Request, pk: int) -> Response:
        """Report where a project stands: health and why, progress, dates, cost to date."""
        return self.change("report", ReportSerializer, partial=True)

    @extend_schema(request=ProjectMoveSerializer, parameters=ACTION)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: int) -> Response:
        """Put a project below another program, or directly into a portfolio."""
        return self.change("move", ProjectMoveSerializer)


class ActivityViewSet(RecordViewSet):
    """Scheduled pieces of projects' work: tasks, milestones, summaries."""

    queryset = Activity.objects.all()
    serializer_class = ActivitySerializer
    filterset_class = ActivityFilter
    services = services
    noun = "activity"
    in_organization = False
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": (), "outline": ("project_id", "position")}

    @extend_schema(request=ActivityMoveSerializer, parameters=ACTION)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: int) -> Response:
        """Move an activity, with what is below it, one step in its project's outline."""
        return self.change("move", ActivityMoveSerializer)


class RiskViewSet(RecordViewSet):
    """What may happen to projects, and what it would cost."""

    queryset = Risk.objects.with_exposure()
    serializer_class = RiskSerializer
    filterset_class = RiskFilter
    services = services
    noun = "risk"
    in_organization = False
