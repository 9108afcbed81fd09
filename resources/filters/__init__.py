"""What the lists of calendars, teams and people can be narrowed to; all of it stands in the address."""

from resources.filters.allocation import AllocationFilter, UtilizationForm
from resources.filters.calendar import CalendarFilter, CalendarPageFilter

__all__ = ["AllocationFilter", "CalendarFilter", "CalendarPageFilter", "UtilizationForm"]
