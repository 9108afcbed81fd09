"""Chainable reads of calendars, teams and people."""

from resources.querysets.calendar import CalendarQuerySet

__all__ = ["CalendarQuerySet"]
