"""What a person may say about calendars, teams and people's time."""

from resources.forms.calendar import CalendarForm
from resources.forms.people import AbsenceForm, FillForm, PersonForm, RateForm, RoleForm, SkillForm, TeamForm

__all__ = [
    "AbsenceForm",
    "CalendarForm",
    "FillForm",
    "PersonForm",
    "RateForm",
    "RoleForm",
    "SkillForm",
    "TeamForm",
]
