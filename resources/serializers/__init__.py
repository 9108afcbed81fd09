"""Calendars, teams and people's time as JSON."""

from resources.serializers.calendar import CalendarSerializer

__all__ = ["CalendarSerializer"]
