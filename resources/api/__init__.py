"""Working calendars, teams and people's time over REST."""

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
    "CalendarViewSet",
    "CapacityMonthsView",
    "CapacityViewSet",
    "PersonViewSet",
    "ResourceRoleViewSet",
    "RoleRateViewSet",
    "SkillViewSet",
    "TeamViewSet",
]
