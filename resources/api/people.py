"""Teams, roles, skills and people over REST, with their absences, rates and typed capacity."""

import datetime
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import require
from core.api import IDEMPOTENCY_KEY, IF_MATCH, ApiView, RecordViewSet, TenantViewSet, expected_version
from resources import services
from resources.algorithms.months import distance
from resources.filters import (
    AbsenceFilter,
    CapacityFilter,
    PersonFilter,
    RoleFilter,
    RoleRateFilter,
    SkillFilter,
    TeamFilter,
)
from resources.models import Absence, Capacity, Person, ResourceRole, RoleRate, Skill, Team
from resources.selectors.capacity import capacity_months
from resources.serializers import (
    AbsenceSerializer,
    CapacityBulkAnswerSerializer,
    CapacityBulkSerializer,
    CapacityMonthSerializer,
    CapacitySerializer,
    FillSerializer,
    PeopleBulkAnswerSerializer,
    PeopleBulkSerializer,
    PersonSerializer,
    ResourceRoleSerializer,
    RoleRateSerializer,
    SkillSerializer,
    TeamSerializer,
)

BY_NAME: dict[str, tuple[str, ...]] = {"id": (), "name": ("name",)}
MOST_MONTHS = 120
MONTHS = [
    OpenApiParameter(name, {"type": "string", "format": "date"}, required=True, description=f"A day of the {words}.")
    for name, words in (("first_month", "first month"), ("last_month", "last month"))
]


class TeamViewSet(RecordViewSet):
    """Teams: people who work together."""

    queryset = Team.objects.with_people()
    serializer_class = TeamSerializer
    filterset_class = TeamFilter
    services = services
    noun = "team"
    orderings: ClassVar[dict[str, tuple[str, ...]]] = BY_NAME


class ResourceRoleViewSet(RecordViewSet):
    """Roles: what somebody does on a project. Not the role of a member."""

    queryset = ResourceRole.objects.with_people()
    serializer_class = ResourceRoleSerializer
    filterset_class = RoleFilter
    services = services
    noun = "resource_role"
    orderings: ClassVar[dict[str, tuple[str, ...]]] = BY_NAME


class SkillViewSet(RecordViewSet):
    """Skills: what somebody can do."""

    queryset = Skill.objects.with_people()
    serializer_class = SkillSerializer
    filterset_class = SkillFilter
    services = services
    noun = "skill"
    orderings: ClassVar[dict[str, tuple[str, ...]]] = BY_NAME


class PersonViewSet(RecordViewSet):
    """People who do the work, and placeholders for those who are yet to be found."""

    queryset = Person.objects.with_levels()
    serializer_class = PersonSerializer
    filterset_class = PersonFilter
    services = services
    noun = "person"
    orderings: ClassVar[dict[str, tuple[str, ...]]] = BY_NAME

    @extend_schema(request=FillSerializer, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def fill(self, request: Request, pk: int) -> Response:
        """Hand everything that this placeholder is allocated to over to a person, and archive the placeholder."""
        placeholder, person = self.get_object(), self.body(FillSerializer)["person"]
        version = expected_version(request)
        return self.answer(
            services.fill_placeholder(
                actor=self.actor, placeholder=placeholder, person=person, expected_version=version
            )
        )

    @extend_schema(
        request=PeopleBulkSerializer, responses={200: PeopleBulkAnswerSerializer}, parameters=[IDEMPOTENCY_KEY]
    )
    @action(detail=False, methods=["post"])
    def upsert(self, request: Request) -> Response:
        """Add or change up to 1,000 people by external key; all of them or none."""
        rows = self.body(PeopleBulkSerializer)["rows"]
        done = services.upsert_people(actor=self.actor, organization=self.organization, rows=rows)
        return Response({"results": [{"id": pk, "result": word} for pk, word in done]})


class RemovableViewSet(RecordViewSet):
    """Rows that are removed, not archived; the log keeps what they said."""

    restore: Any = None

    @extend_schema(parameters=[IF_MATCH], responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Remove; the log keeps what it said."""
        named = {self.noun_argument: self.get_object(), "expected_version": expected_version(request)}
        self.call("remove", **named)
        return Response(status=status.HTTP_204_NO_CONTENT)


class AbsenceViewSet(RemovableViewSet):
    """Absences: days on which people are away, or work less."""

    queryset = Absence.objects.all()
    serializer_class = AbsenceSerializer
    filterset_class = AbsenceFilter
    services = services
    noun = "absence"
    in_organization = False


class RoleRateViewSet(RemovableViewSet):
    """What a working day of a role costs, dated. For members who see amounts of money."""

    queryset = RoleRate.objects.all()
    serializer_class = RoleRateSerializer
    filterset_class = RoleRateFilter
    services = services
    noun = "role_rate"
    in_organization = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        require(request.user, "finance.read", self.organization)


class CapacityViewSet(TenantViewSet):
    """Capacity as somebody typed it, by role, team and month. Where there is none, people count."""

    queryset = Capacity.objects.all()
    serializer_class = CapacitySerializer
    filterset_class = CapacityFilter

    @extend_schema(
        request=CapacityBulkSerializer, responses={200: CapacityBulkAnswerSerializer}, parameters=[IDEMPOTENCY_KEY]
    )
    @action(detail=False, methods=["post"])
    def set(self, request: Request) -> Response:
        """Set up to 1,000 cells; all of them or none. An FTE of null empties a cell."""
        cells = [
            services.CapacityCell(
                role_id=cell["role"],
                team_id=cell.get("team"),
                month=cell["month"],
                fte=cell["fte"],
                note=cell.get("note"),
            )
            for cell in self.body(CapacityBulkSerializer)["cells"]
        ]
        done = services.set_capacities(actor=self.actor, organization=self.organization, cells=cells)
        return Response({"results": done})


class CapacityMonthsView(ApiView):
    """The capacity of every role and team by month: typed, else what people add up to."""

    @extend_schema(parameters=MONTHS, responses={200: CapacityMonthSerializer(many=True)})
    def get(self, request: Request) -> Response:
        """The capacity of every role and team from one month to another."""
        first, last = (day_of(request, name) for name in ("first_month", "last_month"))
        if not 0 <= distance(first, last) < MOST_MONTHS:
            raise exceptions.ValidationError({"last_month": [f"Ask for 1 to {MOST_MONTHS} months."]})
        rows = capacity_months(self.organization.pk, first, last)
        return Response(CapacityMonthSerializer(rows, many=True).data)


def day_of(request: Request, name: str) -> datetime.date:
    """The day that a word of the address names.

    Raises:
        rest_framework.exceptions.ValidationError: it names none.
    """
    try:
        return datetime.date.fromisoformat(request.query_params.get(name, ""))
    except ValueError:
        raise exceptions.ValidationError({name: ["Send a day, such as 2026-10-01."]}) from None
