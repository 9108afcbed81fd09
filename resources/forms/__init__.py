"""What a person may say about calendars, teams and people's time."""

from resources.forms.calendar import CalendarForm

__all__ = ["CalendarForm"]
