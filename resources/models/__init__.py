"""Who can do the work, and when."""

from resources.models.allocation import Allocation, AllocationKind, Capacity
from resources.models.calendar import Calendar, office_week, week_hours
from resources.models.people import Absence, AbsenceKind, Person, PersonSkill, ResourceRole, RoleRate, Skill, Team

__all__ = [
    "Absence",
    "AbsenceKind",
    "Allocation",
    "AllocationKind",
    "Calendar",
    "Capacity",
    "Person",
    "PersonSkill",
    "ResourceRole",
    "RoleRate",
    "Skill",
    "Team",
    "office_week",
    "week_hours",
]
