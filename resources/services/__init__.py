"""Every write to calendars, teams and people's time."""

from resources.services.calendar import (
    archive_calendar,
    create_calendar,
    restore_calendar,
    set_default_calendar,
    update_calendar,
)

__all__ = [
    "archive_calendar",
    "create_calendar",
    "restore_calendar",
    "set_default_calendar",
    "update_calendar",
]
