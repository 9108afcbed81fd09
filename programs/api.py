"""Programs and their measures over REST."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import IDEMPOTENCY_KEY, IF_MATCH, RecordViewSet
from programs import services
from programs.filters import MeasureFilter, ProgramFilter
from programs.models import Measure, Program
from programs.serializers import MeasureSerializer, ProgramMoveSerializer, ProgramSerializer


class ProgramViewSet(RecordViewSet):
    """Related projects, managed together for benefits that they do not bring apart."""

    queryset = Program.objects.all()
    serializer_class = ProgramSerializer
    filterset_class = ProgramFilter
    services = services
    noun = "program"
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": (), "name": ("name",), "code": ("code",)}

    @extend_schema(request=ProgramMoveSerializer, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: int) -> Response:
        """Put a program, with all its projects, into another portfolio."""
        return self.change("move", ProgramMoveSerializer)


class MeasureViewSet(RecordViewSet):
    """Performance measures by which programs are judged."""

    queryset = Measure.objects.all()
    serializer_class = MeasureSerializer
    filterset_class = MeasureFilter
    services = services
    noun = "measure"
    in_organization = False
