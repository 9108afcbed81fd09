"""Working calendars, teams and people's time over REST."""

from resources.api.calendar import CalendarViewSet

__all__ = ["CalendarViewSet"]
