"""Microsoft Project files over REST: upload, look at what would be created, confirm; and projects as such files."""

from typing import Any

from django.http import Http404, StreamingHttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import require
from core.api import IDEMPOTENCY_KEY, IF_MATCH, ApiView, TenantViewSet, expected_version
from integrations import services
from integrations.models import PlanImport
from integrations.selectors.plan_export import program_file, project_file
from integrations.serializers import PlanConfirmSerializer, PlanImportSerializer, PlanUploadSerializer
from integrations.services import Upload
from integrations.views.plans import download
from programs.models import Program
from projects.models import Project

ACTION = [IF_MATCH, IDEMPOTENCY_KEY]


def result_path(plan: PlanImport) -> str:
    """The page that shows what came of a file."""
    return reverse("integrations:plan-detail", args=[plan.pk])


class PlanImportViewSet(TenantViewSet):
    """Microsoft Project files that become projects: upload one, read its report, confirm. Nothing is written before."""

    queryset = PlanImport.objects.defer("content")
    serializer_class = PlanImportSerializer
    default_ordering = "-id"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        require(self.actor, "import.run", self.organization)

    def get_parsers(self) -> list[Any]:
        """An upload comes as a form with a file, everything else as JSON."""
        is_upload = getattr(self, "action_map", {}).get("post") == "create"
        return [MultiPartParser(), *super().get_parsers()] if is_upload else super().get_parsers()

    @extend_schema(
        request={"multipart/form-data": PlanUploadSerializer}, responses={201: PlanImportSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )  # fmt: skip
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Upload a file. A small one is checked at once; a large one has the status `reading` until its job ends."""
        sent = self.body(PlanUploadSerializer)["file"]
        file = Upload(sent.name or "file", sent.size or 0, sent.read)
        plan = services.upload_plan(
            actor=self.actor, organization=self.organization, file=file, result_path=result_path
        )
        return self.answer(plan, status.HTTP_201_CREATED)

    @extend_schema(request=PlanConfirmSerializer, parameters=ACTION)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: int) -> Response:
        """Import a checked file as a new project, as a job: all of it in one transaction, or nothing."""
        plan, body = self.get_object(), self.body(PlanConfirmSerializer)
        version = expected_version(request)
        return self.answer(
            services.begin_plan(actor=self.actor, plan=plan, expected_version=version, result_path=result_path, **body)
        )

    @extend_schema(request=None, parameters=ACTION)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: int) -> Response:
        """Take an import back: its project is archived. Refused where somebody has changed it since."""
        plan, version = self.get_object(), expected_version(request)
        return self.answer(services.undo_plan(actor=self.actor, plan=plan, expected_version=version))


class ProjectMspdiView(ApiView):
    """A project as a Microsoft Project XML file."""

    @extend_schema(responses={(200, "application/xml"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: int) -> StreamingHttpResponse:
        """The outline, links, calendars and baselines of a project, as Microsoft Project opens them."""
        project = Project.objects.visible_to(request.user).live().filter(pk=pk).first()
        if project is None:
            raise Http404
        return download(project_file(project))


class ProgramMspdiView(ApiView):
    """The projects of a program as one Microsoft Project XML file."""

    @extend_schema(responses={(200, "application/xml"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: int) -> StreamingHttpResponse:
        """All live projects of a program, each below a summary, with the links between them."""
        program = Program.objects.visible_to(request.user).live().filter(pk=pk).first()
        if program is None:
            raise Http404
        return download(program_file(program))
