"""The audit log and long jobs over REST."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import require
from core.api import IDEMPOTENCY_KEY, TenantViewSet
from events import services
from events.filters import EventApiFilter, JobApiFilter
from events.models import Event, Job
from events.serializers import EventSerializer, JobSerializer


class EventViewSet(TenantViewSet):
    """What happened: who changed what, from what to what. For roles that may read the audit log.

    To follow the log, ask with `ordering=commit` and keep the `next` cursor: in that order nothing that commits late
    ever slips in before what you have read.
    """

    queryset = Event.objects.all()
    serializer_class = EventSerializer
    filterset_class = EventApiFilter
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": (), "commit": ("transaction_id",)}
    default_ordering = "-id"

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        if self.request is not None and self.request.query_params.get("ordering") == "commit":
            rows = rows.settled()
        return rows

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        require(self.actor, "audit.read", self.organization)


class JobViewSet(TenantViewSet):
    """Long work: queued, running, done, stopped or failed, with its progress and result."""

    queryset = Job.objects.all()
    serializer_class = JobSerializer
    filterset_class = JobApiFilter
    default_ordering = "-id"

    @extend_schema(request=None, parameters=[IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, pk: int) -> Response:
        """Ask a job to stop at its next step; what it has committed stays."""
        return self.answer(services.request_stop(actor=self.actor, job=self.get_object()))
