"""Calendars, teams and people's time as JSON."""

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
]
