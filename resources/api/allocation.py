"""Allocations over REST, and what they make of people's time."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import IDEMPOTENCY_KEY, ApiView, TenantViewSet
from resources import selectors, services
from resources.algorithms.months import distance, months_between
from resources.api.people import MONTHS, day_of
from resources.filters import AllocationFilter
from resources.models import Allocation, AllocationKind
from resources.selectors import SHOWN, UtilizationRow
from resources.serializers import (
    AllocationBulkAnswerSerializer,
    AllocationBulkSerializer,
    AllocationSerializer,
    UtilizationSerializer,
)

MOST_MONTHS = 36
NARROWED = [
    OpenApiParameter("kind", {"type": "string", "enum": AllocationKind.values, "default": "plan"}),
    OpenApiParameter("role", {"type": "integer"}, description="People who have this role now."),
    OpenApiParameter("team", {"type": "integer"}, description="People who are in this team now."),
    OpenApiParameter("show", {"type": "string", "enum": list(SHOWN)}, description="Everybody, where it is left out."),
]


class AllocationViewSet(TenantViewSet):
    """Allocations: who gives how much of a month to which project, planned and actual."""

    queryset = Allocation.objects.all()
    serializer_class = AllocationSerializer
    filterset_class = AllocationFilter
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": ()}

    @extend_schema(
        request=AllocationBulkSerializer, responses={200: AllocationBulkAnswerSerializer}, parameters=[IDEMPOTENCY_KEY]
    )
    @action(detail=False, methods=["post"])
    def set(self, request: Request) -> Response:
        """Set up to 1,000 cells; all of them or none. Refused, `errors` names the place of each wrong cell."""
        cells = [
            services.Cell(
                project_id=cell["project"],
                month=cell["month"],
                fte=cell["fte"],
                kind=cell["kind"],
                note=cell.get("note"),
                **{f"{name}_id": cell.get(name) for name in ("person", "role", "team")},
            )
            for cell in self.body(AllocationBulkSerializer)["cells"]
        ]
        done = services.set_allocations(actor=self.actor, organization=self.organization, cells=cells)
        return Response({"results": [{"result": outcome.what, "id": outcome.pk} for outcome in done]})


class UtilizationView(ApiView):
    """How much of what people have is allocated, over all projects."""

    @extend_schema(parameters=[*MONTHS, *NARROWED], responses={200: UtilizationSerializer(many=True)})
    def get(self, request: Request) -> Response:
        """People by name with what they have and give, from one month to another."""
        first, last = (day_of(request, name) for name in ("first_month", "last_month"))
        if not 0 <= distance(first, last) < MOST_MONTHS:
            raise exceptions.ValidationError({"last_month": [f"Ask for 1 to {MOST_MONTHS} months."]})
        months = months_between(first, last)
        found = selectors.utilization(
            self.organization.pk,
            months,
            kind=_one_of(request, "kind", AllocationKind.values) or AllocationKind.PLAN,
            role_id=_id(request, "role"),
            team_id=_id(request, "team"),
            show=_one_of(request, "show", list(SHOWN)),
        )
        return Response([_row(row, months) for row in found.rows])


def _row(row: UtilizationRow, months: list[Any]) -> dict[str, Any]:
    return {
        "person": row.person_id,
        "person_name": row.name,
        "role": row.role_id,
        "team": row.team_id,
        "available": f"{row.whole.available:.3f}",
        "allocated": f"{row.whole.allocated:.3f}",
        "over_count": row.over_count,
        "months": [
            {
                "month": month,
                "available": f"{limit.available:.3f}",
                "allocated": f"{limit.allocated:.3f}",
                "is_over": limit.is_over,
            }
            for month, limit in zip(months, row.months, strict=True)
        ],
    }


def _one_of(request: Request, name: str, allowed: list[str]) -> str:
    word = request.query_params.get(name, "")
    if word and word not in allowed:
        raise exceptions.ValidationError({name: [f"Say one of {', '.join(allowed)}."]})
    return word


def _id(request: Request, name: str) -> int | None:
    text = request.query_params.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise exceptions.ValidationError({name: ["Send an id, a number."]})
    return int(text)
