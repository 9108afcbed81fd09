"""Calendars, teams and people's time as JSON."""

from resources.serializers.allocation import (
    AllocationBulkAnswerSerializer,
    AllocationBulkSerializer,
    AllocationSerializer,
    UtilizationSerializer,
)
from resources.serializers.calendar import CalendarSerializer
from resources.serializers.people import (
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

__all__ = [
    "AbsenceSerializer",
    "AllocationBulkAnswerSerializer",
    "AllocationBulkSerializer",
    "AllocationSerializer",
    "CalendarSerializer",
    "CapacityBulkAnswerSerializer",
    "CapacityBulkSerializer",
    "CapacityMonthSerializer",
    "CapacitySerializer",
    "FillSerializer",
    "PeopleBulkAnswerSerializer",
    "PeopleBulkSerializer",
    "PersonSerializer",
    "ResourceRoleSerializer",
    "RoleRateSerializer",
    "SkillSerializer",
    "TeamSerializer",
    "UtilizationSerializer",
]
