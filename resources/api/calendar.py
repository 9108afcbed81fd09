"""Working calendars over REST."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import IDEMPOTENCY_KEY, IF_MATCH, RecordViewSet
from resources import services
from resources.filters import CalendarFilter
from resources.models import Calendar
from resources.serializers import CalendarSerializer


class CalendarViewSet(RecordViewSet):
    """Working calendars: when work can be done. Changing one moves no date until a schedule is calculated anew."""

    queryset = Calendar.objects.with_use()
    serializer_class = CalendarSerializer
    filterset_class = CalendarFilter
    services = services
    noun = "calendar"
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": (), "name": ("name",)}

    @extend_schema(request=None, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"], url_path="set-default")
    def set_default(self, request: Request, pk: int) -> Response:
        """Let this calendar hold for every project that names none."""
        return self.change("set_default")
