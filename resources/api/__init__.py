"""Working calendars, teams and people's time over REST."""

from resources.api.allocation import AllocationViewSet, UtilizationView
from resources.api.calendar import CalendarViewSet
from resources.api.people import (
    AbsenceViewSet,
    CapacityMonthsView,
    CapacityViewSet,
    PersonViewSet,
    ResourceRoleViewSet,
    RoleRateViewSet,
    SkillViewSet,
    TeamViewSet,
)

__all__ = [
    "AbsenceViewSet",
    "AllocationViewSet",
    "CalendarViewSet",
    "CapacityMonthsView",
    "CapacityViewSet",
    "PersonViewSet",
    "ResourceRoleViewSet",
    "RoleRateViewSet",
    "SkillViewSet",
    "TeamViewSet",
    "UtilizationView",
]
