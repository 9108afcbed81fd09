"""What the lists of calendars, teams and people can be narrowed to; all of it stands in the address."""

from resources.filters.allocation import AllocationFilter, UtilizationForm
from resources.filters.calendar import CalendarFilter, CalendarPageFilter
from resources.filters.people import (
    AbsenceFilter,
    CapacityFilter,
    PersonFilter,
    PersonPageFilter,
    RoleFilter,
    RolePageFilter,
    RoleRateFilter,
    SkillFilter,
    SkillPageFilter,
    TeamFilter,
    TeamPageFilter,
)

__all__ = [
    "AbsenceFilter",
    "AllocationFilter",
    "CalendarFilter",
    "CalendarPageFilter",
    "CapacityFilter",
    "PersonFilter",
    "PersonPageFilter",
    "RoleFilter",
    "RolePageFilter",
    "RoleRateFilter",
    "SkillFilter",
    "SkillPageFilter",
    "TeamFilter",
    "TeamPageFilter",
    "UtilizationForm",
]
